/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A short queue: the block the thread is at, and the one it goes on with while
 * its owner makes the next.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/encode_ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "traces/slt_block.h"
#include "traces/slt_pack.h"
#include "traces/thread.h"

#define QUEUE 2

struct encode_ahead {
	pthread_t thread;
	pthread_mutex_t lock; /* of all below, and of what is done */
	pthread_cond_t changed;
	bool stop;
	struct encode_job *queue[QUEUE]; /* the first is being encoded */
	size_t nr;
	/* the thread's */
	struct slt_packer *packer;
	struct slt_encoder *encoder;
};

static void encode(struct encode_ahead *ahead, struct encode_job *job)
{
	size_t bytes;

	pthread_mutex_unlock(&ahead->lock);
	bytes = slt_encode(ahead->encoder, job->events, job->nr, job->out);
	pthread_mutex_lock(&ahead->lock);
	job->bytes = bytes;
	job->done = true;
	ahead->nr--;
	for (size_t i = 0; i < ahead->nr; i++)
		ahead->queue[i] = ahead->queue[i + 1];
	pthread_cond_signal(&ahead->changed);
}

static void *run(void *arg)
{
	struct encode_ahead *ahead = arg;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->stop) {
		if (ahead->nr)
			encode(ahead, ahead->queue[0]);
		else
			pthread_cond_wait(&ahead->changed, &ahead->lock);
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
	    thread_start(&ahead->thread, run, ahead))
		return ahead;
	release(ahead);
	return NULL;
}

bool encode_ahead_give(struct encode_ahead *ahead, struct encode_job *job)
{
	bool room;

	pthread_mutex_lock(&ahead->lock);
	room = ahead->nr < QUEUE;
	if (room) {
		job->done = false;
		ahead->queue[ahead->nr++] = job;
		pthread_cond_signal(&ahead->changed);
	}
	pthread_mutex_unlock(&ahead->lock);
	return room;
}

void encode_ahead_wait(struct encode_ahead *ahead, struct encode_job *job)
{
	pthread_mutex_lock(&ahead->lock);
	while (!job->done)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	pthread_mutex_unlock(&ahead->lock);
}

void encode_ahead_stop(struct encode_ahead *ahead)
{
	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	release(ahead);
}
