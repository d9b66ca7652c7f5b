/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes of the file become text in one of two ways: plain ones are read to
 * where they are wanted, compressed ones to @raw first. The first bytes, which
 * tell which it is, are in @raw in either case.
 *
 * What is no plain file is waited for before it is read. So it does not matter
 * whether somebody who has the pipe open, too, has set it not to wait; and a
 * signal that comes between a look at the flag and the wait is not lost.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/text_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"

#define RAW_BYTES ((size_t)65536)
#define LOOK_MS 100 /* at the flag, while there is no input */

/* Return: false with errno set. */
static bool wait_for_input(const struct text_source *source)
{
	struct pollfd input = { .fd = source->fd, .events = POLLIN };
	int n = 0;

	while (n == 0) {
		if (source->stop && *source->stop) {
			errno = EINTR;
			return false;
		}
		n = poll(&input, 1, source->stop ? LOOK_MS : -1);
	}
	return n > 0;
}

bool text_source_would_wait(const struct text_source *source)
{
	struct pollfd input = { .fd = source->fd, .events = POLLIN };

	return source->may_wait && poll(&input, 1, 0) == 0;
}

static ssize_t read_some(const struct text_source *source, void *data,
			 size_t max)
{
	ssize_t n;

	do {
		if (source->may_wait && !wait_for_input(source))
			return -1;
		n = read(source->fd, data, max);
	} while (n < 0 && errno == EAGAIN && source->may_wait);
	return n;
}

int text_source_check_end(const struct text_source *source,
			  struct trace_error *error)
{
	struct stat st;

	if (source->may_wait || fstat(source->fd, &st) != 0 ||
	    (uint64_t)st.st_size >= source->total_bytes)
		return 0;
	return trace_fail(error, -EIO, "%s: became shorter while it was read",
			  source->name);
}

static int read_raw(struct text_source *source, void *data, size_t max,
		    size_t *got, struct trace_error *error)
{
	ssize_t n = read_some(source, data, max);

	/* the only signals that are caught mean: stop */
	if (n < 0 && errno == EINTR)
		return trace_fail(error, -EINTR, "%s: interrupted",
				  source->name);
	if (n < 0)
		return trace_fail(error, -errno, "%s: cannot read: %s",
				  source->name, strerror(errno));
	text_source_hash(source, data, (size_t)n);
	source->raw_end = n == 0;
	*got = (size_t)n;
	return n ? 0 : text_source_check_end(source, error);
}

static int unpack_fail(struct text_source *source, enum unpack_result result,
		       struct trace_error *error)
{
	const char *kind = unpack_name(source->unpack);

	switch (result) {
	case UNPACK_TRUNCATED:
		return trace_fail(error, -EBADMSG,
				  "%s: truncated %s: the compressed data ends "
				  "too early",
				  source->name, kind);
	case UNPACK_TOO_BIG:
		return trace_fail(error, -EBADMSG,
				  "%s: %s needs more than %u MiB of memory to "
				  "read",
				  source->name, kind, UNPACK_MEMORY_MIB);
	case UNPACK_NO_MEMORY:
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  source->name);
	default:
		return trace_fail(error, -EBADMSG,
				  "%s: damaged %s: the compressed data does "
				  "not decode",
				  source->name, kind);
	}
}

/* Decompress until something comes out. */
static int read_unpacked(struct text_source *source, char *out, size_t room,
			 size_t *got, struct trace_error *error)
{
	struct unpack_buffers *packed = &source->packed;

	packed->out = (uint8_t *)out;
	packed->out_bytes = room;
	while (packed->out_bytes == room && !source->end) {
		enum unpack_result result;

		if (!packed->in_bytes && !source->raw_end) {
			int code = read_raw(source, source->raw, RAW_BYTES,
					    &packed->in_bytes, error);

			if (code)
				return code;
			packed->in = source->raw;
		}
		packed->in_last = source->raw_end;
		result = unpack_step(source->unpack, packed);
		if (result == UNPACK_END)
			source->end = true;
		else if (result != UNPACK_OK)
			return unpack_fail(source, result, error);
	}
	*got = room - packed->out_bytes;
	return 0;
}

/* What was read to know what it is. */
static size_t take_first(struct text_source *source, char *out, size_t room)
{
	struct unpack_buffers *first = &source->packed;
	size_t nr = first->in_bytes < room ? first->in_bytes : room;

	memcpy(out, first->in, nr);
	first->in += nr;
	first->in_bytes -= nr;
	return nr;
}

int text_source_read(struct text_source *source, char *out, size_t room,
		     size_t *got, struct trace_error *error)
{
	int code = 0;

	*got = 0;
	if (source->unpack)
		return read_unpacked(source, out, room, got, error);
	if (source->packed.in_bytes)
		*got = take_first(source, out, room);
	else
		code = read_raw(source, out, room, got, error);
	source->end = source->raw_end && !source->packed.in_bytes;
	return code;
}

/* --- open and close --- */

static int read_first(struct text_source *source, struct trace_error *error)
{
	size_t nr = 0, got = 0;
	bool plain;

	while (nr < UNPACK_MAGIC_BYTES && !source->raw_end) {
		int code = read_raw(source, source->raw + nr, RAW_BYTES - nr,
				    &got, error);

		if (code)
			return code;
		nr += got;
	}
	source->packed.in = source->raw;
	source->packed.in_bytes = nr;
	source->unpack = unpack_open((char *)source->raw, nr, &plain);
	if (plain || source->unpack)
		return 0;
	return trace_fail(error, -ENOMEM, "%s: out of memory", source->name);
}

int text_source_open(struct text_source *source, int fd, const char *path,
		     struct trace_error *error)
{
	struct stat st;

	memset(source, 0, sizeof(*source));
	source->fd = fd;
	source->close_fd = strcmp(path, "-") != 0;
	source->name = strdup(source->close_fd ? path : "standard input");
	source->raw = malloc(RAW_BYTES);
	if (!source->name || !source->raw)
		return trace_fail(error, -ENOMEM, "out of memory");
	if (!source->close_fd)
		source->fd = STDIN_FILENO;
	else if (fd < 0)
		source->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0 || fstat(source->fd, &st) != 0)
		return trace_fail(error, -errno, "%s: cannot open: %s",
				  source->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return trace_fail(error, -EISDIR,
				  "%s: a directory, not a trace", source->name);
	source->may_wait = !S_ISREG(st.st_mode);
	if (!source->may_wait)
		source->total_bytes = (uint64_t)st.st_size;
	digest_init(&source->digest);
	return read_first(source, error);
}

void text_source_close(struct text_source *source)
{
	if (source->close_fd && source->fd >= 0)
		close(source->fd);
	unpack_close(source->unpack);
	free(source->raw);
	free(source->name);
}

/* --- without the stream --- */

bool text_source_any_place(struct text_source *source, uint64_t *base,
			   uint64_t *end)
{
	off_t now = lseek(source->fd, 0, SEEK_CUR);
	struct stat st;

	/* files of the kernel say that they are empty */
	if (source->unpack || !source->total_bytes || now < 0 ||
	    (uint64_t)now < source->done_bytes || fstat(source->fd, &st) != 0)
		return false;
	*base = (uint64_t)now - source->done_bytes;
	*end = (uint64_t)st.st_size;
	digest_init(&source->digest);
	source->done_bytes = 0;
	source->packed.in_bytes = 0;
	source->end = true;
	return true;
}

void text_source_hash(struct text_source *source, const char *bytes, size_t nr)
{
	digest_update(&source->digest, bytes, nr);
	source->done_bytes += nr;
}
