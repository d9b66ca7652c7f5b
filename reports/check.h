/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The regression gate: a run against a baseline, metric by metric.
 */
#ifndef REPORTS_CHECK_H
#define REPORTS_CHECK_H

#include "reports/baseline.h"

enum check_verdict {
	CHECK_SAME,     /* or within the tolerances */
	CHECK_IMPROVED, /* beyond them, for the better */
	CHECK_WORSE,
	CHECK_CHANGED, /* beyond them; no direction is better */
	CHECK_GONE,    /* the run has no such metric */
};

struct check_result {
	const struct baseline_line *line; /* borrowed */
	char now[40];                     /* the run's value; "-" none */
	enum check_verdict verdict;
	bool failed;
};

struct check {
	const char *baseline_path; /* borrowed */
	struct baseline baseline;
	struct run_setup setup;
	struct metric_list list;
	struct check_result *results; /* by name; owned */
	size_t nr;
	size_t nr_failed, nr_improved;
	char reason[1024]; /* why they do not compare; "": they do */
};

/*
 * check_read - read run and baseline, compare
 * @report: a run is chosen; compared is its last sample.
 * @exact: an improvement fails, too.
 * A baseline that is not there does not compare. Return: 0, or the code of an
 * error, which is in @error. check_release either way.
 */
int check_read(struct check *check, struct report *report,
	       const char *baseline_path, bool exact,
	       struct report_error *error);
void check_release(struct check *check);
bool check_passed(const struct check *check);

/* What an updated baseline is to have beside the lines it has. */
struct check_update {
	const char *metric; /* glob of names to add; NULL: the usual ones if the
			       file is new, else none */
	double abs, rel_pct; /* tolerances of lines that are added */
};

/*
 * check_update - make the baseline that of the run
 * Lines keep their tolerances and comments; what changed is told on @out, in
 * lines that begin with - and +. Return: as check_read; a run that did not end
 * is no baseline.
 */
int check_update(struct check *check, const struct check_update *update,
		 FILE *out, struct report_error *error);

enum check_format {
	CHECK_TEXT,
	CHECK_TAP,
	CHECK_JUNIT,
	CHECK_GITHUB,
	CHECK_JSON,
	CHECK_MARKDOWN,
	CHECK_BENCHMARK,
	NR_CHECK_FORMATS
};

void check_print(FILE *out, const struct check *check,
		 enum check_format format);

#endif
