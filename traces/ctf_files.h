/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory that a CTF trace is: finding it, and its digest.
 */
#ifndef TRACES_CTF_FILES_H
#define TRACES_CTF_FILES_H

#include "traces/digest.h"
#include "traces/slt.h"

/*
 * ctf_find_metadata - the file "metadata" in @directory, or else in one right
 * below it ("kernel", as LTTng calls it, or the first by name)
 * Return: owned; NULL: there is none.
 */
char *ctf_find_metadata(const char *directory);

/*
 * ctf_digest - digest over all files right in @directory, in the order of
 * their names: name, NUL, contents of each
 * Return: 0, or -errno with @error filled in.
 */
int ctf_digest(const char *directory, char text[DIGEST_TEXT_BYTES],
	       struct trace_error *error);

#endif
