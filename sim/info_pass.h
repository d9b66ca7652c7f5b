/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the events of a trace say, from one pass over them: bytes, lifetimes,
 * frees on other CPUs; in all, and by cache, CPU, call site and task. Memory
 * is bounded by the live objects and the dictionaries, not by the events.
 */
#ifndef SIM_INFO_PASS_H
#define SIM_INFO_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/slt.h"

/* Sub-buckets of a factor of two in lifetimes: medians are good to 1/16. */
#define LIFETIME_STEPS 16
#define LIFETIME_BUCKETS (64 * LIFETIME_STEPS)

struct lifetimes {
	uint64_t nr; /* freed objects whose allocation is in the trace */
	uint64_t buckets[LIFETIME_BUCKETS];
};

/*
 * An object's bytes, ping-pong and life count for the row of its allocation;
 * frees count for the row of the free.
 */
struct info_row {
	uint64_t allocs;          /* events, without those ... */
	uint64_t inferred_allocs; /* ... that the import put in */
	uint64_t frees;           /* events: neither implicit ones ... */
	uint64_t implicit_frees;  /* ... which are here */
	uint64_t unknown_frees;   /* those of @frees of older objects */
	/* of objects whose allocation was an event: */
	uint64_t bytes_req, bytes_alloc; /* in all */
	uint64_t bytes_freed;            /* allocated bytes of objects freed */
	uint64_t ping_pong;              /* objects freed on another CPU */
	uint64_t live;                   /* at the end, inferred ones too */
};

/* Events of the page allocator, of pages of one order. */
struct info_pages {
	uint64_t allocs, frees, batched_frees;
};

enum info_key { BY_CACHE, BY_CPU, BY_CALL_SITE, BY_TASK, NR_INFO_KEYS };

struct info {
	struct info_row total;
	struct info_row *rows[NR_INFO_KEYS];
	uint32_t nr_rows[NR_INFO_KEYS];
	struct lifetimes lifetimes;         /* of all objects */
	struct lifetimes **cache_lifetimes; /* by cache row; NULL: none */
	uint64_t guessed_allocs; /* whose allocated bytes the trace lacks */
	struct info_pages pages[EVENT_MAX_ORDER + 1]; /* by order */
};

/*
 * Rows of BY_CACHE: the trace's caches, then the sizes of kmalloc, then one
 * for frees of unknown objects of no known cache.
 */
#define NR_KMALLOC_SIZES 28
/* Bytes that a kmalloc of the @i-th size is given. */
uint32_t info_kmalloc_size(uint32_t i);
/*
 * Bytes that an allocation is given: as traced for caches; as a kernel with
 * SLUB, or one with SLAB, gives for kmallocs, of which the trace keeps only
 * what they asked for.
 */
uint32_t info_slot_bytes(const struct trace_header *header, bool slub,
			 const struct event *event);

/*
 * info_read - read all events of @reader
 * Stops when interrupt_wanted. Return: an enum exit_code, what went wrong
 * printed; info_release either way.
 */
int info_read(struct slt_reader *reader, struct info *info);
void info_release(struct info *info);

/* Median in ns: the lower end of its bucket. 0 for none. */
uint64_t lifetimes_median(const struct lifetimes *lifetimes);
/* How many lived from 2^@power ns to below the next power (0: also 0 ns). */
uint64_t lifetimes_power(const struct lifetimes *lifetimes, unsigned int power);

#endif
