/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * n^-s = 2^(-s log2 n). Logarithms have 24 binary places, found by squaring;
 * powers 30, found by multiplying with 2^(-1/2), 2^(-1/4) ..., which are
 * square roots of one another. Good to about six decimal digits.
 */
#include "workloads/zipf.h"

#define LOG_BITS 24
#define ONE (UINT64_C(1) << 30)

/* log2 of @n (1 or more), with LOG_BITS binary places. */
static uint64_t log2_fixed(uint32_t n)
{
	uint64_t log = 0, x = (uint64_t)n << 30;

	while (x >= 2 * ONE) {
		x >>= 1;
		log += UINT64_C(1) << LOG_BITS;
	}
	for (int bit = LOG_BITS - 1; bit >= 0; bit--) {
		x = x * x >> 30;
		if (x < 2 * ONE)
			continue;
		x >>= 1;
		log += UINT64_C(1) << bit;
	}
	return log;
}

static uint64_t square_root(uint64_t x)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1) {
		if ((root + bit) * (root + bit) <= x)
			root += bit;
	}
	return root;
}

/* 2^-@exponent (with LOG_BITS binary places), with 30 of its own. */
static uint64_t power_fixed(uint64_t exponent)
{
	uint64_t whole = exponent >> LOG_BITS, factor = ONE / 2;
	uint64_t power = ONE;

	for (int bit = LOG_BITS - 1; bit >= 0; bit--) {
		factor = square_root(factor << 30);
		if (exponent >> bit & 1)
			power = power * factor >> 30;
	}
	return whole < 30 ? power >> whole : 0;
}

void zipf_init(struct zipf *zipf, uint32_t nr, uint32_t skew_pct)
{
	uint64_t sum = 0;

	zipf->nr = nr < ZIPF_MAX ? nr : ZIPF_MAX;
	for (uint32_t i = 0; i < zipf->nr; i++) {
		uint64_t weight =
			power_fixed(log2_fixed(i + 1) * skew_pct / 100);

		sum += weight ? weight : 1;
		zipf->sums[i] = sum;
	}
}

uint32_t zipf_draw(const struct zipf *zipf, struct random *random)
{
	/* sums are below 2^36: enough bits are left for an even draw */
	uint64_t point = random_next(random) % zipf->sums[zipf->nr - 1];
	uint32_t i = 0;

	while (zipf->sums[i] <= point)
		i++;
	return i;
}
