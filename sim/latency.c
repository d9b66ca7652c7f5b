/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See latency.h. */
#include "sim/latency.h"

static uint32_t power_of(uint64_t ns)
{
	return 63 - (uint32_t)__builtin_clzll(ns);
}

static uint32_t bucket_of(uint64_t ns)
{
	uint32_t power;

	if (ns < LATENCY_EXACT)
		return (uint32_t)ns;
	power = power_of(ns);
	return LATENCY_EXACT + (power - 7) * LATENCY_STEPS +
	       (uint32_t)(ns >> (power - 6)) - LATENCY_STEPS;
}

/* The largest time of a bucket. */
static uint64_t bucket_end(uint32_t bucket)
{
	uint32_t shift;
	uint64_t step;

	if (bucket < LATENCY_EXACT)
		return bucket;
	shift = (bucket - LATENCY_EXACT) / LATENCY_STEPS + 1;
	step = (bucket - LATENCY_EXACT) % LATENCY_STEPS + LATENCY_STEPS;
	return (step << shift) + ((UINT64_C(1) << shift) - 1);
}

void latency_add(struct latency *latency, uint64_t ns)
{
	latency->nr++;
	latency->sum_ns += ns;
	if (ns > latency->max_ns)
		latency->max_ns = ns;
	latency->bucket[bucket_of(ns)]++;
}

uint64_t latency_permille(const struct latency *latency, uint32_t permille)
{
	/* nr is below 2^54: there are not so many events */
	uint64_t rank = (latency->nr * permille + 999) / 1000;
	uint64_t below = 0;

	for (uint32_t i = 0; i < LATENCY_BUCKETS && latency->nr; i++) {
		below += latency->bucket[i];
		if (below >= rank && below)
			return bucket_end(i) < latency->max_ns ?
				       bucket_end(i) :
				       latency->max_ns;
	}
	return 0;
}

void latency_merge(struct latency *to, const struct latency *from)
{
	if (!from)
		return;
	to->nr += from->nr;
	to->sum_ns += from->sum_ns;
	to->delay_ns += from->delay_ns;
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
	for (uint32_t i = 0; i < LATENCY_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}
