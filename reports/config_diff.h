/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where two configurations of runs differ, in words: nobody finds it in two
 * lines of JSON.
 */
#ifndef REPORTS_CONFIG_DIFF_H
#define REPORTS_CONFIG_DIFF_H

#include "reports/db.h"

/* A setting such as "machine.nodes" and its values, "-" where it is not set. */
typedef void config_diff_fn(void *context, const char *key, const char *a,
			    const char *b);

/*
 * config_diff - call @tell for each setting that is not the same
 * @a, @b: configurations, as run_setup has them.
 * All texts are fit to be shown, long ones cut. No call says nothing of texts
 * that are no configurations; errors are the report's.
 */
void config_diff(struct report *report, const char *a, const char *b,
		 config_diff_fn *tell, void *context);

#endif
