/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program whose output is read through a pipe, started without a shell.
 */
#ifndef TRACES_COMMAND_H
#define TRACES_COMMAND_H

#include <sys/types.h>

#include "traces/slt.h"

/* The descriptor that the program finds its input file under. */
#define COMMAND_INPUT "/dev/fd/3"

struct command {
	const char *name; /* borrowed */
	pid_t pid;
	int out; /* what it prints; the caller's to close */
	int err; /* a file of what it complains */
};

/*
 * command_start - run @argv[0], found in PATH
 * @input: is open as descriptor 3 there, at its beginning.
 * Return: 0; -ENOENT: there is no such program; another -errno with @error.
 */
int command_start(struct command *command, char *const argv[], int input,
		  struct trace_error *error);

/*
 * command_end - wait for its end; command->out must be closed before
 * @complaint: the last line it wrote to stderr, made fit for a message.
 * Return: its exit status, or minus the signal that ended it.
 */
int command_end(struct command *command, char *complaint,
		size_t complaint_bytes);

#endif
