/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a picture over time marks on its axis, besides its rows: where the
 * recording lost events, what was done to the machine, and the reaper's ticks. theme.gp draws them.
 */
#ifndef REPORTS_PLOT_MARKS_H
#define REPORTS_PLOT_MARKS_H

#include <stdio.h>

#include "reports/plot.h"

/*
 * plot_marks_print - the blocks $losses, $actions, $passes, and their sums
 * Of several runs, the losses of each recording once, the actions of each run. Return: 0 or a code.
 */
int plot_marks_print(struct report *report, const struct plot *plot,
		     FILE *script);

#endif
