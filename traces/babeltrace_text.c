/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of babeltrace2 (and babeltrace 1), of CTF traces by LTTng or perf:
 *
 *	[hh:mm:ss.ns] (+delta) host event: { cpu_id = N }, { k = v, k = "s" }
 *
 * Fields stand in braces of their own by origin; they are found by name
 * wherever they stand. The time is that of the day, so midnight is noticed by
 * time going back by more than half a day.
 */
#include "traces/text_shapes.h"

#include <string.h>

#include "traces/kmem_fields.h"
#include "traces/page_fields.h"

#define SECOND_NS 1000000000u
#define DAY_NS (UINT64_C(86400) * SECOND_NS)

/* --- [time] (+delta) host event: { cpu_id = N } --- */

/* Days since 1 March of the year 0, by the calendar of today. */
static uint64_t days_of(uint64_t year, uint64_t month, uint64_t day)
{
	if (month < 3) {
		year--;
		month += 12;
	}
	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (153 * (month - 3) + 2) / 5 + day - 1;
}

/* "2026-11-22 " as days; none is fine, and then @days is left alone. */
static bool take_date(struct cursor *in, uint64_t *days)
{
	struct cursor date = *in;
	uint64_t year, month, day;

	if (!scan_number(&date, 9999, &year) || !scan_take(&date, '-'))
		return true;
	if (!scan_number(&date, 12, &month) || !scan_take(&date, '-') ||
	    !scan_number(&date, 31, &day) || !scan_take(&date, ' ') || !year ||
	    !month || !day)
		return false;
	/* from 1970 on: nanoseconds since then fit 64 bits */
	*days = days_of(year, month, day) - days_of(1970, 1, 1);
	*in = date;
	return year >= 1970 && year < 2500;
}

/* ".123456789" */
static bool take_fraction(struct cursor *in, uint64_t *ns)
{
	const char *start = in->p + 1;

	return scan_take(in, '.') && scan_number(in, 999999999, ns) &&
	       in->p - start == 9;
}

/* Behind "hh": ":mm:ss.ns" */
static bool take_day_time(struct text_reader *reader, struct cursor *in,
			  uint64_t hours, struct ftrace_line *line)
{
	uint64_t minutes, seconds, ns;

	if (hours > 23 || !scan_take(in, ':') ||
	    !scan_number(in, 59, &minutes) || !scan_take(in, ':') ||
	    !scan_number(in, 60, &seconds) || !take_fraction(in, &ns))
		return false;
	line->time = ((hours * 60 + minutes) * 60 + seconds) * SECOND_NS + ns;
	if (line->time + DAY_NS / 2 < reader->last_ns)
		reader->day_ns += DAY_NS;
	reader->last_ns = line->time;
	line->time += reader->day_ns;
	return true;
}

/* "[hh:mm:ss.ns]", "[date hh:mm:ss.ns]", "[seconds.ns]", "[cycles]" */
static bool take_time(struct text_reader *reader, struct cursor *in,
		      struct ftrace_line *line)
{
	uint64_t days = UINT64_MAX, number, ns;

	if (!scan_take(in, '[') || !take_date(in, &days) ||
	    !scan_number(in, UINT64_MAX, &number))
		return false;
	if (scan_at(in, ':')) {
		if (days != UINT64_MAX) {
			reader->day_ns = days * DAY_NS;
			reader->last_ns = 0;
		}
		return take_day_time(reader, in, number, line) &&
		       scan_take(in, ']');
	}
	line->time = number;
	line->ticks = scan_take(in, ']');
	if (line->ticks)
		return true;
	if (number > UINT64_MAX / SECOND_NS - 1 || !take_fraction(in, &ns))
		return false;
	line->time = number * SECOND_NS + ns;
	return scan_take(in, ']');
}

/* "(+0.000029558) host event: ": the name is the last word before ": {". */
static bool take_name(struct cursor *in, struct ftrace_text *name)
{
	const char *brace = memchr(in->p, '{', (size_t)(in->end - in->p));
	const char *end;

	if (!brace || brace - in->p < 4 || memcmp(brace - 2, ": ", 2) != 0)
		return false;
	end = brace - 2;
	name->text = end;
	while (name->text > in->p && name->text[-1] != ' ')
		name->text--;
	name->bytes = (size_t)(end - name->text);
	in->p = brace;
	return name->bytes > 0;
}

static bool take_cpu(struct cursor *in, struct ftrace_line *line)
{
	uint64_t cpu;

	if (!scan_take_word(in, "{ cpu_id = ") ||
	    !scan_number(in, UINT16_MAX - 1, &cpu) || !scan_take_word(in, " }"))
		return false;
	line->cpu = (uint16_t)cpu;
	return true;
}

/* "kmem:kfree" of perf; "kmem_kfree", but "kmem_cache_free", of LTTng. */
static bool kind_of(struct ftrace_text name, enum ftrace_kind *kind)
{
	static const char perf[] = "kmem:", lttng[] = "kmem_";
	const size_t bytes = sizeof(perf) - 1;

	if (kmem_kind(name.text, name.bytes, kind))
		return true;
	return name.bytes > bytes &&
	       (memcmp(name.text, perf, bytes) == 0 ||
		memcmp(name.text, lttng, bytes) == 0) &&
	       kmem_kind(name.text + bytes, name.bytes - bytes, kind);
}

/* --- fields --- */

struct fields {
	struct ftrace_text comm, tid;
	bool ptr, bytes_req;
	struct page_fields page;
};

