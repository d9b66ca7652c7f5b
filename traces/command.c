/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stderr goes to a file, not to a pipe: a program that complains a lot does
 * not have to wait for somebody to listen.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/error.h"
#include "traces/spool.h"

#define TAIL_BYTES 4096

extern char **environ;

static int spawn(struct command *command, char *const argv[], int input,
		 int out)
{
	posix_spawn_file_actions_t actions;
	int code = posix_spawn_file_actions_init(&actions);

	if (code)
		return -code;
	/* all of them are above 3 (spool, F_DUPFD), so none is overwritten */
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, command->err, STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&actions, input, 3);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	code = posix_spawnp(&command->pid, argv[0], &actions, NULL, argv,
			    environ);
	posix_spawn_file_actions_destroy(&actions);
	return -code;
}

/* A pipe whose ends are above 9, closed in the program but for the dup2. */
static int high_pipe(int fds[2])
{
	int low[2];

	if (pipe(low) != 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		fds[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 10);
		close(low[i]);
	}
	if (fds[0] >= 0 && fds[1] >= 0)
		return 0;
	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	return -EMFILE;
}

int command_start(struct command *command, char *const argv[], int input,
		  struct trace_error *error)
{
	int fds[2] = { -1, -1 }, code;

	command->name = argv[0];
	command->err = spool_nameless(error);
	if (command->err < 0)
		return command->err;
	lseek(input, 0, SEEK_SET);
	code = high_pipe(fds);
	if (code) {
		close(command->err);
		return trace_fail(error, code, "cannot make a pipe: %s",
				  strerror(-code));
	}
	code = spawn(command, argv, input, fds[1]);
	close(fds[1]);
	command->out = fds[0];
	if (code == 0)
		return 0;
	close(fds[0]);
	close(command->err);
	return trace_fail(error, code, "cannot run %s: %s", argv[0],
			  strerror(-code));
}

static void last_line(int fd, char *out, size_t out_bytes)
{
	char tail[TAIL_BYTES];
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > TAIL_BYTES ? end - TAIL_BYTES : 0;
	ssize_t n = end > 0 ? pread(fd, tail, sizeof(tail), from) : 0;
	size_t bytes = n > 0 ? (size_t)n : 0, start;

	while (bytes && (tail[bytes - 1] == '\n' || tail[bytes - 1] == ' '))
		bytes--;
	for (start = bytes; start && tail[start - 1] != '\n'; start--)
		;
	trace_quote(out, out_bytes, tail + start, bytes - start);
}

int command_end(struct command *command, char *complaint,
		size_t complaint_bytes)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(command->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	last_line(command->err, complaint, complaint_bytes);
	close(command->err);
	if (pid < 0)
		return 0;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
