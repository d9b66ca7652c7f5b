/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal key by key and a screen at a time: termios and the escape codes
 * that everything since the VT100 knows. A library of windows would be more
 * than one picture needs.
 */
#ifndef SIM_TERMINAL_H
#define SIM_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "sim/frame.h"

enum terminal_key {
	KEY_NOTHING = 0, /* woken up: the size may have changed */
	KEY_ENDED = -1,  /* no terminal any more, or a signal to stop */
	KEY_UP = 1000,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_ESCAPE,
	/* others: the byte itself */
};

struct terminal {
	struct termios before;
	enum frame_styling styling;
	size_t rows, columns;
};

/*
 * terminal_open - take over the terminal of stdin and stdout
 * It is given back by terminal_close, or when the program exits by whatever
 * exit(); its memory lives until then.
 * Return: NULL when it is none, errno set.
 */
struct terminal *terminal_open(void);
void terminal_close(struct terminal *terminal);

/* Ask for its size; true when it is another one. */
bool terminal_resized(struct terminal *terminal);
/* Show a frame, at most as many lines as there are rows. */
void terminal_show(const struct terminal *terminal, const struct frame *frame);
/* Wait for a key, up to a quarter of a second. Return: enum terminal_key. */
int terminal_key(void);
/*
 * terminal_ask - a line of text, typed in the last row
 * @text: of @bytes; what is in it can be edited. Return: false when given up.
 */
bool terminal_ask(const struct terminal *terminal, const char *prompt,
		  char *text, size_t bytes);

#endif
