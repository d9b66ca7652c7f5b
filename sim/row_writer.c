/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See row_writer.h. Numbers wait until there are ROWS_AT_ONCE rows of a table;
 * those that are left are written, one by one, before a job.
 */
#include "sim/row_writer.h"

#include <stdlib.h>
#include <string.h>

#include "sim/row_words.h"
#include "sim/schema.h"
#include "traces/array.h"

#define MAX_KEYS 3
#define MAX_VALUES 48

struct row_ids {
	int64_t *ids; /* by handle - 1 */
	uint32_t nr, room;
};

/* Rows of one table of numbers, to be written at once. */
struct batch {
	size_t nr; /* numbers, of whole rows */
	size_t columns;
	int64_t numbers[ROWS_AT_ONCE * (MAX_KEYS + MAX_STAT_COLUMNS)];
};

struct row_writer {
	struct database *database;
	size_t one, many; /* statements, by table */
	struct batch batches[NR_NUMBER_TABLES];
	struct row_ids ids[NR_ROW_TABLES];
};

struct row_writer *row_writer_create(struct database *database, size_t one,
				     size_t many)
{
	struct row_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return NULL;
	writer->database = database;
	writer->one = one;
	writer->many = many;
	return writer;
}

void row_writer_destroy(struct row_writer *writer)
{
	if (!writer)
		return;
	for (int i = 0; i < NR_ROW_TABLES; i++)
		free(writer->ids[i].ids);
	free(writer);
}

/* --- handles ------------------------------------------------------------- */

int64_t row_writer_id(const struct row_writer *writer, enum row_table table,
		      int64_t handle)
{
	const struct row_ids *ids = &writer->ids[table];

	return handle > 0 && (uint64_t)handle <= ids->nr ?
		       ids->ids[handle - 1] :
		       0;
}

static bool remember_id(struct row_ids *ids, int64_t id)
{
	if (!array_reach(&ids->ids, &ids->room, ids->nr, sizeof(*ids->ids)))
		return false;
	ids->ids[ids->nr++] = id;
	return true;
}

/* --- numbers ------------------------------------------------------------- */

static void write_batch(struct row_writer *writer, size_t table)
{
	struct batch *batch = &writer->batches[table];

	database_add_numbers(writer->database, writer->many + table,
			     batch->numbers, batch->nr);
	batch->nr = 0;
}

/* What is too little for a batch. */
static void write_leftovers(struct row_writer *writer)
{
	struct batch *batch;

	for (size_t table = 0; table < NR_NUMBER_TABLES; table++) {
		batch = &writer->batches[table];
		for (size_t at = 0; at < batch->nr; at += batch->columns)
			database_add_numbers(writer->database,
					     writer->one + table,
					     batch->numbers + at,
					     batch->columns);
		batch->nr = 0;
	}
}

static const int64_t *write_numbers(struct row_writer *writer,
				    const struct row_head *head,
				    const int64_t *word)
{
	struct batch *batch = &writer->batches[head->statement];

	batch->columns = (size_t)head->other + head->nr;
	for (int i = 0; i < head->other; i++, word += 2)
		batch->numbers[batch->nr++] =
			row_writer_id(writer, (enum row_table)word[0], word[1]);
	memcpy(batch->numbers + batch->nr, word, head->nr * sizeof(*word));
	batch->nr += head->nr;
	if (batch->nr == ROWS_AT_ONCE * batch->columns)
		write_batch(writer, head->statement);
	return word + head->nr;
}

/* --- values -------------------------------------------------------------- */

static const int64_t *take_value(const struct row_writer *writer,
				 const int64_t *word, struct value *value)
{
	*value = (struct value){ .kind = (uint8_t)(word[0] >> 8),
				 .number = word[1] };
	if (value->kind == VALUE_ROW) {
		value->kind = VALUE_INT;
		value->number = row_writer_id(
			writer, (enum row_table)(word[0] & 0xff), word[1]);
	}
	word += 2;
	if (value->kind != VALUE_TEXT)
		return word;
	value->text = (const char *)word;
	return word + row_words_of(strlen(value->text) + 1);
}

static const int64_t *write_values(struct row_writer *writer,
				   const struct row_head *head,
				   const int64_t *word)
{
	struct value values[MAX_VALUES];
	int64_t id = 0;

	for (int i = 0; i < head->nr; i++)
		word = take_value(writer, word, &values[i]);
	if (head->kind == ROW_FIND)
		id = database_find(writer->database, head->other, values,
				   head->nr);
	if (!id)
		id = database_execute(writer->database, head->statement, values,
				      head->nr);
	if (head->table != ROW_NO_TABLE &&
	    !remember_id(&writer->ids[head->table], id))
		database_fail_memory(writer->database);
	return word;
}

/* --- records ------------------------------------------------------------- */

static const int64_t *run_job(struct row_writer *writer, const int64_t *word)
{
	struct row_job job;

	memcpy(&job, word, sizeof(job));
	write_leftovers(writer);
	job.run(job.arg);
	return word + row_words_of(sizeof(job));
}

static void restart(struct row_writer *writer)
{
	for (int i = 0; i < NR_ROW_TABLES; i++)
		writer->ids[i].nr = 0;
}

void row_writer_write(struct row_writer *writer, const int64_t *words,
		      size_t nr)
{
	const int64_t *word = words, *end = words + nr;
	struct row_head head;

	while (word < end) {
		memcpy(&head, word++, sizeof(head));
		switch ((enum row_kind)head.kind) {
		case ROW_VALUES:
		case ROW_FIND:
			word = write_values(writer, &head, word);
			break;
		case ROW_NUMBERS:
			word = write_numbers(writer, &head, word);
			break;
		case ROW_JOB:
			word = run_job(writer, word);
			break;
		case ROW_RESTART:
			restart(writer);
			break;
		}
	}
}
