/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From pointers to slots: the rules of import about objects (docs/TRACES.md).
 * An object is its pointer, whatever kinds of event allocate and free it.
 */
#ifndef TRACES_RESOLVE_H
#define TRACES_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/dict.h"
#include "traces/event_store.h"
#include "traces/ftrace.h"
#include "traces/identity.h"
#include "traces/infer.h"
#include "traces/old_objs.h"
#include "traces/ptr_map.h"
#include "traces/slt.h"

#define RESOLVE_TASK_MEMO 64

/*
 * The numbers of what lines of one shape say, found the first time each was
 * needed: of texts, and of the shape of the event they become.
 */
struct shape_numbers {
	uint32_t call_site, gfp, name;
	uint32_t event, unknown; /* the latter: of a free of no known object */
	uint8_t found;           /* which of them, enum in resolve.c */
};

struct resolver {
	struct event_store events;
	struct identity identity;
	struct dict call_sites, tasks, gfps;
	struct trace_counts *counts; /* borrowed */
	bool implicit_on_new_cpu;
	enum trace_infer how_far;
	uint64_t leaked; /* implicit frees that TRACE_INFER_NONE leaves out */
	struct infer infer;
	struct old_objs old;
	struct cache_hints hints; /* what the user knows */

	struct ptr_map live;  /* pointer -> slot, or OWN_SLOT */
	uint64_t *slot_alloc; /* of each slot: its allocation in @events */
	uint32_t *free_slots; /* a stack: last in, first out */
	uint32_t nr_free, nr_slots, slot_room;

	uint32_t task_memo[RESOLVE_TASK_MEMO]; /* last task by CPU */
	/* kmallocs whose size only SLAB, only SLUB would give */
	uint64_t slab_sizes, slub_sizes;
	uint8_t *own_site; /* of each call site: is it the allocator's? */
	uint32_t site_room;
	uint8_t *gfp_bits; /* of each text of flags */
	uint32_t gfp_room;
	struct shape_numbers *shapes; /* of each shape of lines */
	uint32_t shape_room;
	uint32_t *threads; /* of @events, + 1, of each thread of lines */
	uint32_t thread_room;
};

/* The traced kernel's allocator, by the sizes it gave; "" unknown. */
const char *resolver_kernel(const struct resolver *resolver);
/* Return: false when out of memory; release in either case. */
bool resolver_init(struct resolver *resolver, struct trace_counts *counts);
void resolver_release(struct resolver *resolver);
/*
 * resolver_read_hints - read map and slabinfo, before the first event
 * Either path may be NULL. Return: 0 or -errno with @error filled in.
 */
int resolver_read_hints(struct resolver *resolver, const char *map_path,
			const char *slabinfo_path, struct trace_error *error);

/* Have the processor fetch what resolver_take of @line will need; no more. */
void resolver_prefetch(const struct resolver *resolver,
		       const struct ftrace_line *line);
/*
 * resolver_take - one kmem event, in the order of the trace
 * @time_ns: since the first event. Counts it, and adds what it means to the
 * events. Return: false when out of memory.
 */
bool resolver_take(struct resolver *resolver, const struct ftrace_line *line,
		   uint64_t time_ns);

#endif
