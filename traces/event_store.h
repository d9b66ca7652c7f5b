/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All events of an import, until the whole trace has been read: which cache an
 * object belongs to is often learnt from its free, later. 40 bytes an event,
 * in chunks. The newest EVENT_MEMORY_CHUNKS of them are in memory; older ones
 * lie in a temporary file without a name (in $TMPDIR, or /var/tmp), so memory
 * does not grow with the trace. They are mapped where they are looked at, a
 * few at a time.
 *
 * The rule: what event_store_at returns is valid until EVENT_MAPPED_CHUNKS - 1
 * other old chunks have been looked at, so do not keep it.
 */
#ifndef TRACES_EVENT_STORE_H
#define TRACES_EVENT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

#define EVENT_CHUNK 16384
#define EVENT_MEMORY_CHUNKS 64 /* 1,048,576 events, 40 MiB */
#define EVENT_MAPPED_CHUNKS 32

struct event_file; /* where old chunks are */

struct event_store {
	struct event **chunks; /* NULL: in the file, and not mapped */
	size_t nr_chunks, room;
	uint64_t nr;
	struct event_file *file; /* NULL: all is in memory */
};

/* A store that is all zeroes is empty and ready. */
void event_store_release(struct event_store *store);
/* Room for one more event, for the caller to fill; NULL: out of memory. */
struct event *event_store_add(struct event_store *store);
/*
 * The errno of the temporary file's failure; 0: none. After one, add fails,
 * and what at returned was not the event: no result may be made of it.
 */
int event_store_error(const struct event_store *store);

/* For event_store_at: an old chunk that is not mapped. Never NULL. */
struct event *event_store_map(const struct event_store *store, size_t chunk);

static inline struct event *event_store_at(const struct event_store *store,
					   uint64_t index)
{
	struct event *chunk = store->chunks[index / EVENT_CHUNK];

	if (!chunk)
		chunk = event_store_map(store, (size_t)(index / EVENT_CHUNK));
	return &chunk[index % EVENT_CHUNK];
}

#endif
