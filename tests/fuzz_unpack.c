/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the line source with compressed input: any bytes as a file, and
 * the lines out of it, to a limit. Whatever it is, it ends, with lines or a
 * sentence.
 *
 *	make fuzz
 *	build-fuzz/tests/fuzz_unpack -max_len=65536 CORPUS
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/lines.h"

#define LINES_READ 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* The next line of a block, or of the next block; as lines_next. */
static int next_by_block(struct lines *lines, char *room,
			 struct lines_block *block, struct line *line,
			 struct trace_error *error)
{
	int code;

	if (lines_of_block(block, line))
		return 1;
	code = lines_block(lines, room, block, error);
	return code > 0 ? lines_of_block(block, line) : code;
}

/*
 * Line by line and block by block: the same. What is damaged fails either way,
 * but how many lines come before depends on how much is read at once.
 */
static void read_lines(struct lines *lines, struct lines *by_block,
		       struct trace_error *error)
{
	struct lines_block block = { .text = NULL };
	char *room = malloc(LINES_BLOCK_BYTES);
	struct line line, same;
	int code = 1, by_block_code = 1;

	require(room != NULL, "memory");
	for (int n = 0; n < LINES_READ && code > 0; n++) {
		code = lines_next(lines, &line, error);
		if (by_block_code >= 0 && code >= 0)
			by_block_code = next_by_block(by_block, room, &block,
						      &same, error);
		require(by_block_code < 0 || code < 0 || by_block_code == code,
			"the same end");
		if (code <= 0)
			break;
		require(line.bytes <= LINE_MAX_BYTES, "a line");
		require(by_block_code < 0 ||
				(line.bytes == same.bytes &&
				 line.cut == same.cut &&
				 line.newline == same.newline &&
				 memcmp(line.text, same.text, line.bytes) == 0),
			"the same line");
	}
	require(code != 0 || by_block_code >= 0, "both fail");
	require(code >= 0 || error->text[0], "an error has a text");
	free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct trace_error error = { "" };
	int fd = memfd_create("in", 0), code;
	struct lines *lines, *by_block;
	char in[64];

	require(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes, "memfd");
	snprintf(in, sizeof(in), "/proc/self/fd/%d", fd);
	lines = lines_open(in, &code, &error);
	require(lines || error.text[0], "an error has a text");
	by_block = lines ? lines_open(in, &code, &error) : NULL;
	if (by_block)
		read_lines(lines, by_block, &error);
	lines_close(lines);
	lines_close(by_block);
	close(fd);
	return 0;
}
