/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of a run: what slabsim show prints.
 */
#ifndef REPORTS_SHOW_H
#define REPORTS_SHOW_H

#include <stdio.h>

#include "reports/db.h"

enum show_view { SHOW_CACHES, SHOW_CPUS, SHOW_NODES, SHOW_RUNS };
enum show_format { SHOW_TABLE, SHOW_SLABINFO, SHOW_JSON };

/*
 * show_print - print a view of the chosen run and sample
 *
 * SHOW_SLABINFO is a view of caches only. Return: 0 or a code of @report.
 */
int show_print(FILE *out, struct report *report, enum show_view view,
	       enum show_format format);

#endif