/* A value up to its ',' or ' '; of a string, what is in the quotes. */
static bool take_value(struct cursor *in, struct ftrace_text *value)
{
	bool quoted = scan_take(in, '"');
	const char *start = in->p;

	while (in->p < in->end &&
	       (quoted ? *in->p != '"' : *in->p != ',' && *in->p != ' ')) {
		if (quoted && *in->p == '\\' && in->end - in->p > 1)
			in->p++;
		in->p++;
	}
	value->text = start;
	value->bytes = (size_t)(in->p - start);
	return value->bytes <= FTRACE_TEXT_MAX &&
	       (!quoted || scan_take(in, '"'));
}

static bool is(struct ftrace_text key, const char *word)
{
	return strlen(word) == key.bytes &&
	       memcmp(key.text, word, key.bytes) == 0;
}

/* "0xFFFFEA0000DB5E80", "900602", "-1" */
static bool signed_value(struct cursor *in, bool *has, uint64_t *value)
{
	bool negative = scan_take(in, '-');

	*has = scan_take_word(in, "0x") ? scan_hex(in, value) :
					  scan_number(in, UINT64_MAX, value);
	if (negative)
		*value = -*value;
	return *has && in->p == in->end;
}

static bool set_page_field(struct ftrace_text key, struct ftrace_text value,
			   struct page_fields *page)
{
	struct cursor in = { value.text, value.text + value.bytes };
	uint64_t number;

	if (is(key, "page"))
		return signed_value(&in, &page->has_page, &page->page);
	if (is(key, "pfn"))
		return signed_value(&in, &page->has_pfn, &page->pfn);
	if (is(key, "order"))
		return signed_value(&in, &page->has_order, &page->order);
	if (!is(key, "migratetype"))
		return true;
	if (!signed_value(&in, &page->has_migratetype, &number))
		return false;
	page->migratetype = (int64_t)number;
	return true;
}

static bool set_field(struct ftrace_text key, struct ftrace_text value,
		      struct fields *fields, struct ftrace_line *line)
{
	struct cursor in = { value.text, value.text + value.bytes };
	bool good = true;

	if (is(key, "ptr")) {
		good = kmem_pointer_value(&in, line);
		fields->ptr = true;
	} else if (is(key, "bytes_req")) {
		good = kmem_size_value(&in, &line->bytes_req);
		fields->bytes_req = true;
	} else if (is(key, "bytes_alloc")) {
		good = kmem_size_value(&in, &line->bytes_alloc);
	} else if (is(key, "node")) {
		good = kmem_node_value(&in, &line->node);
	} else {
		if (is(key, "call_site"))
			line->call_site = value;
		else if (is(key, "gfp_flags"))
			line->gfp = value;
		else if (is(key, "name"))
			line->name = value;
		else if (is(key, "procname") || is(key, "perf_comm"))
			fields->comm = value;
		else if (is(key, "tid") || is(key, "perf_tid"))
			fields->tid = value;
		return true;
	}
	return good && in.p == in.end;
}

static bool is_between(char c)
{
	return c == ' ' || c == ',' || c == '{' || c == '}';
}

/* "{ key = value, key = value }, { ... }": all braces are alike. */
static bool take_fields(struct cursor *in, struct fields *fields,
			struct ftrace_line *line)
{
	struct ftrace_text key, value;

	for (;;) {
		while (in->p < in->end && is_between(*in->p))
			in->p++;
		if (in->p == in->end)
			return true;
		key.text = in->p;
		scan_skip_text(in);
		key.bytes = (size_t)(in->p - key.text);
		/* "[0] = 1" of arrays and the like are keys as any other */
		if (!scan_take_word(in, " = "))
			continue;
		if (scan_at(in, '{') || scan_at(in, '[') || scan_at(in, '('))
			continue;
		if (!take_value(in, &value) ||
		    !set_field(key, value, fields, line) ||
		    (page_is_kind(line->kind) &&
		     !set_page_field(key, value, &fields->page)))
			return false;
	}
}

/* Does it have the fields that its kind must have? */
static bool is_whole(const struct fields *fields, struct ftrace_line *line)
{
	if (page_is_kind(line->kind))
		return page_put(&fields->page, line);
	return fields->ptr && (line->kind >= FTRACE_FREE || fields->bytes_req);
}

static bool take_event(struct text_reader *reader, struct cursor *in,
		       struct ftrace_line *line)
{
	struct fields fields = { .comm = { "", 0 }, .tid = { "", 0 } };
	struct ftrace_text name;

	if (!take_time(reader, in, line) || !take_name(in, &name) ||
	    !take_cpu(in, line))
		return false;
	if (!kind_of(name, &line->kind)) {
		line->kind = FTRACE_OTHER;
		return in->end[-1] == '}';
	}
	if (in->end[-1] != '}' || !take_fields(in, &fields, line) ||
	    !is_whole(&fields, line))
		return false;
	line->task = fields.tid;
	return !fields.tid.bytes ||
	       text_set_task(reader, line, fields.comm, fields.tid);
}

/* "WARNING: Tracer discarded 12 events between ...", of its stderr. */
static void parse_lost(struct cursor in, struct ftrace_line *line)
{
	static const char word[] = "Tracer ";
	const char *start = in.p;

	for (; in.p < in.end && in.p - start < 32; in.p++) {
		if (!scan_take_word(&in, word))
			continue;
		scan_take_word(&in, "may have ");
		if (!scan_take_word(&in, "discarded "))
			return;
		line->kind = FTRACE_LOST;
		if (scan_number(&in, UINT32_MAX, &line->lost) &&
		    scan_take_word(&in, " event"))
			return;
		/* packets, or a number nobody knows */
		line->lost = 1;
		line->lost_uncounted = true;
		return;
	}
}

void babeltrace_parse(struct text_reader *reader, struct cursor in,
		      struct ftrace_line *line)
{
	struct cursor whole = in;

	if (take_event(reader, &in, line))
		return;
	line->kind = FTRACE_UNPARSED;
	parse_lost(whole, line);
}
