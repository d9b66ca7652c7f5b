/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a trace repeat themselves: but for time, CPU and pointer, most are
 * one of some hundreds. A memo remembers
 *
 *	the task of a CPU           "              sh-71      [003] "
 *	what stands before          "kmalloc: call_site=f+0x7f/0x150 ptr="
 *	and behind the pointer      " bytes_req=64 ... accounted=false"
 *
 * together with what the parser made of them; to compare a text with one that
 * is known takes a fifth of the time of parsing it. Only texts that are the
 * same byte for byte are taken for known, and what is remembered is what the
 * parser found, so with a memo or without, a line means the same.
 */
#ifndef TRACES_LINE_MEMO_H
#define TRACES_LINE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/ftrace.h"
#include "traces/scan.h"

/*
 * Memos that may be in use at a time for the lines of one trace. Their numbers
 * of shapes and of threads differ, and are 16 bits long.
 */
#define LINE_MEMOS 2

struct line_memo;

/*
 * line_memo_create - an empty memo
 * @number: 0..LINE_MEMOS-1; no two of one trace have the same shapes then.
 * Return: owned, or NULL: no memory. To parse without one is only slower.
 */
struct line_memo *line_memo_create(unsigned int number);
void line_memo_destroy(struct line_memo *memo);

/*
 * line_memo_find - is the line known, but for its time and pointer?
 * That is: the last task of its CPU, flags, a time of the same second as the
 * last one, and an event that was there before. Return: true with all of @line
 * set; false with nothing set.
 */
bool line_memo_find(const struct line_memo *memo, struct cursor in,
		    struct ftrace_line *line);

/*
 * line_memo_find_event - is "event: fields" up to the end of the line known?
 * Then all that kmem_take_event would set in @line is set, and its shape;
 * the texts point into the memo and are valid as long as it is.
 */
bool line_memo_find_event(const struct line_memo *memo, struct cursor in,
			  struct ftrace_line *line);
/* Remember that kmem_take_event made @line of @in; sets the shape. */
void line_memo_add_event(struct line_memo *memo, struct cursor in,
			 struct ftrace_line *line);

/*
 * line_memo_line - all of a line but its time and pointer
 * @shape, @thread: what an earlier line of this memo had, neither 0. The memo
 * may grow in another thread meanwhile. Texts point into the memo.
 */
void line_memo_line(const struct line_memo *memo, uint32_t shape,
		    uint32_t thread, struct ftrace_line *line);

/* "comm-pid [cpu] " in the kernel's columns: up to the blank behind it. */
#define LINE_MEMO_TASK_BYTES 31

/*
 * Remember that the parser found cpu and task of @line in the first
 * LINE_MEMO_TASK_BYTES of it, at @start; sets the thread.
 */
void line_memo_add_task(struct line_memo *memo, const char *start,
			struct ftrace_line *line);
/*
 * The same for lines of other columns: sets the thread of @line, whose task
 * and CPU are known.
 */
void line_memo_find_thread(struct line_memo *memo, struct ftrace_line *line);
/* And the time before the colon that @end stands behind. */
void line_memo_add_time(struct line_memo *memo, const char *start,
			const char *end, const struct ftrace_line *line);

#endif
