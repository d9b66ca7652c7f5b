/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output files that appear whole or not at all. */
#define _POSIX_C_SOURCE 200809L

#include "sim/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli.h"

static char *join(const char *a, const char *b)
{
	size_t bytes = strlen(a) + strlen(b) + 1;
	char *text = malloc(bytes);

	if (text)
		snprintf(text, bytes, "%s%s", a, b);
	return text;
}

void outfile_init(struct outfile *out, const char *prefix, const char *suffix)
{
	memset(out, 0, sizeof(*out));
	if (!prefix)
		return;
	out->path = join(prefix, suffix);
	out->temporary = out->path ? join(out->path, ".XXXXXX") : NULL;
	if (!out->temporary) {
		talk("no memory");
		exit(EXIT_IO);
	}
}

static bool failed(struct outfile *out)
{
	if (!out->failed)
		talk("%s: cannot write: %s",
		     out->path ? out->path : "/dev/null", strerror(errno));
	out->failed = true;
	return false;
}

static FILE *open_temporary(struct outfile *out)
{
	mode_t mask;
	int fd;

	if (!out->temporary)
		return fopen("/dev/null", "w");
	fd = mkstemp(out->temporary);
	if (fd < 0)
		return NULL;
	/* mkstemp keeps the file to its owner: give it the usual mode */
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	return fdopen(fd, "w");
}

FILE *outfile_stream(struct outfile *out)
{
	if (out->stream)
		return out->stream;
	out->stream = open_temporary(out);
	if (!out->stream) {
		failed(out);
		exit(EXIT_IO);
	}
	return out->stream;
}

bool outfile_commit(struct outfile *out)
{
	FILE *stream = out->stream;

	if (!out->path)
		return true;
	if (!stream) {
		if (unlink(out->path) && errno != ENOENT)
			return failed(out);
		return true;
	}
	out->stream = NULL;
	if (ferror(stream) | fclose(stream) ||
	    rename(out->temporary, out->path)) {
		failed(out);
		unlink(out->temporary);
		return false;
	}
	return true;
}

void outfile_abort(struct outfile *out)
{
	if (out->stream) {
		fclose(out->stream);
		if (out->temporary)
			unlink(out->temporary);
		out->stream = NULL;
	}
	free(out->path);
	free(out->temporary);
	out->path = NULL;
	out->temporary = NULL;
}
