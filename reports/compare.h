/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two runs side by side: what decides them, and the metrics that differ.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include <stdio.h>

#include "reports/metric_list.h"

enum compare_format {
	COMPARE_TABLE,
	COMPARE_JSON,
	COMPARE_MARKDOWN,
	COMPARE_CSV
};

/* Stands for the whole run where a cache is expected. */
#define COMPARE_TOTAL "total"

struct compare_options {
	enum compare_format format;
	bool all;           /* also what is the same */
	const char *metric; /* glob of names; NULL: the usual ones */
	const char *cache;  /* this only, COMPARE_TOTAL the run; NULL: all */
};

/*
 * compare_print - print what differs between the chosen runs of two reports
 * Return: 0; -ENOENT, nothing printed: neither has such a metric; or a code,
 * which is an error of @a or of @b.
 */
int compare_print(FILE *out, struct report *a, struct report *b,
		  const struct compare_options *options);

#endif
