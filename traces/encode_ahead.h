/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second thread that encodes a block of events while its owner encodes
 * another. Blocks stand alone, so it does not matter who encodes which.
 */
#ifndef TRACES_ENCODE_AHEAD_H
#define TRACES_ENCODE_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

struct encode_ahead;

/* Return: owned, or NULL: no memory or no thread. */
struct encode_ahead *encode_ahead_start(void);
/*
 * encode_ahead_give - have a block encoded, as slt_encode does
 * Both arrays are the thread's until encode_ahead_take, which is to be called
 * before the next block is given.
 */
void encode_ahead_give(struct encode_ahead *ahead, const struct event *events,
		       size_t nr, uint8_t *out);
/* Wait for the block. Return: as slt_encode. */
size_t encode_ahead_take(struct encode_ahead *ahead);
/* Ends the thread, after the block that it has. @ahead may be NULL. */
void encode_ahead_stop(struct encode_ahead *ahead);

#endif
