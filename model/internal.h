/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of model/ offer one another. A map of who calls whom:
 *
 *   boot, hotplug, create, tune   make caches and arrays, from objects
 *        |
 *   alloc (hit, refill, node path, fallback)      free (hit, flush, alien)
 *        |                                             |
 *   grow (cache_grow, slab_destroy)  <--------  free_block (in free)
 *        |
 *   pages (a node's page source)             reap: timers, drains
 */
#ifndef MODEL_INTERNAL_H
#define MODEL_INTERNAL_H

#include "model/state.h"

/* observe.c */
void set_extras(struct machine *m);
void notify_observer(const struct machine *m, const struct slab_event *event);

/* Tells the observer, when there is one for this kind. */
#define notify(m, ...) \
	notify_if_wanted((m), &(const struct slab_event){ __VA_ARGS__ })

static inline void notify_if_wanted(const struct machine *m,
				    const struct slab_event *event)
{
	if (__builtin_expect(m->observe_mask & SLAB_EVENT_BIT(event->kind), 0))
		notify_observer(m, event);
}

/*
 * locks.c; one test where there are none. Who holds what, and why, says the
 * comment of model/locks.h.
 */
void lock_take(const struct machine *m, uint32_t cpu,
	       enum slab_lock_class class, cachep_t cachep, uint32_t node,
	       uint32_t other_node);
bool lock_try(const struct machine *m, uint32_t cpu, enum slab_lock_class class,
	      cachep_t cachep, uint32_t node, uint32_t other_node);
void lock_drop(const struct machine *m, uint32_t cpu,
	       enum slab_lock_class class, cachep_t cachep, uint32_t node,
	       uint32_t other_node);
/* @fn by @target itself, for on_each_cpu and its like. */
void call_on_cpu(struct machine *m, uint32_t cpu, uint32_t target,
		 slab_call_fn *fn, void *data);

#define has_locks(m) __builtin_expect((m)->lock_ops != NULL, 0)

static inline void chain_lock(const struct machine *m, uint32_t cpu)
{
	if (has_locks(m))
		lock_take(m, cpu, SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0);
}

static inline bool chain_trylock(const struct machine *m, uint32_t cpu)
{
	return !has_locks(m) ||
	       lock_try(m, cpu, SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0);
}

static inline void chain_unlock(const struct machine *m, uint32_t cpu)
{
	if (has_locks(m))
		lock_drop(m, cpu, SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0);
}

static inline void list_lock(const struct machine *m, uint32_t cpu,
			     cachep_t cachep, uint32_t node)
{
	if (has_locks(m))
		lock_take(m, cpu, SLAB_LOCK_LIST, cachep, node, 0);
}

static inline void list_unlock(const struct machine *m, uint32_t cpu,
			       cachep_t cachep, uint32_t node)
{
	if (has_locks(m))
		lock_drop(m, cpu, SLAB_LOCK_LIST, cachep, node, 0);
}

static inline void alien_lock(const struct machine *m, uint32_t cpu,
			      cachep_t cachep, uint32_t node,
			      uint32_t other_node)
{
	if (has_locks(m))
		lock_take(m, cpu, SLAB_LOCK_ALIEN, cachep, node, other_node);
}

static inline bool alien_trylock(const struct machine *m, uint32_t cpu,
				 cachep_t cachep, uint32_t node,
				 uint32_t other_node)
{
	return !has_locks(m) ||
	       lock_try(m, cpu, SLAB_LOCK_ALIEN, cachep, node, other_node);
}

static inline void alien_unlock(const struct machine *m, uint32_t cpu,
				cachep_t cachep, uint32_t node,
				uint32_t other_node)
{
	if (has_locks(m))
		lock_drop(m, cpu, SLAB_LOCK_ALIEN, cachep, node, other_node);
}

static inline void pages_lock(const struct machine *m, uint32_t cpu,
			      uint32_t node)
{
	if (has_locks(m))
		lock_take(m, cpu, SLAB_LOCK_PAGES, CACHE_NULL, node, 0);
}

static inline void pages_unlock(const struct machine *m, uint32_t cpu,
				uint32_t node)
{
	if (has_locks(m))
		lock_drop(m, cpu, SLAB_LOCK_PAGES, CACHE_NULL, node, 0);
}

/* No matter for locks that cost nothing in the simulated machine. */
static inline void pool_lock(const struct machine *m, uint32_t cpu)
{
	if (has_locks(m))
		lock_take(m, cpu, SLAB_LOCK_POOL, CACHE_NULL, 0, 0);
}

static inline void pool_unlock(const struct machine *m, uint32_t cpu)
{
	if (has_locks(m))
		lock_drop(m, cpu, SLAB_LOCK_POOL, CACHE_NULL, 0, 0);
}

/* A counter that no lock guards: CPUs of several nodes add to it. */
static inline void stat_add(const struct machine *m, uint64_t *counter,
			    uint64_t nr)
{
	if (__builtin_expect(m->concurrent, 0))
		__atomic_fetch_add(counter, nr, __ATOMIC_RELAXED);
	else
		*counter += nr;
}

/* Bytes asked of a general cache, for an object of @node. */
static inline void requested_alloc(const struct machine *m, uint32_t cpu,
				   cachep_t cachep, uint32_t node,
				   uint64_t bytes)
{
	if (__builtin_expect(m->tallies != NULL, 0))
		tally_get(m, cachep, cpu, node)->alloc_bytes += bytes;
	else
		node_list3(m, cachep, node)->stats.requested_alloc_bytes +=
			bytes;
}

static inline void requested_free(const struct machine *m, uint32_t cpu,
				  cachep_t cachep, uint32_t node,
				  uint64_t bytes)
{
	if (__builtin_expect(m->tallies != NULL, 0))
		tally_get(m, cachep, cpu, node)->free_bytes += bytes;
	else
		node_list3(m, cachep, node)->stats.requested_free_bytes +=
			bytes;
}

/* bytes.c */
void attach_bytes(struct machine *m, uint32_t slab);
unsigned char *obj_buffer(const struct machine *m, obj_t obj);

/* debug.c: all of it for machines with a debug profile only */
uint32_t debug_flags(const struct slab_profile *p, uint64_t size,
		     uint32_t flags);
void debug_new_obj(struct machine *m, obj_t obj);
void debug_constructed(struct machine *m, obj_t obj);
void debug_alloc(struct machine *m, obj_t obj);
void debug_free(struct machine *m, cachep_t cachep, obj_t obj);
void debug_destroy(struct machine *m, uint32_t slab);

/* lists.c */
void slab_list_add_head(const struct machine *m, struct slab_list *list,
			uint32_t slab);
void slab_list_add_tail(const struct machine *m, struct slab_list *list,
			uint32_t slab);
void slab_list_del(const struct machine *m, struct slab_list *list,
		   uint32_t slab);

/* zonelist.c */
bool distances_ok(const struct machine_config *config);
/* @distance: copied; NULL: none. Before boot. False: no memory. */
bool zonelists_init(struct machine *m, const uint8_t *distance);

/* pages.c */
bool page_source_init(struct machine *m);
void page_source_release(struct machine *m);
/* kmem_getpages: node of the pages, or -1; the first frame in @frame. */
int kmem_getpages(struct machine *m, uint32_t cpu, uint32_t order,
		  uint32_t node, bool this_node, uint32_t *frame);
void kmem_freepages(struct machine *m, uint32_t cpu, uint32_t order,
		    uint32_t node, uint32_t frame);

/* geometry.c */
void cache_geometry(const struct machine *m, struct kmem_cache *cachep,
		    uint64_t size, uint64_t align, bool lowest);
uint64_t obj_buffer_offset(const struct machine *m, obj_t obj);
uint64_t obj_offset_bytes(const struct machine *m, obj_t obj);

/* geometry_index.c */
void cache_geometry_index(const struct machine *m, struct kmem_cache *cachep,
			  uint64_t size, uint64_t align);

/* grow.c */
uint32_t cache_grow_begin(struct machine *m, uint32_t cpu, cachep_t cachep,
			  uint32_t nodeid, const uint32_t *given_frame);
uint32_t slab_without_descriptor(struct machine *m, cachep_t cachep,
				 uint32_t nodeid);
void slab_forget(struct machine *m, uint32_t slab);
void cache_grow_end(struct machine *m, uint32_t cpu, uint32_t slab,
		    uint32_t nr_refilled);
bool cache_grow(struct machine *m, uint32_t cpu, cachep_t cachep,
		uint32_t nodeid, const uint32_t *given_frame);
void slab_destroy(struct machine *m, uint32_t cpu, cachep_t cachep,
		  uint32_t slab);
void slabs_destroy(struct machine *m, uint32_t cpu, cachep_t cachep,
		   uint32_t doomed);
/* Between the queue and the one of CPUs that run at once. No CPU runs. */
void rcu_swap_queues(struct machine *m);
/* All that was queued so far is released. No CPU runs. */
void rcu_barrier(struct machine *m);
void rcu_adopt(struct machine *m, uint32_t cpu, uint32_t old_cpu);
uint64_t drain_freelist(struct machine *m, uint32_t cpu, cachep_t cachep,
			uint32_t node, uint64_t tofree);
/* All of them. */
uint64_t drain_free_slabs(struct machine *m, uint32_t cpu, cachep_t cachep,
			  uint32_t node);

/* Stands for slab_get_obj: the head of the chain of free indices. */
static inline obj_t slab_get_obj(struct slab *slabp, uint32_t slab)
{
	uint32_t index = slabp->free;

	slabp->free = slabp->bufctl[index];
	slabp->bufctl[index] = BUFCTL_FREE;
	slabp->inuse++;
	return obj_make(slab, index, slabp->nodeid);
}

/* Free objects on the node, in its slabs or in its shared array. */
static inline bool node_has_free(const struct machine *m,
				 const struct kmem_list3 *l3)
{
	return l3->free_objects ||
	       (l3->shared && array_at(m, l3->shared)->avail);
}

/* alloc.c */
obj_t cache_alloc_on_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			  uint32_t gfp, uint32_t nodeid);

