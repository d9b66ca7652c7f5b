/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zipf's law in integers: the n-th of a few has weight 1 / n^s. The table is
 * made with fixed-point logarithms, so that no host's libm has a say in it.
 */
#ifndef WORKLOADS_ZIPF_H
#define WORKLOADS_ZIPF_H

#include <stdint.h>

#include "workloads/random.h"

#define ZIPF_MAX 64

struct zipf {
	uint32_t nr;
	uint64_t sums[ZIPF_MAX]; /* of the weights up to and with each */
};

/* @nr: 1..ZIPF_MAX. @skew_pct: s in hundredths, 0..400. */
void zipf_init(struct zipf *zipf, uint32_t nr, uint32_t skew_pct);
/* One of 0..nr-1. */
uint32_t zipf_draw(const struct zipf *zipf, struct random *random);

#endif
