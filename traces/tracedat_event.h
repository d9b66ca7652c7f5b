/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One record of a trace.dat made into what a line of text would have said.
 * Only for builds with libtraceevent.
 */
#ifndef TRACES_TRACEDAT_EVENT_H
#define TRACES_TRACEDAT_EVENT_H

#include <event-parse.h>

#include "traces/ftrace.h"
#include "traces/text_memo.h"

struct tracedat_kind; /* a type of event: what it is, where its fields are */

struct tracedat_decoder {
	struct tep_handle *tep; /* borrowed */
	bool ticks;             /* time stamps are of a clock without unit */
	struct tracedat_kind **kinds; /* by number of the type */
	size_t nr_kinds;
	struct text_memo tasks, call_sites, flags;
};

/*
 * Return: false when out of memory. There is no release: a decoder lives in
 * the child that reads, and goes with it.
 */
bool tracedat_decoder_init(struct tracedat_decoder *decoder,
			   struct tep_handle *tep, bool ticks);

/*
 * tracedat_decode - a record; texts are valid as long as both it and the
 * decoder are. One that does not fit its description is FTRACE_UNPARSED.
 * Return: false when out of memory.
 */
bool tracedat_decode(struct tracedat_decoder *decoder,
		     struct tep_record *record, struct ftrace_line *line);

#endif
