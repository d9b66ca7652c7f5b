/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a picture made of characters, for a screen or for a pipe. A style is
 * a control byte inside the text; visible text has no other ones. A style only
 * underlines what the characters say already.
 */
#ifndef SIM_FRAME_H
#define SIM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define STYLE_PLAIN "\001"
#define STYLE_BOLD "\002"
#define STYLE_DIM "\003"
#define STYLE_TITLE "\004"
#define STYLE_LIVE "\005"
#define STYLE_CPU "\006"
#define STYLE_SHARED "\007"
#define STYLE_ALIEN "\010"

/* How a line is worth keeping where there is no room for all. */
#define FRAME_KEEP 1000

struct frame_line {
	char *text; /* owned */
	unsigned int weight;
};

/* Begin with zeroes but for the columns. Without memory, lines are missing. */
struct frame {
	struct frame_line *lines;
	size_t nr, room;
	size_t columns;
};

void frame_clear(struct frame *frame);
void frame_release(struct frame *frame);

/* frame_add - a line, cut at the frame's columns */
void frame_add(struct frame *frame, unsigned int weight, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));
/*
 * frame_wrap - running text, after @first in its first line and @next in others
 * @text: visible.
 */
void frame_wrap(struct frame *frame, const char *first, const char *next,
		const char *text);
/*
 * frame_fit - drop the least of the lines from @from on, the last ones first,
 * until there are @max; the last of these says how many went.
 */
void frame_fit(struct frame *frame, size_t from, size_t max);

enum frame_styling { FRAME_BARE, FRAME_NO_COLOUR, FRAME_COLOUR };
/* A line, without a newline. */
void frame_print_line(const char *text, FILE *out, enum frame_styling styling);

#endif
