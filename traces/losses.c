/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traces/losses.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

void losses_release(struct losses *losses)
{
	free(losses->list);
	free(losses->last);
	memset(losses, 0, sizeof(*losses));
}

bool losses_more_cpus(struct losses *losses, uint32_t cpu)
{
	return array_reach(&losses->last, &losses->room_cpus, cpu,
			   sizeof(*losses->last));
}

uint32_t losses_nr_cpus(const struct losses *losses)
{
	uint32_t nr = losses->room_cpus;

	while (nr && !losses->last[nr - 1])
		nr--;
	for (uint32_t i = 0; i < losses->nr; i++) {
		if (nr <= losses->list[i].cpu)
			nr = losses->list[i].cpu + 1;
	}
	return nr;
}

bool losses_add(struct losses *losses, uint16_t cpu, uint64_t events)
{
	if (losses->nr == LOSSES_MAX) {
		losses->not_kept++;
		return true;
	}
	if (!losses_more_cpus(losses, cpu) ||
	    !array_reach(&losses->list, &losses->room, losses->nr,
			 sizeof(*losses->list)))
		return false;
	losses->list[losses->nr++] = (struct trace_loss){
		.from_ns = losses->last[cpu] ? losses->last[cpu] - 1 : 0,
		.events = events,
		.cpu = cpu,
	};
	losses->nr_open++;
	return true;
}

void losses_close(struct losses *losses, uint64_t time_ns)
{
	for (; losses->nr_open; losses->nr_open--) {
		struct trace_loss *loss =
			&losses->list[losses->nr - losses->nr_open];

		/* a CPU's last event may be later than its tracer's message */
		loss->until_ns = time_ns > loss->from_ns ? time_ns :
							   loss->from_ns;
	}
}

static int by_time(const void *left, const void *right)
{
	const struct trace_loss *a = left, *b = right;

	if (a->until_ns != b->until_ns)
		return a->until_ns < b->until_ns ? -1 : 1;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	if (a->from_ns != b->from_ns)
		return a->from_ns < b->from_ns ? -1 : 1;
	return a->events < b->events ? -1 : a->events > b->events;
}

void losses_take(struct losses *losses, struct trace_header *header)
{
	losses_close(losses, header->span_ns);
	for (uint32_t i = 0; i < losses->nr; i++) {
		struct trace_loss *loss = &losses->list[i];

		/* told after the last event */
		if (loss->until_ns > header->span_ns)
			loss->until_ns = header->span_ns;
	}
	if (losses->nr)
		qsort(losses->list, losses->nr, sizeof(*losses->list), by_time);
	header->losses = losses->list;
	header->nr_losses = losses->nr;
	losses->list = NULL;
	losses_release(losses);
}
