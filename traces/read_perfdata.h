/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf.data, which has no library: what "perf script" prints of it is read
 * from a pipe.
 */
#ifndef TRACES_READ_PERFDATA_H
#define TRACES_READ_PERFDATA_H

#include "traces/import_internal.h"

/*
 * import_perfdata - import_ftrace for a perf.data
 * Where perf is missing or fails: -EBADMSG, and @error says so.
 */
int import_perfdata(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error);

#endif
