/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forgetting what boot made, and putting a dump in its place: see preload.h. */
#include "model/preload.h"

#include <string.h>

#include "model/inspect.h"
#include "model/internal.h"

/* --- forgetting --- */

static void forget_slabs(struct machine *m, struct slab_list *list)
{
	while (list->first) {
		uint32_t slab = list->first;

		slab_list_del(m, list, slab);
		slab_forget(m, slab);
	}
}

static void forget_array(const struct machine *m, struct array_cache *ac)
{
	if (!ac->entry)
		return;
	ac->avail = 0;
	ac->touched = 0;
	ac_entry(m, ac)[-1] = OBJ_NULL;
}

static void forget_node(struct machine *m, cachep_t cachep, uint32_t node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);

	forget_slabs(m, &l3->slabs_partial);
	forget_slabs(m, &l3->slabs_full);
	forget_slabs(m, &l3->slabs_free);
	l3->self = OBJ_NULL;
	l3->alien_table = OBJ_NULL;
	l3->free_objects = 0;
	l3->colour_next = 0;
	l3->nr_preloaded = 0;
	memset(&l3->stats, 0, sizeof(l3->stats));
	if (l3->shared)
		forget_array(m, array_at(m, l3->shared));
	if (!l3->alien)
		return;
	for_each_node(m, other) forget_array(m, alien_array(m, l3, other));
}

void machine_forget(struct machine *m)
{
	machine_rcu_process(m);
	for_each_cache(m, cachep)
	{
		struct kmem_cache *c = &m->caches[cachep];

		c->self = OBJ_NULL;
		c->nr_grown = 0;
		c->nr_populated = 0;
		c->nr_uncounted = 0;
		c->live_at_miss = 0;
		memset(&c->stats, 0, sizeof(c->stats));
		for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
			struct cpu_cache *cc = cpu_cache_get(m, cachep, cpu);

			forget_array(m, &cc->ac);
			memset(&cc->stats, 0, sizeof(cc->stats));
			memset(miss_record_get(m, cachep, cpu), 0,
			       sizeof(struct miss_record));
		}
		for_each_node(m, node) forget_node(m, cachep, node);
	}
	machine_stop_reaping(m);
}

void machine_keep_lists_out(struct machine *m)
{
	for_each_cache(m, cachep) m->caches[cachep].off_slab = false;
}

/* --- slabs --- */

static void chain_free(struct slab *slabp, const uint16_t *free,
		       uint32_t nr_free, uint32_t num)
{
	for (uint32_t i = 0; i < num; i++)
		slabp->bufctl[i] = BUFCTL_FREE;
	slabp->free = BUFCTL_END;
	for (uint32_t i = nr_free; i-- > 0;) {
		slabp->bufctl[free[i]] = slabp->free;
		slabp->free = free[i];
	}
	slabp->inuse = num - nr_free;
}

uint32_t kmem_preload_slab(struct machine *m, cachep_t cachep, uint32_t node,
			   const uint16_t *free, uint32_t nr_free)
{
	uint32_t num = m->caches[cachep].num;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint32_t slab = slab_without_descriptor(m, cachep, node);

	if (!slab)
		return 0;
	chain_free(slab_at(m, slab), free, nr_free, num);
	slab_list_add_tail(m,
			   nr_free == num ? &l3->slabs_free :
			   nr_free        ? &l3->slabs_partial :
					    &l3->slabs_full,
			   slab);
	l3->free_objects += nr_free;
	l3->nr_preloaded++;
	return slab;
}

obj_t kmem_preload_obj(const struct machine *m, uint32_t slab, uint32_t index)
{
	return obj_make(slab, index, slab_at(m, slab)->nodeid);
}

/* --- arrays --- */

static uint32_t fill_array(const struct machine *m, struct array_cache *ac,
			   const obj_t *objs, uint32_t nr, bool touched)
{
	if (!ac->entry)
		return 0;
	if (nr > ac->limit - ac->avail)
		nr = ac->limit - ac->avail;
	for (uint32_t i = 0; i < nr; i++)
		ac_entry(m, ac)[ac->avail++] = objs[i];
	ac->touched = touched;
	return nr;
}

uint32_t kmem_preload_cpu(struct machine *m, cachep_t cachep, uint32_t cpu,
			  const obj_t *objs, uint32_t nr, bool touched)
{
	return fill_array(m, &cpu_cache_get(m, cachep, cpu)->ac, objs, nr,
			  touched);
}

uint32_t kmem_preload_shared(struct machine *m, cachep_t cachep, uint32_t node,
			     const obj_t *objs, uint32_t nr, bool touched)
{
	uint32_t shared = node_list3(m, cachep, node)->shared;

	return shared ? fill_array(m, array_at(m, shared), objs, nr, touched) :
			0;
}

uint32_t kmem_preload_alien(struct machine *m, cachep_t cachep, uint32_t node,
			    uint32_t for_node, const obj_t *objs, uint32_t nr)
{
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);

	return l3->alien ? fill_array(m, alien_array(m, l3, for_node), objs, nr,
				      false) :
			   0;
}

/* --- nodes --- */

void kmem_preload_node(struct machine *m, cachep_t cachep, uint32_t node,
		       const struct node_preload *node_preload)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);

	l3->free_limit = node_preload->free_limit;
	l3->free_touched = node_preload->free_touched;
	l3->next_reap = node_preload->next_reap_tick;
}

void kmem_preload_colour(struct machine *m, cachep_t cachep, uint32_t node,
			 uint32_t colour)
{
	uint32_t colours = m->caches[cachep].colour;

	/* advanced before use: the one before it */
	if (m->profile.colour_first && colours)
		colour = (colour + colours - 1) % colours;
	node_list3(m, cachep, node)->colour_next = colour;
}

/* Objects in arrays were allocated and freed again, as far as counts go. */
void kmem_preload_done(struct machine *m, cachep_t cachep)
{
	struct kmem_cache *c = &m->caches[cachep];
	struct slabinfo info;

	kmem_slabinfo(m, cachep, &info);
	c->stats.num_active = info.active_objs;
	c->stats.maxobjs = info.active_objs;
	c->nr_populated = info.active_objs;
	for_each_node(m, node)
	{
		struct node_state state;

		kmem_node_state(m, cachep, node, &state);
		c->nr_populated -= state.cached_objs;
		if (c->general)
			node_list3(m, cachep, node)
				->stats.requested_alloc_bytes =
				state.live_objs * c->object_size;
	}
}
