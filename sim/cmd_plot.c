/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim plot: pictures of a run, by gnuplot.
 */
#define _POSIX_C_SOURCE 200809L

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/plot.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/report_cli.h"

#define MAX_RUNS 8

struct arguments {
	struct report_choice choice;
	struct plot plot;
	const char *runs[MAX_RUNS];
	size_t nr_runs;
	const char **words; /* the kinds, then "list"; owned */
	int kind;
	const char *out, *term;
	char usual[64]; /* what the picture is called when nobody says */
	bool keep;
};

enum { KEY_RUN = 256, KEY_KEEP, KEY_AT, KEY_TOP, KEY_TERM };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "the picture: .png, .svg, .pdf or .txt; - for standard output "
	  "[KIND.png]",
	  0 },
	{ "term", KEY_TERM, "NAME", 0,
	  "png, svg, pdf or dumb, whatever FILE is called; dumb draws with "
	  "letters, on standard output unless --output is given",
	  0 },
	{ "run", KEY_RUN, "N", 0,
	  "this run; @-1 is the last one [@-1]; repeated for kind runs", 0 },
	{ "cache", 'c', "NAME", 0, "this cache only", 0 },
	{ "at", KEY_AT, "TIME", 0,
	  "at this simulated time, such as 10ms, or end [end]", 0 },
	{ "top", KEY_TOP, "N", 0,
	  "the first N caches [8]; at most 30, of lines 8", 0 },
	{ "keep", KEY_KEEP, 0, 0,
	  "leave the gnuplot script, data inside, as FILE.gp and the data "
	  "alone as FILE.tsv",
	  0 },
	{ 0 },
};

/* --- words and options ---------------------------------------------------- */

static void take_run(struct argp_state *state, const char *text)
{
	struct arguments *arguments = state->input;

	if (arguments->nr_runs == MAX_RUNS)
		argp_error(state, "--run: at most %d runs", MAX_RUNS);
	arguments->runs[arguments->nr_runs++] = text;
	arguments->choice.run = text;
}

/* What was said must mean something to the kind. */
static void check_options(struct argp_state *state)
{
	struct arguments *arguments = state->input;
	const struct plot_kind *kind = arguments->plot.kind;
	const char *idle = NULL;

	if (arguments->choice.at && !(kind->options & PLOT_AT))
		idle = "--at";
	if (arguments->plot.top && !(kind->options & PLOT_TOP))
		idle = "--top";
	if (arguments->choice.cache && !(kind->options & PLOT_CACHE))
		idle = "--cache";
	if (arguments->nr_runs > 1 && !(kind->options & PLOT_RUNS))
		idle = "a second --run";
	if (idle)
		argp_error(state, "%s means nothing to \"%s\"", idle,
			   kind->name);
}

static void end_options(struct argp_state *state)
{
	struct arguments *arguments = state->input;

	if (arguments->kind < 0)
		argp_error(state, "expected what to plot, such as memory; "
				  "\"slabsim plot list\" lists the kinds");
	if ((size_t)arguments->kind == nr_plot_kinds)
		return;
	arguments->plot.kind = &plot_kinds[arguments->kind];
	check_options(state);
}

