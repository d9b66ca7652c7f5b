/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of a run: what slabsim plot draws.
 */
#ifndef REPORTS_PLOT_H
#define REPORTS_PLOT_H

#include <stdio.h>

#include "reports/db.h"

enum plot_format { PLOT_PNG, PLOT_SVG };

/*
 * plot_memory - memory of slabs by list state, and live bytes, over time
 * @out: path of the picture, "-": stdout.
 * @keep: path to leave the gnuplot script at, data inside; NULL: nowhere.
 *
 * Of the chosen run; of one cache when one is chosen. Return: 0 or a code of
 * @report.
 */
int plot_memory(struct report *report, enum plot_format format, const char *out,
		const char *keep);

/* The same into an open file, such as tmpfile(), from where that stands. */
int plot_memory_to(struct report *report, enum plot_format format,
		   FILE *picture);

#endif
