/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second thread that encodes blocks of events while their owner makes and
 * encodes others. Blocks stand alone, so it does not matter who encodes which.
 */
#ifndef TRACES_ENCODE_AHEAD_H
#define TRACES_ENCODE_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

/* A block to encode, as slt_encode does; @bytes is what that returned. */
struct encode_job {
	const struct event *events;
	size_t nr;
	uint8_t *out;
	size_t bytes;
	bool done;
};

struct encode_ahead;

/* Return: owned, or NULL: no memory or no thread. */
struct encode_ahead *encode_ahead_start(void);
/*
 * encode_ahead_give - have a block encoded
 * The job and both arrays are the thread's until encode_ahead_wait. Return:
 * false when the thread has enough to do already; then it did not take it.
 */
bool encode_ahead_give(struct encode_ahead *ahead, struct encode_job *job);
/* Wait until a job that was given is done. */
void encode_ahead_wait(struct encode_ahead *ahead, struct encode_job *job);
/* Ends the thread, after the block that it is at. @ahead may be NULL. */
void encode_ahead_stop(struct encode_ahead *ahead);

#endif
