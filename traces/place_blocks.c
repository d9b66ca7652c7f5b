/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line begins behind a newline; so what is read begins with the byte before
 * the block, and goes on behind it for as long as most lines are. Both ends
 * are where the file has them in its pages: copying is faster that way.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/place_blocks.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Read behind a block at first: longer than nearly all lines. */
#define BEHIND_BYTES 1024

/* Up to @wanted bytes; fewer only at the end of the file. */
static int read_at(const struct place_file *file, uint64_t from, char *out,
		   size_t wanted, size_t *got)
{
	uint64_t left = file->end - file->base;

	left = from < left ? left - from : 0;
	if (wanted > left)
		wanted = (size_t)left;
	for (*got = 0; *got < wanted;) {
		ssize_t n = pread(file->fd, out + *got, wanted - *got,
				  (off_t)(file->base + from + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

/* Does a newline follow, anywhere? */
static int find_newline(const struct place_file *file, uint64_t from,
			bool *found)
{
	char bytes[4096];
	size_t got;
	int code;

	do {
		code = read_at(file, from, bytes, sizeof(bytes), &got);
		if (code)
			return code;
		*found = memchr(bytes, '\n', got) != NULL;
		from += got;
	} while (!*found && got);
	return 0;
}

/* The last line, which begins in the block at @start: how far it goes. */
static int find_end(const struct place_file *file, uint64_t number,
		    struct place_block *block, char *text, size_t got,
		    size_t start)
{
	size_t most = start + LINE_MAX_BYTES + 1, from = got;
	const char *newline = memchr(text + start, '\n', got - start);
	int code;

	if (!newline && got < most) {
		size_t more;

		code = read_at(file, number * PLACE_BLOCK_BYTES + got,
			       text + got, most - got, &more);
		if (code)
			return code;
		got += more;
		newline = memchr(text + from, '\n', more);
	}
	block->lines.bytes = newline ? (size_t)(newline + 1 - text) : got;
	if (newline || got < most)
		return 0;
	block->lines.bytes = most; /* and is cut, so its end is not needed */
	return find_newline(file, number * PLACE_BLOCK_BYTES + most,
			    &block->lines.newline);
}

/* Behind the last newline of @text; 0: there is none. */
static size_t last_start(const char *text, size_t bytes)
{
	while (bytes && text[bytes - 1] != '\n')
		bytes--;
	return bytes;
}

int place_block_read(const struct place_file *file, uint64_t number, char *room,
		     struct place_block *block)
{
	char *text = room + PLACE_BLOCK_FRONT;
	size_t before = number ? 1 : 0, start = 0, got;
	int code = read_at(file, number * PLACE_BLOCK_BYTES - before,
			   text - before,
			   before + PLACE_BLOCK_BYTES + BEHIND_BYTES, &got);

	*block = (struct place_block){ .lines.text = text, .bytes = text };
	if (code || got <= before)
		return code;
	got -= before;
	block->nr = got < PLACE_BLOCK_BYTES ? got : PLACE_BLOCK_BYTES;
	if (before) {
		const char *newline = memchr(text - 1, '\n', block->nr);

		if (!newline)
			return 0; /* in the middle of a line, all of it */
		start = (size_t)(newline + 1 - text);
	}
	block->lines.next = start;
	start += last_start(text + start, block->nr - 1 - start);
	return find_end(file, number, block, text, got, start);
}
