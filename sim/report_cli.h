/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands that read a database have in common: opening it, choosing
 * run, sample and cache as the user said, and saying what is wrong.
 */
#ifndef SIM_REPORT_CLI_H
#define SIM_REPORT_CLI_H

#include <argp.h>
#include <stdbool.h>

#include "reports/db.h"

#define REPORT_DEFAULT_DB "run.db"

struct report_choice {
	const char *db;    /* NULL: REPORT_DEFAULT_DB */
	const char *run;   /* "3", "@-1"; NULL: the last */
	const char *at;    /* a time or "end"; NULL: the end */
	const char *cache; /* NULL: all */
};

/*
 * report_cli_open - open and choose; what is wrong is printed
 * Return: an enum exit_code; EXIT_OK with @report owned (report_close).
 */
int report_cli_open(const struct report_choice *choice, bool needs_sample,
		    struct report **report);

/* The same without choosing anything: for what is in the file as a whole. */
int report_cli_open_file(const char *db, struct report **report);

/*
 * report_cli_open_run - open the run that an operand names, at its end
 * @db: where runs are, NULL: REPORT_DEFAULT_DB.
 * @operand: a run; a database, of which the last run; "DB:RUN".
 * Return: as report_cli_open.
 */
int report_cli_open_run(const char *db, const char *operand,
			struct report **report);

/*
 * report_cli_open_page - the same for the page, which can do without a run
 * @report: run_id is 0 when the database has none and none was asked for.
 */
int report_cli_open_page(const struct report_choice *choice,
			 struct report **report);

/* The error of @report, printed, as an exit code; EXIT_OK when there is none. */
int report_cli_result(const struct report *report);

/* Adds to the error the nearest to @word of the names that the query @sql has. */
void report_cli_suggest(struct report *report, const char *word,
			const char *sql);
/* Errors of the report: there is no such cache, no such metric. */
void report_cli_no_cache(struct report *report, const char *cache);
void report_cli_no_metric(struct report *report, const char *metric);

/*
 * report_cli_operand - take one of the operands "[DB] [WORD]" of a command
 * @words: what a word may be, @nr of them.
 *
 * One of the words sets @word to its number; anything else is the database.
 * Return: false with a sentence in @error, that names the nearest word, when
 * it can be neither.
 */
bool report_cli_operand(const char *operand, const char *const *words,
			size_t nr, int *word, const char **db, char *error,
			size_t error_bytes);

#endif
