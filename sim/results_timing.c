/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the timing model; all of it is simulated. */
#include "sim/results_private.h"

void results_add_cost(struct results *results, const char *name, uint64_t value,
		      const char *source)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		text_value(name),
		int_value(value),
		text_value(source),
	};

	QUEUE(results, ADD_COST, ROW_NO_TABLE, values);
}

void results_add_latency(struct results *results, const char *op, int64_t cache,
			 const struct latency *latency)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		text_value(op),
		known_row(ROW_CACHE, cache),
		int_value(latency->nr),
		int_value(latency->sum_ns),
		int_value(latency->delay_ns),
		int_value(latency_permille(latency, 500)),
		int_value(latency_permille(latency, 900)),
		int_value(latency_permille(latency, 990)),
		int_value(latency_permille(latency, 999)),
		int_value(latency->max_ns),
	};

	QUEUE(results, ADD_LATENCY, ROW_NO_TABLE, values);
}

void results_add_lock_wait(struct results *results,
			   const struct lock_wait_row *row)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		text_value(row->class),
		known_row(ROW_CACHE, row->cache),
		known_row(ROW_NODE, row->node),
		known_row(ROW_NODE, row->other_node),
		int_value(row->counts->acquisitions),
		int_value(row->counts->contended),
		int_value(row->counts->wait_ns),
		int_value(row->counts->max_wait_ns),
		int_value(row->counts->hold_ns),
	};

	QUEUE(results, ADD_LOCK_WAIT, ROW_NO_TABLE, values);
}
