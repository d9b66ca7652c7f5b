/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of records (sim/row_words.h) and the thread that has them written
 * (sim/row_writer.h), in order.
 *
 * One mutex guards the lists of blocks. The database, its error and the ids
 * belong to the thread while blocks are in its hands (nr_written <
 * nr_submitted), to the caller otherwise. Without a thread (there is none to be
 * had) blocks are written at once, by the caller.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/row_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sim/row_words.h"
#include "sim/row_writer.h"
#include "traces/thread.h"

/* Small enough to come from the heap: no mapping, no new pages each time. */
#define BLOCK_WORDS 8192
/* Fewer words are not worth a wakeup; the next sample adds to them. */
#define WORTH_WORDS 2048
/* More than that many blocks ahead of the thread: the caller waits. */
#define MAX_AHEAD 256
/* Written blocks that are kept, to be filled again. */
#define MAX_SPARE 8

struct block {
	struct block *next;
	size_t nr, room; /* words */
	int64_t words[];
};

struct row_queue {
	struct database *database;
	struct row_writer *writer;      /* owned as the database is */
	struct block *filling;          /* by the caller; NULL: none */
	int64_t nr_made[NR_ROW_TABLES]; /* handles given */
	bool out_of_memory;
	uint64_t nr_submitted;

	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more, less;
	struct block *first, *last; /* full ones */
	struct block *spare;        /* empty ones */
	size_t nr_spare;
	uint64_t nr_written;
	uint64_t awaited; /* nr_written that the caller sleeps for; 0: awake */
	bool stop;
	atomic_int error; /* of the database, to be asked at any time */
};

/* --- blocks -------------------------------------------------------------- */

static struct block *take_spare(struct row_queue *queue)
{
	struct block *block;

	pthread_mutex_lock(&queue->lock);
	block = queue->spare;
	if (block) {
		queue->spare = block->next;
		queue->nr_spare--;
	}
	pthread_mutex_unlock(&queue->lock);
	return block;
}

static struct block *block_create(struct row_queue *queue, size_t words)
{
	size_t room = words > BLOCK_WORDS ? words : BLOCK_WORDS;
	struct block *block = NULL;

	if (room == BLOCK_WORDS)
		block = take_spare(queue);
	if (!block)
		block = malloc(sizeof(*block) + room * sizeof(int64_t));
	if (block) {
		block->next = NULL;
		block->nr = 0;
		block->room = room;
	}
	return block;
}

/* The lock is held. */
static void block_release(struct row_queue *queue, struct block *block)
{
	if (block->room != BLOCK_WORDS || queue->nr_spare == MAX_SPARE) {
		free(block);
		return;
	}
	block->next = queue->spare;
	queue->spare = block;
	queue->nr_spare++;
}

static void submit(struct row_queue *queue);

/* --- filling them -------------------------------------------------------- */

/* Room for a record of that many words, or NULL. */
static int64_t *make_room(struct row_queue *queue, size_t words)
{
	struct block *block = queue->filling;

	if (block && block->room - block->nr < words) {
		submit(queue);
		block = NULL;
	}
	if (!block)
		block = queue->filling = block_create(queue, words);
	if (!block) {
		queue->out_of_memory = true;
		return NULL;
	}
	block->nr += words;
	return &block->words[block->nr - words];
}

static void put_head(int64_t *word, struct row_head head)
{
	memcpy(word, &head, sizeof(head));
}

static size_t value_words(const struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return 2;
	return 2 + row_words_of(strlen(value->text) + 1);
}

static int64_t *put_value(int64_t *word, const struct value *value)
{
	size_t words;

	*word++ = (int64_t)value->kind << 8 | value->table;
	*word++ = value->number;
	if (value->kind != VALUE_TEXT)
		return word;
	words = row_words_of(strlen(value->text) + 1);
	word[words - 1] = 0;
	memcpy(word, value->text, strlen(value->text) + 1);
	return word + words;
}

