/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stepping on a terminal. Top to bottom: what just happened, the state it left,
 * what is said, what comes next.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/step_face.h"
#include "sim/step_picture.h"
#include "sim/step_view.h"
#include "sim/terminal.h"

/* Slabs of one list: a screen shows no more. */
#define MAX_SLABS 100
#define LEAST_PATH 4

static const char keys[] = STYLE_TITLE
	" space: on  b: back  m/M: next/last miss  w/W: grow  "
	"r/R: reap  h: help  q: quit " STYLE_PLAIN;

/* --- what is shown --------------------------------------------------------- */

/* The picture gets the rows that the words leave. */
static void draw(struct stepper *s, const struct terminal *terminal)
{
	struct frame frame = { .columns = terminal->columns };
	struct frame below = { .columns = terminal->columns };
	size_t from, left;

	step_view_next(&below, s);
	frame_add(&below, FRAME_KEEP, "%s", step_picture_legend);
	if (*s->message)
		frame_add(&below, FRAME_KEEP, STYLE_TITLE " %s " STYLE_PLAIN,
			  s->message);
	else
		frame_add(&below, FRAME_KEEP, "%s", keys);
	step_view_words(&frame, s,
			terminal->rows > 40 ? terminal->rows / 6 : LEAST_PATH);
	from = frame.nr;
	step_view_cache(&frame, s, MAX_SLABS);
	left = terminal->rows > below.nr + from ?
		       terminal->rows - below.nr - from :
		       0;
	frame_fit(&frame, from, left);
	while (frame.nr + below.nr < terminal->rows)
		frame_add(&frame, FRAME_KEEP, "%s", "");
	for (size_t i = 0; i < below.nr; i++)
		frame_add(&frame, FRAME_KEEP, "%s", below.lines[i].text);
	terminal_show(terminal, &frame);
	frame_release(&frame);
	frame_release(&below);
}

static void draw_help(const struct terminal *terminal)
{
	struct frame frame = { .columns = terminal->columns };
	const char *line = stepper_help, *end;

	frame_add(&frame, FRAME_KEEP,
		  STYLE_TITLE " slabsim step: commands (after a colon) and "
			      "keys " STYLE_PLAIN);
	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		frame_add(&frame, FRAME_KEEP, "  %.*s", (int)(end - line),
			  line);
	}
	frame_add(&frame, FRAME_KEEP,
		  "  :                          type a command   arrows: step, "
		  "10 steps");
	frame_add(&frame, FRAME_KEEP,
		  "  Home, End                  to the beginning, to the end");
	frame_add(&frame, FRAME_KEEP, "%s", step_picture_legend);
	frame_add(&frame, FRAME_KEEP,
		  "In front of what the last step touched stands '>'; 3.15 is "
		  "object 15 of slab 3.");
	frame_add(&frame, FRAME_KEEP,
		  STYLE_TITLE " any key: back to the picture " STYLE_PLAIN);
	terminal_show(terminal, &frame);
	frame_release(&frame);
}

/* --- keys ----------------------------------------------------------------- */

static const char *command_of(int key, char letter[2])
{
	switch (key) {
	case ' ':
	case '\n':
	case KEY_RIGHT:
		return "next";
	case 0177:
	case '\b':
	case KEY_LEFT:
		return "back";
	case KEY_DOWN:
	case KEY_PAGE_DOWN:
		return "next 10";
	case KEY_UP:
	case KEY_PAGE_UP:
		return "back 10";
	case KEY_HOME:
		return "goto 0";
	case '?':
		return "help";
	default:
		letter[0] = (char)key;
		letter[1] = '\0';
		return key > ' ' && key < 0177 ? letter : NULL;
	}
}

/* Keys that need a word more begin a command for their user. */
static const char *begin_of(int key)
{
	switch (key) {
	case 'g':
		return "goto ";
	case 'k':
		return "cache ";
	case 'B':
		return "break ";
	case 'd':
		return "delete ";
	case ':':
		return "";
	default:
		return NULL;
	}
}

static int obey(struct stepper *s, const struct terminal *terminal, int key)
{
	const char *begin = begin_of(key), *command;
	char text[256], letter[2];

	if (key == KEY_END)
		return stepper_goto(s, s->source->nr);
	if (begin) {
		snprintf(text, sizeof(text), "%s", begin);
		if (!terminal_ask(terminal, ":", text, sizeof(text)))
			return EXIT_OK;
		return stepper_command(s, text);
	}
	command = command_of(key, letter);
	return command ? stepper_command(s, command) : EXIT_OK;
}

int step_screen(struct stepper *s)
{
	struct terminal *terminal = terminal_open();
	int code = EXIT_OK, key;
	bool help = false;

	if (!terminal) {
		talk("no terminal to step on: %s; see --plain",
		     strerror(errno));
		return EXIT_IO;
	}
	draw(s, terminal);
	while (!s->quit && (code == EXIT_OK || code == EXIT_USAGE)) {
		key = terminal_key();
		if (key == KEY_ENDED)
			break;
		if (key == KEY_NOTHING && !terminal_resized(terminal))
			continue;
		s->help = s->help && key == KEY_NOTHING;
		if (key != KEY_NOTHING && !help) {
			s->message[0] = '\0';
			code = obey(s, terminal, key);
			if (code == EXIT_INTERRUPTED && interrupt_forget())
				code = EXIT_OK;
		}
		help = s->help;
		if (help)
			draw_help(terminal);
		else
			draw(s, terminal);
	}
	terminal_close(terminal);
	if (interrupt_wanted())
		return EXIT_INTERRUPTED;
	if (code == EXIT_OK || code == EXIT_USAGE)
		return EXIT_OK;
	talk("%s: %s", s->source->name, s->message);
	return code;
}
