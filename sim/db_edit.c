/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See db_edit.h. What refers to what is told by the names of columns (run_id,
 * cache_id ...), so this holds for tables to come too, as long as their order
 * below has rows before those that refer to them.
 */
#define _GNU_SOURCE

#include "sim/db_edit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/schema.h"

/* Of runs. Owners before what they own; the first NR_OWNERS have ids. */
#define NR_OWNERS 5
static const struct {
	const char *name, *owner; /* its rows have the owner's id */
} tables[] = {
	{ "run", NULL },
	{ "node", "run" },
	{ "cpu", "run" },
	{ "cache", "run" },
	{ "sample", "run" },
	{ "cache_stat", "cache" },
	{ "cpu_stat", "cache" },
	{ "node_stat", "cache" },
	{ "node_page_stat", "sample" },
	{ "page_order_stat", "node" },
	{ "slab_sample", "sample" },
	{ "alien_stat", "sample" },
	{ "slab_occupancy", "sample" },
	{ "slab_pin", "sample" },
	{ "step", "run" },
	{ "run_action", "run" },
	{ "reap_pass", "run" },
	{ "timing_cost", "run" },
	{ "latency", "run" },
	{ "lock_wait", "run" },
	{ "host_run", "run" },
	{ "host_engine", "run" },
	{ "host_lock", "run" },
	{ "host_spread", "run" },
};
#define NR_TABLES (sizeof(tables) / sizeof(tables[0]))

/* The lesson, then what it owns. */
static const char *const lesson_tables[] = { "lesson", "lesson_step",
					     "lesson_claim", "lesson_picture" };
#define NR_LESSON_TABLES 4

/* Rows of a trace; the trace itself is matched, not copied. */
static const char *const trace_tables[] = { "call_site", "lifetime",
					    "event_loss" };
#define NR_TRACE_TABLES (sizeof(trace_tables) / sizeof(trace_tables[0]))

