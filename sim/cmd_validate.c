/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim validate: a recording of a real machine against the simulator.
 *
 * cmd_validate chooses the kind of validation by its options; each kind is a
 * function of the arguments, like validate_statistics.
 */
#define _POSIX_C_SOURCE 200809L

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/comparison_plot.h"
#include "sim/comparison_print.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/profile_option.h"
#include "sim/steps.h"
#include "sim/time_option.h"
#include "sim/validate.h"

struct arguments {
	struct validate_options validate;
	struct tolerance tolerance;
	const char *plot;
	bool json, totals;
	bool steps, events, learn, verbose;
};

enum {
	KEY_BEFORE = 256,
	KEY_AFTER,
	KEY_FROM,
	KEY_TO,
	KEY_WARM_UP,
	KEY_REAPER,
	KEY_TOLERANCE,
	KEY_PLOT,
	KEY_LABEL,
	KEY_TOTALS,
	KEY_JSON,
	KEY_PROFILE,
	KEY_INFER,
	KEY_MAP,
	KEY_MAX_LOSS,
	KEY_STEPS,
	KEY_EVENTS,
	KEY_LEARN,
};

static const struct argp_option options[] = {
	{ "slabinfo-before", KEY_BEFORE, "FILE", 0,
	  "/proc/slabinfo of the traced machine, read before: the start", 0 },
	{ "slabinfo-after", KEY_AFTER, "FILE", 0,
	  "the same, read after: what is to be predicted", 0 },
	{ "machine", 'm', "SPEC", 0,
	  "the traced machine, as for \"slabsim run\" [one node with the "
	  "trace's CPUs]",
	  0 },
	{ "profile", KEY_PROFILE, "NAME", 0,
	  "the allocator of this kernel [what the machine's file says, or "
	  "6.1-x86_64]",
	  0 },
	{ "from", KEY_FROM, "TIME", 0,
	  "when the first slabinfo was read: a time such as 1.5s since the "
	  "first event, or NAME of a marker \"slabinfo end NAME\" [the first "
	  "such marker, or the trace's beginning]",
	  0 },
	{ "to", KEY_TO, "TIME", 0,
	  "when the second was: the same with \"slabinfo begin NAME\" [the "
	  "last such marker, or the trace's end]",
	  0 },
	{ "warm-up", KEY_WARM_UP, "TIME", 0,
	  "start so long before, replay up to the first reading and count "
	  "from there",
	  0 },
	{ "simulate-reaper", KEY_REAPER, 0, 0,
	  "let the reaper run by its own clock, even where the trace says "
	  "when it ran",
	  0 },
	{ "tolerance", KEY_TOLERANCE, "[NAME=]PERCENT", 0,
	  "exit with 1 when the total difference of NAME, or of any number, "
	  "is above (below 100 real ones: that per cent of 100) [any]",
	  0 },
	{ "plot", KEY_PLOT, "FILE", 0,
	  "draw simulated against real, cache by cache: .png or .svg", 0 },
	{ "label", KEY_LABEL, "TEXT", 0, "a name for the comparison", 0 },
	{ "totals", KEY_TOTALS, 0, 0, "print the totals, not every cache", 0 },
	{ "json", KEY_JSON, 0, 0, "print JSON", 0 },
	{ "quiet", 'q', 0, 0, "print errors only, besides the comparison", 0 },
	{ 0, 0, 0, 0, "For recordings that are imported on the way:", 1 },
	{ "infer", KEY_INFER, "WHAT", 0,
	  "none, frees or all, as for \"slabsim import\" [frees]", 1 },
	{ "map", KEY_MAP, "FILE", 0, "names of caches", 1 },
	{ "max-loss", KEY_MAX_LOSS, "N", 0,
	  "tolerate N lost events and unreadable lines [0]", 1 },
	{ 0, 0, 0, 0, "For recordings of a kernel that logs its steps:", 2 },
	{ "steps", KEY_STEPS, 0, 0,
	  "TRACE has lines \"SL hit\" and the like, and a dump of the "
	  "allocator's state at each end: predict every step and the last dump",
	  2 },
	{ "events", KEY_EVENTS, 0, 0,
	  "with --steps: drive the machine by the kmem events alone, and "
	  "compare counters",
	  2 },
	{ "learn", KEY_LEARN, 0, 0,
	  "with --steps: run twice, the second time with the addresses that "
	  "showed which object of the dump lay in which slab",
	  2 },
	{ "verbose", 'v', 0, 0,
	  "with --steps: print each step that is wrong, on stderr", 2 },
	{ 0 },
};

/* --- options -------------------------------------------------------------- */

static double percentage(struct argp_state *state, const char *text)
{
	char *end;
	double percent = strtod(text, &end);

	if (end == text || *end || !(percent >= 0 && percent <= 1e6))
		argp_error(state,
			   "--tolerance: \"%s\" is not a percentage such as "
			   "2.5",
			   text);
	return percent;
}

static void take_tolerance(struct argp_state *state, struct tolerance *out,
			   const char *text)
{
	const char *equals = strchr(text, '='), *near;
	char name[32];

	if (!equals) {
		for (int i = 0; i < NR_COMPARED; i++)
			out->percent[i] = percentage(state, text);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	for (int i = 0; i < NR_COMPARED; i++) {
		if (strcmp(name, compared_names[i]))
			continue;
		out->percent[i] = percentage(state, equals + 1);
		return;
	}
	near = suggest(name, compared_names, NR_COMPARED);
	argp_error(state, "--tolerance: \"%s\" is not compared%s%s%s", name,
		   near ? ", did you mean \"" : "", near ? near : "",
		   near ? "\"?" : "");
}

static enum trace_infer how_far(struct argp_state *state, const char *text)
{
	static const char *const words[] = { "frees", "all", "none" };
	const char *near;

	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(text, words[i]))
			return (enum trace_infer)i;
	}
	near = suggest(text, words, 3);
	argp_error(state,
		   "--infer: expected none, frees or all, not \"%s\"%s%s%s",
		   text, near ? ", did you mean \"" : "", near ? near : "",
		   near ? "\"?" : "");
	return TRACE_INFER_FREES;
}

