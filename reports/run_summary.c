/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See run_summary.h; the columns of the query are read in its order.
 */
#include "reports/run_summary.h"

#include <math.h>

#include "reports/run_summary.sql.h"

static double ratio(sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(row, column);
}

static uint64_t count(sqlite3_stmt *row, int column)
{
	return (uint64_t)sqlite3_column_int64(row, column);
}

static void read_row(sqlite3_stmt *row, struct run_summary *summary)
{
	*summary = (struct run_summary){
		.nr_caches = count(row, 0),
		.used_caches = count(row, 1),
		.samples = count(row, 2),
		.peak_pages = count(row, 3),
		.pages = count(row, 4),
		.live_objs = count(row, 5),
		.cached_objs = count(row, 6),
		.free_objs = count(row, 7),
		.live_bytes = count(row, 8),
		.requested_bytes = count(row, 9),
		.grown = count(row, 10),
		.reaped = count(row, 11),
		.alienoverflow = count(row, 12),
		.internal_frag_pct = ratio(row, 13),
		.slab_frag_pct = ratio(row, 14),
		.cached_pct = ratio(row, 15),
		.alloc_hit_pct = ratio(row, 16),
		.free_hit_pct = ratio(row, 17),
		.remote_free_pct = ratio(row, 18),
	};
}

int run_summary_read(struct report *report, struct run_summary *summary)
{
	sqlite3_stmt *query = report_prepare(report, run_summary_sql);

	*summary = (struct run_summary){ 0 };
	if (!query)
		return report->error.code;
	report_bind_choice(report, query);
	if (report_step(report, query))
		read_row(query, summary);
	sqlite3_finalize(query);
	return report->error.code;
}
