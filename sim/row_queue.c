/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block is an array of words, a record after the other:
 *
 *	numbers   head, nr_keys times (table, handle), then the values
 *	values    head, then for each value its kind, and a number, or the
 *	          bytes of a text and the text itself
 *
 * One mutex guards the list of full blocks. The database, its error and the
 * ids belong to the thread while blocks are in its hands (nr_pending > 0), to
 * the caller otherwise. Without a thread (there is none to be had) blocks are
 * written at once, by the caller.
 *
 * Stat rows wait until there are ROWS_AT_ONCE of their home; row_queue_wait
 * writes those that are left, one by one.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/row_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sim/schema.h"
#include "traces/thread.h"

#define BLOCK_WORDS 32768
/* Fewer words are not worth a wakeup; the next sample adds to them. */
#define WORTH_WORDS 2048
/* More than that many blocks ahead of the thread: the caller waits. */
#define MAX_PENDING 64

struct block {
	struct block *next;
	size_t nr, room; /* words */
	int64_t words[];
};

struct row_ids {
	int64_t *ids; /* by handle - 1 */
	size_t nr, room;
};

#define MAX_KEYS 3

/* Rows of one table of numbers, to be written at once. */
struct batch {
	size_t nr; /* numbers, of whole rows */
	size_t columns;
	int64_t numbers[ROWS_AT_ONCE * (MAX_KEYS + MAX_STAT_COLUMNS)];
};

struct row_queue {
	struct database *database;
	size_t one, many;                    /* statements, by home */
	struct batch batches[NR_STAT_HOMES]; /* owned as the database is */
	struct block *filling;               /* by the caller; NULL: none */
	int64_t nr_made[NR_ROW_TABLES];      /* handles given */
	struct row_ids ids[NR_ROW_TABLES];
	bool out_of_memory;

	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more, less;
	struct block *first, *last; /* full ones */
	size_t nr_pending;          /* full or being written */
	bool stop;
	atomic_int error; /* of the database, to be asked at any time */
};

struct head {
	uint16_t statement; /* of numbers: their home */
	uint8_t table;
	uint8_t numbers; /* else values */
	uint16_t nr_keys, nr;
};
_Static_assert(sizeof(struct head) == sizeof(int64_t), "a word");

/* --- filling blocks ------------------------------------------------------ */

static struct block *block_create(size_t words)
{
	size_t room = words > BLOCK_WORDS ? words : BLOCK_WORDS;
	struct block *block =
		malloc(sizeof(*block) + room * sizeof(block->words[0]));

	if (block) {
		block->next = NULL;
		block->nr = 0;
		block->room = room;
	}
	return block;
}

static void submit(struct row_queue *queue);

/* Room for a record of that many words, or NULL. */
static int64_t *make_room(struct row_queue *queue, size_t words)
{
	struct block *block = queue->filling;

	if (block && block->room - block->nr < words) {
		submit(queue);
		block = NULL;
	}
	if (!block)
		block = queue->filling = block_create(words);
	if (!block) {
		queue->out_of_memory = true;
		return NULL;
	}
	block->nr += words;
	return &block->words[block->nr - words];
}

static void put_head(int64_t *word, struct head head)
{
	memcpy(word, &head, sizeof(head));
}

static size_t text_words(const char *text)
{
	return (strlen(text) + 1 + sizeof(int64_t) - 1) / sizeof(int64_t);
}

static size_t value_words(const struct value *value)
{
	return 2 + (value->kind == VALUE_TEXT ? text_words(value->text) : 0);
}

static int64_t *put_value(int64_t *word, const struct value *value)
{
	size_t words;

	*word++ = (int64_t)value->kind << 8 | value->table;
	*word++ = value->number;
	if (value->kind != VALUE_TEXT)
		return word;
	words = text_words(value->text);
	word[words - 1] = 0;
	memcpy(word, value->text, strlen(value->text) + 1);
	return word + words;
}

