/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ftrace text with options/latency-format:
 *
 *	    comm-pid     2..... 55759us+: event: fields
 *
 * Eight columns are for the comm, the CPU touches the flags, the time is in
 * microseconds since the trace began and the character behind "us" grades the
 * time to the next event. With options/verbose, instead:
 *
 *	            comm     pid   2 0 00000000 00000001 [0000d9cf] 55.759ms
 *	(+0.022ms): event: fields
 */
#include "traces/text_shapes.h"

#include <string.h>

#include "traces/kmem_fields.h"

#define COMM_COLUMNS 8
#define VERBOSE_COMM_COLUMNS 16

/* "  2.....": the flags never begin with a digit. */
static bool take_cpu_and_flags(struct cursor *in, struct ftrace_line *line)
{
	uint64_t cpu;

	scan_skip_blanks(in);
	if (!scan_number(in, UINT16_MAX - 1, &cpu) || scan_at(in, ' '))
		return false;
	scan_skip_text(in);
	line->cpu = (uint16_t)cpu;
	return true;
}

/* "55759us+: "; "42.953288:" of trace-cmd; "1234:" of a clock without unit */
static bool take_latency_time(struct cursor *in, struct ftrace_line *line)
{
	struct cursor us;

	scan_skip_blanks(in);
	us = *in;
	if (kmem_take_time(in, line))
		return true;
	if (!scan_number(&us, UINT64_MAX / 1000, &line->time) ||
	    !scan_take_word(&us, "us") || us.p == us.end)
		return false;
	line->time *= 1000;
	line->ticks = false;
	us.p++;
	*in = us;
	return scan_take(in, ':');
}

static bool take_prefix(struct cursor *in, struct ftrace_line *line)
{
	const char *pid_end;
	uint64_t pid;

	if (!scan_take(in, '-') || !scan_number(in, UINT32_MAX, &pid))
		return false;
	pid_end = in->p;
	if (!scan_at(in, ' ') || !take_cpu_and_flags(in, line) ||
	    !take_latency_time(in, line))
		return false;
	line->task.bytes = (size_t)(pid_end - line->task.text);
	return true;
}

/* The dash stands in the ninth column; where blanks are gone, any. */
bool latency_take_prefix(struct cursor *in, struct ftrace_line *line)
{
	const char *start = in->p;

	scan_skip_blanks(in);
	line->task.text = in->p;
	if (in->end - start > COMM_COLUMNS && in->p <= start + COMM_COLUMNS) {
		in->p = start + COMM_COLUMNS;
		if (take_prefix(in, line))
			return true;
	}
	for (const char *dash = line->task.text;
	     dash < in->end && dash - line->task.text <= COMM_COLUMNS; dash++) {
		in->p = dash;
		if (take_prefix(in, line))
			return true;
	}
	return false;
}

/* "[0000d9cf] 55.759ms (+0.022ms): ": what is in brackets is absolute. */
static bool take_verbose_time(struct cursor *in, struct ftrace_line *line)
{
	const char *close;

	if (!scan_take_word(in, " [") || !scan_hex(in, &line->time) ||
	    !scan_take_word(in, "] "))
		return false;
	close = memchr(in->p, ')', (size_t)(in->end - in->p));
	if (!close || line->time > UINT64_MAX / 1000)
		return false;
	line->ticks = memcmp(close - 2, "ms", 2) != 0;
	if (!line->ticks)
		line->time *= 1000;
	in->p = close + 1;
	return scan_take(in, ':');
}

static bool take_verbose_line(struct text_reader *reader, struct cursor *in,
			      struct ftrace_line *line)
{
	struct ftrace_text comm = { NULL, 0 }, pid;
	const char *start = in->p;
	uint64_t number, cpu;

	if (in->end - start <= VERBOSE_COMM_COLUMNS)
		return false;
	scan_skip_blanks(in);
	if (in->p > start + VERBOSE_COMM_COLUMNS)
		return false;
	comm.text = in->p;
	comm.bytes = (size_t)(start + VERBOSE_COMM_COLUMNS - in->p);
	in->p = start + VERBOSE_COMM_COLUMNS;
	scan_skip_blanks(in);
	pid.text = in->p;
	if (!scan_number(in, UINT32_MAX, &number))
		return false;
	pid.bytes = (size_t)(in->p - pid.text);
	scan_skip_blanks(in);
	if (!scan_number(in, UINT16_MAX - 1, &cpu))
		return false;
	line->cpu = (uint16_t)cpu;
	/* flags, preempt count, number of the event: all hex or decimal */
	for (int i = 0; i < 3; i++) {
		scan_skip_blanks(in);
		if (!scan_hex(in, &number))
			return false;
	}
	return take_verbose_time(in, line) &&
	       text_set_task(reader, line, comm, pid);
}

void latency_parse(struct text_reader *reader, struct cursor in,
		   struct ftrace_line *line)
{
	struct cursor whole = in;

	if (latency_take_prefix(&in, line) && kmem_take_event(&in, line))
		return;
	in = whole;
	if (take_verbose_line(reader, &in, line) && kmem_take_event(&in, line))
		return;
	line->kind = FTRACE_UNPARSED;
	ftrace_parse_lost(whole, line);
}

/* "# latency: 0 us, #1837/1837, CPU#0 | (M:server ... #P:4)" */
void latency_parse_comment(struct cursor in, struct ftrace_line *line)
{
	uint64_t us, cpus;
	const char *hash;

	line->kind = FTRACE_COMMENT;
	if (!scan_take_word(&in, "# latency: ") ||
	    !scan_number(&in, UINT64_MAX, &us) ||
	    !scan_take_word(&in, " us, #") ||
	    !scan_number(&in, UINT64_MAX, &line->entries_in) ||
	    !scan_take(&in, '/') ||
	    !scan_number(&in, UINT64_MAX, &line->entries_written)) {
		line->entries_in = 0;
		return;
	}
	line->kind = FTRACE_ENTRIES;
	for (hash = in.p; hash < in.end; hash++) {
		in.p = hash;
		if (scan_take_word(&in, "#P:") &&
		    scan_number(&in, UINT16_MAX, &cpus))
			line->cpus = (uint32_t)cpus;
	}
}
