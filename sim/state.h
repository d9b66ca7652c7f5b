/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run that starts from a dump of a real allocator's state, as step traces
 * hold one ("SL dump_..." lines), and ends beside the dump at their end.
 *
 * The dump counts; which object lies in which slab is guessed (steps_place.c).
 * Events before the end of the dump are part of it. The reaper's timers start
 * anew: when it runs is not in a dump.
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include "sim/steps.h"
#include "sim/warm.h"

struct state;

/*
 * state_read - the dumps of a step trace
 * Return: owned (state_destroy); or NULL with @error and *@code (-errno) set.
 */
struct state *state_read(const char *path, int *code,
			 struct trace_error *error);
void state_destroy(struct state *state);

/* The trace's own time of the end of the first dump. */
uint64_t state_time_ns(const struct state *state);

/*
 * state_create_caches - the caches of the dump, in its order, and tunables
 * @m: booted, of the dump's CPUs and nodes; borrowed from here on. Return:
 * false with @error filled in.
 */
bool state_create_caches(struct state *state, struct machine *m,
			 struct trace_error *error);
/*
 * state_fill - empty the machine and put the dump into it
 * Return: its objects in use, owned (warm_destroy); NULL with @error filled in.
 */
struct warm *state_fill(struct state *state, struct trace_error *error);

/*
 * state_compare - the machine as it is against the dump at the end
 * Return: false when the file has only one dump.
 */
bool state_compare(struct state *state, struct step_end *end);

#endif
