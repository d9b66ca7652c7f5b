/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/frame.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"

#define LINE_BYTES 1024

void frame_clear(struct frame *frame)
{
	for (size_t i = 0; i < frame->nr; i++)
		free(frame->lines[i].text);
	frame->nr = 0;
}

void frame_release(struct frame *frame)
{
	frame_clear(frame);
	free(frame->lines);
	*frame = (struct frame){ .columns = frame->columns };
}

static bool is_style(char c)
{
	return c >= STYLE_PLAIN[0] && c <= STYLE_ALIEN[0];
}

/* The second and later bytes of a character of UTF-8 take no place. */
static bool takes_place(char c)
{
	return !is_style(c) && ((unsigned char)c & 0xc0) != 0x80;
}

/* What lies beyond the columns goes; that it did is shown. */
static void cut(char *text, size_t columns)
{
	size_t width = 0;
	char *last = text;

	for (char *c = text; *c; c++) {
		if (!takes_place(*c))
			continue;
		if (++width == columns)
			last = c;
	}
	if (width > columns && columns)
		memcpy(last, ">", 2);
}

static void put(struct frame *frame, unsigned int weight, const char *text)
{
	size_t room = frame->room ? 2 * frame->room : 64;
	struct frame_line *grown;
	char *copy = malloc(strlen(text) + 1);

	if (copy && frame->nr == frame->room) {
		grown = realloc(frame->lines, room * sizeof(*grown));
		if (grown) {
			frame->lines = grown;
			frame->room = room;
		}
	}
	if (!copy || frame->nr == frame->room) {
		free(copy);
		return;
	}
	strcpy(copy, text);
	cut(copy, frame->columns);
	frame->lines[frame->nr++] = (struct frame_line){ copy, weight };
}

void frame_add(struct frame *frame, unsigned int weight, const char *format,
	       ...)
{
	char text[LINE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(frame, weight, text);
}

void frame_wrap(struct frame *frame, const char *first, const char *next,
		const char *text)
{
	char line[LINE_BYTES];
	size_t used = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (used && (text_width(line) + 1 + word > frame->columns ||
			     used + word + 2 > sizeof(line))) {
			put(frame, FRAME_KEEP, line);
			used = 0;
			first = next;
		}
		used += (size_t)snprintf(line + used, sizeof(line) - used,
					 "%s%.*s", used ? " " : first,
					 (int)word, text);
		if (used >= sizeof(line))
			used = sizeof(line) - 1;
		text += word;
		text += strspn(text, " ");
	}
	if (used)
		put(frame, FRAME_KEEP, line);
}

static size_t least_of(const struct frame *frame, size_t from)
{
	size_t least = frame->nr - 1;

	for (size_t i = frame->nr; i-- > from;) {
		if (frame->lines[i].weight < frame->lines[least].weight)
			least = i;
	}
	return least;
}

void frame_fit(struct frame *frame, size_t from, size_t max)
{
	size_t gone = 0, i;

	if (frame->nr - from <= max)
		return;
	while (frame->nr > from && frame->nr - from + 1 > max) {
		i = least_of(frame, from);
		free(frame->lines[i].text);
		frame->nr--;
		memmove(&frame->lines[i], &frame->lines[i + 1],
			(frame->nr - i) * sizeof(*frame->lines));
		gone++;
	}
	frame_add(frame, FRAME_KEEP,
		  STYLE_DIM "  (%zu lines more in a higher window)" STYLE_PLAIN,
		  gone);
}

/* Colours of middle brightness: they show on white and on black. */
static const char *code_of(char style, enum frame_styling styling)
{
	static const char *const codes[] = {
		"\033[0m",       "\033[1m",        "\033[2m",
		"\033[7m",       "\033[38;5;33m",  "\033[38;5;208m",
		"\033[38;5;36m", "\033[38;5;170m",
	};
	int i = style - STYLE_PLAIN[0];

	if (styling == FRAME_BARE ||
	    (styling == FRAME_NO_COLOUR && style >= STYLE_LIVE[0]))
		return "";
	return codes[i];
}

void frame_print_line(const char *text, FILE *out, enum frame_styling styling)
{
	for (const char *c = text; *c; c++) {
		if (is_style(*c))
			fputs(code_of(*c, styling), out);
		else
			fputc(*c, out);
	}
	if (styling != FRAME_BARE)
		fputs("\033[0m", out);
}
