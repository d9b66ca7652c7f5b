/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers of a run at a sample as a list, for whoever compares: a row a
 * metric, of the whole run and of each cache that was used.
 */
#ifndef REPORTS_METRIC_LIST_H
#define REPORTS_METRIC_LIST_H

#include "reports/db.h"

struct metric_value {
	enum { METRIC_NONE, METRIC_INT, METRIC_REAL } kind;
	int64_t number;
	double real; /* of both kinds */
};

struct metric_row {
	char *cache; /* "": of the whole run; owned, as the next ones */
	char *name;  /* of the metric, a word of metric_def */
	char *unit;
	char *better; /* "lower", "higher", "" */
	struct metric_value value;
};

struct metric_list {
	struct metric_row *rows; /* by cache, then name; bytes in order */
	size_t nr, room;
};

/* What decides a run's results. All owned. */
struct run_setup {
	bool complete;
	int64_t model_version;
	char *digest, *profile, *machine, *config;
};

/* Of the chosen run and sample. Return: 0 or a code; release either way. */
int metric_list_read(struct report *report, struct metric_list *list);
void metric_list_release(struct metric_list *list);

/* Whether it has a metric whose name the glob matches. */
bool metric_list_matches(const struct metric_list *list, const char *glob);

int run_setup_read(struct report *report, struct run_setup *setup);
void run_setup_release(struct run_setup *setup);

/* Is the metric one of those that are looked at unless others are named? */
bool metric_is_usual(const char *cache, const char *name);
/* By cache, then name. */
int metric_compare_names(const char *cache, const char *name,
			 const char *other_cache, const char *other_name);

/* As tables show it: 12, 3.5, "-"; and for machines: 12, 3.5, null. */
void metric_value_text(const struct metric_value *value, char *text,
		       size_t text_bytes);

#endif
