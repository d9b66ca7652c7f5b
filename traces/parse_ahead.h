/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines read and parsed by a second thread, and by the caller's own when that
 * is too slow, handed out in the order of the file: what is made of them does
 * not depend on the number of threads.
 */
#ifndef TRACES_PARSE_AHEAD_H
#define TRACES_PARSE_AHEAD_H

#include "traces/lines.h"
#include "traces/text.h"

struct parse_ahead;

/*
 * parse_ahead_start - begin to read @lines, which are the threads' until
 * parse_ahead_stop
 * A signal may come while the other thread waits for input: only lines_stop_by
 * ends that.
 * Return: owned, or NULL: no memory or no thread.
 */
struct parse_ahead *parse_ahead_start(struct lines *lines,
				      enum text_shape shape);
/*
 * parse_ahead_next - the next lines, up to @most
 * @lines, @parsed: filled in, valid until the next call. @nr: how many.
 * Return: as lines_next.
 */
int parse_ahead_next(struct parse_ahead *ahead, struct line *lines,
		     struct ftrace_line *parsed, size_t most, size_t *nr,
		     struct trace_error *error);
/* Bytes read of the file for the lines given by the last call. */
uint64_t parse_ahead_done_bytes(const struct parse_ahead *ahead);
void parse_ahead_stop(struct parse_ahead *ahead);

#endif
