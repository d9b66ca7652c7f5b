/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sums that a run prints at its end. They are those of its last stored
 * rows, as reports/run_summary.sql would add them up, without reading the file
 * back: tests/test_run_sums.sh holds the two together.
 */
#ifndef SIM_RUN_SUMS_H
#define SIM_RUN_SUMS_H

#include "reports/run_summary.h"
#include "sim/sampler.h"

/* @m: the sampler's, as it was at the last sample. */
void run_sums_take(struct run_summary *sums, const struct sampler *sampler,
		   const struct machine *m);

#endif
