/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recognition of files. Text is what has a line that one of the parsers takes
 * for an event (or only the header lines of a tool) and nothing before it
 * that says otherwise. To teach it a shape, add a row to magics, or a test to
 * refused_line() or shape_of_line().
 */
#include "traces/sniff.h"

#include <stdbool.h>
#include <string.h>

struct text {
	const char *p;
	size_t bytes;
};

static const struct {
	const char *bytes;
	size_t nr;
	const char *why;
} magics[] = {
	{ "\x28\xb5\x2f\xfd", 4, "this is compressed twice" },
	{ "\x1f\x8b", 2, "this is compressed twice" },
	{ "\xfd"
	  "7zXZ",
	  5, "this is compressed twice" },
	{ "BZh", 3, "this is compressed by bzip2 (unpack it first)" },
	{ "\x89SLT\r\n\x1a\n", 8, "this is a .slt file already" },
	{ "\x7f"
	  "ELF",
	  4, "this is a program" },
	{ "SQLite format 3", 15, "this is a database" },
	{ "PK\x03\x04", 4, "this is a .zip archive (unpack it first)" },
	{ "\xff\xfe", 2,
	  "this is UTF-16, as Windows writes text (convert it to UTF-8)" },
};

/* Binary files that have readers. */
static const struct {
	const char *bytes;
	size_t nr;
	enum sniff_format format;
} binaries[] = {
	{ "\x17\x08\x44tracing", 10, SNIFF_TRACEDAT },
	{ "PERFILE2", 8, SNIFF_PERFDATA },
	/* a stream, metadata in packets, both of either byte order; text */
	{ "\xc1\x1f\xfc\xc1", 4, SNIFF_CTF },
	{ "\xc1\xfc\x1f\xc1", 4, SNIFF_CTF },
	{ "\x57\x1d\xd1\x75", 4, SNIFF_CTF },
	{ "\x75\xd1\x1d\x57", 4, SNIFF_CTF },
	{ "/* CTF", 6, SNIFF_CTF },
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

/* The rest of a line that was broken, or one that was quoted. */
static bool is_mail_line(const struct text *line)
{
	static const char *const fields[] = {
		"call_site=", "ptr=",  "bytes_req=", "bytes_alloc=",
		"gfp_flags=", "node=", "accounted=", "> ",
	};
	struct text rest = *line;

	while (rest.bytes && *rest.p == ' ') {
		rest.p++;
		rest.bytes--;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (starts(&rest, fields[i]))
			return true;
	}
	return false;
}

/* What a line that is no event says against the whole file; NULL: nothing. */
static const char *refused_line(const struct text *line)
{
	if (starts(line, "kmem_cache_alloc: ") || starts(line, "kmalloc: ") ||
	    starts(line, "kmem_cache_free: ") || starts(line, "kfree: "))
		return "this is ftrace text without CPU and time (record again "
		       "after: echo 1 > options/context-info)";
	if (is_raw_line(line))
		return "this is ftrace text in raw, hex or binary form, which "
		       "lacks the fields (record again after: echo 0 > "
		       "options/raw; the same for hex and bin)";
	if (contains(line, "linux-perf-json-version"))
		return "this is JSON of perf data convert, which lacks the "
		       "fields of events (use perf script, or perf data "
		       "convert --to-ctf)";
	if (contains(line, "kmem:k"))
		return "this is text of perf script without CPU, time or "
		       "fields (use perf script --ns -F "
		       "comm,pid,tid,cpu,time,event,trace)";
	return NULL;
}

/* What a header line says of the shape of those below. */
static bool shape_of_header(const struct text *line, enum text_shape *shape)
{
	if (contains(line, " latency trace v"))
		*shape = TEXT_LATENCY;
	else if (starts(line, "cpus=") || contains(line, ": cpus="))
		*shape = TEXT_TRACE_CMD;
	else if (starts(line, "# captured on") ||
		 contains(line, " PERF_RECORD_"))
		*shape = TEXT_PERF;
	else
		return false;
	return true;
}

/* The shapes whose lines do not tell by themselves are asked first. */
static bool shape_of_line(const struct text *line, enum text_shape *shape)
{
	static const enum text_shape shapes[] = {
		TEXT_FTRACE, TEXT_TRACE_CMD,  TEXT_LATENCY,
		TEXT_PERF,   TEXT_BABELTRACE,
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct text_reader reader = { .shape = shapes[i] };
		struct ftrace_line parsed;

		text_parse(&reader, line->p, line->bytes, &parsed);
		if (parsed.kind > FTRACE_OTHER && parsed.kind != FTRACE_LOST)
			continue;
		*shape = shapes[i];
		if (*shape == TEXT_FTRACE && (contains(line, ") call_site=") ||
					      contains(line, " DROPPED]")))
			*shape = TEXT_TRACE_CMD;
		return true;
	}
	return false;
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

static struct sniffed refuse(const char *why)
{
	return (struct sniffed){ .format = SNIFF_REFUSED, .why = why };
}

/* A line that is good by itself may be the first half of a broken one. */
static bool is_mail(const struct text *line, struct text rest)
{
	struct text below;

	return is_mail_line(line) ||
	       (next_line(&rest, &below) && is_mail_line(&below));
}

static struct sniffed sniff_lines(struct text rest)
{
	struct sniffed sniffed = { .format = SNIFF_TEXT, .shape = TEXT_FTRACE };
	bool header = false;
	struct text line;

	while (next_line(&rest, &line)) {
		if (shape_of_header(&line, &sniffed.shape))
			return sniffed;
		if (starts(&line, "# tracer: ") ||
		    starts(&line, "# entries-in-buffer"))
			header = true;
		if (is_mail(&line, rest))
			return refuse("its lines are broken or quoted, as mail "
				      "programs do (get the file itself, as an "
				      "attachment)");
		if (shape_of_line(&line, &sniffed.shape))
			return sniffed;
		sniffed.why = refused_line(&line);
		if (sniffed.why)
			return refuse(sniffed.why);
	}
	if (header)
		return sniffed;
	return refuse("no line of it looks like one of a trace");
}

struct sniffed sniff(const char *text, size_t bytes)
{
	struct text whole = { text, bytes };

	if (bytes == 0)
		return refuse("it is empty");
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++) {
		if (bytes >= binaries[i].nr &&
		    memcmp(text, binaries[i].bytes, binaries[i].nr) == 0)
			return (struct sniffed){ .format = binaries[i].format };
	}
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (bytes >= magics[i].nr &&
		    memcmp(text, magics[i].bytes, magics[i].nr) == 0)
			return refuse(magics[i].why);
	}
	if (is_binary(&whole))
		return refuse("it is binary");
	if (is_scenario(whole))
		return (struct sniffed){ .format = SNIFF_SCENARIO };
	return sniff_lines(whole);
}
