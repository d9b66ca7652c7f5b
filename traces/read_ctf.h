/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CTF, as LTTng and "perf data convert --to-ctf" write it, read by
 * libbabeltrace2. A CTF trace is a directory; the metadata in it, or a stream
 * beside that, names it as well.
 */
#ifndef TRACES_READ_CTF_H
#define TRACES_READ_CTF_H

#include "traces/import_internal.h"

/*
 * ctf_open - lines_open, but a directory that holds a CTF trace (in itself,
 * or one level below it) is opened by its metadata
 */
struct lines *ctf_open(const char *path, int *code, struct trace_error *error);

/*
 * import_ctf - import_ftrace for the directory that the file of @lines is in
 *
 * Sets the digest too: over all files of the directory. Where slabsim was
 * built without the library: -EBADMSG, and @error says what to install.
 */
int import_ctf(struct lines *lines, const struct import_options *options,
	       struct import_report *report, struct import_result *result,
	       struct trace_error *error);

#endif
