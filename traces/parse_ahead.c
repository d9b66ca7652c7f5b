/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Batches of lines, numbered in the order of the file. Two parsers make them,
 * the thread and the caller. Whoever is free claims the next number, reads a
 * block of the file and parses it. Of a plain file both read at once; of what
 * is decompressed or comes from a pipe one at a time does. The caller makes
 * batches when the one it needs is not ready, so both are busy whichever half
 * of the work is the larger one. Shapes that remember something from line to
 * line are left to the thread alone.
 *
 * Lines are passed as parsed_lines.h has them, and each parser has batches of
 * its own: little of what one processor wrote is fetched by the other, and a
 * text is only touched where it was read.
 *
 * Under the lock are the numbers and the states of batches; what is in a batch
 * belongs to its parser until it is made, to who hashes it until it is ready,
 * and then to the caller until that gives it back. Who has nothing to do sleeps:
 * to be woken takes some 0.1 ms, in which the other works on batches that are
 * there. To look again and again instead is no faster, as measured, and takes
 * the time of a processor for each line of a slow pipe.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/parse_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "traces/error.h"
#include "traces/huge.h"
#include "traces/line_memo.h"
#include "traces/parsed_lines.h"
#include "traces/place_blocks.h"
#include "traces/thread.h"

#define PARSERS 2
#define BATCHES ((size_t)4) /* of a parser */
#define RING (PARSERS * BATCHES)
#define TEXT_BYTES PLACE_BLOCK_ROOM
_Static_assert(TEXT_BYTES >= LINES_BLOCK_BYTES, "room for both kinds of block");

struct batch {
	struct parser *parser;
	bool used, made, ready; /* ready: made, and hashed where that is due */
	uint64_t number;
	char *text; /* TEXT_BYTES */
	struct lines_block block;
	const char *bytes; /* to be hashed: of the file, where both read */
	size_t nr_bytes;
	struct parsed_lines lines;
	int code; /* what came after its lines: 1, or the end */
	uint64_t done_bytes;
	struct trace_error error;
};

struct parser {
	struct text_reader reader;
	struct batch batches[BATCHES];
	size_t nr_free;
};

struct parse_ahead {
	struct lines *lines;
	bool in_order;  /* only the thread may parse */
	bool any_place; /* both may read at once, from @file */
	struct place_file file;
	char *texts; /* of all batches */
	pthread_t thread;
	pthread_mutex_t lock; /* of all down to @ring */
	pthread_cond_t to_do; /* the thread waits for it */
	pthread_cond_t done;  /* the caller does */
	bool reading, hashing, stop, ended;
	uint64_t nr_claimed, nr_taken; /* batches; the ring is between them */
	uint64_t nr_hashed;            /* of @file */
	struct batch *ring[RING];
	struct parser by_thread, by_caller;
	/* the batch that is handed out, or NULL; its next line */
	struct batch *current;
	size_t next_line;
	uint64_t nr_lines; /* handed out */
};

/* What was not read is a block of no lines. */
static void parse_batch(struct batch *batch)
{
	if (!parsed_lines_fill(&batch->lines, &batch->parser->reader,
			       &batch->block))
		batch->code =
			trace_fail(&batch->error, -ENOMEM, "out of memory");
}

/* --- parsers; the lock is held where these begin and end --- */

/* The first free one: few are used, and stay in the processor's cache. */
static struct batch *free_batch(struct parser *parser)
{
	struct batch *batch = parser->batches;

	while (batch->used)
		batch++;
	return batch;
}

static bool may_claim(const struct parse_ahead *ahead,
		      const struct parser *parser)
{
	return !ahead->ended && !ahead->reading && parser->nr_free;
}

static void wake_other(struct parse_ahead *ahead, const struct parser *parser)
{
	pthread_cond_signal(parser == &ahead->by_thread ? &ahead->done :
							  &ahead->to_do);
}

/* The next block, while the other does not read. */
static void read_in_order(struct parse_ahead *ahead, struct batch *batch)
{
	bool by_thread = batch->parser == &ahead->by_thread;
	int before;

	/* it may wait for input that never comes: see parse_ahead_stop */
	if (by_thread)
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
	batch->code = lines_block(ahead->lines, batch->text, &batch->block,
				  &batch->error);
	if (by_thread)
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	batch->done_bytes = lines_done_bytes(ahead->lines);
}

