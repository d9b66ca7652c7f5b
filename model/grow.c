/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slabs come and go: cache_grow, slab_destroy, drain_freelist, and the queue
 * of slabs that wait for an RCU grace period.
 *
 * A slab's record is one block of the slabs pool: struct slab and behind it
 * the chain of free indices. It is the simulator's bookkeeping; the descriptor
 * that the kernel would allocate is .descriptor, an object of a general cache.
 */
#include "model/internal.h"

static uint32_t slab_units(const struct kmem_cache *cachep)
{
	size_t bytes = sizeof(struct slab) +
		       cachep->num * sizeof(((struct slab *)0)->bufctl[0]);

	return (uint32_t)((bytes + SLAB_UNIT_BYTES - 1) / SLAB_UNIT_BYTES);
}

/* Differs: later kernels do not lock here, and may use a colour twice. */
static uint32_t next_colour(const struct machine *m, uint32_t cpu,
			    cachep_t cachep, uint32_t node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint32_t colour;

	list_lock(m, cpu, cachep, node);
	colour = l3->colour_next;
	l3->colour_next++;
	if (l3->colour_next >= m->caches[cachep].colour)
		l3->colour_next = 0;
	if (m->profile.colour_first)
		colour = l3->colour_next;
	list_unlock(m, cpu, cachep, node);
	return colour;
}

/*
 * Stands for kmem_getpages and the choice of a colour. In 2.6.36 the colour
 * advances after use, even when the growth then fails; later before it.
 */
static bool get_coloured_pages(struct machine *m, uint32_t cpu,
			       const uint32_t *given_frame, struct slab *found)
{
	const struct kmem_cache *c = &m->caches[found->cachep];
	uint32_t node = found->nodeid, colour = 0;

	if (!m->profile.colour_first)
		colour = next_colour(m, cpu, found->cachep, node);
	if (given_frame)
		found->frame = *given_frame;
	else if (kmem_getpages(m, cpu, c->gfporder, node, true, &found->frame) <
		 0)
		return false;
	if (m->profile.colour_first)
		colour = next_colour(m, cpu, found->cachep, node);
	found->colour_bytes = colour * c->colour_off;
	return true;
}

/*
 * Stands for alloc_slabmgmt off-slab: the descriptor may come from another
 * node when @nodeid has none to give, so never "this node only".
 */
static obj_t alloc_slab_descriptor(struct machine *m, uint32_t cpu,
				   cachep_t cachep, uint32_t nodeid)
{
	obj_t descriptor = cache_alloc_on_node(
		m, cpu, m->caches[cachep].slabp_cache, 0, nodeid);

	if (descriptor)
		requested_alloc(m, cpu, m->caches[cachep].slabp_cache,
				obj_node(descriptor),
				m->caches[cachep].slab_size);
	return descriptor;
}

static void free_slab_descriptor(struct machine *m, uint32_t cpu,
				 const struct kmem_cache *cachep,
				 obj_t descriptor)
{
	requested_free(m, cpu, cachep->slabp_cache, obj_node(descriptor),
		       cachep->slab_size);
	kmem_cache_free(m, cpu, cachep->slabp_cache, descriptor);
}

/* The record of the cache's next slab, which is @found but for its chain. */
static uint32_t slab_record(struct machine *m, uint32_t cpu, struct slab *found)
{
	struct kmem_cache *c = &m->caches[found->cachep];
	uint32_t slab;

	pool_lock(m, cpu);
	slab = pool_alloc(&m->slabs, slab_units(c));
	found->grow_number = ++c->nr_grown;
	pool_unlock(m, cpu);
	if (!slab)
		slab_bug(m, "the host has no memory for another slab");
	*slab_at(m, slab) = *found;
	return slab;
}

/* Debug words and constructor, for what has any. */
static void construct_objs(struct machine *m, uint32_t slab)
{
	const struct slab *slabp = slab_at(m, slab);
	const struct kmem_cache *c = &m->caches[slabp->cachep];

	if (!m->profile.debug && !c->ctor)
		return;
	attach_bytes(m, slab);
	for (uint32_t i = 0; i < c->num; i++) {
		obj_t obj = obj_make(slab, i, slabp->nodeid);

		if (m->profile.debug)
			debug_new_obj(m, obj);
		/* poison would wipe it: constructed at each allocation then */
		if (!c->ctor || (c->flags & SLAB_POISON))
			continue;
		c->ctor(c->ctor_arg, m, obj);
		if (m->profile.debug)
			debug_constructed(m, obj);
	}
}

/* Stands for cache_init_objs: the chain of free indices is 0, 1, 2, ... */
static void cache_init_objs(struct slab *slabp, uint32_t num)
{
	for (uint32_t i = 0; i + 1 < num; i++)
		slabp->bufctl[i] = (uint16_t)(i + 1);
	slabp->bufctl[num - 1] = BUFCTL_END;
	slabp->free = 0;
}

