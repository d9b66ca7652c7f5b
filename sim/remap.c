/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Renumbering. Invariant: slot_of[old] is the new slot of the object that
 * lives in the old one, if its allocation stayed in. An object whose
 * allocation stayed and whose free did not keeps its new slot to the end.
 */
#define _POSIX_C_SOURCE 200809L
#include "sim/remap.h"

#include <stdlib.h>
#include <string.h>

/* In cache_counts. */
enum {
	ALLOCS,
	FREES,
	UNKNOWN_FREES,
	INFERRED_ALLOCS,
	INFERRED_FREES,
	NR_CACHE_COUNTS
};

static uint32_t *table_of(uint32_t nr)
{
	uint32_t *table = malloc((nr + (size_t)1) * sizeof(*table));

	for (uint32_t i = 0; table && i < nr; i++)
		table[i] = REMAP_NONE;
	return table;
}

static bool init_table(struct remap_table *table, uint32_t nr_old)
{
	table->nr_old = nr_old;
	table->new_of = table_of(nr_old);
	table->old_of = table_of(nr_old);
	return table->new_of && table->old_of;
}

static uint32_t map(struct remap_table *table, uint32_t old)
{
	if (table->new_of[old] == REMAP_NONE) {
		table->new_of[old] = table->nr_new;
		table->old_of[table->nr_new++] = old;
	}
	return table->new_of[old];
}

bool remap_init(struct remap *remap, const struct trace_header *from)
{
	memset(remap, 0, sizeof(*remap));
	remap->from = from;
	remap->slot_of = table_of(from->nr_slots);
	remap->free_slots = table_of(from->nr_slots);
	remap->cache_counts =
		calloc((from->nr_caches + (size_t)1) * NR_CACHE_COUNTS,
		       sizeof(*remap->cache_counts));
	remap->created = calloc(from->nr_caches + (size_t)1, sizeof(bool));
	remap->inferred = calloc(from->nr_slots + (size_t)1, sizeof(bool));
	if (!remap->slot_of || !remap->inferred || !remap->free_slots ||
	    !remap->cache_counts || !remap->created ||
	    !init_table(&remap->caches, from->nr_caches) ||
	    !init_table(&remap->call_sites, from->nr_call_sites) ||
	    !init_table(&remap->tasks, from->nr_tasks))
		return false;
	map(&remap->call_sites, 0); /* "" stays number 0 */
	map(&remap->tasks, 0);
	return true;
}

static void release_table(struct remap_table *table)
{
	free(table->new_of);
	free(table->old_of);
}

void remap_release(struct remap *remap)
{
	release_table(&remap->caches);
	release_table(&remap->call_sites);
	release_table(&remap->tasks);
	free(remap->slot_of);
	free(remap->free_slots);
	free(remap->cache_counts);
	free(remap->created);
	free(remap->inferred);
	memset(remap, 0, sizeof(*remap));
}

/* --- events --- */

static uint64_t *counts_of(struct remap *remap, const struct event *event)
{
	/* the row behind the last cache is that of no cache: not used */
	uint32_t row = event->cache < remap->from->nr_caches ?
			       event->cache :
			       remap->from->nr_caches;

	return remap->cache_counts + (size_t)row * NR_CACHE_COUNTS;
}

/*
 * Slots whose object's free was dropped are never free again. All others are
 * as many as old slots at most, for which the stack has room.
 */
static uint32_t take_slot(struct remap *remap)
{
	if (remap->nr_free)
		return remap->free_slots[--remap->nr_free];
	return remap->nr_slots++;
}

static void take_alloc(struct remap *remap, struct event *event)
{
	bool inferred = event->flags & EVENT_INFERRED;
	uint32_t slot = take_slot(remap);

	remap->slot_of[event->slot] = slot;
	remap->inferred[event->slot] = inferred;
	event->slot = slot;
	counts_of(remap, event)[inferred ? INFERRED_ALLOCS : ALLOCS]++;
	remap->counts.inferred_allocs += inferred;
	remap->counts.allocs += !inferred;
	remap->counts.live_at_end++;
}

static void count_free(struct remap *remap, const struct event *event,
		       bool known)
{
	uint64_t *counts = counts_of(remap, event);

	if (event->flags & EVENT_IMPLICIT) {
		counts[INFERRED_FREES]++;
		remap->counts.implicit_frees++;
		return;
	}
	counts[FREES]++;
	counts[UNKNOWN_FREES] += !known;
	remap->counts.frees++;
	remap->counts.unknown_frees += !known;
}

static bool take_free(struct remap *remap, struct event *event)
{
	uint32_t slot = event->op == EVENT_FREE ? remap->slot_of[event->slot] :
						  REMAP_NONE;

	if (slot == REMAP_NONE) {
		if (event->flags & EVENT_IMPLICIT)
			return false;
		event->op = EVENT_FREE_UNKNOWN;
		event->slot = EVENT_NO_SLOT;
		count_free(remap, event, false);
		return true;
	}
	count_free(remap, event, !remap->inferred[event->slot]);
	remap->slot_of[event->slot] = REMAP_NONE;
	event->slot = slot;
	remap->free_slots[remap->nr_free++] = slot;
	remap->counts.live_at_end--;
	return true;
}

