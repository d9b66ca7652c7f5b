/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser of ftrace lines in the default shape, by hand because it runs
 * once for each of millions of lines: the task, the CPU, the flags, and the
 * lines that are no events. The rest of a line is kmem_fields.c.
 */
#include "traces/ftrace.h"

#include <string.h>

#include "traces/kmem_fields.h"
#include "traces/line_memo.h"
#include "traces/scan.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- before the fields: comm-pid [cpu] flags time: event: --- */

/* "-123   [001]", "-123 (  99) [001]": the end of the task, and the CPU. */
static bool take_pid_and_cpu(struct cursor *in, struct ftrace_line *line)
{
	const char *pid_end;
	uint64_t cpu, number;

	if (!scan_take(in, '-') || !scan_number(in, UINT32_MAX, &number))
		return false;
	pid_end = in->p;
	scan_skip_blanks(in);
	if (scan_take(in, '(')) {
		scan_skip_blanks(in);
		/* "(-------)": not known */
		while (scan_take(in, '-'))
			;
		if (!scan_at(in, ')') && !scan_number(in, UINT32_MAX, &number))
			return false;
		if (!scan_take(in, ')'))
			return false;
		scan_skip_blanks(in);
	}
	if (!scan_take(in, '[') || !scan_number(in, UINT16_MAX - 1, &cpu) ||
	    !scan_take(in, ']') || !scan_at(in, ' '))
		return false;
	line->cpu = (uint16_t)cpu;
	line->task.bytes = (size_t)(pid_end - line->task.text);
	return true;
}

/*
 * The kernel prints the comm right-aligned in 16 columns, so the '-' stands
 * in the 17th whatever the comm holds. Where it does not (blanks were
 * trimmed), it is the first '-' that fits.
 */
static bool take_task(struct line_memo *memo, struct cursor *in,
		      struct ftrace_line *line)
{
	const char *start = in->p;

	scan_skip_blanks(in);
	line->task.text = in->p;
	if (in->end - start > 16 && in->p <= start + 16) {
		in->p = start + 16;
		if (take_pid_and_cpu(in, line)) {
			if (memo && in->p - start == LINE_MEMO_TASK_BYTES - 1)
				line_memo_add_task(memo, start, line);
			return true;
		}
	}
	in->p = line->task.text;
	while (in->p < in->end) {
		const char *dash =
			memchr(in->p, '-', (size_t)(in->end - in->p));

		if (!dash || dash - line->task.text > 16)
			return false;
		in->p = dash;
		if (take_pid_and_cpu(in, line))
			return true;
		in->p = dash + 1;
	}
	return false;
}

/* One column of flags, or none: what starts with a digit is the time. */
static bool take_flags_and_time(struct cursor *in, struct ftrace_line *line)
{
	scan_skip_blanks(in);
	if (in->p < in->end && !is_digit(*in->p)) {
		scan_skip_text(in);
		scan_skip_blanks(in);
	}
	return kmem_take_time(in, line);
}

/* --- lines that are no events --- */

void ftrace_parse_comment(struct cursor in, struct ftrace_line *line)
{
	line->kind = FTRACE_COMMENT;
	if (!scan_take_word(&in, "# entries-in-buffer/entries-written: ") ||
	    !scan_number(&in, UINT64_MAX, &line->entries_in) ||
	    !scan_take(&in, '/') ||
	    !scan_number(&in, UINT64_MAX, &line->entries_written))
		return;
	line->kind = FTRACE_ENTRIES;
	scan_skip_blanks(&in);
	if (scan_take_word(&in, "#P:")) {
		uint64_t cpus;

		if (scan_number(&in, UINT16_MAX, &cpus))
			line->cpus = (uint32_t)cpus;
	}
}

/* "136 EVENTS]" or, where no number is known, "EVENTS]". */
static bool take_lost_events(struct cursor *in, const char *end,
			     struct ftrace_line *line)
{
	line->lost_uncounted = scan_take_word(in, "EVENTS");
	line->lost = 1;
	return (line->lost_uncounted ||
		(scan_number(in, UINT32_MAX, &line->lost) &&
		 scan_take_word(in, " EVENTS"))) &&
	       scan_take_word(in, end);
}

void ftrace_parse_lost(struct cursor in, struct ftrace_line *line)
{
	uint64_t cpu;

	scan_skip_blanks(&in);
	if (!scan_take_word(&in, "CPU:") ||
	    !scan_number(&in, UINT32_MAX, &cpu) || !scan_take_word(&in, " ["))
		return;
	/* the kernel's word, and that of trace-cmd */
	if (!(scan_take_word(&in, "LOST ") ?
		      take_lost_events(&in, "]", line) :
		      take_lost_events(&in, " DROPPED]", line)))
		return;
	line->kind = FTRACE_LOST;
	line->lost_placed = cpu < UINT16_MAX;
	line->cpu = line->lost_placed ? (uint16_t)cpu : 0;
}

/* Field by field: a memset of it all takes as long as parsing the prefix. */
void ftrace_line_clear(struct ftrace_line *line)
{
	const struct ftrace_text none = { NULL, 0 };

	line->kind = FTRACE_UNPARSED;
	line->time = 0;
	line->ticks = false;
	line->cpu = 0;
	line->node = -1;
	line->bytes_req = 0;
	line->bytes_alloc = 0;
	line->ptr = 0;
	line->hidden_ptr = false;
	line->shape = 0;
	line->thread = 0;
	line->task = none;
	line->call_site = none;
	line->name = none;
	line->gfp = none;
	line->entries_in = 0;
	line->entries_written = 0;
	line->cpus = 0;
	line->lost = 0;
	line->lost_uncounted = false;
	line->lost_placed = false;
}

static bool take_line(struct line_memo *memo, struct cursor in,
		      struct ftrace_line *line)
{
	const char *start = in.p;
	struct cursor event;

	if (!take_task(memo, &in, line))
		return false;
	event.p = in.p;
	if (!take_flags_and_time(&in, line))
		return false;
	if (memo && event.p - start == LINE_MEMO_TASK_BYTES - 1)
		line_memo_add_time(memo, start, in.p, line);
	if (memo && line_memo_find_event(memo, in, line))
		return true;
	event = in;
	if (!kmem_take_event(&in, line))
		return false;
	if (memo)
		line_memo_add_event(memo, event, line);
	return true;
}

void ftrace_parse(struct line_memo *memo, const char *text, size_t bytes,
		  struct ftrace_line *line)
{
	struct cursor in = { text, text + bytes };

	if (bytes && text[bytes - 1] == '\r')
		in.end--;
	if (memo && line_memo_find(memo, in, line))
		return;
	ftrace_line_clear(line);
	if (in.p == in.end || *in.p == '#') {
		ftrace_parse_comment(in, line);
		return;
	}
	if (memchr(text, '\0', bytes) || take_line(memo, in, line))
		return;
	line->kind = FTRACE_UNPARSED;
	ftrace_parse_lost(in, line);
}
