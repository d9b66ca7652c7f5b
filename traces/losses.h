/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a recording lost events, as its import learns of it: a tracer says so
 * before the next event that it kept, and each CPU has a buffer of its own.
 */
#ifndef TRACES_LOSSES_H
#define TRACES_LOSSES_H

#include "traces/slt.h"

/* More places are not kept: what they lost is lost at a time not known. */
#define LOSSES_MAX 65536

struct losses {
	struct trace_loss *list; /* owned; the last @nr_open end nowhere yet */
	uint32_t nr, room, nr_open;
	uint64_t not_kept; /* places over LOSSES_MAX */
	uint64_t *last; /* owned: ns of each CPU's last event, + 1; 0: none */
	uint32_t room_cpus; /* CPUs below have a place in it */
};

void losses_release(struct losses *losses);

/* For losses_note_event. Return: false: no memory for so many CPUs. */
bool losses_more_cpus(struct losses *losses, uint32_t cpu);

/* To be called for every event. Return: as losses_more_cpus. */
static inline bool losses_note_event(struct losses *losses, uint32_t cpu,
				     uint64_t time_ns)
{
	if (cpu >= losses->room_cpus && !losses_more_cpus(losses, cpu))
		return false;
	losses->last[cpu] = time_ns + 1;
	return true;
}

/* CPUs up to the highest one that had an event or lost one. */
uint32_t losses_nr_cpus(const struct losses *losses);

/*
 * losses_add - events of a CPU were lost since its last one
 * @events: 0: the tracer knew no number. The place is open: losses_close.
 * Return: false: no memory.
 */
bool losses_add(struct losses *losses, uint16_t cpu, uint64_t events);
/* All open places end at @time_ns. */
void losses_close(struct losses *losses, uint64_t time_ns);
/* Hand all places over to @header, whose span is known by now. */
void losses_take(struct losses *losses, struct trace_header *header);

#endif
