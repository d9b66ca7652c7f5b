/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation: the array of the CPU, its refill, the node path, the fallback.
 *
 *   local path   array not empty: hit
 *                miss: refill from the node's shared array, else from its
 *                partial and free slabs, else grow and look again (later
 *                kernels: take from the new slab)
 *   node path    one object straight from a node's slabs, growing them there
 *   fallback     any node's free objects, in zonelist order; then new pages
 *                from wherever they are
 *
 * A result of the local path is of the CPU's own node, but for the fallback.
 */
#include <string.h>

#include "model/inspect.h"
#include "model/internal.h"

/* CPUs of several nodes at once: no lock is theirs in common. */
static void num_active_add_atomic(struct cache_stats *stats, uint64_t nr)
{
	uint64_t now =
		__atomic_add_fetch(&stats->num_active, nr, __ATOMIC_RELAXED);
	uint64_t max = __atomic_load_n(&stats->maxobjs, __ATOMIC_RELAXED);

	while (now > max &&
	       !__atomic_compare_exchange_n(&stats->maxobjs, &max, now, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static void num_active_add(const struct machine *m, struct kmem_cache *cachep,
			   uint64_t nr)
{
	if (__builtin_expect(m->concurrent, 0)) {
		num_active_add_atomic(&cachep->stats, nr);
		return;
	}
	cachep->stats.num_active += nr;
	if (cachep->stats.num_active > cachep->stats.maxobjs)
		cachep->stats.maxobjs = cachep->stats.num_active;
}

/* After taking: full or still partial, at the head either way. */
static void relink_taken(const struct machine *m, struct kmem_list3 *l3,
			 struct slab_list *from, uint32_t slab)
{
	slab_list_del(m, from, slab);
	if (slab_at(m, slab)->free == BUFCTL_END)
		slab_list_add_head(m, &l3->slabs_full, slab);
	else
		slab_list_add_head(m, &l3->slabs_partial, slab);
}

/* The list to take from; free_touched tells the reaper not to shrink it. */
static struct slab_list *list_to_take_from(struct kmem_list3 *l3)
{
	if (l3->slabs_partial.first)
		return &l3->slabs_partial;
	l3->free_touched = 1;
	return l3->slabs_free.first ? &l3->slabs_free : NULL;
}

/* Takes up to @nr objects of a slab. Return: how many of @nr are left. */
static inline uint32_t take_objs(const struct machine *m,
				 struct array_cache *ac, uint32_t slab,
				 uint32_t nr)
{
	struct slab *slabp = slab_at(m, slab);
	obj_t *entry = ac_entry(m, ac);

	while (slabp->free != BUFCTL_END && nr > 0) {
		entry[ac->avail++] = slab_get_obj(slabp, slab);
		nr--;
	}
	return nr;
}

/* Moves up to @batchcount objects from the node's slabs into the array. */
static inline __attribute__((always_inline)) void
take_from_slabs(struct machine *m, uint32_t cpu, cachep_t cachep,
		struct array_cache *ac, uint32_t batchcount)
{
	uint32_t node = m->cpus[cpu].node;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint32_t before = ac->avail;
	uint32_t nr;

	while (batchcount > 0) {
		struct slab_list *list = list_to_take_from(l3);
		uint32_t slab;

		if (!list)
			break;
		slab = list->first;
		batchcount = take_objs(m, ac, slab, batchcount);
		relink_taken(m, l3, list, slab);
	}
	nr = ac->avail - before;
	l3->stats.listallocs += nr;
	l3->free_objects -= nr;
	num_active_add(m, &m->caches[cachep], nr);
	if (nr)
		notify(m, .kind = SLAB_EVENT_REFILL, .cpu = cpu, .node = node,
		       .cachep = cachep, .nr = nr, .left = l3->free_objects,
		       .of = batchcount);
}

/* How much an empty array asks for: one that was idle may stay so. */
static uint32_t refill_batch(const struct machine *m,
			     const struct array_cache *ac)
{
	if (!ac->touched && ac->batchcount > m->profile.batch_refill_limit)
		return m->profile.batch_refill_limit;
	return ac->batchcount;
}

/* Return: whether the node's shared array had anything. */
static inline __attribute__((always_inline)) bool
take_from_shared(struct machine *m, uint32_t cpu, cachep_t cachep,
		 struct array_cache *ac, uint32_t batchcount)
{
	uint32_t node = m->cpus[cpu].node;
	uint32_t index = node_list3(m, cachep, node)->shared;
	struct array_cache *shared;
	uint32_t nr;

	if (!index)
		return false;
	shared = array_at(m, index);
	nr = transfer_objects(m, ac, shared, batchcount);
	if (!nr)
		return false;
	shared->touched = 1;
	notify(m, .kind = SLAB_EVENT_REFILL_SHARED, .cpu = cpu, .node = node,
	       .cachep = cachep, .nr = nr, .left = shared->avail,
	       .of = batchcount);
	return true;
}

/* Grows a slab and takes from it before anyone else can see it. */
static void take_from_new_slab(struct machine *m, uint32_t cpu, cachep_t cachep,
			       struct array_cache *ac, uint32_t batchcount)
{
	uint32_t node = m->cpus[cpu].node;
	uint32_t slab = cache_grow_begin(m, cpu, cachep, node, NULL);
	uint32_t nr;

	if (!slab)
		return;
	nr = batchcount - take_objs(m, ac, slab, batchcount);
	num_active_add(m, &m->caches[cachep], nr);
	cache_grow_end(m, cpu, slab, nr);
}

/*
 * The refill of later kernels: one slab is grown at most. Out of line, so that
 * the one of 2.6.36 is not.
 */
__attribute__((noinline)) static void refill_directly(struct machine *m,
						      uint32_t cpu,
						      cachep_t cachep,
						      struct array_cache *ac)
{
	uint32_t node = m->cpus[cpu].node;
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint32_t batchcount = refill_batch(m, ac);

	/*
	 * A node that seems to have nothing is not searched, nor touched.
	 * Differs: the kernel looks before it takes the lock.
	 */
	list_lock(m, cpu, cachep, node);
	if (node_has_free(m, l3) &&
	    !take_from_shared(m, cpu, cachep, ac, batchcount))
		take_from_slabs(m, cpu, cachep, ac, batchcount);
	list_unlock(m, cpu, cachep, node);
	if (!ac->avail)
		take_from_new_slab(m, cpu, cachep, ac, batchcount);
}

/*
 * The refill of 2.6.36. A single object from the shared array ends it; fewer
 * than a batch from the slabs do not make the cache grow.
 */
static void refill(struct machine *m, uint32_t cpu, cachep_t cachep,
		   struct array_cache *ac)
{
	uint32_t node = m->cpus[cpu].node;

	while (!ac->avail) {
		uint32_t batchcount = refill_batch(m, ac);

		list_lock(m, cpu, cachep, node);
		if (!take_from_shared(m, cpu, cachep, ac, batchcount))
			take_from_slabs(m, cpu, cachep, ac, batchcount);
		list_unlock(m, cpu, cachep, node);
		if (!ac->avail && !cache_grow(m, cpu, cachep, node, NULL))
			return;
	}
}

/* cache_alloc_refill - fill the empty array and take an object */
static obj_t cache_alloc_refill(struct machine *m, uint32_t cpu,
				cachep_t cachep)
{
	struct array_cache *ac = &cpu_cache_get(m, cachep, cpu)->ac;

	if (m->profile.direct_growth)
		refill_directly(m, cpu, cachep, ac);
	else
		refill(m, cpu, cachep, ac);
	if (!ac->avail)
		return OBJ_NULL;
	ac->touched = 1;
	miss_refilled(m, cpu, cachep, ac->avail);
	return ac_entry(m, ac)[--ac->avail];
}

static obj_t fallback_alloc(struct machine *m, uint32_t cpu, cachep_t cachep,
			    uint32_t gfp);

/*
 * The first object of a slab grown for it. Counted as grown only, neither in
 * nodeallocs nor in num_active: so the kernel has it.
 */
static obj_t alloc_from_new_slab(struct machine *m, uint32_t cpu,
				 cachep_t cachep, uint32_t nodeid)
{
	uint32_t slab = cache_grow_begin(m, cpu, cachep, nodeid, NULL);
	obj_t obj;

	if (!slab)
		return OBJ_NULL;
	obj = slab_get_obj(slab_at(m, slab), slab);
	stat_add(m, &m->caches[cachep].nr_uncounted, 1);
	cache_grow_end(m, cpu, slab, 0);
	return obj;
}

/*
 * cache_alloc_node - one object straight from the slabs of @nodeid
 *
 * Stands for ____cache_alloc_node.
 */
static obj_t cache_alloc_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			      uint32_t gfp, uint32_t nodeid)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, nodeid);
	struct slab_list *list;
	uint32_t slab;
	obj_t obj;

	list_lock(m, cpu, cachep, nodeid);
	while ((list = list_to_take_from(l3)) == NULL) {
		list_unlock(m, cpu, cachep, nodeid);
		if (m->profile.direct_growth) {
			obj = alloc_from_new_slab(m, cpu, cachep, nodeid);
			if (obj)
				return obj;
		} else if (cache_grow(m, cpu, cachep, nodeid, NULL)) {
			list_lock(m, cpu, cachep, nodeid);
			continue;
		}
		return fallback_alloc(m, cpu, cachep, gfp);
	}
	slab = list->first;
	obj = slab_get_obj(slab_at(m, slab), slab);
	l3->stats.nodeallocs++;
	num_active_add(m, &m->caches[cachep], 1);
	l3->free_objects--;
	relink_taken(m, l3, list, slab);
	notify(m, .kind = SLAB_EVENT_NODEALLOC, .cpu = cpu, .node = nodeid,
	       .cachep = cachep, .obj = obj);
	list_unlock(m, cpu, cachep, nodeid);
	return obj;
}

