/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of the page allocator, mm_page_*: their names in all kernels, their
 * fields in text, and what becomes of them whatever the source.
 */
#ifndef TRACES_PAGE_FIELDS_H
#define TRACES_PAGE_FIELDS_H

#include "traces/ftrace.h"

/* What .ptr of a page event holds instead of a page frame's number. */
#define PAGE_NO_PFN UINT64_MAX       /* the event has none */
#define PAGE_FAILED (UINT64_MAX - 1) /* no page was there to be had */

/* page_kind - of the event of this name; false: none that is kept */
bool page_kind(const char *name, size_t bytes, enum ftrace_kind *kind);
static inline bool page_is_kind(enum ftrace_kind kind)
{
	return kind >= FTRACE_PAGE_ALLOC && kind <= FTRACE_PAGE_FREE_BATCHED;
}

/* The fields of an event, as far as it has them. */
struct page_fields {
	bool has_page, has_pfn, has_order, has_migratetype;
	uint64_t page; /* a pointer, of no use but to see NULL */
	uint64_t pfn, order;
	int64_t migratetype;
};

/* page_put - into the line; false: one is missing that all kernels have */
bool page_put(const struct page_fields *fields, struct ftrace_line *line);

/*
 * page_take_fields - "page=... pfn=0x4e6e1 order=0 ..." up to the line's end
 * A line of trace_printk by a function of the name becomes FTRACE_OTHER.
 */
bool page_take_fields(struct cursor *in, struct ftrace_line *line);

#endif