/* misses.c */
bool miss_classify(struct machine *m, uint32_t cpu, cachep_t cachep);
void miss_failed(struct machine *m, cachep_t cachep);
/* The refill of a miss took @nr objects from the node. */
static inline void miss_refilled(const struct machine *m, uint32_t cpu,
				 cachep_t cachep, uint32_t nr)
{
	struct miss_record *record = miss_record_get(m, cachep, cpu);

	record->nr_flushed -= record->nr_flushed < nr ? record->nr_flushed : nr;
}

/* free.c */
uint32_t free_block(struct machine *m, uint32_t cpu, cachep_t cachep,
		    const obj_t *objs, uint32_t nr, uint32_t node);
/* free_block of a whole array, which is empty then. */
uint32_t array_empty(struct machine *m, uint32_t cpu, cachep_t cachep,
		     struct array_cache *ac, uint32_t node);
uint32_t drain_alien_cache(struct machine *m, uint32_t cpu, cachep_t cachep,
			   struct array_cache *ac, uint32_t for_node);

/* arrays.c */
bool alloc_arraycache(struct machine *m, uint32_t cpu, uint32_t node,
		      uint32_t limit, uint32_t batchcount,
		      struct array_cache *ac);
void array_init(struct machine *m, uint32_t cpu, struct array_cache *ac,
		uint32_t limit, uint32_t batchcount, obj_t self);
