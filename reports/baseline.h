/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The baseline file of the regression gate: text for git, a metric a line,
 * sorted, under a heading that says what it is of.
 *
 *	# slabsim baseline 1
 *	# model	1
 *	# trace	xxh64:9562f7cd39bd3451
 *	# config	{"schema":1,...}
 *	#
 *	# metric	value	unit	better	abs	rel
 *	alloc_hit_pct	98.8446	percent	higher	0	0%
 *	dentry/grown	114	slabs	lower	5	2.5%
 *
 * Fields are separated by tabs. A metric without a cache is of the whole run.
 * Other lines that begin with # are kept where they stand, above the next
 * metric.
 */
#ifndef REPORTS_BASELINE_H
#define REPORTS_BASELINE_H

#include <stdio.h>

#include "reports/metric_list.h"

struct baseline_line {
	char *name;  /* "dentry/grown": as baseline_name makes it */
	char *value; /* as metric_value_text has it */
	char *unit;
	char *better;  /* "lower", "higher" or "" ("-" in the file) */
	char *comment; /* lines above it, each with its end; "" none */
	double abs;    /* tolerances: both must be exceeded */
	double rel_pct;
	unsigned int line; /* number in the file; 0: new */
};

struct baseline {
	int64_t model_version;
	char *digest, *config;       /* of the trace, of the run */
	struct baseline_line *lines; /* by name */
	size_t nr, room;
	char *rest; /* comment below the last metric */
};

/*
 * baseline_read - read a baseline file
 * @error: one line; its code -ENOENT: no such file, -EBADMSG: no baseline, a
 * bad line.
 * Return: 0 or the code. baseline_release either way.
 */
int baseline_read(const char *path, struct baseline *baseline,
		  struct report_error *error);
void baseline_release(struct baseline *baseline);
void baseline_write(FILE *out, const struct baseline *baseline);

/* Add a line, or find that of the name. Return: NULL: no memory. */
struct baseline_line *baseline_line(struct baseline *baseline,
				    const char *name);
/* In order of names again, after lines were added. */
void baseline_sort(struct baseline *baseline);
/* Take out a line. */
void baseline_remove(struct baseline *baseline, size_t at);

/* "dentry/grown", "grown" of the whole run; control bytes as \xNN. */
void baseline_name(const char *cache, const char *metric, char *name,
		   size_t name_bytes);

#endif
