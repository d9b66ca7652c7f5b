/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The naive allocator: CPUs come and go, timers, the reaper. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

/* --- the reaper ----------------------------------------------------------- */

/* A whole second, less three ticks a CPU; not in the past. */
static uint64_t round_due(const struct naive *n, uint64_t tick, uint32_t cpu)
{
	uint64_t hz = n->p.hz;
	uint64_t k = tick + 3 * (uint64_t)cpu;
	uint64_t r = k % hz;

	k = r < hz / 4 ? k - r : k - r + hz;
	k -= 3 * (uint64_t)cpu;
	return k <= n->now ? tick : k;
}

void n_timer_start(struct naive *n, uint32_t cpu)
{
	n->cpu[cpu].reap_node = (n->cpu[cpu].node + 1) % n->nr_nodes;
	n->cpu[cpu].due = round_due(n, n->now + n->p.hz, cpu);
}

static void reap_array(struct naive *n, uint32_t cpu, struct naive_cache *c,
		       struct naive_array *a, uint32_t node)
{
	uint32_t nr;

	if (!a || !a->avail)
		return;
	if (a->touched) {
		a->touched = 0;
		return;
	}
	nr = (a->limit + 4) / 5;
	if (nr > a->avail)
		nr = (a->avail + 1) / 2;
	n_free_block(n, cpu, c, a->entry, nr, node);
	n_array_drop_bottom(a, nr);
}

static void reap_lists(struct naive *n, uint32_t cpu, struct naive_cache *c,
		       uint32_t node)
{
	struct naive_lists *l = &c->lists[node];
	uint32_t fifth = (l->free_limit + 5 * c->num - 1) / (5 * c->num);

	if (l->next_reap > n->now)
		return;
	l->next_reap = n->now + 4 * n->p.hz;
	reap_array(n, cpu, c, l->shared, node);
	if (l->free_touched && n->bug != NAIVE_REAP_ALWAYS)
		l->free_touched = 0;
	else
		l->stats.reaped += n_drain_free(n, cpu, c, node, fifth);
}

static void reap(struct naive *n, uint32_t cpu)
{
	uint32_t node = n->cpu[cpu].node;
	uint32_t q = n->cpu[cpu].reap_node;

	for (struct naive_cache *c = n->chain; c; c = c->next) {
		struct naive_lists *l = &c->lists[node];

		if (l->has_alien && l->alien[q])
			n_drain_alien(n, cpu, c, l->alien[q], q);
		reap_array(n, cpu, c, c->array[cpu], node);
		reap_lists(n, cpu, c, node);
	}
	n->cpu[cpu].reap_node = (q + 1) % n->nr_nodes;
	n->cpu[cpu].due = round_due(n, n->now + 2 * n->p.hz, cpu);
}

void naive_advance(struct naive *n, uint64_t tick)
{
	for (;;) {
		uint32_t next = 0;

		for (uint32_t i = 1; i < n->nr_cpus; i++) {
			if (n->cpu[i].due < n->cpu[next].due)
				next = i;
		}
		if (n->cpu[next].due == NAIVE_NEVER || n->cpu[next].due > tick)
			break;
		n->now = n->cpu[next].due;
		reap(n, next);
		naive_rcu(n);
	}
	n->now = tick;
}

/* --- CPUs ----------------------------------------------------------------- */

/* Each cache gets lists on the node if it has none, and a new free limit. */
static bool prepare_lists(struct naive *n, uint32_t cpu, uint32_t node)
{
	uint32_t nr_cpus =
		n_cpus_of_node(n, node) + (n->bug == NAIVE_UP_COUNTS_ITSELF);

	for (struct naive_cache *c = n->chain; c; c = c->next) {
		struct naive_lists *l = &c->lists[node];

		if (!l->present) {
			struct naive_obj self = n_lists_alloc(n, cpu, node);

			if (!self.slab)
				return false;
			n_lists_init(l);
			l->self = self;
			l->next_reap = n_first_reap(n, c);
		}
		n_set_free_limit(n, c, node, nr_cpus);
	}
	return true;
}

