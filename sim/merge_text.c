/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The merge. Each input holds its next event line, parsed; the one with the
 * earliest time is written, the first of equals, with all lines behind it
 * that are no events (call chains, losses). Nothing is kept but one line of
 * each file.
 */
#define _POSIX_C_SOURCE 200809L
#include "sim/merge_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "traces/lines.h"
#include "traces/sniff.h"
#include "traces/text.h"

struct input {
	const char *path;
	struct lines *lines;
	struct text_reader reader;
	struct line line;          /* the next one */
	struct ftrace_line parsed; /* the same */
	bool there;                /* there is one */
	bool started;              /* an event has been seen */
	uint64_t last;             /* its time */
};

struct merge {
	struct input *inputs;
	uint32_t nr;
	FILE *out;
	struct merge_counts *counts;
	uint64_t entries_in, entries_written;
	uint32_t cpus;
	bool entries;
};

static bool is_event(const struct input *input)
{
	switch (input->parsed.kind) {
	case FTRACE_ALLOC:
	case FTRACE_KMALLOC:
	case FTRACE_FREE:
	case FTRACE_KFREE:
	case FTRACE_PAGE_ALLOC:
	case FTRACE_PAGE_FREE:
	case FTRACE_PAGE_FREE_BATCHED:
	case FTRACE_OTHER:
		return true;
	default:
		return false;
	}
}

static int bad(const struct input *input, const char *what)
{
	talk("%s:%" PRIu64 ": %s", input->path, input->line.number, what);
	return EXIT_BAD_INPUT;
}

/* The next line of a file. */
static int advance(struct input *input)
{
	struct trace_error error = { "" };
	int code = lines_next(input->lines, &input->line, &error);

	input->there = code > 0;
	if (code < 0) {
		talk("%s", error.text);
		return code == -EBADMSG ? EXIT_BAD_INPUT : EXIT_IO;
	}
	if (!input->there)
		return EXIT_OK;
	text_parse(&input->reader, input->line.text, input->line.bytes,
		   &input->parsed);
	if (!is_event(input))
		return EXIT_OK;
	if (input->started && input->parsed.time < input->last)
		return bad(input, "time goes back: an event is earlier than "
				  "the one before it");
	input->started = true;
	input->last = input->parsed.time;
	return EXIT_OK;
}

static void put_line(struct merge *merge, const struct input *input)
{
	fwrite(input->line.text, 1, input->line.bytes, merge->out);
	putc('\n', merge->out);
}

/* --- the headers --- */

static int open_input(struct input *input)
{
	struct trace_error error = { "" };
	struct sniffed sniffed;
	const char *text = "";
	size_t bytes = 0;
	int code;

	input->lines = lines_open(input->path, &code, &error);
	if (input->lines)
		code = lines_peek(input->lines, &text, &bytes, &error);
	if (code) {
		talk("%s", error.text);
		return code == -EBADMSG ? EXIT_BAD_INPUT : EXIT_IO;
	}
	sniffed = sniff(text, bytes);
	if (sniffed.format == SNIFF_TEXT) {
		input->reader.shape = sniffed.shape;
		return EXIT_OK;
	}
	talk("%s: %s; what can be merged is text of one recording", input->path,
	     sniffed.format == SNIFF_REFUSED ? sniffed.why :
					       "this is no text of a trace");
	return EXIT_BAD_INPUT;
}

static void add_entries(struct merge *merge, const struct ftrace_line *parsed)
{
	merge->entries = true;
	merge->entries_in += parsed->entries_in;
	merge->entries_written += parsed->entries_written;
	if (parsed->cpus > merge->cpus)
		merge->cpus = parsed->cpus;
}

/*
 * Lines before the first event: comments of all files but the first are left
 * out, entries are added up, all else is kept.
 */
static int read_heading(struct merge *merge, struct input *input)
{
	int code = advance(input);

	while (code == EXIT_OK && input->there && !is_event(input)) {
		if (input->parsed.kind == FTRACE_ENTRIES)
			add_entries(merge, &input->parsed);
		else if (input->parsed.kind != FTRACE_COMMENT ||
			 input == merge->inputs)
			put_line(merge, input);
		code = advance(input);
	}
	if (code == EXIT_OK && !input->there)
		merge->counts->files_without_events++;
	return code;
}

static int check_alike(const struct input *first, const struct input *input)
{
	if (first->reader.shape != input->reader.shape) {
		talk("%s: is text of %s, but %s of %s: not of one recording",
		     input->path, text_shape_name(input->reader.shape),
		     first->path, text_shape_name(first->reader.shape));
		return EXIT_BAD_INPUT;
	}
	if (first->there && input->there &&
	    first->parsed.ticks != input->parsed.ticks)
		return bad(input, "the clock is another than that of the "
				  "first file");
	return EXIT_OK;
}

static int read_headings(struct merge *merge)
{
	for (uint32_t i = 0; i < merge->nr; i++) {
		struct input *input = &merge->inputs[i];
		int code = open_input(input);

		if (code == EXIT_OK)
			code = read_heading(merge, input);
		if (code == EXIT_OK)
			code = check_alike(merge->inputs, input);
		if (code)
			return code;
	}
	if (merge->entries)
		fprintf(merge->out,
			"# entries-in-buffer/entries-written: %" PRIu64
			"/%" PRIu64 "   #P:%" PRIu32 "\n",
			merge->entries_in, merge->entries_written, merge->cpus);
	return EXIT_OK;
}

/* --- the events --- */

static struct input *earliest(struct merge *merge)
{
	struct input *found = NULL;

	for (uint32_t i = 0; i < merge->nr; i++) {
		struct input *input = &merge->inputs[i];

		if (input->there &&
		    (!found || input->parsed.time < found->parsed.time))
			found = input;
	}
	return found;
}

static int merge_events(struct merge *merge)
{
	struct input *input;
	int code;

	while ((input = earliest(merge)) != NULL) {
		merge->counts->events++;
		do {
			put_line(merge, input);
			code = advance(input);
			if (code)
				return code;
		} while (input->there && !is_event(input));
		if (interrupt_wanted()) {
			talk("merge: interrupted");
			return EXIT_INTERRUPTED;
		}
		if (ferror(merge->out))
			return EXIT_IO;
	}
	return EXIT_OK;
}

int merge_texts(const char *const *paths, uint32_t nr, FILE *out,
		struct merge_counts *counts)
{
	struct merge merge = { .nr = nr, .out = out, .counts = counts };
	int code;

	memset(counts, 0, sizeof(*counts));
	merge.inputs = calloc(nr, sizeof(*merge.inputs));
	if (!merge.inputs) {
		talk("merge: out of memory");
		return EXIT_IO;
	}
	for (uint32_t i = 0; i < nr; i++)
		merge.inputs[i].path = paths[i];
	code = read_headings(&merge);
	if (code == EXIT_OK)
		code = merge_events(&merge);
	for (uint32_t i = 0; i < nr; i++) {
		if (merge.inputs[i].lines)
			lines_close(merge.inputs[i].lines);
	}
	free(merge.inputs);
	return code;
}
