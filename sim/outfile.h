/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An output file that appears whole or not at all: it is written under a
 * temporary name beside its own and renamed at the end.
 */
#ifndef SIM_OUTFILE_H
#define SIM_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

struct outfile {
	char *path;
	char *temporary;
	FILE *stream; /* NULL until it is asked for */
	bool failed;
};

/*
 * The file @prefix@suffix; nothing is opened yet. @prefix NULL: a file that
 * nobody wants; what is written to it is dropped.
 */
void outfile_init(struct outfile *out, const char *prefix, const char *suffix);
/* Opens it at the first call. Never NULL: errors are told at the commit. */
FILE *outfile_stream(struct outfile *out);
/*
 * outfile_commit - move the file into place, or, when nothing was written,
 * remove a stale one of that name
 * Return: false when anything failed; it has been printed.
 */
bool outfile_commit(struct outfile *out);
/* Remove what is uncommitted and release all; harmless after a commit. */
void outfile_abort(struct outfile *out);

#endif
