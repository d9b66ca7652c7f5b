/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shapes: open addressing with linear probing, at most half full. A shape may
 * be changed after it was numbered (identity.c does when it knows the caches):
 * then one of the same looks may get a second number, which is no harm.
 */
#include "traces/event_shapes.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

void event_shapes_release(struct event_shapes *shapes)
{
	free(shapes->shapes);
	free(shapes->table);
	memset(shapes, 0, sizeof(*shapes));
}

static uint32_t home_of(const struct event_shapes *shapes,
			const struct event *event)
{
	return event_shape_hash(event) & shapes->mask;
}

/* Where the shape is in the table, or the empty place where it would be. */
static uint32_t seek(const struct event_shapes *shapes,
		     const struct event *event)
{
	uint32_t at = home_of(shapes, event);

	while (shapes->table[at] &&
	       !event_same_shape(&shapes->shapes[shapes->table[at] - 1], event))
		at = (at + 1) & shapes->mask;
	return at;
}

static bool grow(struct event_shapes *shapes)
{
	uint32_t room = shapes->room ? 2 * shapes->room : 256;

	if (room > UINT32_MAX / 4 ||
	    !array_resize(&shapes->shapes, shapes->room, room,
			  sizeof(*shapes->shapes)))
		return false;
	free(shapes->table);
	shapes->table = calloc(2 * (size_t)room, sizeof(*shapes->table));
	if (!shapes->table)
		return false;
	shapes->room = room;
	shapes->mask = 2 * room - 1;
	for (uint32_t i = 0; i < shapes->nr; i++) {
		uint32_t at = home_of(shapes, &shapes->shapes[i]);

		while (shapes->table[at])
			at = (at + 1) & shapes->mask;
		shapes->table[at] = i + 1;
	}
	return true;
}

uint32_t event_shapes_number(struct event_shapes *shapes,
			     const struct event *event)
{
	uint32_t at;

	if (shapes->table) {
		at = seek(shapes, event);
		if (shapes->table[at])
			return shapes->table[at] - 1;
	}
	if ((!shapes->table || shapes->nr == shapes->room) && !grow(shapes))
		return EVENT_SHAPE_NONE;
	at = seek(shapes, event);
	shapes->shapes[shapes->nr] = event_shape(event);
	shapes->table[at] = ++shapes->nr;
	return shapes->nr - 1;
}

/* --- threads --- */

void event_threads_release(struct event_threads *threads)
{
	free(threads->threads);
	ptr_map_release(&threads->numbers);
	memset(threads, 0, sizeof(*threads));
}

static uint32_t find_thread(struct event_threads *threads, uint32_t task,
			    uint16_t cpu)
{
	uint64_t key = (uint64_t)task << 16 | cpu;
	const uint32_t *found = NULL;

	if (threads->room)
		found = ptr_map_find(&threads->numbers, key);
	else if (!ptr_map_init(&threads->numbers))
		return EVENT_SHAPE_NONE;
	if (found)
		return *found;
	if (!array_reach(&threads->threads, &threads->room, threads->nr,
			 sizeof(*threads->threads)) ||
	    !ptr_map_add(&threads->numbers, key, threads->nr))
		return EVENT_SHAPE_NONE;
	threads->threads[threads->nr] = (struct event_thread){ task, cpu };
	return threads->nr++;
}

uint32_t event_threads_change(struct event_threads *threads, uint32_t task,
			      uint16_t cpu)
{
	uint32_t number = find_thread(threads, task, cpu);

	if (number != EVENT_SHAPE_NONE)
		threads->memo[cpu % EVENT_THREAD_MEMO] = number;
	return number;
}
