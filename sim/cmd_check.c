/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim check: the regression gate.
 *
 * Everything is printed and every report file written before the exit code
 * says what came out.
 */
#define _GNU_SOURCE

#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/check.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/outfile.h"
#include "sim/report_cli.h"

/* By enum check_format. */
static const char *const formats[] = { "text", "tap",      "junit",    "github",
				       "json", "markdown", "benchmark" };

#define MAX_REPORTS 16

struct report_file {
	enum check_format format;
	const char *path;
};

struct arguments {
	struct report_choice choice;
	const char *baseline;
	enum check_format format;
	struct report_file reports[MAX_REPORTS];
	size_t nr_reports;
	struct check_update added;
	bool update, exact, quiet;
};

enum {
	KEY_RUN = 256,
	KEY_UPDATE,
	KEY_EXACT,
	KEY_FORMAT,
	KEY_METRIC,
	KEY_ABS,
	KEY_REL
};

static const struct argp_option options[] = {
	{ "baseline", 'b', "FILE", 0, "the baseline (required)", 0 },
	{ "run", KEY_RUN, "RUN", 0,
	  "this run: its number, its label, or @-1 for the last one [@-1]", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0,
	  "on stdout: text, tap, junit, github (annotations), json, markdown or "
	  "benchmark (for github-action-benchmark) [text]",
	  0 },
	{ "output", 'o', "FORMAT=FILE", 0,
	  "write a report file, too; may be repeated", 0 },
	{ "exact", KEY_EXACT, 0, 0, "an improvement fails, too", 0 },
	{ "quiet", 'q', 0, 0, "print errors only, and no report on stdout", 0 },
	{ 0, 0, 0, 0, "Making baselines:", 1 },
	{ "update", KEY_UPDATE, 0, 0,
	  "make the baseline that of the run, and print what changes", 1 },
	{ "metric", KEY_METRIC, "GLOB", 0,
	  "with --update: add metrics of these names ['*' is all; a new file "
	  "gets all totals, and the usual metrics of caches]",
	  1 },
	{ "abs", KEY_ABS, "N", 0,
	  "with --update: tolerance of metrics that are added [0]", 1 },
	{ "rel", KEY_REL, "PERCENT", 0, "the same, in percent [0]", 1 },
	{ 0 },
};

static double tolerance(struct argp_state *state, const char *name,
			const char *text)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || (*end && strcmp(end, "%") != 0) ||
	    !isfinite(number) || number < 0.0)
		argp_error(state, "%s: \"%s\" is no number from 0 up", name,
			   text);
	return number;
}

static void add_report(struct argp_state *state, char *text)
{
	struct arguments *arguments = state->input;
	char *path = strchr(text, '=');
	int format;

	if (!path || !path[1]) {
		argp_error(state, "--output: expected FORMAT=FILE, such as "
				  "junit=slab.xml");
		return;
	}
	if (arguments->nr_reports == MAX_REPORTS) {
		argp_error(state, "--output: at most %d", MAX_REPORTS);
		return;
	}
	*path++ = '\0';
	format =
		option_word(state, "--output", text, formats, NR_CHECK_FORMATS);
	arguments->reports[arguments->nr_reports++] =
		(struct report_file){ (enum check_format)format, path };
}

