/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/demand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/replay.h"

#define BLOCK_EVENTS 4096

struct demand_reader {
	const struct trace_header *header;
	const uint32_t *cpu_node;
	struct warm_demands *out;
	size_t room, last; /* @last: where the last one was found */
	/* what lies in each slot since before the start; nr 0: nothing */
	struct warm_demand *slots;
	struct event events[BLOCK_EVENTS];
};

static bool same_kind(const struct warm_demand *a, const struct warm_demand *b)
{
	return a->cache == b->cache && a->bytes_req == b->bytes_req &&
	       a->gfp == b->gfp && a->node == b->node;
}

static bool add(struct demand_reader *r, const struct warm_demand *demand)
{
	struct warm_demands *out = r->out;

	if (r->last >= out->nr || !same_kind(&out->demands[r->last], demand)) {
		for (r->last = 0; r->last < out->nr; r->last++) {
			if (same_kind(&out->demands[r->last], demand))
				break;
		}
	}
	if (r->last == out->nr) {
		if (out->nr == r->room) {
			size_t room = r->room ? 2 * r->room : 64;
			struct warm_demand *new =
				realloc(out->demands, room * sizeof(*new));

			if (!new)
				return false;
			out->demands = new;
			r->room = room;
		}
		out->demands[out->nr] = *demand;
		out->demands[out->nr++].nr = 0;
	}
	out->demands[r->last].nr++;
	return true;
}

static struct warm_demand demand_of(const struct demand_reader *r,
				    const struct event *event, uint32_t cpu)
{
	return (struct warm_demand){
		.cache = event->cache,
		.bytes_req = event->cache == EVENT_NO_CACHE ? event->bytes_req :
							      0,
		.gfp = event->cache == EVENT_NO_CACHE ? replay_gfp(event) : 0,
		.node = r->cpu_node[cpu],
		.nr = 1,
	};
}

static bool take_event(struct demand_reader *r, const struct event *event,
		       bool before)
{
	struct warm_demand *slot = event->slot < r->header->nr_slots ?
					   &r->slots[event->slot] :
					   NULL;
	struct warm_demand demand;

	if (event->cpu >= r->header->cpus)
		return true; /* replay will complain */
	if (event->op == EVENT_FREE_UNKNOWN && !before && event->node >= 0 &&
	    (uint32_t)event->node < r->header->cpus) {
		demand = demand_of(r, event, (uint32_t)event->node);
		return add(r, &demand);
	}
	if (!slot)
		return true;
	if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC) {
		slot->nr = 0;
		if (before && event->node < 0)
			*slot = demand_of(r, event, event->cpu);
	} else if (event->op == EVENT_FREE && slot->nr) {
		demand = *slot;
		slot->nr = 0;
		return before || add(r, &demand);
	}
	return true;
}

static int read_all(struct demand_reader *r, struct slt_reader *reader,
		    uint64_t start_ns, struct trace_error *error)
{
	int nr;

	while ((nr = slt_read(reader, r->events, BLOCK_EVENTS, error)) > 0) {
		for (int i = 0; i < nr; i++) {
			if (take_event(r, &r->events[i],
				       r->events[i].time_ns < start_ns))
				continue;
			snprintf(error->text, sizeof(error->text),
				 "out of memory");
			return -ENOMEM;
		}
	}
	return nr;
}

int demand_read(struct slt_reader *reader, uint64_t start_ns,
		const uint32_t *cpu_node, struct warm_demands *demands,
		struct trace_error *error)
{
	struct demand_reader *r = calloc(1, sizeof(*r));
	int code = -ENOMEM;

	*demands = (struct warm_demands){ .demands = NULL };
	snprintf(error->text, sizeof(error->text), "out of memory");
	if (!r)
		return code;
	r->header = slt_header(reader);
	r->cpu_node = cpu_node;
	r->out = demands;
	r->slots = calloc((size_t)r->header->nr_slots + 1, sizeof(*r->slots));
	if (r->slots)
		code = read_all(r, reader, start_ns, error);
	free(r->slots);
	free(r);
	return code;
}
