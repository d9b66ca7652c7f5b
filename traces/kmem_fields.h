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
bool kmem_take_time(struct cursor *in, struct ftrace_line *line);
/* The value of a size, of a node, of a pointer. */
bool kmem_size_value(struct cursor *in, uint32_t *value);
bool kmem_node_value(struct cursor *in, int16_t *value);
bool kmem_pointer_value(struct cursor *in, struct ftrace_line *line);
/* kmem_kind - of the event of this name; false: no kmem event of ours */
bool kmem_kind(const char *name, size_t bytes, enum ftrace_kind *kind);

#endif
