/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the page, in files of their own; page.c puts them together. */
#ifndef REPORTS_PAGE_PRIVATE_H
#define REPORTS_PAGE_PRIVATE_H

#include <stdio.h>

#include "reports/db.h"

/* All of the chosen run; errors are left in @report. */
void page_summary(FILE *out, struct report *report);
void page_plots(FILE *out, struct report *report);
void page_caches(FILE *out, struct report *report);
/* Nothing, unless it was a run with timing. */
void page_latency(FILE *out, struct report *report);

/* What the player shows, as JSON: the run, or null; the lessons. */
void page_run_json(FILE *out, struct report *report);
void page_lessons_json(FILE *out, struct report *report);

#endif
