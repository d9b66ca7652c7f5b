/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/step_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "traces/sniff.h"

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

static const char *option_given(const struct setup_options *options)
{
	return options->machine                         ? "--machine" :
	       options->cpu_map                         ? "--cpu-map" :
	       options->slabinfo_before                 ? "--slabinfo-before" :
	       options->state                           ? "--state" :
	       options->start_tick                      ? "--start-tick" :
	       options->profile != &slab_profile_2_6_36 ? "--profile" :
							  NULL;
}

static struct step_source *open_scenario(const char *path,
					 const struct setup_options *options,
					 bool debug, int *code)
{
	const char *given = option_given(options);

	if (!given)
		return step_scenario_open(path, debug, code);
	talk("%s: a scenario says which machine it wants: no %s", path, given);
	*code = EXIT_USAGE;
	return NULL;
}

struct step_source *step_open(const char *path, struct setup *setup,
			      const struct setup_options *options, bool debug,
			      int *code)
{
	if (is_scenario(path))
		return open_scenario(path, options, debug, code);
	if (debug) {
		talk("--debug: %s is a trace: choose a debug profile by "
		     "--profile",
		     path);
		*code = EXIT_USAGE;
		return NULL;
	}
	*code = setup_open(setup, options, path, true);
	if (*code)
		return NULL;
	return step_trace_open(path, setup, on_panic, (void *)(uintptr_t)path,
			       code);
}
