/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmem_cache_shrink and kmem_cache_destroy.
 *
 * A call "on every CPU" runs on all other online CPUs in ascending order, then
 * on the caller: what a CPU frees on the way, it frees as itself.
 */
#include "model/internal.h"

/* By the CPU itself. */
static void do_drain(struct machine *m, uint32_t cpu, void *data)
{
	cachep_t cachep = *(const cachep_t *)data;

	array_flush_to_lists(m, cpu, cachep, &cpu_cache_get(m, cachep, cpu)->ac,
			     m->cpus[cpu].node);
}

static void drain_cpu_caches(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	for_each_online_cpu(m, other)
	{
		if (other != cpu)
			call_on_cpu(m, cpu, other, do_drain, &cachep);
	}
	do_drain(m, cpu, &cachep);
	for_each_node(m, node)
	{
		const struct kmem_list3 *l3 = node_list3(m, cachep, node);

		if (l3->alien)
			drain_alien_table(m, cpu, cachep, node, l3->alien);
	}
	for_each_node(m, node)
	{
		const struct kmem_list3 *l3 = node_list3(m, cachep, node);

		if (l3->shared)
			array_flush_to_lists(m, cpu, cachep,
					     array_at(m, l3->shared), node);
	}
}

/* With the chain locked. */
static bool shrink_cache(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	uint64_t nr_left = 0;

	drain_cpu_caches(m, cpu, cachep);
	for_each_node(m, node)
	{
		struct kmem_list3 *l3 = node_list3(m, cachep, node);

		if (!l3->present)
			continue;
		drain_free_slabs(m, cpu, cachep, node);
		/* Differs: the kernel looks without the lock */
		list_lock(m, cpu, cachep, node);
		nr_left += l3->slabs_full.nr + l3->slabs_partial.nr;
		list_unlock(m, cpu, cachep, node);
	}
	notify(m, .kind = SLAB_EVENT_SHRINK, .cpu = cpu, .cachep = cachep,
	       .nr = nr_left);
	return nr_left != 0;
}

bool kmem_cache_shrink(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	bool left;

	chain_lock(m, cpu);
	left = shrink_cache(m, cpu, cachep);
	chain_unlock(m, cpu);
	return left;
}

/* With the chain locked. */
static bool destroy_cache(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	bool in_place = m->profile.busy_in_place;

	if (!in_place)
		cache_chain_del(m, cachep);
	if (shrink_cache(m, cpu, cachep)) {
		slab_diagnostic(m, "destroy_busy", cache_name(m, cachep));
		if (!in_place)
			cache_chain_add(m, cachep);
		return false;
	}
	if (in_place)
		cache_chain_del(m, cachep);
	/* rcu_barrier: its slabs may still wait */
	if (m->caches[cachep].flags & SLAB_DESTROY_BY_RCU)
		rcu_barrier(m);
	notify(m, .kind = SLAB_EVENT_REMOVE, .cpu = cpu, .cachep = cachep);
	kmem_cache_release(m, cpu, cachep);
	return true;
}

bool kmem_cache_destroy(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	bool gone;

	chain_lock(m, cpu);
	gone = destroy_cache(m, cpu, cachep);
	chain_unlock(m, cpu);
	return gone;
}
