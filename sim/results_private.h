/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that make rows (sim/results*.c) share. */
#ifndef SIM_RESULTS_PRIVATE_H
#define SIM_RESULTS_PRIVATE_H

#include "sim/results.h"
#include "sim/row_queue.h"

enum statement {
	ADD_TRACE,
	FIND_TRACE,
	ADD_EVENT_LOSS,
	ADD_RUN,
	ADD_HOST_RUN,
	ADD_NODE,
	ADD_CPU,
	ADD_CACHE,
	ADD_SAMPLE,
	ADD_NODE_PAGES,
	ADD_PAGE_ORDER,
	ADD_SLAB,
	ADD_ALIEN,
	ADD_OCCUPANCY,
	ADD_PIN,
	ADD_STEP,
	ADD_REAP_PASS,
	FIND_CALL_SITE,
	ADD_CALL_SITE,
	ADD_LIFETIME,
	ADD_ENGINE,
	ADD_LOCK,
	ADD_SPREAD,
	ADD_COST,
	ADD_LATENCY,
	ADD_LOCK_WAIT,
	ADD_ACTION,
	END_RUN,
	END_HOST_RUN,
	ADD_STAT,                                  /* one for each home */
	ADD_MANY_STATS = ADD_STAT + NR_STAT_HOMES, /* ROWS_AT_ONCE, so too */
	NR_STATEMENTS = ADD_MANY_STATS + NR_STAT_HOMES,
};

struct results {
	struct database *database;
	const char *statements[NR_STATEMENTS];
	struct row_queue *queue; /* to the database; its thread alone uses it */
	bool connected;          /* or about to be */
	bool begun;              /* the run is there, as partial */
	struct run_end *end;     /* borrowed; NULL: it has not ended */
	int lock_fd;             /* holds its lock; -1: not yet */
	uint64_t nr_rows;
};

/* NULL for handle 0. */
static inline struct value known_row(enum row_table table, int64_t handle)
{
	return handle ? row_value(table, handle) : text_value(NULL);
}

#define QUEUE(results, which, table, values)                  \
	row_queue_add((results)->queue, which, table, values, \
		      sizeof(values) / sizeof((values)[0]))

#endif
