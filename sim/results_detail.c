/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows that are stored on request: slabs one by one, who holds them, steps,
 * and what a pass over the trace tells.
 */
#include "sim/results_private.h"

static const char *list_word(enum slab_state list)
{
	switch (list) {
	case SLABS_PARTIAL:
		return "partial";
	case SLABS_FULL:
		return "full";
	default:
		return "free";
	}
}

void results_add_slab(struct results *results, const struct slab_place *place,
		      const struct slab_seen *seen)
{
	const struct value values[] = {
		row_value(ROW_SAMPLE, place->sample),
		row_value(ROW_CACHE, place->cache),
		row_value(ROW_NODE, place->node),
		text_value(list_word(seen->list)),
		int_value(seen->position),
		int_value(seen->view.grow_number),
		int_value(seen->view.inuse),
		int_value(seen->live),
		seen->view.first_free < 0 ?
			text_value(NULL) :
			int_value((uint64_t)seen->view.first_free),
		int_value(seen->view.frame),
	};

	QUEUE(results, ADD_SLAB, ROW_NO_TABLE, values);
	results->nr_rows++;
}

void results_add_occupancy(struct results *results,
			   const struct slab_place *place, uint32_t live,
			   uint64_t slabs)
{
	const struct value values[] = {
		row_value(ROW_SAMPLE, place->sample),
		row_value(ROW_CACHE, place->cache),
		row_value(ROW_NODE, place->node),
		int_value(live),
		int_value(slabs),
	};

	QUEUE(results, ADD_OCCUPANCY, ROW_NO_TABLE, values);
	results->nr_rows++;
}

void results_add_pin(struct results *results, const struct slab_place *place,
		     const struct pin_row *row)
{
	const struct value values[] = {
		row_value(ROW_SAMPLE, place->sample),
		row_value(ROW_CACHE, place->cache),
		row_value(ROW_NODE, place->node),
		int_value(row->grow_number),
		text_value(row->call_site),
		int_value(row->objs),
		row->knows_time ? int_value(row->oldest_ns) : text_value(NULL),
	};

	QUEUE(results, ADD_PIN, ROW_NO_TABLE, values);
	results->nr_rows++;
}

static struct value known_row(enum row_table table, int64_t handle)
{
	return handle ? row_value(table, handle) : text_value(NULL);
}

void results_add_step(struct results *results, const struct step_row *row)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		int_value(row->event),
		int_value(row->seq),
		int_value(row->time_ns),
		int_value(row->tick),
		text_value(row->kind),
		known_row(ROW_CPU, row->cpu),
		known_row(ROW_CACHE, row->cache),
		known_row(ROW_NODE, row->node),
		int_value(row->objs),
		row->grow_number ? int_value(row->grow_number) :
				   text_value(NULL),
	};

	QUEUE(results, ADD_STEP, ROW_NO_TABLE, values);
	results->nr_rows++;
}

bool results_has_call_sites(struct results *results)
{
	struct value trace[1];

	row_queue_wait(results->queue);
	trace[0] =
		int_value((uint64_t)row_queue_id(results->queue, ROW_TRACE, 1));
	return database_find(results->database, FIND_CALL_SITE, trace, 1) != 0;
}

void results_add_call_site(struct results *results, const char *name,
			   const struct info_row *row)
{
	const struct value values[] = {
		row_value(ROW_TRACE, 1),
		text_value(name),
		int_value(row->allocs),
		int_value(row->frees),
		int_value(row->inferred_allocs),
		int_value(row->implicit_frees),
		int_value(row->unknown_frees),
		int_value(row->bytes_req),
		int_value(row->bytes_alloc),
		int_value(row->ping_pong),
		int_value(row->live),
	};

	QUEUE(results, ADD_CALL_SITE, ROW_NO_TABLE, values);
}

void results_add_lifetime(struct results *results, const char *cache,
			  uint64_t from_ns, uint64_t below_ns, uint64_t objs)
{
	const struct value values[] = {
		row_value(ROW_TRACE, 1), text_value(cache), int_value(from_ns),
		int_value(below_ns),     int_value(objs),
	};

	QUEUE(results, ADD_LIFETIME, ROW_NO_TABLE, values);
}
