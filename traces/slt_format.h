/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of a .slt file, versions 2 to 4, shared by its writer and its
 * reader; docs/slt.5 describes it byte by byte. To change anything here is to
 * make a new version.
 *
 *	prologue   magic, version, where all else is, CRC
 *	header     counts, provenance, dictionaries, cache definitions (section)
 *	blocks     of up to SLT_BLOCK_EVENTS events, each with its own CRC
 *	index      where each block is, its events and first time (section)
 *	end mark
 *
 * A writer that knows the header only at the end puts it before the index.
 * The prologue is written last of all. A section is u32 bytes as they are,
 * u32 bytes as stored (the same: stored plain; fewer: a zstd frame), u32 CRC
 * of those eight bytes and the stored ones, the stored bytes.
 */
#ifndef TRACES_SLT_FORMAT_H
#define TRACES_SLT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/bytes.h"
#include "traces/slt.h"

/*
 * Version 3 is version 2 with events of pages and two counts of them; version 4
 * is version 3 with places where events were lost. The lowest that has all
 * there is to say is written: of others the bytes are those of before, and
 * older readers can read them.
 */
#define SLT_VERSION_LOSSES 4
#define SLT_VERSION_PAGES 3
#define SLT_VERSION_OLDEST 2
#define SLT_MAGIC "\x89SLT\r\n\x1a\n"
#define SLT_MAGIC_BYTES 8
#define SLT_END "SLT end\n"
#define SLT_END_BYTES 8
/*
 * magic, u32 version, u32 zero, then u64 each: header offset, header bytes,
 * index offset, index bytes, bytes of the file, events; u32 zero, u32 CRC
 */
#define SLT_PROLOGUE_BYTES 72
#define SLT_SECTION_HEAD_BYTES 12
#define SLT_SECTION_MAX_BYTES (1u << 30)

#define SLT_BLOCK_MAGIC "SLTb"
/*
 * magic, u32 events, u32 payload bytes, u32 CRC of the head's other bytes and
 * the payload, u64 number of the first event, u64 its time in ns
 */
#define SLT_BLOCK_HEAD_BYTES 32
#define SLT_BLOCK_EVENTS 32768
/* No column has more than this many bytes an event; see slt_block.h. */
#define SLT_COLUMN_EVENT_BYTES 40
#define SLT_NR_COLUMNS 12
#define SLT_COLUMN_HEAD_BYTES 8 /* u32 bytes as they are, u32 as stored */
#define SLT_BLOCK_MIN_BYTES \
	(SLT_BLOCK_HEAD_BYTES + SLT_NR_COLUMNS * SLT_COLUMN_HEAD_BYTES)
#define SLT_PAYLOAD_MAX_BYTES                      \
	(SLT_NR_COLUMNS * (SLT_COLUMN_HEAD_BYTES + \
			   (size_t)SLT_BLOCK_EVENTS * SLT_COLUMN_EVENT_BYTES))

/*
 * Fixed: the same events give the same bytes, with the same zstd library
 * (another version may compress differently, and reads it all the same).
 */
#define SLT_ZSTD_LEVEL 1

#define SLT_MAX_CPUS 65536
#define SLT_MAX_CACHES (1u << 26)
#define SLT_MAX_TIME_NS INT64_MAX
#define SLT_MAX_STRING_BYTES 65535

/* The version that a file with this header is of. */
uint32_t slt_header_version(const struct trace_header *header);
/* The header to bytes, and back. */
void slt_header_encode(const struct trace_header *header, struct bytes *out);
/*
 * @version: of the file.
 * Return: false when the bytes are no header, or memory ran out; whatever was
 * made of it is in @header, to be released in either case.
 */
bool slt_header_decode(struct byte_reader *in, uint32_t version,
		       struct trace_header *header);

/* Of a prologue; a section and a block with their heads. */
uint32_t slt_prologue_crc(const uint8_t *prologue);
uint32_t slt_section_crc(const uint8_t *section, size_t stored_bytes);
uint32_t slt_block_crc(const uint8_t *block, size_t payload_bytes);

/* A block, as the index knows it. */
struct slt_place {
	uint64_t offset;      /* of its head in the file */
	uint64_t first_event; /* its number */
	uint64_t first_ns;    /* its time */
	uint32_t nr_events;
};

struct slt_index {
	struct slt_place *places; /* owned */
	uint32_t nr, room;
	uint64_t nr_events; /* in all of them */
};

/* Return: false when out of memory. */
bool slt_index_add(struct slt_index *index, const struct slt_place *place);
void slt_index_release(struct slt_index *index);
void slt_index_encode(const struct slt_index *index, struct bytes *out);
/* Return: false when the bytes are no index, or memory ran out. */
bool slt_index_decode(struct byte_reader *in, struct slt_index *index);

#endif