void array_release(struct machine *m, uint32_t cpu, struct array_cache *ac);
/* A kmalloc'ed per-node list structure for @node; OBJ_NULL: no memory. */
obj_t alloc_list3(struct machine *m, uint32_t cpu, uint32_t node);
uint32_t alloc_shared(struct machine *m, uint32_t cpu, uint32_t node,
		      uint32_t limit);
void free_shared(struct machine *m, uint32_t cpu, uint32_t shared);
/* A node's alien table with its arrays, before it is installed. */
struct alien_table {
	uint32_t alien; /* 0: none */
	obj_t self;
};
bool alloc_alien_cache(struct machine *m, uint32_t cpu, uint32_t node,
		       uint32_t limit, struct alien_table *table);
void free_alien_cache(struct machine *m, uint32_t cpu,
		      struct alien_table *table);
/* Every array of @node's alien table, for all nodes in order. */
void drain_alien_table(struct machine *m, uint32_t cpu, cachep_t cachep,
		       uint32_t node, uint32_t alien);
uint32_t transfer_objects(const struct machine *m, struct array_cache *to,
			  struct array_cache *from, uint32_t max);
void array_drop_bottom(const struct machine *m, struct array_cache *ac,
		       uint32_t nr);
void array_flush_to_lists(struct machine *m, uint32_t cpu, cachep_t cachep,
			  struct array_cache *ac, uint32_t node);

