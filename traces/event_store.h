/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All events of an import, in memory until the whole trace has been read:
 * which cache an object belongs to is often learnt from its free, later. 40
 * bytes an event, in chunks, so that growing copies nothing.
 */
#ifndef TRACES_EVENT_STORE_H
#define TRACES_EVENT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

#define EVENT_CHUNK 16384

struct event_store {
	struct event **chunks;
	size_t nr_chunks, room;
	uint64_t nr;
};

/* A store that is all zeroes is empty and ready. */
void event_store_release(struct event_store *store);
/* Room for one more event, for the caller to fill; NULL: out of memory. */
struct event *event_store_add(struct event_store *store);

static inline struct event *event_store_at(const struct event_store *store,
					   uint64_t index)
{
	return &store->chunks[index / EVENT_CHUNK][index % EVENT_CHUNK];
}

#endif
