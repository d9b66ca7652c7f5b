/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening and asking a database. Nothing here writes: the connection is
 * read-only, or told to be (query_only) where SQLite first had to take back
 * what a killed writer left.
 */
#define _GNU_SOURCE

#include "reports/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/run_lock.h"

#define BUSY_TIMEOUT_MS 10000

int report_fail(struct report *report, int code, const char *format, ...)
{
	va_list args;

	if (report->error.code)
		return report->error.code;
	report->error.code = code;
	va_start(args, format);
	vsnprintf(report->error.text, sizeof(report->error.text), format, args);
	va_end(args);
	return code;
}

static int fail_sqlite(struct report *report)
{
	int error = sqlite3_errcode(report->db) & 0xff;

	if (error == SQLITE_NOTADB || error == SQLITE_CORRUPT)
		return report_fail(report, -EBADMSG,
				   "%s: %s; expected a "
				   "database of slabsim",
				   report->path, sqlite3_errmsg(report->db));
	return report_fail(report, -EIO, "%s: %s", report->path,
			   sqlite3_errmsg(report->db));
}

/* --- opening ------------------------------------------------------------- */

static bool connect(struct report *report, int flags)
{
	sqlite3_close(report->db);
	report->db = NULL;
	if (sqlite3_open_v2(report->path, &report->db, flags, NULL))
		return false;
	sqlite3_extended_result_codes(report->db, 1);
	sqlite3_busy_timeout(report->db, BUSY_TIMEOUT_MS);
	return true;
}

static bool readable(struct report *report)
{
	return sqlite3_exec(report->db, "SELECT count(*) FROM sqlite_master",
			    NULL, NULL, NULL) == SQLITE_OK;
}

static void open_file(struct report *report)
{
	struct stat about;
	int wrong = 0;

	/*
	 * SQLite has no words for what is wrong with a directory. Not by opening
	 * it: to close it drops the locks of all connections.
	 */
	if (faccessat(AT_FDCWD, report->path, R_OK, AT_EACCESS) ||
	    stat(report->path, &about))
		wrong = errno;
	else if (S_ISDIR(about.st_mode))
		wrong = EISDIR;
	if (wrong) {
		report_fail(report, -EIO, "%s: %s", report->path,
			    strerror(wrong));
		return;
	}
	if (!connect(report, SQLITE_OPEN_READONLY)) {
		fail_sqlite(report);
		return;
	}
	if (readable(report))
		return;
	/* The journal of a killed writer can only be undone by writing. */
	if ((sqlite3_errcode(report->db) & 0xff) == SQLITE_NOTADB ||
	    !connect(report, SQLITE_OPEN_READWRITE) || !readable(report))
		fail_sqlite(report);
	else
		sqlite3_exec(report->db, "PRAGMA query_only = 1", NULL, NULL,
			     NULL);
}

/* writer(run) in SQL. Few ask, so the file is opened when they do. */
static void find_writer(sqlite3_context *context, int nr, sqlite3_value **args)
{
	struct report *report = sqlite3_user_data(context);

	(void)nr;
	if (report->lock_fd < 0)
		report->lock_fd = open(report->path, O_RDONLY | O_CLOEXEC);
	sqlite3_result_int64(context,
			     run_lock_holder(report->lock_fd,
					     sqlite3_value_int64(args[0])));
}

static void check_version(struct report *report)
{
	int64_t application, version;

	application = report_number(report, "PRAGMA application_id");
	version = report_number(report, "PRAGMA user_version");
	if (report->error.code)
		return;
	if (application != REPORT_APPLICATION_ID)
		report_fail(report, -EBADMSG, "%s: not a database of slabsim",
			    report->path);
	else if (version > REPORT_SCHEMA_VERSION)
		report_fail(report, -ENOTSUP,
			    "%s: written by a newer slabsim: "
			    "schema %lld, this one knows up to %d",
			    report->path, (long long)version,
			    REPORT_SCHEMA_VERSION);
	else if (version < REPORT_SCHEMA_VERSION)
		report_fail(report, -ENOTSUP,
			    "%s: of schema %lld, this slabsim reads %d: run "
			    "\"slabsim db upgrade %s\" first",
			    report->path, (long long)version,
			    REPORT_SCHEMA_VERSION, report->path);
}

struct report *report_open(const char *path, struct report_error *error)
{
	struct report *report = calloc(1, sizeof(*report));
	size_t path_bytes = strlen(path) + 3;

	if (report)
		report->path = malloc(path_bytes);
	if (!report || !report->path) {
		free(report);
		*error = (struct report_error){ -ENOMEM, "out of memory" };
		return NULL;
	}
	/* To SQLite ":memory:" and "" are no files. */
	snprintf(report->path, path_bytes, "%s%s",
		 *path == ':' || !*path ? "./" : "", path);
	report->lock_fd = -1;
	open_file(report);
	if (!report->error.code)
		check_version(report);
	if (!report->error.code)
		sqlite3_create_function(report->db, "writer", 1,
					SQLITE_UTF8 | SQLITE_DIRECTONLY, report,
					find_writer, NULL, NULL);
	if (!report->error.code)
		return report;
	*error = report->error;
	report_close(report);
	return NULL;
}

void report_close(struct report *report)
{
	if (!report)
		return;
	sqlite3_close(report->db);
	if (report->lock_fd >= 0)
		close(report->lock_fd);
	free(report->path);
	free(report);
}

/* --- choosing ------------------------------------------------------------ */

