/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"

_Static_assert(sizeof(struct miss_stats) == MISS_CLASSES * sizeof(uint64_t),
	       "as many as there are");
#define CLASS_OF(name, text) { #name, text },
const struct miss_class miss_classes[MISS_CLASSES] = { MISS_STATS(CLASS_OF) };

static int no_memory(struct step_source *source)
{
	strcpy(source->error, "the host is out of memory");
	return EXIT_IO;
}

/* --- the event itself ---------------------------------------------------- */

/* By class; none of a cache that is not there yet. */
static void misses_of(const struct machine *m, cachep_t cachep, uint32_t cpu,
		      uint64_t misses[MISS_CLASSES])
{
	size_t bytes = MISS_CLASSES * sizeof(*misses);

	memset(misses, 0, bytes);
	if (m && cache_is_alive(m, cachep))
		memcpy(misses, kmem_miss_stats(m, cachep, cpu), bytes);
}

static bool is_alloc(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_HIT || kind == SLAB_EVENT_MISS ||
	       kind == SLAB_EVENT_NODEALLOC;
}

static bool is_free(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_FREEHIT || kind == SLAB_EVENT_FREEMISS ||
	       kind == SLAB_EVENT_ALIEN || kind == SLAB_EVENT_ALIEN_DIRECT;
}

/*
 * The last of the cache's own steps that moves an object, or fails: timers and
 * the machine's own needs come before it.
 */
static const struct path_step *outcome_of(const struct path *path,
					  cachep_t cachep)
{
	for (size_t i = path->nr; i-- > 0;) {
		const struct slab_event *e = &path->steps[i].event;

		if (e->cachep == cachep &&
		    (is_alloc(e->kind) || is_free(e->kind) ||
		     e->kind == SLAB_EVENT_FAIL))
			return &path->steps[i];
	}
	return NULL;
}

static bool copy_path(struct path *to, const struct path *from)
{
	*to = (struct path){ .nr = from->nr, .room = from->nr };
	to->nr_lost = from->nr_lost;
	to->steps = calloc(from->nr + 1, sizeof(*to->steps));
	if (!to->steps)
		return false;
	if (from->nr)
		memcpy(to->steps, from->steps, from->nr * sizeof(*to->steps));
	return true;
}

static struct actor actor_of(const struct step_source *source, uint64_t number)
{
	return (struct actor){
		.number = number,
		.line = source->line,
		.cpu = source->cpu,
		.time_ns = source->time_ns,
		.call_site = source->call_site,
		.task = source->task,
	};
}

/* The object's slab among those of the picture. */
static void find_slab(struct explanation *e)
{
	e->slab = PICTURE_NO_SLAB;
	for (size_t i = 0; i < e->picture.nr_slabs; i++) {
		const struct slab_view *view = &e->picture.slabs[i].view;

		if (view->grow_number == e->grow_number &&
		    view->nodeid == e->nodeid)
			e->slab = i;
	}
}

static bool look_at_outcome(struct explanation *e,
			    const struct step_source *source)
{
	const struct path_step *step;
	struct cache_info info;

	e->outcome = e->miss_class = -1;
	e->cachep = source->cachep;
	if (!source->m || e->cachep == CACHE_NULL ||
	    !cache_is_alive(source->m, e->cachep)) {
		e->cachep = CACHE_NULL;
		return true;
	}
	kmem_cache_info(source->m, e->cachep, &info);
	snprintf(e->cache, sizeof(e->cache), "%s", info.name);
	/* what an action allocates and frees is by the way */
	if (e->self.number > step_source_units(source))
		return true;
	step = outcome_of(&e->path, e->cachep);
	if (!step)
		return true;
	e->outcome = (int)step->event.kind;
	if (!step->grow_number)
		return true;
	e->has_object = true;
	e->grow_number = step->grow_number;
	e->nodeid = step->nodeid;
	e->index = step->index;
	e->nr_objects = info.num;
	e->objects = calloc(info.num, sizeof(*e->objects));
	if (!e->objects || !picture_take(&e->picture, source->m, e->cachep, 0))
		return false;
	find_slab(e);
	return true;
}

static int look_at_event(struct timeline *timeline, uint64_t number,
			 struct explanation *e)
{
	struct step_source *source = timeline_source(timeline);
	int code = timeline_goto(timeline, number);

	if (code)
		return code;
	source->ops->describe(source, e->what, sizeof(e->what));
	e->self = actor_of(source, number);
	e->is_free = source->is_free;
	if (!copy_path(&e->path, &source->path) || !look_at_outcome(e, source))
		return no_memory(source);
	return EXIT_OK;
}

/* Which counter of misses rose by the event. */
static int find_class(struct timeline *timeline, struct explanation *e)
{
	struct step_source *source = timeline_source(timeline);
	uint64_t was[MISS_CLASSES], is[MISS_CLASSES];
	uint32_t cpu;
	int code;

	if (e->outcome != SLAB_EVENT_MISS && e->outcome != SLAB_EVENT_FAIL &&
	    e->outcome != SLAB_EVENT_NODEALLOC)
		return EXIT_OK;
	cpu = outcome_of(&e->path, e->cachep)->event.cpu;
	misses_of(source->m, e->cachep, cpu, is);
	code = timeline_goto(timeline, e->self.number - 1);
	if (code)
		return code;
	misses_of(source->m, e->cachep, cpu, was);
	for (int i = MISS_CLASSES; i-- > 0;) {
		if (is[i] > was[i])
			e->miss_class = i;
	}
	return timeline_goto(timeline, e->self.number);
}

/* --- its slab's history --------------------------------------------------- */

/* An earlier cache in the same place may have had more objects in a slab. */
static bool is_ours(const struct explanation *e, const struct path_step *step)
{
	return step->event.cachep == e->cachep &&
	       step->grow_number == e->grow_number &&
	       step->nodeid == e->nodeid && step->index < e->nr_objects;
}

static void note_step(struct explanation *e, const struct path_step *step,
		      const struct actor *actor)
{
	struct object_history *object = &e->objects[step->index];

	if (step->event.kind == SLAB_EVENT_GROW) {
		/* of an earlier cache in the same place: forget it */
		memset(e->objects, 0, e->nr_objects * sizeof(*e->objects));
		e->grown = *actor;
	} else if (is_alloc(step->event.kind)) {
		object->allocs++;
		object->last_alloc = *actor;
	} else if (is_free(step->event.kind)) {
		object->frees++;
		object->last_free = *actor;
	}
}

static int follow_slab(struct timeline *timeline, struct explanation *e)
{
	struct step_source *source = timeline_source(timeline);
	int code = timeline_goto(timeline, 0);

	for (uint64_t i = 1; !code && i <= e->self.number; i++) {
		struct actor actor;

		if (i % 1024 == 0 && interrupt_wanted()) {
			strcpy(source->error, "interrupted");
			return EXIT_INTERRUPTED;
		}
		code = timeline_goto(timeline, i);
		actor = actor_of(source, i);
		for (size_t s = 0; !code && s < source->path.nr; s++) {
			if (is_ours(e, &source->path.steps[s]))
				note_step(e, &source->path.steps[s], &actor);
		}
	}
	return code;
}

int explain_event(struct timeline *timeline, uint64_t number,
		  struct explanation *explanation)
{
	int code = look_at_event(timeline, number, explanation);

	if (!code)
		code = find_class(timeline, explanation);
	if (code || !explanation->has_object)
		return code;
	return follow_slab(timeline, explanation);
}

void explanation_release(struct explanation *e)
{
	path_release(&e->path);
	picture_release(&e->picture);
	free(e->objects);
	e->objects = NULL;
}
