/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run in a few numbers, at its last sample.
 */
#ifndef REPORTS_RUN_SUMMARY_H
#define REPORTS_RUN_SUMMARY_H

#include "reports/db.h"

/* Ratios are NAN where there is nothing to divide by. */
struct run_summary {
	uint64_t nr_caches, used_caches, samples;
	uint64_t peak_pages; /* the peaks of the nodes, added up */
	uint64_t pages;
	uint64_t live_objs, cached_objs, free_objs;
	uint64_t live_bytes, requested_bytes;
	uint64_t grown, reaped, alienoverflow;
	double internal_frag_pct, slab_frag_pct, cached_pct;
	double alloc_hit_pct, free_hit_pct, remote_free_pct;
};

/* Of the chosen run and sample. Return: 0, or the code of @report's error. */
int run_summary_read(struct report *report, struct run_summary *summary);

#endif
