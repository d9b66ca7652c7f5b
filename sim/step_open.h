/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario or a trace, whichever a file is, to be stepped through. */
#ifndef SIM_STEP_OPEN_H
#define SIM_STEP_OPEN_H

#include "sim/setup.h"
#include "sim/step_source.h"

/* What is to be stepped through, as step and explain are told. */
struct step_choice {
	const char *path;
	bool debug; /* a scenario's machine has CONFIG_DEBUG_SLAB */
	struct setup_options setup;
};

/* Operand and options; the parser's input is a struct step_choice. */
extern const struct argp step_argp;

/*
 * step_open - the source of a file
 * @setup: zeroes; setup_release after the source is gone.
 * A scenario says which machine it wants: options of one are refused.
 * Return: owned, or NULL, the reason having been printed, with *@code.
 */
struct step_source *step_open(const struct step_choice *choice,
			      struct setup *setup, int *code);

#endif