/* Formatted SQL, run in the transaction. */
static int run_format(struct database *database, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int run_format(struct database *database, const char *format, ...)
{
	va_list args;
	char *sql;
	int nr;

	va_start(args, format);
	nr = vasprintf(&sql, format, args);
	va_end(args);
	if (nr < 0) {
		database_fail_memory(database);
		return -ENOMEM;
	}
	nr = database_run(database, sql);
	free(sql);
	return nr;
}

/* 'it''s' */
static char *quoted(const char *text)
{
	char *out = malloc(2 * strlen(text) + 3), *p = out;

	if (!out)
		return NULL;
	for (*p++ = '\''; *text; text++) {
		if (*text == '\'')
			*p++ = '\'';
		*p++ = *text;
	}
	*p++ = '\'';
	*p = '\0';
	return out;
}

/* --- removing ------------------------------------------------------------ */

static void remove_rows(struct database *database, const char *table,
			const char *owner, int64_t run)
{
	if (!owner)
		run_format(database, "DELETE FROM %s WHERE id = %lld", table,
			   (long long)run);
	else if (!strcmp(owner, "run"))
		run_format(database, "DELETE FROM %s WHERE run_id = %lld",
			   table, (long long)run);
	else
		run_format(database,
			   "DELETE FROM %s WHERE %s_id IN (SELECT id FROM %s"
			   " WHERE run_id = %lld)",
			   table, owner, owner, (long long)run);
}

int db_remove_run(struct database *database, int64_t run)
{
	for (size_t i = NR_TABLES; i-- > 0;)
		remove_rows(database, tables[i].name, tables[i].owner, run);
	for (size_t i = 0; i < NR_TRACE_TABLES; i++)
		run_format(database,
			   "DELETE FROM %s WHERE trace_id NOT IN"
			   " (SELECT trace_id FROM run)",
			   trace_tables[i]);
	return database_run(database, "DELETE FROM trace WHERE id NOT IN"
				      " (SELECT trace_id FROM run)");
}

int64_t db_find_lesson(struct database *database, const char *name)
{
	char *text = quoted(name), *sql = NULL;
	int64_t lesson = 0;

	if (!text || asprintf(&sql,
			      "SELECT id FROM lesson WHERE file IN"
			      " (%s, %s || '.ops') ORDER BY file = %s DESC",
			      text, text, text) < 0)
		database_fail_memory(database);
	else
		lesson = database_number(database, sql);
	free(text);
	free(sql);
	return lesson;
}

/* @which: SQL that gives ids. */
static int remove_lessons(struct database *database, const char *which)
{
	for (size_t i = NR_LESSON_TABLES; --i > 0;)
		run_format(database,
			   "DELETE FROM main.%s WHERE lesson_id IN (%s)",
			   lesson_tables[i], which);
	return run_format(database, "DELETE FROM main.lesson WHERE id IN (%s)",
			  which);
}

int db_remove_lesson(struct database *database, int64_t lesson)
{
	char which[24];

	snprintf(which, sizeof(which), "%lld", (long long)lesson);
	return remove_lessons(database, which);
}

/* --- merging ------------------------------------------------------------- */

/* The columns of a table, and what is selected for them from the other file. */
struct columns {
	char *names, *values, *match; /* owned; texts that grow */
	size_t names_bytes, values_bytes, match_bytes;
	FILE *names_out, *values_out, *match_out;
	int nr;
};

static bool columns_start(struct columns *c)
{
	memset(c, 0, sizeof(*c));
	c->names_out = open_memstream(&c->names, &c->names_bytes);
	c->values_out = open_memstream(&c->values, &c->values_bytes);
	c->match_out = open_memstream(&c->match, &c->match_bytes);
	return c->names_out && c->values_out && c->match_out;
}

static bool columns_end(struct columns *c)
{
	bool ok = c->names_out && c->values_out && c->match_out;

	ok &= c->names_out && !fclose(c->names_out);
	ok &= c->values_out && !fclose(c->values_out);
	ok &= c->match_out && !fclose(c->match_out);
	return ok;
}

static void columns_release(struct columns *c)
{
	free(c->names);
	free(c->values);
	free(c->match);
}

/* The table a column refers to: "node" of "other_node_id"; @bytes: 0: none. */
static const char *referred(const char *column, size_t *bytes)
{
	size_t end = strlen(column), start;

	*bytes = 0;
	if (end <= 3 || strcmp(column + end - 3, "_id") != 0)
		return column;
	for (start = end -= 3; start && column[start - 1] != '_';)
		start--;
	*bytes = end - start;
	return column + start;
}

/*
 * Ids move up by what was there: "cache_id" by the highest cache. Those of
 * traces are looked up.
 */
static void add_column(void *arg, int nr, const char *const *column)
{
	struct columns *c = arg;
	const char *name = column[0], *comma = c->nr++ ? ", " : "";
	size_t bytes;
	const char *table = referred(name, &bytes);

	(void)nr;
	fprintf(c->names_out, "%s%s", comma, name);
	if (!strcmp(name, "trace_id"))
		fprintf(c->values_out,
			"%s(SELECT here FROM temp.trace_map WHERE there = "
			"s.trace_id)",
			comma);
	else if (!strcmp(name, "id"))
		fprintf(c->values_out,
			"%ss.id + (SELECT nr FROM temp.moved WHERE name = '%s')",
			comma, column[1]);
	else if (bytes)
		fprintf(c->values_out,
			"%ss.%s + (SELECT nr FROM temp.moved WHERE name = "
			"'%.*s')",
			comma, name, (int)bytes, table);
	else
		fprintf(c->values_out, "%ss.%s", comma, name);
	if (strcmp(name, "id") != 0)
		fprintf(c->match_out, " AND t.%s IS s.%s", name, name);
}

static bool read_columns(struct database *database, const char *table,
			 struct columns *c)
{
	char sql[160];
	bool ok = columns_start(c);

	snprintf(sql, sizeof(sql),
		 "SELECT name, '%s' FROM pragma_table_info('%s')", table,
		 table);
	ok = ok && !database_each(database, sql, add_column, c);
	ok &= columns_end(c);
	if (!ok)
		database_fail_memory(database);
	return ok;
}

static void copy_table(struct database *database, const char *table,
		       const char *how)
{
	struct columns c;

	if (read_columns(database, table, &c))
		run_format(database,
			   "INSERT%s INTO main.%s (%s) SELECT %s FROM "
			   "other.%s s ORDER BY s.rowid",
			   how, table, c.names, c.values, table);
	columns_release(&c);
}

/* Their order is that of keys: no two SQLites need read others alike. */
static void match_traces(struct database *database)
{
	struct columns c;

	if (!read_columns(database, "trace", &c)) {
		columns_release(&c);
		return;
	}
	/* from the second name on: the first is the id, which is made anew */
	run_format(database,
		   "INSERT INTO main.trace (%s) SELECT %s FROM other.trace s"
		   " WHERE NOT EXISTS (SELECT 1 FROM main.trace t WHERE 1%s)"
		   " ORDER BY s.id",
		   strchr(c.names, ',') + 1, strchr(c.names, ',') + 1, c.match);
	run_format(database,
		   "CREATE TEMP TABLE trace_map AS SELECT s.id AS there,"
		   " min(t.id) AS here FROM other.trace s JOIN main.trace t"
		   " WHERE 1%s GROUP BY s.id",
		   c.match);
	columns_release(&c);
}

static void note_id(struct database *database, const char *table)
{
	run_format(database,
		   "INSERT INTO temp.moved SELECT '%s', ifnull(max(id), 0)"
		   " FROM main.%s",
		   table, table);
}

static void note_ids(struct database *database)
{
	database_run(database,
		     "CREATE TEMP TABLE moved (name TEXT PRIMARY KEY, nr)");
	for (size_t i = 0; i < NR_OWNERS; i++)
		note_id(database, tables[i].name);
	note_id(database, lesson_tables[0]);
}

static int fail(struct database_error *error, int code, const char *from,
		const char *what)
{
	error->code = code;
	snprintf(error->text, sizeof(error->text), "%s: %s", from, what);
	return code;
}

static int check_other(struct database *database, const char *from,
		       struct database_error *error)
{
	int64_t version;

	if (database_number(database, "PRAGMA other.application_id") !=
	    SCHEMA_APPLICATION_ID)
		return database_error(database, error) ?
			       error->code :
			       fail(error, -EBADMSG, from,
				    "not a database of slabsim");
	version = database_number(database, "PRAGMA other.user_version");
	if (version > SCHEMA_VERSION)
		return fail(error, -ENOTSUP, from,
			    "written by a newer slabsim");
	if (version < SCHEMA_VERSION)
		return fail(error, -ENOTSUP, from,
			    "of an older schema: run \"slabsim db upgrade\" "
			    "on it first");
	return 0;
}

static int attach(struct database *database, const char *from,
		  struct database_error *error)
{
	char *name = quoted(from), *sql = NULL;

	if (!name || asprintf(&sql, "ATTACH %s AS other", name) < 0)
		database_fail_memory(database);
	else
		database_run_alone(database, sql);
	free(name);
	free(sql);
	return database_error(database, error);
}

int db_merge(struct database *database, const char *from,
	     struct database_error *error)
{
	if (attach(database, from, error) || check_other(database, from, error))
		return error->code;
	remove_lessons(database, "SELECT id FROM main.lesson WHERE file IN"
				 " (SELECT file FROM other.lesson)");
	note_ids(database);
	match_traces(database);
	for (size_t i = 0; i < NR_TABLES; i++)
		copy_table(database, tables[i].name, "");
	for (size_t i = 0; i < NR_TRACE_TABLES; i++)
		copy_table(database, trace_tables[i], " OR IGNORE");
	for (size_t i = 0; i < NR_LESSON_TABLES; i++)
		copy_table(database, lesson_tables[i], "");
	database_run(database, "DROP TABLE temp.moved");
	database_run(database, "DROP TABLE temp.trace_map");
	if (!database_commit(database))
		database_run_alone(database, "DETACH other");
	return database_error(database, error);
}
