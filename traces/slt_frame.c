/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame of a .slt file: checksums, and the index, which has an entry for
 * each block, as differences to the block before it.
 */
#include "traces/slt_format.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

bool slt_index_add(struct slt_index *index, const struct slt_place *place)
{
	if (!array_reach(&index->places, &index->room, index->nr,
			 sizeof(*index->places)))
		return false;
	index->places[index->nr++] = *place;
	index->nr_events += place->nr_events;
	return true;
}

void slt_index_release(struct slt_index *index)
{
	free(index->places);
	memset(index, 0, sizeof(*index));
}

void slt_index_encode(const struct slt_index *index, struct bytes *out)
{
	struct slt_place before = { 0 };

	bytes_put_varint(out, index->nr);
	for (uint64_t i = 0; i < index->nr; i++) {
		const struct slt_place *place = &index->places[i];

		bytes_put_varint(out, place->offset - before.offset);
		bytes_put_varint(out, place->first_ns - before.first_ns);
		bytes_put_varint(out, place->nr_events);
		before = *place;
	}
}

static bool decode_place(struct byte_reader *in, struct slt_index *index,
			 struct slt_place *place)
{
	uint64_t left = UINT64_MAX - place->offset;

	place->offset += byte_reader_varint(in, left);
	place->first_ns +=
		byte_reader_varint(in, SLT_MAX_TIME_NS - place->first_ns);
	place->first_event = index->nr_events;
	place->nr_events = (uint32_t)byte_reader_varint(in, SLT_BLOCK_EVENTS);
	return !in->failed && place->nr_events && slt_index_add(index, place);
}

bool slt_index_decode(struct byte_reader *in, struct slt_index *index)
{
	/* a block takes three bytes at least */
	uint64_t nr = byte_reader_varint(in, (uint64_t)(in->end - in->p) / 3);
	struct slt_place place = { 0 };

	for (uint64_t i = 0; i < nr && !in->failed; i++) {
		if (!decode_place(in, index, &place))
			return false;
	}
	return !in->failed && in->p == in->end;
}

/* --- checksums: of all but the four bytes that hold them --- */

uint32_t slt_prologue_crc(const uint8_t *prologue)
{
	return lzma_crc32(prologue, SLT_PROLOGUE_BYTES - 4, 0);
}

uint32_t slt_section_crc(const uint8_t *section, size_t stored_bytes)
{
	uint32_t crc = lzma_crc32(section, 8, 0);

	return lzma_crc32(section + SLT_SECTION_HEAD_BYTES, stored_bytes, crc);
}

uint32_t slt_block_crc(const uint8_t *block, size_t payload_bytes)
{
	uint32_t crc = lzma_crc32(block, 12, 0);

	crc = lzma_crc32(block + 16, SLT_BLOCK_HEAD_BYTES - 16, crc);
	return lzma_crc32(block + SLT_BLOCK_HEAD_BYTES, payload_bytes, crc);
}
