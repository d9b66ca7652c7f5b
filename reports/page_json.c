/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the player shows. Rows become arrays of numbers, as short as they can
 * be; page_data.js knows their columns. Of a run only as many caches and
 * samples are taken as keep the page small, and it says so.
 */
#include <errno.h>

#include "reports/page_actions.sql.h"
#include "reports/page_aliens.sql.h"
#include "reports/page_cpus.sql.h"
#include "reports/page_lesson_pictures.sql.h"
#include "reports/page_lesson_steps.sql.h"
#include "reports/page_lessons.sql.h"
#include "reports/page_losses.sql.h"
#include "reports/page_nodes.sql.h"
#include "reports/page_private.h"
#include "reports/page_shown.sql.h"
#include "reports/page_slabs.sql.h"
#include "reports/page_tuned.sql.h"
#include "reports/table.h"

/* Rows of arrays and nodes, and bytes of slabs, at most. */
#define MAX_STAT_ROWS 30000
#define MAX_SLAB_BYTES 1000000

/* A query with up to two numbers, its rows as [[...],...] */
static void print_rows(FILE *out, struct report *report, const char *sql,
		       int64_t first, int64_t second)
{
	sqlite3_stmt *query = report_prepare(report, sql);
	const char *comma = "";

	putc('[', out);
	if (query) {
		report_bind(query, ":first", first);
		report_bind(query, ":second", second);
	}
	while (query && report_step(report, query)) {
		fprintf(out, "%s[", comma);
		for (int i = 0; i < sqlite3_column_count(query); i++) {
			if (i)
				putc(',', out);
			table_json_value(out, query, i);
		}
		fputs("]\n", out);
		comma = ",";
	}
	putc(']', out);
	sqlite3_finalize(query);
}

/* The same of @nr shown caches: page_shown.sql makes the table of them. */
static void print_shown(FILE *out, struct report *report, const char *sql,
			int64_t nr, int64_t second)
{
	char *whole = sqlite3_mprintf("%s%s", page_shown_sql, sql);

	if (whole)
		print_rows(out, report, whole, nr, second);
	else
		report_fail(report, -ENOMEM, "out of memory");
	sqlite3_free(whole);
}

/* How many caches fit. */
static int64_t nr_shown(struct report *report)
{
	int64_t rows = report_number(
		report,
		"SELECT (SELECT count(*) FROM sample WHERE run_id = :run)"
		" * (cpus + nodes) + (SELECT ifnull(count(*) /"
		" count(DISTINCT cache_id), 0) FROM alien_stat WHERE sample_id"
		" IN (SELECT id FROM sample WHERE run_id = :run))"
		" FROM run WHERE id = :run");
	int64_t nr = rows ? MAX_STAT_ROWS / rows : 1;

	return nr < 1 ? 1 : nr > 40 ? 40 : nr;
}

/* Slabs of every so manyeth sample fit. */
static int64_t slab_stride(struct report *report)
{
	int64_t bytes = report_number(
		report, "SELECT sum(length(ifnull(obj_map, '')) + 24)"
			" FROM slab_sample WHERE position < 60 AND sample_id IN"
			" (SELECT id FROM sample WHERE run_id = :run)");

	return 1 + bytes / MAX_SLAB_BYTES;
}

void page_run_json(FILE *out, struct report *report)
{
	int64_t nr, stride;

	if (!report->run_id) {
		fputs("null", out);
		return;
	}
	nr = nr_shown(report);
	stride = slab_stride(report);
	fprintf(out, "{\"slab_stride\":%lld,\"has_aliens\":%lld,\"samples\":",
		(long long)stride,
		(long long)report_number(
			report, "SELECT nodes > 1 AND NOT ifnull(json_extract("
				"config, '$.machine.noaliencache'), 0)"
				" FROM run WHERE id = :run"));
	print_rows(out, report,
		   "SELECT k, time_ns, tick, events FROM sample"
		   " WHERE run_id = :run ORDER BY k",
		   0, 0);
	fputs(",\"losses\":", out);
	print_rows(out, report, page_losses_sql, 0, 0);
	fputs(",\"actions\":", out);
	print_rows(out, report, page_actions_sql, 0, 0);
	fputs(",\"cpus\":", out);
	print_rows(out, report,
		   "SELECT p.cpu, n.node FROM cpu p JOIN node n"
		   " ON n.id = p.node_id WHERE p.run_id = :run ORDER BY p.cpu",
		   0, 0);
	fprintf(out, ",\"all_caches\":%lld,\"caches\":",
		(long long)report_number(
			report, "SELECT count(*) FROM v_cache WHERE grown > 0"
				" AND sample_id = :sample"));
	print_shown(out, report,
		    "SELECT id, name, buffer_bytes, objs_per_slab,"
		    " pages_per_slab, limit_objs, shared_limit_objs, has_slabs"
		    " FROM shown"
		    " ORDER BY has_slabs DESC, pages DESC, name",
		    nr, 0);
	fputs(",\"tuned\":", out);
	print_shown(out, report, page_tuned_sql, nr, 0);
	fputs(",\"arrays\":", out);
	print_shown(out, report, page_cpus_sql, nr, 0);
	fputs(",\"nodes\":", out);
	print_shown(out, report, page_nodes_sql, nr, 0);
	fputs(",\"aliens\":", out);
	print_shown(out, report, page_aliens_sql, nr, 0);
	fputs(",\"slabs\":", out);
	print_shown(out, report, page_slabs_sql, nr, stride);
	putc('}', out);
}

/* --- lessons ------------------------------------------------------------- */

static void print_lesson(FILE *out, struct report *report, int64_t lesson)
{
	fputs(",\"steps\":", out);
	print_rows(out, report, page_lesson_steps_sql, lesson, 0);
	fputs(",\"claims\":", out);
	print_rows(out, report,
		   "SELECT step, claim, holds FROM lesson_claim"
		   " WHERE lesson_id = :first ORDER BY line",
		   lesson, 0);
	fputs(",\"pictures\":", out);
	print_rows(out, report, page_lesson_pictures_sql, lesson, 0);
}

void page_lessons_json(FILE *out, struct report *report)
{
	sqlite3_stmt *query = report_prepare(report, page_lessons_sql);
	const char *comma = "";

	putc('[', out);
	while (query && report_step(report, query)) {
		fprintf(out, "%s{\"about\":[", comma);
		for (int i = 1; i < sqlite3_column_count(query); i++) {
			if (i > 1)
				putc(',', out);
			table_json_value(out, query, i);
		}
		putc(']', out);
		print_lesson(out, report, sqlite3_column_int64(query, 0));
		fputs("}\n", out);
		comma = ",";
	}
	putc(']', out);
	sqlite3_finalize(query);
}
