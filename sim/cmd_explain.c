/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slabsim explain: why one event of a trace hit or missed. */
#include <argp.h>
#include <inttypes.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/explain.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/step_open.h"

struct arguments {
	struct step_choice file;
	uint64_t event;
	bool json;
};

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
	{ "event", 'e', "N", 0,
	  "which: the Nth of the trace, or of the scenario's operations, from "
	  "1, as \"slabsim step\" counts them",
	  0 },
	{ "json", KEY_JSON, 0, 0, "print one JSON object", 0 },
	{ 0 },
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'e':
		arguments->event =
			option_number(state, "--event", text, 1, UINT64_MAX);
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->file;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->file.path)
			argp_error(state, "expected a trace or a scenario");
		if (!arguments->event)
			argp_error(state, "expected --event N");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ &step_argp, 0, NULL, 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "TRACE|SCENARIO",
	.doc = "Explain one event: why the allocation hit or missed, or where the "
	       "free took its object, and the history of that object's slab: who "
	       "had it added, how often its objects were allocated and freed, who "
	       "holds them.\v"
	       "The trace is replayed up to the event. A scenario says which "
	       "machine it wants: all options from --machine on are for traces, "
	       "and refused for scenarios.",
	.children = children,
};

static int explain(struct step_source *source,
		   const struct arguments *arguments)
{
	struct explanation explanation = { .cachep = CACHE_NULL };
	struct timeline *timeline;
	char size[120];
	int code;

	if (arguments->event > source->nr) {
		step_source_size(source, size, sizeof(size));
		talk("--event: %s has %s", arguments->file.path, size);
		source->ops->destroy(source);
		return EXIT_USAGE;
	}
	timeline = timeline_create(source);
	if (!timeline) {
		talk("out of memory");
		return EXIT_IO;
	}
	code = explain_event(timeline, arguments->event, &explanation);
	if (code)
		talk("%s: %s", arguments->file.path, source->error);
	else
		explain_print(source, &explanation, arguments->json);
	explanation_release(&explanation);
	timeline_destroy(timeline);
	return code;
}

int cmd_explain(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	struct setup setup = { 0 };
	struct step_source *source;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	interrupt_watch();
	source = step_open(&arguments.file, &setup, &code);
	if (source)
		code = explain(source, &arguments);
	setup_release(&setup);
	setup_options_release(&arguments.file.setup);
	return code;
}
