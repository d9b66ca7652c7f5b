/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the shape of a text to its parser, and what all parsers need done
 * before. The default shape goes its own way: it is the frequent one.
 */
#include "traces/text.h"

#include <string.h>

#include "traces/text_shapes.h"

typedef void parse_line(struct text_reader *reader, struct cursor in,
			struct ftrace_line *line);
typedef void parse_comment(struct cursor in, struct ftrace_line *line);

static const struct {
	const char *name;
	parse_line *parse;
	parse_comment *comment;
} shapes[] = {
	[TEXT_FTRACE] = { "ftrace", NULL, NULL },
	[TEXT_LATENCY] = { "ftrace latency", latency_parse,
			   latency_parse_comment },
	[TEXT_TRACE_CMD] = { "trace-cmd report", trace_cmd_parse,
			     ftrace_parse_comment },
	[TEXT_PERF] = { "perf script", perf_parse, perf_parse_comment },
	[TEXT_BABELTRACE] = { "babeltrace2", babeltrace_parse,
			      ftrace_parse_comment },
};

const char *text_shape_name(enum text_shape shape)
{
	return shapes[shape].name;
}

bool text_set_task(struct text_reader *reader, struct ftrace_line *line,
		   struct ftrace_text comm, struct ftrace_text pid)
{
	if (comm.bytes + pid.bytes + 1 > sizeof(reader->task))
		return false;
	memcpy(reader->task, comm.text, comm.bytes);
	reader->task[comm.bytes] = '-';
	memcpy(reader->task + comm.bytes + 1, pid.text, pid.bytes);
	line->task.text = reader->task;
	line->task.bytes = comm.bytes + 1 + pid.bytes;
	return true;
}

static void parse_other(struct text_reader *reader, struct cursor in,
			struct ftrace_line *line)
{
	ftrace_line_clear(line);
	if (in.p < in.end && in.end[-1] == '\r')
		in.end--;
	if (in.p == in.end || *in.p == '#') {
		shapes[reader->shape].comment(in, line);
		return;
	}
	if (memchr(in.p, '\0', (size_t)(in.end - in.p)))
		return;
	shapes[reader->shape].parse(reader, in, line);
}

void text_parse(struct text_reader *reader, const char *text, size_t bytes,
		struct ftrace_line *line)
{
	struct cursor in = { text, text + bytes };

	if (reader->shape == TEXT_FTRACE)
		ftrace_parse(reader->memo, text, bytes, line);
	else
		parse_other(reader, in, line);
}
