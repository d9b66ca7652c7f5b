/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All events of an import, until the whole trace has been read: which cache an
 * object belongs to is often learnt from its free, later.
 *
 * An event is kept as a record of 16 bytes. What many events share (operation,
 * sizes, cache, flags, call site) is their shape, a number in a table; so is
 * the pair of task and CPU. Both tables are in memory and as long as there are
 * different ones. Records are in chunks. The newest EVENT_MEMORY_CHUNKS are in
 * memory; older ones lie in a temporary file without a name (in $TMPDIR, or
 * /var/tmp), so memory does not grow with the trace. They are mapped where
 * they are looked at, a few at a time.
 *
 * The rule: what event_store_at returns is valid until EVENT_MAPPED_CHUNKS - 1
 * other old chunks have been looked at, so do not keep it.
 */
#ifndef TRACES_EVENT_STORE_H
#define TRACES_EVENT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event_shapes.h"

struct event_record {
	uint32_t shape;
	uint32_t slot;
	uint32_t step_ns; /* since the event before, or EVENT_LONG_STEP */
	uint32_t thread;
};

/* 4.3 s and more, or back: the time is the next one in @long_steps. */
#define EVENT_LONG_STEP UINT32_MAX

#define EVENT_CHUNK 131072     /* of 2 MiB: a huge page */
#define EVENT_MEMORY_CHUNKS 20 /* 2,621,440 events, 40 MiB */
#define EVENT_MAPPED_CHUNKS 8

struct event_file; /* where old chunks are */

struct event_store {
	struct event_record **chunks; /* NULL: in the file, and not mapped */
	uint32_t nr_chunks, room;
	uint64_t nr;
	uint64_t last_ns;     /* of the newest event */
	uint64_t *long_steps; /* times after steps that 32 bits cannot say */
	uint32_t nr_long, long_room;
	struct event_shapes shapes;
	struct event_threads threads;
	struct event_file *file; /* NULL: all is in memory */
};

/* A store that is all zeroes is empty and ready. */
void event_store_release(struct event_store *store);
/*
 * event_store_add - one more event
 * Of a free, the cache need not be known: it is that of the allocation in its
 * slot when events are read. Return: false when out of memory, or when the
 * temporary file failed.
 */
bool event_store_add(struct event_store *store, const struct event *event);
/*
 * The same for an event whose shape (event_shapes_number) and thread
 * (event_threads_number) are known already.
 */
bool event_store_put(struct event_store *store, uint32_t shape, uint32_t slot,
		     uint64_t time_ns, uint32_t thread);
/*
 * The errno of the temporary file's failure; 0: none. After one, add fails,
 * and what at returned was not the event: no result may be made of it.
 */
int event_store_error(const struct event_store *store);

/* For event_store_at: an old chunk that is not mapped. Never NULL. */
struct event_record *event_store_map(const struct event_store *store,
				     size_t chunk);

static inline struct event_record *
event_store_at(const struct event_store *store, uint64_t index)
{
	struct event_record *chunk = store->chunks[index / EVENT_CHUNK];

	if (!chunk)
		chunk = event_store_map(store, (size_t)(index / EVENT_CHUNK));
	return &chunk[index % EVENT_CHUNK];
}

/* Reads all events in order, as they were added; frees with their caches. */
struct event_cursor {
	const struct event_store *store; /* borrowed */
	uint64_t next;                   /* index of the event that comes */
	uint64_t time_ns;
	size_t next_long;
	uint32_t *slot_cache; /* owned: of the object in each slot */
	size_t slot_room;
};

/* A cursor that is all zeroes but for @store stands before the first event. */
void event_cursor_release(struct event_cursor *cursor);
/*
 * event_cursor_read - the next events
 * @most: 1..EVENT_CHUNK. Return: how many; 0 at the end; -1 out of memory.
 */
int event_cursor_read(struct event_cursor *cursor, struct event *events,
		      size_t most);

#endif
