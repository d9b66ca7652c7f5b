/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows on their way into the database. They are copied into blocks; a thread
 * writes the blocks, in order, while the simulation goes on. So a sample costs
 * the run what copying its rows costs, where there is a second processor.
 *
 * Ids are known only when a row is written. Until then a row that others
 * refer to is named by a handle: 1, 2, 3 ... in its table and run. The thread
 * puts the ids in their place, so rows are those that one thread would write.
 */
#ifndef SIM_ROW_QUEUE_H
#define SIM_ROW_QUEUE_H

#include "sim/columns.h"
#include "sim/database.h"
#include "sim/schema.h"

struct row_queue;

/* Tables whose rows have handles. */
enum row_table {
	ROW_TRACE,
	ROW_RUN,
	ROW_NODE,
	ROW_CPU,
	ROW_CACHE,
	ROW_SAMPLE,
	NR_ROW_TABLES
};
#define ROW_NO_TABLE NR_ROW_TABLES

/*
 * row_queue_create - a queue of no rows
 * @database: borrowed, connected or not. Jobs and rows use it on a thread:
 * others must not but after row_queue_wait, until the next row.
 * @one, @many: the first of its statements that add a row of numbers, and
 * ROWS_AT_ONCE of them; each followed by those of the other tables.
 * Return: owned (row_queue_destroy); NULL: no memory.
 */
struct row_queue *row_queue_create(struct database *database, size_t one,
				   size_t many);
/* Writes what was queued; commits nothing. */
void row_queue_destroy(struct row_queue *queue);

/* Another run begins: handles count from 1 again. */
void row_queue_restart(struct row_queue *queue);

/* The value is the id of the row of that handle. */
static inline struct value row_value(enum row_table table, int64_t handle)
{
	return (struct value){ VALUE_ROW, (uint8_t)table, handle, NULL };
}

/*
 * row_queue_add - queue a row
 * @statement: its number in the database.
 * @table: it gets a handle of this table; ROW_NO_TABLE: none.
 * Return: the handle, or 0.
 */
int64_t row_queue_add(struct row_queue *queue, size_t statement,
		      enum row_table table, const struct value *values,
		      size_t nr);
/* The same, but the row is another's, if statement @find knows one. */
int64_t row_queue_find(struct row_queue *queue, size_t find, size_t statement,
		       enum row_table table, const struct value *values,
		       size_t nr);

/*
 * row_queue_add_numbers - queue a row of numbers: quicker
 * @keys: come first; handles of @tables. STAT_ABSENT in @values is NULL.
 *
 * These rows are written many at once, so after rows of other tables that
 * were queued later; those of a table stay in order.
 */
void row_queue_add_numbers(struct row_queue *queue, enum number_table numbers,
			   const enum row_table *tables, const int64_t *keys,
			   int nr_keys, const int64_t *values, int nr_values);

/* Have @run(@arg) called on the thread, when all rows so far are written. */
void row_queue_do(struct row_queue *queue, void (*run)(void *arg), void *arg);

/* Hand the rows so far to the thread, if it is worth waking it. */
void row_queue_pass_on(struct row_queue *queue);
/*
 * Hand them over and wait until all is done. Rows of numbers may still wait
 * for more of their kind: the next job sees them written.
 * Return: 0, or the code of the first error.
 */
int row_queue_wait(struct row_queue *queue);
/*
 * No more rows will come: the thread ends when all is done. What is queued
 * after all is written by the caller, when the thread has ended
 * (row_queue_wait).
 */
void row_queue_end(struct row_queue *queue);
/* The error so far, without waiting. */
int row_queue_error(const struct row_queue *queue,
		    struct database_error *error);

/* The id of the row of that handle, after row_queue_wait; 0: none. */
int64_t row_queue_id(const struct row_queue *queue, enum row_table table,
		     int64_t handle);

#endif