/* Differs: the kernel looks without the lock. */
static bool slabs_have_free(const struct machine *m, uint32_t cpu,
			    cachep_t cachep, uint32_t node)
{
	bool some;

	if (!node_list3(m, cachep, node)->present)
		return false;
	list_lock(m, cpu, cachep, node);
	some = node_list3(m, cachep, node)->free_objects != 0;
	list_unlock(m, cpu, cachep, node);
	return some;
}

/* Free objects in the slabs of any node, nearest first. */
static obj_t alloc_from_zonelist(struct machine *m, uint32_t cpu,
				 cachep_t cachep, uint32_t gfp)
{
	uint32_t home = m->cpus[cpu].node;

	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		uint32_t nodeid = zonelist_node(m, home, i);
		obj_t obj;

		if (!slabs_have_free(m, cpu, cachep, nodeid))
			continue;
		obj = cache_alloc_node(m, cpu, cachep, gfp | GFP_THISNODE,
				       nodeid);
		if (obj)
			return obj;
	}
	return OBJ_NULL;
}

/* Stands for fallback_alloc. */
static obj_t fallback_alloc(struct machine *m, uint32_t cpu, cachep_t cachep,
			    uint32_t gfp)
{
	uint32_t home = m->cpus[cpu].node;
	uint32_t frame;
	obj_t obj;
	int nodeid;

	if (gfp & GFP_THISNODE)
		return OBJ_NULL;
	do {
		obj = alloc_from_zonelist(m, cpu, cachep, gfp);
		if (obj)
			return obj;
		/* let the page allocator choose the node, then use its slab */
		nodeid = kmem_getpages(m, cpu, m->caches[cachep].gfporder, home,
				       false, &frame);
		if (nodeid < 0 ||
		    !cache_grow(m, cpu, cachep, (uint32_t)nodeid, &frame))
			return OBJ_NULL;
		/* another CPU may be faster: then again */
		obj = cache_alloc_node(m, cpu, cachep, gfp | GFP_THISNODE,
				       (uint32_t)nodeid);
	} while (!obj);
	return obj;
}

