/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A database of results, opened for reading: which run, which sample, and
 * queries with their parameters bound.
 */
#ifndef REPORTS_DB_H
#define REPORTS_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

/* As sim/schema.h has them; a test compares. */
#define REPORT_APPLICATION_ID 0x534c4142
#define REPORT_SCHEMA_VERSION 4

/*
 * code: 0; -EIO; -EBADMSG: no database of ours, or nothing in it to show;
 * -ENODATA: not what was asked for, as it was not stored;
 * -ENOTSUP: a newer schema, or one to be upgraded first; -EINVAL: no such run,
 * cache or time; -ECHILD: gnuplot is not there, or fails; -ENOMEM.
 */
struct report_error {
	int code;
	char text[512];
};

struct report {
	sqlite3 *db;
	char *path;                /* owned */
	int64_t run_id;            /* chosen; 0: none yet */
	int64_t sample_id;         /* chosen; 0: none yet */
	int64_t cache_id;          /* only this cache; 0: all */
	const char *cache;         /* its name; NULL: all; borrowed */
	bool all;                  /* also caches that never had a slab */
	int lock_fd;               /* of the file, for locks of runs; or -1 */
	struct report_error error; /* sticky */
};

/*
 * report_open - open a database; it is not changed
 *
 * But when a writer was killed: then SQLite first takes its unfinished
 * transaction back. Queries may call writer(run): the process that is writing
 * the run now, 0: none (reports/run_lock.h).
 * Return: owned (report_close), or NULL with @error filled in.
 */
struct report *report_open(const char *path, struct report_error *error);
void report_close(struct report *report);

/* Set the error, unless there is one. Return: its code. */
int report_fail(struct report *report, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The number of the last run; 0: none in it, or an error. */
int64_t report_last_run(struct report *report);

/*
 * report_select_run - choose a run: "3", "@-1" (the last, also for NULL), or
 * a label, of which the last run
 * Return: 0 or a code.
 */
int report_select_run(struct report *report, const char *which);

/*
 * report_select_sample - choose the last sample at or before a time
 * @at_ns: of simulated time; UINT64_MAX: the last sample.
 * Return: 0 or a code.
 */
int report_select_sample(struct report *report, uint64_t at_ns);

/*
 * report_select_cache - choose one cache of the run
 * @name: borrowed, as long as @report lives.
 * Return: false when the run has no such cache, or on errors.
 */
bool report_select_cache(struct report *report, const char *name);

/*
 * report_names - the texts in the first column of a query
 * @names: owned (report_free_names), also on errors. Return: 0 or a code.
 */
int report_names(struct report *report, const char *sql, char ***names,
		 size_t *nr);
void report_free_names(char **names, size_t nr);

/*
 * report_prepare - a query; :run, :sample, :cache_id, :all are bound
 * Return: owned (sqlite3_finalize), or NULL with the error set.
 */
sqlite3_stmt *report_prepare(struct report *report, const char *sql);
/* Bind them once more: another run or sample was chosen since. */
void report_bind_choice(const struct report *report, sqlite3_stmt *statement);

/* Bind one more parameter; nothing happens where the query has no @name. */
void report_bind(sqlite3_stmt *statement, const char *name, int64_t number);

/* The first column of a query's first row; 0: no row, NULL, or an error. */
int64_t report_number(struct report *report, const char *sql);

/* The next row. Return: false at the end or, with the error set, on errors. */
bool report_step(struct report *report, sqlite3_stmt *statement);

#endif
