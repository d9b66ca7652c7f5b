/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a trace's text that are no kmem events, but say when something
 * else happened: markers around the readings of /proc/slabinfo, written to
 * trace_marker ("slabinfo begin NAME", "slabinfo end NAME"), and the runs of
 * the traced allocator's reaper (workqueue_execute_start of cache_reap).
 */
#ifndef TRACES_MARKS_H
#define TRACES_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/slt.h"

enum mark_kind { MARK_SLABINFO_BEGIN, MARK_SLABINFO_END, MARK_REAP };

#define MARK_NAME_BYTES 32

struct trace_mark {
	enum mark_kind kind;
	uint64_t time_ns; /* since the first event, as the import counts */
	uint16_t cpu;
	char name[MARK_NAME_BYTES]; /* of a reading; cut to fit */
};

struct trace_marks {
	struct trace_mark *marks; /* owned; in the order of the text */
	uint32_t nr;
};

/*
 * trace_marks_read - find them in the recording at @path
 *
 * What is no text of a trace, or has a clock without seconds, has none.
 * Return: 0, or -errno with @error filled in. Release @marks only after 0.
 */
int trace_marks_read(const char *path, struct trace_marks *marks,
		     struct trace_error *error);
void trace_marks_release(struct trace_marks *marks);

/* The first or, with @last, the last of a kind (and name: NULL any), or NULL. */
const struct trace_mark *trace_marks_find(const struct trace_marks *marks,
					  enum mark_kind kind, const char *name,
					  bool last);

#endif
