/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left of a damaged .slt file. Index and prologue are not needed:
 * good blocks are found by their heads and proved by their checksums. Without
 * the header there is nothing: events are numbers into it.
 *
 * Events that are missing leave objects without their allocation or free, so
 * what is written is repaired by the rules of import: a free of an object
 * whose allocation is lost becomes one of an unknown object; an allocation in
 * a slot whose free is lost gets an implicit free before it.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/slt_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/error.h"

/* --- finding the good blocks --- */

static bool is_good(struct slt_reader *reader, struct slt_place *place,
		    uint64_t next_event, size_t *bytes)
{
	const struct slt_index *index = &reader->index;
	struct trace_error ignored;
	const char *what;

	return slt_read_block(reader, place, bytes, &what, &ignored) == 0 &&
	       place->nr_events && place->nr_events <= SLT_BLOCK_EVENTS &&
	       place->first_event >= next_event &&
	       place->first_event <= UINT64_MAX - SLT_BLOCK_EVENTS &&
	       (!index->nr ||
		place->first_ns >= index->places[index->nr - 1].first_ns) &&
	       slt_decoder_start(reader->decoder,
				 reader->block + SLT_BLOCK_HEAD_BYTES, *bytes,
				 place->nr_events, place->first_ns);
}

/* The next place behind @offset where a block may begin; or the end. */
static uint64_t next_magic(struct slt_reader *reader, uint64_t offset)
{
	uint8_t window[4096];

	while (reader->blocks_end - offset > 4) {
		uint64_t left = reader->blocks_end - ++offset;
		size_t bytes = left < sizeof(window) ? left : sizeof(window);
		struct trace_error ignored;

		if (slt_read_at(reader, offset, window, bytes, &ignored))
			break;
		for (size_t i = 0; i + 4 <= bytes; i++) {
			if (memcmp(window + i, SLT_BLOCK_MAGIC, 4) == 0)
				return offset + i;
		}
		/* the magic may begin in the last three bytes */
		offset += bytes - 4;
	}
	return reader->blocks_end;
}

static int find_blocks(struct slt_reader *reader, struct slt_damage *damage,
		       struct trace_error *error)
{
	struct slt_place place = { .offset = reader->blocks_start };
	uint64_t next_event = 0;

	while (reader->blocks_end - place.offset >= SLT_BLOCK_MIN_BYTES) {
		uint64_t offset = place.offset;
		size_t bytes = 0;

		if (!is_good(reader, &place, next_event, &bytes)) {
			place.offset = next_magic(reader, offset);
			continue;
		}
		if (!slt_index_add(&reader->index, &place))
			return trace_fail(error, -ENOMEM, "%s: out of memory",
					  reader->path);
		if (place.first_event > next_event && !damage->gaps++)
			damage->first_lost = next_event + 1;
		next_event = place.first_event + place.nr_events;
		place.offset = offset + SLT_BLOCK_HEAD_BYTES + bytes;
	}
	damage->last_known = next_event;
	return 0;
}

/* --- opening --- */

/* The header, where the prologue says, or else where it should be. */
static int find_header(struct slt_reader *reader,
		       const struct slt_layout *layout,
		       struct trace_error *error)
{
	uint64_t offset = SLT_PROLOGUE_BYTES, bytes = 0;
	int code;

	if (layout && layout->header_offset < reader->file_bytes)
		offset = layout->header_offset;
	if (reader->file_bytes < offset)
		offset = reader->file_bytes;
	code = slt_read_header(reader, offset, reader->file_bytes - offset,
			       &bytes, error);
	if (code == -EBADMSG)
		return trace_fail(error, -EBADMSG,
				  "%s: its header is damaged too: nothing can "
				  "be salvaged without it",
				  reader->path);
	reader->blocks_start = SLT_PROLOGUE_BYTES;
	reader->blocks_end = reader->file_bytes;
	if (offset == SLT_PROLOGUE_BYTES)
		reader->blocks_start += bytes;
	return code;
}

