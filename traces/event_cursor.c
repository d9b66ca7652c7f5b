/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records back to events; see event_store.h.
 */
#include "traces/event_store.h"

#include <stdlib.h>

void event_cursor_release(struct event_cursor *cursor)
{
	free(cursor->slot_cache);
	*cursor = (struct event_cursor){ .store = cursor->store };
}

static bool grow_slots(struct event_cursor *cursor, uint32_t slot)
{
	size_t room = cursor->slot_room ? cursor->slot_room : 1024;
	uint32_t *caches;

	while (room <= slot)
		room *= 2;
	caches = realloc(cursor->slot_cache, room * sizeof(*caches));
	if (!caches)
		return false;
	/* a free without an allocation: of a cache that nobody knows */
	for (size_t i = cursor->slot_room; i < room; i++)
		caches[i] = EVENT_NO_CACHE;
	cursor->slot_cache = caches;
	cursor->slot_room = room;
	return true;
}

static bool set_cache(struct event_cursor *cursor, struct event *event)
{
	bool alloc = event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC;

	if (!alloc && event->op != EVENT_FREE)
		return true;
	if (event->slot >= cursor->slot_room &&
	    !grow_slots(cursor, event->slot))
		return false;
	if (alloc)
		cursor->slot_cache[event->slot] = event->cache;
	else
		event->cache = cursor->slot_cache[event->slot];
	return true;
}

static bool read_record(struct event_cursor *cursor,
			const struct event_record *record, struct event *event)
{
	const struct event_store *store = cursor->store;
	const struct event_thread *thread =
		&store->threads.threads[record->thread];

	if (record->step_ns == EVENT_LONG_STEP)
		cursor->time_ns = store->long_steps[cursor->next_long++];
	else
		cursor->time_ns += record->step_ns;
	*event = store->shapes.shapes[record->shape];
	event->time_ns = cursor->time_ns;
	event->slot = record->slot;
	event->task = thread->task;
	event->cpu = thread->cpu;
	return set_cache(cursor, event);
}

int event_cursor_read(struct event_cursor *cursor, struct event *events,
		      size_t most)
{
	uint64_t left = cursor->store->nr - cursor->next;
	/* not beyond the chunk: its records are side by side */
	size_t nr = EVENT_CHUNK - cursor->next % EVENT_CHUNK;
	const struct event_record *records;

	if (nr > most)
		nr = most;
	if (nr > left)
		nr = (size_t)left;
	if (!nr)
		return 0;
	records = event_store_at(cursor->store, cursor->next);
	for (size_t i = 0; i < nr; i++) {
		if (!read_record(cursor, &records[i], &events[i]))
			return -1;
	}
	cursor->next += nr;
	return (int)nr;
}
