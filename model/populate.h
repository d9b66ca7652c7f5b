/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache filled at once, as if a machine had run for long: slabs, objects in
 * use, objects in arrays, in the numbers that the caller knows from a real
 * machine. No allocation is counted for it (allochit and the like); grown and
 * num_active are, as they would have been.
 */
#ifndef MODEL_POPULATE_H
#define MODEL_POPULATE_H

#include "model/inspect.h"

/* What is added to a cache on one node. */
struct population {
	uint64_t slabs;
	uint64_t free_slabs; /* of @slabs: without objects taken */
	uint64_t objs;       /* taken from the other slabs, of which: */
	uint64_t shared;     /* lie in the node's shared array, */
	uint64_t cpu;        /* lie in the arrays of its CPUs, dealt evenly */
};

/*
 * kmem_cache_populate - add slabs and objects to a cache on a node
 * @want: what is added; changed to what could be: pages may be short, an
 * array has a limit (what does not fit into one is in use instead).
 * @live: called for each object in use, oldest first; may be NULL.
 *
 * Where a node's slabs have places left, these are on as many partial slabs
 * as make them half used, and the others are full: measured on real machines
 * (docs/TRACES.md). Full slabs are the older ones. Objects in arrays are of
 * the youngest slabs.
 */
void kmem_cache_populate(struct machine *m, cachep_t cachep, uint32_t node,
			 struct population *want, obj_visit_fn *live,
			 void *arg);

/* Can the node have slabs of the cache: has it a CPU online? */
bool kmem_node_usable(const struct machine *m, cachep_t cachep, uint32_t node);

#endif
