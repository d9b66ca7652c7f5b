/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/spread.h"

const char *const spread_names[NR_SPREAD_COUNTERS] = {
#define SPREAD_NAME(name, text) #name,
	SPREAD_COUNTERS(SPREAD_NAME)
};

static void add_cache(uint64_t *sums, const struct machine *m, cachep_t cachep)
{
	struct slabinfo info;

	kmem_slabinfo(m, cachep, &info);
#define ADD_CPU(name, text) sums[SPREAD_##name] += info.cpu.name;
#define ADD_NODE(name, text) sums[SPREAD_##name] += info.node.name;
	CPU_STATS(ADD_CPU)
	NODE_STATS(ADD_NODE)
}

static void add_pages(uint64_t *sums, const struct machine *m)
{
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		struct node_pages pages;

		machine_node_pages(m, node, &pages);
		sums[SPREAD_in_use_pages] += pages.in_use_pages;
		sums[SPREAD_peak_pages] += pages.peak_pages;
	}
}

void spread_note(struct spread *spread, const struct machine *m)
{
	uint64_t sums[NR_SPREAD_COUNTERS] = { 0 };

	for (cachep_t cachep = machine_first_cache(m); cachep != CACHE_NULL;
	     cachep = machine_next_cache(m, cachep))
		add_cache(sums, m, cachep);
	add_pages(sums, m);
	for (int i = 0; i < NR_SPREAD_COUNTERS; i++) {
		if (!spread->nr_runs || sums[i] < spread->least[i])
			spread->least[i] = sums[i];
		if (sums[i] > spread->most[i])
			spread->most[i] = sums[i];
	}
	spread->nr_runs++;
}
