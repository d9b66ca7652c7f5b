/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario's log: one line a transition of the machine. */
#ifndef SIM_SCRIPT_LOG_H
#define SIM_SCRIPT_LOG_H

#include <stdint.h>
#include <stdio.h>

#include "model/observe.h"

/* @line: borrowed; the scenario's line at the time of an event. */
struct script_log {
	FILE *out;
	const uint64_t *line;
};

/* The legend, as comments at the head of the log. */
void script_log_begin(const struct script_log *log);
/* A slab_observe_fn whose argument is the struct script_log. */
void script_log_event(void *arg, const struct machine *m,
		      const struct slab_event *event);

#endif