static void take_operand(struct argp_state *state, const char *operand)
{
	struct arguments *arguments = state->input;
	char error[256];

	if (!report_cli_operand(operand, arguments->words, nr_plot_kinds + 1,
				&arguments->kind, &arguments->choice.db, error,
				sizeof(error)))
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
	case KEY_TERM:
		arguments->term = text;
		return 0;
	case KEY_AT:
		arguments->choice.at = text;
		return 0;
	case KEY_TOP:
		arguments->plot.top =
			(int64_t)option_number(state, "--top", text, 1, 30);
		return 0;
	case KEY_RUN:
		take_run(state, text);
		return 0;
	case KEY_KEEP:
		arguments->keep = true;
		return 0;
	case ARGP_KEY_ARG:
		take_operand(state, text);
		return 0;
	case ARGP_KEY_END:
		end_options(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int list_kinds(FILE *out)
{
	for (size_t i = 0; i < nr_plot_kinds; i++)
		fprintf(out, "  %-14s %s%s\n", plot_kinds[i].name,
			plot_kinds[i].summary, plot_kinds[i].hint);
	return EXIT_OK;
}

/* Under the options: what there is to plot. */
static char *list_in_help(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t bytes;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&list, &bytes);
	if (!out)
		return NULL;
	fputs("Kinds:\n", out);
	list_kinds(out);
	return fclose(out) ? NULL : list;
}

static const struct argp argp = {
	options,
	parse_option,
	"[DB] KIND\nlist",
	"Draw a picture of a run.\v",
	NULL,
	list_in_help,
	NULL,
};

/* --- formats -------------------------------------------------------------- */

/* -1: none of that name. */
static int format_of_term(const char *term)
{
	const char *near;

	for (int i = 0; i < NR_PLOT_FORMATS; i++) {
		if (!strcmp(term, plot_format_names[i]))
			return i;
	}
	near = suggest(term, plot_format_names, NR_PLOT_FORMATS);
	talk("--term: \"%s\" is none of png, svg, pdf, dumb%s%s%s", term,
	     near ? ", did you mean \"" : "", near ? near : "",
	     near ? "\"?" : "");
	return -1;
}

/* The format that a file is called by; -1: none. */
static int format_of_name(const char *out)
{
	static const char *const suffixes[NR_PLOT_FORMATS] = {
		[PLOT_PNG] = ".png",
		[PLOT_SVG] = ".svg",
		[PLOT_PDF] = ".pdf",
		[PLOT_DUMB] = ".txt",
	};
	const char *dot = strrchr(out, '.');

	for (int i = 0; dot && i < NR_PLOT_FORMATS; i++) {
		if (!strcmp(dot, suffixes[i]))
			return i;
	}
	if (!strcmp(out, "-"))
		return PLOT_PNG;
	talk("--output: \"%s\" ends in none of .png, .svg, .pdf, .txt", out);
	return -1;
}

static int choose_format(struct arguments *arguments)
{
	const char *term = arguments->term;
	int format = term ? format_of_term(term) : -1;

	if (term && format < 0)
		return EXIT_USAGE;
	snprintf(arguments->usual, sizeof(arguments->usual), "%s.%s",
		 arguments->plot.kind->name, term ? term : "png");
	if (!arguments->out)
		arguments->out = format == PLOT_DUMB ? "-" : arguments->usual;
	if (!term)
		format = format_of_name(arguments->out);
	if (format < 0)
		return EXIT_USAGE;
	arguments->plot.format = (enum plot_format)format;
	return EXIT_OK;
}

/* --- drawing -------------------------------------------------------------- */

/* The numbers of all runs that were named; the last one stays chosen. */
static int choose_runs(struct arguments *arguments, struct report *report,
		       int64_t *runs)
{
	for (size_t i = 0; i < arguments->nr_runs; i++) {
		report_select_run(report, arguments->runs[i]);
		runs[i] = report->run_id;
	}
	arguments->plot.runs = runs;
	arguments->plot.nr_runs = arguments->nr_runs;
	return report_cli_result(report);
}

static int draw(struct arguments *arguments)
{
	bool at = arguments->plot.kind->options & PLOT_AT;
	int64_t runs[MAX_RUNS];
	struct report *report;
	int code = report_cli_open(&arguments->choice, at, &report);

	if (code)
		return code;
	code = choose_runs(arguments, report, runs);
	if (!code) {
		plot_draw(report, &arguments->plot, arguments->out);
		code = report_cli_result(report);
	}
	arguments->plot.runs = NULL;
	report_close(report);
	return code;
}

static int list_or_draw(struct arguments *arguments)
{
	int code;

	if ((size_t)arguments->kind == nr_plot_kinds)
		return list_kinds(stdout);
	code = choose_format(arguments);
	if (code)
		return code;
	if (arguments->keep)
		arguments->plot.keep = strcmp(arguments->out, "-") ?
					       arguments->out :
					       arguments->plot.kind->name;
	return draw(arguments);
}

int cmd_plot(int argc, char **argv)
{
	struct arguments arguments = { .kind = -1 };
	int code;

	arguments.words = calloc(nr_plot_kinds + 1, sizeof(*arguments.words));
	if (!arguments.words) {
		talk("out of memory");
		return EXIT_IO;
	}
	for (size_t i = 0; i < nr_plot_kinds; i++)
		arguments.words[i] = plot_kinds[i].name;
	arguments.words[nr_plot_kinds] = "list";
	code = parse_options(&argp, argc, argv, &arguments);
	if (!code)
		code = list_or_draw(&arguments);
	free(arguments.words);
	return code;
}
