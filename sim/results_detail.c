/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows that are stored on request: slabs one by one, who holds them, steps,
 * and what a pass over the trace tells.
 */
#include "sim/results_private.h"

/* Negative: there is no such thing to count. */
static struct value count_value(int64_t count)
{
	return count < 0 ? text_value(NULL) : int_value((uint64_t)count);
}

void results_add_slab(struct results *results, const struct slab_place *place,
		      const struct picture_slab *slab, const char *obj_map)
{
	const struct value values[] = {
		row_value(ROW_SAMPLE, place->sample),
		row_value(ROW_CACHE, place->cache),
		row_value(ROW_NODE, place->node),
		text_value(slab_list_word(slab->list)),
		int_value(slab->position),
		int_value(slab->view.grow_number),
		int_value(slab->view.inuse),
		int_value(slab->live),
		count_value(slab->view.first_free),
		int_value(slab->view.frame),
		text_value(obj_map),
	};

	QUEUE(results, ADD_SLAB, ROW_NO_TABLE, values);
	results->nr_rows++;
}

void results_add_alien(struct results *results, const struct slab_place *place,
		       int64_t other_node, int64_t avail, int64_t limit)
{
	const struct value values[] = {
		row_value(ROW_SAMPLE, place->sample),
		row_value(ROW_CACHE, place->cache),
		row_value(ROW_NODE, place->node),
		row_value(ROW_NODE, other_node),
		count_value(avail),
		count_value(limit),
	};

	QUEUE(results, ADD_ALIEN, ROW_NO_TABLE, values);
	results->nr_rows++;
}

void results_add_occupancy(struct results *results,
			   const struct slab_place *place, uint32_t live,
			   uint64_t slabs)
{
	const enum row_table tables[] = { ROW_SAMPLE, ROW_CACHE, ROW_NODE };
	const int64_t keys[] = { place->sample, place->cache, place->node };
	const int64_t values[] = { live, (int64_t)slabs };

	results_add_numbers(results, OCCUPANCY, tables, keys, 3, values);
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

/* Into the table's words. */
static const char *result_word(enum action_result result)
{
	static const char *const words[] = { "left", "done", "no memory",
					     "not done" };

	return words[result];
}

void results_add_action(struct results *results, uint64_t number,
			const struct action *action,
			const struct action_outcome *outcome)
{
	const struct scenario_op *op = &action->op;
	bool left = outcome->result == ACTION_LEFT;
	bool tune = op->kind == OP_TUNE;
	char text[ACTION_TEXT_BYTES];

	action_describe(action, text);
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		int_value(number),
		int_value(action->time_ns),
		left ? text_value(NULL) : int_value(outcome->tick),
		left ? text_value(NULL) : int_value(outcome->events),
		text_value(action_word(action)),
		text_value(text),
		text_value(*op->name ? op->name : NULL),
		tune ? int_value((uint64_t)op->limit) : text_value(NULL),
		tune ? int_value((uint64_t)op->batchcount) : text_value(NULL),
		tune ? int_value((uint64_t)op->shared) : text_value(NULL),
		text_value(result_word(outcome->result)),
	};

	QUEUE(results, ADD_ACTION, ROW_NO_TABLE, values);
}
