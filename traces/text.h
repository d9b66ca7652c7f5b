/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of traces, whatever tool printed it: the shapes, and the one door to
 * their parsers. All give the same struct ftrace_line, so what follows does
 * not know which tool it was. To add a shape: a row in text.c, a parser, a
 * test in sniff.c.
 */
#ifndef TRACES_TEXT_H
#define TRACES_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "traces/ftrace.h"

enum text_shape {
	TEXT_FTRACE,     /* the kernel's trace and trace_pipe */
	TEXT_LATENCY,    /* the same with options/latency-format */
	TEXT_TRACE_CMD,  /* trace-cmd report */
	TEXT_PERF,       /* perf script */
	TEXT_BABELTRACE, /* babeltrace2 */
};

#define TEXT_TASK_MAX 80

/* What a parser has to remember from line to line. To begin: all zero. */
struct text_reader {
	enum text_shape shape;
	char task[TEXT_TASK_MAX]; /* where a line does not say "comm-pid" */
	/* babeltrace2 prints the time of day: the days since, and the last */
	uint64_t day_ns, last_ns;
	struct line_memo *memo; /* borrowed, or NULL; of two shapes */
};

/* "ftrace", "perf script" ...: what a trace's header calls the format. */
const char *text_shape_name(enum text_shape shape);

/*
 * text_parse - a line (without its newline) into @line; never fails
 * Texts of @line point into @text, into the memo or, the task, into @reader:
 * they are valid until the next call.
 */
void text_parse(struct text_reader *reader, const char *text, size_t bytes,
		struct ftrace_line *line);

#endif
