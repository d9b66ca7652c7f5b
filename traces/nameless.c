/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "traces/nameless.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_in(const char *directory)
{
	size_t bytes = strlen(directory) + 32;
	char *name = malloc(bytes);
	int fd = -1;

	if (!name)
		return -1;
	snprintf(name, bytes, "%s/slabsim-XXXXXX", directory);
	fd = mkstemp(name);
	if (fd >= 0) {
		unlink(name);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(name);
	return fd;
}

int nameless_open(void)
{
	const char *directory = getenv("TMPDIR");
	int fd;

	if (directory && *directory)
		return open_in(directory);
	fd = open_in("/var/tmp");
	return fd >= 0 ? fd : open_in("/tmp");
}
