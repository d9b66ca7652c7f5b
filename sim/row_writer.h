/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of the queue of rows (sim/row_queue.h): reads blocks of them, puts
 * ids in the place of handles, and writes them into the database, rows of
 * numbers many at once.
 */
#ifndef SIM_ROW_WRITER_H
#define SIM_ROW_WRITER_H

#include "sim/row_queue.h"

struct row_writer;

/*
 * row_writer_create - a writer of no rows
 * @database, @one, @many: as row_queue_create has them.
 * Return: owned (row_writer_destroy); NULL: no memory.
 */
struct row_writer *row_writer_create(struct database *database, size_t one,
				     size_t many);
/* Rows that wait for more of their kind are given up. */
void row_writer_destroy(struct row_writer *writer);

/* Write the records (sim/row_words.h) and run the jobs among them. */
void row_writer_write(struct row_writer *writer, const int64_t *words,
		      size_t nr);

/* The id of the row of that handle; 0: there is none. */
int64_t row_writer_id(const struct row_writer *writer, enum row_table table,
		      int64_t handle);

#endif
