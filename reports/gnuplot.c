/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No shell, no pipe: the script is gnuplot's standard input and a nameless
 * file its standard output, so nothing can block and nothing stays behind.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/*
 * The environment with LC_ALL as @locale. Gnuplot warns when the locale cannot
 * say a degree sign, as the plain C locale cannot. Return: an owned array of
 * borrowed strings; NULL: no memory.
 */
static char **environment_in(char *locale)
{
	size_t nr = 0, kept = 0;
	char **strings;

	while (environ[nr])
		nr++;
	strings = calloc(nr + 2, sizeof(*strings));
	if (!strings)
		return NULL;
	for (size_t i = 0; i < nr; i++) {
		if (strncmp(environ[i], "LC_ALL=", 7) != 0)
			strings[kept++] = environ[i];
	}
	strings[kept] = locale;
	return strings;
}

static int spawn(pid_t *child, int in, int out)
{
	static char name[] = "gnuplot", defaults[] = "-d", script[] = "-";
	static char locale[] = "LC_ALL=C.UTF-8";
	char *const argv[] = { name, defaults, script, NULL };
	char **environment = environment_in(locale);
	posix_spawn_file_actions_t actions;
	int error;

	if (!environment)
		return ENOMEM;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	error = posix_spawnp(child, name, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	free(environment);
	return error;
}

int gnuplot_draw(struct report *report, FILE *script, FILE *picture)
{
	pid_t child;
	int error, status;

	if (fflush(script) || lseek(fileno(script), 0, SEEK_SET) < 0)
		return report_fail(report, -EIO,
				   "cannot write the script of "
				   "the plot: %s",
				   strerror(errno));
	error = spawn(&child, fileno(script), fileno(picture));
	if (error)
		return report_fail(report, -ECHILD,
				   "gnuplot cannot be run: %s; "
				   "install it (package gnuplot-nox or gnuplot)"
				   " to plot",
				   strerror(error));
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return report_fail(report, -ECHILD, "gnuplot: %s",
					   strerror(errno));
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return report_fail(report, -ECHILD, "gnuplot failed");
	return 0;
}

static int copy(FILE *from, FILE *to)
{
	char block[65536];
	size_t nr;

	if (fseek(from, 0, SEEK_SET))
		return errno;
	while ((nr = fread(block, 1, sizeof(block), from)) > 0) {
		if (fwrite(block, 1, nr, to) != nr)
			return errno ? errno : EIO;
	}
	return ferror(from) ? EIO : 0;
}

/* The mode that fopen would have given: mkstemp's is 0600. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int copy_beside(FILE *picture, const char *temporary, int fd)
{
	FILE *to = fdopen(fd, "wb");
	int error;

	if (!to) {
		close(fd);
		return errno;
	}
	fchmod(fd, usual_mode());
	error = copy(picture, to);
	if (fclose(to) && !error)
		error = errno;
	if (error)
		unlink(temporary);
	return error;
}

static int put_in_place(FILE *picture, const char *out)
{
	size_t bytes = strlen(out) + 8;
	char *temporary = malloc(bytes);
	int fd, error;

	if (!temporary)
		return ENOMEM;
	snprintf(temporary, bytes, "%s.XXXXXX", out);
	fd = mkstemp(temporary);
	error = fd < 0 ? errno : copy_beside(picture, temporary, fd);
	if (!error && rename(temporary, out)) {
		error = errno;
		unlink(temporary);
	}
	free(temporary);
	return error;
}

int gnuplot_deliver(struct report *report, FILE *picture, const char *out)
{
	struct stat stat;
	int error;

	if (fstat(fileno(picture), &stat) || !stat.st_size)
		return report_fail(report, -EIO, "gnuplot drew nothing");
	error = strcmp(out, "-") ? put_in_place(picture, out) :
				   copy(picture, stdout);
	if (error)
		return report_fail(report, -EIO, "%s: %s", out,
				   strerror(error));
	return 0;
}

int gnuplot_run(struct report *report, FILE *script, const char *out)
{
	FILE *picture = tmpfile();

	if (!picture)
		return report_fail(report, -EIO, "no temporary file: %s",
				   strerror(errno));
	if (!gnuplot_draw(report, script, picture))
		gnuplot_deliver(report, picture, out);
	fclose(picture);
	return report->error.code;
}
