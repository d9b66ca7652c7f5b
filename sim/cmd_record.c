/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim record: a recording of this machine while a command runs, or the
 * recipe for one. It says what is known of losses, and where nothing is known
 * it says that.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/record.h"

struct arguments {
	struct record record;
	enum record_tool tool;
	bool tool_given, print;
};

enum { KEY_TOOL = 256, KEY_BUFFER, KEY_TRACEFS, KEY_PRINT };

static const char *const tool_words[] = {
	[RECORD_TRACEFS] = "tracefs",
	[RECORD_TRACE_CMD] = "trace-cmd",
	[RECORD_PERF] = "perf",
};

static const char *const usual_out[] = {
	[RECORD_TRACEFS] = "trace.txt",
	[RECORD_TRACE_CMD] = "trace.dat",
	[RECORD_PERF] = "perf.data",
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "the recording to write [trace.txt, trace.dat or perf.data]", 0 },
	{ "tool", KEY_TOOL, "tracefs|trace-cmd|perf", 0,
	  "what records [tracefs]", 0 },
	{ "buffer", KEY_BUFFER, "KB", 0, "of each CPU [100000]", 0 },
	{ "tracefs", KEY_TRACEFS, "DIR", 0,
	  "where it is mounted [/sys/kernel/tracing]", 0 },
	{ "print", KEY_PRINT, 0, 0,
	  "record nothing: print the commands, of all tools or that of "
	  "--tool",
	  0 },
	{ 0 },
};

static void parse_tool(struct arguments *arguments, const char *text,
		       struct argp_state *state)
{
	for (int i = RECORD_TRACEFS; i <= RECORD_PERF; i++) {
		if (strcmp(tool_words[i], text) != 0)
			continue;
		arguments->tool = (enum record_tool)i;
		arguments->tool_given = true;
		return;
	}
	argp_error(state,
		   "--tool: expected tracefs, trace-cmd or perf, not "
		   "\"%s\"",
		   text);
}

/* The rest of the line is the command, with options of its own. */
static void take_command(struct arguments *arguments, struct argp_state *state)
{
	arguments->record.command = state->argv + state->next - 1;
	state->next = state->argc;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->record.out = text;
		return 0;
	case KEY_TOOL:
		parse_tool(arguments, text, state);
		return 0;
	case KEY_BUFFER:
		arguments->record.buffer_kb =
			option_number(state, "--buffer", text, 4, 1000000000);
		return 0;
	case KEY_TRACEFS:
		arguments->record.tracefs = text;
		return 0;
	case KEY_PRINT:
		arguments->print = true;
		return 0;
	case ARGP_KEY_ARG:
		take_command(arguments, state);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->record.command && !arguments->print)
			argp_error(state, "expected -- and a command to run "
					  "while recording");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "-- COMMAND...",
	.doc = "Records what all CPUs of this machine allocate and free while "
	       "a command runs, for \"slabsim import\". Needs root.",
};

/* --- recipes --- */

static int print_recipes(struct arguments *arguments)
{
	char workload[] = "YOUR-WORKLOAD";
	char *command[] = { workload, NULL };
	struct record record = arguments->record;
	bool first = true;

	if (!record.command)
		record.command = command;
	for (int i = RECORD_TRACEFS; i <= RECORD_PERF; i++) {
		if (arguments->tool_given && (int)arguments->tool != i)
			continue;
		if (!arguments->record.out)
			record.out = usual_out[i];
		if (!first)
			printf("\n");
		first = false;
		record_print((enum record_tool)i, &record);
	}
	return EXIT_OK;
}

/* --- recording --- */

static void tell_status(const char *command, int status)
{
	if (WIFSIGNALED(status))
		talk("%s was ended by signal %d", command, WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		talk("%s exited with %d", command, WEXITSTATUS(status));
}

static int tell_losses(const struct record *record,
		       const struct record_losses *losses)
{
	talk("written: %s", record->out);
	if (losses->lost) {
		talk("%" PRIu64 " events or more were lost: record again with "
		     "a larger --buffer than %" PRIu64,
		     losses->lost, record->buffer_kb);
		return EXIT_BAD_INPUT;
	}
	if (losses->known)
		talk("no event was lost, say the statistics of all CPUs");
	else
		talk("whether events were lost is not known: %s", losses->why);
	return EXIT_OK;
}

static const char *find_tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing",
					      "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < 2; i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/tracing_on", places[i]);
		if (access(path, F_OK) == 0)
			return places[i];
	}
	return NULL;
}

static int record_it(struct arguments *arguments)
{
	struct record *record = &arguments->record;
	struct record_losses losses = { .known = false };
	int status = 0, code;

	if (!record->out)
		record->out = usual_out[arguments->tool];
	if (arguments->tool == RECORD_TRACEFS)
		code = record_tracefs(record, &losses, &status);
	else
		code = record_by_tool(arguments->tool, record, &losses,
				      &status);
	if (code)
		return code;
	tell_status(arguments->tool == RECORD_TRACEFS ?
			    record->command[0] :
			    tool_words[arguments->tool],
		    status);
	return tell_losses(record, &losses);
}

int cmd_record(int argc, char **argv)
{
	struct arguments arguments = {
		.tool = RECORD_TRACEFS,
		.record = { .buffer_kb = 100000 },
	};
	int code = parse_options(&argp, argc, argv, &arguments);
	const char *found;

	if (code)
		return code;
	found = arguments.record.tracefs ? arguments.record.tracefs :
					   find_tracefs();
	arguments.record.tracefs = found ? found : "/sys/kernel/tracing";
	if (arguments.print)
		return print_recipes(&arguments);
	if (!found && arguments.tool == RECORD_TRACEFS) {
		talk("record: no tracefs here: as root, mount -t tracefs "
		     "nodev /sys/kernel/tracing, or see --print");
		return EXIT_IO;
	}
	interrupt_watch();
	return record_it(&arguments);
}
