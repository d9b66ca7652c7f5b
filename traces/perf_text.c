/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of perf script, with or without call chains:
 *
 *	            comm  tid [cpu]  time:  kmem:event: fields
 *	        ffffffff8119d2ff kmem_cache_free+0xcf ([kernel.kallsyms])
 *
 * "pid/tid" may stand for the tid, and a number (the period) before the
 * event. Call sites are bare addresses where perf had no symbols.
 */
#include "traces/text_shapes.h"

#include <string.h>

#include "traces/kmem_fields.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "comm  123/124 " up to the bracket: the comm and the tid. */
static bool split_task(struct text_reader *reader, struct cursor before,
		       struct ftrace_line *line)
{
	struct ftrace_text comm, tid;
	const char *p = before.end, *end;

	while (p > before.p && p[-1] == ' ')
		p--;
	end = p;
	while (p > before.p && is_digit(p[-1]))
		p--;
	/* "-1": perf does not know */
	if (p < end && p - before.p > 1 && p[-1] == '-' && p[-2] == ' ')
		p--;
	tid = (struct ftrace_text){ p, (size_t)(end - p) };
	if (p > before.p && p[-1] == '/') {
		p--;
		while (p > before.p && (is_digit(p[-1]) || p[-1] == '-'))
			p--;
	}
	if (!tid.bytes || p == before.p || p[-1] != ' ' || end == before.end)
		return false;
	before.end = p;
	while (before.end > before.p && before.end[-1] == ' ')
		before.end--;
	scan_skip_blanks(&before);
	comm = (struct ftrace_text){ before.p,
				     (size_t)(before.end - before.p) };
	return comm.bytes && text_set_task(reader, line, comm, tid);
}

/* "[003]  68.157519:" */
static bool take_cpu_and_time(struct cursor *in, struct ftrace_line *line)
{
	uint64_t cpu;

	if (!scan_take(in, '[') || !scan_number(in, UINT16_MAX - 1, &cpu) ||
	    !scan_take(in, ']'))
		return false;
	line->cpu = (uint16_t)cpu;
	scan_skip_blanks(in);
	/* the column of flags, of -F +flags and the like */
	if (in->p < in->end && !is_digit(*in->p)) {
		scan_skip_text(in);
		scan_skip_blanks(in);
	}
	return kmem_take_time(in, line) && !line->ticks;
}

/* A comm may hold brackets: the first one that fits. */
static bool take_prefix(struct text_reader *reader, struct cursor *in,
			struct ftrace_line *line)
{
	struct cursor before = *in;
	const char *bracket;

	while (in->p < in->end &&
	       (bracket = memchr(in->p, '[', (size_t)(in->end - in->p)))) {
		in->p = bracket;
		before.end = bracket;
		if (take_cpu_and_time(in, line) &&
		    split_task(reader, before, line))
			return true;
		in->p = bracket + 1;
	}
	return false;
}

/*
 * "lost 258" of PERF_RECORD_LOST; other records are not events. It was written
 * when there was room again; one of LOST_SAMPLES is a sum of the end. @placed:
 * the line tells time and CPU.
 */
static void parse_record(struct cursor in, struct ftrace_line *line,
			 bool placed)
{
	line->kind = FTRACE_COMMENT;
	if (!scan_take_word(&in, "LOST"))
		return;
	line->lost_placed = !scan_take_word(&in, "_SAMPLES") && placed;
	scan_skip_blanks(&in);
	line->kind = FTRACE_LOST;
	if (scan_take_word(&in, "lost ") &&
	    scan_number(&in, UINT32_MAX, &line->lost))
		return;
	line->lost = 1;
	line->lost_uncounted = true;
}

/* "kmem:kfree:", "sched:sched_switch:", "cycles:" and what follows. */
static bool take_perf_event(struct cursor *in, struct ftrace_line *line)
{
	struct cursor name;
	uint64_t period;

	scan_skip_blanks(in);
	name = *in;
	if (scan_number(&name, UINT64_MAX, &period) && scan_at(&name, ' ')) {
		*in = name;
		scan_skip_blanks(in);
	}
	if (scan_take_word(in, "PERF_RECORD_")) {
		parse_record(*in, line, true);
		return true;
	}
	if (scan_take_word(in, "kmem:"))
		return kmem_take_event(in, line);
	name = *in;
	scan_skip_text(&name);
	if (name.p == in->p || name.p[-1] != ':')
		return false;
	line->kind = FTRACE_OTHER;
	return true;
}

/* "   ffffffff8119d2ff kmem_cache_free+0xcf ([kernel.kallsyms])" */
static bool is_call_chain(struct cursor in)
{
	uint64_t address;
	const char *start = in.p;

	while (scan_at(&in, '\t') || scan_at(&in, ' '))
		in.p++;
	return in.p > start && scan_hex(&in, &address) && scan_at(&in, ' ') &&
	       in.end[-1] == ')';
}

/* Records without a CPU or a time, of --show-mmap-events and the like. */
static bool is_timeless_record(struct cursor in, struct ftrace_line *line)
{
	static const char word[] = " PERF_RECORD_";
	const size_t bytes = sizeof(word) - 1;

	for (; (size_t)(in.end - in.p) >= bytes; in.p++) {
		if (memcmp(in.p, word, bytes) == 0) {
			in.p += bytes;
			parse_record(in, line, false);
			return true;
		}
	}
	return false;
}

void perf_parse(struct text_reader *reader, struct cursor in,
		struct ftrace_line *line)
{
	struct cursor whole = in;

	if (take_prefix(reader, &in, line)) {
		if (!take_perf_event(&in, line))
			line->kind = FTRACE_UNPARSED;
		return;
	}
	if (is_call_chain(whole))
		line->kind = FTRACE_COMMENT;
	else
		is_timeless_record(whole, line);
}

/* "# nrcpus online : 4", of perf script --header */
void perf_parse_comment(struct cursor in, struct ftrace_line *line)
{
	uint64_t cpus;

	line->kind = FTRACE_COMMENT;
	if (!scan_take_word(&in, "# nrcpus online : ") ||
	    !scan_number(&in, UINT16_MAX, &cpus))
		return;
	line->kind = FTRACE_ENTRIES;
	line->cpus = (uint32_t)cpus;
}
