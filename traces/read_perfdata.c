/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traces/read_perfdata.h"

#include <errno.h>

#include "traces/error.h"

int import_perfdata(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error)
{
	(void)options;
	(void)report;
	(void)result;
	return trace_fail(error, -EBADMSG, "%s: this is a perf.data; import "
			  "what \"perf script\" prints of it",
			  lines_name(lines));
}
