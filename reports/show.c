/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQL plus formatting: a view is a query in a .sql file of its own.
 */
#include "reports/show.h"

#include <errno.h>

#include "reports/actions.sql.h"
#include "reports/call_sites.sql.h"
#include "reports/caches.sql.h"
#include "reports/cpus.sql.h"
#include "reports/heading.h"
#include "reports/costs.sql.h"
#include "reports/latency.sql.h"
#include "reports/lessons.sql.h"
#include "reports/lifetimes.sql.h"
#include "reports/locks.sql.h"
#include "reports/lock_waits.sql.h"
#include "reports/misses.sql.h"
#include "reports/nodes.sql.h"
#include "reports/nodes_cache.sql.h"
#include "reports/occupancy.sql.h"
#include "reports/pinned.sql.h"
#include "reports/pins.sql.h"
#include "reports/runs.sql.h"
#include "reports/slabinfo.sql.h"
#include "reports/slabinfo_text.h"
#include "reports/slabs.sql.h"
#include "reports/spread.sql.h"
#include "reports/table.h"
#include "reports/text.h"
#include "reports/unused.sql.h"

static const char *view_sql(const struct report *report, enum show_view view)
{
	static const char *const queries[NR_SHOW_VIEWS] = {
#define SHOW_QUERY(NAME, word, sql) [SHOW_##NAME] = sql,
		SHOW_VIEWS(SHOW_QUERY)
	};

	if (view == SHOW_NODES && report->cache)
		return nodes_cache_sql;
	return queries[view];
}

bool show_is_of_file(enum show_view view)
{
	return view == SHOW_RUNS || view == SHOW_LESSONS;
}

/* What a run stores only when asked to, by the option that asks. */
static const char *option_for(enum show_view view)
{
	switch (view) {
	case SHOW_SLABS:
		return "--slabs";
	case SHOW_PINS:
		return "--pins";
	case SHOW_CALL_SITES:
	case SHOW_LIFETIMES:
		return "--call-sites";
	case SHOW_LOCKS:
		return "--engine threads";
	case SHOW_SPREAD:
		return "--engine threads --order free --repeat N";
	case SHOW_LATENCY:
	case SHOW_COSTS:
		return "--timing";
	case SHOW_ACTIONS:
		return "--actions FILE";
	default:
		return NULL;
	}
}

/* --- tables -------------------------------------------------------------- */

static void tell_unused(FILE *out, struct report *report)
{
	sqlite3_stmt *query;
	long long unused = 0;

	if (report->all || report->cache)
		return;
	query = report_prepare(report, unused_sql);
	if (query && report_step(report, query))
		unused = sqlite3_column_int64(query, 0);
	sqlite3_finalize(query);
	if (unused)
		fprintf(out, "\n%lld cache%s that never had a slab: --all\n",
			unused, text_plural((unsigned long long)unused));
}

/* Are its numbers made of costs? */
static bool is_timing(enum show_view view)
{
	return view == SHOW_LATENCY || view == SHOW_LOCK_WAITS;
}

static int print_table(FILE *out, struct report *report, enum show_view view)
{
	struct heading heading;
	size_t nr;

	if (!show_is_of_file(view)) {
		if (heading_read(report, &heading))
			return report->error.code;
		heading_print(out, &heading);
		if (report->cache && view != SHOW_CACHES) {
			char name[512];

			text_visible(report->cache, name, sizeof(name));
			fprintf(out, "cache      %s\n", name);
		}
		putc('\n', out);
	}
	if (table_print(out, report, view_sql(report, view), &nr))
		return report->error.code;
	if (view == SHOW_CACHES)
		tell_unused(out, report);
	if (nr && is_timing(view))
		fputs("\n" TIMING_NOTE ": \"slabsim show costs\"\n", out);
	if (!nr && view == SHOW_LOCK_WAITS)
		fputs("\nno lock was waited for (--all: every lock taken), or "
		      "the run was without --timing\n",
		      out);
	if (!nr && option_for(view))
		fprintf(out, "\nnothing stored: \"slabsim run %s\" does\n",
			option_for(view));
	return report->error.code;
}