/* An empty array, and what to do when its refill fails. */
static obj_t cache_alloc_miss(struct machine *m, uint32_t cpu, cachep_t cachep,
			      uint32_t gfp)
{
	uint32_t node = m->cpus[cpu].node;
	bool grows;
	obj_t obj;

	cpu_cache_get(m, cachep, cpu)->stats.allocmiss++;
	grows = miss_classify(m, cpu, cachep);
	obj = cache_alloc_refill(m, cpu, cachep);
	if (obj) {
		notify(m, .kind = SLAB_EVENT_MISS, .cpu = cpu, .node = node,
		       .cachep = cachep, .obj = obj,
		       .left = cpu_cache_get(m, cachep, cpu)->ac.avail);
		return obj;
	}
	stat_add(m, &node_list3(m, cachep, node)->stats.refillfail, 1);
	obj = cache_alloc_node(m, cpu, cachep, gfp, node);
	if (!obj && grows)
		miss_failed(m, cachep);
	return obj;
}

/* What is done besides where anyone would see it: see `extras`. */
static void alloc_extras(struct machine *m, uint32_t cpu, cachep_t cachep,
			 uint32_t gfp, obj_t obj, bool hit)
{
	if (hit)
		notify(m, .kind = SLAB_EVENT_HIT, .cpu = cpu,
		       .node = m->cpus[cpu].node, .cachep = cachep, .obj = obj,
		       .left = cpu_cache_get(m, cachep, cpu)->ac.avail);
	if (!obj) {
		notify(m, .kind = SLAB_EVENT_FAIL, .cpu = cpu,
		       .node = m->cpus[cpu].node, .cachep = cachep);
		return;
	}
	if (m->profile.debug)
		debug_alloc(m, obj);
	if ((gfp & GFP_ZERO) && obj_bytes(m, obj))
		memset(obj_bytes(m, obj), 0, ksize(m, obj));
}

