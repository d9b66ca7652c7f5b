/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The naive allocator: growing, the local path, the node path, fallback. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

static const struct naive_obj none;

/* --- growing -------------------------------------------------------------- */

static struct naive_slab *new_slab(struct naive_cache *c)
{
	struct naive_slab *slab =
		naive_calloc(1, sizeof(*slab) + c->num * sizeof(slab->free[0]));

	slab->cache = c;
	slab->grow_number = ++c->nr_grown;
	slab->nr_free = c->num;
	/* object 0 goes first */
	for (uint32_t i = 0; i < c->num; i++)
		slab->free[i] = c->num - 1 - i;
	return slab;
}

static struct naive_obj new_descriptor(struct naive *n, uint32_t cpu,
				       struct naive_cache *c, uint32_t node)
{
	uint32_t gfp = n->bug == NAIVE_DESCRIPTOR_HERE ? GFP_THISNODE : 0;
	struct naive_obj obj =
		naive_alloc(n, cpu, c->descriptors, gfp, (int)node);

	if (obj.slab)
		c->descriptors->lists[obj.slab->node]
			.stats.requested_alloc_bytes += c->mgmt_bytes;
	return obj;
}

/* A slab for @node; its pages may be given, and are freed on failure. */
bool naive_grow(struct naive *n, uint32_t cpu, struct naive_cache *c,
		uint32_t node, const uint32_t *given_frame)
{
	struct naive_lists *l = &c->lists[node];
	uint32_t colour = l->colour_next;
	struct naive_obj descriptor = none;
	struct naive_slab *slab;
	uint32_t frame;

	/* even a growth that fails advances the colour */
	l->colour_next++;
	if (l->colour_next >= c->colour)
		l->colour_next = 0;
	if (given_frame) {
		frame = *given_frame;
	} else if (n_pages_get(n, c->order, node, true, &frame) < 0) {
		if (n->bug == NAIVE_FAILED_KEEPS_COLOUR)
			l->colour_next = colour;
		return false;
	}
	if (c->off_slab) {
		descriptor = new_descriptor(n, cpu, c, node);
		if (!descriptor.slab) {
			n_pages_put(n, c->order, node, frame);
			return false;
		}
	}
	slab = new_slab(c);
	slab->node = node;
	slab->frame = frame;
	slab->colour_bytes = colour * c->colour_off;
	slab->descriptor = descriptor;
	n_list_insert(&l->free, l->free.nr, slab);
	l->stats.grown++;
	l->free_objects += c->num;
	return true;
}

/* --- taking objects from slabs -------------------------------------------- */

/* The slab to take from; the reaper spares nodes that look at `free`. */
static struct naive_slab *first_slab(struct naive *n, struct naive_lists *l)
{
	if (n->bug == NAIVE_FREE_BEFORE_PARTIAL && l->free.nr)
		return l->free.slab[0];
	if (l->partial.nr)
		return l->partial.slab[0];
	l->free_touched = 1;
	if (l->free.nr)
		return l->free.slab[0];
	return NULL;
}

static struct naive_obj take(struct naive_lists *l, struct naive_slab *slab)
{
	struct cache_stats *stats = &slab->cache->stats;
	struct naive_obj obj = { slab, slab->free[--slab->nr_free] };

	l->free_objects--;
	stats->num_active++;
	if (stats->maxobjs < stats->num_active)
		stats->maxobjs = stats->num_active;
	return obj;
}

static void relink_taken(struct naive *n, struct naive_lists *l,
			 struct naive_slab *slab)
{
	if (!n_list_remove(&l->partial, slab) && !n_list_remove(&l->free, slab))
		naive_panic(n, "naive: a slab was on no list");
	if (slab->nr_free == 0)
		n_list_insert(&l->full, 0, slab);
	else
		n_list_insert(&l->partial, 0, slab);
}

static void take_many(struct naive *n, struct naive_lists *l,
		      struct naive_array *ac, uint32_t most)
{
	while (most > 0) {
		struct naive_slab *slab = first_slab(n, l);

		if (!slab)
			return;
		while (slab->nr_free > 0 && most > 0) {
			ac->entry[ac->avail++] = take(l, slab);
			l->stats.listallocs++;
			most--;
		}
		relink_taken(n, l, slab);
	}
}

/* --- the local path ------------------------------------------------------- */