/*
 * cache_grow_begin - a slab for a node, on no list yet, all objects free
 * @given_frame: the first of its pages when the caller has them already;
 * else they come from @nodeid alone.
 * Return: 0 when pages or descriptor could not be had; given pages have been
 * freed then.
 */
uint32_t cache_grow_begin(struct machine *m, uint32_t cpu, cachep_t cachep,
			  uint32_t nodeid, const uint32_t *given_frame)
{
	struct kmem_cache *c = &m->caches[cachep];
	struct slab found = { .cachep = cachep, .nodeid = (uint16_t)nodeid };
	uint32_t slab;

	if (!get_coloured_pages(m, cpu, given_frame, &found))
		return 0;
	if (c->off_slab) {
		found.descriptor =
			alloc_slab_descriptor(m, cpu, cachep, nodeid);
		if (!found.descriptor) {
			kmem_freepages(m, cpu, c->gfporder, nodeid,
				       found.frame);
			return 0;
		}
	}
	slab = slab_record(m, cpu, &found);
	cache_init_objs(slab_at(m, slab), c->num);
	construct_objs(m, slab);
	return slab;
}

/*
 * A slab with pages of its node and nothing else: its index list, where that
 * is an object, is one of those nobody knows (preload.h).
 */
uint32_t slab_without_descriptor(struct machine *m, cachep_t cachep,
				 uint32_t nodeid)
{
	struct slab found = { .cachep = cachep, .nodeid = (uint16_t)nodeid };

	if (kmem_getpages(m, BOOT_CPU, m->caches[cachep].gfporder, nodeid, true,
			  &found.frame) < 0)
		return 0;
	return slab_record(m, BOOT_CPU, &found);
}

/*
 * cache_grow_end - put a new slab on the list that suits what it has left
 * @nr_refilled: objects that a refill has taken from it.
 */
void cache_grow_end(struct machine *m, uint32_t cpu, uint32_t slab,
		    uint32_t nr_refilled)
{
	const struct slab *slabp = slab_at(m, slab);
	cachep_t cachep = slabp->cachep;
	uint32_t num = m->caches[cachep].num;
	uint32_t node = slabp->nodeid;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);

	list_lock(m, cpu, cachep, node);
	l3->stats.listallocs += nr_refilled;
	if (slabp->inuse == 0)
		slab_list_add_tail(m, &l3->slabs_free, slab);
	else if (slabp->inuse == num)
		slab_list_add_head(m, &l3->slabs_full, slab);
	else
		slab_list_add_head(m, &l3->slabs_partial, slab);
	l3->stats.grown++;
	l3->free_objects += num - slabp->inuse;
	notify(m, .kind = SLAB_EVENT_GROW, .cpu = cpu, .node = node,
	       .cachep = cachep, .slab = slab, .nr = num,
	       .left = l3->free_objects, .of = slabp->inuse);
	list_unlock(m, cpu, cachep, node);
}

/* cache_grow - add a slab to a node. Return and @given_frame as above. */
bool cache_grow(struct machine *m, uint32_t cpu, cachep_t cachep,
		uint32_t nodeid, const uint32_t *given_frame)
{
	uint32_t slab = cache_grow_begin(m, cpu, cachep, nodeid, given_frame);

	if (slab)
		cache_grow_end(m, cpu, slab, 0);
	return slab != 0;
}

/* On this CPU: it can be a remote free. */
static void release_descriptor(struct machine *m, uint32_t cpu,
			       const struct kmem_cache *c, obj_t descriptor)
{
	if (descriptor)
		free_slab_descriptor(m, cpu, c, descriptor);
}

/* The end of a slab: its pages, its descriptor, its record. */
static void slab_release(struct machine *m, uint32_t cpu, uint32_t slab)
{
	const struct slab *slabp = slab_at(m, slab);
	const struct kmem_cache *c = &m->caches[slabp->cachep];
	obj_t descriptor = slabp->descriptor;

	kmem_freepages(m, cpu, c->gfporder, slabp->nodeid, slabp->frame);
	pool_lock(m, cpu);
	pool_free(&m->slabs, slab, slab_units(c));
	pool_unlock(m, cpu);
	release_descriptor(m, cpu, c, descriptor);
}

/* The end of a slab of no account: no event, no counter, no descriptor. */
void slab_forget(struct machine *m, uint32_t slab)
{
	slab_at(m, slab)->descriptor = OBJ_NULL;
	slab_release(m, BOOT_CPU, slab);
}

