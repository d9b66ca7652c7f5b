/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim export: a run for other programs.
 */
#define _GNU_SOURCE

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reports/export.h"
#include "reports/show.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/outfile.h"
#include "sim/report_cli.h"

enum target { TO_SLABINFO, TO_CSV, TO_JSON, TO_OPENMETRICS, NR_TARGETS };
static const char *const targets[] = { "slabinfo", "csv", "json",
				       "openmetrics" };

struct arguments {
	struct report_choice choice;
	const char *view, *out;
	int to; /* NR_TARGETS: not said */
};

enum { KEY_RUN = 256, KEY_AT, KEY_TO, KEY_VIEW };

static const struct argp_option options[] = {
	{ "to", KEY_TO, "FORMAT", 0,
	  "slabinfo, csv, json or openmetrics (required)", 0 },
	{ "run", KEY_RUN, "RUN", 0,
	  "this run: its number, its label, or @-1 for the last one [@-1]", 0 },
	{ "at", KEY_AT, "TIME", 0,
	  "the last sample at or before this simulated time, such as 10ms, or "
	  "\"end\" [csv, json: all samples; else end]",
	  0 },
	{ "view", KEY_VIEW, "NAME", 0,
	  "csv, json: this table or view of the database [" EXPORT_VIEW "]",
	  0 },
	{ "output", 'o', "FILE", 0, "write this file instead of stdout", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_TO:
		arguments->to =
			option_word(state, "--to", text, targets, NR_TARGETS);
		return 0;
	case KEY_RUN:
		arguments->choice.run = text;
		return 0;
	case KEY_AT:
		arguments->choice.at = text;
		return 0;
	case KEY_VIEW:
		arguments->view = text;
		return 0;
	case 'o':
		arguments->out = text;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "database", text, &arguments->choice.db);
		return 0;
	case ARGP_KEY_END:
		if (arguments->to == NR_TARGETS)
			argp_error(state,
				   "expected --to slabinfo, csv, json or "
				   "openmetrics");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"[DB]",
	"Write a run for other programs [the last run of run.db].\v"
	"slabinfo is the text of /proc/slabinfo 2.1 with statistics: where it is "
	"mounted over /proc/slabinfo, slabtop shows it. csv and json are the "
	"rows of a view; \"slabsim db schema\" lists all. openmetrics has the "
	"metrics of each cache, as Prometheus reads them.",
	NULL,
	NULL,
	NULL,
};

static void export_to(FILE *out, struct report *report,
		      const struct arguments *arguments)
{
	switch (arguments->to) {
	case TO_SLABINFO:
		show_print(out, report, SHOW_CACHES, SHOW_SLABINFO);
		break;
	case TO_CSV:
		export_csv(out, report, arguments->view);
		break;
	case TO_JSON:
		export_json(out, report, arguments->view);
		break;
	default:
		export_openmetrics(out, report);
	}
	if (arguments->view && report->error.code == -EINVAL)
		report_cli_suggest(report, arguments->view,
				   "SELECT name FROM sqlite_master WHERE type IN"
				   " ('table', 'view')");
}

static int write_file(struct report *report, const struct arguments *arguments)
{
	struct outfile file;
	int code;

	outfile_init(&file, arguments->out, "");
	export_to(outfile_stream(&file), report, arguments);
	code = report_cli_result(report);
	if (!code && !outfile_commit(&file))
		code = EXIT_IO;
	outfile_abort(&file);
	return code;
}

int cmd_export(int argc, char **argv)
{
	struct arguments arguments = { .to = NR_TARGETS };
	struct report *report;
	bool one_sample;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	one_sample = arguments.choice.at || arguments.to == TO_SLABINFO ||
		     arguments.to == TO_OPENMETRICS;
	code = report_cli_open(&arguments.choice, one_sample, &report);
	if (code)
		return code;
	if (arguments.out) {
		code = write_file(report, &arguments);
	} else {
		export_to(stdout, report, &arguments);
		code = report_cli_result(report);
	}
	report_close(report);
	return code;
}
