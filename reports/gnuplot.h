/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running gnuplot: a script in, a picture out.
 */
#ifndef REPORTS_GNUPLOT_H
#define REPORTS_GNUPLOT_H

#include <stdio.h>

#include "reports/db.h"

/*
 * gnuplot_run - run a script and put what it draws into @out
 * @script: open for reading and writing; read from its start.
 * @out: a path, whose file appears whole or not at all; "-" is stdout.
 *
 * gnuplot draws to its standard output, so no path is ever part of a script,
 * and reads no settings of the user. Return: 0 or a code of @report.
 */
int gnuplot_run(struct report *report, FILE *script, const char *out);

/* Its two halves: draw into an open file that has a descriptor ... */
int gnuplot_draw(struct report *report, FILE *script, FILE *picture);
/* ... and put what was drawn, unless it is nothing, into @out. */
int gnuplot_deliver(struct report *report, FILE *picture, const char *out);

#endif