static bool prepare_arrays(struct naive *n, uint32_t cpu, uint32_t new_cpu,
			   struct naive_cache *c)
{
	uint32_t node = n->cpu[new_cpu].node;
	struct naive_lists *l = &c->lists[node];
	struct naive_aliens aliens = { 0 };
	struct naive_array *shared = NULL;
	struct naive_array *ac =
		n_array_new(n, cpu, node, c->limit, c->batchcount);

	if (!ac)
		return false;
	if (c->shared) {
		shared =
			n_array_new(n, cpu, node, c->shared * c->batchcount, 0);
		if (!shared) {
			n_array_delete(n, cpu, ac);
			return false;
		}
	}
	if (n->aliens && !n_aliens_new(n, cpu, node, c->limit, &aliens)) {
		n_array_delete(n, cpu, shared);
		n_array_delete(n, cpu, ac);
		return false;
	}
	c->array[new_cpu] = ac;
	if (!l->shared) {
		l->shared = shared;
		shared = NULL;
	}
	if (!l->has_alien)
		n_aliens_install(l, &aliens);
	n_array_delete(n, cpu, shared);
	n_aliens_delete(n, cpu, &aliens);
	return true;
}

/* The last CPU of its node takes shared and alien arrays with it. */
static void drop_node_arrays(struct naive *n, uint32_t cpu,
			     struct naive_cache *c, uint32_t node)
{
	struct naive_lists *l = &c->lists[node];
	struct naive_array *shared = l->shared;
	struct naive_aliens aliens;

	n_array_empty(n, cpu, c, shared, node);
	l->shared = NULL;
	aliens = n_aliens_remove(l);
	n_array_delete(n, cpu, shared);
	for (uint32_t i = 0; i < n->nr_nodes; i++) {
		if (aliens.array[i])
			n_drain_alien(n, cpu, c, aliens.array[i], i);
	}
	n_aliens_delete(n, cpu, &aliens);
}

/* A CPU is gone, or did not come: its arrays go, free slabs are released. */
static void canceled(struct naive *n, uint32_t cpu, uint32_t old_cpu)
{
	uint32_t node = n->cpu[old_cpu].node;

	for (struct naive_cache *c = n->chain; c; c = c->next) {
		struct naive_array *ac = c->array[old_cpu];

		c->array[old_cpu] = NULL;
		if (c->lists[node].present) {
			if (n->bug != NAIVE_DOWN_KEEPS_LIMIT)
				c->lists[node].free_limit -= c->batchcount;
			n_array_empty(n, cpu, c, ac, node);
			if (n_cpus_of_node(n, node) == 0)
				drop_node_arrays(n, cpu, c, node);
		}
		n_array_delete(n, cpu, ac);
	}
	for (struct naive_cache *c = n->chain; c; c = c->next)
		n_drain_free(n, cpu, c, node, c->lists[node].free_objects);
}

bool naive_cpu_up(struct naive *n, uint32_t cpu, uint32_t new_cpu)
{
	bool ok = prepare_lists(n, cpu, n->cpu[new_cpu].node);

	for (struct naive_cache *c = n->chain; ok && c; c = c->next)
		ok = prepare_arrays(n, cpu, new_cpu, c);
	if (!ok) {
		canceled(n, cpu, new_cpu);
		return false;
	}
	n->cpu[new_cpu].in_node = true;
	n->cpu[new_cpu].online = true;
	n_timer_start(n, new_cpu);
	return true;
}

void naive_cpu_down(struct naive *n, uint32_t cpu, uint32_t old_cpu)
{
	n->cpu[old_cpu].due = NAIVE_NEVER;
	n->cpu[old_cpu].online = false;
	n->cpu[old_cpu].in_node = false;
	/* slabs it has queued for a grace period: the other CPU's now */
	for (uint32_t i = 0; i < n->rcu.nr; i++) {
		if (n->rcu.slab[i]->rcu_cpu == old_cpu)
			n->rcu.slab[i]->rcu_cpu = cpu;
	}
	canceled(n, cpu, old_cpu);
}

bool naive_smp(struct naive *n)
{
	bool all = true;

	for (uint32_t i = 1; i < n->nr_cpus; i++) {
		if (!n->cpu[i].online && !naive_cpu_up(n, 0, i))
			all = false;
	}
	n_timer_start(n, 0);
	return all;
}
