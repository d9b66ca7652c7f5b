/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two faces of a stepper. Both return an enum exit_code. */
#ifndef SIM_STEP_FACE_H
#define SIM_STEP_FACE_H

#include "sim/stepper.h"

/* On a terminal, key by key, until its user ends it. */
int step_screen(struct stepper *stepper);

/* Print steps @from to @to; @picture: with the cache after each. */
int step_list(struct stepper *stepper, uint64_t from, uint64_t to,
	      bool picture);
/*
 * Commands from stdin, a line each; the first that makes no sense ends it with
 * EXIT_USAGE. Without any command, all steps are printed.
 */
int step_commands(struct stepper *stepper, bool picture);

#endif
