/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stepping as plain text: a list of steps, or commands from a file. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/step_face.h"
#include "sim/step_picture.h"
#include "sim/step_view.h"

#define COLUMNS 80
#define PATH_LINES 12

static void print(struct frame *frame)
{
	for (size_t i = 0; i < frame->nr; i++) {
		frame_print_line(frame->lines[i].text, stdout, FRAME_BARE);
		putchar('\n');
	}
	putchar('\n');
	frame_release(frame);
}

static void print_talk(const struct stepper *s, uint64_t position)
{
	struct frame frame = { .columns = COLUMNS };
	const char *talk = s->source->ops->talk(s->source, position);

	if (!*talk)
		return;
	frame_wrap(&frame, "", "", talk);
	print(&frame);
}

static void print_step(struct stepper *s, bool picture)
{
	struct frame frame = { .columns = COLUMNS };

	step_view_words(&frame, s, PATH_LINES);
	if (picture)
		step_view_cache(&frame, s, 0);
	print(&frame);
}

static int told(const struct stepper *s, int code)
{
	if (code)
		talk("%s: %s", s->source->name, s->message);
	return code;
}

int step_list(struct stepper *s, uint64_t from, uint64_t to, bool picture)
{
	uint64_t at = from ? from : 1;

	if (to > s->source->nr)
		to = s->source->nr;
	for (; at <= to; at++) {
		int code = stepper_goto(s, at);

		if (code)
			return told(s, code);
		print_talk(s, at - 1);
		print_step(s, picture);
		if (interrupt_wanted())
			return EXIT_INTERRUPTED;
	}
	if (to == s->source->nr)
		print_talk(s, to);
	return EXIT_OK;
}

static int answer(struct stepper *s, const char *line, bool picture)
{
	uint64_t before = timeline_position(s->timeline);
	int code = stepper_command(s, line);

	if (code)
		return told(s, code);
	if (*s->message)
		printf("%s\n\n", s->message);
	if (s->help)
		printf("%s\n", stepper_help);
	if (timeline_position(s->timeline) != before || s->show)
		print_step(s, picture || s->show);
	return EXIT_OK;
}

int step_commands(struct stepper *s, bool picture)
{
	char *line = NULL;
	size_t room = 0;
	uint64_t nr = 0;
	int code = EXIT_OK;

	while (!code && !s->quit && getline(&line, &room, stdin) >= 0) {
		nr++;
		code = answer(s, line, picture);
		if (!code && interrupt_wanted())
			code = EXIT_INTERRUPTED;
	}
	free(line);
	return nr || code ? code : step_list(s, 1, s->source->nr, picture);
}
