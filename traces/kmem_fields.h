/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows the time in a line, whatever tool printed it: "event:" and the
 * fields of kmem events, "key=value" in any order, most of them optional.
 * Shared by the parsers of all shapes of text.
 */
#ifndef TRACES_KMEM_FIELDS_H
#define TRACES_KMEM_FIELDS_H

#include <stdbool.h>

#include "traces/ftrace.h"
#include "traces/scan.h"

/*
 * kmem_take_event - "event: fields" up to the end of the line
 * Sets the kind and the fields. Return: false where the line is no event, or
 * is one with a field that makes no sense, or lacks one that is needed.
 */
bool kmem_take_event(struct cursor *in, struct ftrace_line *line);

/*
 * What the parts of a line are made of; each moves the cursor behind what it
 * took, and returns false at what it does not know.
 */

/* "8.067102" with up to nine decimals -> ns; "51805946351" -> ticks. */
static inline bool kmem_take_time(struct cursor *in, struct ftrace_line *line)
{
	static const uint32_t unit_ns[10] = {
		0,     100000000, 10000000, 1000000, 100000,
		10000, 1000,      100,      10,      1,
	};
	const uint64_t max_seconds = UINT64_MAX / 1000000000 - 1;
	uint64_t fraction;
	const char *start;

	if (!scan_number(in, UINT64_MAX, &line->time))
		return false;
	line->ticks = !scan_take(in, '.');
	if (line->ticks)
		return scan_take(in, ':');
	start = in->p;
	if (!scan_number(in, 999999999, &fraction) || in->p - start > 9 ||
	    line->time > max_seconds)
		return false;
	line->time =
		line->time * 1000000000 + fraction * unit_ns[in->p - start];
	return scan_take(in, ':');
}

/* The value of a size, of a node, of a pointer. */
bool kmem_size_value(struct cursor *in, uint32_t *value);
bool kmem_node_value(struct cursor *in, int16_t *value);
bool kmem_pointer_value(struct cursor *in, struct ftrace_line *line);
/* kmem_kind - of the event of this name; false: no kmem event of ours */
bool kmem_kind(const char *name, size_t bytes, enum ftrace_kind *kind);

#endif
