/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as the lines that a kernel's trace file would have for them, such
 * that importing the text gives the same events again.
 */
#ifndef SIM_CONVERT_TEXT_H
#define SIM_CONVERT_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "traces/slt.h"

struct convert {
	const struct trace_header *header; /* borrowed */
	FILE *out;                         /* NULL: only count */
	/* Nine decimals, not six; set when counting meets such a time. */
	bool nanoseconds;
	bool slub;         /* sizes of kmallocs are SLUB's */
	struct event held; /* an implicit free that may need no line */
	bool holding;
	uint64_t lines;   /* of events */
	uint64_t unknown; /* frees of unknown objects so far */
	uint32_t next_loss; /* of the header's, without a line yet */
	/* What the lines cannot say: */
	uint64_t creations, implicit_frees, inferred_allocs;
};

/*
 * @out: NULL to count lines only, which comes first: the heading and the
 * decimals of all times depend on what there is.
 */
void convert_init(struct convert *convert, const struct trace_header *header,
		  FILE *out);
/* The comment lines at the top; @lines: of events that will follow. */
void convert_heading(const struct convert *convert, uint64_t lines);
void convert_event(struct convert *convert, const struct event *event);
/* After the last event. */
void convert_finish(struct convert *convert);

#endif
