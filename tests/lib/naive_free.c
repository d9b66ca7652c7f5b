/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The naive allocator: freeing, down to the end of a slab. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

/* --- the end of a slab ---------------------------------------------------- */

void n_release_slab(struct naive *n, uint32_t cpu, struct naive_slab *slab)
{
	struct naive_cache *c = slab->cache;
	struct naive_obj descriptor = slab->descriptor;

	n_pages_put(n, c->order, slab->node, slab->frame);
	free(slab);
	if (!c->off_slab)
		return;
	c->descriptors->lists[descriptor.slab->node]
		.stats.requested_free_bytes += c->mgmt_bytes;
	naive_free(n, cpu, descriptor);
}

/* Of a slab that is on no list and whose objects are not counted any more. */
void n_destroy_slab(struct naive *n, uint32_t cpu, struct naive_slab *slab)
{
	struct naive_cache *c = slab->cache;

	c->lists[slab->node].stats.destroyed++;
	if (!(c->flags & SLAB_DESTROY_BY_RCU) || n->bug == NAIVE_RCU_AT_ONCE) {
		n_release_slab(n, cpu, slab);
		return;
	}
	slab->rcu_cpu = cpu;
	n_list_insert(&n->rcu, n->rcu.nr, slab);
}

void naive_rcu(struct naive *n)
{
	while (n->rcu.nr) {
		struct naive_slab *slab = n->rcu.slab[0];

		n_list_remove(&n->rcu, slab);
		n_release_slab(n, slab->rcu_cpu, slab);
	}
}

/* Up to @most slabs from the tail of free. Return: how many. */
uint64_t n_drain_free(struct naive *n, uint32_t cpu, struct naive_cache *c,
		      uint32_t node, uint64_t most)
{
	struct naive_lists *l = &c->lists[node];
	uint64_t nr = 0;

	while (nr < most && l->free.nr) {
		uint32_t at = n->bug == NAIVE_REAP_HEAD ? 0 : l->free.nr - 1;
		struct naive_slab *slab = l->free.slab[at];

		n_list_remove(&l->free, slab);
		l->free_objects -= c->num;
		n_destroy_slab(n, cpu, slab);
		nr++;
	}
	return nr;
}

/* --- back to the slabs ---------------------------------------------------- */

static void emptied(struct naive *n, uint32_t cpu, struct naive_lists *l,
		    struct naive_slab *slab)
{
	uint64_t limit = l->free_limit;

	if (n->bug == NAIVE_EMPTIED_AT_LIMIT && limit)
		limit--;
	if (l->free_objects > limit) {
		l->free_objects -= slab->cache->num;
		n_destroy_slab(n, cpu, slab);
	} else if (n->bug == NAIVE_EMPTIED_AT_TAIL) {
		n_list_insert(&l->free, l->free.nr, slab);
	} else {
		n_list_insert(&l->free, 0, slab);
	}
}

static void put_back(struct naive *n, uint32_t cpu, struct naive_obj obj,
		     uint32_t node)
{
	struct naive_slab *slab = obj.slab;
	struct naive_cache *c = slab->cache;
	struct naive_lists *l = &c->lists[node];

	for (uint32_t i = 0; i < slab->nr_free; i++) {
		if (slab->free[i] == obj.index)
			naive_panic(n, "naive: an object is freed twice");
	}
	if (!n_list_remove(&l->full, slab) && !n_list_remove(&l->partial, slab))
		naive_panic(n, "naive: a slab was neither full nor partial");
	slab->free[slab->nr_free++] = obj.index;
	c->stats.num_active--;
	l->free_objects++;
	if (slab->nr_free == c->num)
		emptied(n, cpu, l, slab);
	else if (n->bug == NAIVE_PUT_BACK_AT_HEAD)
		n_list_insert(&l->partial, 0, slab);
	else
		n_list_insert(&l->partial, l->partial.nr, slab);
}

