/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace of whatever kind, as events: a .slt file is opened, anything else is
 * imported first, into a temporary file that is gone before this returns.
 */
#ifndef SIM_OPEN_TRACE_H
#define SIM_OPEN_TRACE_H

#include "traces/import.h"
#include "traces/slt.h"

/*
 * open_trace - open @path, importing it when it is no .slt file
 * @path: "-" is the standard input, imported.
 * @options: of the import; stopped by interrupt_wanted.
 *
 * What the import has to say and what is wrong is printed on stderr.
 * Return: an enum exit_code; EXIT_OK with @reader owned by the caller
 * (slt_close).
 */
int open_trace(const char *path, const struct import_options *options,
	       bool quiet, struct slt_reader **reader);

#endif
