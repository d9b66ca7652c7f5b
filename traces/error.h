/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saying what went wrong, in one line.
 */
#ifndef TRACES_ERROR_H
#define TRACES_ERROR_H

#include <stddef.h>

#include "traces/slt.h"

/*
 * trace_fail - put a message into @error and pass the code on
 * @error: may be NULL. @code: a negative errno. Return: @code.
 */
int trace_fail(struct trace_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * trace_quote - bytes of a trace made fit for a message
 *
 * Control characters, backslashes and everything beyond ASCII become \xHH;
 * cut (with "...") to what fits. Always NUL-terminated. @out_bytes: 5 or more.
 */
void trace_quote(char *out, size_t out_bytes, const char *text, size_t bytes);

#endif
