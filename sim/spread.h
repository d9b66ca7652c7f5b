/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far runs that should be the same differ: the least and the most of each
 * counter of the machine, summed over its caches, and of its pages.
 */
#ifndef SIM_SPREAD_H
#define SIM_SPREAD_H

#include "model/inspect.h"

/* X(name, description): counters of other lists, and pages in use. */
#define SPREAD_COUNTERS(X)                                      \
	CPU_STATS(X)                                            \
	NODE_STATS(X)                                           \
	X(in_use_pages, "pages of all nodes in use at the end") \
	X(peak_pages, "the nodes' highest numbers of pages in use")

enum spread_counter {
#define SPREAD_COUNTER(name, text) SPREAD_##name,
	SPREAD_COUNTERS(SPREAD_COUNTER)
#undef SPREAD_COUNTER
		NR_SPREAD_COUNTERS
};
extern const char *const spread_names[NR_SPREAD_COUNTERS];

struct spread {
	uint32_t nr_runs;
	uint64_t least[NR_SPREAD_COUNTERS], most[NR_SPREAD_COUNTERS];
};

/* A run has ended in this state. @spread: zeroed before the first. */
void spread_note(struct spread *spread, const struct machine *m);

#endif
