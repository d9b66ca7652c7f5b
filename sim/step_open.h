/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario or a trace, whichever a file is, to be stepped through. */
#ifndef SIM_STEP_OPEN_H
#define SIM_STEP_OPEN_H

#include "sim/setup.h"
#include "sim/step_source.h"

/*
 * step_open - the source of a file
 * @setup: zeroes; setup_release after the source is gone. @debug: a scenario's
 * machine has CONFIG_DEBUG_SLAB.
 * A scenario says which machine it wants: options of one are refused.
 * Return: owned, or NULL, the reason having been printed, with *@code.
 */
struct step_source *step_open(const char *path, struct setup *setup,
			      const struct setup_options *options, bool debug,
			      int *code);

#endif
