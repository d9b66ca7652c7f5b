/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocations that a trace leaves out. Bulk allocation has no trace point, so
 * its objects first show up when they are freed. Where the trace holds an
 * earlier free of the same pointer, it proves that there was an allocation
 * between the two; this puts one there.
 *
 * While the trace is read, infer_note_free collects the proofs. When caches
 * are settled, infer_allocations goes over the events twice, forwards: once to
 * find the places, once to make the new sequence. Documented in
 * docs/TRACES.md, measured in docs/INFERENCE.md.
 */
#ifndef TRACES_INFER_H
#define TRACES_INFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event_store.h"
#include "traces/slt.h"

/* Pointers remembered; over that the oldest ones of a neighbourhood go. */
#define INFER_MAX_POINTERS (UINT32_C(1) << 22)

/* An allocation proved by two frees. */
struct inferred {
	uint64_t free_index; /* the second free, in the store of events */
	uint64_t prev_index; /* the first */
	uint64_t position;   /* goes before the event of this index */
	uint64_t time_ns;
	uint32_t cache, bytes_req, gfp, slot;
	uint16_t cpu;   /* of the free, and so of the allocation */
	uint8_t op;     /* EVENT_ALLOC, EVENT_KMALLOC; 0: cannot be known */
	uint8_t naming; /* what the free says, enum in infer.c */
};

struct freed_pointer {
	uint64_t ptr; /* 0: unused */
	uint64_t index;
};

struct infer {
	struct freed_pointer *freed;
	uint32_t room, nr;        /* room: a power of 2 */
	struct inferred *records; /* in order of free_index */
	size_t nr_records, record_room;
	uint64_t forgotten; /* pointers that went */
};

/* An infer that is all zeroes is empty and ready. */
void infer_release(struct infer *infer);

/* Have the processor fetch what noting a free of @ptr will need; no more. */
void infer_prefetch(const struct infer *infer, uint64_t ptr);
/*
 * infer_note_free - a pointer is freed by the event that comes next
 * @index: of that event. @known: its allocation is in the trace.
 * @name: the cache's name in the free, or NULL.
 * Return: false when out of memory.
 */
bool infer_note_free(struct infer *infer, uint64_t ptr, uint64_t index,
		     bool known, const char *name);

/*
 * infer_allocations - put the proved allocations into the events
 * @events: replaced by the new sequence. @header: nr_slots is brought up to
 * date, inferred_allocs of counts and caches are filled in.
 * Return: false when out of memory, or when a store failed: @events tells
 * (event_store_error).
 */
bool infer_allocations(struct infer *infer, struct event_store *events,
		       struct trace_header *header,
		       struct trace_counts *counts);

#endif
