/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source of records that is not text: the binary readers (read_*.c) give
 * what a line of text would have been parsed to, and import_records() does
 * with it what it does with lines. So every rule of import holds for all.
 */
#ifndef TRACES_RECORD_READER_H
#define TRACES_RECORD_READER_H

#include "traces/ftrace.h"
#include "traces/import_internal.h"

struct record_reader {
	/*
	 * The next record, in the order of time; its texts are valid until
	 * the next call. Kinds without an event (FTRACE_LOST ...) may come
	 * as well. Return: 1; 0 at the end; -errno with @error filled in.
	 */
	int (*next)(struct record_reader *reader, struct ftrace_line *record,
		    struct trace_error *error);
	void *state; /* the reader's */
};

/*
 * import_records - import_ftrace, but of what @reader gives
 * @lines: the file, for messages, progress and digest; not read here.
 */
int import_records(struct lines *lines, struct record_reader *reader,
		   const struct import_options *options,
		   struct import_report *report, struct import_result *result,
		   struct trace_error *error);

#endif
