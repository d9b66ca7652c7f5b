/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run with the timing model: its options, its events, its rows. */
#ifndef SIM_TIMING_RUN_H
#define SIM_TIMING_RUN_H

#include <argp.h>
#include <stdio.h>

#include "sim/replay.h"
#include "sim/results.h"
#include "sim/sampler.h"
#include "sim/timing.h"

struct timing_choice {
	bool wanted;
	struct timing_costs costs;
};

/* The options; the parser's input is a struct timing_choice. */
extern const struct argp timing_argp;
/* As a member of a JSON object after a comma; nothing if not wanted. */
void timing_print_json(FILE *out, const struct timing_choice *choice);

/* replay_events, timed. Return: as there. */
int timing_replay(struct timing *timing, struct replay *replay,
		  const struct event *events, size_t nr,
		  struct trace_error *error);
/* Costs, latencies and locks into the database. */
void timing_store(const struct timing *timing,
		  const struct timing_costs *costs, struct results *results,
		  const struct sampler *sampler, const struct machine *m);

#endif
