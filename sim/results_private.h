/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that make rows (sim/results*.c) share. */
#ifndef SIM_RESULTS_PRIVATE_H
#define SIM_RESULTS_PRIVATE_H

#include "sim/results.h"
#include "sim/row_queue.h"
#include "sim/schema.h"

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
	ADD_SLAB,
	ADD_ALIEN,
	ADD_PIN,
	ADD_STEP,
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
	ADD_NUMBERS, /* for each enum number_table, */
	ADD_MANY_NUMBERS = ADD_NUMBERS + NR_NUMBER_TABLES, /* and again */
	NR_STATEMENTS = ADD_MANY_NUMBERS + NR_NUMBER_TABLES,
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

/*
 * Queue a row of numbers.
 * @keys: @nr_keys handles of @tables; @values: what the table has besides.
 */
void results_add_numbers(struct results *results, enum number_table numbers,
			 const enum row_table *tables, const int64_t *keys,
			 int nr_keys, const int64_t *values);

#define QUEUE(results, which, table, values)                  \
	row_queue_add((results)->queue, which, table, values, \
		      sizeof(values) / sizeof((values)[0]))

#endif
