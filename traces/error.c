/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error texts. Text that comes from a trace is always quoted first: it may
 * hold anything, and ends up on a terminal.
 */
#include "traces/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int trace_fail(struct trace_error *error, int code, const char *format, ...)
{
	va_list args;

	if (!error)
		return code;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return code;
}

static size_t quote_byte(char quoted[5], unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	if (c >= ' ' && c < 0x7f && c != '\\') {
		quoted[0] = (char)c;
		return 1;
	}
	quoted[0] = '\\';
	quoted[1] = 'x';
	quoted[2] = digits[c >> 4];
	quoted[3] = digits[c & 15];
	return 4;
}

static size_t quoted_bytes(const char *text, size_t bytes)
{
	size_t total = 0;
	char quoted[5];

	for (size_t i = 0; i < bytes; i++)
		total += quote_byte(quoted, (unsigned char)text[i]);
	return total;
}

void trace_quote(char *out, size_t out_bytes, const char *text, size_t bytes)
{
	bool cut = quoted_bytes(text, bytes) >= out_bytes;
	size_t room = out_bytes - (cut ? 4 : 1), used = 0;

	for (size_t i = 0; i < bytes; i++) {
		char quoted[5];
		size_t length = quote_byte(quoted, (unsigned char)text[i]);

		if (used + length > room)
			break;
		memcpy(out + used, quoted, length);
		used += length;
	}
	memcpy(out + used, "...", cut ? 3 : 0);
	out[used + (cut ? 3 : 0)] = '\0';
}
