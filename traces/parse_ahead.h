/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines read and parsed by a second thread, handed out in the order of the
 * file: what is made of them does not depend on the number of threads.
 */
#ifndef TRACES_PARSE_AHEAD_H
#define TRACES_PARSE_AHEAD_H

#include "traces/lines.h"
#include "traces/text.h"

struct parse_ahead;

/*
 * parse_ahead_start - begin to read @lines, which are the thread's until
 * parse_ahead_stop
 * Return: owned, or NULL: no memory or no thread.
 */
struct parse_ahead *parse_ahead_start(struct lines *lines,
				      enum text_shape shape);
/*
 * parse_ahead_next - the next line
 * @line, @parsed: valid until the next call. Return: as lines_next; -EAGAIN
 * when nothing came for a while, to look at what else there is to do.
 */
int parse_ahead_next(struct parse_ahead *ahead, struct line *line,
		     const struct ftrace_line **parsed,
		     struct trace_error *error);
/*
 * parse_ahead_later - what parse_ahead_next will give some lines later
 * To have the processor fetch what it will need. Return: NULL: not there yet.
 */
const struct ftrace_line *parse_ahead_later(const struct parse_ahead *ahead);
/* Bytes read of the file, so far. */
uint64_t parse_ahead_done_bytes(struct parse_ahead *ahead);
void parse_ahead_stop(struct parse_ahead *ahead);

#endif
