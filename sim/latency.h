/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A histogram of times: exact below 128 ns, above in steps of 1/64 of the
 * power of two below, so a percentile is at most 1.6 % too high, never too low.
 */
#ifndef SIM_LATENCY_H
#define SIM_LATENCY_H

#include <stdint.h>

#define LATENCY_EXACT 128
#define LATENCY_STEPS 64
#define LATENCY_BUCKETS (LATENCY_EXACT + 57 * LATENCY_STEPS)

struct latency {
	uint64_t nr, sum_ns, max_ns;
	uint64_t delay_ns; /* before the beginnings: the CPU was busy */
	uint64_t bucket[LATENCY_BUCKETS];
};

void latency_add(struct latency *latency, uint64_t ns);
/*
 * latency_permille - the least time that so many of a thousand do not exceed
 * (nearest rank), rounded up to its bucket's end, at most max_ns; 0 of none.
 */
uint64_t latency_permille(const struct latency *latency, uint32_t permille);

/* Add all of @from, which may be NULL. */
void latency_merge(struct latency *to, const struct latency *from);

#endif
