/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of locks: hung in, taken out; and what CPUs that run at once keep
 * apart, because a shared counter would cost them more than the work counted.
 */
#include "model/locks.h"

#include <stdlib.h>
#include <string.h>

#include "model/internal.h"

void lock_take(const struct machine *m, uint32_t cpu,
	       enum slab_lock_class class, cachep_t cachep, uint32_t node,
	       uint32_t other_node)
{
	const struct slab_lock lock = { class, cachep, node, other_node };

	m->lock_ops->acquire(m->lock_arg, cpu, &lock);
}

bool lock_try(const struct machine *m, uint32_t cpu, enum slab_lock_class class,
	      cachep_t cachep, uint32_t node, uint32_t other_node)
{
	const struct slab_lock lock = { class, cachep, node, other_node };

	return m->lock_ops->try_acquire(m->lock_arg, cpu, &lock);
}

void lock_drop(const struct machine *m, uint32_t cpu,
	       enum slab_lock_class class, cachep_t cachep, uint32_t node,
	       uint32_t other_node)
{
	const struct slab_lock lock = { class, cachep, node, other_node };

	m->lock_ops->release(m->lock_arg, cpu, &lock);
}

uint32_t slab_lock_rank(const struct machine *m, const struct slab_lock *lock)
{
	bool on_slab;

	switch (lock->class) {
	case SLAB_LOCK_CHAIN:
		return 0;
	case SLAB_LOCK_ALIEN:
	case SLAB_LOCK_LIST:
		on_slab = !m->caches[lock->cachep].off_slab;
		return 1 + 2 * (uint32_t)on_slab +
		       (lock->class == SLAB_LOCK_LIST);
	case SLAB_LOCK_PAGES:
		return 5;
	default:
		return 6;
	}
}

void call_on_cpu(struct machine *m, uint32_t cpu, uint32_t target,
		 slab_call_fn *fn, void *data)
{
	if (m->lock_ops && m->lock_ops->call && cpu != target)
		m->lock_ops->call(m->lock_arg, target, fn, data);
	else
		fn(m, target, data);
}

/* Slab numbers are 32 bits: with room for all of them no table moves. */
static bool reserve_slabs(struct machine *m)
{
	return pool_reserve_chunks(&m->slabs,
				   UINT32_MAX >> m->slabs.chunk_shift);
}

bool machine_reserve(struct machine *m, uint32_t nr_entries, uint32_t nr_arrays)
{
	return pool_make_room(&m->entries, nr_entries) &&
	       pool_make_room(&m->arrays, nr_arrays);
}

static void machine_apart(struct machine *m)
{
	m->concurrent = true;
	rcu_swap_queues(m);
	m->next_timer = NO_TIMER; /* each CPU looks at its own */
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		m->cpus[cpu].jiffies = m->jiffies;
}

bool machine_set_locks(struct machine *m, const struct slab_lock_ops *ops,
		       void *arg)
{
	if (m->concurrent) {
		machine_settle(m, m->jiffies);
		m->concurrent = false;
		free(m->tallies);
		m->tallies = NULL;
		find_next_timer(m);
	}
	m->lock_ops = NULL;
	m->lock_arg = NULL;
	if (ops && ops->concurrent) {
		if (m->profile.debug || m->constructors || !reserve_slabs(m))
			return false;
		m->tallies =
			calloc((size_t)m->max_caches * m->nr_cpus * m->nr_nodes,
			       sizeof(*m->tallies));
		if (!m->tallies)
			return false;
		machine_apart(m);
	}
	m->lock_ops = ops;
	m->lock_arg = arg;
	return true;
}

const struct slab_lock_ops *machine_locks(const struct machine *m, void **arg)
{
	*arg = m->lock_arg;
	return m->lock_ops;
}

static void settle_tallies(struct machine *m)
{
	for (cachep_t cachep = 0; cachep < m->nr_caches; cachep++) {
		for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
			for_each_node(m, node)
			{
				struct tally *t =
					tally_get(m, cachep, cpu, node);
				struct node_stats *stats =
					&node_list3(m, cachep, node)->stats;

				stats->requested_alloc_bytes += t->alloc_bytes;
				stats->requested_free_bytes += t->free_bytes;
				memset(t, 0, sizeof(*t));
			}
		}
	}
}

void machine_settle(struct machine *m, uint64_t tick)
{
	m->jiffies = tick;
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		m->cpus[cpu].jiffies = tick;
	rcu_barrier(m); /* descriptors of slabs are tallied, too */
	settle_tallies(m);
}
