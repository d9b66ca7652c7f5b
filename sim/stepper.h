/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stepping: a timeline, commands that move along it, breakpoints, and the cache
 * one looks at. The terminal and plain text are two faces of this.
 */
#ifndef SIM_STEPPER_H
#define SIM_STEPPER_H

#include "sim/breakpoint.h"
#include "sim/picture.h"
#include "sim/timeline.h"

#define STEPPER_BREAKPOINTS 16

struct stepper {
	struct timeline *timeline; /* owned */
	struct step_source *source;
	char pinned[BREAKPOINT_NAME_BYTES]; /* the cache to show; "": follow */
	cachep_t followed; /* that of the last operation that had one */
	struct breakpoint breakpoints[STEPPER_BREAKPOINTS];
	size_t nr_breakpoints;
	struct picture picture;
	char message[512]; /* what the last command has to say */
	bool quit, show, help;
};

/* @source: taken over. Return: false: the host has no memory. */
bool stepper_init(struct stepper *stepper, struct step_source *source);
void stepper_release(struct stepper *stepper);

/*
 * stepper_command - one command, as in stepper_help
 * Its answer, or what is wrong with it, is in stepper->message.
 * Return: EXIT_OK; EXIT_USAGE for a command that makes no sense (nothing
 * moved); another enum exit_code when the source failed.
 */
int stepper_command(struct stepper *stepper, const char *line);
extern const char stepper_help[];

/* To a position; stepper->message says why not. Return: an enum exit_code. */
int stepper_goto(struct stepper *stepper, uint64_t position);

/* The cache to show; CACHE_NULL: none (yet). */
cachep_t stepper_cache(const struct stepper *stepper);

#endif
