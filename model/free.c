/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freeing: into the CPU's array, or, for another node's object, into the
 * alien array that the CPU's node keeps for that node. What does not fit goes
 * on, the coldest (bottom) first: a batch to the node's shared array or its
 * slabs; a whole alien array to the other node's shared array and slabs.
 *
 * The node of an object is in its handle: only free_block touches the slab.
 */
#include "model/internal.h"

#include <string.h>

/* Stands for slab_put_obj: the index becomes the head of the chain. */
static inline void slab_put_obj(const struct machine *m, struct slab *slabp,
				uint32_t index)
{
	if (__builtin_expect(slabp->bufctl[index] != BUFCTL_FREE, 0))
		slab_bug(m, "an object is freed that its slab already has");
	slabp->bufctl[index] = slabp->free;
	slabp->free = (uint16_t)index;
	slabp->inuse--;
}

/*
 * A slab without objects in use: kept while the node is under its limit. Later
 * kernels look at the limit when the whole block is back.
 */
static void slab_emptied(struct machine *m, uint32_t cpu, cachep_t cachep,
			 struct kmem_list3 *l3, uint32_t slab)
{
	if (l3->free_objects > l3->free_limit && !m->profile.late_release) {
		l3->free_objects -= m->caches[cachep].num;
		slab_destroy(m, cpu, cachep, slab);
	} else {
		/* warm: at the head, where the next refill looks first */
		slab_list_add_head(m, &l3->slabs_free, slab);
	}
}

/*
 * Takes the coldest free slabs off a node that is over its limit. Return: the
 * last of them, linked by .next to the ones before it.
 */
static uint32_t take_off_surplus(const struct machine *m, cachep_t cachep,
				 struct kmem_list3 *l3)
{
	uint32_t doomed = 0;

	while (l3->free_objects > l3->free_limit && l3->slabs_free.last) {
		uint32_t slab = l3->slabs_free.last;

		l3->free_objects -= m->caches[cachep].num;
		slab_list_del(m, &l3->slabs_free, slab);
		slab_at(m, slab)->next = doomed;
		doomed = slab;
	}
	return doomed;
}

/*
 * free_block - give objects back to the slabs of @node, bottom first
 *
 * With the list_lock held; slabs that go are freed under it.
 * Return: slabs that are off their list, for slabs_destroy as soon as the
 * array that the objects came from is in order; 0: none (always in 2.6.36,
 * which destroys them on the way).
 */
uint32_t free_block(struct machine *m, uint32_t cpu, cachep_t cachep,
		    const obj_t *objs, uint32_t nr, uint32_t node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);

	stat_add(m, &m->caches[cachep].stats.num_active, -(uint64_t)nr);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t slab = obj_slab(objs[i]);
		struct slab *slabp = slab_at(m, slab);
		struct slab_list *list = slabp->free == BUFCTL_END ?
						 &l3->slabs_full :
						 &l3->slabs_partial;

		slab_list_del(m, list, slab);
		slab_put_obj(m, slabp, obj_index(objs[i]));
		l3->free_objects++;
		if (slabp->inuse == 0)
			slab_emptied(m, cpu, cachep, l3, slab);
		else
			slab_list_add_tail(m, &l3->slabs_partial, slab);
	}
	return m->profile.late_release ? take_off_surplus(m, cachep, l3) : 0;
}

/* Stands for cache_flusharray. */
static void cache_flusharray(struct machine *m, uint32_t cpu, cachep_t cachep,
			     struct array_cache *ac)
{
	uint32_t node = m->cpus[cpu].node;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint32_t batchcount = ac->batchcount;
	struct array_cache *shared;
	uint32_t doomed = 0, room;

	list_lock(m, cpu, cachep, node);
	shared = l3->shared ? array_at(m, l3->shared) : NULL;
	room = shared ? shared->limit - shared->avail : 0;
	if (room) {
		if (batchcount > room)
			batchcount = room;
		memcpy(ac_entry(m, shared) + shared->avail, ac_entry(m, ac),
		       batchcount * sizeof(obj_t));
		shared->avail += batchcount;
		notify(m, .kind = SLAB_EVENT_FLUSH_SHARED, .cpu = cpu,
		       .node = node, .cachep = cachep, .nr = batchcount,
		       .left = shared->avail);
	} else {
		doomed = free_block(m, cpu, cachep, ac_entry(m, ac), batchcount,
				    node);
		notify(m, .kind = SLAB_EVENT_FLUSH, .cpu = cpu, .node = node,
		       .cachep = cachep, .nr = batchcount,
		       .left = l3->free_objects, .of = l3->free_limit);
	}
	if (l3->slabs_free.nr > l3->stats.maxfreeable)
		l3->stats.maxfreeable = l3->slabs_free.nr;
	list_unlock(m, cpu, cachep, node);
	array_drop_bottom(m, ac, batchcount);
	miss_record_get(m, cachep, cpu)->nr_flushed += batchcount;
	slabs_destroy(m, cpu, cachep, doomed);
}

uint32_t array_empty(struct machine *m, uint32_t cpu, cachep_t cachep,
		     struct array_cache *ac, uint32_t node)
{
	uint32_t doomed =
		free_block(m, cpu, cachep, ac_entry(m, ac), ac->avail, node);

	ac->avail = 0;
	return doomed;
}

/*
 * drain_alien_cache - send an alien array's objects home, to @for_node
 *
 * Stands for __drain_alien_cache. The home's shared array gets the warm top
 * part, its slabs the rest; the shared array does not count as touched. With
 * the lock of the alien array held; that of the home's lists is taken here.
 * Return: slabs to destroy, as from free_block.
 */
