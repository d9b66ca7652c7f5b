/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A path in words. A transition knows what was moved, not what was found
 * empty or full before; that is clear from what follows: the first move
 * before a miss is its refill, the flush before a freemiss made the room. The
 * sentences of these begin with the reason.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/text.h"
#include "sim/path.h"

#define SENTENCE_BYTES 400

/* "0:3.15": node, grow number of the slab, index; as in dumps. */
static const char *object_of(const struct path_step *step, char text[48])
{
	snprintf(text, 48, "%u:%" PRIu64 ".%u", step->nodeid, step->grow_number,
		 step->index);
	return text;
}

/* A kind's sentence into @text; false: nothing worth saying. */
static bool alloc_words(const struct path_step *step, char *text, size_t bytes)
{
	const struct slab_event *e = &step->event;
	char object[48];

	switch (e->kind) {
	case SLAB_EVENT_HIT:
		return snprintf(text, bytes,
				"hit: object %s from the top of cpu%u's array, "
				"%" PRIu64 " left in it",
				object_of(step, object), e->cpu, e->left);
	case SLAB_EVENT_MISS:
		return snprintf(text, bytes,
				"miss: after the refill, object %s from the "
				"top of cpu%u's array, %" PRIu64 " left in it",
				object_of(step, object), e->cpu, e->left);
	case SLAB_EVENT_NODEALLOC:
		return snprintf(text, bytes,
				"object %s straight from a slab of node %u, "
				"past all arrays",
				object_of(step, object), e->node);
	case SLAB_EVENT_FAIL:
		return snprintf(text, bytes,
				"no memory anywhere: the allocation fails");
	case SLAB_EVENT_REFILL_SHARED:
		return snprintf(text, bytes,
				"%" PRIu64 " object%s from the shared array of "
				"node %u, %" PRIu64 " left in it",
				e->nr, text_plural(e->nr), e->node, e->left);
	case SLAB_EVENT_REFILL:
		return snprintf(text, bytes,
				"%" PRIu64 " object%s from slabs of node %u, "
				"%" PRIu64 " left free in them",
				e->nr, text_plural(e->nr), e->node, e->left);
	default:
		return false;
	}
}

static bool free_words(const struct machine *m, const struct path_step *step,
		       char *text, size_t bytes)
{
	const struct slab_event *e = &step->event;
	uint32_t here = machine_cpu_node(m, e->cpu);
	char object[48];

	switch (e->kind) {
	case SLAB_EVENT_FREEHIT:
	case SLAB_EVENT_FREEMISS:
		return snprintf(text, bytes,
				"object %s onto the top of cpu%u's array, "
				"%" PRIu64 " in it",
				object_of(step, object), e->cpu, e->left);
	case SLAB_EVENT_FLUSH_SHARED:
		return snprintf(text, bytes,
				"its oldest %" PRIu64 " object%s to the shared "
				"array of node %u, %" PRIu64 " in it",
				e->nr, text_plural(e->nr), e->node, e->left);
	case SLAB_EVENT_FLUSH:
		return snprintf(text, bytes,
				"its oldest %" PRIu64 " object%s to slabs of "
				"node %u, %" PRIu64 " free in them",
				e->nr, text_plural(e->nr), e->node, e->left);
	case SLAB_EVENT_ALIEN:
		return snprintf(text, bytes,
				"object %s is node %u's, cpu%u is not: into "
				"node %u's alien array for it, %" PRIu64
				" in it",
				object_of(step, object), e->node, e->cpu, here,
				e->left);
	case SLAB_EVENT_ALIEN_DIRECT:
		return snprintf(text, bytes,
				"object %s is node %u's, and there is no alien "
				"array: straight to its slab",
				object_of(step, object), e->node);
	case SLAB_EVENT_ALIEN_OVERFLOW:
		return snprintf(text, bytes,
				"node %u's alien array for node %u is full "
				"(%" PRIu64 ") -> all of it goes home",
				here, e->node, e->left);
	case SLAB_EVENT_ALIEN_TO_SHARED:
		return snprintf(text, bytes,
				"%" PRIu64 " object%s home to the shared array "
				"of node %u, %" PRIu64 " to its slabs",
				e->nr, text_plural(e->nr), e->node, e->left);
	default:
		return false;
	}
}

static bool slab_words(const struct path_step *step, char *text, size_t bytes)
{
	const struct slab_event *e = &step->event;

	switch (e->kind) {
	case SLAB_EVENT_GROW:
		return snprintf(text, bytes,
				"no free object in node %u's slabs -> slab "
				"%" PRIu64 " is added, with %" PRIu64
				" object%s",
				e->node, step->grow_number, e->nr,
				text_plural(e->nr));
	case SLAB_EVENT_DESTROY:
		return snprintf(text, bytes,
				"slab %" PRIu64 " of node %u is given back, "
				"with its %" PRIu64 " object%s",
				step->grow_number, e->node, e->nr,
				text_plural(e->nr));
	case SLAB_EVENT_DRAIN:
		return snprintf(text, bytes,
				"%" PRIu64 " object%s of an idle array of node "
				"%u to %s, %" PRIu64 " left in it",
				e->nr, text_plural(e->nr), e->node,
				e->nr == 1 ? "its slab" : "their slabs",
				e->left);
	case SLAB_EVENT_REAP_BEGIN:
		return snprintf(text, bytes,
				"tick %" PRIu64 ": cache_reap on cpu%u of node "
				"%u",
				step->tick, e->cpu, e->node);
	case SLAB_EVENT_REAPED:
		return snprintf(text, bytes,
				"reaped: %" PRIu64 " free slab%s of node %u",
				e->nr, text_plural(e->nr), e->node);
	default:
		return false;
	}
}

