/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text cut into lines. It waits in one buffer between @start and @end; lines
 * are handed out in place, so a line is valid until the next call only. The
 * buffer is small enough to stay in the processor's cache from the hash to the
 * parser.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/error.h"
#include "traces/huge.h"
#include "traces/text_source.h"

#define BUFFER_BYTES ((size_t)4 * LINE_MAX_BYTES)

struct lines {
	struct text_source source;
	char *buffer;
	size_t start, end;
	uint64_t number;
};

/* Make the buffer longer at its end: more text, or text_end. */
static int fill(struct lines *lines, struct trace_error *error)
{
	size_t got;
	int code;

	memmove(lines->buffer, lines->buffer + lines->start,
		lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
	code = text_source_read(&lines->source, lines->buffer + lines->end,
				BUFFER_BYTES - lines->end, &got, error);
	lines->end += got;
	return code;
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
	*code = text_source_open(&lines->source, fd, path, error);
	lines->buffer = huge_alloc(BUFFER_BYTES);
	if (*code == 0 && !lines->buffer)
		*code = trace_fail(error, -ENOMEM, "out of memory");
	if (*code == 0)
		return lines;
	lines_close(lines);
	return NULL;
}

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	text_source_close(&lines->source);
	huge_free(lines->buffer, BUFFER_BYTES);
	free(lines);
}

void lines_stop_by(struct lines *lines, const volatile sig_atomic_t *stop)
{
	lines->source.stop = stop;
}

bool lines_would_wait(const struct lines *lines)
{
	return text_source_would_wait(&lines->source);
}

int lines_peek(struct lines *lines, const char **text, size_t *bytes,
	       struct trace_error *error)
{
	while (lines->end < LINE_MAX_BYTES && !lines->source.end) {
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
	while (!newline && !lines->source.end) {
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
		    (lines->source.end && bytes)) {
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
		if (lines->source.end)
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
	while (!whole && bytes < LINES_BLOCK_BYTES && !lines->source.end) {
		size_t got, new;
		int code = text_source_read(&lines->source, out + bytes,
					    LINES_BLOCK_BYTES - bytes, &got,
					    error);

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
	if (lines->number || !text_source_any_place(&lines->source, base, end))
		return false;
	lines->start = 0;
	lines->end = 0;
	return true;
}

void lines_hash(struct lines *lines, const char *bytes, size_t nr)
{
	text_source_hash(&lines->source, bytes, nr);
}

int lines_check_end(const struct lines *lines, struct trace_error *error)
{
	return text_source_check_end(&lines->source, error);
}

int lines_rest(struct lines *lines, const char **text, size_t *bytes,
	       struct trace_error *error)
{
	if (lines->start == lines->end && !lines->source.end) {
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
	return lines->source.done_bytes;
}

uint64_t lines_total_bytes(const struct lines *lines)
{
	return lines->source.total_bytes;
}

const char *lines_name(const struct lines *lines)
{
	return lines->source.name;
}

void lines_digest(const struct lines *lines, char text[DIGEST_TEXT_BYTES])
{
	digest_text(&lines->source.digest, text);
}

int lines_fd(const struct lines *lines)
{
	return lines->source.fd;
}
