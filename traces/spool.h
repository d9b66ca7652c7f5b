/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recording as a file that a library can seek in: the file itself where it
 * is one and not compressed, else a temporary one without a name.
 */
#ifndef TRACES_SPOOL_H
#define TRACES_SPOOL_H

#include "traces/lines.h"

/*
 * spool - read @lines to their end (so the digest is complete)
 *
 * Return: a descriptor at the first byte of what is recorded, the caller's to
 * close, or -errno with @error filled in. It may share its position with that
 * of @lines, which is of no use any more but for its name and digest.
 */
int spool(struct lines *lines, struct trace_error *error);

/* A new file without a name: a descriptor, the caller's; or -errno. */
int spool_nameless(struct trace_error *error);

#endif
