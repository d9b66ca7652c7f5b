/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an allocation missed: its CPU's array was empty. Decided at the miss,
 * before the refill, the first that holds:
 *
 *   cold      with this one, more objects are live than any miss of the cache
 *             left before: the cache grows. A miss that found no memory left
 *             one fewer than it asked for
 *   reaped    cache_reap took objects out of this array since its last miss
 *   capacity  this CPU's flushes took more objects out of the array than its
 *             refills brought back, and the node's shared array or slabs have
 *             free ones: a larger array would have kept them
 *   stranded  free objects lie in an array of another CPU, in an alien array,
 *             or in slabs or the shared array of another node
 *   other     none of these
 *
 * While CPUs run at once all are `other`: the question has no answer then.
 *
 * Live objects are those outside the slabs and in no array. Nothing is kept
 * on the hit path for this: arrays are added up here, and only as long as the
 * sum can still matter.
 */
#include "model/internal.h"

/*
 * add_arrays - count the objects in all arrays of the cache
 * Return: their number, or, once it reaches @enough, any number above it.
 */
static uint64_t add_arrays(const struct machine *m, cachep_t cachep,
			   uint64_t enough)
{
	const struct cpu_cache *cc = cpu_cache_get(m, cachep, 0);
	const struct kmem_list3 *l3 = node_list3(m, cachep, 0);
	uint64_t nr = 0;

	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
		nr += cc[cpu].ac.avail;
		if (nr >= enough)
			return nr;
	}
	for (const struct kmem_list3 *end = l3 + m->nr_nodes; l3 < end; l3++) {
		if (l3->shared)
			nr += array_at(m, l3->shared)->avail;
		if (nr >= enough)
			return nr;
		for (uint32_t i = 0; l3->alien && i < m->nr_nodes; i++)
			nr += alien_array(m, l3, i)->avail;
	}
	return nr;
}

/* Remembers how many are live, when these are more than ever. */
static bool grows(const struct machine *m, struct kmem_cache *c,
		  cachep_t cachep)
{
	uint64_t with_it = c->stats.num_active + 1, before = c->live_at_miss;
	uint64_t cached;

	if (with_it <= before)
		return false;
	cached = add_arrays(m, cachep, with_it - before);
	if (with_it - before <= cached)
		return false;
	c->live_at_miss = with_it - cached;
	return true;
}

static bool others_have_free(const struct machine *m, cachep_t cachep,
			     uint32_t own_node)
{
	const struct cpu_cache *cc = cpu_cache_get(m, cachep, 0);

	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
		if (cc[cpu].ac.avail)
			return true;
	}
	for_each_node(m, node)
	{
		const struct kmem_list3 *l3 = node_list3(m, cachep, node);

		if (node != own_node && node_has_free(m, l3))
			return true;
		for (uint32_t i = 0; l3->alien && i < m->nr_nodes; i++) {
			if (alien_array(m, l3, i)->avail)
				return true;
		}
	}
	return false;
}

/*
 * miss_classify - count a miss, before anything is done about it
 * Return: whether the cache grows with it: if it cannot, miss_failed.
 */
bool miss_classify(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	struct miss_record *record = miss_record_get(m, cachep, cpu);
	uint32_t node = m->cpus[cpu].node;
	bool drained = record->drained;

	record->drained = false;
	if (m->concurrent) {
		/* what others have is in flux */
		record->stats.miss_other++;
		return false;
	}
	if (grows(m, &m->caches[cachep], cachep)) {
		record->stats.miss_cold++;
		return true;
	}
	if (drained)
		record->stats.miss_reaped++;
	else if (record->nr_flushed &&
		 node_has_free(m, node_list3(m, cachep, node)))
		record->stats.miss_capacity++;
	else if (others_have_free(m, cachep, node))
		record->stats.miss_stranded++;
	else
		record->stats.miss_other++;
	return false;
}

/* A miss of a growing cache found no memory: the object is not there. */
void miss_failed(struct machine *m, cachep_t cachep)
{
	m->caches[cachep].live_at_miss--;
}