static inline obj_t cache_alloc_hit(const struct machine *m,
				    struct cpu_cache *cc)
{
	cc->stats.allochit++;
	cc->ac.touched = 1;
	return ac_entry(m, &cc->ac)[--cc->ac.avail];
}

/*
 * A miss, or anything at all with extras. Out of line, so that a hit saves no
 * registers for it.
 */
__attribute__((noinline)) static obj_t
cache_alloc_slow(struct machine *m, uint32_t cpu, cachep_t cachep, uint32_t gfp)
{
	struct cpu_cache *cc = cpu_cache_get(m, cachep, cpu);
	bool hit = cc->ac.avail != 0;
	obj_t obj = hit ? cache_alloc_hit(m, cc) :
			  cache_alloc_miss(m, cpu, cachep, gfp);

	if (m->extras)
		alloc_extras(m, cpu, cachep, gfp, obj, hit);
	return obj;
}

/* Stands for kmem_cache_alloc, and ____cache_alloc within. */
obj_t kmem_cache_alloc(struct machine *m, uint32_t cpu, cachep_t cachep,
		       uint32_t gfp)
{
	struct cpu_cache *cc = cpu_cache_get(m, cachep, cpu);

	if (__builtin_expect(cc->ac.avail && !m->extras, 1))
		return cache_alloc_hit(m, cc);
	return cache_alloc_slow(m, cpu, cachep, gfp);
}

/* Stands for kmem_cache_alloc_node with a node given. */
obj_t cache_alloc_on_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			  uint32_t gfp, uint32_t nodeid)
{
	obj_t obj;

	if (nodeid == m->cpus[cpu].node &&
	    node_list3(m, cachep, nodeid)->present)
		return kmem_cache_alloc(m, cpu, cachep, gfp);
	if (node_list3(m, cachep, nodeid)->present)
		obj = cache_alloc_node(m, cpu, cachep, gfp, nodeid);
	else
		obj = fallback_alloc(m, cpu, cachep, gfp);
	if (m->extras)
		alloc_extras(m, cpu, cachep, gfp, obj, false);
	return obj;
}

obj_t kmem_cache_alloc_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			    uint32_t gfp, int nodeid)
{
	if (nodeid == NUMA_NO_NODE)
		return kmem_cache_alloc(m, cpu, cachep, gfp);
	return cache_alloc_on_node(m, cpu, cachep, gfp, (uint32_t)nodeid);
}