static int64_t put_row(struct row_queue *queue, struct row_head head,
		       const struct value *values)
{
	size_t words = 1;
	int64_t *word;

	for (size_t i = 0; i < head.nr; i++)
		words += value_words(&values[i]);
	word = make_room(queue, words);
	if (!word)
		return 0;
	put_head(word++, head);
	for (size_t i = 0; i < head.nr; i++)
		word = put_value(word, &values[i]);
	return head.table == ROW_NO_TABLE ? 0 : ++queue->nr_made[head.table];
}

int64_t row_queue_add(struct row_queue *queue, size_t statement,
		      enum row_table table, const struct value *values,
		      size_t nr)
{
	return put_row(queue,
		       (struct row_head){ .kind = ROW_VALUES,
					  .statement = (uint16_t)statement,
					  .table = (uint8_t)table,
					  .nr = (uint16_t)nr },
		       values);
}

int64_t row_queue_find(struct row_queue *queue, size_t find, size_t statement,
		       enum row_table table, const struct value *values,
		       size_t nr)
{
	return put_row(queue,
		       (struct row_head){ .kind = ROW_FIND,
					  .statement = (uint16_t)statement,
					  .other = (uint16_t)find,
					  .table = (uint8_t)table,
					  .nr = (uint16_t)nr },
		       values);
}

void row_queue_add_numbers(struct row_queue *queue, enum number_table numbers,
			   const enum row_table *tables, const int64_t *keys,
			   int nr_keys, const int64_t *values, int nr_values)
{
	size_t nr = (size_t)nr_keys, nr_numbers = (size_t)nr_values;
	int64_t *word = make_room(queue, 1 + 2 * nr + nr_numbers);

	if (!word)
		return;
	put_head(word++, (struct row_head){ .kind = ROW_NUMBERS,
					    .statement = (uint16_t)numbers,
					    .other = (uint16_t)nr,
					    .nr = (uint16_t)nr_numbers });
	for (size_t i = 0; i < nr; i++) {
		*word++ = tables[i];
		*word++ = keys[i];
	}
	memcpy(word, values, nr_numbers * sizeof(*values));
}

void row_queue_do(struct row_queue *queue, void (*run)(void *arg), void *arg)
{
	const struct row_job job = { run, arg };
	int64_t *word = make_room(queue, 1 + row_words_of(sizeof(job)));

	if (!word)
		return;
	put_head(word++, (struct row_head){ .kind = ROW_JOB });
	memcpy(word, &job, sizeof(job));
	submit(queue);
}

void row_queue_restart(struct row_queue *queue)
{
	int64_t *word = make_room(queue, 1);

	if (!word)
		return;
	put_head(word, (struct row_head){ .kind = ROW_RESTART });
	memset(queue->nr_made, 0, sizeof(queue->nr_made));
}

/* --- having them written ------------------------------------------------- */

static void write_block(struct row_queue *queue, struct block *block)
{
	row_writer_write(queue->writer, block->words, block->nr);
	atomic_store(&queue->error, database_error(queue->database, NULL));
}

static struct block *next_block(struct row_queue *queue)
{
	struct block *block;

	pthread_mutex_lock(&queue->lock);
	while (!queue->first && !queue->stop)
		pthread_cond_wait(&queue->more, &queue->lock);
	block = queue->first;
	if (block)
		queue->first = block->next;
	pthread_mutex_unlock(&queue->lock);
	return block;
}

static void *write_blocks(void *arg)
{
	struct row_queue *queue = arg;
	struct block *block;

	while ((block = next_block(queue)) != NULL) {
		write_block(queue, block);
		pthread_mutex_lock(&queue->lock);
		block_release(queue, block);
		queue->nr_written++;
		/* a wakeup costs as much as some rows */
		if (queue->nr_written == queue->awaited)
			pthread_cond_signal(&queue->less);
		pthread_mutex_unlock(&queue->lock);
	}
	return NULL;
}