/* The block of the batch's number, while the other may read, too. */
static void read_at_place(struct parse_ahead *ahead, struct batch *batch)
{
	struct place_block block;
	int code = place_block_read(&ahead->file, batch->number, batch->text,
				    &block);

	batch->code = block.nr == PLACE_BLOCK_BYTES;
	if (code)
		batch->code =
			trace_fail(&batch->error, code, "%s: cannot read: %s",
				   lines_name(ahead->lines), strerror(-code));
	else if (batch->code == 0)
		batch->code = lines_check_end(ahead->lines, &batch->error);
	batch->block = block.lines;
	batch->bytes = block.bytes;
	batch->nr_bytes = block.nr;
	batch->done_bytes = batch->number * PLACE_BLOCK_BYTES + block.nr;
}

static void make_in_order(struct parse_ahead *ahead, struct batch *batch)
{
	ahead->reading = true;
	pthread_mutex_unlock(&ahead->lock);
	read_in_order(ahead, batch);
	pthread_mutex_lock(&ahead->lock);
	ahead->reading = false;
	ahead->ended = batch->code <= 0;
	wake_other(ahead, batch->parser);
	pthread_mutex_unlock(&ahead->lock);
	parse_batch(batch);
	pthread_mutex_lock(&ahead->lock);
	batch->ready = true;
}

/*
 * In the order of the file. What was made before the one in front of it is
 * left to whoever makes that: nobody waits.
 */
static void hash_made(struct parse_ahead *ahead)
{
	while (!ahead->hashing && ahead->nr_hashed < ahead->nr_claimed) {
		struct batch *batch = ahead->ring[ahead->nr_hashed % RING];

		if (!batch->made)
			return;
		ahead->hashing = true;
		pthread_mutex_unlock(&ahead->lock);
		lines_hash(ahead->lines, batch->bytes, batch->nr_bytes);
		pthread_mutex_lock(&ahead->lock);
		batch->ready = true;
		ahead->nr_hashed++;
		/* nobody hashes what may have been added behind the end */
		ahead->hashing = batch->code <= 0;
	}
}

static void make_at_place(struct parse_ahead *ahead, struct batch *batch)
{
	pthread_mutex_unlock(&ahead->lock);
	read_at_place(ahead, batch);
	parse_batch(batch);
	pthread_mutex_lock(&ahead->lock);
	batch->made = true;
	if (batch->code <= 0)
		ahead->ended = true;
	hash_made(ahead);
}

static void make_batch(struct parse_ahead *ahead, struct parser *parser)
{
	struct batch *batch = free_batch(parser);

	batch->used = true;
	batch->made = false;
	batch->ready = false;
	batch->number = ahead->nr_claimed++;
	parser->nr_free--;
	ahead->ring[batch->number % RING] = batch;
	if (ahead->any_place)
		make_at_place(ahead, batch);
	else
		make_in_order(ahead, batch);
	if (parser == &ahead->by_thread)
		wake_other(ahead, parser);
}

