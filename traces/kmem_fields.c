/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times, events and fields. Runs once for each of millions of lines; each
 * step takes what it knows and returns false at the first thing it does not,
 * which makes the line unparsed. A new event or field is a row below.
 */
#include "traces/kmem_fields.h"

#include <string.h>

#include "traces/page_fields.h"

/* The events that matter, the frequent ones first. */
static bool take_kmem_event(struct cursor *in, struct ftrace_line *line)
{
	if (scan_take_word(in, "kmem_cache_alloc:") ||
	    scan_take_word(in, "kmem_cache_alloc_node:"))
		line->kind = FTRACE_ALLOC;
	else if (scan_take_word(in, "kmem_cache_free:"))
		line->kind = FTRACE_FREE;
	else if (scan_take_word(in, "kmalloc:") ||
		 scan_take_word(in, "kmalloc_node:"))
		line->kind = FTRACE_KMALLOC;
	else if (scan_take_word(in, "kfree:"))
		line->kind = FTRACE_KFREE;
	else
		return false;
	return true;
}

/* What may stand between a function's name and the rest of its line. */
static bool take_function_rest(struct cursor *in)
{
	uint64_t address;

	/* the function tracer: "vfs_read <-sys_read" */
	if (scan_take_word(in, " <-"))
		return true;
	/* options/sym-addr: "tracing_mark_write <ffffffff810f72f9>: text" */
	return scan_take_word(in, " <") && scan_hex(in, &address) &&
	       scan_take_word(in, ">:");
}

/* "event:"; the name has no blanks. */
static bool take_event(struct cursor *in, struct ftrace_line *line)
{
	const char *name;

	scan_skip_blanks(in);
	if (take_kmem_event(in, line))
		return true;
	name = in->p;
	while (in->p < in->end && *in->p != ':' && *in->p != ' ')
		in->p++;
	if (!page_kind(name, (size_t)(in->p - name), &line->kind))
		line->kind = FTRACE_OTHER;
	/* markers and trace_printk may be of any text after the colon */
	return in->p > name && (scan_take(in, ':') || take_function_rest(in));
}

/* --- the fields: key=value key=value --- */

/* NULL is (null), (nil), 0x0, 0000000000000000; others are hex digits. */
static inline bool pointer_value(struct cursor *in, struct ftrace_line *line)
{
	scan_skip_blanks(in); /* old kernels pad: "ptr=          (null)" */
	line->ptr = 0;
	if (scan_at(in, '(')) {
		line->hidden_ptr = scan_take_word(in, "(____ptrval____)") ||
				   scan_take_word(in, "(ptrval)");
		return line->hidden_ptr || scan_take_word(in, "(null)") ||
		       scan_take_word(in, "(nil)");
	}
	scan_take_word(in, "0x");
	return scan_hex(in, &line->ptr);
}

/* Decimal; hexadecimal (and "(4096)" behind it) with options/fields. */
static inline bool size_value(struct cursor *in, uint32_t *value)
{
	uint64_t number;

	if (scan_take_word(in, "0x")) {
		if (!scan_hex(in, &number) || number > UINT32_MAX)
			return false;
	} else if (!scan_number(in, UINT32_MAX, &number)) {
		return false;
	}
	*value = (uint32_t)number;
	return true;
}

static inline bool node_value(struct cursor *in, int16_t *value)
{
	bool negative = scan_take(in, '-');
	uint64_t number;

	if (!negative && scan_take_word(in, "0x")) {
		/* options/fields prints -1 as 0xffffffff */
		if (!scan_hex(in, &number))
			return false;
		negative = number >= UINT32_MAX;
		number = negative ? 1 : number;
	} else if (!scan_number(in, INT16_MAX, &number)) {
		return false;
	}
	if (number > INT16_MAX || (negative && number != 1))
		return false;
	*value = (int16_t)(negative ? -1 : (int)number);
	return true;
}

static bool text_value(struct cursor *in, struct ftrace_text *value)
{
	value->text = in->p;
	scan_skip_text(in);
	value->bytes = (size_t)(in->p - value->text);
	return value->bytes <= FTRACE_TEXT_MAX;
}

/* "sym+0x1/0x2" and, of a module, " [module]" behind it. */
static bool call_site_value(struct cursor *in, struct ftrace_text *value)
{
	if (!text_value(in, value))
		return false;
	if (in->end - in->p > 2 && in->p[1] == '[') {
		const char *close =
			memchr(in->p, ']', (size_t)(in->end - in->p));

		if (!close)
			return false;
		in->p = close + 1;
		value->bytes = (size_t)(in->p - value->text);
	}
	return value->bytes <= FTRACE_TEXT_MAX;
}

/* Names of caches may hold blanks: a name ends at the next "word=". */
static bool name_value(struct cursor *in, struct ftrace_text *value)
{
	const char *end;

	if (!text_value(in, value))
		return false;
	for (end = in->p; in->p < in->end; in->p = end) {
		struct cursor word = { in->p, in->end };
		struct ftrace_text part;

		scan_skip_blanks(&word);
		if (!text_value(&word, &part))
			return false;
		if (memchr(part.text, '=', part.bytes))
			break;
		end = word.p;
		if (part.bytes)
			value->bytes = (size_t)(end - value->text);
	}
	in->p = end;
	return value->bytes <= FTRACE_TEXT_MAX;
}

