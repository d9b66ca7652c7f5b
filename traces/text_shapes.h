/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parsers behind text.h. Each gets a line that is neither empty nor a
 * '#' comment, holds no NUL, and has lost its "\r"; @line is cleared, so to
 * return without having set a kind makes it unparsed.
 */
#ifndef TRACES_TEXT_SHAPES_H
#define TRACES_TEXT_SHAPES_H

#include "traces/scan.h"
#include "traces/text.h"

/* trace_cmd_text.c, perf_text.c, babeltrace_text.c, shape_latency.c */
void trace_cmd_parse(struct text_reader *reader, struct cursor in,
		     struct ftrace_line *line);
void perf_parse(struct text_reader *reader, struct cursor in,
		struct ftrace_line *line);
void babeltrace_parse(struct text_reader *reader, struct cursor in,
		      struct ftrace_line *line);
void latency_parse(struct text_reader *reader, struct cursor in,
		   struct ftrace_line *line);

/* Comments of the shapes that say something; sets the kind. */
void perf_parse_comment(struct cursor in, struct ftrace_line *line);
void latency_parse_comment(struct cursor in, struct ftrace_line *line);

/* "comm-pid 2.....  time:" up to the event, of report -l as well. */
bool latency_take_prefix(struct cursor *in, struct ftrace_line *line);

/* Make "comm-pid" of its two parts; false where it is too long. */
bool text_set_task(struct text_reader *reader, struct ftrace_line *line,
		   struct ftrace_text comm, struct ftrace_text pid);

#endif
