/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of one block, to columns of bytes and back. Blocks stand alone:
 * each can be decoded without the others.
 *
 * What events have in common (operation, cache, size, flags, node, call site:
 * some hundred combinations in a block) is a shape, written out once in the
 * block's table, the most frequent first; so an event is a byte for its shape,
 * one for the time since the event before, one for the CPU, and its slot.
 *
 * Slots are told by what the block did before. An allocation mostly gets the
 * slot that was freed last (that is how slots are given out): one byte says
 * whether. A free says how many allocations of its cache ago its object was
 * allocated. Otherwise the slot is written as the difference to the one
 * written before.
 *
 * Events of pages have the page frame's number where others have a slot: the
 * difference to that of the page before, in the same column.
 *
 * A number that does not fit its byte is SLT_WIDE there, and the rest is a
 * varint in a column beside.
 */
#ifndef TRACES_SLT_BLOCK_H
#define TRACES_SLT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/slt_format.h"

enum slt_column {
	SLT_SHAPES,     /* head of the block, and the table of shapes */
	SLT_SHAPE,      /* a byte an event: number of its shape, or WIDE */
	SLT_SHAPE_WIDE, /* varint: number - 255 */
	SLT_TIME,       /* a byte an event: units since the one before */
	SLT_TIME_WIDE,  /* varint: units - 255 */
	SLT_CPU,        /* a byte an event */
	SLT_CPU_WIDE,   /* varint: CPU - 255 */
	SLT_TASK,       /* changes of a CPU's task; see slt_encode.c */
	SLT_ALLOC,      /* a byte an allocation: 1: the slot freed last */
	SLT_FREE,       /* a byte a free: allocations ago, or 0 */
	SLT_FREE_WIDE,  /* varint: allocations ago - 255 */
	SLT_FAR, /* zigzag varint: slot - the one written before; pages */
};

#define SLT_WIDE 255

struct slt_encoder;
struct slt_packer;

/* @packer: borrowed. Return: owned; NULL: out of memory. */
struct slt_encoder *slt_encoder_create(struct slt_packer *packer);
void slt_encoder_destroy(struct slt_encoder *encoder);
/*
 * slt_encode - @nr (1..SLT_BLOCK_EVENTS) events, in time order, to @out
 * @out: SLT_PAYLOAD_MAX_BYTES of room.
 * Return: bytes of the payload; 0: out of memory.
 */
size_t slt_encode(struct slt_encoder *encoder, const struct event *events,
		  size_t nr, uint8_t *out);

struct slt_decoder;

/* @header: borrowed; what numbers in events are held against. */
struct slt_decoder *slt_decoder_create(const struct trace_header *header);
void slt_decoder_destroy(struct slt_decoder *decoder);
/*
 * slt_decoder_start - a block whose CRC has been checked
 * @payload: @bytes of it; not needed any more after the call.
 * Return: false when it is no block of @nr events. The decoder trusts
 * nothing: a CRC proves that bytes are as written, not who wrote them.
 */
bool slt_decoder_start(struct slt_decoder *decoder, const uint8_t *payload,
		       size_t bytes, size_t nr, uint64_t first_ns);
/*
 * slt_decode - the next @nr events of the block
 * @nr: no more than are left. Return: false when they make no sense, or (with
 * the last of them) the block says more than its events.
 */
bool slt_decode(struct slt_decoder *decoder, struct event *events, size_t nr);

#endif
