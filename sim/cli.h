/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: one file a subcommand (cmd_*.c), each with one function
 * of this shape. stdout is data, stderr is talk.
 */
#ifndef SIM_CLI_H
#define SIM_CLI_H

#include <stdbool.h>
#include <stddef.h>

enum exit_code {
	EXIT_OK = 0,
	EXIT_REGRESSION = 1,
	EXIT_USAGE = 2,
	EXIT_BAD_INPUT = 3, /* bad or lossy input over the limit */
	EXIT_IO = 4,
	EXIT_INVARIANT = 5,
	EXIT_INCOMPARABLE = 6, /* also: a newer schema */
	EXIT_INTERRUPTED = 130,
};

/* argv[0] is "slabsim NAME". Return: an enum exit_code. */
int cmd_db(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_script(int argc, char **argv);
int cmd_step(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_cut(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_version(int argc, char **argv);

/* The exit code for 0 or a -errno of a reader, a database or a report. */
int exit_code_of(int error_code);

/* Prints "slabsim: " and the message as one line on stderr. */
void talk(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * suggest - the nearest of @nr names to @word, by edit distance
 * Return: NULL when none is near enough to be meant.
 */
const char *suggest(const char *word, const char *const *names, size_t nr);

#endif
