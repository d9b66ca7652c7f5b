/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second allocator, for tests only: what model/ does, written again from
 * the rules, as plainly as possible and as slowly as it likes.
 *
 * It shares with model/ the profile, the configuration and the names of the
 * counters (all of them data), and no code. Slabs, lists and arrays are
 * malloc'ed structures with pointers; lists are C arrays, head first. The
 * state is open: tests/lib/naive_compare.c sets it against a machine's.
 *
 * Operations must make sense (CPU online, cache alive); those who call check.
 * `bug` plants a wrong rule, to see whether the tests find it.
 */
#ifndef TESTS_LIB_NAIVE_H
#define TESTS_LIB_NAIVE_H

#include "model/slab.h"
#include "model/stats.h"

#define NAIVE_MAX_NODES 16
#define NAIVE_MAX_CPUS 32
#define NAIVE_MAX_ORDERS 16
#define NAIVE_MAX_GENERAL 32
#define NAIVE_NAME_BYTES 64
#define NAIVE_NEVER UINT64_MAX

/* One rule wrong. X(NAME, what is done instead) */
#define NAIVE_BUGS(X)                                                          \
	X(PUT_BACK_AT_HEAD, "an object put back: slab to the head of partial") \
	X(EMPTIED_AT_TAIL, "an emptied slab goes to the tail of free")         \
	X(FREE_BEFORE_PARTIAL, "allocation prefers free to partial slabs")     \
	X(SHARED_DOES_NOT_END, "a refill goes on after the shared array")      \
	X(IDLE_GETS_ALL, "an idle array is refilled with a whole batch")       \
	X(FAILED_KEEPS_COLOUR, "a failed growth does not advance the colour")  \
	X(FLUSH_TOP, "a flush takes the top of the array")                     \
	X(FREE_TOUCHES, "a free marks the array as touched")                   \
	X(ALIEN_BOTTOM, "the shared array gets the bottom of an alien one")    \
	X(ALIEN_COUNTS, "a remote free counts as a freehit, too")              \
	X(TUNE_RENEWS_ALIENS, "tuning replaces alien tables")                  \
	X(UNWIND_OLDEST_FIRST, "a failed alien table is undone oldest first")  \
	X(BLOCK_AT_ONCE, "a tuning frees its scratch block at once")           \
	X(UP_COUNTS_ITSELF, "a CPU that comes up counts itself at once")       \
	X(DOWN_KEEPS_LIMIT, "a CPU that goes leaves the free limit alone")     \
	X(BUSY_AT_TAIL, "a cache too busy to destroy goes to the chain's end") \
	X(REAP_ALWAYS, "the reaper ignores free_touched")                      \
	X(REAP_HEAD, "slabs are reaped from the head of free")                 \
	X(CALLER_FIRST, "a call on every CPU runs on the caller first")        \
	X(DESCRIPTOR_HERE, "a slab descriptor must be of the slab's node")     \
	X(FALLBACK_FROM_0, "the fallback looks from node 0 on")                \
	X(RCU_AT_ONCE, "no grace period for slabs of RCU caches")              \
	X(EMPTIED_AT_LIMIT, "an emptied slab is destroyed at the limit, too")  \
	X(LIMIT_ONE_ALIENS, "a cache of limit 1 gets full-sized aliens")

enum naive_bug {
	NAIVE_NO_BUG,
#define NAIVE_BUG_NAME(NAME, text) NAIVE_##NAME,
	NAIVE_BUGS(NAIVE_BUG_NAME)
#undef NAIVE_BUG_NAME
		NR_NAIVE_BUGS
};

struct naive_slab;

/* An object; .slab NULL: none. */
struct naive_obj {
	struct naive_slab *slab;
	uint32_t index;
};

struct naive_slab {
	struct naive_cache *cache;
	uint32_t node;
	uint32_t frame;
	uint32_t colour_bytes;
	uint64_t grow_number;
	struct naive_obj descriptor; /* off-slab */
	uint32_t rcu_cpu;
	uint32_t nr_free;
	uint32_t free[]; /* a stack: the last is handed out next */
};

/* Head first. */
struct naive_list {
	struct naive_slab **slab;
	uint32_t nr, room;
};

struct naive_array {
	uint32_t limit, batchcount, touched, avail;
	struct naive_obj self; /* the object it lives in; none: static */
	struct naive_obj entry[];
};

/* What a cache has on one node. */
struct naive_lists {
	bool present;
	struct naive_list partial, full, free;
	uint64_t free_objects;
	uint32_t free_limit; /* 32 bits, as in the kernel: it can wrap */
	uint32_t colour_next;
	uint32_t free_touched;
	uint64_t next_reap;
	struct naive_array *shared;
	bool has_alien;
	struct naive_array *alien[NAIVE_MAX_NODES];
	struct naive_obj alien_self, self;
	struct node_stats stats;
};

