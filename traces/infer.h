/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocations that a trace leaves out. Bulk allocation has no trace point, so
 * its objects first show up when they are freed. Where the trace holds an
 * earlier free of the same pointer, it proves that there was an allocation
 * between the two; this puts one there.
 *
 * While the trace is read, infer_note_free collects the proofs. When caches
 * are settled, infer_allocations (infer_weave.c) goes over the events twice,
 * forwards: once to find the places, once to make the new sequence. Documented in
 * docs/TRACES.md, measured in docs/INFERENCE.md.
 */
#ifndef TRACES_INFER_H
#define TRACES_INFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event_store.h"
#include "traces/inferred.h"
#include "traces/slt.h"

/* Pointers remembered; over that the oldest ones of a neighbourhood go. */
#define INFER_MAX_POINTERS (UINT32_C(1) << 22)

/* What the free says of its object's cache. */
enum infer_naming {
	INFER_NOT_NAMED,
	INFER_NAMED_CACHE,
	INFER_NAMED_KMALLOC,
};

struct freed_pointer {
	uint64_t ptr; /* 0: unused */
	uint64_t index;
};

struct infer {
	struct freed_pointer *freed;
	uint32_t room, nr;             /* room: a power of 2 */
	struct inferred_store records; /* by the second free */
	uint64_t forgotten;            /* pointers that went */
	int error; /* errno of a temporary file's failure; 0: none */
};

/* An infer that is all zeroes is empty and ready. */
void infer_release(struct infer *infer);

/* Have the processor fetch what noting a free of @ptr will need; no more. */
void infer_prefetch(const struct infer *infer, uint64_t ptr);
/*
 * infer_note_free - a pointer is freed by the event that comes next
 * @index: of that event. @known: its allocation is in the trace.
 * @name: the cache's name in the free, or NULL.
 * Return: false when out of memory, or infer->error is set.
 */
bool infer_note_free(struct infer *infer, uint64_t ptr, uint64_t index,
		     bool known, const char *name);

/*
 * infer_allocations - put the proved allocations into the events
 * @events: replaced by the new sequence. @header: nr_slots is brought up to
 * date, inferred_allocs of counts and caches are filled in.
 * Return: false when out of memory, or infer->error is set.
 */
bool infer_allocations(struct infer *infer, struct event_store *events,
		       struct trace_header *header,
		       struct trace_counts *counts);

#endif
