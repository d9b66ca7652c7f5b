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

/* Misses of all caches and CPUs: which cache it will be is not known before. */
struct misses {
	struct miss_stats *stats;
	uint32_t nr_caches, nr_cpus;
};

static bool copy_misses(struct misses *misses, const struct machine *m)
{
	*misses = (struct misses){ 0 };
	if (!m)
		return true;
	misses->nr_caches = machine_cache_bound(m);
	misses->nr_cpus = machine_nr_cpus(m);
	misses->stats = calloc((size_t)misses->nr_caches * misses->nr_cpus + 1,
			       sizeof(*misses->stats));
	if (!misses->stats)
		return false;
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		for (uint32_t cpu = 0; cpu < misses->nr_cpus; cpu++)
			misses->stats[c * misses->nr_cpus + cpu] =
				*kmem_miss_stats(m, c, cpu);
	}
	return true;
}

/* Which counter rose; a cache that is new had none. */
static int class_of_miss(const struct misses *before, const struct machine *m,
			 const struct slab_event *miss)
{
	uint64_t was[MISS_CLASSES] = { 0 }, is[MISS_CLASSES];

	memcpy(is, kmem_miss_stats(m, miss->cachep, miss->cpu), sizeof(is));
	if (miss->cachep < before->nr_caches && miss->cpu < before->nr_cpus)
		memcpy(was,
		       &before->stats[miss->cachep * before->nr_cpus +
				      miss->cpu],
		       sizeof(was));
	for (int i = 0; i < MISS_CLASSES; i++) {
		if (is[i] > was[i])
			return i;
	}
	return -1;
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
			    const struct step_source *source,
			    const struct misses *before)
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
	step = outcome_of(&e->path, e->cachep);
	if (!step)
		return true;
	e->outcome = (int)step->event.kind;
	if (step->event.kind == SLAB_EVENT_MISS ||
	    step->event.kind == SLAB_EVENT_FAIL)
		e->miss_class = class_of_miss(before, source->m, &step->event);
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
	int code = timeline_goto(timeline, number - 1);
	struct misses before;

	if (code)
		return code;
	if (!copy_misses(&before, source->m))
		return no_memory(source);
	code = timeline_goto(timeline, number);
	if (!code) {
		source->ops->describe(source, e->what, sizeof(e->what));
		e->self = actor_of(source, number);
		e->is_free = source->is_free;
		if (!copy_path(&e->path, &source->path) ||
		    !look_at_outcome(e, source, &before))
			code = no_memory(source);
	}
	free(before.stats);
	return code;
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
		object->previous_free = object->last_free;
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
