/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What slabsim run prints when it is done.
 */
#ifndef SIM_RUN_PRINT_H
#define SIM_RUN_PRINT_H

#include <stdbool.h>

#include "sim/run.h"

/*
 * run_print - the summary of a stored run, on stdout
 * @db: as the user gave it.
 *
 * The same for everyone who repeats the run.
 */
void run_print(const struct run_options *run, const struct trace_header *header,
	       const struct run_outcome *outcome, const char *db, bool json);

/* How fast it was, on stderr: that differs from host to host. */
void run_tell_speed(const struct run_outcome *outcome);

#endif
