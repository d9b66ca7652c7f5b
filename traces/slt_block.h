/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of one block, to bytes and back. What events have in common
 * (operation, cache, size, flags, node, call site: some hundred combinations
 * in a block) is a shape, written out where it first occurs and a small
 * number after that; so an event takes some seven bytes and decodes as one
 * copy and a few additions.
 */
#ifndef TRACES_SLT_BLOCK_H
#define TRACES_SLT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/slt_format.h"

struct slt_encoder;

/* Return: owned; NULL: out of memory. */
struct slt_encoder *slt_encoder_create(void);
void slt_encoder_destroy(struct slt_encoder *encoder);
/*
 * slt_encode - @nr (1..SLT_BLOCK_EVENTS) events, in time order, to @out
 * @out: SLT_BLOCK_HEAD_BYTES + SLT_PAYLOAD_MAX_BYTES of room.
 * Return: bytes of the block with its head.
 */
size_t slt_encode(struct slt_encoder *encoder, const struct event *events,
		  size_t nr, uint8_t *out);

struct slt_decoder;

/* @header: borrowed; what numbers in events are held against. */
struct slt_decoder *slt_decoder_create(const struct trace_header *header);
void slt_decoder_destroy(struct slt_decoder *decoder);
/*
 * slt_decode - the events of a block whose head has been checked
 * @payload: @bytes of it, and SLT_PADDING_BYTES of anything behind them.
 * @last_ns: time of the event before; set to that of the last.
 * Return: false when the payload does not decode to exactly @nr events that
 * make sense.
 */
bool slt_decode(struct slt_decoder *decoder, const uint8_t *payload,
		size_t bytes, struct event *events, size_t nr,
		uint64_t *last_ns);

#endif
