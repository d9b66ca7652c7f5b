/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stress: a machine whose CPUs are threads, each with random operations of its
 * own, in rounds; what must hold whatever their order is checked after each
 * round, when no CPU runs.
 */
#ifndef TESTS_LIB_STRESS_H
#define TESTS_LIB_STRESS_H

#include "sim/lock_table.h"

struct stress_options {
	const struct slab_profile *profile;
	uint32_t nodes, cpus;
	uint32_t seed;
	uint32_t rounds;
	uint32_t operations; /* of each CPU in a round */
	uint32_t alarm_s;    /* SIGALRM when a round takes longer; 0: never */
	struct lock_options locks;
};

/*
 * stress - run it
 * Return: NULL when all held; else a sentence, to be freed, of the first thing
 * that did not. A broken invariant of the model ends the process: exit 5.
 */
char *stress(const struct stress_options *options);

#endif
