/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line source. Raw bytes are hashed where they enter (read_raw), so the
 * digest is that of the file, compressed or not. Text waits in one buffer
 * between @start and @end; lines are handed out in place, so a line is valid
 * until the next call only. The buffer is small enough to stay in the
 * processor's cache from the hash to the parser.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"
#include "traces/huge.h"
#include "traces/unpack.h"

#define BUFFER_BYTES ((size_t)4 * LINE_MAX_BYTES)
#define RAW_BYTES 65536

struct lines {
	int fd;
	bool close_fd;
	char *name;
	uint64_t total_bytes, done_bytes;
	struct digest digest;

	bool raw_end, text_end;
	struct unpack *unpack; /* NULL: plain text */
	struct unpack_buffers packed;
	uint8_t *raw; /* compressed bytes, where there is @unpack */

	char *buffer;
	size_t start, end;
	uint64_t number;
};

static int read_raw(struct lines *lines, void *data, size_t max, size_t *got,
		    struct trace_error *error)
{
	ssize_t n = read(lines->fd, data, max);

	/* the only signals that are caught mean: stop */
	if (n < 0 && errno == EINTR)
		return trace_fail(error, -EINTR, "%s: interrupted",
				  lines->name);
	if (n < 0)
		return trace_fail(error, -errno, "%s: cannot read: %s",
				  lines->name, strerror(errno));
	digest_update(&lines->digest, data, (size_t)n);
	lines->done_bytes += (uint64_t)n;
	lines->raw_end = n == 0;
	*got = (size_t)n;
	return 0;
}

static int unpack_fail(struct lines *lines, enum unpack_result result,
		       struct trace_error *error)
{
	const char *kind = unpack_name(lines->unpack);

	switch (result) {
	case UNPACK_TRUNCATED:
		return trace_fail(error, -EBADMSG,
				  "%s: truncated %s: the compressed data ends "
				  "too early",
				  lines->name, kind);
	case UNPACK_TOO_BIG:
		return trace_fail(error, -EBADMSG,
				  "%s: %s needs more than %u MiB of memory to "
				  "read",
				  lines->name, kind, UNPACK_MEMORY_MIB);
	case UNPACK_NO_MEMORY:
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  lines->name);
	default:
		return trace_fail(error, -EBADMSG,
				  "%s: damaged %s: the compressed data does "
				  "not decode",
				  lines->name, kind);
	}
}

/* Decompress until something comes out. */
static int read_unpacked(struct lines *lines, char *out, size_t room,
			 size_t *got, struct trace_error *error)
{
	struct unpack_buffers *packed = &lines->packed;

	packed->out = (uint8_t *)out;
	packed->out_bytes = room;
	while (packed->out_bytes == room && !lines->text_end) {
		enum unpack_result result;

		if (!packed->in_bytes && !lines->raw_end) {
			int code = read_raw(lines, lines->raw, RAW_BYTES,
					    &packed->in_bytes, error);

			if (code)
				return code;
			packed->in = lines->raw;
		}
		packed->in_last = lines->raw_end;
		result = unpack_step(lines->unpack, packed);
		if (result == UNPACK_END)
			lines->text_end = true;
		else if (result != UNPACK_OK)
			return unpack_fail(lines, result, error);
	}
	*got = room - packed->out_bytes;
	return 0;
}

/* More text to @out: some, or text_end. */
static int read_text(struct lines *lines, char *out, size_t room, size_t *got,
		     struct trace_error *error)
{
	int code;

	*got = 0;
	if (lines->unpack)
		return read_unpacked(lines, out, room, got, error);
	code = read_raw(lines, out, room, got, error);
	lines->text_end = lines->raw_end;
	return code;
}

/* Make the buffer longer at its end: more text, or text_end. */
static int fill(struct lines *lines, struct trace_error *error)
{
	size_t got;
	int code;

	memmove(lines->buffer, lines->buffer + lines->start,
		lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
	code = read_text(lines, lines->buffer + lines->end,
			 BUFFER_BYTES - lines->end, &got, error);
	lines->end += got;
	return code;
}

/* Look at the first bytes; when compressed, they become the input of that. */
static int start(struct lines *lines, struct trace_error *error)
{
	bool plain;

	while (lines->end < UNPACK_MAGIC_BYTES && !lines->text_end) {
		int code = fill(lines, error);

		if (code)
			return code;
	}
	lines->unpack = unpack_open(lines->buffer, lines->end, &plain);
	if (plain)
		return 0;
	lines->text_end = false;
	lines->raw = malloc(BUFFER_BYTES);
	if (!lines->unpack || !lines->raw)
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  lines->name);
	memcpy(lines->raw, lines->buffer, lines->end);
	lines->packed.in = lines->raw;
	lines->packed.in_bytes = lines->end;
	lines->end = 0;
	return 0;
}

