/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traces/read_ctf.h"

#include <errno.h>

#include "traces/error.h"

struct lines *ctf_open(const char *path, int *code, struct trace_error *error)
{
	return lines_open(path, code, error);
}

int import_ctf(struct lines *lines, const struct import_options *options,
	       struct import_report *report, struct import_result *result,
	       struct trace_error *error)
{
	(void)options;
	(void)report;
	(void)result;
	return trace_fail(error, -EBADMSG, "%s: this is CTF; import what "
			  "babeltrace2 prints of it", lines_name(lines));
}