/* --- JSON ---------------------------------------------------------------- */

static void print_json_text(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	text_print_json(out, text);
}

static void print_json_heading(FILE *out, const struct heading *heading)
{
	fprintf(out,
		",\"run\":%lld,\"status\":\"%s\",\"sample\":%lld,"
		"\"time_ns\":%llu,\"events\":%llu",
		(long long)heading->run,
		heading->complete ? "complete" : "partial",
		(long long)heading->k, (unsigned long long)heading->time_ns,
		(unsigned long long)heading->events);
	print_json_text(out, "label", heading->label);
	print_json_text(out, "simulated", heading->simulated);
	print_json_text(out, "traced", heading->traced);
	print_json_text(out, "source", heading->source);
	print_json_text(out, "losses", heading->losses);
}

static int print_json(FILE *out, struct report *report, enum show_view view)
{
	struct heading heading;

	if (!show_is_of_file(view) && heading_read(report, &heading))
		return report->error.code;
	fputs("{\"schema\":1", out);
	if (!show_is_of_file(view))
		print_json_heading(out, &heading);
	if (is_timing(view))
		print_json_text(out, "note", TIMING_NOTE);
	if (table_print_json(out, report, view_sql(report, view), "rows"))
		return report->error.code;
	fputs("}\n", out);
	return 0;
}

/* --- slabinfo ------------------------------------------------------------ */

static void print_slabinfo_line(FILE *out, sqlite3_stmt *row)
{
	int64_t numbers[SLABINFO_NUMBERS];
	char name[512];

	text_visible((const char *)sqlite3_column_text(row, 0), name,
		     sizeof(name));
	for (int i = 0; i < SLABINFO_NUMBERS; i++)
		numbers[i] = sqlite3_column_int64(row, i + 1);
	slabinfo_print_row(out, name, numbers);
}

static int print_slabinfo(FILE *out, struct report *report)
{
	sqlite3_stmt *query = report_prepare(report, slabinfo_sql);

	if (!query)
		return report->error.code;
	slabinfo_print_headings(out);
	while (report_step(report, query))
		print_slabinfo_line(out, query);
	sqlite3_finalize(query);
	return report->error.code;
}

int show_print(FILE *out, struct report *report, enum show_view view,
	       enum show_format format)
{
	switch (format) {
	case SHOW_TABLE:
		return print_table(out, report, view);
	case SHOW_SLABINFO:
		return print_slabinfo(out, report);
	case SHOW_JSON:
		return print_json(out, report, view);
	case SHOW_CSV:
		return table_print_csv(out, report, view_sql(report, view));
	}
	return report_fail(report, -1, "no such format");
}

/* --- files --------------------------------------------------------------- */

static int print_file_json(FILE *out, struct report *report)
{
	fputs("{\"schema\":1", out);
	table_print_json(out, report, runs_sql, "rows");
	table_print_json(out, report, lessons_sql, "lessons");
	fputs("}\n", out);
	return report->error.code;
}

int show_print_file(FILE *out, struct report *report, enum show_format format)
{
	bool runs = report_last_run(report) != 0;
	bool lessons = report_number(report, "SELECT count(*) FROM lesson") !=
		       0;
	size_t nr;

	if (report->error.code)
		return report->error.code;
	if (!runs && !lessons)
		return report_fail(report, -EBADMSG,
				   "%s: neither runs nor lessons in it",
				   report->path);
	if (format == SHOW_JSON)
		return print_file_json(out, report);
	if (runs)
		table_print(out, report, runs_sql, &nr);
	if (runs && lessons)
		putc('\n', out);
	if (lessons)
		table_print(out, report, lessons_sql, &nr);
	return report->error.code;
}
