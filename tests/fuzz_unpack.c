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

#define LINES_READ 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static void read_lines(struct lines *lines, struct trace_error *error)
{
	struct line line;
	int code = 1;

	for (int n = 0; n < LINES_READ && code > 0; n++) {
		code = lines_next(lines, &line, error);
		if (code > 0)
			require(line.bytes <= LINE_MAX_BYTES, "a line");
	}
	require(code >= 0 || error->text[0], "an error has a text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct trace_error error = { "" };
	int fd = memfd_create("in", 0), code;
	struct lines *lines;
	char in[64];

	require(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes, "memfd");
	snprintf(in, sizeof(in), "/proc/self/fd/%d", fd);
	lines = lines_open(in, &code, &error);
	require(lines || error.text[0], "an error has a text");
	if (lines)
		read_lines(lines, &error);
	lines_close(lines);
	close(fd);
	return 0;
}
