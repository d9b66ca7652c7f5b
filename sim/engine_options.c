/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/engine_options.h"

#include "sim/options.h"

enum { KEY_ENGINE = 768, KEY_ORDER, KEY_WINDOW, KEY_REPEAT };

static const struct argp_option options[] = {
	{ 0, 0, 0, 0, "How the simulated CPUs run (docs/THREADS.md):", 3 },
	{ "engine", KEY_ENGINE, "serial|threads", 0,
	  "all by one thread, or a thread for each CPU, under the allocator's "
	  "own locks [serial]",
	  3 },
	{ "order", KEY_ORDER, "strict|free", 0,
	  "with threads: by turns, as the trace has it, with the results of the "
	  "serial engine; or at once, with results that differ from run to run "
	  "[strict]",
	  3 },
	{ "window", KEY_WINDOW, "EVENTS", 0,
	  "in free order, how many events may be under way before the CPUs "
	  "meet [65536]",
	  3 },
	{ "repeat", KEY_REPEAT, "N", 0,
	  "in free order, run N times in all, and tell how far the counters "
	  "differ; the first run is stored [1]",
	  3 },
	{ 0 },
};

static const char *const engines[] = { "serial", "threads" };
static const char *const orders[] = { "strict", "free" };

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct engine_choice *choice = state->input;

	switch (key) {
	case KEY_ENGINE:
		choice->threads =
			option_word(state, "--engine", text, engines, 2) == 1;
		return 0;
	case KEY_ORDER:
		choice->free = option_word(state, "--order", text, orders, 2) ==
			       1;
		choice->order_said = true;
		return 0;
	case KEY_WINDOW:
		choice->window = (uint32_t)option_number(
			state, "--window", text, 1, ENGINE_MAX_WINDOW);
		return 0;
	case KEY_REPEAT:
		choice->repeats = (uint32_t)option_number(state, "--repeat",
							  text, 1, 1000);
		return 0;
	case ARGP_KEY_END:
		if (choice->order_said && !choice->threads)
			argp_error(state, "--order is for --engine threads");
		if ((choice->window || choice->repeats) && !choice->free)
			argp_error(state,
				   "--window and --repeat are for --engine "
				   "threads --order free");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp engine_argp = { options, parse_option, NULL, NULL,
				  NULL,    NULL,         NULL };

void engine_choice_options(const struct engine_choice *choice,
			   struct engine_options *engine)
{
	*engine = (struct engine_options){
		.kind = !choice->threads ? ENGINE_SERIAL :
			choice->free     ? ENGINE_FREE :
					   ENGINE_STRICT,
		.window = choice->window ? choice->window : ENGINE_WINDOW,
		.repeats = choice->repeats ? choice->repeats : 1,
	};
}

void engine_print_json(FILE *out, const struct engine_choice *choice)
{
	if (choice->free)
		fprintf(out, ",\"order\":\"free\",\"window\":%u",
			choice->window ? choice->window : ENGINE_WINDOW);
}