static void *run(void *arg)
{
	struct parse_ahead *ahead = arg;
	struct parser *parser = &ahead->by_thread;
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	pthread_mutex_lock(&ahead->lock);
	while (!ahead->stop && !ahead->ended) {
		if (may_claim(ahead, parser))
			make_batch(ahead, parser);
		else
			pthread_cond_wait(&ahead->to_do, &ahead->lock);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* --- the caller --- */

static void release_parser(struct parser *parser)
{
	line_memo_destroy(parser->reader.memo);
	for (size_t i = 0; i < BATCHES; i++) {
		parsed_lines_release(&parser->batches[i].lines);
	}
}

static void release(struct parse_ahead *ahead)
{
	pthread_cond_destroy(&ahead->to_do);
	pthread_cond_destroy(&ahead->done);
	pthread_mutex_destroy(&ahead->lock);
	release_parser(&ahead->by_thread);
	release_parser(&ahead->by_caller);
	huge_free(ahead->texts, RING * TEXT_BYTES);
	free(ahead);
}

/* @number: 0..PARSERS-1 */
static bool init_parser(struct parse_ahead *ahead, struct parser *parser,
			enum text_shape shape, unsigned int number)
{
	parser->reader.shape = shape;
	parser->reader.memo = line_memo_create(number);
	parser->nr_free = BATCHES;
	for (size_t i = 0; i < BATCHES; i++) {
		parser->batches[i].parser = parser;
		parser->batches[i].text =
			ahead->texts + (number * BATCHES + i) * TEXT_BYTES;
	}
	return parser->reader.memo != NULL;
}

struct parse_ahead *parse_ahead_start(struct lines *lines,
				      enum text_shape shape)
{
	struct parse_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	ahead->lines = lines;
	ahead->in_order = shape == TEXT_BABELTRACE;
	ahead->any_place =
		lines_any_place(lines, &ahead->file.base, &ahead->file.end);
	ahead->file.fd = lines_fd(lines);
	ahead->texts = huge_alloc(RING * TEXT_BYTES);
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->to_do, NULL);
	pthread_cond_init(&ahead->done, NULL);
	if (ahead->texts && init_parser(ahead, &ahead->by_thread, shape, 0) &&
	    init_parser(ahead, &ahead->by_caller, shape, 1) &&
	    thread_start(&ahead->thread, run, ahead))
		return ahead;
	release(ahead);
	return NULL;
}

static bool is_ready(const struct parse_ahead *ahead)
{
	return ahead->nr_taken < ahead->nr_claimed &&
	       ahead->ring[ahead->nr_taken % RING]->ready;
}

/*
 * Does the caller make a batch itself? Not if it had to wait for input while
 * there may be an error in a batch that is almost ready.
 */
static bool helps(const struct parse_ahead *ahead)
{
	return !ahead->in_order && may_claim(ahead, &ahead->by_caller) &&
	       (ahead->nr_taken == ahead->nr_claimed ||
		!lines_would_wait(ahead->lines));
}

/* Make the next batch the current one. */
static void take_batch(struct parse_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	while (!is_ready(ahead)) {
		if (helps(ahead))
			make_batch(ahead, &ahead->by_caller);
		else
			pthread_cond_wait(&ahead->done, &ahead->lock);
	}
	ahead->current = ahead->ring[ahead->nr_taken++ % RING];
	pthread_mutex_unlock(&ahead->lock);
	ahead->next_line = 0;
}

static void give_back(struct parse_ahead *ahead)
{
	struct batch *batch = ahead->current;
	struct parser *parser = batch->parser;

	pthread_mutex_lock(&ahead->lock);
	batch->used = false;
	/* to wake the thread takes long: not for every batch */
	if (++parser->nr_free > BATCHES / 2)
		pthread_cond_signal(&ahead->to_do);
	pthread_mutex_unlock(&ahead->lock);
	ahead->current = NULL;
}

static size_t get_lines(struct parse_ahead *ahead, struct line *lines,
			struct ftrace_line *parsed, size_t most)
{
	size_t nr = parsed_lines_get(&ahead->current->lines, ahead->next_line,
				     lines, parsed, most);

	ahead->next_line += nr;
	for (size_t i = 0; i < nr; i++)
		lines[i].number = ++ahead->nr_lines;
	return nr;
}

int parse_ahead_next(struct parse_ahead *ahead, struct line *lines,
		     struct ftrace_line *parsed, size_t most, size_t *nr,
		     struct trace_error *error)
{
	for (;;) {
		if (!ahead->current)
			take_batch(ahead);
		*nr = get_lines(ahead, lines, parsed, most);
		if (*nr)
			return 1;
		if (ahead->current->code <= 0) {
			if (ahead->current->code < 0)
				*error = ahead->current->error;
			return ahead->current->code;
		}
		give_back(ahead);
	}
}

uint64_t parse_ahead_done_bytes(const struct parse_ahead *ahead)
{
	return ahead->current ? ahead->current->done_bytes : 0;
}

void parse_ahead_stop(struct parse_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->to_do);
	pthread_mutex_unlock(&ahead->lock);
	/* nothing but reading can be cancelled */
	pthread_cancel(ahead->thread);
	pthread_join(ahead->thread, NULL);
	release(ahead);
}
