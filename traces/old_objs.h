/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects older than the trace, by their address: on which node one lies, and
 * of which cache it is where its free does not say (kfree). Only pointers of
 * the kernel's own address space tell that, not hashed ones.
 *
 * An object shares its page with others of its cache, so an allocation from
 * that page in the trace says which. Nodes are large pieces of memory, and an
 * allocation comes from the node of its CPU, so the nearest page that was
 * allocated from says whose node it is.
 */
#ifndef TRACES_OLD_OBJS_H
#define TRACES_OLD_OBJS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event_store.h"
#include "traces/ptr_map.h"
#include "traces/slt.h"

/* A page that the trace allocates from; events as numbers in the store. */
struct old_page {
	uint64_t page, first_event, last_event;
	uint16_t cpu;
};

struct old_free {
	uint64_t ptr, event;
	uint64_t like; /* an allocation from the page before; or none */
};

struct old_objs {
	bool wanted;            /* false: nothing is noted, nothing done */
	struct ptr_map numbers; /* page -> index in @pages */
	struct old_page *pages;
	uint32_t nr_pages, page_room;
	struct old_free *frees;
	uint32_t nr_frees, free_room;
};

/* Return: false when out of memory, here and below; release in either case. */
bool old_objs_init(struct old_objs *old);
void old_objs_release(struct old_objs *old);

/* An allocation on @cpu without a wish for a node: event number @event. */
bool old_objs_note_alloc(struct old_objs *old, uint64_t ptr, uint16_t cpu,
			 uint64_t event);
/* The free of an older object. */
bool old_objs_note_free(struct old_objs *old, uint64_t ptr, uint64_t event);

/*
 * old_objs_finish - fill in .node and, of kfrees, cache or bytes and flags
 * After the caches of @events are settled; @header's counts of caches are
 * brought up to date.
 */
bool old_objs_finish(struct old_objs *old, struct event_store *events,
		     struct trace_header *header);

#endif
