/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /proc/slabinfo 2.1 with statistics: one layout, for what a
 * database holds and for what a scenario prints.
 */
#ifndef REPORTS_SLABINFO_TEXT_H
#define REPORTS_SLABINFO_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* Numbers behind a cache's name, active_objs to freemiss. */
#define SLABINFO_NUMBERS 24

/* The version and the names of the columns: two lines. */
void slabinfo_print_headings(FILE *out);
/* A cache's line; @name is printed as it is. */
void slabinfo_print_row(FILE *out, const char *name,
			const int64_t numbers[SLABINFO_NUMBERS]);

#endif
