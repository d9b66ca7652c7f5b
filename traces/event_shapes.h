/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What events of a store have in common, each kept once: shapes (operation,
 * sizes, cache, flags, node, call site) and threads (task and CPU). Numbers
 * count from 0 in the order of first use.
 */
#ifndef TRACES_EVENT_SHAPES_H
#define TRACES_EVENT_SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/event.h"
#include "traces/ptr_map.h"

/* What many events share: all but time, slot, task and CPU, which are 0 here. */
static inline struct event event_shape(const struct event *event)
{
	return (struct event){
		.bytes_req = event->bytes_req,
		.cache = event->cache,
		.gfp = event->gfp,
		.call_site = event->call_site,
		.node = event->node,
		.op = event->op,
		.flags = event->flags,
	};
}

static inline bool event_same_shape(const struct event *a,
				    const struct event *b)
{
	return a->bytes_req == b->bytes_req && a->cache == b->cache &&
	       a->gfp == b->gfp && a->call_site == b->call_site &&
	       a->node == b->node && a->op == b->op && a->flags == b->flags;
}

static inline uint32_t event_shape_hash(const struct event *event)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;
	uint64_t hash = (uint64_t)event->call_site << 32 | event->cache;

	hash = (hash * odd) ^ hash >> 29 ^
	       ((uint64_t)event->bytes_req << 32 | event->gfp);
	hash = (hash * odd) ^ hash >> 29 ^
	       ((uint64_t)(uint16_t)event->node << 16 |
		(uint64_t)event->op << 8 | event->flags);
	return (uint32_t)(hash * odd >> 32);
}

struct event_shapes {
	struct event *shapes; /* time, slot, task and CPU of these are 0 */
	uint32_t nr, room;
	uint32_t *table; /* number of a shape + 1; 0: empty */
	uint32_t mask;
};

struct event_thread {
	uint32_t task;
	uint16_t cpu;
};

#define EVENT_THREAD_MEMO 64

struct event_threads {
	struct event_thread *threads;
	uint32_t nr, room;
	struct ptr_map numbers;           /* (task, CPU) -> number */
	uint32_t memo[EVENT_THREAD_MEMO]; /* the last one by CPU */
};

#define EVENT_SHAPE_NONE UINT32_MAX

/* Tables that are all zeroes are empty and ready. */
void event_shapes_release(struct event_shapes *shapes);
void event_threads_release(struct event_threads *threads);
/*
 * event_shapes_number - the number of an event's shape, new or old
 * Return: EVENT_SHAPE_NONE when out of memory, here and below.
 */
uint32_t event_shapes_number(struct event_shapes *shapes,
			     const struct event *event);
/* The same for a pair that is not the CPU's last one. */
uint32_t event_threads_change(struct event_threads *threads, uint32_t task,
			      uint16_t cpu);

static inline uint32_t event_threads_number(struct event_threads *threads,
					    uint32_t task, uint16_t cpu)
{
	uint32_t number = threads->memo[cpu % EVENT_THREAD_MEMO];

	/* mostly, a CPU runs what it ran before */
	if (number < threads->nr && threads->threads[number].task == task &&
	    threads->threads[number].cpu == cpu)
		return number;
	return event_threads_change(threads, task, cpu);
}

#endif
