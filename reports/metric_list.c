/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See metric_list.h: each column of the two queries that the dictionary knows
 * is a metric.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/metric_list.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cache_metrics.sql.h"
#include "reports/run_metrics.sql.h"
#include "reports/run_setup.sql.h"

/* A column of a query that is a metric. */
struct definition {
	char *unit, *better; /* NULL: the column is none */
};

int metric_compare_names(const char *cache, const char *name,
			 const char *other_cache, const char *other_name)
{
	int order = strcmp(cache, other_cache);

	return order ? order : strcmp(name, other_name);
}

bool metric_is_usual(const char *cache, const char *name)
{
	static const char *const of_caches[] = {
		"alienoverflow", "alloc_hit_pct", "allocmiss",
		"cached_objs",   "free_hit_pct",  "grown",
		"live_objs",     "pages",         "reaped",
		"remotefrees",   "slab_frag_pct",
	};

	if (!*cache)
		return true;
	for (size_t i = 0; i < sizeof(of_caches) / sizeof(of_caches[0]); i++) {
		if (!strcmp(name, of_caches[i]))
			return true;
	}
	return false;
}

void metric_value_text(const struct metric_value *value, char *text,
		       size_t text_bytes)
{
	switch (value->kind) {
	case METRIC_INT:
		snprintf(text, text_bytes, "%lld", (long long)value->number);
		return;
	case METRIC_REAL:
		snprintf(text, text_bytes, "%.6g", value->real);
		return;
	case METRIC_NONE:
		snprintf(text, text_bytes, "-");
	}
}

/* --- reading ------------------------------------------------------------- */

static char *copy_column(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return strdup(text ? text : "");
}

static bool find_definition(struct report *report, const char *name,
			    struct definition *definition)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT unit, better FROM metric_def WHERE name = ?1");
	bool ok = find != NULL;

	*definition = (struct definition){ NULL, NULL };
	if (!find)
		return false;
	sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
	if (report_step(report, find)) {
		definition->unit = copy_column(find, 0);
		definition->better = copy_column(find, 1);
		ok = definition->unit && definition->better;
	}
	sqlite3_finalize(find);
	return ok;
}

static struct metric_value take_value(sqlite3_stmt *row, int column)
{
	struct metric_value value = { METRIC_NONE, 0, 0.0 };

	switch (sqlite3_column_type(row, column)) {
	case SQLITE_INTEGER:
		value.kind = METRIC_INT;
		value.number = sqlite3_column_int64(row, column);
		value.real = (double)value.number;
		break;
	case SQLITE_FLOAT:
		value.kind = METRIC_REAL;
		value.real = sqlite3_column_double(row, column);
		break;
	default:
		break;
	}
	return value;
}

static bool add_row(struct metric_list *list, const char *cache,
		    const char *name, const struct definition *definition,
		    struct metric_value value)
{
	size_t room = list->room ? 2 * list->room : 1024;
	struct metric_row *grown, *row;

	if (list->nr == list->room) {
		grown = realloc(list->rows, room * sizeof(*grown));
		if (!grown)
			return false;
		list->rows = grown;
		list->room = room;
	}
	row = &list->rows[list->nr++];
	*row = (struct metric_row){ strdup(cache), strdup(name),
				    strdup(definition->unit),
				    strdup(definition->better), value };
	return row->cache && row->name && row->unit && row->better;
}

static bool add_columns(struct metric_list *list, sqlite3_stmt *query,
			const struct definition *definitions, int name_column)
{
	const char *cache = "";
	bool ok = true;

	if (name_column >= 0)
		cache = (const char *)sqlite3_column_text(query, name_column);
	for (int c = 0; ok && c < sqlite3_column_count(query); c++) {
		if (definitions[c].unit)
			ok = add_row(list, cache ? cache : "",
				     sqlite3_column_name(query, c),
				     &definitions[c], take_value(query, c));
	}
	return ok;
}

static void release_definitions(struct definition *definitions, int nr)
{
	for (int c = 0; definitions && c < nr; c++) {
		free(definitions[c].unit);
		free(definitions[c].better);
	}
	free(definitions);
}

static void add_query(struct report *report, struct metric_list *list,
		      const char *sql)
{
	sqlite3_stmt *query = report_prepare(report, sql);
	int nr = query ? sqlite3_column_count(query) : 0, name_column = -1;
	struct definition *definitions =
		calloc((size_t)nr + 1, sizeof(*definitions));
	bool ok = definitions != NULL;

	for (int c = 0; ok && c < nr; c++) {
		if (!strcmp(sqlite3_column_name(query, c), "name"))
			name_column = c;
		else
			ok = find_definition(report,
					     sqlite3_column_name(query, c),
					     &definitions[c]);
	}
	while (ok && query && report_step(report, query))
		ok = add_columns(list, query, definitions, name_column);
	if (!ok)
		report_fail(report, -ENOMEM, "out of memory");
	release_definitions(definitions, nr);
	sqlite3_finalize(query);
}

static int by_names(const void *a, const void *b)
{
	const struct metric_row *x = a, *y = b;

	return metric_compare_names(x->cache, x->name, y->cache, y->name);
}

int metric_list_read(struct report *report, struct metric_list *list)
{
	*list = (struct metric_list){ NULL, 0, 0 };
	add_query(report, list, run_metrics_sql);
	add_query(report, list, cache_metrics_sql);
	if (list->nr)
		qsort(list->rows, list->nr, sizeof(*list->rows), by_names);
	return report->error.code;
}

void metric_list_release(struct metric_list *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		free(list->rows[i].cache);
		free(list->rows[i].name);
		free(list->rows[i].unit);
		free(list->rows[i].better);
	}
	free(list->rows);
}

bool metric_list_matches(const struct metric_list *list, const char *glob)
{
	for (size_t i = 0; i < list->nr; i++) {
		if (!fnmatch(glob, list->rows[i].name, 0))
			return true;
	}
	return false;
}

int run_setup_read(struct report *report, struct run_setup *setup)
{
	sqlite3_stmt *query = report_prepare(report, run_setup_sql);
	char *status;

	*setup = (struct run_setup){ false, 0, NULL, NULL, NULL, NULL };
	if (!query || !report_step(report, query)) {
		sqlite3_finalize(query);
		return report->error.code;
	}
	status = copy_column(query, 0);
	setup->complete = status && !strcmp(status, "complete");
	free(status);
	setup->model_version = sqlite3_column_int64(query, 1);
	setup->digest = copy_column(query, 2);
	setup->profile = copy_column(query, 3);
	setup->machine = copy_column(query, 4);
	setup->config = copy_column(query, 5);
	sqlite3_finalize(query);
	if (!setup->digest || !setup->profile || !setup->machine ||
	    !setup->config)
		report_fail(report, -ENOMEM, "out of memory");
	return report->error.code;
}

void run_setup_release(struct run_setup *setup)
{
	free(setup->digest);
	free(setup->profile);
	free(setup->machine);
	free(setup->config);
}
