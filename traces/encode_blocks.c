/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both threads do the same: read the events of the next block into memory of
 * their own, encode them, and write what is done. Only encoding is without
 * the lock; it takes six times as long as all else. Who has finished a block
 * before the one in front of it leaves it in its slot, and goes on.
 *
 * Events are read by who encodes them because to pass them on costs more: of
 * two processors that share no cache, one waits long for what the other wrote
 * or read last.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/encode_blocks.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "traces/error.h"
#include "traces/huge.h"
#include "traces/slt_block.h"
#include "traces/slt_format.h"
#include "traces/slt_pack.h"
#include "traces/thread.h"

#define EVENTS_BYTES (SLT_BLOCK_EVENTS * sizeof(struct event))
/* Blocks that are encoded or wait for one before them. */
#define SLOTS 4
/* To be woken costs more than the other holds the lock for: 0.2 ms at most. */
#define SPINS 20000

/* What a thread has for itself. */
struct hand {
	struct event *events;
	struct slt_packer *packer;
	struct slt_encoder *encoder;
};

struct slot {
	struct encoded_block block;
	bool done;
};

struct crew {
	const struct encode_ends *ends;
	struct trace_error *error;
	pthread_mutex_t lock; /* of all below, of reading and of writing */
	pthread_cond_t changed;
	struct slot slots[SLOTS]; /* a ring */
	uint64_t nr_read, nr_written;
	bool ended;
	int code;
	struct hand hands[2]; /* of the caller, of the second thread */
};

static void take_lock(struct crew *crew)
{
	for (int i = 0; i < SPINS; i++) {
		if (pthread_mutex_trylock(&crew->lock) == 0)
			return;
	}
	pthread_mutex_lock(&crew->lock);
}

/* The events of a block; fewer are the last ones, or there was an error. */
static size_t read_events(struct crew *crew, struct event *events)
{
	const struct encode_ends *ends = crew->ends;
	size_t nr = 0;
	int n = 1;

	while (nr < SLT_BLOCK_EVENTS && n > 0) {
		n = ends->read(ends->arg, events + nr, SLT_BLOCK_EVENTS - nr,
			       crew->error);
		if (n > 0)
			nr += (size_t)n;
	}
	crew->ended = n <= 0;
	crew->code = n < 0 ? n : 0;
	return crew->code ? 0 : nr;
}

static void write_blocks(struct crew *crew)
{
	while (!crew->code && crew->nr_written < crew->nr_read) {
		struct slot *slot = &crew->slots[crew->nr_written % SLOTS];

		if (!slot->done)
			return;
		crew->code = crew->ends->write(crew->ends->arg, &slot->block,
					       crew->error);
		crew->nr_written++;
	}
}

/* The lock is held where this begins and ends. */
static void make_block(struct crew *crew, struct hand *hand)
{
	struct slot *slot = &crew->slots[crew->nr_read % SLOTS];
	struct encoded_block *block = &slot->block;

	block->nr = read_events(crew, hand->events);
	if (!block->nr)
		return;
	block->first_ns = hand->events[0].time_ns;
	slot->done = false;
	crew->nr_read++;
	pthread_mutex_unlock(&crew->lock);
	block->payload_bytes = slt_encode(hand->encoder, hand->events,
					  block->nr,
					  block->bytes + SLT_BLOCK_HEAD_BYTES);
	take_lock(crew);
	slot->done = true;
	write_blocks(crew);
	pthread_cond_signal(&crew->changed);
}

static void work(struct crew *crew, struct hand *hand)
{
	take_lock(crew);
	while (!crew->code && !crew->ended) {
		if (crew->nr_read - crew->nr_written == SLOTS)
			pthread_cond_wait(&crew->changed, &crew->lock);
		else
			make_block(crew, hand);
	}
	/* the other may wait for a slot that is not needed any more */
	pthread_cond_signal(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

static void *run(void *arg)
{
	struct crew *crew = arg;

	work(crew, &crew->hands[1]);
	return NULL;
}

static bool make_hand(struct hand *hand)
{
	hand->events = huge_alloc(EVENTS_BYTES);
	hand->packer = slt_packer_create();
	hand->encoder = slt_encoder_create(hand->packer);
	return hand->events && hand->packer && hand->encoder;
}

static void release_hand(struct hand *hand)
{
	huge_free(hand->events, EVENTS_BYTES);
	slt_encoder_destroy(hand->encoder);
	slt_packer_destroy(hand->packer);
}

/* Of what little is used of it, pages are taken when they are written to. */
static bool make_slots(struct crew *crew)
{
	for (size_t i = 0; i < SLOTS; i++) {
		crew->slots[i].block.bytes =
			malloc(SLT_BLOCK_HEAD_BYTES + SLT_PAYLOAD_MAX_BYTES);
		if (!crew->slots[i].block.bytes)
			return false;
	}
	return true;
}

static void work_with(struct crew *crew, unsigned int jobs)
{
	pthread_t thread;
	bool second = jobs > 1 && make_hand(&crew->hands[1]) &&
		      thread_start(&thread, run, crew);

	work(crew, &crew->hands[0]);
	if (second)
		pthread_join(thread, NULL);
}

int encode_blocks(const struct encode_ends *ends, unsigned int jobs,
		  struct trace_error *error)
{
	struct crew crew = { .ends = ends, .error = error };

	pthread_mutex_init(&crew.lock, NULL);
	pthread_cond_init(&crew.changed, NULL);
	if (make_hand(&crew.hands[0]) && make_slots(&crew))
		work_with(&crew, jobs);
	else
		crew.code = trace_fail(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < SLOTS; i++)
		free(crew.slots[i].block.bytes);
	release_hand(&crew.hands[0]);
	release_hand(&crew.hands[1]);
	pthread_cond_destroy(&crew.changed);
	pthread_mutex_destroy(&crew.lock);
	return crew.code;
}
