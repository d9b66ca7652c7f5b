/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocations that two frees prove, on their way through the passes of
 * infer_weave.c. A trace may prove as many as it has frees, so they lie in
 * temporary files; in memory are only those that are open: where the pass is
 * between their two ends. A pointer has one open proof at most,
 * so these are bounded by the machine's objects, not by the trace.
 */
#ifndef TRACES_INFERRED_H
#define TRACES_INFERRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

struct inferred {
	uint64_t free_index; /* the second free: number of the event */
	/*
	 * The first free; once placed: it goes before the event of this
	 * number; once it is an event: its slot.
	 */
	uint64_t at;
	uint64_t time_ns;
	uint32_t cache, bytes_req, gfp;
	uint16_t cpu;   /* of the free, and so of the allocation */
	uint8_t op;     /* EVENT_ALLOC, EVENT_KMALLOC; 0: cannot be known */
	uint8_t naming; /* what the free says, enum in infer.c */
};

/*
 * Any number of records, written in order, then read from the last one on: the
 * newest ones in memory, the others in a file without a name. All zeroes is
 * empty.
 */
struct inferred_store {
	struct inferred *block; /* owned; of records from @first on */
	uint64_t first, nr;
	bool in_file; /* there is @fd */
	int fd;
	int error; /* errno of the file's failure; 0: none */
};

/* Return: false when out of memory, or @store->error is set; so below. */
bool inferred_add(struct inferred_store *store, const struct inferred *record);
/*
 * inferred_last - the last record, taken off
 * @store: is not empty. After the first call, nothing is to be added. If the
 * file fails (store->error), it is a record of nothing.
 */
struct inferred inferred_last(struct inferred_store *store);
void inferred_store_release(struct inferred_store *store);

/* Does @a come before @b? */
typedef bool inferred_order(const struct inferred *a, const struct inferred *b);

/* In order of the second free. */
bool inferred_by_free(const struct inferred *a, const struct inferred *b);
/* In order of .at; of one place, by time, then by the second free. */
bool inferred_by_place(const struct inferred *a, const struct inferred *b);

/* The open ones: a heap, the first in order on top. All zeroes is empty. */
struct inferred_heap {
	struct inferred *records; /* owned */
	uint32_t nr, room;
};

bool inferred_push(struct inferred_heap *heap, inferred_order *before,
		   const struct inferred *record);
/* @heap is not empty. */
struct inferred inferred_pop(struct inferred_heap *heap,
			     inferred_order *before);
void inferred_heap_release(struct inferred_heap *heap);

/*
 * inferred_sort - @in, which is in order of the second free, by .at
 * @in: is empty after it. @out: an empty store; its last one is the first in
 * order. In memory are only records that are open at one time.
 */
bool inferred_sort(struct inferred_store *in, struct inferred_store *out);

#endif
