/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of a run: what slabsim show prints.
 */
#ifndef REPORTS_SHOW_H
#define REPORTS_SHOW_H

#include <stdio.h>

#include "reports/db.h"

/* X(NAME, word of the command line, query) */
#define SHOW_VIEWS(X)                               \
	X(CACHES, "caches", caches_sql)             \
	X(CPUS, "cpus", cpus_sql)                   \
	X(NODES, "nodes", nodes_sql)                \
	X(RUNS, "runs", runs_sql)                   \
	X(LESSONS, "lessons", lessons_sql)          \
	X(MISSES, "misses", misses_sql)             \
	X(SLABS, "slabs", slabs_sql)                \
	X(OCCUPANCY, "occupancy", occupancy_sql)    \
	X(PINNED, "pinned", pinned_sql)             \
	X(PINS, "pins", pins_sql)                   \
	X(CALL_SITES, "call-sites", call_sites_sql) \
	X(LIFETIMES, "lifetimes", lifetimes_sql)    \
	X(LOCKS, "locks", locks_sql)                \
	X(SPREAD, "spread", spread_sql)             \
	X(LATENCY, "latency", latency_sql)          \
	X(LOCK_WAITS, "lock-waits", lock_waits_sql) \
	X(COSTS, "costs", costs_sql)                \
	X(ACTIONS, "actions", actions_sql)

/* What must stand beside numbers that are made of the costs of run --timing. */
#define TIMING_NOTE "simulated, by costs that are assumptions unless given"

enum show_view {
#define SHOW_VIEW(NAME, word, sql) SHOW_##NAME,
	SHOW_VIEWS(SHOW_VIEW)
#undef SHOW_VIEW
		NR_SHOW_VIEWS
};
enum show_format { SHOW_TABLE, SHOW_SLABINFO, SHOW_JSON, SHOW_CSV };

/* Is it a view of the file, for which no run has to be chosen? */
bool show_is_of_file(enum show_view view);

/*
 * show_print - print a view of the chosen run and sample
 *
 * SHOW_SLABINFO is a view of caches only. Return: 0 or a code of @report.
 */
int show_print(FILE *out, struct report *report, enum show_view view,
	       enum show_format format);
/* What is in the file: runs and lessons, as a table or as JSON. */
int show_print_file(FILE *out, struct report *report, enum show_format format);

#endif
