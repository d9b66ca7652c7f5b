/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The naive allocator: tunables. A retuning replaces every array of a cache;
 * the order of its allocations and frees is behaviour.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

uint32_t n_cpus_of_node(const struct naive *n, uint32_t node)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < n->nr_cpus; i++)
		nr += n->cpu[i].in_node && n->cpu[i].node == node;
	return nr;
}

void n_lists_init(struct naive_lists *l)
{
	memset(l, 0, sizeof(*l));
	l->present = true;
}

struct naive_obj n_lists_alloc(struct naive *n, uint32_t cpu, uint32_t node)
{
	return naive_kmalloc(n, cpu, n->p.kmem_list3_bytes, 0, (int)node);
}

/* Shared array, aliens, the structure itself; its slab lists are empty. */
void n_lists_delete(struct naive *n, uint32_t cpu, struct naive_lists *l)
{
	struct naive_aliens aliens;

	if (!l->present)
		return;
	n_array_delete(n, cpu, l->shared);
	aliens = n_aliens_remove(l);
	n_aliens_delete(n, cpu, &aliens);
	naive_kfree(n, cpu, l->self, n->p.kmem_list3_bytes);
	free(l->partial.slab);
	free(l->full.slab);
	free(l->free.slab);
	memset(l, 0, sizeof(*l));
}

uint64_t n_first_reap(const struct naive *n, const struct naive_cache *c)
{
	return n->now + 4 * n->p.hz + c->reap_phase;
}

void n_set_free_limit(const struct naive *n, struct naive_cache *c,
		      uint32_t node, uint32_t nr_cpus)
{
	(void)n;
	c->lists[node].free_limit = (1 + nr_cpus) * c->batchcount + c->num;
}

/* --- the node part -------------------------------------------------------- */

/* The lists exist: a new shared array, aliens only where there are none. */
static void renew_lists(struct naive *n, uint32_t cpu, struct naive_cache *c,
			uint32_t node, struct naive_aliens *aliens,
			struct naive_array *shared)
{
	struct naive_lists *l = &c->lists[node];
	struct naive_array *old = l->shared;

	n_array_empty(n, cpu, c, old, node);
	l->shared = shared;
	if (n->bug == NAIVE_TUNE_RENEWS_ALIENS && l->has_alien) {
		struct naive_aliens former = n_aliens_remove(l);

		for (uint32_t i = 0; i < n->nr_nodes; i++) {
			if (former.array[i])
				n_drain_alien(n, cpu, c, former.array[i], i);
		}
		n_aliens_install(l, aliens);
		*aliens = former;
	}
	if (!l->has_alien)
		n_aliens_install(l, aliens);
	n_set_free_limit(n, c, node, n_cpus_of_node(n, node));
	n_array_delete(n, cpu, old);
	n_aliens_delete(n, cpu, aliens);
}

static bool new_lists(struct naive *n, uint32_t cpu, struct naive_cache *c,
		      uint32_t node, struct naive_aliens *aliens,
		      struct naive_array *shared)
{
	struct naive_lists *l = &c->lists[node];
	struct naive_obj self = n_lists_alloc(n, cpu, node);

	if (!self.slab) {
		n_aliens_delete(n, cpu, aliens);
		n_array_delete(n, cpu, shared);
		return false;
	}
	n_lists_init(l);
	l->self = self;
	l->next_reap = n_first_reap(n, c);
	l->shared = shared;
	n_aliens_install(l, aliens);
	n_set_free_limit(n, c, node, n_cpus_of_node(n, node));
	return true;
}

static bool retune_node(struct naive *n, uint32_t cpu, struct naive_cache *c,
			uint32_t node)
{
	struct naive_aliens aliens = { 0 };
	struct naive_array *shared = NULL;

	if (n->aliens && !n_aliens_new(n, cpu, node, c->limit, &aliens))
		return false;
	if (c->shared) {
		shared =
			n_array_new(n, cpu, node, c->shared * c->batchcount, 0);
		if (!shared) {
			n_aliens_delete(n, cpu, &aliens);
			return false;
		}
	}
	if (!c->lists[node].present)
		return new_lists(n, cpu, c, node, &aliens, shared);
	renew_lists(n, cpu, c, node, &aliens, shared);
	return true;
}