int64_t row_queue_add(struct row_queue *queue, size_t statement,
		      enum row_table table, const struct value *values,
		      size_t nr)
{
	size_t words = 1;
	int64_t *word;

	for (size_t i = 0; i < nr; i++)
		words += value_words(&values[i]);
	word = make_room(queue, words);
	if (!word)
		return 0;
	put_head(word++, (struct head){ .statement = (uint16_t)statement,
					.table = (uint8_t)table,
					.nr = (uint16_t)nr });
	for (size_t i = 0; i < nr; i++)
		word = put_value(word, &values[i]);
	return table == ROW_NO_TABLE ? 0 : ++queue->nr_made[table];
}

void row_queue_add_numbers(struct row_queue *queue, enum stat_home home,
			   const enum row_table *tables, const int64_t *keys,
			   int nr_keys, const int64_t *values, int nr_values)
{
	size_t nr = (size_t)nr_keys, nr_numbers = (size_t)nr_values;
	int64_t *word = make_room(queue, 1 + 2 * nr + nr_numbers);

	if (!word)
		return;
	put_head(word++, (struct head){ .statement = (uint16_t)home,
					.table = ROW_NO_TABLE,
					.numbers = 1,
					.nr_keys = (uint16_t)nr,
					.nr = (uint16_t)nr_numbers });
	for (size_t i = 0; i < nr; i++) {
		*word++ = tables[i];
		*word++ = keys[i];
	}
	memcpy(word, values, nr_numbers * sizeof(*values));
}

/* --- writing blocks ------------------------------------------------------ */

static int64_t id_of(const struct row_queue *queue, int64_t table,
		     int64_t handle)
{
	const struct row_ids *ids = &queue->ids[table];

	return handle > 0 && (size_t)handle <= ids->nr ? ids->ids[handle - 1] :
							 0;
}

static bool remember_id(struct row_ids *ids, int64_t id)
{
	size_t room = ids->room ? 2 * ids->room : 64;
	int64_t *grown;

	if (ids->nr == ids->room) {
		grown = realloc(ids->ids, room * sizeof(*grown));
		if (!grown)
			return false;
		ids->ids = grown;
		ids->room = room;
	}
	ids->ids[ids->nr++] = id;
	return true;
}

static void write_batch(struct row_queue *queue, size_t home)
{
	struct batch *batch = &queue->batches[home];

	database_add_numbers(queue->database, queue->many + home,
			     batch->numbers, batch->nr);
	batch->nr = 0;
}

/* What is too little for a batch. */
static void write_leftovers(struct row_queue *queue)
{
	struct batch *batch;

	for (size_t home = 0; home < NR_STAT_HOMES; home++) {
		batch = &queue->batches[home];
		for (size_t at = 0; at < batch->nr; at += batch->columns)
			database_add_numbers(queue->database, queue->one + home,
					     batch->numbers + at,
					     batch->columns);
		batch->nr = 0;
	}
}

static const int64_t *write_numbers(struct row_queue *queue,
				    const struct head *head,
				    const int64_t *word)
{
	struct batch *batch = &queue->batches[head->statement];

	batch->columns = (size_t)head->nr_keys + head->nr;
	for (int i = 0; i < head->nr_keys; i++, word += 2)
		batch->numbers[batch->nr++] = id_of(queue, word[0], word[1]);
	memcpy(batch->numbers + batch->nr, word, head->nr * sizeof(*word));
	batch->nr += head->nr;
	if (batch->nr == ROWS_AT_ONCE * batch->columns)
		write_batch(queue, head->statement);
	return word + head->nr;
}

#define MAX_VALUES 48

static const int64_t *take_value(const struct row_queue *queue,
				 const int64_t *word, struct value *value)
{
	*value = (struct value){ .kind = (uint8_t)(word[0] >> 8),
				 .number = word[1] };
	if (value->kind == VALUE_ROW) {
		value->kind = VALUE_INT;
		value->number = id_of(queue, word[0] & 0xff, word[1]);
	}
	word += 2;
	if (value->kind != VALUE_TEXT)
		return word;
	value->text = (const char *)word;
	return word + text_words(value->text);
}

