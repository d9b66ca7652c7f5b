/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim plot: pictures of a run, by gnuplot.
 */
#define _POSIX_C_SOURCE 200809L

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "reports/plot.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/report_cli.h"

static const char *const kinds[] = { "memory" };
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct arguments {
	struct report_choice choice;
	int kind;
	const char *out;
	bool keep;
};

enum { KEY_RUN = 256, KEY_KEEP };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "the picture: .png, .svg, or - for PNG on "
	  "standard output [KIND.png]",
	  0 },
	{ "run", KEY_RUN, "N", 0, "this run; @-1 is the last one [@-1]", 0 },
	{ "cache", 'c', "NAME", 0, "this cache only", 0 },
	{ "keep", KEY_KEEP, 0, 0,
	  "leave the gnuplot script, data inside, as "
	  "FILE.gp",
	  0 },
	{ 0 },
};

static void take_operand(struct argp_state *state, const char *operand)
{
	struct arguments *arguments = state->input;
	char error[256];

	if (!report_cli_operand(operand, kinds, NR_KINDS, &arguments->kind,
				&arguments->choice.db, error, sizeof(error)))
		argp_error(state, "%s", error);
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->out = text;
		return 0;
	case 'c':
		arguments->choice.cache = text;
		return 0;
	case KEY_RUN:
		arguments->choice.run = text;
		return 0;
	case KEY_KEEP:
		arguments->keep = true;
		return 0;
	case ARGP_KEY_ARG:
		take_operand(state, text);
		return 0;
	case ARGP_KEY_END:
		if (arguments->kind < 0)
			argp_error(state, "expected what to plot: memory");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"[DB] memory",
	"Draw a picture of a run. memory: pages of slabs by list state, and the "
	"bytes of live objects, over simulated time.",
	NULL,
	NULL,
	NULL,
};

static bool choose_format(const char *out, enum plot_format *format)
{
	const char *dot = strrchr(out, '.');

	if (!strcmp(out, "-") || (dot && !strcmp(dot, ".png")))
		*format = PLOT_PNG;
	else if (dot && !strcmp(dot, ".svg"))
		*format = PLOT_SVG;
	else
		return false;
	return true;
}

int cmd_plot(int argc, char **argv)
{
	struct arguments arguments = { .kind = -1, .out = "memory.png" };
	enum plot_format format;
	struct report *report;
	char keep[4096];
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	if (!choose_format(arguments.out, &format)) {
		talk("--output: \"%s\" ends neither in .png nor in .svg",
		     arguments.out);
		return EXIT_USAGE;
	}
	code = report_cli_open(&arguments.choice, false, &report);
	if (code)
		return code;
	snprintf(keep, sizeof(keep), "%s.gp",
		 strcmp(arguments.out, "-") ? arguments.out : "memory");
	plot_memory(report, format, arguments.out,
		    arguments.keep ? keep : NULL);
	code = report_cli_result(report);
	report_close(report);
	return code;
}
