/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Part of a trace made a trace of its own: caches, call sites, tasks and
 * slots get new numbers in the order of their first use, so that nothing is
 * in the new file that its events do not need.
 */
#ifndef SIM_REMAP_H
#define SIM_REMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/slt.h"

/* Old numbers to new ones. */
struct remap_table {
	uint32_t *new_of; /* REMAP_NONE: not used yet */
	uint32_t *old_of;
	uint32_t nr_old, nr_new;
};

#define REMAP_NONE UINT32_MAX

struct remap {
	const struct trace_header *from; /* borrowed */
	struct remap_table caches, call_sites, tasks;
	uint32_t *slot_of;    /* new slot of an old one; REMAP_NONE: dropped */
	uint32_t *free_slots; /* last in, first out */
	uint32_t nr_slots, nr_free;
	bool *inferred; /* by old slot: its object's allocation was */
	uint64_t nr_taken;
	uint64_t first_ns, last_ns; /* of the events taken */
	uint64_t cut_frees;         /* objects kept whose free was dropped */
	struct trace_counts counts;
	uint64_t *cache_counts; /* of each old cache, see remap.c */
	bool *created;          /* old caches whose EVENT_CREATE was taken */
};

/* Return: false when out of memory; remap_release either way. */
bool remap_init(struct remap *remap, const struct trace_header *from);
void remap_release(struct remap *remap);

/*
 * remap_take - give @event, which stays in, its new numbers
 * A free whose allocation was dropped becomes one of an unknown object.
 * Return: false: it does not stay after all (an implicit free of an object
 * whose allocation was dropped).
 */
bool remap_take(struct remap *remap, struct event *event);
/* @event does not stay. */
void remap_drop(struct remap *remap, const struct event *event);

/*
 * remap_header - the header of the new trace; owned (trace_header_release)
 * Losses stay what they were, but for those that are known to lie outside of
 * the part: which of the others concern it is not known.
 * Frees of NULL, failed allocations and the like are not in the file, so the
 * part has none. Source and digest are those of the old one, for the caller
 * to change.
 * Return: false when out of memory.
 */
bool remap_header(const struct remap *remap, struct trace_header *header);

#endif
