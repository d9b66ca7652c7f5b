/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the parsers of text, each for itself: the first byte chooses the
 * shape (0 ftrace, 1 latency, 2 trace-cmd, 3 perf, 4 babeltrace), the rest is
 * lines. TEXT_SHAPE=3 in the environment: all is lines of that shape, so that
 * recordings are a corpus as they are. What is accepted must be within the
 * line or the reader, and make sense.
 *
 *	make fuzz
 *	TEXT_SHAPE=3 build-fuzz/tests/fuzz_text -max_len=4096 CORPUS RECORDINGS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/gfp.h"
#include "traces/sniff.h"
#include "traces/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* Touches every byte, so that a sanitizer sees one that is not there. */
static void look_at(struct ftrace_text text, size_t max)
{
	size_t sum = 0;

	require(text.bytes <= max, "length of a text");
	for (size_t i = 0; i < text.bytes; i++)
		sum += (unsigned char)text.text[i];
	require(sum <= 255 * text.bytes, "sum");
}

static void parse_line(struct text_reader *reader, const char *text,
		       size_t bytes)
{
	char *copy = malloc(bytes ? bytes : 1);
	struct ftrace_line line;

	/* a copy of its exact size: reading past the end is seen */
	require(copy != NULL, "memory");
	memcpy(copy, text, bytes);
	text_parse(reader, copy, bytes, &line);
	if (line.kind < FTRACE_OTHER) {
		look_at(line.task, bytes + 1);
		look_at(line.call_site, FTRACE_TEXT_MAX);
		look_at(line.name, FTRACE_TEXT_MAX);
		look_at(line.gfp, bytes);
		require(line.node >= -1 && line.cpu < UINT16_MAX, "numbers");
		gfp_parse(line.gfp.text, line.gfp.bytes);
	}
	require(line.kind != FTRACE_LOST || line.lost || !line.lost_uncounted,
		"one is lost at least, where no number is known");
	free(copy);
}

static int shape_of(uint8_t first)
{
	const char *wanted = getenv("TEXT_SHAPE");

	return wanted ? atoi(wanted) : first % (TEXT_BABELTRACE + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct text_reader reader = { .shape = TEXT_FTRACE };
	const char *text = (const char *)data, *end = text + bytes;

	sniff(text, bytes);
	if (!bytes)
		return 0;
	reader.shape = (enum text_shape)shape_of(data[0]);
	if (!getenv("TEXT_SHAPE"))
		text++;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		parse_line(&reader, text, (size_t)(stop - text));
		text = stop + 1;
	}
	return 0;
}
