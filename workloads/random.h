/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers that are the same on every host: xoshiro256**, started from
 * a seed by splitmix64. Integers only; nothing here may use floating point.
 */
#ifndef WORKLOADS_RANDOM_H
#define WORKLOADS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t s[4];
};

/* splitmix64: the next of a sequence of well mixed numbers. */
uint64_t random_split(uint64_t *state);
void random_init(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
/* One of 0..@nr-1, evenly up to one part in 2^32 / @nr; 0 for @nr 0. */
uint32_t random_below(struct random *random, uint32_t nr);
/* True in @pct cases of a hundred. */
bool random_pct(struct random *random, uint32_t pct);
/* Evenly from half to one and a half of @mean, at least 1. */
uint64_t random_around(struct random *random, uint32_t mean);

#endif
