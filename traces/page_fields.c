/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page is known by its frame's number (pfn), which text shows in all kernels
 * and binary recordings from 4.2 on; before, they have a pointer to the
 * kernel's descriptor of the page only, and then the number is not known.
 */
#include "traces/page_fields.h"

#include <string.h>

#include "traces/event.h"

bool page_kind(const char *name, size_t bytes, enum ftrace_kind *kind)
{
	static const struct {
		const char *name;
		enum ftrace_kind kind;
	} kinds[] = {
		{ "mm_page_alloc", FTRACE_PAGE_ALLOC },
		{ "mm_page_free", FTRACE_PAGE_FREE },
		{ "mm_page_free_batched", FTRACE_PAGE_FREE_BATCHED },
		/* before 3.3 */
		{ "mm_page_free_direct", FTRACE_PAGE_FREE },
		{ "mm_pagevec_free", FTRACE_PAGE_FREE_BATCHED },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == bytes &&
		    memcmp(kinds[i].name, name, bytes) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/*
 * An allocation that failed: where text has a pointer, it is NULL; where there
 * is the number only, it is -1, of 64 bits or of 32.
 */
static bool has_failed(const struct page_fields *fields)
{
	if (fields->has_page)
		return !fields->page && (!fields->has_pfn || !fields->pfn ||
					 fields->pfn == UINT64_MAX);
	return fields->pfn == UINT64_MAX || fields->pfn == UINT32_MAX;
}

bool page_put(const struct page_fields *fields, struct ftrace_line *line)
{
	bool batched = line->kind == FTRACE_PAGE_FREE_BATCHED;

	/* those of a batch are single pages, and need not say so */
	if ((!fields->has_page && !fields->has_pfn) ||
	    (!fields->has_order && !batched) ||
	    fields->order > EVENT_MAX_ORDER || fields->migratetype < -1 ||
	    fields->migratetype > EVENT_MAX_MIGRATETYPE)
		return false;
	line->bytes_req = (uint32_t)fields->order;
	line->bytes_alloc = fields->has_migratetype ?
				    (uint32_t)(fields->migratetype + 1) :
				    0;
	if (has_failed(fields)) {
		line->ptr = PAGE_FAILED;
		/* a free of nothing does not happen */
		return line->kind == FTRACE_PAGE_ALLOC;
	}
	line->ptr = fields->has_pfn ? fields->pfn : PAGE_NO_PFN;
	return !fields->has_pfn || fields->pfn <= EVENT_MAX_PFN;
}

/* --- text --- */

/* "0x4e6e1", or decimal as old kernels print it. */
static bool number_value(struct cursor *in, uint64_t *value)
{
	if (scan_take_word(in, "0x"))
		return scan_hex(in, value);
	return scan_number(in, UINT64_MAX, value);
}

static bool migratetype_value(struct cursor *in, int64_t *value)
{
	bool negative = scan_take(in, '-');
	uint64_t number;

	if (!number_value(in, &number) || number > UINT32_MAX)
		return false;
	/* options/fields prints -1 as 0xffffffff */
	*value = (int32_t)(uint32_t)number;
	if (negative)
		*value = -*value;
	return true;
}

/* What cannot be read (hidden, hashed) is some page all the same. */
static bool page_value(struct cursor *in, uint64_t *value)
{
	scan_skip_blanks(in);
	*value = 0;
	if (scan_take_word(in, "(null)") || scan_take_word(in, "(nil)"))
		return true;
	if (scan_at(in, '(')) {
		*value = 1;
		scan_skip_text(in);
		return true;
	}
	scan_take_word(in, "0x");
	return scan_hex(in, value);
}

static bool take_field(struct cursor *in, struct page_fields *fields,
		       struct ftrace_line *line)
{
	if (scan_take_word(in, "page="))
		return (fields->has_page = page_value(in, &fields->page));
	if (scan_take_word(in, "pfn="))
		return (fields->has_pfn = number_value(in, &fields->pfn));
	if (scan_take_word(in, "order="))
		return (fields->has_order = number_value(in, &fields->order));
	if (scan_take_word(in, "migratetype="))
		return (fields->has_migratetype =
				migratetype_value(in, &fields->migratetype));
	if (scan_take_word(in, "gfp_flags=")) {
		line->gfp.text = in->p;
		scan_skip_text(in);
		line->gfp.bytes = (size_t)(in->p - line->gfp.text);
		return line->gfp.bytes <= FTRACE_TEXT_MAX;
	}
	/* another field, or what a value left behind */
	scan_skip_text(in);
	return true;
}

/*
 * Printed by a function of the event's name (see kmem_fields.c): the fields of
 * all kernels begin with these. (An end cut off is not mistaken for that.)
 */
static bool is_printk(struct cursor in)
{
	static const char first[] = "page=", other[] = "pfn=";
	size_t bytes;

	scan_skip_blanks(&in);
	bytes = (size_t)(in.end - in.p);
	if (bytes < sizeof(first))
		return memcmp(in.p, first, bytes) != 0;
	return !scan_take_word(&in, first) && !scan_take_word(&in, other);
}

bool page_take_fields(struct cursor *in, struct ftrace_line *line)
{
	struct page_fields fields = { .has_page = false };

	if (is_printk(*in)) {
		line->kind = FTRACE_OTHER;
		return true;
	}
	for (scan_skip_blanks(in); in->p < in->end; scan_skip_blanks(in)) {
		if (!take_field(in, &fields, line))
			return false;
	}
	return page_put(&fields, line);
}