/* tune.c */
bool do_tune_cpucache(struct machine *m, uint32_t cpu, cachep_t cachep,
		      uint32_t limit, uint32_t batchcount, uint32_t shared);
bool enable_cpucache(struct machine *m, uint32_t cpu, cachep_t cachep);
/* What is made for a node and not installed yet. */
struct node_arrays {
	uint32_t shared;
	struct alien_table alien;
};
bool alloc_node_arrays(struct machine *m, uint32_t cpu, cachep_t cachep,
		       uint32_t node, struct node_arrays *new);
void install_alien(struct kmem_list3 *l3, struct alien_table *table);
void list3_init(struct kmem_list3 *l3);
/* A list structure of its own for a node of a cache, without arrays. */
bool new_list3(struct machine *m, uint32_t cpu, cachep_t cachep, uint32_t node);
uint64_t list3_first_reap(const struct machine *m, cachep_t cachep);
/* With the list_lock held, where others may look. */
void set_free_limit(const struct machine *m, cachep_t cachep, uint32_t node);

void list3_release(struct machine *m, uint32_t cpu, cachep_t cachep,
		   uint32_t node);

/* tune_percpu.c */
void new_percpu_arrays(struct machine *m, uint32_t cpu, uint32_t limit,
		       uint32_t batchcount, struct array_cache *arrays);
bool init_cache_node(struct machine *m, uint32_t cpu, cachep_t cachep,
		     uint32_t node);
bool setup_kmem_cache_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			   uint32_t node, bool force);

/* create.c */
cachep_t cache_slot(struct machine *m);
void cache_slot_free(struct machine *m, cachep_t cachep);
void kmem_cache_release(struct machine *m, uint32_t cpu, cachep_t cachep);
void cache_chain_add(struct machine *m, cachep_t cachep);
void cache_chain_del(struct machine *m, cachep_t cachep);
uint32_t cache_set_name(struct machine *m, const char *name);

/* boot.c */
#define BOOT_CPU 0
#define BOOT_CPUCACHE_ENTRIES 1
bool kmem_cache_init(struct machine *m);
void static_list3s(struct machine *m, cachep_t cachep);
bool boot_list3s(struct machine *m, cachep_t cachep);
bool replace_static_list3(struct machine *m, cachep_t cachep, uint32_t node);
uint32_t general_index(const struct slab_profile *p, uint64_t bytes);
bool create_general(struct machine *m, uint32_t index, enum kmalloc_type type);
bool setup_cpu_cache(struct machine *m, uint32_t cpu, cachep_t cachep);

/* boot_percpu.c */
void boot_percpu_arrays(struct machine *m, cachep_t cachep);
bool setup_cpu_cache_percpu(struct machine *m, cachep_t cachep);
bool create_kmalloc_caches_percpu(struct machine *m);

/* reap.c */
void start_cpu_timer(struct machine *m, uint32_t cpu);
void cancel_cpu_timer(struct machine *m, uint32_t cpu);
void find_next_timer(struct machine *m);

/* The CPUs of the machine that are online, ascending. */
#define for_each_online_cpu(m, cpu)                       \
	for (uint32_t cpu = 0; cpu < (m)->nr_cpus; cpu++) \
		if ((m)->cpus[cpu].online)

#define for_each_node(m, node) \
	for (uint32_t node = 0; node < (m)->nr_nodes; node++)

#define for_each_cache(m, cachep)                                      \
	for (cachep_t cachep = (m)->cache_chain; cachep != CACHE_NULL; \
	     cachep = (m)->caches[cachep].next)

#endif