uint32_t drain_alien_cache(struct machine *m, uint32_t cpu, cachep_t cachep,
			   struct array_cache *ac, uint32_t for_node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, for_node);
	uint32_t doomed;

	if (!ac->avail)
		return 0;
	list_lock(m, cpu, cachep, for_node);
	if (l3->shared) {
		uint32_t nr = transfer_objects(m, array_at(m, l3->shared), ac,
					       ac->limit);

		notify(m, .kind = SLAB_EVENT_ALIEN_TO_SHARED, .cpu = cpu,
		       .node = for_node, .cachep = cachep, .nr = nr,
		       .left = ac->avail);
	}
	doomed = array_empty(m, cpu, cachep, ac, for_node);
	list_unlock(m, cpu, cachep, for_node);
	return doomed;
}

void drain_alien_table(struct machine *m, uint32_t cpu, cachep_t cachep,
		       uint32_t node, uint32_t alien)
{
	for_each_node(m, other)
	{
		struct array_cache *ac = array_at(m, alien + other);
		uint32_t doomed;

		if (!ac->entry)
			continue;
		alien_lock(m, cpu, cachep, node, other);
		doomed = drain_alien_cache(m, cpu, cachep, ac, other);
		alien_unlock(m, cpu, cachep, node, other);
		slabs_destroy(m, cpu, cachep, doomed);
	}
}

/* No alien array: straight to the slab. */
static void cache_free_direct(struct machine *m, uint32_t cpu, cachep_t cachep,
			      obj_t obj)
{
	uint32_t nodeid = obj_node(obj), doomed;

	list_lock(m, cpu, cachep, nodeid);
	doomed = free_block(m, cpu, cachep, &obj, 1, nodeid);
	list_unlock(m, cpu, cachep, nodeid);
	slabs_destroy(m, cpu, cachep, doomed);
	notify(m, .kind = SLAB_EVENT_ALIEN_DIRECT, .cpu = cpu, .node = nodeid,
	       .cachep = cachep, .obj = obj);
}

/* Stands for cache_free_alien. No freehit or freemiss is counted. */
static void cache_free_alien(struct machine *m, uint32_t cpu, cachep_t cachep,
			     obj_t obj)
{
	uint32_t nodeid = obj_node(obj), node = m->cpus[cpu].node;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	struct array_cache *alien;
	uint32_t doomed = 0;

	cpu_cache_get(m, cachep, cpu)->stats.remotefrees++;
	if (!l3->alien || !alien_array(m, l3, nodeid)->entry) {
		cache_free_direct(m, cpu, cachep, obj);
		return;
	}
	alien = alien_array(m, l3, nodeid);
	alien_lock(m, cpu, cachep, node, nodeid);
	if (alien->avail == alien->limit) {
		stat_add(m, &l3->stats.alienoverflow, 1);
		notify(m, .kind = SLAB_EVENT_ALIEN_OVERFLOW, .cpu = cpu,
		       .node = nodeid, .cachep = cachep, .left = alien->avail);
		doomed = drain_alien_cache(m, cpu, cachep, alien, nodeid);
	}
	ac_entry(m, alien)[alien->avail++] = obj;
	notify(m, .kind = SLAB_EVENT_ALIEN, .cpu = cpu, .node = nodeid,
	       .cachep = cachep, .obj = obj, .left = alien->avail);
	alien_unlock(m, cpu, cachep, node, nodeid);
	slabs_destroy(m, cpu, cachep, doomed);
}

static void cache_free_miss(struct machine *m, uint32_t cpu, cachep_t cachep,
			    struct cpu_cache *cc, obj_t obj)
{
	cc->stats.freemiss++;
	cache_flusharray(m, cpu, cachep, &cc->ac);
	ac_entry(m, &cc->ac)[cc->ac.avail++] = obj;
	notify(m, .kind = SLAB_EVENT_FREEMISS, .cpu = cpu, .node = cc->nodeid,
	       .cachep = cachep, .obj = obj, .left = cc->ac.avail);
}

/* Frees do not set `touched`: only allocation makes an array busy. */
static inline void cache_free_hit(const struct machine *m, struct cpu_cache *cc,
				  obj_t obj)
{
	cc->stats.freehit++;
	ac_entry(m, &cc->ac)[cc->ac.avail++] = obj;
}

/*
 * Another node's object, a full array, or anything at all with extras. Out of
 * line, so that a free that hits saves no registers for it.
 */
__attribute__((noinline)) static void
cache_free_slow(struct machine *m, uint32_t cpu, cachep_t cachep, obj_t obj)
{
	struct cpu_cache *cc = cpu_cache_get(m, cachep, cpu);

	if (m->profile.debug)
		debug_free(m, cachep, obj);
	if (obj_node(obj) != cc->nodeid) {
		cache_free_alien(m, cpu, cachep, obj);
	} else if (cc->ac.avail == cc->ac.limit) {
		cache_free_miss(m, cpu, cachep, cc, obj);
	} else {
		cache_free_hit(m, cc, obj);
		notify(m, .kind = SLAB_EVENT_FREEHIT, .cpu = cpu,
		       .node = cc->nodeid, .cachep = cachep, .obj = obj,
		       .left = cc->ac.avail);
	}
}

void kmem_cache_free(struct machine *m, uint32_t cpu, cachep_t cachep,
		     obj_t obj)
{
	struct cpu_cache *cc = cpu_cache_get(m, cachep, cpu);

	if (__builtin_expect(obj_node(obj) == cc->nodeid &&
				     cc->ac.avail < cc->ac.limit && !m->extras,
			     1))
		cache_free_hit(m, cc, obj);
	else
		cache_free_slow(m, cpu, cachep, obj);
}
