/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See holders.h. A slot's last allocation is the one whose object is in it.
 */
#include "sim/holders.h"

#include <stdlib.h>

struct origin {
	uint64_t time_ns;
	uint32_t call_site;
};

struct holders {
	const struct trace_header *header;
	struct origin *origins; /* by slot */
};

/* A live object, to be sorted. */
struct held {
	uint32_t slab, call_site;
	uint64_t time_ns;
};

struct holders *holders_create(const struct trace_header *header)
{
	struct holders *holders = calloc(1, sizeof(*holders));

	if (!holders)
		return NULL;
	holders->header = header;
	holders->origins =
		calloc((size_t)header->nr_slots + 1, sizeof(*holders->origins));
	if (holders->origins)
		return holders;
	free(holders);
	return NULL;
}

void holders_destroy(struct holders *holders)
{
	if (!holders)
		return;
	free(holders->origins);
	free(holders);
}

void holders_note(struct holders *holders, const struct event *events,
		  size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (events[i].op != EVENT_ALLOC &&
		    events[i].op != EVENT_KMALLOC)
			continue;
		holders->origins[events[i].slot] =
			(struct origin){ events[i].time_ns,
					 events[i].call_site };
	}
}

static int by_slab_and_site(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->slab != y->slab)
		return x->slab < y->slab ? -1 : 1;
	if (x->call_site != y->call_site)
		return x->call_site < y->call_site ? -1 : 1;
	return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

static size_t collect(const struct holders *holders,
		      const struct replay *replay, struct held *held)
{
	size_t nr = 0;
	obj_t obj;

	for (uint32_t slot = 0; slot < holders->header->nr_slots; slot++) {
		obj = replay_object(replay, slot);
		if (!obj)
			continue;
		held[nr++] = (struct held){ obj_slab(obj),
					    holders->origins[slot].call_site,
					    holders->origins[slot].time_ns };
	}
	qsort(held, nr, sizeof(*held), by_slab_and_site);
	return nr;
}

static const char *site_name(const struct holders *holders, uint32_t site)
{
	if (!site || site >= holders->header->nr_call_sites)
		return "";
	return holders->header->call_sites[site];
}

int64_t holders_list(const struct holders *holders, const struct replay *replay,
		     struct holder **list)
{
	size_t slots = (size_t)holders->header->nr_slots + 1, nr, made = 0;
	struct held *held = calloc(slots, sizeof(*held));

	*list = calloc(slots, sizeof(**list));
	if (!held || !*list) {
		free(held);
		free(*list);
		*list = NULL;
		return -1;
	}
	nr = collect(holders, replay, held);
	for (size_t i = 0; i < nr; i++) {
		if (i && held[i].slab == held[i - 1].slab &&
		    held[i].call_site == held[i - 1].call_site) {
			(*list)[made - 1].objs++;
			continue;
		}
		(*list)[made++] =
			(struct holder){ held[i].slab,
					 site_name(holders, held[i].call_site),
					 1, held[i].time_ns };
	}
	free(held);
	return (int64_t)made;
}
