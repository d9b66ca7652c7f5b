/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the events of a .slt file, from the beginning or from anywhere. A
 * block is read and checked as a whole, then decoded as its events are asked
 * for, right into the caller's array.
 */
#include "traces/slt_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/error.h"

/* --- blocks --- */

static int corrupt_block(const struct slt_reader *reader, uint64_t block,
			 const char *what, struct trace_error *error)
{
	const struct slt_place *place = &reader->index.places[block];

	return trace_fail(error, -EBADMSG,
			  "%s: corrupt .slt file: block %llu of %llu (events "
			  "%llu to %llu): %s",
			  reader->path, (unsigned long long)block + 1,
			  (unsigned long long)reader->index.nr,
			  (unsigned long long)place->first_event + 1,
			  (unsigned long long)place->first_event +
				  place->nr_events,
			  what);
}

static bool make_room(struct slt_reader *reader, size_t bytes)
{
	uint8_t *block;

	if (bytes <= reader->block_room)
		return true;
	block = realloc(reader->block, bytes);
	if (!block)
		return false;
	reader->block = block;
	reader->block_room = bytes;
	return true;
}

int slt_read_block(struct slt_reader *reader, struct slt_place *place,
		   size_t *bytes, const char **what, struct trace_error *error)
{
	uint64_t left = reader->blocks_end - place->offset;
	uint8_t head[SLT_BLOCK_HEAD_BYTES];
	int code;

	*what = "cut off";
	if (left < sizeof(head))
		return -EBADMSG;
	code = slt_read_at(reader, place->offset, head, sizeof(head), error);
	if (code)
		return code;
	*bytes = get_le(head + 8, 4);
	*what = "senseless head";
	if (memcmp(head, SLT_BLOCK_MAGIC, 4) != 0 ||
	    *bytes > SLT_PAYLOAD_MAX_BYTES || *bytes > left - sizeof(head))
		return -EBADMSG;
	if (!make_room(reader, sizeof(head) + *bytes))
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  reader->path);
	code = slt_read_at(reader, place->offset, reader->block,
			   sizeof(head) + *bytes, error);
	*what = "bad checksum";
	if (code == 0 &&
	    slt_block_crc(reader->block, *bytes) != get_le(head + 12, 4))
		code = -EBADMSG;
	place->nr_events = (uint32_t)get_le(head + 4, 4);
	place->first_event = get_le(head + 16, 8);
	place->first_ns = get_le(head + 24, 8);
	return code;
}

/* Where the block behind this one must be. */
static uint64_t end_of_block(const struct slt_reader *reader, uint64_t block)
{
	if (block + 1 < reader->index.nr)
		return reader->index.places[block + 1].offset;
	return reader->blocks_end;
}

/* Is the block what the index says, and the next one right behind it? */
static bool as_promised(const struct slt_reader *reader, uint64_t block,
			const struct slt_place *read, size_t bytes)
{
	const struct slt_place *place = &reader->index.places[block];

	return read->nr_events == place->nr_events &&
	       read->first_event == place->first_event &&
	       read->first_ns == place->first_ns &&
	       (reader->damaged ||
		place->offset + SLT_BLOCK_HEAD_BYTES + bytes ==
			end_of_block(reader, block));
}

static int start_block(struct slt_reader *reader, struct trace_error *error)
{
	uint64_t block = reader->next_block;
	struct slt_place read = reader->index.places[block];
	const char *what = "";
	size_t bytes = 0;
	int code = slt_read_block(reader, &read, &bytes, &what, error);

	if (code == -EBADMSG)
		return corrupt_block(reader, block, what, error);
	if (code)
		return code;
	if (!as_promised(reader, block, &read, bytes))
		return corrupt_block(reader, block, "not as the index says",
				     error);
	if (read.first_ns < reader->last_ns ||
	    !slt_decoder_start(reader->decoder,
			       reader->block + SLT_BLOCK_HEAD_BYTES, bytes,
			       read.nr_events, read.first_ns))
		return corrupt_block(reader, block, "senseless", error);
	reader->left = read.nr_events;
	reader->next_block++;
	return 0;
}

static int decode(struct slt_reader *reader, struct event *events, size_t nr,
		  struct trace_error *error)
{
	if (!slt_decode(reader->decoder, events, nr))
		return corrupt_block(reader, reader->next_block - 1,
				     "senseless", error);
	reader->left -= nr;
	reader->last_ns = events[nr - 1].time_ns;
	return 0;
}

int slt_read(struct slt_reader *reader, struct event *events, size_t max,
	     struct trace_error *error)
{
	int code;

	if (!max)
		return 0;
	if (reader->is_held) {
		reader->is_held = false;
		*events = reader->held;
		return 1;
	}
	if (!reader->left) {
		if (reader->next_block == reader->index.nr)
			return 0;
		code = start_block(reader, error);
		if (code)
			return code;
	}
	if (max > reader->left)
		max = reader->left;
	code = decode(reader, events, max, error);
	return code ? code : (int)max;
}

/* --- seeking --- */

void slt_go_to_block(struct slt_reader *reader, uint64_t block)
{
	reader->next_block = block;
	reader->left = 0;
	reader->is_held = false;
	reader->last_ns = 0;
}

/*
 * The last block that begins before the event, or the time. (Before the time,
 * not at it: events of one time may begin in the block before.)
 */
static uint64_t block_before(const struct slt_index *index, uint64_t event,
			     uint64_t time_ns)
{
	uint64_t low = 0, high = index->nr;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		const struct slt_place *place = &index->places[middle];

		if (place->first_event <= event && place->first_ns < time_ns)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Read on up to an event of at least this number and time, and hold it. */
static int skip_to(struct slt_reader *reader, uint64_t number, uint64_t event,
		   uint64_t time_ns, struct trace_error *error)
{
	for (;; number++) {
		struct event next = { 0 };
		int n = slt_read(reader, &next, 1, error);

		if (n <= 0)
			return n;
		if (number < event || next.time_ns < time_ns)
			continue;
		reader->held = next;
		reader->is_held = true;
		return 0;
	}
}

static int seek(struct slt_reader *reader, uint64_t event, uint64_t time_ns,
		struct trace_error *error)
{
	uint64_t block;

	if (!reader->index.nr)
		return 0;
	block = block_before(&reader->index, event ? event : UINT64_MAX,
			     time_ns ? time_ns : UINT64_MAX);
	if (!event && !time_ns)
		block = 0;
	slt_go_to_block(reader, block);
	return skip_to(reader, reader->index.places[block].first_event, event,
		       time_ns, error);
}

int slt_seek_event(struct slt_reader *reader, uint64_t event,
		   struct trace_error *error)
{
	return seek(reader, event, 0, error);
}

int slt_seek_time(struct slt_reader *reader, uint64_t time_ns,
		  struct trace_error *error)
{
	return seek(reader, 0, time_ns, error);
}
