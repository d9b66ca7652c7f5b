/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the text once more: an import counts these lines, but drops them. */
#define _GNU_SOURCE
#include "traces/marks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/error.h"
#include "traces/lines.h"
#include "traces/sniff.h"
#include "traces/text.h"

struct marks_reader {
	struct lines *lines;
	struct text_reader text;
	struct trace_marks *marks;
	uint32_t room;
	bool started;
	uint64_t first_ns;
};

static bool add_mark(struct marks_reader *reader, const struct trace_mark *mark)
{
	struct trace_marks *marks = reader->marks;

	if (!array_reach(&marks->marks, &reader->room, marks->nr,
			 sizeof(*marks->marks)))
		return false;
	marks->marks[marks->nr++] = *mark;
	return true;
}

/* What follows @word in the line, or NULL: it is not there. */
static const char *behind(const struct line *line, const char *word)
{
	const char *found = memmem(line->text, line->bytes, word, strlen(word));

	return found ? found + strlen(word) : NULL;
}

static bool is_mark(const struct line *line, struct trace_mark *mark)
{
	const char *end = line->text + line->bytes, *name;
	size_t length = 0;

	*mark = (struct trace_mark){ .kind = MARK_REAP };
	if (behind(line, ": function cache_reap") &&
	    behind(line, "workqueue_execute_start: "))
		return true;
	mark->kind = MARK_SLABINFO_BEGIN;
	name = behind(line, " slabinfo begin ");
	if (!name) {
		mark->kind = MARK_SLABINFO_END;
		name = behind(line, " slabinfo end ");
	}
	if (!name)
		return false;
	while (name + length < end && name[length] != ' ' &&
	       length < MARK_NAME_BYTES - 1)
		length++;
	memcpy(mark->name, name, length);
	return true;
}

/* Return: 1 go on, 0 no marks can be had here, or -errno. */
static int take_line(struct marks_reader *reader, const struct line *line)
{
	struct ftrace_line parsed;
	struct trace_mark mark;
	bool wanted = is_mark(line, &mark);

	/* times of day are told apart only by those in between */
	if (reader->started && !wanted && reader->text.shape != TEXT_BABELTRACE)
		return 1;
	text_parse(&reader->text, line->text, line->bytes, &parsed);
	if (parsed.kind > FTRACE_OTHER)
		return 1;
	if (parsed.ticks)
		return 0;
	if (!reader->started)
		reader->first_ns = parsed.time;
	reader->started = true;
	if (!wanted || parsed.kind != FTRACE_OTHER ||
	    parsed.time < reader->first_ns)
		return 1;
	mark.time_ns = parsed.time - reader->first_ns;
	mark.cpu = parsed.cpu;
	return add_mark(reader, &mark) ? 1 : -ENOMEM;
}

static int read_marks(struct marks_reader *reader, struct trace_error *error)
{
	struct sniffed sniffed;
	struct line line;
	const char *text;
	size_t bytes;
	int code = lines_peek(reader->lines, &text, &bytes, error);

	if (code)
		return code;
	sniffed = sniff(text, bytes);
	if (sniffed.format != SNIFF_TEXT)
		return 0;
	reader->text.shape = sniffed.shape;
	while ((code = lines_next(reader->lines, &line, error)) > 0) {
		code = take_line(reader, &line);
		if (code < 0)
			return trace_fail(error, code, "%s: out of memory",
					  lines_name(reader->lines));
		if (!code)
			return 0;
	}
	return code;
}

int trace_marks_read(const char *path, struct trace_marks *marks,
		     struct trace_error *error)
{
	struct marks_reader reader = { .marks = marks };
	int code;

	*marks = (struct trace_marks){ .marks = NULL };
	reader.lines = lines_open(path, &code, error);
	if (!reader.lines)
		return code;
	code = read_marks(&reader, error);
	lines_close(reader.lines);
	if (code)
		trace_marks_release(marks);
	return code;
}

void trace_marks_release(struct trace_marks *marks)
{
	free(marks->marks);
	*marks = (struct trace_marks){ .marks = NULL };
}

const struct trace_mark *trace_marks_find(const struct trace_marks *marks,
					  enum mark_kind kind, const char *name,
					  bool last)
{
	const struct trace_mark *found = NULL;

	for (size_t i = 0; i < marks->nr; i++) {
		const struct trace_mark *mark = &marks->marks[i];

		if (mark->kind != kind || (name && strcmp(mark->name, name)))
			continue;
		found = mark;
		if (!last)
			break;
	}
	return found;
}
