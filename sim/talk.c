/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Talking to the person on stderr.
 *
 * Everything the program says besides data goes through talk(): one message
 * is one line in one write, so the lines of several threads do not mix. Names
 * in messages come from traces, so control bytes never reach the terminal.
 */
#include "sim/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TALK_BYTES 2048

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* A newline within a message would look like a second message. */
static void mask_control(char *text)
{
	for (; *text; text++) {
		if (is_control(*text))
			*text = '?';
	}
}

void talk(const char *format, ...)
{
	char line[TALK_BYTES];
	va_list args;

	va_start(args, format);
	if (vsnprintf(line, sizeof(line), format, args) < 0)
		line[0] = '\0';
	va_end(args);
	mask_control(line);
	fprintf(stderr, "slabsim: %s\n", line);
}
