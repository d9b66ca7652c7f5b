/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/step_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/options.h"
#include "traces/sniff.h"

static const struct argp_option options_table[] = {
	{ "debug", 'd', 0, 0,
	  "run a scenario on the allocator built with CONFIG_DEBUG_SLAB", 0 },
	{ 0 },
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct step_choice *choice = state->input;

	switch (key) {
	case 'd':
		choice->debug = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &choice->setup;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "file", text, &choice->path);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ &setup_argp, 0, NULL, 0 },
	{ 0 },
};

const struct argp step_argp = {
	.options = options_table,
	.parser = parse,
	.children = children,
};

/* The model is in no state to be asked anything. */
static void on_panic(void *arg, const char *sentence)
{
	const char *path = arg;

	talk("%s: the machine stopped: %s", path, sentence);
	exit(EXIT_INVARIANT);
}

static bool is_scenario(const char *path)
{
	char text[4096];
	size_t bytes;
	FILE *in = strcmp(path, "-") != 0 ? fopen(path, "rb") : NULL;

	if (!in)
		return false; /* whoever opens it next says why */
	bytes = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[bytes] = '\0';
	return sniff(text, bytes).format == SNIFF_SCENARIO;
}

static struct step_source *open_scenario(const struct step_choice *choice,
					 int *code)
{
	if (!choice->setup.given)
		return step_scenario_open(choice->path, choice->debug, code);
	talk("%s: --%s is for traces: a scenario says which machine it wants",
	     choice->path, choice->setup.given);
	*code = EXIT_USAGE;
	return NULL;
}

struct step_source *step_open(const struct step_choice *choice,
			      struct setup *setup, int *code)
{
	const char *path = choice->path;

	if (is_scenario(path))
		return open_scenario(choice, code);
	if (choice->debug) {
		talk("--debug: %s is a trace: choose a debug profile by "
		     "--profile",
		     path);
		*code = EXIT_USAGE;
		return NULL;
	}
	*code = setup_open(setup, &choice->setup, path, true);
	if (*code)
		return NULL;
	return step_trace_open(path, setup, on_panic, (void *)(uintptr_t)path,
			       code);
}
