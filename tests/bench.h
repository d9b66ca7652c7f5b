/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What benchmarks share. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <time.h>

/*
 * Of CLOCK_PROCESS_CPUTIME_ID, where it will do: on a machine with other work,
 * the wall measures that.
 */
static inline double bench_now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline double bench_now_ms(clockid_t clock)
{
	return bench_now_ns(clock) / 1e6;
}

/* Of doubles, for qsort. */
static inline int bench_by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#endif
