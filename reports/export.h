/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run for other programs: rows of a table or view as CSV or JSON, its
 * metrics as OpenMetrics. (The text of /proc/slabinfo is show's.)
 */
#ifndef REPORTS_EXPORT_H
#define REPORTS_EXPORT_H

#include <stdio.h>

#include "reports/db.h"

/* What is exported unless another is named. */
#define EXPORT_VIEW "v_cache"

/*
 * export_rows - all rows of a table or view that are of the chosen run
 * @view: NULL: EXPORT_VIEW. One without run and sample is written whole; of
 * one with samples only the chosen one's if there is one, else all.
 * Return: 0 or a code; -EINVAL: no such table.
 */
int export_csv(FILE *out, struct report *report, const char *view);
int export_json(FILE *out, struct report *report, const char *view);

/* The chosen sample. Return: 0 or a code. */
int export_openmetrics(FILE *out, struct report *report);

#endif
