/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slabsim step: one operation after the other, forward and back. */
#define _POSIX_C_SOURCE 200809L
#include <argp.h>
#include <unistd.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/step_face.h"
#include "sim/step_open.h"

struct arguments {
	struct step_choice file;
	uint64_t from, to;
	bool plain, picture;
};

enum { KEY_FROM = 256, KEY_TO, KEY_PLAIN, KEY_PICTURE };

static const struct argp_option options[] = {
	{ "from", KEY_FROM, "N", 0, "begin after step N [0]", 0 },
	{ "to", KEY_TO, "N", 0, "print the steps up to N, as --plain does", 0 },
	{ "plain", KEY_PLAIN, 0, 0,
	  "print the steps instead of showing them on the terminal", 0 },
	{ "picture", KEY_PICTURE, 0, 0,
	  "in plain text: with the cache after each step", 0 },
	{ 0 },
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_FROM:
		arguments->from =
			option_number(state, "--from", text, 0, UINT64_MAX - 1);
		return 0;
	case KEY_TO:
		arguments->to =
			option_number(state, "--to", text, 1, UINT64_MAX - 1);
		arguments->plain = true;
		return 0;
	case KEY_PLAIN:
		arguments->plain = true;
		return 0;
	case KEY_PICTURE:
		arguments->picture = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->file;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->file.path)
			argp_error(state, "expected a scenario or a trace");
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
	.args_doc = "SCENARIO|TRACE",
	.doc = "Step through a scenario, a lesson or a trace, forward and back: "
	       "what each step does in words, and a picture of the cache: arrays "
	       "of CPUs and nodes, lists of slabs, each object a mark.\v"
	       "On a terminal, keys move; h shows them. When stdin is none, it "
	       "gives commands, a line each (\"help\" lists them); without any, "
	       "and with --plain, the steps are printed. A scenario says which "
	       "machine it wants: all options from --machine on are for traces, "
	       "and refused for scenarios.",
	.children = children,
};

static int step(struct stepper *stepper, const struct arguments *arguments)
{
	uint64_t to = arguments->to ? arguments->to : stepper->source->nr;
	int code;

	if (arguments->plain)
		return step_list(stepper, arguments->from + 1, to,
				 arguments->picture);
	code = stepper_goto(stepper, arguments->from);
	if (code) {
		talk("%s: %s", arguments->file.path, stepper->message);
		return code;
	}
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return step_screen(stepper);
	return step_commands(stepper, arguments->picture);
}

int cmd_step(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	struct setup setup = { 0 };
	struct step_source *source;
	struct stepper stepper;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	interrupt_watch();
	source = step_open(&arguments.file, &setup, &code);
	if (source && stepper_init(&stepper, source)) {
		code = step(&stepper, &arguments);
		stepper_release(&stepper);
	} else if (source) {
		talk("out of memory");
		code = EXIT_IO;
	}
	setup_release(&setup);
	setup_options_release(&arguments.file.setup);
	return code;
}