void n_free_block(struct naive *n, uint32_t cpu, struct naive_cache *c,
		  const struct naive_obj *objs, uint32_t nr, uint32_t node)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (objs[i].slab->cache != c || objs[i].slab->node != node)
			naive_panic(n, "naive: an object of another list");
		put_back(n, cpu, objs[i], node);
	}
}

/* --- local and remote frees ----------------------------------------------- */

static void flush(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	struct naive_array *ac = c->array[cpu];
	uint32_t home = n->cpu[cpu].node;
	struct naive_lists *l = &c->lists[home];
	uint32_t nr = ac->batchcount;
	uint32_t room = l->shared ? l->shared->limit - l->shared->avail : 0;
	struct naive_obj *first = ac->entry;

	if (room && nr > room)
		nr = room;
	if (n->bug == NAIVE_FLUSH_TOP)
		first += ac->avail - nr;
	if (room) {
		for (uint32_t i = 0; i < nr; i++)
			l->shared->entry[l->shared->avail++] = first[i];
	} else {
		n_free_block(n, cpu, c, first, nr, home);
	}
	if (l->stats.maxfreeable < l->free.nr)
		l->stats.maxfreeable = l->free.nr;
	if (n->bug == NAIVE_FLUSH_TOP)
		ac->avail -= nr;
	else
		n_array_drop_bottom(ac, nr);
}

/* An alien array goes home: its top to the shared array, its rest to slabs. */
void n_drain_alien(struct naive *n, uint32_t cpu, struct naive_cache *c,
		   struct naive_array *alien, uint32_t for_node)
{
	struct naive_array *shared = c->lists[for_node].shared;

	if (shared && n->bug == NAIVE_ALIEN_BOTTOM) {
		uint32_t nr = 0;

		while (nr < alien->avail && shared->avail < shared->limit)
			shared->entry[shared->avail++] = alien->entry[nr++];
		n_array_drop_bottom(alien, nr);
	} else if (shared) {
		n_array_move_top(shared, alien, alien->avail);
	}
	n_array_empty(n, cpu, c, alien, for_node);
}

static void free_remote(struct naive *n, uint32_t cpu, struct naive_obj obj)
{
	struct naive_cache *c = obj.slab->cache;
	uint32_t node = obj.slab->node;
	struct naive_lists *l = &c->lists[n->cpu[cpu].node];
	struct naive_array *alien = l->has_alien ? l->alien[node] : NULL;

	c->cpu_stats[cpu].remotefrees++;
	if (n->bug == NAIVE_ALIEN_COUNTS)
		c->cpu_stats[cpu].freehit++;
	if (!alien) {
		n_free_block(n, cpu, c, &obj, 1, node);
		return;
	}
	if (alien->avail == alien->limit) {
		l->stats.alienoverflow++;
		n_drain_alien(n, cpu, c, alien, node);
	}
	alien->entry[alien->avail++] = obj;
}

void naive_free(struct naive *n, uint32_t cpu, struct naive_obj obj)
{
	struct naive_cache *c = obj.slab->cache;
	struct naive_array *ac = c->array[cpu];

	if (obj.slab->node != n->cpu[cpu].node) {
		free_remote(n, cpu, obj);
		return;
	}
	if (ac->avail < ac->limit) {
		c->cpu_stats[cpu].freehit++;
	} else {
		c->cpu_stats[cpu].freemiss++;
		flush(n, cpu, c);
	}
	ac->entry[ac->avail++] = obj;
	if (n->bug == NAIVE_FREE_TOUCHES)
		ac->touched = 1;
}

void naive_kfree(struct naive *n, uint32_t cpu, struct naive_obj obj,
		 uint64_t bytes)
{
	if (!obj.slab)
		return;
	obj.slab->cache->lists[obj.slab->node].stats.requested_free_bytes +=
		bytes;
	naive_free(n, cpu, obj);
}