/* Return: false when the array is still empty. */
static bool refill(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	struct naive_array *ac = c->array[cpu];
	uint32_t home = n->cpu[cpu].node;
	struct naive_lists *l = &c->lists[home];

	for (;;) {
		uint32_t most = ac->batchcount;
		uint32_t moved = 0;

		if (!ac->touched && most > n->p.batch_refill_limit &&
		    n->bug != NAIVE_IDLE_GETS_ALL)
			most = n->p.batch_refill_limit;
		if (l->shared)
			moved = n_array_move_top(ac, l->shared, most);
		if (moved) {
			l->shared->touched = 1;
			if (n->bug == NAIVE_SHARED_DOES_NOT_END)
				take_many(n, l, ac, most - moved);
			return true;
		}
		take_many(n, l, ac, most);
		if (ac->avail)
			return true;
		if (!naive_grow(n, cpu, c, home, NULL))
			return false;
	}
}

static struct naive_obj alloc_local(struct naive *n, uint32_t cpu,
				    struct naive_cache *c)
{
	struct naive_array *ac = c->array[cpu];

	if (ac->avail) {
		c->cpu_stats[cpu].allochit++;
	} else {
		c->cpu_stats[cpu].allocmiss++;
		if (!refill(n, cpu, c)) {
			c->lists[n->cpu[cpu].node].stats.refillfail++;
			return none;
		}
	}
	ac->touched = 1;
	return ac->entry[--ac->avail];
}

/* --- the node path and fallback ------------------------------------------- */

static struct naive_obj fallback(struct naive *n, uint32_t cpu,
				 struct naive_cache *c, uint32_t gfp);

static struct naive_obj alloc_from_node(struct naive *n, uint32_t cpu,
					struct naive_cache *c, uint32_t gfp,
					uint32_t node)
{
	struct naive_lists *l = &c->lists[node];
	struct naive_slab *slab;
	struct naive_obj obj;

	while ((slab = first_slab(n, l)) == NULL) {
		if (!naive_grow(n, cpu, c, node, NULL))
			return fallback(n, cpu, c, gfp);
	}
	l->stats.nodeallocs++;
	obj = take(l, slab);
	relink_taken(n, l, slab);
	return obj;
}

static struct naive_obj fallback(struct naive *n, uint32_t cpu,
				 struct naive_cache *c, uint32_t gfp)
{
	uint32_t home = n->cpu[cpu].node;
	uint32_t first = n->bug == NAIVE_FALLBACK_FROM_0 ? 0 : home;
	uint32_t frame;
	int node;

	if (gfp & GFP_THISNODE)
		return none;
	gfp |= GFP_THISNODE;
	for (uint32_t i = 0; i < n->nr_nodes; i++) {
		uint32_t from = (first + i) % n->nr_nodes;
		struct naive_obj obj;

		if (!c->lists[from].present || !c->lists[from].free_objects)
			continue;
		obj = alloc_from_node(n, cpu, c, gfp, from);
		if (obj.slab)
			return obj;
	}
	node = n_pages_get(n, c->order, home, false, &frame);
	if (node < 0 || !naive_grow(n, cpu, c, (uint32_t)node, &frame))
		return none;
	return alloc_from_node(n, cpu, c, gfp, (uint32_t)node);
}

struct naive_obj naive_alloc(struct naive *n, uint32_t cpu,
			     struct naive_cache *c, uint32_t gfp, int node)
{
	uint32_t home = n->cpu[cpu].node;
	uint32_t from = node < 0 ? home : (uint32_t)node;

	if (!c->lists[from].present)
		return fallback(n, cpu, c, gfp);
	if (from == home) {
		struct naive_obj obj = alloc_local(n, cpu, c);

		if (obj.slab)
			return obj;
	}
	return alloc_from_node(n, cpu, c, gfp, from);
}

/* --- general caches ------------------------------------------------------- */

struct naive_cache *naive_kmalloc_cache(const struct naive *n, uint64_t bytes,
					uint32_t gfp)
{
	if (bytes == 0)
		return NULL;
	for (uint32_t i = 0; i < n->p.nr_general; i++) {
		if (n->p.general_bytes[i] >= bytes)
			return gfp & GFP_DMA && n->p.zone_dma ?
				       n->general_dma[i] :
				       n->general[i];
	}
	return NULL;
}

struct naive_obj naive_kmalloc(struct naive *n, uint32_t cpu, uint64_t bytes,
			       uint32_t gfp, int node)
{
	struct naive_cache *c = naive_kmalloc_cache(n, bytes, gfp);
	struct naive_obj obj;

	if (!c)
		return none;
	obj = naive_alloc(n, cpu, c, gfp, node);
	if (obj.slab)
		c->lists[obj.slab->node].stats.requested_alloc_bytes += bytes;
	return obj;
}

uint64_t naive_offset(struct naive_obj obj)
{
	const struct naive_cache *c = obj.slab->cache;
	uint64_t first =
		obj.slab->colour_bytes + (c->off_slab ? 0 : c->mgmt_bytes);

	return first + obj.index * c->buffer_bytes + c->obj_offset;
}
