/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim report: a run and the lessons of a database as one web page.
 */
#include <argp.h>
#include <stdio.h>

#include "reports/page.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/outfile.h"
#include "sim/report_cli.h"

struct arguments {
	struct report_choice choice;
	const char *out;
};

enum { KEY_RUN = 256 };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "the page [report.html]; -: stdout", 0 },
	{ "run", KEY_RUN, "RUN", 0,
	  "this run: its number, its label, or @-1 for the last one [@-1]", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->out = text;
		return 0;
	case KEY_RUN:
		arguments->choice.run = text;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "database", text, &arguments->choice.db);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"[DB]",
	"Write a page for a browser or a projector: the summary of a run [the "
	"last of run.db], pictures, a table of caches, and a player that steps "
	"through the run and through the lessons of the database.\v"
	"The page is one file and fetches nothing. Lessons get into a database "
	"by \"slabsim script LESSON --db FILE\"; slabs one by one by \"slabsim "
	"run --slabs CACHE\".",
	NULL,
	NULL,
	NULL,
};

static int print_page(struct report *report, const char *path)
{
	struct outfile file;
	int code;

	if (path[0] == '-' && !path[1]) {
		page_print(stdout, report);
		return report_cli_result(report);
	}
	outfile_init(&file, path, "");
	page_print(outfile_stream(&file), report);
	code = report_cli_result(report);
	if (!code && !outfile_commit(&file))
		code = EXIT_IO;
	outfile_abort(&file);
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct arguments arguments = { .out = "report.html" };
	struct report *report;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	code = report_cli_open_page(&arguments.choice, &report);
	if (code)
		return code;
	code = print_page(report, arguments.out);
	report_close(report);
	return code;
}
