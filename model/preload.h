/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine put into a state that was seen elsewhere: a dump of a real
 * allocator, list by list and array by array. And the reaper driven by hand,
 * for replays of recordings that say when it ran.
 *
 * Order of calls: create and tune the caches, machine_forget, then for each
 * cache slabs, arrays, nodes, and kmem_preload_done.
 */
#ifndef MODEL_PRELOAD_H
#define MODEL_PRELOAD_H

#include "model/slab.h"

/*
 * machine_forget - empty all caches, and all counters with them
 *
 * The structures that the allocator keeps in its own objects stay, but occupy
 * none any more: in a dump they are among the objects in use, nobody knows
 * which. All reap timers are stopped.
 */
void machine_forget(struct machine *m);

/*
 * kmem_preload_slab - a slab with some objects taken, last on its list
 * @free: indices of the objects that are free, the one handed out next first;
 * @nr_free of them. All others are taken (in use or in an array).
 * Return: its number, for handles; 0: the node has no pages left.
 */
uint32_t kmem_preload_slab(struct machine *m, cachep_t cachep, uint32_t node,
			   const uint16_t *free, uint32_t nr_free);
/* An object of such a slab. */
obj_t kmem_preload_obj(const struct machine *m, uint32_t slab, uint32_t index);

/*
 * kmem_preload_cpu, _shared, _alien - what lies in an array, bottom first
 * @objs: taken from slabs before, of the array's node. Return: how many the
 * array has room for; the rest is in use instead.
 */
uint32_t kmem_preload_cpu(struct machine *m, cachep_t cachep, uint32_t cpu,
			  const obj_t *objs, uint32_t nr, bool touched);
uint32_t kmem_preload_shared(struct machine *m, cachep_t cachep, uint32_t node,
			     const obj_t *objs, uint32_t nr, bool touched);
uint32_t kmem_preload_alien(struct machine *m, cachep_t cachep, uint32_t node,
			    uint32_t for_node, const obj_t *objs, uint32_t nr);

/* What lists do not show. Ticks are the machine's. */
struct node_preload {
	uint32_t free_limit;
	bool free_touched;
	uint64_t next_reap_tick;
};
void kmem_preload_node(struct machine *m, cachep_t cachep, uint32_t node,
		       const struct node_preload *node_preload);

/* The colour of the node's next slab. */
void kmem_preload_colour(struct machine *m, cachep_t cachep, uint32_t node,
			 uint32_t colour);

/* All is in place: objects taken so far were never allocated or counted. */
void kmem_preload_done(struct machine *m, cachep_t cachep);

/*
 * machine_keep_lists_out - no more index lists in objects of general caches
 *
 * For recordings in which the allocator's own allocations are operations too:
 * those of index lists that lie apart (the only ones in steady state) come
 * from there then, instead of from the model.
 */
void machine_keep_lists_out(struct machine *m);

/*
 * machine_set_now - the clock, without running timers
 * @tick: not before the present one, unless nothing has happened yet.
 */
void machine_set_now(struct machine *m, uint64_t tick);

/* No reaper runs any more unless it is driven by hand: */
void machine_stop_reaping(struct machine *m);
/* All timers again, as if the CPUs had just come up. */
void machine_start_reaping(struct machine *m);
/*
 * cache_reap of @cpu in steps: begin, each cache in the order of the chain,
 * end. Between them other CPUs may do as they like.
 */
void machine_reap_begin(struct machine *m, uint32_t cpu);
void machine_reap_cache(struct machine *m, uint32_t cpu, cachep_t cachep);
void machine_reap_end(struct machine *m, uint32_t cpu);
/* All of them at once: what the CPU's timer does. */
void machine_reap(struct machine *m, uint32_t cpu);
/* The node whose alien array the next pass of @cpu drains. */
void machine_set_reap_node(struct machine *m, uint32_t cpu, uint32_t node);

#endif
