/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report: one HTML page with everything in it, made of the database alone.
 * The same database gives the same bytes.
 */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include <stdio.h>

#include "reports/db.h"

/*
 * page_print - write the page
 * @report: its run and sample are chosen, or run_id is 0: then the page has
 * the lessons of the database only.
 *
 * Pictures are left out, with a sentence in their place, when gnuplot cannot
 * be run. Return: 0 or a code of @report; -EBADMSG: neither run nor lessons.
 */
int page_print(FILE *out, struct report *report);

#endif