/* Sleep until so many are written. The lock is held. */
static void await(struct row_queue *queue, uint64_t mark)
{
	queue->awaited = mark;
	while (queue->nr_written < mark)
		pthread_cond_wait(&queue->less, &queue->lock);
	queue->awaited = 0;
}

static void append(struct row_queue *queue, struct block *block)
{
	pthread_mutex_lock(&queue->lock);
	/* the queue is full: half of it is room for a while */
	if (queue->nr_submitted - queue->nr_written >= MAX_AHEAD)
		await(queue, queue->nr_submitted - MAX_AHEAD / 2);
	if (queue->first)
		queue->last->next = block;
	else
		queue->first = block;
	queue->last = block;
	queue->nr_submitted++;
	pthread_cond_signal(&queue->more);
	pthread_mutex_unlock(&queue->lock);
}

static void submit(struct row_queue *queue)
{
	struct block *block = queue->filling;

	queue->filling = NULL;
	if (block && queue->threaded) {
		append(queue, block);
	} else if (block) {
		write_block(queue, block);
		free(block);
	}
}

void row_queue_pass_on(struct row_queue *queue)
{
	if (queue->filling && queue->filling->nr >= WORTH_WORDS)
		submit(queue);
}

void row_queue_end(struct row_queue *queue)
{
	submit(queue);
	if (!queue->threaded)
		return;
	pthread_mutex_lock(&queue->lock);
	queue->stop = true;
	pthread_cond_signal(&queue->more);
	pthread_mutex_unlock(&queue->lock);
}

/* Until all blocks are written; with the last of them an ended thread goes. */
static void wait_for_thread(struct row_queue *queue)
{
	if (!queue->threaded)
		return;
	if (queue->stop) {
		pthread_join(queue->thread, NULL);
		queue->threaded = false;
		return;
	}
	pthread_mutex_lock(&queue->lock);
	await(queue, queue->nr_submitted);
	pthread_mutex_unlock(&queue->lock);
}

int row_queue_wait(struct row_queue *queue)
{
	submit(queue);
	wait_for_thread(queue);
	if (queue->out_of_memory) {
		database_fail_memory(queue->database);
		atomic_store(&queue->error,
			     database_error(queue->database, NULL));
	}
	return row_queue_error(queue, NULL);
}

int row_queue_error(const struct row_queue *queue, struct database_error *error)
{
	int code = atomic_load(&queue->error);

	/* Once set the text does not change. */
	if (code && error)
		database_error(queue->database, error);
	if (!code && queue->out_of_memory) {
		code = -ENOMEM;
		if (error)
			*error = (struct database_error){ code,
							  "out of memory" };
	}
	return code;
}

int64_t row_queue_id(const struct row_queue *queue, enum row_table table,
		     int64_t handle)
{
	return row_writer_id(queue->writer, table, handle);
}

/* --- the queue ----------------------------------------------------------- */

struct row_queue *row_queue_create(struct database *database, size_t one,
				   size_t many)
{
	struct row_queue *queue = calloc(1, sizeof(*queue));

	if (queue)
		queue->writer = row_writer_create(database, one, many);
	if (!queue || !queue->writer) {
		free(queue);
		return NULL;
	}
	queue->database = database;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->more, NULL);
	pthread_cond_init(&queue->less, NULL);
	queue->threaded = thread_start(&queue->thread, write_blocks, queue);
	return queue;
}

void row_queue_destroy(struct row_queue *queue)
{
	struct block *block;

	if (!queue)
		return;
	row_queue_end(queue);
	row_queue_wait(queue);
	while ((block = queue->spare) != NULL) {
		queue->spare = block->next;
		free(block);
	}
	pthread_cond_destroy(&queue->less);
	pthread_cond_destroy(&queue->more);
	pthread_mutex_destroy(&queue->lock);
	row_writer_destroy(queue->writer);
	free(queue);
}
