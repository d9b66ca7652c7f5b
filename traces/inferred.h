/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocations that two frees prove, on their way through the passes of
 * infer.c. A trace may prove as many as it has frees, so they lie in stores
 * that go to temporary files; in memory are only those that are open: where
 * the pass is between their two ends. A pointer has one open proof at most,
 * so these are bounded by the machine's objects, not by the trace.
 */
#ifndef TRACES_INFERRED_H
#define TRACES_INFERRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event_store.h"

/* As long as an event, so that stores of events can keep them. */
struct inferred {
	uint64_t free_index; /* the second free, in the store of events */
	/*
	 * The first free, in the store; once placed: it goes before the event
	 * of this index; once it is an event: its slot.
	 */
	uint64_t at;
	uint64_t time_ns;
	uint32_t cache, bytes_req, gfp;
	uint16_t cpu;   /* of the free, and so of the allocation */
	uint8_t op;     /* EVENT_ALLOC, EVENT_KMALLOC; 0: cannot be known */
	uint8_t naming; /* what the free says, enum in infer.c */
};

_Static_assert(sizeof(struct inferred) == sizeof(struct event),
	       "stores of events keep them");

/* Return: false when out of memory, or when the store failed; so below. */
bool inferred_add(struct event_store *store, const struct inferred *record);
struct inferred inferred_at(const struct event_store *store, uint64_t index);

/* Does @a come before @b? */
typedef bool inferred_order(const struct inferred *a, const struct inferred *b);

/* In order of the second free. */
bool inferred_by_free(const struct inferred *a, const struct inferred *b);
/* In order of .at; of one place, by time, then by the second free. */
bool inferred_by_place(const struct inferred *a, const struct inferred *b);

/* The open ones: a heap, the first in order on top. All zeroes is empty. */
struct inferred_heap {
	struct inferred *records; /* owned */
	size_t nr, room;
};

bool inferred_push(struct inferred_heap *heap, inferred_order *before,
		   const struct inferred *record);
/* @heap is not empty. */
struct inferred inferred_pop(struct inferred_heap *heap,
			     inferred_order *before);
void inferred_heap_release(struct inferred_heap *heap);

/*
 * inferred_sort - @in, which is in order of the second free, by .at, backwards
 * @out: an empty store; gets the last one first.
 * In memory are only records that are open at one time.
 */
bool inferred_sort(const struct event_store *in, struct event_store *out);

#endif