/* While CPUs run at once, a queue that machine_rcu_process does not see. */
static void rcu_queue(struct machine *m, uint32_t cpu, uint32_t slab)
{
	uint32_t *first = m->concurrent ? &m->rcu_waiting_first : &m->rcu_first;
	uint32_t *last = m->concurrent ? &m->rcu_waiting_last : &m->rcu_last;
	struct slab *slabp = slab_at(m, slab);

	slabp->next = 0;
	slabp->rcu_cpu = cpu;
	pool_lock(m, cpu);
	if (*last)
		slab_at(m, *last)->next = slab;
	else
		*first = slab;
	*last = slab;
	pool_unlock(m, cpu);
}

/* The pages wait for a grace period; an index list apart does not. */
static void slab_release_by_rcu(struct machine *m, uint32_t cpu, uint32_t slab)
{
	struct slab *slabp = slab_at(m, slab);
	obj_t descriptor = slabp->descriptor;

	rcu_queue(m, cpu, slab);
	if (!m->profile.index_lists)
		return;
	slabp->descriptor = OBJ_NULL;
	release_descriptor(m, cpu, &m->caches[slabp->cachep], descriptor);
}

/* Stands for slab_destroy; @slab is on no list. */
void slab_destroy(struct machine *m, uint32_t cpu, cachep_t cachep,
		  uint32_t slab)
{
	uint32_t nodeid = slab_at(m, slab)->nodeid;

	if (m->profile.debug)
		debug_destroy(m, slab);
	stat_add(m, &node_list3(m, cachep, nodeid)->stats.destroyed, 1);
	notify(m, .kind = SLAB_EVENT_DESTROY, .cpu = cpu, .node = nodeid,
	       .cachep = cachep, .slab = slab, .nr = m->caches[cachep].num);
	if (m->caches[cachep].flags & SLAB_DESTROY_BY_RCU)
		slab_release_by_rcu(m, cpu, slab);
	else
		slab_release(m, cpu, slab);
}

/*
 * slabs_destroy - the slabs that free_block took off their lists
 *
 * Called when the lists may be touched again: an off-slab index list is freed
 * as any object is. The slab collected last goes first.
 */
void slabs_destroy(struct machine *m, uint32_t cpu, cachep_t cachep,
		   uint32_t doomed)
{
	while (doomed) {
		uint32_t slab = doomed;

		doomed = slab_at(m, slab)->next;
		slab_destroy(m, cpu, cachep, slab);
	}
}

/* A CPU goes: what it queued runs on the one that saw it off. */
void rcu_adopt(struct machine *m, uint32_t cpu, uint32_t old_cpu)
{
	uint32_t first;

	pool_lock(m, cpu);
	first = m->concurrent ? m->rcu_waiting_first : m->rcu_first;
	for (uint32_t slab = first; slab; slab = slab_at(m, slab)->next)
		if (slab_at(m, slab)->rcu_cpu == old_cpu)
			slab_at(m, slab)->rcu_cpu = cpu;
	pool_unlock(m, cpu);
}

/* Each callback (kmem_rcu_free) runs on the CPU that queued it. */
void machine_rcu_process(struct machine *m)
{
	while (m->rcu_first) {
		uint32_t slab = m->rcu_first;
		const struct slab *slabp = slab_at(m, slab);

		m->rcu_first = slabp->next;
		if (!m->rcu_first)
			m->rcu_last = 0;
		slab_release(m, slabp->rcu_cpu, slab);
	}
}

void rcu_swap_queues(struct machine *m)
{
	uint32_t first = m->rcu_first, last = m->rcu_last;

	m->rcu_first = m->rcu_waiting_first;
	m->rcu_last = m->rcu_waiting_last;
	m->rcu_waiting_first = first;
	m->rcu_waiting_last = last;
}

void rcu_barrier(struct machine *m)
{
	if (m->concurrent)
		rcu_swap_queues(m);
	machine_rcu_process(m);
}

/* Stands for drain_freelist: the coldest free slabs, from the tail. */
uint64_t drain_freelist(struct machine *m, uint32_t cpu, cachep_t cachep,
			uint32_t node, uint64_t tofree)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint64_t nr_freed = 0;

	while (nr_freed < tofree) {
		uint32_t slab;

		list_lock(m, cpu, cachep, node);
		slab = l3->slabs_free.last;
		if (slab) {
			slab_list_del(m, &l3->slabs_free, slab);
			l3->free_objects -= m->caches[cachep].num;
		}
		list_unlock(m, cpu, cachep, node);
		if (!slab)
			break;
		slab_destroy(m, cpu, cachep, slab);
		nr_freed++;
	}
	return nr_freed;
}

/* Differs: the kernel reads without the lock how many there are. */
uint64_t drain_free_slabs(struct machine *m, uint32_t cpu, cachep_t cachep,
			  uint32_t node)
{
	uint64_t nr;

	list_lock(m, cpu, cachep, node);
	nr = node_list3(m, cachep, node)->free_objects;
	list_unlock(m, cpu, cachep, node);
	return drain_freelist(m, cpu, cachep, node, nr);
}
