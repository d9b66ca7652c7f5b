/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim show: tables of a run, by SQL from the database.
 */
#define _GNU_SOURCE

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "reports/heading.h"
#include "reports/show.h"
#include "sim/cli.h"
#include "sim/options.h"
#include "sim/report_cli.h"

/* By enum show_view and enum show_format. */
static const char *const views[] = {
#define SHOW_WORD(NAME, word, sql) word,
	SHOW_VIEWS(SHOW_WORD)
};
static const char *const formats[] = { "table", "slabinfo", "json", "csv" };
#define NR_FORMATS 4

struct arguments {
	struct report_choice choice;
	int view, format;
	bool all, quiet;
};

enum { KEY_RUN = 256, KEY_AT, KEY_FORMAT, KEY_ALL };

static const struct argp_option options[] = {
	{ "run", KEY_RUN, "N", 0,
	  "this run: its number, its label, or @-1 for the last one, @-2 for the "
	  "one before it [@-1]",
	  0 },
	{ "at", KEY_AT, "TIME", 0,
	  "the last sample at or before this simulated "
	  "time, such as 10ms, or \"end\" [end]",
	  0 },
	{ "cache", 'c', "NAME", 0, "this cache only", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0,
	  "table, slabinfo (the text of "
	  "/proc/slabinfo 2.1 with statistics), json or csv [table]",
	  0 },
	{ "all", KEY_ALL, 0, 0, "also caches that never had a slab", 0 },
	{ "quiet", 'q', 0, 0, "say nothing on stderr but errors", 0 },
	{ 0 },
};

static void take_operand(struct argp_state *state, const char *operand)
{
	struct arguments *arguments = state->input;
	char error[256];

	if (!report_cli_operand(operand, views, NR_SHOW_VIEWS, &arguments->view,
				&arguments->choice.db, error, sizeof(error)))
		argp_error(state, "%s", error);
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_RUN:
		arguments->choice.run = text;
		return 0;
	case KEY_AT:
		arguments->choice.at = text;
		return 0;
	case 'c':
		arguments->choice.cache = text;
		return 0;
	case KEY_FORMAT:
		arguments->format = option_word(state, "--format", text,
						formats, NR_FORMATS);
		return 0;
	case KEY_ALL:
		arguments->all = true;
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		take_operand(state, text);
		return 0;
	case ARGP_KEY_END:
		if (arguments->format == SHOW_SLABINFO &&
		    arguments->view != SHOW_CACHES)
			argp_error(state,
				   "--format slabinfo is a view of "
				   "caches, not of %s",
				   views[arguments->view]);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"[DB] [VIEW]",
	"Print tables of a run [run.db, caches]. VIEW is caches, cpus, nodes, runs, "
	"lessons, misses, slabs, occupancy, pinned, pins, call-sites, lifetimes, locks, "
	"spread, latency, lock-waits, costs or actions.\vcaches, cpus, nodes and misses "
	"(why allocations missed) are of a sample, as are slabs, one by one, if "
	"the run stored them (run --slabs). occupancy (slabs by their number of "
	"live objects) and pinned (pages that one or two live objects hold) are "
	"of the last sample, as are pins: who holds these slabs (run --pins). "
	"call-sites and lifetimes are of the trace (run --call-sites), locks and "
	"spread of a run with threads (run --engine threads). latency, "
	"lock-waits and costs are of simulated time (run --timing), actions what "
	"was done to the machine on the way (run --actions). What the "
	"numbers mean is in docs/DATABASE.md. Fragmentation is:\n\n"
	"  internal    bytes nobody asked for, % of the bytes of live slots\n"
	"  slab        free slots, % of the slots of slabs that must stay\n"
	"  cached      objects in arrays of CPUs and nodes, % of live and cached\n"
	"  unused      bytes nobody asked for, % of all bytes of the slabs' pages\n"
	"  pinned      pages of slabs with one or two live objects, % of all pages\n"
	"  page level  pages in use, free blocks by order (view v_page_order)\n\n"
	"Fragmentation of pages is not known: the page source neither splits nor "
	"merges blocks.",
	NULL,
	NULL,
	NULL,
};

/* The text itself looks like a real machine's; say what it is beside it. */
static int tell_simulated(struct report *report)
{
	struct heading heading;

	if (heading_read(report, &heading))
		return report_cli_result(report);
	talk("simulated: %s; traced: %s", heading.simulated, heading.traced);
	return EXIT_OK;
}

int cmd_show(int argc, char **argv)
{
	struct arguments arguments = { .view = SHOW_CACHES };
	struct report *report;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (!code && show_is_of_file((enum show_view)arguments.view))
		code = report_cli_open_file(arguments.choice.db, &report);
	else if (!code)
		code = report_cli_open(&arguments.choice, true, &report);
	if (code)
		return code;
	report->all = arguments.all;
	if (arguments.format == SHOW_SLABINFO && !arguments.quiet)
		code = tell_simulated(report);
	if (!code) {
		show_print(stdout, report, (enum show_view)arguments.view,
			   (enum show_format)arguments.format);
		code = report_cli_result(report);
	}
	report_close(report);
	return code;
}
