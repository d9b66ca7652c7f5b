/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One block at a time: under the lock is whose it is.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/encode_ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "traces/slt_block.h"
#include "traces/slt_pack.h"

enum turn { OWNERS, THREADS, END };

struct encode_ahead {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum turn turn;
	struct slt_packer *packer;
	struct slt_encoder *encoder;
	/* the block; @bytes is what became of it */
	const struct event *events;
	size_t nr, bytes;
	uint8_t *out;
};

static void *run(void *arg)
{
	struct encode_ahead *ahead = arg;

	pthread_mutex_lock(&ahead->lock);
	for (;;) {
		while (ahead->turn == OWNERS)
			pthread_cond_wait(&ahead->changed, &ahead->lock);
		if (ahead->turn == END)
			break;
		pthread_mutex_unlock(&ahead->lock);
		ahead->bytes = slt_encode(ahead->encoder, ahead->events,
					  ahead->nr, ahead->out);
		pthread_mutex_lock(&ahead->lock);
		ahead->turn = OWNERS;
		pthread_cond_signal(&ahead->changed);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

static void release(struct encode_ahead *ahead)
{
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	slt_encoder_destroy(ahead->encoder);
	slt_packer_destroy(ahead->packer);
	free(ahead);
}

struct encode_ahead *encode_ahead_start(void)
{
	struct encode_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	ahead->packer = slt_packer_create();
	ahead->encoder = slt_encoder_create(ahead->packer);
	if (ahead->packer && ahead->encoder &&
	    pthread_create(&ahead->thread, NULL, run, ahead) == 0)
		return ahead;
	release(ahead);
	return NULL;
}

static void set_turn(struct encode_ahead *ahead, enum turn turn)
{
	pthread_mutex_lock(&ahead->lock);
	while (ahead->turn == THREADS)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	ahead->turn = turn;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

void encode_ahead_give(struct encode_ahead *ahead, const struct event *events,
		       size_t nr, uint8_t *out)
{
	ahead->events = events;
	ahead->nr = nr;
	ahead->out = out;
	set_turn(ahead, THREADS);
}

size_t encode_ahead_take(struct encode_ahead *ahead)
{
	set_turn(ahead, OWNERS);
	return ahead->bytes;
}

void encode_ahead_stop(struct encode_ahead *ahead)
{
	if (!ahead)
		return;
	set_turn(ahead, END);
	pthread_join(ahead->thread, NULL);
	release(ahead);
}