static int open_path(struct lines *lines, const char *path,
		     struct trace_error *error)
{
	struct stat st;

	lines->close_fd = strcmp(path, "-") != 0;
	lines->name = strdup(lines->close_fd ? path : "standard input");
	lines->buffer = huge_alloc(BUFFER_BYTES);
	if (!lines->name || !lines->buffer)
		return trace_fail(error, -ENOMEM, "out of memory");
	if (!lines->close_fd)
		lines->fd = STDIN_FILENO;
	else if (lines->fd < 0)
		lines->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (lines->fd < 0 || fstat(lines->fd, &st) != 0)
		return trace_fail(error, -errno, "%s: cannot open: %s",
				  lines->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return trace_fail(error, -EISDIR,
				  "%s: a directory, not a trace", lines->name);
	if (S_ISREG(st.st_mode))
		lines->total_bytes = (uint64_t)st.st_size;
	digest_init(&lines->digest);
	return start(lines, error);
}

struct lines *lines_open(const char *path, int *code, struct trace_error *error)
{
	return lines_open_fd(-1, path, code, error);
}

struct lines *lines_open_fd(int fd, const char *path, int *code,
			    struct trace_error *error)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines) {
		if (fd >= 0)
			close(fd);
		*code = trace_fail(error, -ENOMEM, "out of memory");
		return NULL;
	}
	lines->fd = fd;
	*code = open_path(lines, path, error);
	if (*code == 0)
		return lines;
	lines_close(lines);
	return NULL;
}

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	if (lines->close_fd && lines->fd >= 0)
		close(lines->fd);
	unpack_close(lines->unpack);
	free(lines->raw);
	huge_free(lines->buffer, BUFFER_BYTES);
	free(lines->name);
	free(lines);
}

int lines_peek(struct lines *lines, const char **text, size_t *bytes,
	       struct trace_error *error)
{
	while (lines->end < LINE_MAX_BYTES && !lines->text_end) {
		int code = fill(lines, error);

		if (code)
			return code;
	}
	*text = lines->buffer;
	*bytes = lines->end < LINE_MAX_BYTES ? lines->end : LINE_MAX_BYTES;
	return 0;
}

/* A line without an end in sight: keep its head, skip the rest. */
static int cut_line(struct lines *lines, struct line *line,
		    struct trace_error *error)
{
	char *newline = NULL;

	line->bytes = LINE_MAX_BYTES;
	line->newline = false;
	line->cut = true;
	while (!newline && !lines->text_end) {
		int code;

		/* the head stays, at the front; what follows it goes */
		lines->end = lines->start + LINE_MAX_BYTES;
		code = fill(lines, error);
		if (code)
			return code;
		newline = memchr(lines->buffer + LINE_MAX_BYTES, '\n',
				 lines->end - LINE_MAX_BYTES);
	}
	line->text = lines->buffer + lines->start;
	line->newline = newline != NULL;
	lines->start = newline ? (size_t)(newline + 1 - lines->buffer) :
				 lines->end;
	return 1;
}

int lines_next(struct lines *lines, struct line *line,
	       struct trace_error *error)
{
	size_t searched = 0;

	for (;;) {
		char *text = lines->buffer + lines->start;
		size_t bytes = lines->end - lines->start;
		char *newline = NULL;
		int code;

		if (bytes > searched)
			newline =
				memchr(text + searched, '\n', bytes - searched);
		if (newline)
			bytes = (size_t)(newline - text);
		if (newline || bytes > LINE_MAX_BYTES ||
		    (lines->text_end && bytes)) {
			line->text = text;
			line->bytes = bytes;
			line->number = ++lines->number;
			line->newline = newline != NULL;
			line->cut = false;
			if (!newline && bytes > LINE_MAX_BYTES)
				return cut_line(lines, line, error);
			if (bytes > LINE_MAX_BYTES) {
				line->bytes = LINE_MAX_BYTES;
				line->cut = true;
			}
			lines->start += bytes + (newline != NULL);
			return 1;
		}
		if (lines->text_end)
			return 0;
		searched = bytes;
		code = fill(lines, error);
		if (code)
			return code;
	}
}

bool lines_next_held(struct lines *lines, struct line *line)
{
	char *text = lines->buffer + lines->start;
	size_t bytes = lines->end - lines->start;
	char *newline = bytes ? memchr(text, '\n', bytes) : NULL;

	if (!newline || newline - text > LINE_MAX_BYTES)
		return false;
	bytes = (size_t)(newline - text);
	*line = (struct line){
		.text = text,
		.bytes = bytes,
		.number = ++lines->number,
		.newline = true,
	};
	lines->start += bytes + 1;
	return true;
}

