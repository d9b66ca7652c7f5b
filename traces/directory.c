/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "traces/directory.h"

#include <string.h>

char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	/* with the slash: "/" has no shorter name */
	return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}