static error_t parse_span(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_FROM:
		arguments->validate.from = text;
		return 0;
	case KEY_TO:
		arguments->validate.to = text;
		return 0;
	case KEY_WARM_UP:
		arguments->validate.warm_up_ns =
			option_time(state, "--warm-up", text, 0);
		return 0;
	case KEY_REAPER:
		arguments->validate.simulate_reaper = true;
		return 0;
	case KEY_INFER:
		arguments->validate.import.infer = how_far(state, text);
		return 0;
	case KEY_MAP:
		arguments->validate.import.cache_map = text;
		return 0;
	case KEY_MAX_LOSS:
		arguments->validate.import.max_loss =
			option_number(state, "--max-loss", text, 0, UINT64_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool is_picture(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".png") || !strcmp(dot, ".svg"));
}

static void check_arguments(struct argp_state *state)
{
	const struct arguments *arguments = state->input;

	if (!arguments->validate.trace)
		argp_error(state, "expected a trace");
	if (arguments->steps)
		return;
	if (arguments->events || arguments->learn || arguments->verbose)
		argp_error(state, "--events, --learn and -v go with --steps");
	if (!arguments->validate.before || !arguments->validate.after)
		argp_error(state, "expected --slabinfo-before and "
				  "--slabinfo-after");
	if (arguments->plot && !is_picture(arguments->plot))
		argp_error(state,
			   "--plot: \"%s\" ends neither in .png nor in .svg",
			   arguments->plot);
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_BEFORE:
		arguments->validate.before = text;
		return 0;
	case KEY_AFTER:
		arguments->validate.after = text;
		return 0;
	case 'm':
		arguments->validate.machine = text;
		return 0;
	case KEY_PROFILE:
		arguments->validate.profile = option_profile(state, text);
		return 0;
	case KEY_TOLERANCE:
		take_tolerance(state, &arguments->tolerance, text);
		return 0;
	case KEY_PLOT:
		arguments->plot = text;
		return 0;
	case KEY_LABEL:
		arguments->validate.label = text;
		return 0;
	case KEY_TOTALS:
		arguments->totals = true;
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case 'q':
		arguments->validate.quiet = true;
		return 0;
	case KEY_STEPS:
		arguments->steps = true;
		return 0;
	case KEY_EVENTS:
		arguments->events = true;
		return 0;
	case KEY_LEARN:
		arguments->learn = true;
		return 0;
	case 'v':
		arguments->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "trace", text,
			       &arguments->validate.trace);
		return 0;
	case ARGP_KEY_END:
		check_arguments(state);
		return 0;
	default:
		return parse_span(key, text, state);
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"TRACE --slabinfo-before FILE --slabinfo-after FILE\n--steps TRACE",
	"Replay what a real machine did between two readings of its "
	"/proc/slabinfo, started from the first, and compare with the second, "
	"cache by cache. TRACE is a recording that \"slabsim import\" reads, or "
	"a .slt file.\vCounters (allochit ...) need a kernel that prints them: "
	"SLAB with statistics. Exit code 1: a difference over --tolerance. What "
	"is attained on real kernels stands in docs/VALIDATION.md.",
	NULL,
	NULL,
	NULL,
};

/* --- kinds of validation -------------------------------------------------- */

/* Every step of a real allocator against the model's. */
static int validate_each_step(const struct arguments *arguments)
{
	struct validate_steps_options steps = {
		.path = arguments->validate.trace,
		.profile = arguments->validate.profile ?
				   arguments->validate.profile :
				   &VALIDATE_PROFILE,
		.json = arguments->json,
		.learn = arguments->learn,
		.events = arguments->events,
		.verbose = arguments->verbose,
	};

	return validate_steps(&steps);
}

static bool any_over(const struct arguments *arguments,
		     const struct comparison *comparison)
{
	for (int i = 0; i < NR_COMPARED; i++) {
		if (tolerance_over(&arguments->tolerance, (enum compared)i,
				   &comparison->totals[i]))
			return true;
	}
	return false;
}

/* Counters of a real machine's slabinfo against the simulated ones. */
static int validate_statistics(const struct arguments *arguments)
{
	struct validation validation;
	int code = validate(&arguments->validate, &validation);

	if (!code && arguments->plot)
		code = comparison_plot(&validation, &arguments->validate,
				       arguments->plot);
	if (!code) {
		if (arguments->json)
			comparison_print_json(&validation, &arguments->validate,
					      &arguments->tolerance);
		else
			comparison_print(&validation, &arguments->validate,
					 &arguments->tolerance,
					 arguments->totals);
		if (any_over(arguments, &validation.comparison))
			code = EXIT_REGRESSION;
	}
	validation_release(&validation);
	return code;
}

int cmd_validate(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int code;

	for (int i = 0; i < NR_COMPARED; i++)
		arguments.tolerance.percent[i] = -1;
	code = parse_options(&argp, argc, argv, &arguments);
	if (code)
		return code;
	if (arguments.steps)
		return validate_each_step(&arguments);
	interrupt_watch();
	return validate_statistics(&arguments);
}