/* --- blocks --- */

/* Behind the last newline; 0: there is none. */
static size_t whole_lines(const char *text, size_t bytes)
{
	while (bytes && text[bytes - 1] != '\n')
		bytes--;
	return bytes;
}

/* To be read again; what is there was taken in front of it, or nothing is. */
static void put_back(struct lines *lines, const char *text, size_t bytes)
{
	if (lines->start == lines->end) {
		memcpy(lines->buffer, text, bytes);
		lines->start = 0;
		lines->end = bytes;
	} else {
		lines->start -= bytes;
	}
}

/* A line that fills a block, and does not end: its head. */
static int block_of_cut(struct lines *lines, char *out,
			struct lines_block *block, struct trace_error *error)
{
	struct line line = { .text = "" };
	int code;

	put_back(lines, out, LINES_BLOCK_BYTES);
	code = lines_next(lines, &line, error);
	if (code <= 0)
		return code;
	memcpy(out, line.text, line.bytes);
	block->bytes = line.bytes;
	block->cut = true;
	block->newline = line.newline;
	return 1;
}

int lines_block(struct lines *lines, char *out, struct lines_block *block,
		struct trace_error *error)
{
	size_t bytes = lines->end - lines->start, whole;

	if (bytes > LINES_BLOCK_BYTES)
		bytes = LINES_BLOCK_BYTES;
	*block = (struct lines_block){ .text = out };
	memcpy(out, lines->buffer + lines->start, bytes);
	lines->start += bytes;
	whole = whole_lines(out, bytes);
	while (!whole && bytes < LINES_BLOCK_BYTES && !lines->text_end) {
		size_t got, new;
		int code = read_text(lines, out + bytes,
				     LINES_BLOCK_BYTES - bytes, &got, error);

		if (code)
			return code;
		new = whole_lines(out + bytes, got);
		whole = new ? bytes + new : 0;
		bytes += got;
	}
	if (!whole && bytes == LINES_BLOCK_BYTES)
		return block_of_cut(lines, out, block, error);
	block->bytes = whole ? whole : bytes;
	put_back(lines, out + block->bytes, bytes - block->bytes);
	return block->bytes ? 1 : 0;
}

bool lines_of_block(struct lines_block *block, struct line *line)
{
	size_t left = block->bytes - block->next;
	const char *text, *newline;

	if (!left)
		return false;
	text = block->text + block->next;
	newline = block->cut ? NULL : memchr(text, '\n', left);
	*line = (struct line){
		.text = text,
		.bytes = newline ? (size_t)(newline - text) : left,
		.newline = newline || block->newline,
		.cut = block->cut,
	};
	block->next += line->bytes + (newline != NULL);
	if (line->bytes > LINE_MAX_BYTES) {
		line->bytes = LINE_MAX_BYTES;
		line->cut = true;
	}
	return true;
}

bool lines_any_place(struct lines *lines, uint64_t *base, uint64_t *end)
{
	off_t now = lseek(lines->fd, 0, SEEK_CUR);
	struct stat st;

	/* files of the kernel say that they are empty */
	if (lines->unpack || !lines->total_bytes || lines->number || now < 0 ||
	    (uint64_t)now < lines->done_bytes || fstat(lines->fd, &st) != 0)
		return false;
	*base = (uint64_t)now - lines->done_bytes;
	*end = (uint64_t)st.st_size;
	digest_init(&lines->digest);
	lines->done_bytes = 0;
	lines->start = 0;
	lines->end = 0;
	lines->text_end = true;
	return true;
}

void lines_hash(struct lines *lines, const char *bytes, size_t nr)
{
	digest_update(&lines->digest, bytes, nr);
	lines->done_bytes += nr;
}

int lines_rest(struct lines *lines, const char **text, size_t *bytes,
	       struct trace_error *error)
{
	if (lines->start == lines->end && !lines->text_end) {
		int code = fill(lines, error);

		if (code)
			return code;
	}
	*text = lines->buffer + lines->start;
	*bytes = lines->end - lines->start;
	lines->start = lines->end;
	return *bytes ? 1 : 0;
}

uint64_t lines_done_bytes(const struct lines *lines)
{
	return lines->done_bytes;
}

uint64_t lines_total_bytes(const struct lines *lines)
{
	return lines->total_bytes;
}

const char *lines_name(const struct lines *lines)
{
	return lines->name;
}

void lines_digest(const struct lines *lines, char text[DIGEST_TEXT_BYTES])
{
	digest_text(&lines->digest, text);
}

int lines_fd(const struct lines *lines)
{
	return lines->fd;
}