/* The run's number for "3" or "@-1"; 0: neither. */
static int64_t parse_run(struct report *report, const char *which)
{
	bool relative = which[0] == '@' && which[1] == '-';
	const char *digits = relative ? which + 2 : which;
	int64_t number, id;
	sqlite3_stmt *find;
	char *end;

	if (*digits < '0' || *digits > '9')
		return 0;
	errno = 0;
	number = strtoll(digits, &end, 10);
	if (*end || errno || number <= 0)
		return 0;
	find = report_prepare(
		report,
		relative ?
			"SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?1 - 1" :
			"SELECT id FROM run WHERE id = ?1");
	if (!find)
		return 0;
	sqlite3_bind_int64(find, 1, number);
	id = report_step(report, find) ? sqlite3_column_int64(find, 0) : 0;
	sqlite3_finalize(find);
	return id;
}

/* The last run of that label; 0: none. */
static int64_t find_label(struct report *report, const char *label)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT max(run_id) FROM host_run WHERE label = ?1");
	int64_t id = 0;

	if (!find)
		return 0;
	sqlite3_bind_text(find, 1, label, -1, SQLITE_STATIC);
	if (report_step(report, find))
		id = sqlite3_column_int64(find, 0);
	sqlite3_finalize(find);
	return id;
}

int64_t report_last_run(struct report *report)
{
	return report_number(report, "SELECT max(id) FROM run");
}

int report_select_run(struct report *report, const char *which)
{
	int64_t last = report_last_run(report);

	if (!last)
		return report_fail(report, -EBADMSG, "%s: no runs in it",
				   report->path);
	report->run_id = which ? parse_run(report, which) : last;
	if (!report->run_id)
		report->run_id = find_label(report, which);
	if (report->run_id)
		return 0;
	return report_fail(report, -EINVAL,
			   "%s: no run \"%s\"; expected a "
			   "number up to %lld, a label, or @-1 for the last "
			   "one",
			   report->path, which, (long long)last);
}

int report_select_sample(struct report *report, uint64_t at_ns)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT max(id) FROM sample WHERE run_id = :run"
			" AND time_ns <= ?2");

	if (!find)
		return report->error.code;
	sqlite3_bind_int64(find, 2,
			   at_ns > INT64_MAX ? INT64_MAX : (int64_t)at_ns);
	if (report_step(report, find))
		report->sample_id = sqlite3_column_int64(find, 0);
	sqlite3_finalize(find);
	if (report->sample_id)
		return 0;
	return report_fail(report, -EBADMSG,
			   "%s: run %lld has no samples: it ended too "
			   "early, or has only just begun",
			   report->path, (long long)report->run_id);
}

bool report_select_cache(struct report *report, const char *name)
{
	sqlite3_stmt *find = report_prepare(
		report, "SELECT id FROM cache WHERE run_id = :run AND name = ?2"
			" AND chain_position IS NOT NULL");

	if (!find)
		return false;
	sqlite3_bind_text(find, 2, name, -1, SQLITE_STATIC);
	if (report_step(report, find)) {
		report->cache_id = sqlite3_column_int64(find, 0);
		report->cache = name;
	}
	sqlite3_finalize(find);
	return report->cache_id != 0;
}

int report_names(struct report *report, const char *sql, char ***names,
		 size_t *nr)
{
	sqlite3_stmt *list = report_prepare(report, sql);
	size_t room = 0;
	char **grown;

	*names = NULL;
	*nr = 0;
	while (list && report_step(report, list)) {
		if (*nr == room) {
			room += 64;
			grown = realloc(*names, room * sizeof(*grown));
			if (!grown) {
				report_fail(report, -ENOMEM, "out of memory");
				break;
			}
			*names = grown;
		}
		(*names)[*nr] =
			sqlite3_mprintf("%s", sqlite3_column_text(list, 0));
		if (!(*names)[(*nr)++])
			report_fail(report, -ENOMEM, "out of memory");
	}
	sqlite3_finalize(list);
	return report->error.code;
}

void report_free_names(char **names, size_t nr)
{
	for (size_t i = 0; names && i < nr; i++)
		sqlite3_free(names[i]);
	free(names);
}

/* --- asking -------------------------------------------------------------- */

void report_bind(sqlite3_stmt *statement, const char *name, int64_t number)
{
	int place = sqlite3_bind_parameter_index(statement, name);

	if (place)
		sqlite3_bind_int64(statement, place, number);
}

void report_bind_choice(const struct report *report, sqlite3_stmt *statement)
{
	report_bind(statement, ":run", report->run_id);
	report_bind(statement, ":sample", report->sample_id);
	report_bind(statement, ":all", report->all);
	if (report->cache_id)
		report_bind(statement, ":cache_id", report->cache_id);
}

sqlite3_stmt *report_prepare(struct report *report, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (report->error.code)
		return NULL;
	if (sqlite3_prepare_v2(report->db, sql, -1, &statement, NULL)) {
		fail_sqlite(report);
		return NULL;
	}
	report_bind_choice(report, statement);
	return statement;
}

bool report_step(struct report *report, sqlite3_stmt *statement)
{
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		return true;
	case SQLITE_DONE:
		return false;
	default:
		fail_sqlite(report);
		return false;
	}
}

int64_t report_number(struct report *report, const char *sql)
{
	sqlite3_stmt *query = report_prepare(report, sql);
	int64_t number = 0;

	if (query && report_step(report, query))
		number = sqlite3_column_int64(query, 0);
	sqlite3_finalize(query);
	return number;
}
