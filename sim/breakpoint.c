/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/breakpoint.h"

#include <string.h>

#include "sim/cli.h"

/* --- kinds and their words ----------------------------------------------- */

#define REAP_WORD "reap"

int kind_of(const char *word)
{
	if (strcmp(word, REAP_WORD) == 0)
		return KIND_REAP;
	for (int i = 0; i < NR_SLAB_EVENTS; i++) {
		if (strcmp(word, kind_word(i)) == 0)
			return i;
	}
	return KIND_ANY;
}

const char *kind_word(int kind)
{
	return kind == KIND_ANY  ? "" :
	       kind == KIND_REAP ? REAP_WORD :
				   slab_event_word((enum slab_event_kind)kind);
}

const char *near_kind(const char *word)
{
	const char *names[NR_SLAB_EVENTS + 1];

	for (int i = 0; i < NR_SLAB_EVENTS; i++)
		names[i] = kind_word(i);
	names[NR_SLAB_EVENTS] = REAP_WORD;
	return suggest(word, names, NR_SLAB_EVENTS + 1);
}

/* --- looking for them ---------------------------------------------------- */

static bool is_reapers(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_DRAIN || kind == SLAB_EVENT_REAPED;
}

static bool kind_matches(int wanted, enum slab_event_kind kind)
{
	return wanted == KIND_ANY || wanted == (int)kind ||
	       (wanted == KIND_REAP && is_reapers(kind));
}

/*
 * @cachep: CACHE_NULL: the one the step is about. The reaper goes where it
 * likes; boot does much that nobody asks for.
 */
static bool path_has(const struct step_source *source, int kind,
		     cachep_t cachep)
{
	for (size_t i = 0; i < source->path.nr; i++) {
		const struct slab_event *e = &source->path.steps[i].event;

		if (!kind_matches(kind, e->kind))
			continue;
		if (cachep != CACHE_NULL ?
			    e->cachep == cachep :
			    e->cachep == source->cachep || is_reapers(e->kind))
			return true;
	}
	return false;
}

bool breakpoint_matches(const struct breakpoint *b,
			const struct step_source *source)
{
	cachep_t cachep = CACHE_NULL;

	if (!source->m)
		return false;
	if (*b->cache) {
		cachep = kmem_cache_find(source->m, b->cache);
		if (cachep == CACHE_NULL)
			return false;
		if (b->kind == KIND_ANY && cachep == source->cachep)
			return true;
	}
	return path_has(source, b->kind, cachep);
}
