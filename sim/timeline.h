/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A timeline: where one is in a source, forward and back. Position p is the
 * state after p operations. Going back is going to the nearest snapshot before
 * and forward from there; snapshots are taken on the way, at equal distances,
 * which double when all of them would need more memory than allowed.
 */
#ifndef SIM_TIMELINE_H
#define SIM_TIMELINE_H

#include "sim/step_source.h"

struct timeline;

/* @source: taken over. Return: owned, or NULL for want of memory. */
struct timeline *timeline_create(struct step_source *source);
void timeline_destroy(struct timeline *timeline);
struct step_source *timeline_source(struct timeline *timeline);
uint64_t timeline_position(const struct timeline *timeline);

/*
 * timeline_goto - go to a position, at most the source's number of operations
 *
 * The last operation before it has been watched then: source->path is its.
 * When a signal asks to stop meanwhile (EXIT_INTERRUPTED), one is back where one
 * was. Return: 0 or an enum exit_code, the reason being in source->error.
 */
int timeline_goto(struct timeline *timeline, uint64_t position);

/*
 * timeline_seek - on to the next operation, or back to the last, that matches
 * @match: called after each operation was watched.
 *
 * Without a match, and when a signal asked to stop meanwhile
 * (EXIT_INTERRUPTED), one stays where one was. *@found tells whether there was
 * a match. Return: as timeline_goto.
 */
typedef bool step_match_fn(void *arg, const struct step_source *source);
int timeline_seek(struct timeline *timeline, bool back, step_match_fn *match,
		  void *arg, bool *found);

/* What the snapshots take, for whoever measures. */
void timeline_costs(const struct timeline *timeline, size_t *nr_snapshots,
		    size_t *bytes, uint64_t *distance);

#endif