static int open_damaged(struct slt_reader *reader, const char *path,
			struct slt_damage *damage, struct trace_error *error)
{
	struct slt_layout layout = { 0 };
	bool known;
	int code = slt_open_file(reader, path, error);

	if (code)
		return code;
	code = slt_read_layout(reader, &layout, error);
	known = code == 0;
	if (code && code != -EBADMSG)
		return code;
	code = find_header(reader, known ? &layout : NULL, error);
	if (code == 0)
		code = slt_start_reader(reader, error);
	if (code == 0)
		code = find_blocks(reader, damage, error);
	if (code)
		return code;
	reader->header.nr_events = reader->index.nr_events;
	damage->events = reader->index.nr_events;
	damage->blocks = reader->index.nr;
	damage->end_known = known;
	if (!known)
		layout.nr_events = damage->last_known;
	if (layout.nr_events > damage->last_known && !damage->gaps++)
		damage->first_lost = damage->last_known + 1;
	if (layout.nr_events > damage->events)
		damage->events_lost = layout.nr_events - damage->events;
	return 0;
}

struct slt_reader *slt_open_damaged(const char *path, struct slt_damage *damage,
				    struct trace_error *error)
{
	struct slt_reader *reader = calloc(1, sizeof(*reader));
	int code;

	memset(damage, 0, sizeof(*damage));
	if (!reader) {
		trace_fail(error, -ENOMEM, "out of memory");
		return NULL;
	}
	reader->fd = -1;
	reader->damaged = true;
	code = open_damaged(reader, path, damage, error);
	if (code == 0)
		return reader;
	slt_close(reader);
	errno = -code;
	return NULL;
}

/* --- repairing --- */

/* What a slot of the damaged file holds. */
struct object {
	uint32_t slot; /* in the repaired file, + 1; 0: nothing */
	uint32_t cache;
	uint16_t cpu;
};

struct repair {
	struct slt_reader *reader;
	struct slt_writer *writer;   /* NULL: only count */
	struct trace_header *header; /* of what is written */
	struct object *objects;      /* of each slot of the damaged file */
	uint32_t *free_slots;        /* of the repaired one: a stack */
	uint32_t nr_free, nr_slots;
	struct trace_error *error;
};

static int put(struct repair *repair, const struct event *event)
{
	if (!repair->writer)
		return 0;
	return slt_append(repair->writer, event, 1, repair->error);
}

static int free_object(struct repair *repair, struct event *event)
{
	struct object *object = &repair->objects[event->slot];

	if (!object->slot) {
		event->op = EVENT_FREE_UNKNOWN;
		event->slot = EVENT_NO_SLOT;
		repair->header->counts.unknown_frees++;
		if (event->cache != EVENT_NO_CACHE)
			repair->header->caches[event->cache].unknown_frees++;
		return put(repair, event);
	}
	event->slot = object->slot - 1;
	repair->free_slots[repair->nr_free++] = event->slot;
	object->slot = 0;
	return put(repair, event);
}

static int implicit_free(struct repair *repair, const struct event *alloc)
{
	struct object *object = &repair->objects[alloc->slot];
	struct event event = {
		.time_ns = alloc->time_ns,
		.slot = alloc->slot,
		.cache = object->cache,
		.cpu = object->cpu,
		.node = -1,
		.op = EVENT_FREE,
		.flags = EVENT_IMPLICIT,
	};

	repair->header->counts.implicit_frees++;
	return free_object(repair, &event);
}

static int alloc_object(struct repair *repair, struct event *event)
{
	struct object *object = &repair->objects[event->slot];
	int code = object->slot ? implicit_free(repair, event) : 0;
	uint32_t slot;

	if (code)
		return code;
	slot = repair->nr_free ? repair->free_slots[--repair->nr_free] :
				 repair->nr_slots++;
	*object = (struct object){ slot + 1, event->cache, event->cpu };
	event->slot = slot;
	repair->header->counts.allocs++;
	if (event->cache != EVENT_NO_CACHE)
		repair->header->caches[event->cache].allocs++;
	return put(repair, event);
}