static bool take_any(struct remap *remap, struct event *event)
{
	switch (event->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		take_alloc(remap, event);
		return true;
	case EVENT_FREE:
	case EVENT_FREE_UNKNOWN:
		return take_free(remap, event);
	case EVENT_CREATE:
		remap->created[event->cache] = true;
		return true;
	case EVENT_PAGE_ALLOC:
		remap->counts.page_allocs++;
		return true;
	case EVENT_PAGE_FREE:
	case EVENT_PAGE_FREE_BATCHED:
		remap->counts.page_frees++;
		return true;
	default:
		return true;
	}
}

bool remap_take(struct remap *remap, struct event *event)
{
	if (!take_any(remap, event))
		return false;
	if (!remap->nr_taken++)
		remap->first_ns = event->time_ns;
	remap->last_ns = event->time_ns;
	event->time_ns -= remap->first_ns;
	if (event->cache != EVENT_NO_CACHE)
		event->cache = map(&remap->caches, event->cache);
	event->call_site = map(&remap->call_sites, event->call_site);
	event->task = map(&remap->tasks, event->task);
	remap->counts.events = remap->counts.allocs + remap->counts.frees +
			       remap->counts.page_allocs +
			       remap->counts.page_frees;
	return true;
}

void remap_drop(struct remap *remap, const struct event *event)
{
	if (event->op != EVENT_FREE ||
	    remap->slot_of[event->slot] == REMAP_NONE)
		return;
	remap->slot_of[event->slot] = REMAP_NONE;
	remap->cut_frees++;
}

/* --- the header --- */

static char **copy_strings(char *const *strings,
			   const struct remap_table *table)
{
	char **copy = calloc(table->nr_new + (size_t)1, sizeof(*copy));

	for (uint32_t i = 0; copy && i < table->nr_new; i++)
		copy[i] = strdup(strings[table->old_of[i]]);
	return copy;
}

static bool all_there(char *const *strings, uint32_t nr)
{
	for (uint32_t i = 0; strings && i < nr; i++) {
		if (!strings[i])
			return false;
	}
	return strings != NULL;
}

static bool copy_cache(const struct remap *remap, uint32_t old,
		       struct cache_def *def)
{
	const struct cache_def *from = &remap->from->caches[old];
	const uint64_t *counts =
		remap->cache_counts + (size_t)old * NR_CACHE_COUNTS;

	*def = *from;
	def->name = strdup(from->name);
	def->reason = strdup(from->reason);
	def->allocs = counts[ALLOCS];
	def->frees = counts[FREES];
	def->unknown_frees = counts[UNKNOWN_FREES];
	def->inferred_allocs = counts[INFERRED_ALLOCS];
	def->inferred_frees = counts[INFERRED_FREES];
	/* its creation was before the part: it is there from the start */
	if (def->when == CACHE_AT_EVENT && !remap->created[old])
		def->when = CACHE_AT_START;
	return def->name && def->reason;
}

static bool copy_caches(const struct remap *remap, struct trace_header *header)
{
	uint32_t nr = remap->caches.nr_new;

	header->caches = calloc(nr + (size_t)1, sizeof(*header->caches));
	if (!header->caches)
		return false;
	for (uint32_t i = 0; i < nr; i++) {
		header->nr_caches = i + 1;
		if (!copy_cache(remap, remap->caches.old_of[i],
				&header->caches[i]))
			return false;
	}
	return true;
}

/* The part of a place that lies in the new trace; false: none does. */
static bool clip_loss(const struct remap *remap, const struct trace_loss *from,
		      struct trace_loss *loss)
{
	uint64_t first_ns = remap->first_ns, last_ns = remap->last_ns;

	*loss = *from;
	if (from->until_ns < first_ns || from->from_ns > last_ns)
		return false;
	if (loss->from_ns < first_ns)
		loss->from_ns = first_ns;
	if (loss->until_ns > last_ns)
		loss->until_ns = last_ns;
	loss->from_ns -= first_ns;
	loss->until_ns -= first_ns;
	return true;
}

static bool copy_losses(const struct remap *remap, struct trace_header *header)
{
	const struct trace_header *from = remap->from;

	header->losses =
		calloc(from->nr_losses + (size_t)1, sizeof(*header->losses));
	header->nr_losses = 0;
	for (uint32_t i = 0; header->losses && i < from->nr_losses; i++) {
		if (clip_loss(remap, &from->losses[i],
			      &header->losses[header->nr_losses]))
			header->nr_losses++;
		else
			header->counts.lost -= from->losses[i].events;
	}
	return header->losses != NULL;
}

bool remap_header(const struct remap *remap, struct trace_header *header)
{
	*header = *remap->from;
	header->nr_slots = remap->nr_slots;
	header->span_ns = remap->last_ns - remap->first_ns;
	header->end_ns = header->span_ns;
	header->first_ns += remap->first_ns;
	header->counts = remap->counts;
	header->counts.lost = remap->from->counts.lost;
	header->counts.unparsed = remap->from->counts.unparsed;
	header->losses = NULL;
	header->caches = NULL;
	header->nr_caches = 0;
	header->nr_call_sites = remap->call_sites.nr_new;
	header->nr_tasks = remap->tasks.nr_new;
	header->call_sites =
		copy_strings(remap->from->call_sites, &remap->call_sites);
	header->tasks = copy_strings(remap->from->tasks, &remap->tasks);
	return all_there(header->call_sites, header->nr_call_sites) &&
	       all_there(header->tasks, header->nr_tasks) &&
	       copy_losses(remap, header) && copy_caches(remap, header);
}