struct naive_cache {
	struct naive_cache *next; /* in the chain */
	bool on_chain;
	bool general;
	cachep_t handle; /* for whoever compares */
	char name[NAIVE_NAME_BYTES];
	uint32_t flags;
	uint64_t user_bytes, object_bytes, buffer_bytes;
	uint32_t num, order, mgmt_bytes, colour, colour_off, obj_offset;
	bool off_slab;
	struct naive_cache *descriptors; /* off-slab: where they come from */
	uint32_t reap_phase;
	uint32_t limit, batchcount, shared;
	struct naive_obj self;
	uint64_t nr_grown;
	struct cache_stats stats;
	struct cpu_stats cpu_stats[NAIVE_MAX_CPUS];
	struct naive_array *array[NAIVE_MAX_CPUS];
	struct naive_lists lists[NAIVE_MAX_NODES];
};

struct naive_cpu {
	uint32_t node;
	bool online, in_node;
	uint32_t reap_node;
	uint64_t due; /* NAIVE_NEVER: no timer */
};

/* Blocks of one order that were given back; the last goes out first. */
struct naive_blocks {
	uint32_t *frame;
	uint32_t nr, room;
};

struct naive_node {
	uint64_t limit_pages, in_use_pages, peak_pages;
	uint32_t nr_touched;
	struct naive_blocks blocks[NAIVE_MAX_ORDERS];
};

struct naive {
	struct slab_profile p;
	uint32_t nr_cpus, nr_nodes;
	bool aliens; /* alien arrays are enabled */
	bool early;  /* no off-slab caches yet */
	enum naive_up { NAIVE_BARE, NAIVE_ARRAYS, NAIVE_LISTS, NAIVE_FULL } up;
	struct naive_cpu cpu[NAIVE_MAX_CPUS];
	struct naive_node node[NAIVE_MAX_NODES];
	struct naive_cache *chain; /* newest first */
	struct naive_cache *cache_cache;
	struct naive_cache *general[NAIVE_MAX_GENERAL];
	struct naive_cache *general_dma[NAIVE_MAX_GENERAL];
	struct naive_list rcu; /* slabs that wait, the oldest first */
	uint64_t now;
	/* page requests that fail: the n-th from now; by chance */
	uint64_t fail_nth;
	uint32_t fail_per_million;
	uint64_t fail_state;
	enum naive_bug bug;
	/* A rule of the naive model itself is broken; does not return. */
	void (*panic)(void *arg, const char *sentence);
	void *panic_arg;
};

/*
 * naive_create - boots; uses of @config profile, sizes, topology and panic
 * Return: owned by the caller; NULL when the pages do not suffice.
 */
struct naive *naive_create(const struct machine_config *config,
			   enum naive_bug bug);
void naive_destroy(struct naive *n);

bool naive_smp(struct naive *n);
bool naive_cpu_up(struct naive *n, uint32_t cpu, uint32_t new_cpu);
void naive_cpu_down(struct naive *n, uint32_t cpu, uint32_t old_cpu);
void naive_advance(struct naive *n, uint64_t tick);
/* All grace periods end. */
void naive_rcu(struct naive *n);

struct naive_cache *naive_find(const struct naive *n, const char *name);
struct naive_cache *naive_cache_create(struct naive *n, uint32_t cpu,
				       const char *name, uint64_t size,
				       uint64_t align, uint32_t flags);
bool naive_shrink(struct naive *n, uint32_t cpu, struct naive_cache *c);
/* Return: false: too busy; else @c has been freed. */
bool naive_cache_destroy(struct naive *n, uint32_t cpu, struct naive_cache *c);
bool naive_tune(struct naive *n, uint32_t cpu, struct naive_cache *c,
		int64_t limit, int64_t batchcount, int64_t shared);

/* @node: -1 for the CPU's own. */
struct naive_obj naive_alloc(struct naive *n, uint32_t cpu,
			     struct naive_cache *c, uint32_t gfp, int node);
void naive_free(struct naive *n, uint32_t cpu, struct naive_obj obj);
struct naive_cache *naive_kmalloc_cache(const struct naive *n, uint64_t bytes,
					uint32_t gfp);
struct naive_obj naive_kmalloc(struct naive *n, uint32_t cpu, uint64_t bytes,
			       uint32_t gfp, int node);
void naive_kfree(struct naive *n, uint32_t cpu, struct naive_obj obj,
		 uint64_t bytes);

/* From the first frame of its slab to the object as its user sees it. */
uint64_t naive_offset(struct naive_obj obj);

#endif
