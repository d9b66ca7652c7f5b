/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SLAB allocator on a simulated NUMA machine: the public interface.
 *
 * Everything hangs from a struct machine; there are no globals, so any number
 * of machines live in one process. Nothing here does I/O or reads a clock:
 * time is a number of ticks (jiffies) that the caller advances.
 *
 * A cache is named by its index in the machine (cachep_t), an object by a
 * 64-bit handle (obj_t). Both stay valid as long as the cache or object lives,
 * and mean the same in a copy of the machine.
 */
#ifndef MODEL_SLAB_H
#define MODEL_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/profile.h"

struct machine;

/* A cache of one machine; CACHE_NULL is "no cache". */
typedef uint32_t cachep_t;
#define CACHE_NULL UINT32_MAX

/* An object: slab number, index in the slab, node; OBJ_NULL is "none". */
typedef uint64_t obj_t;
#define OBJ_NULL 0

static inline uint32_t obj_slab(obj_t obj)
{
	return (uint32_t)(obj >> 32);
}

static inline uint32_t obj_index(obj_t obj)
{
	return (uint32_t)(obj >> 16) & 0xffff;
}

static inline uint32_t obj_node(obj_t obj)
{
	return (uint32_t)obj & 0xffff;
}

/* Creation flags, after the kernel's SLAB_*. */
enum slab_flags {
	SLAB_HWCACHE_ALIGN = 1 << 0,
	SLAB_CACHE_DMA = 1 << 1,
	SLAB_RECLAIM_ACCOUNT = 1 << 2,
	SLAB_PANIC = 1 << 3,
	SLAB_DESTROY_BY_RCU = 1 << 4, /* later TYPESAFE_BY_RCU */
	SLAB_MEM_SPREAD = 1 << 5,
	SLAB_NOLEAKTRACE = 1 << 6,
	/* set by kmem_cache_create in a debug build */
	SLAB_RED_ZONE = 1 << 7,
	SLAB_STORE_USER = 1 << 8,
	SLAB_POISON = 1 << 9,
	/*
	 * Free objects keep their contents, as those with a constructor do; for
	 * caches whose constructor nobody wants to run. Decides where index
	 * lists may lie.
	 */
	SLAB_KEEPS_CONTENTS = 1 << 10,
};

/* Request flags, after the kernel's GFP bits; 0 is a plain GFP_KERNEL. */
enum gfp_flags {
	GFP_DMA = 1 << 0,      /* general caches: take the DMA twin */
	GFP_THISNODE = 1 << 1, /* this node only, no fallback */
	/*
	 * May not sleep. Without reclaim and with interrupts as the only
	 * company, the simulated allocator does the same either way.
	 */
	GFP_ATOMIC = 1 << 2,
	GFP_ZERO = 1 << 3, /* clears the object, where it has bytes */
	/* general caches: the types of their own where the profile has them */
	GFP_RECLAIMABLE = 1 << 4,
	GFP_ACCOUNT = 1 << 5,
};

#define NUMA_NO_NODE (-1)

struct machine_config {
	const struct slab_profile *profile; /* borrowed, must outlive it */
	uint32_t nr_nodes;                  /* 1..profile->max_nodes */
	uint32_t nr_cpus;                   /* possible CPUs, 1..65535 */
	/* Node of each CPU; NULL: CPU c is on node c * nr_nodes / nr_cpus. */
	const uint16_t *cpu_node;
	/*
	 * [from * nr_nodes + to] as in an ACPI SLIT: 10 to itself, 11 to 254 to
	 * others. Fallback goes to the nearest first. NULL: others are all 20.
	 */
	const uint8_t *distance;
	uint32_t max_cpus;   /* NR_CPUS; 0: the profile's, doubled until enough */
	uint64_t node_pages; /* page limit of every node */
	bool mask_early;     /* a node's cpu set is complete from the start */
	bool noaliencache;   /* the boot option of that name */
	/*
	 * Called when an invariant is found broken, with a sentence; must not
	 * return. NULL: abort().
	 */
	void (*panic)(void *arg, const char *sentence);
	void *panic_arg;
	/*
	 * Called with what the kernel would print: @kind is one of the words
	 * of docs/SCENARIOS.md (create_duplicate ...), @name the cache's.
	 * NULL: not wanted.
	 */
	void (*diagnostic)(void *arg, const char *kind, const char *name);
	void *diagnostic_arg;
};

/*
 * machine_create - a machine that has run its early and late initialisation
 *
 * Stands for kmem_cache_init and kmem_cache_init_late on CPU 0: the general
 * caches exist, CPU 0 is the only one online, the clock is 0.
 * Return: owned by the caller (machine_destroy), or NULL when the host has no
 * memory, the configuration is out of range, or the nodes' pages do not
 * suffice to boot.
 */
struct machine *machine_create(const struct machine_config *config);
void machine_destroy(struct machine *m);

/*
 * machine_smp_init - bring up all other CPUs, then start CPU 0's reap timer
 *
 * Stands for smp_init and cpucache_init. Return: false when a CPU could not
 * be brought up for want of simulated memory: it stays offline, as in the
 * kernel, which goes on with the next one.
 */
bool machine_smp_init(struct machine *m);

/*
 * machine_cpu_up, machine_cpu_down - CPU hotplug, the notifications run on @cpu
 *
 * Return of machine_cpu_up: false when memory ran out; the CPU stays offline.
 */
bool machine_cpu_up(struct machine *m, uint32_t cpu, uint32_t new_cpu);
void machine_cpu_down(struct machine *m, uint32_t cpu, uint32_t old_cpu);

/*
 * machine_poke - write one byte of simulated memory (debug profiles)
 * @address: as obj_address gives it, plus what one likes.
 * Return: false when no slab's memory is there, or the profile keeps none.
 */
