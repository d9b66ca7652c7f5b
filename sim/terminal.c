/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _DEFAULT_SOURCE
#include "sim/terminal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/interrupt.h"

#define WAIT_MS 250
#define ESCAPE_MS 50 /* the rest of a sequence follows at once */

/* The other screen, no cursor; and back. */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[0m\033[?25h\033[?1049l"

static void leave(struct terminal *terminal)
{
	if (!terminal->rows)
		return;
	fputs(LEAVE, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	terminal->rows = 0;
}

/* However the program ends, unless it is killed. */
static void at_exit(int code, void *arg)
{
	(void)code;
	leave(arg);
	free(arg);
}

void terminal_close(struct terminal *terminal)
{
	leave(terminal);
}

bool terminal_resized(struct terminal *terminal)
{
	size_t rows = terminal->rows, columns = terminal->columns;
	struct winsize size;

	terminal->rows = 24;
	terminal->columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row &&
	    size.ws_col) {
		terminal->rows = size.ws_row;
		terminal->columns = size.ws_col;
	}
	return rows != terminal->rows || columns != terminal->columns;
}

static enum frame_styling choose_styling(void)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *type = getenv("TERM");

	if ((no_colour && *no_colour) || (type && !strcmp(type, "vt100")))
		return FRAME_NO_COLOUR;
	return FRAME_COLOUR;
}

struct terminal *terminal_open(void)
{
	struct terminal *terminal = calloc(1, sizeof(*terminal));
	struct termios raw;

	if (!terminal)
		return NULL;
	if (!isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &terminal->before) ||
	    on_exit(at_exit, terminal)) {
		free(terminal);
		return NULL;
	}
	raw = terminal->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	/* Ctrl-C is a signal, as everywhere; Ctrl-Z would leave a mess */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return NULL; /* at_exit frees it */
	terminal->styling = choose_styling();
	terminal_resized(terminal);
	fputs(ENTER, stdout);
	return terminal;
}

void terminal_show(const struct terminal *terminal, const struct frame *frame)
{
	fputs("\033[H", stdout);
	for (size_t i = 0; i < frame->nr && i < terminal->rows; i++) {
		frame_print_line(frame->lines[i].text, stdout,
				 terminal->styling);
		fputs(i + 1 < terminal->rows ? "\033[K\r\n" : "\033[K", stdout);
	}
	if (frame->nr < terminal->rows)
		fputs("\033[J", stdout);
	fflush(stdout);
}

/* --- keys ---------------------------------------------------------------- */

/* A byte; 0: none in time; -1: no more. */
static int byte_in(int ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char c;
	int ready = poll(&in, 1, ms);

	if (interrupt_wanted())
		return -1;
	if (ready <= 0)
		return 0;
	return read(STDIN_FILENO, &c, 1) == 1 ? c : -1;
}

static int key_of(int letter, int number)
{
	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case '~':
		return number == 1 || number == 7 ? KEY_HOME :
		       number == 4 || number == 8 ? KEY_END :
		       number == 5                ? KEY_PAGE_UP :
		       number == 6                ? KEY_PAGE_DOWN :
						    KEY_NOTHING;
	default:
		return KEY_NOTHING;
	}
}

/* After ESC: "[A", "OA", "[5~"; nothing: the key itself. */
static int escape_key(void)
{
	int c = byte_in(ESCAPE_MS), number = 0;

	if (c == 0)
		return KEY_ESCAPE;
	if (c != '[' && c != 'O')
		return KEY_NOTHING;
	for (c = byte_in(ESCAPE_MS); c >= '0' && c <= ';';
	     c = byte_in(ESCAPE_MS)) {
		if (c <= '9' && number < 100)
			number = 10 * number + (c - '0');
	}
	return key_of(c, number);
}

int terminal_key(void)
{
	int c = byte_in(WAIT_MS);

	if (c == 4) /* Ctrl-D */
		return KEY_ENDED;
	return c == 033 ? escape_key() : c;
}

static void show_asked(const struct terminal *terminal, const char *prompt,
		       const char *text)
{
	printf("\033[%zu;1H\033[0m%s%s\033[K\033[?25h", terminal->rows, prompt,
	       text);
	fflush(stdout);
}

/* A character of UTF-8 may be several bytes. */
static void erase_last(char *text)
{
	size_t nr = strlen(text);

	while (nr && ((unsigned char)text[nr - 1] & 0xc0) == 0x80)
		nr--;
	text[nr ? nr - 1 : 0] = '\0';
}

bool terminal_ask(const struct terminal *terminal, const char *prompt,
		  char *text, size_t bytes)
{
	int key = KEY_NOTHING;

	while (key != KEY_ENDED && key != KEY_ESCAPE && key != '\n' &&
	       key != '\r') {
		size_t nr = strlen(text);

		show_asked(terminal, prompt, text);
		key = terminal_key();
		if (key == 0177 || key == '\b') {
			erase_last(text);
		} else if (key == 025) { /* Ctrl-U */
			text[0] = '\0';
		} else if (key >= ' ' && key < 256 && nr + 1 < bytes) {
			text[nr] = (char)key;
			text[nr + 1] = '\0';
		}
	}
	fputs("\033[?25l", stdout);
	return key == '\n' || key == '\r';
}
