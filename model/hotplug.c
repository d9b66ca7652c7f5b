/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs come up and go down. On x86-64 a CPU joins its node's cpu set when it
 * starts running, after its "prepare" notification, so the free limits set
 * there do not count it yet.
 */
#include "model/internal.h"

#include <string.h>

/* Arrays of one cache for a CPU that comes up, before they are installed. */
struct cpu_arrays {
	struct array_cache ac;
	uint32_t shared;
	struct alien_table alien;
};

static bool alloc_cpu_up_arrays(struct machine *m, uint32_t cpu,
				cachep_t cachep, uint32_t node,
				struct cpu_arrays *new)
{
	const struct kmem_cache *c = &m->caches[cachep];
	uint32_t limit = c->limit;

	memset(new, 0, sizeof(*new));
	if (!alloc_arraycache(m, cpu, node, limit, c->batchcount, &new->ac))
		return false;
	if (c->shared) {
		new->shared =
			alloc_shared(m, cpu, node, c->shared * c->batchcount);
		if (!new->shared) {
			array_release(m, cpu, &new->ac);
			return false;
		}
	}
	if (m->use_alien_caches &&
	    !alloc_alien_cache(m, cpu, node, limit, &new->alien)) {
		free_shared(m, cpu, new->shared);
		array_release(m, cpu, &new->ac);
		return false;
	}
	return true;
}

/* Shared and alien arrays are the node's: only its first CPU brings them. */
static void install_cpu_up_arrays(struct machine *m, uint32_t cpu,
				  cachep_t cachep, uint32_t new_cpu,
				  struct cpu_arrays *new)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, m->cpus[new_cpu].node);

	cpu_cache_get(m, cachep, new_cpu)->ac = new->ac;
	list_lock(m, cpu, cachep, m->cpus[new_cpu].node);
	if (!l3->shared) {
		l3->shared = new->shared;
		new->shared = 0;
	}
	if (!l3->alien)
		install_alien(l3, &new->alien);
	list_unlock(m, cpu, cachep, m->cpus[new_cpu].node);
	free_shared(m, cpu, new->shared);
	free_alien_cache(m, cpu, &new->alien);
}

static bool prepare_list3s(struct machine *m, uint32_t cpu, uint32_t node)
{
	for_each_cache(m, cachep)
	{
		if (!init_cache_node(m, cpu, cachep, node))
			return false;
	}
	return true;
}

/* The arrays of one cache for a CPU that comes up. */
static bool prepare_arrays(struct machine *m, uint32_t cpu, cachep_t cachep,
			   uint32_t new_cpu)
{
	uint32_t node = m->cpus[new_cpu].node;
	struct cpu_arrays new;

	if (m->profile.percpu_arrays)
		return setup_kmem_cache_node(m, cpu, cachep, node, false);
	if (!alloc_cpu_up_arrays(m, cpu, cachep, node, &new))
		return false;
	install_cpu_up_arrays(m, cpu, cachep, new_cpu, &new);
	return true;
}

/* A node without CPUs keeps its slabs, and no arrays. */
static void node_arrays_release(struct machine *m, uint32_t cpu,
				cachep_t cachep, uint32_t node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	struct alien_table alien = { l3->alien, l3->alien_table };
	uint32_t shared = l3->shared, doomed = 0;

	list_lock(m, cpu, cachep, node);
	if (shared)
		doomed = array_empty(m, cpu, cachep, array_at(m, shared), node);
	l3->shared = 0;
	l3->alien = 0;
	l3->alien_table = OBJ_NULL;
	list_unlock(m, cpu, cachep, node);
	slabs_destroy(m, cpu, cachep, doomed);
	free_shared(m, cpu, shared);
	if (!alien.alien)
		return;
	drain_alien_table(m, cpu, cachep, node, alien.alien);
	free_alien_cache(m, cpu, &alien);
}

