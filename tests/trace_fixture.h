/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of traces: a text into a file, a file through the import, and
 * its events back into an array.
 */
#ifndef TESTS_TRACE_FIXTURE_H
#define TESTS_TRACE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "traces/import.h"

#define FIXTURE_EVENTS 512

/* One import and what came of it. */
struct imported {
	int code;
	struct import_report report;
	struct trace_error error;
	struct slt_reader *reader; /* NULL when the import failed */
	const struct trace_header *header;
	struct event events[FIXTURE_EVENTS];
	size_t nr;
};

/* A path in the test's scratch directory; the same buffer each time. */
static inline const char *scratch(char path[512], const char *name)
{
	const char *directory = getenv("TEST_TMP");

	snprintf(path, 512, "%s/%s", directory ? directory : "/tmp", name);
	return path;
}

static inline void write_file(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

/* All of a file; owned. */
static inline uint8_t *read_file(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(1 << 20);

	assert_non_null(file);
	assert_non_null(data);
	*bytes = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

static inline void read_events(struct imported *imported)
{
	int n;

	imported->header = slt_header(imported->reader);
	imported->nr = 0;
	while ((n = slt_read(imported->reader, imported->events + imported->nr,
			     FIXTURE_EVENTS - imported->nr, &imported->error)) >
	       0)
		imported->nr += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(imported->nr, imported->header->nr_events);
}

static inline void import_bytes(struct imported *imported, const void *data,
				size_t bytes,
				const struct import_options *options)
{
	static const struct import_options defaults;
	char in[512], out[512];

	memset(imported, 0, sizeof(*imported));
	write_file(scratch(in, "in.txt"), data, bytes);
	scratch(out, "out.slt");
	unlink(out);
	imported->code = trace_import(in, out, options ? options : &defaults,
				      &imported->report, &imported->error);
	if (imported->code) {
		assert_string_not_equal(imported->error.text, "");
		assert_int_not_equal(access(out, F_OK), 0);
		return;
	}
	imported->reader = slt_open(out, &imported->error);
	assert_non_null(imported->reader);
	read_events(imported);
}

static inline void import_text(struct imported *imported, const char *text,
			       const struct import_options *options)
{
	import_bytes(imported, text, strlen(text), options);
}

static inline void imported_release(struct imported *imported)
{
	slt_close(imported->reader);
	imported->reader = NULL;
}

/* The error must hold each of these texts, up to a NULL. */
static inline void assert_error(const struct imported *imported, int code, ...)
{
	const char *text;
	va_list args;

	assert_int_equal(imported->code, code);
	va_start(args, code);
	while ((text = va_arg(args, const char *)) != NULL) {
		if (!strstr(imported->error.text, text))
			fail_msg("\"%s\" is not in \"%s\"", text,
				 imported->error.text);
	}
	va_end(args);
}

#endif
