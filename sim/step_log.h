/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a window of events: everything the allocator did, one by one,
 * into the table `step`.
 */
#ifndef SIM_STEP_LOG_H
#define SIM_STEP_LOG_H

#include "sim/sampler.h"

struct step_log;

/*
 * step_log_create - a log of the events @first to @last, from 1
 * All borrowed. Return: owned (step_log_destroy); NULL: no memory.
 */
struct step_log *step_log_create(struct results *results, struct replay *replay,
				 struct sampler *sampler, uint64_t first,
				 uint64_t last);
void step_log_destroy(struct step_log *log);

/* As replay_events; events in the window are watched. */
int step_log_replay(struct step_log *log, const struct event *events, size_t nr,
		    struct trace_error *error);

#endif
