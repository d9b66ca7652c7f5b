/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How rows lie in the blocks of sim/row_queue.c, for sim/row_writer.c to read.
 * A record is a head, a word, and what its kind says:
 *
 *	ROW_VALUES   for each value a word of its kind and table and one of its
 *	             number, or of 0 and the bytes of a text behind it
 *	ROW_FIND     the same; the row is added only where there is none yet
 *	ROW_NUMBERS  @other times table and handle of a key, then the numbers
 *	ROW_JOB      a struct row_job
 *	ROW_RESTART  nothing: handles count from 1 again
 */
#ifndef SIM_ROW_WORDS_H
#define SIM_ROW_WORDS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum row_kind { ROW_VALUES, ROW_FIND, ROW_NUMBERS, ROW_JOB, ROW_RESTART };

struct row_head {
	uint8_t kind;
	uint8_t table;      /* which the row gets a handle of */
	uint16_t statement; /* of numbers: their table */
	uint16_t other;     /* the statement that finds; the number of keys */
	uint16_t nr;        /* of values, of numbers */
};
static_assert(sizeof(struct row_head) == sizeof(int64_t), "a word");

struct row_job {
	void (*run)(void *arg);
	void *arg;
};

static inline size_t row_words_of(size_t bytes)
{
	return (bytes + sizeof(int64_t) - 1) / sizeof(int64_t);
}

#endif
