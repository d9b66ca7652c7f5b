/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Batches of lines in a ring. The thread reads, and parses what it has read
 * when it is far enough ahead; the caller parses a batch itself when it comes
 * to one that is not parsed yet, so both are busy whichever half of the work
 * is the larger one. Shapes that remember something from line to line are
 * parsed by the thread alone, in order.
 *
 * Under the lock are the states of batches and the counters; what is in a
 * batch belongs to whoever put it in its state.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/parse_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "traces/line_memo.h"

#define BATCHES 16
#define BATCH_LINES 256
#define BATCH_TEXT_BYTES 65536
/* Unparsed batches the thread keeps ahead; with more, it parses. */
#define RAW_AHEAD 4
#define LATER_LINES 8 /* of parse_ahead_later */

enum state { EMPTY, READING, RAW, PARSING, PARSED };

struct batch {
	enum state state;
	size_t nr;
	struct line lines[BATCH_LINES];
	struct ftrace_line parsed[BATCH_LINES];
	/* the longest line fits behind any others */
	char text[BATCH_TEXT_BYTES + LINE_MAX_BYTES];
	char tasks[BATCH_LINES][TEXT_TASK_MAX]; /* of the reader's memory */
	int code; /* what came after its lines: 1, or the end */
	uint64_t done_bytes;
	struct trace_error error;
};

struct parse_ahead {
	struct lines *lines;
	struct text_reader reader, caller; /* the thread's, the caller's */
	bool in_order;                     /* only the thread may parse */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop, ended;
	uint64_t nr_read, nr_taken; /* batches; the ring is between them */
	uint64_t next_parse;        /* by the thread */
	size_t next_line;           /* of the batch that is handed out */
	struct batch *batches;
};

static struct batch *batch_at(struct parse_ahead *ahead, uint64_t number)
{
	return &ahead->batches[number % BATCHES];
}

static void set_state(struct parse_ahead *ahead, struct batch *batch,
		      enum state state)
{
	pthread_mutex_lock(&ahead->lock);
	batch->state = state;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

/* --- what there is to do --- */

static void read_batch(struct parse_ahead *ahead, struct batch *batch)
{
	size_t used = 0;
	int before;

	batch->nr = 0;
	batch->code = 1;
	/* it may wait for input that never comes: see parse_ahead_stop */
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
	while (batch->nr < BATCH_LINES && used < BATCH_TEXT_BYTES) {
		struct line *line = &batch->lines[batch->nr];

		batch->code = lines_next(ahead->lines, line, &batch->error);
		if (batch->code <= 0)
			break;
		memcpy(batch->text + used, line->text, line->bytes);
		line->text = batch->text + used;
		used += line->bytes;
		batch->nr++;
	}
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	batch->done_bytes = lines_done_bytes(ahead->lines);
}

/* A task in the reader's memory is gone with the next line. */
static void keep_task(const struct text_reader *reader, char *copy,
		      struct ftrace_text *task)
{
	if (task->text != reader->task)
		return;
	memcpy(copy, task->text, task->bytes);
	task->text = copy;
}

static void parse_batch(struct text_reader *reader, struct batch *batch)
{
	for (size_t i = 0; i < batch->nr; i++) {
		text_parse(reader, batch->lines[i].text, batch->lines[i].bytes,
			   &batch->parsed[i]);
		if (batch->lines[i].cut)
			batch->parsed[i].kind = FTRACE_UNPARSED;
		keep_task(reader, batch->tasks[i], &batch->parsed[i].task);
	}
}

/* --- the thread --- */

/* Claim work, or wait for some. Return: NULL when there will be none. */
static struct batch *next_work(struct parse_ahead *ahead)
{
	struct batch *batch = NULL;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->stop && !batch) {
		/* what the caller has parsed in the meantime */
		while (ahead->next_parse < ahead->nr_read &&
		       (ahead->next_parse < ahead->nr_taken ||
			batch_at(ahead, ahead->next_parse)->state != RAW))
			ahead->next_parse++;
		if (!ahead->ended &&
		    ahead->nr_read - ahead->nr_taken < BATCHES &&
		    ahead->nr_read - ahead->next_parse < RAW_AHEAD) {
			batch = batch_at(ahead, ahead->nr_read);
			batch->state = READING;
		} else if (ahead->next_parse < ahead->nr_read) {
			batch = batch_at(ahead, ahead->next_parse++);
			batch->state = PARSING;
		} else if (ahead->ended) {
			break;
		} else {
			pthread_cond_wait(&ahead->changed, &ahead->lock);
		}
	}
	if (ahead->stop)
		batch = NULL;
	pthread_mutex_unlock(&ahead->lock);
	return batch;
}

