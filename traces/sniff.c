/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recognition of files. Ftrace text is what has a line that parses as an
 * event (or only header lines) and nothing that says otherwise; the known
 * others are looked for first, because some of their lines would parse.
 * To teach it a shape, add a row to magics, or a test to line_is().
 */
#include "traces/sniff.h"

#include <stdbool.h>
#include <string.h>

#include "traces/ftrace.h"

struct text {
	const char *p;
	size_t bytes;
};

static const struct {
	const char *bytes;
	size_t nr;
	const char *why;
} magics[] = {
	{ "\x17\x08\x44tracing", 10, "this is a trace.dat of trace-cmd" },
	{ "PERFILE2", 8, "this is a perf.data" },
	{ "\x28\xb5\x2f\xfd", 4, "this is compressed by zstd" },
	{ "\x1f\x8b", 2, "this is compressed by gzip" },
	{ "BZh", 3, "this is compressed by bzip2" },
	{ "\x89SLT\r\n\x1a\n", 8, "this is a .slt file already" },
	{ "\xc1\x1f\xfc\xc1", 4, "this is a CTF stream" },
	{ "/* CTF", 6, "this is CTF metadata" },
	{ "\x7f"
	  "ELF",
	  4, "this is a program" },
	{ "SQLite format 3", 15, "this is a database" },
};

static bool starts(const struct text *line, const char *word)
{
	size_t bytes = strlen(word);

	return line->bytes >= bytes && memcmp(line->p, word, bytes) == 0;
}

static bool contains(const struct text *line, const char *word)
{
	size_t bytes = strlen(word);

	for (size_t i = 0; i + bytes <= line->bytes; i++) {
		if (memcmp(line->p + i, word, bytes) == 0)
			return true;
	}
	return false;
}

/* "... 72 2 29198378364 type: 238" and its hex brother */
static bool is_raw_line(const struct text *line)
{
	return contains(line, " type: ") && !contains(line, "[");
}

/* "sh-72        2..... 55759us+: kmem_cache_alloc: ..." */
static bool is_latency_line(const struct text *line)
{
	return (contains(line, "us : ") || contains(line, "us+: ") ||
		contains(line, "us!: ") || contains(line, "us#: ")) &&
	       !contains(line, "[");
}

/* What a line says about the whole file; NULL: nothing. */
static const char *line_is(const struct text *line)
{
	if (starts(line, "cpus="))
		return "this is text of trace-cmd report";
	if (starts(line, "# captured on") || contains(line, "kmem:k"))
		return "this is text of perf script";
	if (starts(line, "[") && contains(line, "{ cpu_id = "))
		return "this is text of babeltrace";
	if (contains(line, " latency trace v") || is_latency_line(line))
		return "this is ftrace text in the latency format (echo 0 > "
		       "options/latency-format)";
	if (starts(line, "kmem_cache_alloc: ") || starts(line, "kmalloc: ") ||
	    starts(line, "kmem_cache_free: ") || starts(line, "kfree: "))
		return "this is ftrace text without CPU and time (echo 1 > "
		       "options/context-info)";
	if (is_raw_line(line))
		return "this is ftrace text in raw, hex or binary form (echo "
		       "0 > options/raw; the same for hex and bin)";
	return NULL;
}

static bool next_line(struct text *rest, struct text *line)
{
	const char *newline;

	if (!rest->bytes)
		return false;
	newline = memchr(rest->p, '\n', rest->bytes);
	line->p = rest->p;
	line->bytes = newline ? (size_t)(newline - rest->p) : rest->bytes;
	rest->p += line->bytes + (newline != NULL);
	rest->bytes -= line->bytes + (newline != NULL);
	return true;
}

/* The first line that is neither empty nor a comment begins "machine ". */
static bool is_scenario(struct text rest)
{
	struct text line;

	while (next_line(&rest, &line)) {
		if (line.bytes == 0 || *line.p == '#' ||
		    (line.bytes == 1 && *line.p == '\r'))
			continue;
		return starts(&line, "machine ");
	}
	return false;
}

static bool is_binary(const struct text *text)
{
	size_t odd = 0;

	for (size_t i = 0; i < text->bytes; i++) {
		unsigned char c = (unsigned char)text->p[i];

		odd += c < ' ' && c != '\n' && c != '\t' && c != '\r';
	}
	return odd > text->bytes / 32;
}

static enum sniff_format sniff_lines(struct text rest, const char **why)
{
	bool header = false, event = false;
	struct text line;

	while (next_line(&rest, &line) && !event) {
		struct ftrace_line parsed;

		*why = line_is(&line);
		if (*why)
			return SNIFF_REFUSED;
		header = header || starts(&line, "# tracer: ") ||
			 starts(&line, "# entries-in-buffer");
		ftrace_parse(line.p, line.bytes, &parsed);
		event = parsed.kind <= FTRACE_OTHER ||
			parsed.kind == FTRACE_LOST;
	}
	if (header || event)
		return SNIFF_FTRACE;
	*why = "no line of it looks like one of ftrace";
	return SNIFF_REFUSED;
}

enum sniff_format sniff(const char *text, size_t bytes, const char **why)
{
	struct text whole = { text, bytes };

	*why = NULL;
	if (bytes == 0)
		*why = "it is empty";
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (bytes >= magics[i].nr &&
		    memcmp(text, magics[i].bytes, magics[i].nr) == 0)
			*why = magics[i].why;
	}
	if (!*why && is_binary(&whole))
		*why = "it is binary";
	if (*why)
		return SNIFF_REFUSED;
	if (is_scenario(whole))
		return SNIFF_SCENARIO;
	return sniff_lines(whole, why);
}
