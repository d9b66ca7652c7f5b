/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at a machine without changing it: what snapshots, samples, list
 * dumps and slabinfo are made of. Costs are of the order of what is asked;
 * nothing here is called on an allocation path.
 */
#ifndef MODEL_INSPECT_H
#define MODEL_INSPECT_H

#include "model/slab.h"
#include "model/stats.h"

uint32_t machine_nr_cpus(const struct machine *m);
uint32_t machine_nr_nodes(const struct machine *m);
bool machine_cpu_online(const struct machine *m, uint32_t cpu);
uint32_t machine_cpu_node(const struct machine *m, uint32_t cpu);
/*
 * zonelist_node - where fallback from node @home looks, @i-th (node_zonelist)
 * Return: a node; @home itself for 0, the farthest for machine_nr_nodes() - 1.
 */
uint32_t zonelist_node(const struct machine *m, uint32_t home, uint32_t i);
/* As in struct machine_config: 10 is the node itself. */
uint32_t machine_node_distance(const struct machine *m, uint32_t from,
			       uint32_t to);
const struct slab_profile *machine_profile(const struct machine *m);

/* The cache chain, newest first, as /proc/slabinfo walks it. */
cachep_t machine_first_cache(const struct machine *m);
cachep_t machine_next_cache(const struct machine *m, cachep_t cachep);
/* One more than the highest cache index used so far. */
uint32_t machine_cache_bound(const struct machine *m);

/* What kmem_cache_create decided, and the tunables. Borrowed name. */
struct cache_info {
	const char *name;
	uint32_t flags;
	uint64_t user_bytes;   /* size as the creator gave it */
	uint64_t object_bytes; /* object_size: buffer_bytes but in debug builds */
	uint64_t buffer_bytes; /* objsize of slabinfo */
	uint32_t num;          /* objperslab */
	uint32_t gfporder;
	bool off_slab;
	uint32_t mgmt_bytes;
	uint32_t colour;
	uint32_t colour_off_bytes;
	cachep_t slabp_cache; /* off-slab descriptors, or CACHE_NULL */
	uint32_t limit, batchcount, shared;
	uint32_t obj_offset_bytes;
	uint32_t reap_phase_ticks; /* descriptor address mod (4 * HZ) */
	bool dma;
	bool general; /* one of kmalloc's caches */
};
void kmem_cache_info(const struct machine *m, cachep_t cachep,
		     struct cache_info *info);

/* Gauges of (cache, node). Fields of an absent shared array are -1. */
struct node_state {
	uint64_t slabs_partial, slabs_full, slabs_free;
	uint64_t free_objects; /* in slabs of the partial and free lists */
	uint64_t free_limit;
	uint32_t colour_next;
	int64_t shared_avail, shared_limit, shared_touched;
	uint32_t free_touched;
	uint64_t next_reap;
	bool has_alien;
	uint64_t active_objs;     /* not in a slab's free list */
	uint64_t cached_objs;     /* of the node, in any array of any node */
	uint64_t live_objs;       /* active - cached: really in use */
	uint64_t requested_bytes; /* by the live objects */
	uint64_t pages;           /* held by the slabs */
};
void kmem_node_state(const struct machine *m, cachep_t cachep, uint32_t node,
		     struct node_state *state);
/* Objects for @for_node in the alien array of @node; -1: no such array. */
int64_t kmem_alien_avail(const struct machine *m, cachep_t cachep,
			 uint32_t node, uint32_t for_node);
/* How many it holds at most; -1 the same. */
int64_t kmem_alien_limit(const struct machine *m, cachep_t cachep,
			 uint32_t node, uint32_t for_node);

struct cpu_state {
	uint32_t avail, limit, batchcount, touched;
};
/* @cpu must be online. */
void kmem_cpu_state(const struct machine *m, cachep_t cachep, uint32_t cpu,
		    struct cpu_state *state);

/* The counters at their homes; borrowed, valid until a cache is created. */
const struct cpu_stats *kmem_cpu_stats(const struct machine *m, cachep_t cachep,
				       uint32_t cpu);
const struct miss_stats *kmem_miss_stats(const struct machine *m,
					 cachep_t cachep, uint32_t cpu);
const struct node_stats *kmem_node_stats(const struct machine *m,
					 cachep_t cachep, uint32_t node);
const struct cache_stats *kmem_cache_stats(const struct machine *m,
					   cachep_t cachep);

/* A line of /proc/slabinfo 2.1 with statistics: all totals are sums. */
struct slabinfo {
	uint64_t active_objs, num_objs, active_slabs, num_slabs, shared_avail;
	struct cpu_stats cpu;
	struct node_stats node; /* sums, but maxfreeable: the highest */
	struct cache_stats cache;
};
void kmem_slabinfo(const struct machine *m, cachep_t cachep,
		   struct slabinfo *info);

struct node_pages {
	uint64_t limit_pages;
	uint64_t in_use_pages;
	uint64_t peak_pages;
	uint64_t touched_frames; /* frames ever handed out */
};
void machine_node_pages(const struct machine *m, uint32_t node,
			struct node_pages *pages);

/* Free blocks of 2^order pages that the node's page source holds. */
#define MACHINE_PAGE_ORDERS 16
uint32_t machine_free_blocks(const struct machine *m, uint32_t node,
			     uint32_t order);

/* One slab, in list order. */
struct slab_view {
	uint32_t slab;        /* the slab number in handles */
	uint64_t grow_number; /* 1: the first slab this cache ever grew */
	uint32_t inuse;
	int64_t first_free; /* index handed out next, -1: none */
	uint32_t nodeid;
	uint64_t frame; /* first page frame within the node */
};
enum slab_state { SLABS_PARTIAL, SLABS_FULL, SLABS_FREE };
/* "partial", "full", "free". */
const char *slab_list_word(enum slab_state list);
typedef void slab_visit_fn(void *arg, const struct slab_view *view);
void kmem_visit_slabs(const struct machine *m, cachep_t cachep, uint32_t node,
		      enum slab_state list, slab_visit_fn *visit, void *arg);

/* Indices of a slab's free objects, the one handed out next first. */
typedef void index_visit_fn(void *arg, uint32_t index);
void kmem_visit_free(const struct machine *m, uint32_t slab,
		     index_visit_fn *visit, void *arg);

/* Entries of an array, bottom to top. Return: their number; -1: no array. */
typedef void obj_visit_fn(void *arg, obj_t obj);
int64_t kmem_visit_cpu_array(const struct machine *m, cachep_t cachep,
			     uint32_t cpu, obj_visit_fn *visit, void *arg);
int64_t kmem_visit_shared(const struct machine *m, cachep_t cachep,
			  uint32_t node, obj_visit_fn *visit, void *arg);
int64_t kmem_visit_alien(const struct machine *m, cachep_t cachep,
			 uint32_t node, uint32_t for_node, obj_visit_fn *visit,
			 void *arg);

/* Where an object lies. */
struct obj_place {
	cachep_t cachep;
	uint32_t nodeid;
	uint64_t grow_number;
	uint32_t index;
	uint64_t frame;        /* first frame of its slab within the node */
	uint64_t offset_bytes; /* from the start of that frame */
};
void obj_locate(const struct machine *m, obj_t obj, struct obj_place *place);

/*
 * machine_check - recount everything from lists and arrays
 *
 * Calls @report with one sentence for each broken invariant. Return: their
 * number.
 */
typedef void check_report_fn(void *arg, const char *sentence);
uint64_t machine_check(const struct machine *m, check_report_fn *report,
		       void *arg);

#endif