static const int64_t *write_values(struct row_queue *queue,
				   const struct head *head, const int64_t *word)
{
	struct value values[MAX_VALUES];
	int64_t id;

	for (int i = 0; i < head->nr; i++)
		word = take_value(queue, word, &values[i]);
	id = database_execute(queue->database, head->statement, values,
			      head->nr);
	if (head->table != ROW_NO_TABLE &&
	    !remember_id(&queue->ids[head->table], id))
		database_fail_memory(queue->database);
	return word;
}

static void write_block(struct row_queue *queue, const struct block *block)
{
	const int64_t *word = block->words, *end = word + block->nr;
	struct head head;

	while (word < end) {
		memcpy(&head, word++, sizeof(head));
		word = head.numbers ? write_numbers(queue, &head, word) :
				      write_values(queue, &head, word);
	}
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
		free(block);
		pthread_mutex_lock(&queue->lock);
		queue->nr_pending--;
		pthread_cond_signal(&queue->less);
		pthread_mutex_unlock(&queue->lock);
	}
	return NULL;
}

static void append(struct row_queue *queue, struct block *block)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->nr_pending >= MAX_PENDING)
		pthread_cond_wait(&queue->less, &queue->lock);
	if (queue->first)
		queue->last->next = block;
	else
		queue->first = block;
	queue->last = block;
	queue->nr_pending++;
	pthread_cond_signal(&queue->more);
	pthread_mutex_unlock(&queue->lock);
}

static void submit(struct row_queue *queue)
{
	struct block *block = queue->filling;

	queue->filling = NULL;
	if (!block)
		return;
	if (queue->threaded) {
		append(queue, block);
		return;
	}
	write_block(queue, block);
	free(block);
}

void row_queue_pass_on(struct row_queue *queue)
{
	if (queue->filling && queue->filling->nr >= WORTH_WORDS)
		submit(queue);
}

int row_queue_wait(struct row_queue *queue)
{
	submit(queue);
	pthread_mutex_lock(&queue->lock);
	while (queue->nr_pending)
		pthread_cond_wait(&queue->less, &queue->lock);
	pthread_mutex_unlock(&queue->lock);
	write_leftovers(queue);
	if (queue->out_of_memory)
		database_fail_memory(queue->database);
	atomic_store(&queue->error, database_error(queue->database, NULL));
	return atomic_load(&queue->error);
}

int row_queue_error(const struct row_queue *queue, struct database_error *error)
{
	int code = atomic_load(&queue->error);

	/* Once set the text does not change. */
	if (code && error)
		database_error(queue->database, error);
	return code;
}

/* --- the queue ----------------------------------------------------------- */

struct row_queue *row_queue_create(struct database *database, size_t one,
				   size_t many)
{
	struct row_queue *queue = calloc(1, sizeof(*queue));

	if (!queue)
		return NULL;
	queue->database = database;
	queue->one = one;
	queue->many = many;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->more, NULL);
	pthread_cond_init(&queue->less, NULL);
	queue->threaded = thread_start(&queue->thread, write_blocks, queue);
	return queue;
}

void row_queue_restart(struct row_queue *queue)
{
	for (int i = 0; i < NR_ROW_TABLES; i++) {
		queue->nr_made[i] = 0;
		queue->ids[i].nr = 0;
	}
}

void row_queue_destroy(struct row_queue *queue)
{
	if (!queue)
		return;
	row_queue_wait(queue);
	if (queue->threaded) {
		pthread_mutex_lock(&queue->lock);
		queue->stop = true;
		pthread_cond_signal(&queue->more);
		pthread_mutex_unlock(&queue->lock);
		pthread_join(queue->thread, NULL);
	}
	for (int i = 0; i < NR_ROW_TABLES; i++)
		free(queue->ids[i].ids);
	pthread_cond_destroy(&queue->less);
	pthread_cond_destroy(&queue->more);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}
