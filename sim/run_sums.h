/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sums that a run prints at its end, read back out of the database: what
 * is printed is stored. To open it and to compile the query takes longer than
 * to run it, so that is done beforehand, by the thread that writes.
 */
#ifndef SIM_RUN_SUMS_H
#define SIM_RUN_SUMS_H

#include "reports/run_summary.h"

struct run_sums {
	const char *db; /* path; borrowed */
	struct report *report;
	sqlite3_stmt *query;
};

/* @arg: a struct run_sums. The run has begun. What goes wrong, read tells. */
void run_sums_prepare(void *arg);
/*
 * run_sums_read - the sums of a run whose end is committed
 * Return: an enum exit_code; what is wrong was told.
 */
int run_sums_read(struct run_sums *sums, int64_t run_id,
		  struct run_summary *summary);
void run_sums_release(struct run_sums *sums);

#endif
