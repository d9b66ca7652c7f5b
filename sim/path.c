/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recording the transitions of an operation. */
#include "sim/path.h"

#include <stdlib.h>

void path_clear(struct path *path)
{
	path->nr = 0;
	path->nr_lost = 0;
}

void path_release(struct path *path)
{
	free(path->steps);
	*path = (struct path){ 0 };
}

static bool has_room(struct path *path)
{
	size_t room = path->room ? 2 * path->room : 64;
	struct path_step *steps;

	if (path->nr < path->room)
		return true;
	steps = realloc(path->steps, room * sizeof(*steps));
	if (!steps)
		return false;
	path->steps = steps;
	path->room = room;
	return true;
}

void path_observe(void *arg, const struct machine *m,
		  const struct slab_event *event)
{
	obj_t obj = event->obj ? event->obj : (obj_t)event->slab << 32;
	struct path *path = arg;
	struct path_step *step;
	struct obj_place place;

	if (!has_room(path)) {
		path->nr_lost++;
		return;
	}
	step = &path->steps[path->nr++];
	*step = (struct path_step){ .event = *event, .tick = machine_now(m) };
	if (!obj)
		return;
	obj_locate(m, obj, &place);
	step->grow_number = place.grow_number;
	step->nodeid = place.nodeid;
	step->index = place.index;
}

bool cache_is_alive(const struct machine *m, cachep_t cachep)
{
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		if (c == cachep)
			return true;
	}
	return false;
}