static bool admin_words(const struct path_step *step, char *text, size_t bytes)
{
	const struct slab_event *e = &step->event;

	switch (e->kind) {
	case SLAB_EVENT_TUNE:
		return snprintf(text, bytes,
				"new arrays: limit %" PRIu64
				", batchcount %" PRIu64,
				e->nr, e->left);
	case SLAB_EVENT_CREATE:
		return snprintf(text, bytes, "the cache comes into being");
	case SLAB_EVENT_SHRINK:
		return snprintf(text, bytes,
				"shrunk: all arrays emptied, free slabs given "
				"back, %" PRIu64 " slab%s left",
				e->nr, text_plural(e->nr));
	case SLAB_EVENT_REMOVE:
		return snprintf(text, bytes, "the cache goes");
	case SLAB_EVENT_CPU_UP:
		return snprintf(text, bytes, "cpu%u is online, on node %u",
				e->cpu, e->node);
	case SLAB_EVENT_CPU_DOWN:
		return snprintf(text, bytes, "cpu%u is offline", e->cpu);
	default:
		return false; /* REAP_END: the next thing shows it */
	}
}

static bool moves_to_array(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_GROW || kind == SLAB_EVENT_REFILL ||
	       kind == SLAB_EVENT_REFILL_SHARED;
}

static bool same_array(const struct slab_event *a, const struct slab_event *b)
{
	return a->cachep == b->cachep && a->cpu == b->cpu;
}

/* Whether the step is the first of a refill: of moves that end in a miss. */
static bool begins_refill(const struct path *path, size_t i)
{
	const struct slab_event *first = &path->steps[i].event;

	if (!moves_to_array(first->kind))
		return false;
	for (size_t j = i; j-- > 0;) {
		const struct slab_event *e = &path->steps[j].event;

		if (same_array(e, first) && moves_to_array(e->kind))
			return false;
		if (same_array(e, first))
			break;
	}
	for (size_t j = i + 1; j < path->nr; j++) {
		const struct slab_event *e = &path->steps[j].event;

		if (same_array(e, first) && !moves_to_array(e->kind))
			return e->kind == SLAB_EVENT_MISS;
	}
	return false;
}

static const char *reason_of(const struct path *path, size_t i, char text[64])
{
	const struct slab_event *e = &path->steps[i].event;

	text[0] = '\0';
	if (begins_refill(path, i))
		snprintf(text, 64, "cpu%u's array is empty -> ", e->cpu);
	else if (e->kind == SLAB_EVENT_FLUSH ||
		 e->kind == SLAB_EVENT_FLUSH_SHARED)
		snprintf(text, 64, "cpu%u's array is full -> ", e->cpu);
	return text;
}

/* "[size-64] " before what happens in another cache than @own. */
static void name_of(const struct machine *m, cachep_t cachep, cachep_t own,
		    char text[96])
{
	struct cache_info info;
	char visible[80];

	text[0] = '\0';
	if (cachep == own || cachep == CACHE_NULL)
		return;
	if (!cache_is_alive(m, cachep)) {
		snprintf(text, 96, "[gone] ");
		return;
	}
	kmem_cache_info(m, cachep, &info);
	text_visible(info.name, visible, sizeof(visible));
	snprintf(text, 96, "[%s] ", visible);
}

static bool sentence_of(const struct path *path, size_t i,
			const struct machine *m, cachep_t own, char *text)
{
	const struct path_step *step = &path->steps[i];
	char name[96], reason[64], what[200];

	if (!alloc_words(step, what, sizeof(what)) &&
	    !free_words(m, step, what, sizeof(what)) &&
	    !slab_words(step, what, sizeof(what)) &&
	    !admin_words(step, what, sizeof(what)))
		return false;
	name_of(m, step->event.cachep, own, name);
	snprintf(text, SENTENCE_BYTES, "%s%s%s", name,
		 reason_of(path, i, reason), what);
	return true;
}

/* --- which of them ------------------------------------------------------- */

/* Of an operation about no cache, such as the clock's, the events of note. */
static bool is_notable(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_CPU_UP || kind == SLAB_EVENT_CPU_DOWN ||
	       kind == SLAB_EVENT_REAP_BEGIN || kind == SLAB_EVENT_REAPED ||
	       kind == SLAB_EVENT_DRAIN;
}

static bool is_chosen(const struct path_step *step, cachep_t own, bool all)
{
	if (all)
		return true;
	if (own == CACHE_NULL)
		return is_notable(step->event.kind);
	return step->event.cachep == own || step->event.cachep == CACHE_NULL;
}

static size_t count_sentences(const struct path *path)
{
	size_t nr = 0;

	for (size_t i = 0; i < path->nr; i++)
		nr += path->steps[i].event.kind != SLAB_EVENT_REAP_END;
	return nr;
}

void path_tell(const struct path *path, const struct machine *m, cachep_t own,
	       size_t max, path_line_fn *line, void *arg)
{
	size_t nr = count_sentences(path), told = 0;
	bool all = nr <= max;
	char text[SENTENCE_BYTES];

	for (size_t i = 0; i < path->nr && (all || told + 1 < max); i++) {
		if (!is_chosen(&path->steps[i], own, all) ||
		    !sentence_of(path, i, m, own, text))
			continue;
		line(arg, text);
		told++;
	}
	if (told < nr) {
		snprintf(text, sizeof(text), "and %zu transition%s more",
			 nr - told, text_plural(nr - told));
		line(arg, text);
	}
	if (path->nr_lost)
		line(arg, "(not all were kept: the host is out of memory)");
}
