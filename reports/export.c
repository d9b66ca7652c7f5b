/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See export.h. */
#include "reports/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/metric_list.h"
#include "reports/table.h"
#include "reports/text.h"

/* --- rows of a view ------------------------------------------------------ */

static bool has_column(struct report *report, const char *view,
		       const char *column)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2");
	bool found;

	if (!find)
		return false;
	sqlite3_bind_text(find, 1, view, -1, SQLITE_STATIC);
	sqlite3_bind_text(find, 2, column, -1, SQLITE_STATIC);
	found = report_step(report, find);
	sqlite3_finalize(find);
	return found;
}

/* Which rows of it are the run's; the text is SQL of ours. */
static const char *rows_of_run(struct report *report, const char *view)
{
	if (has_column(report, view, "sample_id"))
		return report->sample_id ?
			       "sample_id = :sample" :
			       "sample_id IN (SELECT id FROM sample WHERE "
			       "run_id = :run)";
	if (has_column(report, view, "run_id"))
		return "run_id = :run";
	if (!strcmp(view, "run"))
		return "id = :run";
	if (!strcmp(view, "trace"))
		return "id = (SELECT trace_id FROM run WHERE id = :run)";
	if (has_column(report, view, "trace_id"))
		return "trace_id = (SELECT trace_id FROM run WHERE id = :run)";
	return "1";
}

static bool exists(struct report *report, const char *view)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT 1 FROM sqlite_master WHERE name = ?1"
			" AND type IN ('table', 'view')");
	bool found;

	if (!find)
		return false;
	sqlite3_bind_text(find, 1, view, -1, SQLITE_STATIC);
	found = report_step(report, find);
	sqlite3_finalize(find);
	return found;
}

/* The query, owned (sqlite3_free); NULL with the error set. */
static char *rows_sql(struct report *report, const char *view)
{
	char *sql;

	if (!view)
		view = EXPORT_VIEW;
	if (!exists(report, view)) {
		report_fail(report, -EINVAL, "%s: no table or view \"%.100s\"",
			    report->path, view);
		return NULL;
	}
	sql = sqlite3_mprintf("SELECT * FROM \"%w\" WHERE %s", view,
			      rows_of_run(report, view));
	if (!sql)
		report_fail(report, -ENOMEM, "out of memory");
	return sql;
}

int export_csv(FILE *out, struct report *report, const char *view)
{
	char *sql = rows_sql(report, view);

	if (sql)
		table_print_csv(out, report, sql);
	sqlite3_free(sql);
	return report->error.code;
}

int export_json(FILE *out, struct report *report, const char *view)
{
	char *sql = rows_sql(report, view);

	if (sql) {
		fprintf(out, "{\"schema\":1,\"run\":%lld,\"view\":",
			(long long)report->run_id);
		text_print_json(out, view ? view : EXPORT_VIEW);
		table_print_json(out, report, sql, "rows");
		fputs("}\n", out);
	}
	sqlite3_free(sql);
	return report->error.code;
}

/* --- OpenMetrics --------------------------------------------------------- */

/* Those that only rise: the kernel's counters. All others are gauges. */
static bool is_counter(const char *metric)
{
	static const char *const counters[] = {
		"alienoverflow",
		"allochit",
		"allocmiss",
		"destroyed",
		"failed_allocs",
		"freehit",
		"freemiss",
		"grown",
		"listallocs",
		"miss_capacity",
		"miss_cold",
		"miss_other",
		"miss_reaped",
		"miss_stranded",
		"nodeallocs",
		"reaped",
		"refillfail",
		"remotefrees",
		"requested_alloc_bytes",
		"requested_free_bytes",
		"skipped_frees",
		"too_large",
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (!strcmp(metric, counters[i]))
			return true;
	}
	return false;
}

/* A label's value, or a help text: \, " and newlines are escaped. */
static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\\' || *text == '"')
			fprintf(out, "\\%c", *text);
		else
			putc(*text, out);
	}
}

static void print_family(FILE *out, struct report *report, const char *metric)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT description || ' (' || unit || ')'"
			" FROM metric_def WHERE name = ?1");

	fprintf(out, "# TYPE slabsim_%s %s\n", metric,
		is_counter(metric) ? "counter" : "gauge");
	if (!find)
		return;
	sqlite3_bind_text(find, 1, metric, -1, SQLITE_STATIC);
	if (report_step(report, find)) {
		fprintf(out, "# HELP slabsim_%s ", metric);
		print_escaped(out, (const char *)sqlite3_column_text(find, 0));
		putc('\n', out);
	}
	sqlite3_finalize(find);
}

static void print_sample(FILE *out, int64_t run, const struct metric_row *row)
{
	char value[40], cache[512];

	metric_value_text(&row->value, value, sizeof(value));
	text_visible(row->cache, cache, sizeof(cache));
	fprintf(out, "slabsim_%s%s{run=\"%lld\"", row->name,
		is_counter(row->name) ? "_total" : "", (long long)run);
	if (*row->cache) {
		fputs(",cache=\"", out);
		print_escaped(out, cache);
		putc('"', out);
	}
	fprintf(out, "} %s\n", value);
}

static int by_metric(const void *a, const void *b)
{
	const struct metric_row *x = a, *y = b;

	return metric_compare_names(x->name, x->cache, y->name, y->cache);
}

/*
 * Samples of a family stand together, its own lines before them. Sums over the
 * run are left out where caches have the metric: who adds up would count
 * twice.
 */
int export_openmetrics(FILE *out, struct report *report)
{
	struct metric_list list;
	const struct metric_row *row;
	const char *family = "";

	if (!metric_list_read(report, &list) && list.nr)
		qsort(list.rows, list.nr, sizeof(*list.rows), by_metric);
	for (size_t i = 0; i < list.nr && !report->error.code; i++) {
		row = &list.rows[i];
		if (row->value.kind == METRIC_NONE ||
		    (!*row->cache && i + 1 < list.nr &&
		     !strcmp(list.rows[i + 1].name, row->name)))
			continue;
		if (strcmp(row->name, family) != 0)
			print_family(out, report, row->name);
		family = row->name;
		print_sample(out, report->run_id, row);
	}
	if (!report->error.code)
		fputs("# EOF\n", out); /* it says that this is all */
	metric_list_release(&list);
	return report->error.code;
}
