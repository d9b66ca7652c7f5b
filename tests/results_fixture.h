/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the database: a scratch file, single values out of it, and a
 * run of handmade events with samples.
 */
#ifndef TESTS_RESULTS_FIXTURE_H
#define TESTS_RESULTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim/results.h"

/* A path in $TEST_TMP, removed if there; valid until the next call. */
static inline const char *scratch(const char *name)
{
	const char *directory = getenv("TEST_TMP");
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory ? directory : "/tmp",
		 name);
	unlink(path);
	return path;
}

static inline struct results *open_results(const char *path)
{
	struct database_error error;
	struct results *results = results_open(path);

	assert_non_null(results);
	results_settle(results);
	if (results_error(results, &error))
		fail_msg("%s", error.text);
	return results;
}

static inline sqlite3 *open_db(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE,
					 NULL),
			 SQLITE_OK);
	return db;
}

/* The first column of the first row as text, owned; "NULL" for that. */
static inline char *ask_text(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	const unsigned char *text;
	char *answer;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) ||
	    sqlite3_step(statement) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	text = sqlite3_column_text(statement, 0);
	answer = strdup(text ? (const char *)text : "NULL");
	sqlite3_finalize(statement);
	return answer;
}

static inline void assert_sql(sqlite3 *db, const char *sql, const char *want)
{
	char *got = ask_text(db, sql);

	if (strcmp(got, want))
		fail_msg("%s: \"%s\", expected \"%s\"", sql, got, want);
	free(got);
}

static inline void run_sql_in(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error))
		fail_msg("%s: %s", sql, error);
}

#endif
