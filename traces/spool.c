/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file is the recording itself if it begins with the bytes that the
 * reading of it gave first: then nothing was decompressed on the way.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"

#define HEAD_BYTES 16

static bool is_plain_file(struct lines *lines, const char *text, size_t bytes)
{
	char head[HEAD_BYTES];
	struct stat st;
	size_t wanted = bytes < HEAD_BYTES ? bytes : HEAD_BYTES;
	int fd = lines_fd(lines);

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       pread(fd, head, HEAD_BYTES, 0) >= (ssize_t)wanted &&
	       memcmp(head, text, wanted) == 0;
}

static int write_all(int fd, const char *text, size_t bytes,
		     struct trace_error *error)
{
	while (bytes) {
		ssize_t n = write(fd, text, bytes);

		if (n < 0 && errno == EINTR)
			return trace_fail(error, -EINTR, "interrupted");
		if (n < 0)
			return trace_fail(error, -errno,
					  "cannot write a temporary file: %s",
					  strerror(errno));
		text += n;
		bytes -= (size_t)n;
	}
	return 0;
}

/* @fd: -1, or where the bytes go. */
static int drain(struct lines *lines, int fd, struct trace_error *error)
{
	const char *text;
	size_t bytes;
	int code;

	while ((code = lines_rest(lines, &text, &bytes, error)) > 0) {
		if (fd >= 0)
			code = write_all(fd, text, bytes, error);
		if (code < 0)
			break;
	}
	return code;
}

int spool_nameless(struct trace_error *error)
{
	FILE *file = tmpfile();
	int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;

	if (fd < 0)
		fd = trace_fail(error, -errno,
				"cannot make a temporary file: %s",
				strerror(errno));
	if (file)
		fclose(file);
	return fd;
}

int spool(struct lines *lines, struct trace_error *error)
{
	const char *text;
	size_t bytes;
	int code = lines_peek(lines, &text, &bytes, error);
	bool plain;
	int fd;

	if (code)
		return code;
	plain = is_plain_file(lines, text, bytes);
	fd = plain ? fcntl(lines_fd(lines), F_DUPFD_CLOEXEC, 3) :
		     spool_nameless(error);
	if (fd < 0)
		return plain ? trace_fail(error, -errno, "%s: %s",
					  lines_name(lines), strerror(errno)) :
			       fd;
	code = drain(lines, plain ? -1 : fd, error);
	if (code == 0 && lseek(fd, 0, SEEK_SET) != 0)
		code = trace_fail(error, -errno, "%s: cannot seek: %s",
				  lines_name(lines), strerror(errno));
	if (code == 0)
		return fd;
	close(fd);
	return code;
}
