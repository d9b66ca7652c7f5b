/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store of events; see the header.
 */
#include "traces/event_store.h"

#include <stdlib.h>
#include <string.h>

void event_store_release(struct event_store *store)
{
	for (size_t i = 0; i < store->nr_chunks; i++)
		free(store->chunks[i]);
	free(store->chunks);
	memset(store, 0, sizeof(*store));
}

static int add_chunk(struct event_store *store)
{
	if (store->nr_chunks == store->room) {
		size_t room = store->room ? 2 * store->room : 64;
		struct event **chunks =
			realloc(store->chunks, room * sizeof(*chunks));

		if (!chunks)
			return 0;
		store->chunks = chunks;
		store->room = room;
	}
	store->chunks[store->nr_chunks] =
		malloc(EVENT_CHUNK * sizeof(struct event));
	if (!store->chunks[store->nr_chunks])
		return 0;
	store->nr_chunks++;
	return 1;
}

struct event *event_store_add(struct event_store *store)
{
	if (store->nr == (uint64_t)store->nr_chunks * EVENT_CHUNK &&
	    !add_chunk(store))
		return NULL;
	return event_store_at(store, store->nr++);
}
