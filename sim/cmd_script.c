/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slabsim script: run a scenario. */
#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/cli.h"
#include "sim/options.h"
#include "sim/script.h"

struct arguments {
	const char *scenario;
	const char *prefix;
	bool debug;
};

static const struct argp_option options[] = {
	{ "out", 'o', "PREFIX", 0,
	  "write PREFIX.snap.csv, PREFIX.trace.csv and PREFIX.slabinfo.txt, "
	  "each where the scenario makes that output", 0 },
	{ "debug", 'd', NULL, 0,
	  "simulate the allocator built with CONFIG_DEBUG_SLAB: red zones, "
	  "poison, smaller arrays", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->prefix = arg;
		return 0;
	case 'd':
		arguments->debug = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->scenario)
			argp_error(state, "one scenario at a time");
		arguments->scenario = arg;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->scenario)
			argp_error(state, "expected a scenario file");
		if (!arguments->prefix)
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
	       "observes: snapshots, list dumps, placements, slabinfo.",
};

int cmd_script(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	return script_run(arguments.scenario, arguments.prefix,
			  arguments.debug);
}
