/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small files that a user gives beside a trace, line by line; plain or
 * compressed, as traces are.
 */
#ifndef TRACES_TEXT_FILE_H
#define TRACES_TEXT_FILE_H

#include "traces/slt.h"

#define TEXT_FILE_LINE_BYTES 4096

/* @text: a line without its end, for the callee to change. Return: as below. */
typedef int text_file_take(void *arg, char *text, uint64_t number);

/*
 * text_file_read - hand each line of @path to @take, until one returns not 0
 * Return: what @take did; -EBADMSG for a line that is too long or no text, or
 * damaged compressed data, or an errno of I/O, with @error filled in.
 */
int text_file_read(const char *path, text_file_take *take, void *arg,
		   struct trace_error *error);

#endif
