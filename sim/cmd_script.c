/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slabsim script: run a scenario. */
#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "sim/cli.h"
#include "sim/number.h"
#include "sim/options.h"
#include "sim/script.h"

enum { KEY_NARRATE = 256, KEY_DB };

static const struct argp_option options[] = {
	{ "out", 'o', "PREFIX", 0,
	  "write PREFIX.snap.csv, PREFIX.trace.csv and PREFIX.slabinfo.txt, "
	  "each where the scenario makes that output",
	  0 },
	{ "debug", 'd', NULL, 0,
	  "simulate the allocator built with CONFIG_DEBUG_SLAB: red zones, "
	  "poison, smaller arrays",
	  0 },
	{ "log", 'l', "FILE", 0,
	  "write one line for each transition of the machine; its legend is at "
	  "the head of the file",
	  0 },
	{ "until", 'u', "LINE", 0,
	  "stop after this line of the scenario, with a snapshot \"until\"",
	  0 },
	{ "narrate", KEY_NARRATE, NULL, 0,
	  "tell a lesson: its talk, each operation, the path it took, and what "
	  "was expected; --out is not needed then",
	  0 },
	{ "db", KEY_DB, "FILE", 0,
	  "store every step with its talk, its path and pictures of the caches "
	  "in this database, for \"slabsim report\"; --out is not needed then",
	  0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct script_options *script = state->input;

	switch (key) {
	case 'o':
		script->prefix = arg;
		return 0;
	case 'd':
		script->debug = true;
		return 0;
	case 'l':
		script->log_path = arg;
		return 0;
	case 'u':
		if (!number_parse(arg, UINT64_MAX, &script->until_line) ||
		    script->until_line == 0)
			argp_error(state,
				   "--until %s: expected a line number "
				   "from 1",
				   arg);
		return 0;
	case KEY_NARRATE:
		script->narrate = true;
		return 0;
	case KEY_DB:
		script->db = arg;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "scenario", arg, &script->path);
		return 0;
	case ARGP_KEY_END:
		if (!script->path)
			argp_error(state, "expected a scenario file");
		if (!script->prefix && !script->narrate && !script->db)
			argp_error(state, "expected --out PREFIX");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE.ops",
	.doc = "Run a scenario on a simulated machine and write what it "
	       "observes: snapshots, list dumps, placements, slabinfo. A "
	       "lesson is a scenario that says what it expects: where that "
	       "does not hold, its line is named and the exit code is 1.",
};

int cmd_script(int argc, char **argv)
{
	struct script_options script = { 0 };
	int code = parse_options(&argp, argc, argv, &script);

	if (code)
		return code;
	return script_run(&script);
}
