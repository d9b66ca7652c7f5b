/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sort reads from the end. No record's place is behind its second free, so
 * once that of the record at hand is before all places in the heap's top, no
 * record to come can be later than the top: it goes out.
 */
#include "traces/inferred.h"

#include <stdlib.h>
#include <string.h>

bool inferred_add(struct event_store *store, const struct inferred *record)
{
	struct event *event = event_store_add(store);

	if (event)
		memcpy(event, record, sizeof(*record));
	return event != NULL;
}

struct inferred inferred_at(const struct event_store *store, uint64_t index)
{
	struct inferred record;

	memcpy(&record, event_store_at(store, index), sizeof(record));
	return record;
}

bool inferred_by_free(const struct inferred *a, const struct inferred *b)
{
	return a->free_index < b->free_index;
}

bool inferred_by_place(const struct inferred *a, const struct inferred *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	/* behind the event before comes earlier than before the one there */
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->free_index < b->free_index;
}

static bool by_place_backwards(const struct inferred *a,
			       const struct inferred *b)
{
	return inferred_by_place(b, a);
}

/* --- the heap --- */

static bool make_room(struct inferred_heap *heap)
{
	size_t room = heap->room ? 2 * heap->room : 256;
	struct inferred *records;

	if (heap->nr < heap->room)
		return true;
	records = realloc(heap->records, room * sizeof(*records));
	if (!records)
		return false;
	heap->records = records;
	heap->room = room;
	return true;
}

bool inferred_push(struct inferred_heap *heap, inferred_order *before,
		   const struct inferred *record)
{
	size_t at = heap->nr;

	if (!make_room(heap))
		return false;
	heap->nr++;
	for (; at; at = (at - 1) / 2) {
		struct inferred *above = &heap->records[(at - 1) / 2];

		if (!before(record, above))
			break;
		heap->records[at] = *above;
	}
	heap->records[at] = *record;
	return true;
}

struct inferred inferred_pop(struct inferred_heap *heap, inferred_order *before)
{
	struct inferred *records = heap->records;
	struct inferred top = records[0], last = records[--heap->nr];
	size_t at = 0, below;

	while ((below = 2 * at + 1) < heap->nr) {
		if (below + 1 < heap->nr &&
		    before(&records[below + 1], &records[below]))
			below++;
		if (!before(&records[below], &last))
			break;
		records[at] = records[below];
		at = below;
	}
	records[at] = last;
	return top;
}

void inferred_heap_release(struct inferred_heap *heap)
{
	free(heap->records);
	memset(heap, 0, sizeof(*heap));
}

/* --- the sort --- */

/* All that lie behind @index. */
static bool put_later(struct inferred_heap *heap, uint64_t index,
		      struct event_store *out)
{
	while (heap->nr && heap->records[0].at > index) {
		struct inferred top = inferred_pop(heap, by_place_backwards);

		if (!inferred_add(out, &top))
			return false;
	}
	return true;
}

static bool put_all(struct inferred_heap *heap, struct event_store *out)
{
	while (heap->nr) {
		struct inferred top = inferred_pop(heap, by_place_backwards);

		if (!inferred_add(out, &top))
			return false;
	}
	return true;
}

bool inferred_sort(const struct event_store *in, struct event_store *out)
{
	struct inferred_heap heap = { NULL, 0, 0 };
	bool done = true;

	for (uint64_t i = in->nr; done && i-- > 0;) {
		struct inferred record = inferred_at(in, i);

		done = put_later(&heap, record.free_index, out) &&
		       inferred_push(&heap, by_place_backwards, &record);
	}
	done = done && put_all(&heap, out) && !event_store_error(in);
	inferred_heap_release(&heap);
	return done;
}
