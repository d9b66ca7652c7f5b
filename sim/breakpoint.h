/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a search along a timeline stops at: a cache, a kind of event, or both. */
#ifndef SIM_BREAKPOINT_H
#define SIM_BREAKPOINT_H

#include "sim/step_source.h"

#define BREAKPOINT_NAME_BYTES 128

/* Kinds besides those of enum slab_event_kind. */
#define KIND_ANY (-1)
#define KIND_REAP (-2) /* what cache_reap takes away: drain and reaped */

struct breakpoint {
	char cache[BREAKPOINT_NAME_BYTES]; /* "": that of the step */
	int kind;
};

/* The number of a kind's word; KIND_ANY when it is none. */
int kind_of(const char *word);
/* Its word; "" for KIND_ANY. */
const char *kind_word(int kind);
/* The kind whose word is nearest to @word; NULL: none is near. */
const char *near_kind(const char *word);

/* Whether the operation that @source ran last is one to stop at. */
bool breakpoint_matches(const struct breakpoint *breakpoint,
			const struct step_source *source);

#endif
