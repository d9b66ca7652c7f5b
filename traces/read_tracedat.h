/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.dat of trace-cmd, versions 6 and 7, read by libtracecmd.
 */
#ifndef TRACES_READ_TRACEDAT_H
#define TRACES_READ_TRACEDAT_H

#include "traces/import_internal.h"

/*
 * import_tracedat - import_ftrace for a trace.dat
 * Where slabsim was built without the library: -EBADMSG, and @error says what
 * to install.
 */
int import_tracedat(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error);

#endif
