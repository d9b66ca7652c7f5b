/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of an operation: the transitions that it caused, in order. Objects
 * and slabs are kept by their grow numbers, so a path can be told after its
 * slabs are gone.
 */
#ifndef SIM_PATH_H
#define SIM_PATH_H

#include "model/inspect.h"
#include "model/observe.h"

struct path_step {
	struct slab_event event;
	uint64_t tick;
	/* of .obj or .slab of the event; grow_number 0: it names neither */
	uint64_t grow_number;
	uint32_t nodeid, index;
};

struct path {
	struct path_step *steps; /* owned (path_release) */
	size_t nr, room;
	uint64_t nr_lost; /* for want of memory */
};

void path_clear(struct path *path);
void path_release(struct path *path);
/* A slab_observe_fn whose argument is the struct path. */
void path_observe(void *arg, const struct machine *m,
		  const struct slab_event *event);

/* Whether a cache is (still) there: a path may name one that is gone. */
bool cache_is_alive(const struct machine *m, cachep_t cachep);

/*
 * path_tell - the path in sentences, one a transition
 * @own: the cache that the operation was about, or CACHE_NULL.
 * @max: lines at most. When there are more transitions, those of @own are
 * told first and the others are counted in a last line.
 */
typedef void path_line_fn(void *arg, const char *sentence);
void path_tell(const struct path *path, const struct machine *m, cachep_t own,
	       size_t max, path_line_fn *line, void *arg);

#endif