/* Per-CPU memory stays, emptied; an array that is an object goes. */
static void cpu_array_dead(struct machine *m, uint32_t cpu, cachep_t cachep,
			   uint32_t old_cpu)
{
	uint32_t node = m->cpus[old_cpu].node;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	struct array_cache *slot = &cpu_cache_get(m, cachep, old_cpu)->ac;
	struct array_cache nc = *slot;

	if (m->profile.percpu_arrays)
		slot->avail = 0;
	else
		memset(slot, 0, sizeof(*slot));
	if (l3->present) {
		list_lock(m, cpu, cachep, node);
		l3->free_limit -= m->caches[cachep].batchcount;
		list_unlock(m, cpu, cachep, node);
		if (nc.entry)
			array_flush_to_lists(m, cpu, cachep, &nc, node);
		if (m->nodes[node].nr_cpus == 0)
			node_arrays_release(m, cpu, cachep, node);
	}
	if (!m->profile.percpu_arrays)
		array_release(m, cpu, &nc);
}

/* Stands for cpuup_canceled: a CPU that is dead, or that failed to come up. */
static void cpuup_canceled(struct machine *m, uint32_t cpu, uint32_t old_cpu)
{
	uint32_t node = m->cpus[old_cpu].node;

	for_each_cache(m, cachep) cpu_array_dead(m, cpu, cachep, old_cpu);
	for_each_cache(m, cachep)
	{
		const struct kmem_list3 *l3 = node_list3(m, cachep, node);

		if (l3->present)
			drain_free_slabs(m, cpu, cachep, node);
	}
}

/* Stands for cpuup_prepare, run on @cpu. */
static bool cpuup_prepare(struct machine *m, uint32_t cpu, uint32_t new_cpu)
{
	bool ok = prepare_list3s(m, cpu, m->cpus[new_cpu].node);

	for (cachep_t cachep = m->cache_chain; ok && cachep != CACHE_NULL;
	     cachep = m->caches[cachep].next)
		ok = prepare_arrays(m, cpu, cachep, new_cpu);
	if (!ok)
		cpuup_canceled(m, cpu, new_cpu);
	return ok;
}

static void cpu_join(struct machine *m, uint32_t cpu)
{
	struct cpu *c = &m->cpus[cpu];

	if (!c->in_node) {
		c->in_node = true;
		m->nodes[c->node].nr_cpus++;
	}
	c->online = true;
}

bool machine_cpu_up(struct machine *m, uint32_t cpu, uint32_t new_cpu)
{
	bool ok;

	chain_lock(m, cpu);
	ok = cpuup_prepare(m, cpu, new_cpu);
	if (ok)
		cpu_join(m, new_cpu);
	chain_unlock(m, cpu);
	if (!ok)
		return false;
	m->cpus[new_cpu].jiffies = m->cpus[cpu].jiffies;
	start_cpu_timer(m, new_cpu);
	notify(m, .kind = SLAB_EVENT_CPU_UP, .cpu = new_cpu,
	       .node = m->cpus[new_cpu].node, .cachep = CACHE_NULL);
	return true;
}

void machine_cpu_down(struct machine *m, uint32_t cpu, uint32_t old_cpu)
{
	struct cpu *c = &m->cpus[old_cpu];

	cancel_cpu_timer(m, old_cpu);
	chain_lock(m, cpu);
	c->online = false;
	c->in_node = false;
	m->nodes[c->node].nr_cpus--;
	rcu_adopt(m, cpu, old_cpu);
	cpuup_canceled(m, cpu, old_cpu);
	chain_unlock(m, cpu);
	notify(m, .kind = SLAB_EVENT_CPU_DOWN, .cpu = old_cpu, .node = c->node,
	       .cachep = CACHE_NULL);
}

/* A CPU that cannot come up stays offline; the next one is tried. */
bool machine_smp_init(struct machine *m)
{
	bool all = true;

	for (uint32_t cpu = 1; cpu < m->nr_cpus; cpu++) {
		if (!m->cpus[cpu].online && !machine_cpu_up(m, 0, cpu))
			all = false;
	}
	start_cpu_timer(m, 0);
	return all;
}
