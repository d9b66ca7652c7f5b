/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of a .slt file, version 1, shared by its writer and its reader;
 * docs/TRACES.md describes it byte by byte. To change anything here is to
 * make a new version.
 *
 *	prologue   magic, version, where the header is, CRC
 *	blocks     of up to SLT_BLOCK_EVENTS events, each with length and CRC
 *	header     counts, provenance, dictionaries, cache definitions, CRC
 *	end mark
 *
 * The header comes last because it is known last; the prologue, written at
 * the very end, points to it.
 */
#ifndef TRACES_SLT_FORMAT_H
#define TRACES_SLT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/bytes.h"
#include "traces/slt.h"

#define SLT_VERSION 1
#define SLT_MAGIC "\x89SLT\r\n\x1a\n"
#define SLT_MAGIC_BYTES 8
#define SLT_END "SLT end\n"
#define SLT_END_BYTES 8
/* magic, u32 version, u64 header offset, u64 header bytes, u32 CRC */
#define SLT_PROLOGUE_BYTES 32
/* u32 events, u32 payload bytes, u32 CRC of both and the payload */
#define SLT_BLOCK_HEAD_BYTES 12
#define SLT_BLOCK_EVENTS 4096
/* shape, time, CPU and slot, a byte each */
#define SLT_EVENT_MIN_BYTES 4
/* No event takes more; the sum of the fields' longest forms. */
#define SLT_EVENT_MAX_BYTES 64
#define SLT_PAYLOAD_MAX_BYTES (SLT_BLOCK_EVENTS * SLT_EVENT_MAX_BYTES)
/* Readable bytes behind a payload; more than decoding one event can read. */
#define SLT_PADDING_BYTES 128

#define SLT_MAX_CPUS 65536
#define SLT_MAX_TIME_NS INT64_MAX
#define SLT_MAX_STRING_BYTES 65535

/* The header to bytes (without its CRC), and back. */
void slt_header_encode(const struct trace_header *header, uint64_t nr_blocks,
		       struct bytes *out);
/*
 * Return: false when the bytes are no header, or memory ran out; whatever was
 * made of it is in @header, to be released in either case.
 */
bool slt_header_decode(struct byte_reader *in, struct trace_header *header,
		       uint64_t *nr_blocks);

#endif