static void finish_reading(struct parse_ahead *ahead, struct batch *batch)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->nr_read++;
	ahead->ended = batch->code <= 0;
	batch->state = RAW;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

static void *run(void *arg)
{
	struct parse_ahead *ahead = arg;
	struct batch *batch;
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	while ((batch = next_work(ahead))) {
		if (batch->state == READING) {
			read_batch(ahead, batch);
			finish_reading(ahead, batch);
		} else {
			parse_batch(&ahead->reader, batch);
			set_state(ahead, batch, PARSED);
		}
	}
	return NULL;
}

/* --- the caller --- */

static void release(struct parse_ahead *ahead)
{
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	line_memo_destroy(ahead->reader.memo);
	line_memo_destroy(ahead->caller.memo);
	free(ahead->batches);
	free(ahead);
}

struct parse_ahead *parse_ahead_start(struct lines *lines,
				      enum text_shape shape)
{
	struct parse_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	ahead->lines = lines;
	ahead->reader.shape = shape;
	ahead->caller.shape = shape;
	ahead->reader.memo = line_memo_create(0);
	ahead->caller.memo = line_memo_create(1);
	ahead->in_order = shape != TEXT_FTRACE;
	ahead->batches = calloc(BATCHES, sizeof(*ahead->batches));
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (ahead->batches &&
	    pthread_create(&ahead->thread, NULL, run, ahead) == 0)
		return ahead;
	release(ahead);
	return NULL;
}

/* Wait a tenth of a second at most. */
static void wait_a_while(struct parse_ahead *ahead)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 100000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&ahead->changed, &ahead->lock, &until);
}

static bool is_raw(struct parse_ahead *ahead, const struct batch *batch)
{
	return batch->state == RAW && !ahead->in_order;
}

/* The batch to hand out, parsed; NULL: none came for a while. */
static struct batch *parsed_batch(struct parse_ahead *ahead)
{
	struct batch *batch = batch_at(ahead, ahead->nr_taken);
	bool own;

	pthread_mutex_lock(&ahead->lock);
	if (batch->state != PARSED && !is_raw(ahead, batch))
		wait_a_while(ahead);
	own = is_raw(ahead, batch);
	if (own)
		batch->state = PARSING;
	else if (batch->state != PARSED)
		batch = NULL;
	pthread_mutex_unlock(&ahead->lock);
	if (own) {
		parse_batch(&ahead->caller, batch);
		set_state(ahead, batch, PARSED);
	}
	return batch;
}

static void give_back(struct parse_ahead *ahead, struct batch *batch)
{
	pthread_mutex_lock(&ahead->lock);
	batch->state = EMPTY;
	ahead->nr_taken++;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	ahead->next_line = 0;
}

int parse_ahead_next(struct parse_ahead *ahead, struct line *line,
		     const struct ftrace_line **parsed,
		     struct trace_error *error)
{
	for (;;) {
		struct batch *batch = batch_at(ahead, ahead->nr_taken);

		/* in the middle of a batch, it is ours and no lock is needed */
		if (!ahead->next_line)
			batch = parsed_batch(ahead);
		if (!batch)
			return -EAGAIN;
		if (ahead->next_line < batch->nr) {
			*line = batch->lines[ahead->next_line];
			*parsed = &batch->parsed[ahead->next_line++];
			return 1;
		}
		if (batch->code <= 0) {
			if (batch->code < 0)
				*error = batch->error;
			return batch->code;
		}
		give_back(ahead, batch);
	}
}

const struct ftrace_line *parse_ahead_later(const struct parse_ahead *ahead)
{
	const struct batch *batch = &ahead->batches[ahead->nr_taken % BATCHES];
	size_t later = ahead->next_line + LATER_LINES;

	/* in the middle of a batch only: before, it may not be ours */
	return ahead->next_line && later < batch->nr ? &batch->parsed[later] :
						       NULL;
}

uint64_t parse_ahead_done_bytes(struct parse_ahead *ahead)
{
	return batch_at(ahead, ahead->nr_taken)->done_bytes;
}

void parse_ahead_stop(struct parse_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	/* nothing but reading can be cancelled */
	pthread_cancel(ahead->thread);
	pthread_join(ahead->thread, NULL);
	release(ahead);
}
