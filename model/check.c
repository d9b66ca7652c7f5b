/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_check: everything that is counted is counted again.
 *
 * First the lists (they fill the map of free objects), then the arrays, then
 * what the machine's own structures occupy; then the sums: of a cache's
 * counters, of a node's pages, of the CPUs.
 */
#include "model/check.h"

#include <stdlib.h>
#include <string.h>

void broken_cache(const struct check *check, struct sentence *sentence,
		  cachep_t cachep, uint32_t node)
{
	say(sentence, "cache ");
	say(sentence, cache_name(check->m, cachep));
	if (node != UINT32_MAX) {
		say(sentence, ", node ");
		say_number(sentence, node);
	}
	say(sentence, ": ");
}

void broken(struct check *check, struct sentence *sentence, const char *words)
{
	say(sentence, words);
	check->nr_broken++;
	if (check->report)
		check->report(check->arg, sentence->text);
}

static uint64_t nr_waiting(const struct machine *m, cachep_t cachep,
			   uint32_t node)
{
	uint64_t nr = 0;

	for (uint32_t slab = m->rcu_first; slab;
	     slab = slab_at(m, slab)->next) {
		const struct slab *slabp = slab_at(m, slab);

		if (slabp->nodeid == node &&
		    (slabp->cachep == cachep || cachep == CACHE_NULL))
			nr += cachep == CACHE_NULL ?
				      1ull << m->caches[slabp->cachep].gfporder :
				      1;
	}
	return nr;
}

/* Slabs grown, or there from the start, are slabs here or destroyed. */
static void check_node_sums(struct check *check, cachep_t cachep, uint32_t node)
{
	const struct kmem_list3 *l3 = node_list3(check->m, cachep, node);
	uint64_t slabs = (uint64_t)l3->slabs_partial.nr + l3->slabs_full.nr +
			 l3->slabs_free.nr;
	struct sentence sentence = SENTENCE("");

	broken_cache(check, &sentence, cachep, node);
	if (l3->nr_preloaded + l3->stats.grown - l3->stats.destroyed != slabs)
		broken(check, &sentence,
		       "grown and destroyed disagree with its slabs");
	else if (l3->stats.reaped > l3->stats.destroyed)
		broken(check, &sentence, "more reaped than destroyed");
}

/* What was handed out and not given back is what no slab or array holds. */
static void check_cache_sums(struct check *check, cachep_t cachep)
{
	const struct machine *m = check->m;
	struct sentence sentence = SENTENCE("");
	const struct kmem_cache *c = &m->caches[cachep];
	uint64_t cached = 0, given, taken;
	struct slabinfo info;

	kmem_slabinfo(m, cachep, &info);
	for_each_node(m, node)
	{
		struct node_state state;

		kmem_node_state(m, cachep, node, &state);
		cached += state.cached_objs;
	}
	given = info.cpu.allochit + info.cpu.allocmiss - info.node.refillfail +
		info.node.nodeallocs + c->nr_populated + c->nr_uncounted;
	taken = info.cpu.freehit + info.cpu.freemiss + info.cpu.remotefrees;
	broken_cache(check, &sentence, cachep, UINT32_MAX);
	if (info.cache.num_active + c->nr_uncounted != info.active_objs)
		broken(check, &sentence, "num_active disagrees with the slabs");
	else if (!c->nr_uncounted && info.cache.maxobjs < info.cache.num_active)
		broken(check, &sentence, "maxobjs is below num_active");
	else if (given - taken != info.active_objs - cached)
		broken(check, &sentence,
		       "allocations less frees are not the live objects");
}

static uint64_t free_frames(const struct node *n, uint32_t order)
{
	uint64_t nr = 0;

	for (uint32_t block = n->free_block[order];
	     block && block <= n->nr_touched && nr <= n->nr_touched;
	     block = n->next_block[block - 1])
		nr += 1u << order;
	return nr;
}

static void check_pages(struct check *check, uint32_t node)
{
	const struct machine *m = check->m;
	const struct node *n = &m->nodes[node];
	uint64_t held = nr_waiting(m, CACHE_NULL, node);
	uint64_t nr_free = 0;
	struct sentence sentence = SENTENCE("node ");

	for_each_cache(m, cachep)
	{
		struct node_state state;

		kmem_node_state(m, cachep, node, &state);
		held += state.pages;
	}
	for (uint32_t order = 0; order < MAX_ORDERS; order++)
		nr_free += free_frames(n, order);
	say_number(&sentence, node);
	if (held != n->in_use_pages)
		broken(check, &sentence,
		       ": pages in use disagree with the slabs");
	else if (nr_free + n->in_use_pages != n->nr_touched)
		broken(check, &sentence,
		       ": free and used frames are not all frames");
	else if (n->peak_pages < n->in_use_pages)
		broken(check, &sentence, ": peak pages are below those in use");
}

static void check_cpus(struct check *check)
{
	const struct machine *m = check->m;
	struct sentence sentence = SENTENCE("CPUs: ");
	uint64_t next = NO_TIMER;

	for_each_node(m, node)
	{
		uint32_t nr = 0;

		for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
			nr += m->cpus[cpu].in_node && m->cpus[cpu].node == node;
		if (nr != m->nodes[node].nr_cpus)
			broken(check, &sentence,
			       "a node's cpu set has another size");
	}
	for_each_online_cpu(m, cpu)
	{
		if (m->cpus[cpu].timer_tick < next)
			next = m->cpus[cpu].timer_tick;
	}
	if (!m->concurrent && next != m->next_timer)
		broken(check, &sentence, "the next timer is not the earliest");
}

/* Return: false when the chain cannot be walked. */
static bool check_cache_chain(struct check *check)
{
	const struct machine *m = check->m;
	struct sentence sentence = SENTENCE("cache chain: ");
	uint32_t nr = 0, nr_marked = 0;

	for (cachep_t c = 0; c < m->nr_caches; c++)
		nr_marked += m->caches[c].on_chain;
	for_each_cache(m, cachep)
	{
		if (cachep >= m->nr_caches || nr++ > m->nr_caches ||
		    !m->caches[cachep].on_chain)
			break;
	}
	if (nr == nr_marked)
		return true;
	broken(check, &sentence, "it does not link the caches that exist");
	return false;
}

static void check_caches(struct check *check)
{
	const struct machine *m = check->m;

	for_each_cache(m, cachep)
	{
		for_each_node(m, node) check_lists(check, cachep, node);
	}
	check_rcu(check);
	for_each_cache(m, cachep) check_arrays(check, cachep);
	for_each_cache(m, cachep) check_internal(check, cachep);
	/* sums of broken lists and arrays would only repeat what is known */
	if (check->nr_broken)
		return;
	for_each_cache(m, cachep)
	{
		check_cache_sums(check, cachep);
		for_each_node(m, node) check_node_sums(check, cachep, node);
	}
	for_each_node(m, node) check_pages(check, node);
}

uint64_t machine_check(const struct machine *m, check_report_fn *report,
		       void *arg)
{
	struct check check = { .m = m, .report = report, .arg = arg };

	if (!check_map_init(&check))
		slab_bug(m, "the host has no memory for machine_check");
	if (check_cache_chain(&check))
		check_caches(&check);
	check_cpus(&check);
	free(check.on_list);
	free(check.found);
	return check.nr_broken;
}
