/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of trace-cmd report:
 *
 *	            comm-pid   [cpu]time: event:   (func+off) fields
 *
 * A "buffer:" column may stand in front, flags before the time and, with
 * --ts-diff, "(+20)" behind it. Twelve columns are for the time, right-aligned:
 * a long one touches the bracket. With -l, lines begin as in the kernel's
 * latency format.
 */
#include "traces/text_shapes.h"

#include <string.h>

#include "traces/kmem_fields.h"
#include "traces/line_memo.h"

#define COMM_COLUMNS 16

/* "-123   [001]" at the dash. */
static bool take_pid_and_cpu(struct cursor *in, const char **pid_end,
			     struct ftrace_line *line)
{
	uint64_t cpu, pid;

	if (!scan_take(in, '-') || !scan_number(in, UINT32_MAX, &pid))
		return false;
	*pid_end = in->p;
	scan_skip_blanks(in);
	if (!scan_take(in, '[') || !scan_number(in, UINT16_MAX - 1, &cpu) ||
	    !scan_take(in, ']'))
		return false;
	line->cpu = (uint16_t)cpu;
	return true;
}

static bool take_flags_and_time(struct cursor *in, struct ftrace_line *line)
{
	scan_skip_blanks(in);
	if (in->p < in->end && (*in->p < '0' || *in->p > '9')) {
		scan_skip_text(in);
		scan_skip_blanks(in);
	}
	return kmem_take_time(in, line);
}

/* The comm fills the columns before the dash, blanks on its left. */
static void set_task(struct ftrace_line *line, const char *start,
		     const char *dash, const char *pid_end)
{
	struct cursor task = { start, pid_end };

	if (dash - start > COMM_COLUMNS)
		task.p = dash - COMM_COLUMNS;
	scan_skip_blanks(&task);
	line->task.text = task.p;
	line->task.bytes = (size_t)(pid_end - task.p);
}

/* Names of buffers and tasks may hold dashes: the first one that fits. */
static bool take_prefix(struct cursor *in, struct ftrace_line *line)
{
	const char *start = in->p, *pid_end, *dash;

	while (in->p < in->end &&
	       (dash = memchr(in->p, '-', (size_t)(in->end - in->p)))) {
		in->p = dash;
		if (take_pid_and_cpu(in, &pid_end, line) &&
		    take_flags_and_time(in, line)) {
			set_task(line, start, dash, pid_end);
			return true;
		}
		in->p = dash + 1;
	}
	return false;
}

/* What stands before the events: "cpus=4", and talk of old versions. */
static bool parse_head(struct cursor in, struct ftrace_line *line)
{
	struct cursor rest = in;
	uint64_t number;

	if (scan_take_word(&rest, "cpus=") &&
	    scan_number(&rest, UINT16_MAX, &number) && rest.p == rest.end) {
		line->kind = FTRACE_ENTRIES;
		line->cpus = (uint32_t)number;
		return true;
	}
	rest = in;
	if ((scan_take_word(&rest, "version = ") &&
	     scan_number(&rest, UINT32_MAX, &number) && rest.p == rest.end) ||
	    (scan_take_word(&rest, "CPU ") &&
	     scan_number(&rest, UINT32_MAX, &number) &&
	     scan_take_word(&rest, " is empty") && rest.p == rest.end)) {
		line->kind = FTRACE_COMMENT;
		return true;
	}
	return false;
}

/* "CPU:1 [439 EVENTS DROPPED]", "cpus=4", with "   buffer: " before or not. */
static void parse_no_event(struct cursor in, struct ftrace_line *line)
{
	const char *colon;

	for (int i = 0; i < 2 && line->kind == FTRACE_UNPARSED; i++) {
		scan_skip_blanks(&in);
		if (!parse_head(in, line))
			ftrace_parse_lost(in, line);
		colon = memchr(in.p, ':', (size_t)(in.end - in.p));
		if (!colon)
			return;
		in.p = colon + 1;
	}
}

/* "(+20)", microseconds since the event before. */
static void skip_difference(struct cursor *in)
{
	const char *close;

	scan_skip_blanks(in);
	if (!scan_take_word(in, "(+"))
		return;
	close = memchr(in->p, ')', (size_t)(in->end - in->p));
	if (close)
		in->p = close + 1;
}

void trace_cmd_parse(struct text_reader *reader, struct cursor in,
		     struct ftrace_line *line)
{
	struct line_memo *memo = reader->memo;
	struct cursor whole = in, event;

	if (!take_prefix(&in, line)) {
		in = whole;
		if (!latency_take_prefix(&in, line))
			in.p = in.end;
	}
	skip_difference(&in);
	if (memo && line->task.bytes)
		line_memo_find_thread(memo, line);
	if (memo && line_memo_find_event(memo, in, line))
		return;
	event = in;
	if (kmem_take_event(&in, line)) {
		if (memo)
			line_memo_add_event(memo, event, line);
		return;
	}
	line->kind = FTRACE_UNPARSED;
	parse_no_event(whole, line);
}
