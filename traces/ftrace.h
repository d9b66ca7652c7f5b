/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of ftrace text, in the default shape of /sys/kernel/tracing/trace
 * and trace_pipe:
 *
 *	            comm-pid     [cpu] flags  time: event: fields
 *
 * The flags and a "(tgid)" column are optional, as are most fields of the
 * kmem events; fields are found by name, in any order. Pure parsing: no
 * state, no memory of its own, texts point into the line.
 */
#ifndef TRACES_FTRACE_H
#define TRACES_FTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/scan.h"

enum ftrace_kind {
	FTRACE_ALLOC,             /* kmem_cache_alloc, kmem_cache_alloc_node */
	FTRACE_KMALLOC,           /* kmalloc, kmalloc_node */
	FTRACE_FREE,              /* kmem_cache_free */
	FTRACE_KFREE,             /* kfree */
	FTRACE_PAGE_ALLOC,        /* mm_page_alloc */
	FTRACE_PAGE_FREE,         /* mm_page_free, mm_page_free_direct */
	FTRACE_PAGE_FREE_BATCHED, /* mm_page_free_batched, mm_pagevec_free */
	FTRACE_OTHER,             /* a well-formed line of another event */
	FTRACE_COMMENT,  /* header lines, "##### CPU 2 buffer started ####" */
	FTRACE_ENTRIES,  /* # entries-in-buffer/entries-written: A/B  #P:n */
	FTRACE_LOST,     /* CPU:0 [LOST 136 EVENTS], [136 EVENTS DROPPED] */
	FTRACE_UNPARSED, /* anything else */
};

struct ftrace_text {
	const char *text; /* not NUL-terminated; NULL: the field is not there */
	size_t bytes;
};

struct ftrace_line {
	enum ftrace_kind kind;
	uint64_t time; /* nanoseconds; with @ticks, of an unknown unit */
	bool ticks;    /* the clock prints plain integers */
	uint16_t cpu;
	int16_t node; /* -1: none asked for */
	/* of pages: the order, and the migratetype + 1 (0: none) */
	uint32_t bytes_req, bytes_alloc;
	/* 0: every spelling of NULL; of pages: see page_fields.h */
	uint64_t ptr;
	bool hidden_ptr; /* (____ptrval____): no identity */
	/*
	 * Lines of one shape differ in time, CPU, task and pointer only;
	 * 0: not known to be of any. See line_memo.h.
	 */
	uint32_t shape;
	/* Lines of one thread have the same task and CPU; 0: not known. */
	uint32_t thread;
	struct ftrace_text task, call_site, name, gfp;
	/* of FTRACE_ENTRIES; cpus 0: not there */
	uint64_t entries_in, entries_written;
	uint32_t cpus;
	uint64_t lost;       /* of FTRACE_LOST; ... */
	bool lost_uncounted; /* ... no number was known: 1, or told elsewhere */
	/*
	 * ... @cpu lost them. Until @time, or, where that is 0, until the next
	 * event of the trace.
	 */
	bool lost_placed;
};

/* Longer names and call sites than any kernel has make a line unparsed. */
#define FTRACE_TEXT_MAX 512

struct line_memo;

/*
 * ftrace_parse - a line (without its newline) into @line; never fails.
 * @memo: of the lines before, or NULL; only time depends on it.
 */
void ftrace_parse(struct line_memo *memo, const char *text, size_t bytes,
		  struct ftrace_line *line);

/* For parsers of other shapes: an unparsed line without a field. */
void ftrace_line_clear(struct ftrace_line *line);
/* Lines that begin with '#', and empty ones: sets the kind. */
void ftrace_parse_comment(struct cursor in, struct ftrace_line *line);
/* "CPU:0 [LOST 136 EVENTS]": sets the kind where it is such a line. */
void ftrace_parse_lost(struct cursor in, struct ftrace_line *line);

#endif