/* A cache that is not on the chain yet loses all lists when one fails. */
static bool retune_nodes(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		if (retune_node(n, cpu, c, node))
			continue;
		while (!c->on_chain && node-- > 0)
			n_lists_delete(n, cpu, &c->lists[node]);
		return false;
	}
	return true;
}

/* --- the CPU part --------------------------------------------------------- */

static bool new_cpu_arrays(struct naive *n, uint32_t cpu, uint32_t limit,
			   uint32_t batchcount, struct naive_array **new)
{
	for (uint32_t i = 0; i < n->nr_cpus; i++) {
		if (!n->cpu[i].online)
			continue;
		new[i] = n_array_new(n, cpu, n->cpu[i].node, limit, batchcount);
		if (new[i])
			continue;
		while (i-- > 0)
			n_array_delete(n, cpu, new[i]);
		return false;
	}
	return true;
}

static void swap_cpu_arrays(struct naive *n, uint32_t cpu,
			    struct naive_cache *c, struct naive_array **new)
{
	struct naive_array *old[NAIVE_MAX_CPUS];

	memcpy(old, c->array, sizeof(old));
	for (uint32_t i = 0; i < n->nr_cpus; i++) {
		if (n->cpu[i].online)
			c->array[i] = new[i];
	}
	for (uint32_t i = 0; i < n->nr_cpus; i++) {
		if (!n->cpu[i].online || !old[i])
			continue;
		n_array_empty(n, cpu, c, old[i], n->cpu[i].node);
		n_array_delete(n, cpu, old[i]);
	}
}

/* A pointer for each possible CPU and one more. */
static uint64_t scratch_bytes(const struct naive *n)
{
	return (uint64_t)n->p.word_bytes * (n->p.max_cpus + 1);
}

bool n_retune(struct naive *n, uint32_t cpu, struct naive_cache *c,
	      uint32_t limit, uint32_t batchcount, uint32_t shared)
{
	struct naive_array *new[NAIVE_MAX_CPUS] = { 0 };
	struct naive_obj scratch =
		naive_kmalloc(n, cpu, scratch_bytes(n), 0, -1);

	if (!scratch.slab)
		return false;
	if (n->bug == NAIVE_BLOCK_AT_ONCE) {
		naive_kfree(n, cpu, scratch, scratch_bytes(n));
		scratch.slab = NULL;
	}
	if (!new_cpu_arrays(n, cpu, limit, batchcount, new)) {
		naive_kfree(n, cpu, scratch, scratch_bytes(n));
		return false;
	}
	c->limit = limit;
	c->batchcount = batchcount;
	c->shared = shared;
	swap_cpu_arrays(n, cpu, c, new);
	naive_kfree(n, cpu, scratch, scratch_bytes(n));
	return retune_nodes(n, cpu, c);
}

bool n_tune_to_defaults(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	uint32_t limit = n->p.limits[n->p.nr_limits - 1].limit;
	uint32_t shared = 0;

	for (uint32_t i = n->p.nr_limits; i-- > 0;) {
		if (c->buffer_bytes > n->p.limits[i].above_bytes)
			limit = n->p.limits[i].limit;
	}
	if (limit > n->p.limit_cap)
		limit = n->p.limit_cap;
	if (c->buffer_bytes <= n->p.page_bytes && n->nr_cpus > 1)
		shared = n->p.shared_factor;
	return n_retune(n, cpu, c, limit, (limit + 1) / 2, shared);
}

bool naive_tune(struct naive *n, uint32_t cpu, struct naive_cache *c,
		int64_t limit, int64_t batchcount, int64_t shared)
{
	if (limit < 1 || batchcount < 1 || batchcount > limit || shared < 0)
		return true;
	return n_retune(n, cpu, c, (uint32_t)limit, (uint32_t)batchcount,
			(uint32_t)shared);
}
