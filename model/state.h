/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a machine. Private to model/.
 *
 * Rules of the lists (mm/slab.c's):
 *   partial  some objects in use, some free      taken from first, at the head
 *   full     no object free
 *   free     no object in use                    taken from when partial is empty
 * A slab that gives an object moves to the head of partial or full; one that
 * gets an object back moves to the tail of partial, or, when it becomes empty,
 * to the head of free (or is released, over free_limit). Reaping takes from
 * the tail of free: the coldest.
 *
 * Rules of pointers: struct kmem_cache, cpu_cache, kmem_list3 and array_cache
 * live in flat pools and tables, so a pointer to one is good until a cache is
 * created or tuned, or a CPU comes up. struct slab never moves.
 */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include "model/locks.h"
#include "model/observe.h"
#include "model/pool.h"
#include "model/slab.h"
#include "model/stats.h"

#define BUFCTL_END UINT16_MAX
#define BUFCTL_FREE (UINT16_MAX - 1) /* debug: handed out, in no chain */
#define NO_TIMER UINT64_MAX
#define MAX_ORDERS 16

/*
 * struct array_cache: a LIFO of objects. Its entries are a block of the
 * machine's entries pool; the word before them is the handle of the object
 * that the array itself occupies in a general cache (OBJ_NULL: static).
 */
struct array_cache {
	uint32_t avail;
	uint32_t limit;
	uint32_t batchcount;
	uint32_t touched;
	uint32_t entry; /* index of the lowest entry; 0: there is no array */
};

/* One line of the host's cache: all that a hit or a local free touches. */
struct cpu_cache {
	struct array_cache ac;
	uint32_t nodeid; /* of the CPU */
	struct cpu_stats stats;
};
_Static_assert(sizeof(struct cpu_cache) == 64, "one line of the host's cache");

/* What misses, flushes and drains of a (cache, cpu) leave behind. */
struct miss_record {
	uint64_t nr_flushed; /* by the CPU, and not yet taken back by refills */
	bool drained;        /* by cache_reap, since the last miss */
	struct miss_stats stats;
};

struct slab_list {
	uint32_t first, last; /* slab numbers, 0: none */
	uint32_t nr;
};

struct kmem_list3 {
	struct slab_list slabs_partial;
	struct slab_list slabs_full;
	struct slab_list slabs_free;
	uint32_t colour_next;
	uint64_t free_objects;
	uint32_t free_limit; /* wraps below 0, as the kernel's does */
	uint32_t shared;     /* index of an array_cache, 0: none */
	uint32_t alien; /* index of the array_cache for node 0, 0: no table */
	uint64_t next_reap;
	uint32_t free_touched;
	uint32_t present;
	obj_t self;        /* the object it occupies; OBJ_NULL: static */
	obj_t alien_table; /* the object that the alien table occupies */
	struct node_stats stats;
	uint32_t nr_preloaded; /* slabs that were there, not grown */
};

/* A slab: its descriptor and, right behind it, the chain of free indices. */
struct slab {
	uint32_t prev, next;
	cachep_t cachep;
	uint16_t nodeid;
	uint16_t free; /* head of the chain of free indices, or BUFCTL_END */
	uint32_t inuse;
	uint32_t frame; /* first page frame within the node */
	uint32_t colour_bytes;
	uint32_t rcu_cpu; /* who queued it, while it waits for a grace period */
	uint64_t grow_number;
	obj_t descriptor; /* off-slab: the object the descriptor occupies */
	uint16_t bufctl[];
};
#define SLAB_UNIT_BYTES 64

struct kmem_cache {
	uint32_t name; /* index in the names pool */
	uint32_t flags;
	uint64_t user_bytes;  /* as the creator gave it */
	uint64_t object_size; /* as the user may use it: the buffer, or, in
				 the debug build, without what surrounds it */
	uint64_t buffer_size;
	uint32_t num;
	uint32_t gfporder;
	uint32_t slab_size;  /* management bytes */
	uint32_t head_bytes; /* of them, in front of the objects */
	uint32_t colour;
	uint32_t colour_off;
	uint32_t obj_offset;
	uint32_t reap_phase;
	uint32_t limit, batchcount, shared;
	cachep_t slabp_cache; /* CACHE_NULL: descriptors are on-slab */
	bool off_slab;
	bool general;
	bool on_chain;
	cachep_t next; /* in the chain */
	obj_t self; /* the object the descriptor occupies; kmem_cache: none */
	slab_ctor_fn *ctor;
	void *ctor_arg;
	uint64_t nr_grown;     /* grow number of the youngest slab */
	uint64_t nr_populated; /* in use by populate, no allocation counted */
	uint64_t nr_uncounted; /* taken, but not counted in num_active */
	struct cache_stats stats;
	uint64_t live_at_miss; /* the most live objects that a miss left */
};

struct cpu {
	uint32_t node;
	bool online;
	bool in_node; /* a member of its node's cpu set */
	uint32_t reap_node;
	uint64_t reap_slabs; /* released by the present pass of cache_reap */
	uint64_t timer_tick; /* NO_TIMER: not armed */
	uint64_t jiffies;    /* its own, while CPUs run at once */
};

struct node {
	uint32_t nr_cpus; /* the size of its cpu set */
	/* the page source: blocks by order, last in first out */
	uint64_t limit_pages, in_use_pages, peak_pages;
	uint32_t nr_touched;
	uint32_t free_block[MAX_ORDERS]; /* frame + 1, 0: none */
	uint32_t nr_free_blocks[MAX_ORDERS];
	uint32_t *next_block; /* by first frame: frame + 1 */
	uint32_t nr_next_block;
	uint32_t *frame_bytes; /* by frame: index in bytes, 0: none */
	uint32_t nr_frame_bytes;
};

/* Bytes asked of kmalloc and given back, by a CPU that is not alone. */
struct tally {
	uint64_t alloc_bytes, free_bytes;
};

/* How far initialisation is: what setup_cpu_cache may allocate. */
enum g_cpucache_up { UP_NONE, UP_PARTIAL_AC, UP_PARTIAL_L3, UP_EARLY, UP_FULL };

enum kmalloc_type {
	KMALLOC_NORMAL,
	KMALLOC_CG,
	KMALLOC_RECLAIM,
	KMALLOC_DMA,
	NR_KMALLOC_TYPES
};

/* The general caches of one size; CACHE_NULL where there is none. */
struct malloc_size {
	cachep_t cs_cachep[NR_KMALLOC_TYPES];
};

struct machine {
	/* read on every hit */
	struct cpu_cache *cpu_caches; /* [cachep * nr_cpus + cpu] */
	struct pool entries;          /* obj_t */
	struct cpu *cpus;
	uint32_t nr_cpus;
	uint32_t nr_nodes;
	bool extras;       /* an observer, a debug profile, or bytes to clear */
	bool constructors; /* some cache has, or had, a constructor */

	struct miss_record *misses; /* [cachep * nr_cpus + cpu] */
	struct kmem_list3 *l3s;     /* [cachep * nr_nodes + node] */
	struct kmem_cache *caches;
	uint32_t nr_caches, max_caches;
	uint32_t unused_cache; /* head of the list of destroyed ones */
	cachep_t cache_chain;  /* newest */
	cachep_t cache_cache;  /* kmem_cache, the cache of descriptors */
	struct malloc_size *malloc_sizes;

	struct pool slabs;  /* struct slab and chain, in units of 64 bytes */
	struct pool arrays; /* struct array_cache, shared and alien */
	struct pool names;  /* four chars a unit */
	struct node *nodes;
	/* [from * nr_nodes + to], [home * nr_nodes + i]; NULL: all alike */
	uint8_t *distance;
	uint16_t *zonelist;

	uint64_t jiffies;
	uint64_t next_timer;
	uint32_t rcu_first, rcu_last; /* slabs that wait for a grace period */
	const struct slab_lock_ops *lock_ops; /* NULL: there are no locks */
	void *lock_arg;
	bool concurrent;       /* CPUs run at once */
	struct tally *tallies; /* then: [cachep][cpu][node]; else NULL */
	/* then: slabs that wait for machine_settle */
	uint32_t rcu_waiting_first, rcu_waiting_last;
	enum g_cpucache_up g_cpucache_up;
	bool use_alien_caches;
	uint32_t observe_mask;
	slab_observe_fn *observe;
	void *observe_arg;
	slab_pass_fn *passed; /* told of each pass of cache_reap; may be NULL */
	void *passed_arg;
	struct pool bytes; /* contents of pages, in units of a page */
	bool fails;        /* page requests may: the next three say which */
	uint64_t fail_nth; /* page requests until one fails, 0: never */
	uint32_t fail_per_million;
	uint64_t fail_state;
	uint64_t caller; /* debug: what the last user word is set to */
	struct slab_profile profile;
	struct machine_config config;
};

static inline struct cpu_cache *cpu_cache_get(const struct machine *m,
					      cachep_t cachep, uint32_t cpu)
{
	return &m->cpu_caches[(size_t)cachep * m->nr_cpus + cpu];
}

static inline struct miss_record *miss_record_get(const struct machine *m,
						  cachep_t cachep, uint32_t cpu)
{
	return &m->misses[(size_t)cachep * m->nr_cpus + cpu];
}

static inline struct kmem_list3 *node_list3(const struct machine *m,
					    cachep_t cachep, uint32_t node)
{
	return &m->l3s[(size_t)cachep * m->nr_nodes + node];
}

static inline struct tally *tally_get(const struct machine *m, cachep_t cachep,
				      uint32_t cpu, uint32_t node)
{
	size_t row = (size_t)cachep * m->nr_cpus + cpu;

	return &m->tallies[row * m->nr_nodes + node];
}

static inline struct slab *slab_at(const struct machine *m, uint32_t slab)
{
	return pool_at(&m->slabs, slab);
}

static inline struct array_cache *array_at(const struct machine *m,
					   uint32_t index)
{
	return pool_at(&m->arrays, index);
}

/* The array for @for_node in an alien table; its .entry is 0 where none is. */
static inline struct array_cache *alien_array(const struct machine *m,
					      const struct kmem_list3 *l3,
					      uint32_t for_node)
{
	return array_at(m, l3->alien + for_node);
}

/* The entries of an array, bottom first. */
static inline obj_t *ac_entry(const struct machine *m,
			      const struct array_cache *ac)
{
	return (obj_t *)(void *)m->entries.base + ac->entry;
}

static inline const char *cache_name(const struct machine *m, cachep_t cachep)
{
	return pool_at(&m->names, m->caches[cachep].name);
}

static inline obj_t obj_make(uint32_t slab, uint32_t index, uint32_t node)
{
	return (obj_t)slab << 32 | (obj_t)index << 16 | node;
}

static inline uint64_t round_up(uint64_t value, uint64_t multiple)
{
	return (value + multiple - 1) & ~(multiple - 1);
}

/* A broken invariant: tells the panic hook and does not return. */
_Noreturn void slab_bug(const struct machine *m, const char *sentence);
/* What the kernel would print. */
void slab_diagnostic(const struct machine *m, const char *kind,
		     const char *name);

#endif
