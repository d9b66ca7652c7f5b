/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the import (import.c) and the readers of single formats
 * (import_*.c). A new format is a reader of this shape, a row in import.c and
 * a test in sniff.c.
 */
#ifndef TRACES_IMPORT_INTERNAL_H
#define TRACES_IMPORT_INTERNAL_H

#include "traces/event_store.h"
#include "traces/import.h"
#include "traces/lines.h"
#include "traces/text.h"

/* What a reader makes of a file. */
struct import_result {
	struct event_store events;  /* as they go into the file */
	struct trace_header header; /* all but counts, source and digest */
};

/*
 * Read @lines to their end. Counts go to @report, together with warnings and
 * unparsed lines. Return: 0 or -errno as trace_import; @result is the
 * caller's to release in either case.
 */
int import_text(struct lines *lines, enum text_shape shape,
		const struct import_options *options,
		struct import_report *report, struct import_result *result,
		struct trace_error *error);
int import_scenario(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error);

/* To be called for every line; 0 or -EINTR. Calls the progress hook. */
int import_tick(const struct lines *lines, const struct import_options *options,
		uint64_t line, struct trace_error *error);

/* The same where another thread reads @lines: @done_bytes so far. */
int import_tick_at(const struct lines *lines,
		   const struct import_options *options, uint64_t line,
		   uint64_t done_bytes, struct trace_error *error);

/* Has a temporary file failed (event_store_error)? 0, or -errno and @error. */
int import_check_store(int store_error, struct trace_error *error);

/* Add a sentence to the report's warnings, if it still fits. */
void import_warn(struct import_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
