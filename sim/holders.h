/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who allocated the live objects of a replay: from the events' call sites, by
 * slot. Kept beside the replay, and only when asked for.
 */
#ifndef SIM_HOLDERS_H
#define SIM_HOLDERS_H

#include "sim/replay.h"

struct holders;

/* @header: borrowed. Return: owned (holders_destroy); NULL: no memory. */
struct holders *holders_create(const struct trace_header *header);
void holders_destroy(struct holders *holders);
/* Learn from events that were replayed. */
void holders_note(struct holders *holders, const struct event *events,
		  size_t nr);

/* Live objects of one slab that one call site allocated. */
struct holder {
	uint32_t slab;         /* its number in handles */
	const char *call_site; /* borrowed; "" not known */
	uint32_t objs;
	uint64_t oldest_ns;
};

/*
 * holders_list - all of them, by slab, then by number of the call site
 * Objects of a warm start and of the machine itself are not among them.
 * @list: owned (free). Return: how many; -1: no memory.
 */
int64_t holders_list(const struct holders *holders, const struct replay *replay,
		     struct holder **list);

#endif
