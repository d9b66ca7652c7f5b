/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See report_cli.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/report_cli.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli.h"
#include "sim/sample_plan.h"

int report_cli_result(const struct report *report)
{
	if (report->error.code)
		talk("%s", report->error.text);
	return exit_code_of(report->error.code);
}

static int choose_sample(struct report *report, const char *at)
{
	uint64_t at_ns = UINT64_MAX;

	if (at && strcmp(at, "end") && !duration_parse(at, &at_ns))
		report_fail(report, -EINVAL,
			    "--at: \"%s\" is not a time such "
			    "as 10ms, or \"end\"",
			    at);
	else
		report_select_sample(report, at_ns);
	return report_cli_result(report);
}

void report_cli_suggest(struct report *report, const char *word,
			const char *sql)
{
	struct report_error error = report->error;
	const char *near = NULL;
	char **names;
	size_t nr;

	report->error.code = 0;
	if (!report_names(report, sql, &names, &nr))
		near = suggest(word, (const char *const *)names, nr);
	report->error = error;
	if (near)
		snprintf(report->error.text, sizeof(report->error.text),
			 "%.300s, did you mean \"%.100s\"?", error.text, near);
	report_free_names(names, nr);
}

void report_cli_no_cache(struct report *report, const char *cache)
{
	report_fail(report, -EINVAL,
		    "--cache: run %lld has no cache \"%.100s\"",
		    (long long)report->run_id, cache);
	report_cli_suggest(report, cache,
			   "SELECT name FROM cache WHERE run_id = :run");
}

void report_cli_no_metric(struct report *report, const char *metric)
{
	report_fail(report, -EINVAL, "--metric: there is no metric \"%.100s\"",
		    metric);
	report_cli_suggest(report, metric, "SELECT name FROM metric_def");
}

/* The cache must be one of the run: a slip is not "no rows". */
static int choose_cache(struct report *report, const char *cache)
{
	if (!report_select_cache(report, cache))
		report_cli_no_cache(report, cache);
	return report_cli_result(report);
}

static int choose_run(struct report *report, const char *run)
{
	if (report_select_run(report, run) == -EINVAL)
		report_cli_suggest(report, run,
				   "SELECT label FROM host_run"
				   " WHERE label IS NOT NULL");
	return report_cli_result(report);
}

int report_cli_open_file(const char *db, struct report **report)
{
	struct report_error error;

	*report = report_open(db ? db : REPORT_DEFAULT_DB, &error);
	if (*report)
		return EXIT_OK;
	talk("%s", error.text);
	return exit_code_of(error.code);
}

/* On errors the report is closed. */
static int choose(const struct report_choice *choice, bool needs_sample,
		  struct report **report)
{
	int code;

	code = choose_run(*report, choice->run);
	if (!code && needs_sample)
		code = choose_sample(*report, choice->at);
	if (!code && choice->cache)
		code = choose_cache(*report, choice->cache);
	if (!code)
		return EXIT_OK;
	report_close(*report);
	*report = NULL;
	return code;
}

int report_cli_open(const struct report_choice *choice, bool needs_sample,
		    struct report **report)
{
	int code = report_cli_open_file(choice->db, report);

	return *report ? choose(choice, needs_sample, report) : code;
}

int report_cli_open_page(const struct report_choice *choice,
			 struct report **report)
{
	int code = report_cli_open_file(choice->db, report);

	if (!*report || (!choice->run && !report_last_run(*report)))
		return code;
	return choose(choice, true, report);
}

int report_cli_open_run(const char *db, const char *operand,
			struct report **report)
{
	struct report_choice choice = { .db = db, .run = operand };
	const char *colon = strrchr(operand, ':');
	char path[4096];

	if (access(operand, F_OK) == 0) {
		choice.db = operand;
		choice.run = NULL;
	} else if (colon && (size_t)(colon - operand) < sizeof(path)) {
		snprintf(path, sizeof(path), "%.*s", (int)(colon - operand),
			 operand);
		if (access(path, F_OK) == 0) {
			choice.db = path;
			choice.run = colon + 1;
		}
	}
	return report_cli_open(&choice, true, report);
}

bool report_cli_operand(const char *operand, const char *const *words,
			size_t nr, int *word, const char **db, char *error,
			size_t error_bytes)
{
	const char *near = suggest(operand, words, nr);

	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(operand, words[i])) {
			*word = (int)i;
			return true;
		}
	}
	/* A near miss of a word that is no file is a slip of the finger. */
	if (!*db && !(near && access(operand, F_OK))) {
		*db = operand;
		return true;
	}
	snprintf(error, error_bytes,
		 "\"%.100s\" is neither a database nor a "
		 "word known here%s%s%s",
		 operand, near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "");
	return false;
}
