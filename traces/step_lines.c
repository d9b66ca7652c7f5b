/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsing step traces. A line of either text (the first trace-cmd's, the
 * second ftrace's own); an "x" that trace-cmd leaves behind a pointer is
 * swallowed:
 *
 *   wl-284   [001]    11.285960: bprint:  FUNC: SL hit dentry p=0xffffx avail=3
 *   wl-284   [001] d....  11.285960: FUNC: SL hit dentry p=0xffff avail=3
 */
#define _GNU_SOURCE /* memmem, strndup */

#include "traces/step_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/lines.h"
#include "traces/scan.h"

static const char *const words[] = {
#define STEP_WORD(NAME, word, named) word,
	STEP_KINDS(STEP_WORD)
};

static const bool named[] = {
#define STEP_NAMED(NAME, word, is_named) is_named,
	STEP_KINDS(STEP_NAMED)
};

static const char *const keys[] = {
#define STEP_KEY_TEXT(NAME, key) key,
	STEP_KEYS(STEP_KEY_TEXT)
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

const char *step_word(enum step_kind kind)
{
	return kind < NR(words)        ? words[kind] :
	       kind == STEP_KMEM_ALLOC ? "allocation" :
					 "free";
}

const char *step_key_word(enum step_key key)
{
	return keys[key];
}

int64_t step_value(const struct step_line *line, enum step_key key,
		   int64_t missing)
{
	for (unsigned int i = 0; i < line->nr_values; i++) {
		if (line->keys[i] == key)
			return line->values[i];
	}
	return missing;
}

void step_set_value(struct step_line *line, enum step_kind kind,
		    enum step_key key, int64_t value)
{
	for (unsigned int i = 0; i < line->nr_values; i++) {
		if (line->kind == kind && line->keys[i] == key)
			line->values[i] = value;
	}
}

/* --- pieces of a line --- */

/* The word up to the next blank or @stop. */
static size_t word_bytes(const struct cursor *in, char stop)
{
	const char *p = in->p;

	while (p < in->end && *p != ' ' && *p != stop)
		p++;
	return (size_t)(p - in->p);
}

static int find_word(const char *const *table, size_t nr, const char *text,
		     size_t bytes)
{
	for (size_t i = 0; i < nr; i++) {
		if (strlen(table[i]) == bytes &&
		    memcmp(table[i], text, bytes) == 0)
			return (int)i;
	}
	return -1;
}

/* "0xffff...", with what trace-cmd leaves behind it; "(nil)" is 0. */
static bool take_pointer(struct cursor *in, uint64_t *ptr)
{
	*ptr = 0;
	if (scan_take_word(in, "(nil)"))
		return true;
	scan_take_word(in, "0x");
	if (!scan_hex(in, ptr))
		return false;
	scan_take(in, 'x');
	return true;
}

/* More than any number in such a line, and room for sums of them. */
#define STEP_MAX_VALUE (UINT64_C(1) << 53)

static bool take_integer(struct cursor *in, int64_t *value)
{
	bool minus = scan_take(in, '-');
	uint64_t number;

	if (!scan_number(in, STEP_MAX_VALUE, &number))
		return false;
	*value = minus ? -(int64_t)number : (int64_t)number;
	return true;
}

/* "key=value" of a step line. */
static bool take_pair(struct cursor *in, struct step_line *line)
{
	size_t bytes = word_bytes(in, '=');
	const char *key = in->p;
	int k = find_word(keys, NR(keys), key, bytes);
	bool pointer = (bytes == 1 && *key == 'p') ||
		       (bytes == 4 && memcmp(key, "slab", 4) == 0);
	bool place = (bytes == 3 && memcmp(key, "src", 3) == 0) ||
		     (bytes == 2 && memcmp(key, "to", 2) == 0);

	in->p += bytes;
	if (!scan_take(in, '='))
		return false;
	if (pointer)
		return take_pointer(in, &line->ptr);
	if (place) {
		line->shared = scan_take_word(in, "shared");
		return line->shared || scan_take_word(in, "lists");
	}
	if (k < 0 || line->nr_values == STEP_MAX_VALUES)
		return false;
	line->keys[line->nr_values] = (uint8_t)k;
	return take_integer(in, &line->values[line->nr_values++]);
}

/* What stands behind "SL ". */
static bool parse_step(struct step_trace *trace, struct cursor *in,
		       struct step_line *line)
{
	size_t bytes = word_bytes(in, ' ');
	int kind = find_word(words, NR(words), in->p, bytes);

	if (kind < 0)
		return false;
	in->p += bytes;
	line->kind = (uint8_t)kind;
	if (named[kind]) {
		scan_skip_blanks(in);
		bytes = word_bytes(in, ' ');
		line->cache = dict_add(&trace->names, in->p, bytes);
		in->p += bytes;
		if (bytes == 0 || line->cache == DICT_NONE)
			return false;
	}
	for (;;) {
		scan_skip_blanks(in);
		if (in->p == in->end)
			return true;
		if (!take_pair(in, line) || (in->p < in->end && *in->p != ' '))
			return false;
	}
}

/* The text behind " key=" in a kmem event; false: there is none. */
static bool find_field(const struct cursor *in, const char *key,
		       struct cursor *value)
{
	const char *found =
		memmem(in->p, (size_t)(in->end - in->p), key, strlen(key));

	if (!found)
		return false;
	value->p = found + strlen(key);
	value->end = in->end;
	return true;
}

static bool parse_kmem(struct step_trace *trace, struct cursor *in,
		       struct step_line *line)
{
	struct cursor value;

	if (!find_field(in, " ptr=", &value) ||
	    !take_pointer(&value, &line->ptr) ||
	    !find_field(in, "call_site=", &value))
		return false;
	line->cache = dict_add(&trace->names, value.p, word_bytes(&value, '+'));
	return line->cache != DICT_NONE;
}

/* --- lines --- */

/* "task-PID [CPU] flags seconds.micros:", whatever blanks the task's name has. */
static bool take_heading(struct cursor *in, struct step_line *line)
{
	const char *bracket = memchr(in->p, '[', (size_t)(in->end - in->p));
	uint64_t cpu, seconds, fraction;
	const char *digits;

	while (bracket && bracket + 4 < in->end &&
	       !(bracket[1] >= '0' && bracket[1] <= '9' && bracket[4] == ']'))
		bracket = memchr(bracket + 1, '[',
				 (size_t)(in->end - bracket - 1));
	if (!bracket || bracket + 4 >= in->end)
		return false;
	in->p = bracket + 1;
	if (!scan_number(in, UINT16_MAX - 1, &cpu) || !scan_take(in, ']'))
		return false;
	line->cpu = (uint16_t)cpu;
	scan_skip_blanks(in);
	if (in->p < in->end && !(*in->p >= '0' && *in->p <= '9')) {
		scan_skip_text(in);
		scan_skip_blanks(in);
	}
	if (!scan_number(in, UINT32_MAX, &seconds) || !scan_take(in, '.'))
		return false;
	digits = in->p;
	if (!scan_number(in, 999999999, &fraction) || !scan_take(in, ':'))
		return false;
	for (long n = in->p - 1 - digits; n < 9; n++)
		fraction *= 10;
	line->time_ns = seconds * 1000000000 + fraction;
	scan_skip_blanks(in);
	return true;
}

static bool is_event(struct cursor *in, const char *name)
{
	return scan_take_word(in, name) && scan_take(in, ':');
}

static int append(struct step_trace *trace, const struct step_line *line)
{
	if (trace->nr == trace->room) {
		size_t room = trace->room ? 2 * trace->room : 4096;
		void *lines =
			realloc(trace->lines, room * sizeof(*trace->lines));

		if (!lines)
			return -ENOMEM;
		trace->lines = lines;
		trace->room = room;
	}
	trace->lines[trace->nr++] = *line;
	return 0;
}

static void remember_unparsed(struct step_trace *trace, const struct line *text)
{
	if (trace->unparsed++ == 0)
		trace->first_unparsed = strndup(text->text, text->bytes);
}

static int parse_line(struct step_trace *trace, const struct line *text)
{
	struct step_line line = { .number = text->number };
	struct cursor in = { text->text, text->text + text->bytes };
	const char *step = memmem(in.p, text->bytes, ": SL ", 5);
	uint64_t cpus;

	if (scan_take_word(&in, "cpus=") && scan_number(&in, 65535, &cpus)) {
		trace->nr_cpus = (uint32_t)cpus;
		return 0;
	}
	if (!take_heading(&in, &line)) {
		if (step)
			remember_unparsed(trace, text);
		return 0;
	}
	if (line.cpu >= trace->nr_cpus)
		trace->nr_cpus = line.cpu + 1u;
	if (step) {
		in.p = step + 5;
		if (!parse_step(trace, &in, &line)) {
			remember_unparsed(trace, text);
			return 0;
		}
		return append(trace, &line);
	}
	if (is_event(&in, "kmem_cache_alloc") || is_event(&in, "kmalloc"))
		line.kind = STEP_KMEM_ALLOC;
	else if (is_event(&in, "kmem_cache_free") || is_event(&in, "kfree"))
		line.kind = STEP_KMEM_FREE;
	else
		return 0;
	return parse_kmem(trace, &in, &line) ? append(trace, &line) : 0;
}

static bool has_steps(const struct step_trace *trace)
{
	for (size_t i = 0; i < trace->nr; i++) {
		if (trace->lines[i].kind < STEP_KMEM_ALLOC)
			return true;
	}
	return false;
}

int step_trace_read(const char *path, struct step_trace *trace,
		    struct trace_error *error)
{
	int code = 0;
	struct lines *lines = lines_open(path, &code, error);
	struct line line;

	memset(trace, 0, sizeof(*trace));
	if (!lines)
		return code;
	code = dict_init(&trace->names) ? 0 : -ENOMEM;
	while (code == 0 && (code = lines_next(lines, &line, error)) == 1)
		code = parse_line(trace, &line);
	lines_close(lines);
	if (code == -ENOMEM)
		snprintf(error->text, sizeof(error->text), "out of memory");
	if (code == 0 && !has_steps(trace)) {
		snprintf(error->text, sizeof(error->text),
			 "%.200s: no steps of the allocator (lines with \"SL "
			 "hit\" and the like); expected the text of a kernel "
			 "that logs them",
			 path);
		code = -ENODATA;
	}
	if (code)
		step_trace_release(trace);
	return code;
}

void step_trace_release(struct step_trace *trace)
{
	free(trace->lines);
	free(trace->first_unparsed);
	dict_release(&trace->names);
	memset(trace, 0, sizeof(*trace));
}