bool machine_poke(struct machine *m, uint64_t address, uint8_t byte);
/* The address of an object, as its user sees it. */
uint64_t obj_address(const struct machine *m, obj_t obj);
/* Debug profiles: the last user's word of what is allocated or freed next. */
void machine_set_caller(struct machine *m, uint64_t caller);

/*
 * machine_fail_pages - let page requests fail that could be served
 * @nth: the n-th request from now on fails, once; 0: none.
 * @per_million: chance of any request, by a generator started with @seed.
 */
void machine_fail_pages(struct machine *m, uint64_t nth, uint32_t per_million,
			uint64_t seed);

/* Change the page limit of a node; a lower one takes nothing back. */
void machine_limit_pages(struct machine *m, uint32_t node, uint64_t nr_pages);

/*
 * machine_advance - set the clock to a tick, running the reap timers due
 * @tick: not before the present one.
 *
 * Timers due at or before @tick run first, by (due tick, CPU), the clock
 * standing at each one's due tick, RCU callbacks after each.
 */
void machine_advance(struct machine *m, uint64_t tick);
uint64_t machine_now(const struct machine *m);
/* The tick of the earliest reap timer; UINT64_MAX when none is running. */
uint64_t machine_next_timer(const struct machine *m);

/*
 * machine_rcu_process - run the queued RCU callbacks, first in first out
 *
 * Stands for the end of a grace period; the caller decides when one ends (the
 * recordings: after each operation). Cheap when the queue is empty.
 */
void machine_rcu_process(struct machine *m);

/*
 * kmem_cache_create - a new cache at the head of the cache chain
 * @name: copied. @size, @align: bytes. @flags: enum slab_flags.
 *
 * Return: the cache, or CACHE_NULL when the name is taken, no slab order can
 * hold an object or the machine is out of memory.
 */
cachep_t kmem_cache_create(struct machine *m, uint32_t cpu, const char *name,
			   uint64_t size, uint64_t align, uint32_t flags);

/*
 * kmem_cache_create_ctor - the same with a constructor
 * @ctor: called for each object of a new slab in index order; in a debug
 * build with poison, at each allocation instead. The objects of such a cache
 * have bytes. @arg: borrowed, like @ctor, as long as the cache lives.
 */
typedef void slab_ctor_fn(void *arg, struct machine *m, obj_t obj);
cachep_t kmem_cache_create_ctor(struct machine *m, uint32_t cpu,
				const char *name, uint64_t size, uint64_t align,
				uint32_t flags, slab_ctor_fn *ctor, void *arg);

/*
 * obj_bytes - the contents of an object
 * Return: ksize() bytes, borrowed until the object's slab goes; NULL when it
 * has none: bytes exist in debug profiles and for caches with a constructor.
 */
unsigned char *obj_bytes(struct machine *m, obj_t obj);

/*
 * kmem_cache_shrink - give back every free slab of a cache
 *
 * Empties all arrays first, each on its own CPU. Not counted in `reaped`.
 * Return: true when slabs with objects in use remain.
 */
bool kmem_cache_shrink(struct machine *m, uint32_t cpu, cachep_t cachep);

/*
 * kmem_cache_destroy - the end of a cache
 *
 * Return: false when objects are still in use: the cache stays, shrunk and at
 * the head of the chain (diagnostic destroy_busy). Else @cachep is no more.
 */
bool kmem_cache_destroy(struct machine *m, uint32_t cpu, cachep_t cachep);

/*
 * slabinfo_write - what writing "NAME LIMIT BATCH SHARED" to /proc/slabinfo does
 *
 * Senseless numbers are ignored, as in the kernel. Return: false when the
 * machine ran out of memory for the new arrays.
 */
bool slabinfo_write(struct machine *m, uint32_t cpu, cachep_t cachep,
		    int64_t limit, int64_t batchcount, int64_t shared);

/* The cache of that name, or CACHE_NULL. Walks the chain: not for hot paths. */
cachep_t kmem_cache_find(const struct machine *m, const char *name);

/*
 * kmem_cache_alloc, kmem_cache_alloc_node - allocate an object on @cpu
 * @nodeid: a node, or NUMA_NO_NODE for the CPU's own.
 * @gfp: enum gfp_flags.
 * Return: the object, or OBJ_NULL when the machine is out of memory.
 */
obj_t kmem_cache_alloc(struct machine *m, uint32_t cpu, cachep_t cachep,
		       uint32_t gfp);
obj_t kmem_cache_alloc_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			    uint32_t gfp, int nodeid);

/* kmem_cache_free - give an object back to its cache, on @cpu. */
void kmem_cache_free(struct machine *m, uint32_t cpu, cachep_t cachep,
		     obj_t obj);

/*
 * kmalloc_cache - the general cache that serves @size bytes
 *
 * Stands for kmem_find_general_cachep. Return: CACHE_NULL when @size is 0 or
 * above the largest general cache.
 */
cachep_t kmalloc_cache(const struct machine *m, uint64_t size, uint32_t gfp);

/*
 * kmalloc, kmalloc_node, kfree - general-purpose allocation
 * @size: bytes; kfree needs the size that was asked for, because the machine
 * keeps no bytes of its own (it feeds requested_free_bytes only).
 * Return: OBJ_NULL also for sizes that kmalloc_cache refuses.
 */
obj_t kmalloc(struct machine *m, uint32_t cpu, uint64_t size, uint32_t gfp);
obj_t kmalloc_node(struct machine *m, uint32_t cpu, uint64_t size, uint32_t gfp,
		   int nodeid);
void kfree(struct machine *m, uint32_t cpu, obj_t obj, uint64_t size);
/* ksize - the bytes an object's user may use. */
uint64_t ksize(const struct machine *m, obj_t obj);

#endif