static int repair_event(struct repair *repair, struct event *event)
{
	struct trace_header *header = repair->header;
	bool is_free = event->op == EVENT_FREE ||
		       event->op == EVENT_FREE_UNKNOWN;

	if (is_free && !(event->flags & EVENT_IMPLICIT)) {
		header->counts.frees++;
		if (event->cache != EVENT_NO_CACHE)
			header->caches[event->cache].frees++;
	} else if (is_free) {
		header->counts.implicit_frees++;
	}
	header->counts.page_allocs += event->op == EVENT_PAGE_ALLOC;
	header->counts.page_frees += event_is_page(event) &&
				     event->op != EVENT_PAGE_ALLOC;
	switch (event->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		return alloc_object(repair, event);
	case EVENT_FREE:
		return free_object(repair, event);
	case EVENT_FREE_UNKNOWN:
		header->counts.unknown_frees++;
		if (event->cache != EVENT_NO_CACHE)
			header->caches[event->cache].unknown_frees++;
		return put(repair, event);
	default:
		return put(repair, event);
	}
}

/* What the repair counts anew. */
static void clear_counts(struct trace_header *header)
{
	header->counts.allocs = 0;
	header->counts.frees = 0;
	header->counts.unknown_frees = 0;
	header->counts.implicit_frees = 0;
	header->counts.page_allocs = 0;
	header->counts.page_frees = 0;
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		header->caches[i].allocs = 0;
		header->caches[i].frees = 0;
		header->caches[i].unknown_frees = 0;
	}
}

static int repair_all(struct repair *repair)
{
	struct event events[256];
	int n, code = 0;

	clear_counts(repair->header);
	repair->nr_free = 0;
	repair->nr_slots = 0;
	slt_go_to_block(repair->reader, 0);
	while (code == 0 && (n = slt_read(repair->reader, events, 256,
					  repair->error)) != 0) {
		if (n < 0)
			return n;
		for (int i = 0; i < n && code == 0; i++)
			code = repair_event(repair, &events[i]);
	}
	repair->header->nr_slots = repair->nr_slots;
	repair->header->counts.live_at_end = repair->nr_slots - repair->nr_free;
	return code;
}

/* Twice over the blocks: the header comes first in the file. */
static int write_repaired(struct repair *repair, const char *out,
			  const struct slt_damage *damage)
{
	struct trace_header *header = repair->header;
	size_t slots = (size_t)header->nr_slots + 1;
	int code;

	repair->objects = calloc(slots, sizeof(*repair->objects));
	repair->free_slots = calloc(slots, sizeof(*repair->free_slots));
	if (!repair->objects || !repair->free_slots)
		return trace_fail(repair->error, -ENOMEM, "out of memory");
	header->counts.lost += damage->events_lost;
	header->counts.events -= damage->events_lost < header->counts.events ?
					 damage->events_lost :
					 header->counts.events;
	code = repair_all(repair);
	if (code)
		return code;
	memset(repair->objects, 0, slots * sizeof(*repair->objects));
	repair->writer = slt_create(out, repair->error);
	if (!repair->writer)
		return errno ? -errno : -EIO;
	code = slt_put_header(repair->writer, header, repair->error);
	if (code == 0)
		code = repair_all(repair);
	if (code == 0)
		return slt_commit(repair->writer, header, repair->error);
	slt_abort(repair->writer);
	return code;
}

int slt_salvage(const char *in, const char *out, struct slt_damage *damage,
		struct trace_error *error)
{
	struct repair repair = { .error = error };
	struct trace_header header;
	int code;

	repair.reader = slt_open_damaged(in, damage, error);
	if (!repair.reader)
		return errno ? -errno : -EIO;
	/*
	 * Its caches are counted anew in place. The decoder keeps its own
	 * header: slots of the damaged file are held against that one's.
	 */
	header = repair.reader->header;
	repair.header = &header;
	code = write_repaired(&repair, out, damage);
	free(repair.objects);
	free(repair.free_slots);
	slt_close(repair.reader);
	return code;
}