enum field {
	FIELD_NONE, /* another field, or a word that is none */
	FIELD_CALL_SITE,
	FIELD_PTR,
	FIELD_BYTES_REQ,
	FIELD_BYTES_ALLOC,
	FIELD_GFP,
	FIELD_NODE,
	FIELD_NAME,
};

/* Fields in the order of the kernel's lines, and from any of them on. */
static enum field take_any_key(struct cursor *in)
{
	if (scan_take_word(in, "call_site="))
		return FIELD_CALL_SITE;
	if (scan_take_word(in, "ptr="))
		return FIELD_PTR;
	if (scan_take_word(in, "bytes_req="))
		return FIELD_BYTES_REQ;
	if (scan_take_word(in, "bytes_alloc="))
		return FIELD_BYTES_ALLOC;
	if (scan_take_word(in, "gfp_flags="))
		return FIELD_GFP;
	if (scan_take_word(in, "node="))
		return FIELD_NODE;
	if (scan_take_word(in, "name="))
		return FIELD_NAME;
	return FIELD_NONE;
}

static bool take_value(struct cursor *in, enum field field,
		       struct ftrace_line *line)
{
	switch (field) {
	case FIELD_CALL_SITE:
		return call_site_value(in, &line->call_site);
	case FIELD_PTR:
		return pointer_value(in, line);
	case FIELD_BYTES_REQ:
		return size_value(in, &line->bytes_req);
	case FIELD_BYTES_ALLOC:
		return size_value(in, &line->bytes_alloc);
	case FIELD_GFP:
		return text_value(in, &line->gfp);
	case FIELD_NODE:
		return node_value(in, &line->node);
	case FIELD_NAME:
		return name_value(in, &line->name);
	default:
		/* another field's "key=value", or what a value left behind */
		scan_skip_text(in);
		return true;
	}
}

/* "(getname_flags+0x2b)": trace-cmd's plugin repeats the call site. */
static void skip_function(struct cursor *in)
{
	const char *close = memchr(in->p, ')', (size_t)(in->end - in->p));

	in->p = close ? close + 1 : in->end;
}

/*
 * trace_printk lines bear the name of the function that printed them, which
 * may be that of an event: "kmem_cache_alloc: refilled 3". Fields tell: those
 * of all kernels begin with one "word=". (An end cut off is not mistaken for
 * such a line: what is left is the beginning of "call_site=".)
 */
static bool is_printk(const struct cursor *in)
{
	static const char first[] = "call_site=";
	struct cursor word = *in;
	size_t bytes;

	scan_skip_blanks(&word);
	if (scan_at(&word, '(')) {
		skip_function(&word);
		scan_skip_blanks(&word);
	}
	if (scan_take_word(&word, first))
		return false;
	bytes = (size_t)(word.end - word.p);
	if (bytes < sizeof(first) && memcmp(word.p, first, bytes) == 0)
		return false;
	while (word.p < word.end && *word.p != ' ' && *word.p != '=')
		word.p++;
	return !scan_at(&word, '=');
}

static bool take_fields(struct cursor *in, struct ftrace_line *line)
{
	bool alloc = line->kind == FTRACE_ALLOC || line->kind == FTRACE_KMALLOC;
	unsigned int seen = 0;

	if (is_printk(in)) {
		line->kind = FTRACE_OTHER;
		return true;
	}
	for (scan_skip_blanks(in); in->p < in->end; scan_skip_blanks(in)) {
		enum field field = take_any_key(in);

		seen |= 1u << field;
		if (!take_value(in, field, line))
			return false;
	}
	return seen & 1u << FIELD_PTR &&
	       (!alloc || seen & 1u << FIELD_BYTES_REQ);
}

bool kmem_take_event(struct cursor *in, struct ftrace_line *line)
{
	if (!take_event(in, line))
		return false;
	if (line->kind < FTRACE_PAGE_ALLOC)
		return take_fields(in, line);
	return line->kind == FTRACE_OTHER || page_take_fields(in, line);
}

bool kmem_kind(const char *name, size_t bytes, enum ftrace_kind *kind)
{
	static const struct {
		const char *name;
		enum ftrace_kind kind;
	} kinds[] = {
		{ "kmem_cache_alloc", FTRACE_ALLOC },
		{ "kmem_cache_alloc_node", FTRACE_ALLOC },
		{ "kmem_cache_free", FTRACE_FREE },
		{ "kmalloc", FTRACE_KMALLOC },
		{ "kmalloc_node", FTRACE_KMALLOC },
		{ "kfree", FTRACE_KFREE },
	};

	if (page_kind(name, bytes, kind))
		return true;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == bytes &&
		    memcmp(kinds[i].name, name, bytes) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

bool kmem_size_value(struct cursor *in, uint32_t *value)
{
	return size_value(in, value);
}

bool kmem_node_value(struct cursor *in, int16_t *value)
{
	return node_value(in, value);
}

bool kmem_pointer_value(struct cursor *in, struct ftrace_line *line)
{
	return pointer_value(in, line);
}