static error_t parse_baseline(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_UPDATE:
		arguments->update = true;
		return 0;
	case KEY_METRIC:
		arguments->added.metric = text;
		return 0;
	case KEY_ABS:
		arguments->added.abs = tolerance(state, "--abs", text);
		return 0;
	case KEY_REL:
		arguments->added.rel_pct = tolerance(state, "--rel", text);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void check_options(struct argp_state *state)
{
	const struct arguments *a = state->input;

	if (!a->baseline)
		argp_error(state, "expected --baseline FILE");
	else if (!a->update && (a->added.metric || a->added.abs > 0.0 ||
				a->added.rel_pct > 0.0))
		argp_error(state, "--metric, --abs and --rel go with --update");
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'b':
		arguments->baseline = text;
		return 0;
	case 'o':
		add_report(state, text);
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case KEY_RUN:
		arguments->choice.run = text;
		return 0;
	case KEY_EXACT:
		arguments->exact = true;
		return 0;
	case KEY_FORMAT:
		arguments->format = (enum check_format)option_word(
			state, "--format", text, formats, NR_CHECK_FORMATS);
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "database", text, &arguments->choice.db);
		return 0;
	case ARGP_KEY_END:
		check_options(state);
		return 0;
	default:
		return parse_baseline(key, text, state);
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"[DB]",
	"Compare a run with a baseline file and fail when it is worse [the last "
	"run of run.db].\v"
	"A baseline is text, a metric a line; a line says how much a metric may "
	"change (tolerances abs and rel: both must be exceeded; 0 is exact, for "
	"runs are deterministic). Lines may be taken out, and commented.\n\n"
	"Exit code: 0 as the baseline, or better; 1 worse; 6 not comparable: "
	"another trace, configuration or model version, a run without end, or no "
	"baseline at all. docs/CI.md has pipelines to copy.",
	NULL,
	NULL,
	NULL,
};

/* --- files --------------------------------------------------------------- */

static int write_report(const struct check *check,
			const struct report_file *report)
{
	struct outfile file;
	int code = EXIT_OK;

	outfile_init(&file, report->path, "");
	check_print(outfile_stream(&file), check, report->format);
	if (!outfile_commit(&file))
		code = EXIT_IO;
	outfile_abort(&file);
	return code;
}

static int write_baseline(const struct check *check, const char *path)
{
	struct outfile file;
	int code = EXIT_OK;

	outfile_init(&file, path, "");
	baseline_write(outfile_stream(&file), &check->baseline);
	if (!outfile_commit(&file))
		code = EXIT_IO;
	outfile_abort(&file);
	return code;
}

/* --- the two things to do ------------------------------------------------ */

static int failed(const struct report_error *error)
{
	talk("%s", error->text);
	return exit_code_of(error->code);
}

static int do_check(const struct arguments *arguments, struct check *check)
{
	int code = EXIT_OK, written;

	for (size_t i = 0; i < arguments->nr_reports; i++) {
		written = write_report(check, &arguments->reports[i]);
		code = code ? code : written;
	}
	if (!arguments->quiet)
		check_print(stdout, check, arguments->format);
	if (*check->reason) {
		talk("not comparable: %s", check->reason);
		return EXIT_INCOMPARABLE;
	}
	return check_passed(check) ? code : EXIT_REGRESSION;
}

static int update(const struct arguments *arguments, struct check *check,
		  FILE *told)
{
	struct report_error error = { 0, "" };

	if (check_update(check, &arguments->added, told, &error))
		return failed(&error);
	return write_baseline(check, arguments->baseline);
}

/* What changes is told when it has changed: a reader may go away, or a disk. */
static int do_update(const struct arguments *arguments, struct check *check)
{
	size_t bytes = 0;
	char *changes = NULL;
	FILE *told = open_memstream(&changes, &bytes);
	int code;

	if (!told) {
		talk("out of memory");
		return EXIT_IO;
	}
	code = update(arguments, check, told);
	if (!fclose(told) && !code && !arguments->quiet)
		fwrite(changes, 1, bytes, stdout);
	free(changes);
	return code;
}

int cmd_check(int argc, char **argv)
{
	struct arguments arguments = { .format = CHECK_TEXT };
	struct report_error error = { 0, "" };
	struct report *report;
	struct check check;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (!code)
		code = report_cli_open(&arguments.choice, false, &report);
	if (code)
		return code;
	if (check_read(&check, report, arguments.baseline, arguments.exact,
		       &error)) {
		code = failed(&error);
	} else if (arguments.added.metric && check.setup.complete &&
		   !metric_list_matches(&check.list, arguments.added.metric)) {
		report_cli_no_metric(report, arguments.added.metric);
		code = report_cli_result(report);
	} else if (arguments.update) {
		code = do_update(&arguments, &check);
	} else {
		code = do_check(&arguments, &check);
	}
	check_release(&check);
	report_close(report);
	return code;
}
