/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sort reads from the end. No record's place is behind its second free, so
 * once that of the record at hand is before all places in the heap's top, no
 * record to come can be later than the top: it goes out.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/inferred.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/array.h"
#include "traces/nameless.h"

/* --- stores --- */

#define BLOCK 16384 /* records, 640 KiB */
#define BLOCK_BYTES (BLOCK * sizeof(struct inferred))

static off_t offset_of(uint64_t record)
{
	return (off_t)(record * sizeof(struct inferred));
}

/* The block in memory to the file; there is room again. */
static bool write_block(struct inferred_store *store)
{
	const char *p = (const char *)store->block;
	size_t done = 0;

	if (!store->in_file) {
		store->fd = nameless_open();
		store->error = store->fd < 0 ? errno : 0;
		store->in_file = store->fd >= 0;
	}
	while (!store->error && done < BLOCK_BYTES) {
		ssize_t n = pwrite(store->fd, p + done, BLOCK_BYTES - done,
				   offset_of(store->first) + (off_t)done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			store->error = n == 0 ? EIO : errno;
	}
	store->first = store->nr;
	return !store->error;
}

/* The block before the one in memory. */
static bool read_block(struct inferred_store *store)
{
	char *p = (char *)store->block;
	size_t done = 0;

	store->first -= BLOCK;
	while (!store->error && done < BLOCK_BYTES) {
		ssize_t n = pread(store->fd, p + done, BLOCK_BYTES - done,
				  offset_of(store->first) + (off_t)done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			store->error = n == 0 ? EIO : errno;
	}
	return !store->error;
}

bool inferred_add(struct inferred_store *store, const struct inferred *record)
{
	if (!store->block)
		store->block = malloc(BLOCK_BYTES);
	if (!store->block ||
	    (store->nr - store->first == BLOCK && !write_block(store)))
		return false;
	store->block[store->nr++ - store->first] = *record;
	return true;
}

struct inferred inferred_last(struct inferred_store *store)
{
	const struct inferred none = { .free_index = UINT64_MAX,
				       .at = UINT64_MAX };

	if (store->error || (store->nr == store->first && !read_block(store))) {
		store->nr--;
		return none;
	}
	return store->block[--store->nr - store->first];
}

void inferred_store_release(struct inferred_store *store)
{
	if (store->in_file)
		close(store->fd);
	free(store->block);
	memset(store, 0, sizeof(*store));
}

/* --- orders --- */

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

bool inferred_push(struct inferred_heap *heap, inferred_order *before,
		   const struct inferred *record)
{
	size_t at = heap->nr;

	if (!array_reach(&heap->records, &heap->room, heap->nr,
			 sizeof(*heap->records)))
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
		      struct inferred_store *out)
{
	while (heap->nr && heap->records[0].at > index) {
		struct inferred top = inferred_pop(heap, by_place_backwards);

		if (!inferred_add(out, &top))
			return false;
	}
	return true;
}

static bool put_all(struct inferred_heap *heap, struct inferred_store *out)
{
	while (heap->nr) {
		struct inferred top = inferred_pop(heap, by_place_backwards);

		if (!inferred_add(out, &top))
			return false;
	}
	return true;
}

bool inferred_sort(struct inferred_store *in, struct inferred_store *out)
{
	struct inferred_heap heap = { NULL, 0, 0 };
	bool done = true;

	while (done && in->nr) {
		struct inferred record = inferred_last(in);

		done = put_later(&heap, record.free_index, out) &&
		       inferred_push(&heap, by_place_backwards, &record);
	}
	done = done && put_all(&heap, out) && !in->error;
	inferred_heap_release(&heap);
	return done;
}
