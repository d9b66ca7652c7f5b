/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim COMMAND: finds the command and hands over.
 *
 * The table below is the list of commands; a new one is a line here, a
 * prototype in cli.h and a file cmd_NAME.c.
 */
#include "sim/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

static int cmd_help(int argc, char **argv);

static const struct command commands[] = {
	{ "record", "record what this machine allocates and frees",
	  cmd_record },
	{ "import", "turn a recording into a trace file", cmd_import },
	{ "info", "what a trace file holds", cmd_info },
	{ "gen", "make a trace by a model of a workload", cmd_gen },
	{ "cut", "part of a trace, as a trace of its own", cmd_cut },
	{ "merge", "texts of one recording, one for each CPU, into one",
	  cmd_merge },
	{ "convert", "a trace back to text", cmd_convert },
	{ "run", "replay a trace on a machine, into a database", cmd_run },
	{ "show", "tables of a database", cmd_show },
	{ "plot", "pictures of a database", cmd_plot },
	{ "validate", "a recording of a real machine against the simulator",
	  cmd_validate },
	{ "db", "runs of databases: list, remove, merge; upgrade", cmd_db },
	{ "compare", "what differs between two runs", cmd_compare },
	{ "check", "a run against a baseline: the gate for CI", cmd_check },
	{ "export", "a run for slabtop, Prometheus and other programs",
	  cmd_export },
	{ "script", "run a scenario operation by operation", cmd_script },
	{ "step", "a scenario or a trace step by step, forward and back",
	  cmd_step },
	{ "explain", "why an event hit or missed, and its slab's history",
	  cmd_explain },
	{ "version", "version, model profile, libraries", cmd_version },
	{ "help", "this text, or \"help COMMAND\"", cmd_help },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *out)
{
	fprintf(out, "usage: slabsim COMMAND ...\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-8s  %s\n", commands[i].name,
			commands[i].summary);
	fprintf(out, "\n\"slabsim COMMAND --help\" explains one.\n");
}

static int unknown_command(const char *name)
{
	const char *names[NR_COMMANDS];
	const char *near;

	for (size_t i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i].name;
	near = suggest(name, names, NR_COMMANDS);
	if (near)
		talk("unknown command \"%s\", did you mean \"%s\"?", name,
		     near);
	else
		talk("unknown command \"%s\", see \"slabsim help\"", name);
	return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* argv[0] becomes "slabsim NAME", for usage lines. */
static int run_command(const struct command *command, int argc, char **argv)
{
	char full_name[64];

	snprintf(full_name, sizeof(full_name), "slabsim %s", command->name);
	argv[0] = full_name;
	return command->run(argc, argv);
}

static int cmd_help(int argc, char **argv)
{
	char full_name[] = "help";
	char option[] = "--help";
	char *help_argv[] = { full_name, option, NULL };
	const struct command *command;

	if (argc > 2) {
		talk("help: one command at a time");
		return EXIT_USAGE;
	}
	if (argc < 2 || argv[1][0] == '-' || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return EXIT_OK;
	}
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return run_command(command, 2, help_argv);
}

static int dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0)
		command = find_command("version");
	else
		command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return run_command(command, argc - 1, argv + 1);
}

/* Data that did not reach its file (a full disk) must not look like success. */
static int finish_output(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	talk("standard output: %s", errno ? strerror(errno) : "write error");
	return code == EXIT_OK ? EXIT_IO : code;
}

int main(int argc, char **argv)
{
	return finish_output(dispatch(argc, argv));
}
