/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim compare: two runs side by side.
 */
#define _GNU_SOURCE

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reports/compare.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/report_cli.h"

/* By enum compare_format. */
static const char *const formats[] = { "table", "json", "markdown", "csv" };
#define NR_FORMATS 4

struct arguments {
	const char *db, *operands[2];
	struct compare_options options;
};

enum { KEY_FORMAT = 256, KEY_ALL, KEY_METRIC, KEY_JSON, KEY_MARKDOWN };

static const struct argp_option options[] = {
	{ "db", 'd', "FILE", 0, "where the runs are [run.db]", 0 },
	{ "cache", 'c', "NAME", 0, "this cache only, or \"total\"", 0 },
	{ "metric", KEY_METRIC, "GLOB", 0,
	  "metrics of these names, such as 'miss_*' [all totals, and the usual "
	  "ones of caches]",
	  0 },
	{ "all", KEY_ALL, 0, 0, "also what is the same", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0,
	  "table, json, markdown or csv [table]", 0 },
	{ "json", KEY_JSON, 0, 0, "--format json", 0 },
	{ "markdown", KEY_MARKDOWN, 0, 0, "--format markdown", 0 },
	{ 0 },
};

static error_t parse_format(int key, const char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_FORMAT:
		arguments->options.format = (enum compare_format)option_word(
			state, "--format", text, formats, NR_FORMATS);
		return 0;
	case KEY_JSON:
		arguments->options.format = COMPARE_JSON;
		return 0;
	case KEY_MARKDOWN:
		arguments->options.format = COMPARE_MARKDOWN;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'd':
		arguments->db = text;
		return 0;
	case 'c':
		arguments->options.cache = text;
		return 0;
	case KEY_METRIC:
		arguments->options.metric = text;
		return 0;
	case KEY_ALL:
		arguments->options.all = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "two runs: \"%s\" is too many", text);
		arguments->operands[state->arg_num] = text;
		return 0;
	case ARGP_KEY_END:
		if (state->arg_num == 1)
			argp_error(state, "expected two runs, or none for the "
					  "last two");
		return 0;
	default:
		return parse_format(key, text, state);
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"[A B]",
	"Print what differs between two runs, at their ends [the last two].\v"
	"A and B are runs: a number, a label, or @-1 for the last one; a "
	"database, of which the last run; or both, as in old.db:3.\n\n"
	"Differences are no error: the exit code is 0. The gate is \"slabsim "
	"check\".",
	NULL,
	NULL,
	NULL,
};

/* A slip is not "no difference". */
static void check_cache(struct report *a, struct report *b, const char *cache)
{
	if (cache && strcmp(cache, COMPARE_TOTAL) != 0 &&
	    !report_select_cache(a, cache) && !report_select_cache(b, cache))
		report_cli_no_cache(a, cache);
}

static int compare(struct report *a, struct report *b,
		   const struct compare_options *chosen)
{
	int code;

	check_cache(a, b, chosen->cache);
	code = report_cli_result(a);
	if (code)
		return code;
	if (compare_print(stdout, a, b, chosen) == -ENOENT)
		report_cli_no_metric(a, chosen->metric);
	code = report_cli_result(a);
	return code ? code : report_cli_result(b);
}

int cmd_compare(int argc, char **argv)
{
	struct arguments arguments = { .operands = { "@-2", "@-1" } };
	struct report *a = NULL, *b = NULL;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (!code)
		code = report_cli_open_run(arguments.db, arguments.operands[0],
					   &a);
	if (!code)
		code = report_cli_open_run(arguments.db, arguments.operands[1],
					   &b);
	if (!code)
		code = compare(a, b, &arguments.options);
	report_close(a);
	report_close(b);
	return code;
}
