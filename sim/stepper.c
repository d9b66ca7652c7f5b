/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "sim/stepper.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/number.h"

const char stepper_help[] =
	"next [N]        n, space   N steps on (1)\n"
	"back [N]        b          N steps back\n"
	"goto N          g          to the state after step N; +N and -N too\n"
	"next KIND                  on to the next miss, grow, alien ... of the\n"
	"back KIND                  step's cache or the chosen one, or back to the\n"
	"                           last; KINDs are those of \"script --log\", reap\n"
	"  m w r                    next miss, grow, reap; capitals go back\n"
	"break [NAME] [KIND]        stop at this cache, this kind, or both\n"
	"delete [N]                 forget breakpoint N, or all\n"
	"continue        c          on to the next breakpoint\n"
	"reverse         C          back to the last one\n"
	"cache [NAME]    k          show this cache; without NAME: whichever\n"
	"                           the step is about\n"
	"show            s          the picture (plain text)\n"
	"help            h          this\n"
	"quit            q          end\n";

/* --- moving -------------------------------------------------------------- */

static void follow(struct stepper *s)
{
	if (s->source->shown != CACHE_NULL || !timeline_position(s->timeline))
		s->followed = s->source->shown;
}

static int moved(struct stepper *s, int code)
{
	follow(s);
	if (code)
		snprintf(s->message, sizeof(s->message), "%s",
			 s->source->error);
	return code;
}

int stepper_goto(struct stepper *s, uint64_t position)
{
	char size[120];

	if (position > s->source->nr) {
		position = s->source->nr;
		step_source_size(s->source, size, sizeof(size));
		snprintf(s->message, sizeof(s->message),
			 "this is the end: there are %s", size);
	}
	return moved(s, timeline_goto(s->timeline, position));
}

/* By @by steps, or as far as there are any. */
static int step_by(struct stepper *s, bool back, uint64_t by)
{
	uint64_t at = timeline_position(s->timeline);

	if (back && by > at)
		strcpy(s->message, "this is the beginning");
	if (back)
		return stepper_goto(s, by > at ? 0 : at - by);
	return stepper_goto(s, by > UINT64_MAX - at ? UINT64_MAX : at + by);
}

/* --- looking for something ------------------------------------------------ */

/* Any of them. */
struct stops {
	const struct breakpoint *breakpoints;
	size_t nr;
};

static bool any_matches(void *arg, const struct step_source *source)
{
	const struct stops *stops = arg;

	for (size_t i = 0; i < stops->nr; i++) {
		if (breakpoint_matches(&stops->breakpoints[i], source))
			return true;
	}
	return false;
}

/* @what: they are called in a message. */
static int seek(struct stepper *s, bool back, struct stops stops,
		const char *what)
{
	bool found;
	int code =
		timeline_seek(s->timeline, back, any_matches, &stops, &found);

	if (!code && !found)
		snprintf(s->message, sizeof(s->message), "no %s %s this", what,
			 back ? "before" : "after");
	return moved(s, code);
}

/* --- words --------------------------------------------------------------- */

static int bad(struct stepper *s, const char *what, const char *text)
{
	char visible[200];

	text_visible(text, visible, sizeof(visible));
	snprintf(s->message, sizeof(s->message), "%s \"%s\"", what, visible);
	return EXIT_USAGE;
}

/* More to the message. */
static void __attribute__((format(printf, 2, 3)))
add(struct stepper *s, const char *format, ...)
{
	size_t used = strlen(s->message);
	va_list args;

	va_start(args, format);
	vsnprintf(s->message + used, sizeof(s->message) - used, format, args);
	va_end(args);
}

static int bad_kind(struct stepper *s, const char *word)
{
	const char *near = near_kind(word);
	int code = bad(s, "expected a number or a kind of event, not", word);

	if (near)
		add(s, ": did you mean \"%s\"?", near);
	return code;
}

static int move(struct stepper *s, bool back, const char *word)
{
	struct breakpoint wanted;
	uint64_t by = 1;

	if (!*word || number_parse(word, UINT64_MAX, &by))
		return step_by(s, back, by);
	wanted.kind = kind_of(word);
	if (wanted.kind == KIND_ANY)
		return bad_kind(s, word);
	strcpy(wanted.cache, s->pinned);
	return seek(s, back, (struct stops){ &wanted, 1 }, word);
}

/* --- commands ------------------------------------------------------------ */

static int do_next(struct stepper *s, const char *word)
{
	return move(s, false, word);
}

static int do_back(struct stepper *s, const char *word)
{
	return move(s, true, word);
}

static int do_goto(struct stepper *s, const char *word)
{
	bool relative = *word == '+' || *word == '-';
	uint64_t number;

	if (!number_parse(word + relative, UINT64_MAX, &number))
		return bad(s, "expected a number, not", word);
	if (relative)
		return step_by(s, *word == '-', number);
	return stepper_goto(s, number);
}

static int to_breakpoint(struct stepper *s, bool back)
{
	if (!s->nr_breakpoints) {
		strcpy(s->message, "there is no breakpoint: see \"break\"");
		return EXIT_USAGE;
	}
	return seek(s, back,
		    (struct stops){ s->breakpoints, s->nr_breakpoints },
		    "breakpoint");
}

static int do_continue(struct stepper *s, const char *word)
{
	(void)word;
	return to_breakpoint(s, false);
}

static int do_reverse(struct stepper *s, const char *word)
{
	(void)word;
	return to_breakpoint(s, true);
}

static void tell_breakpoints(struct stepper *s)
{
	char visible[BREAKPOINT_NAME_BYTES];

	if (!s->nr_breakpoints)
		strcpy(s->message, "no breakpoints");
	for (size_t i = 0; i < s->nr_breakpoints; i++) {
		const struct breakpoint *b = &s->breakpoints[i];

		text_visible(b->cache, visible, sizeof(visible));
		add(s, "%s%zu: %s%s%s", i ? "; " : "", i + 1, visible,
		    *visible && b->kind != KIND_ANY ? " " : "",
		    kind_word(b->kind));
	}
}

/* A cache may be called as a kind is: the kind is meant, if it stands last. */
static int do_break(struct stepper *s, const char *words)
{
	struct breakpoint b = { .kind = KIND_ANY };
	const char *last = strrchr(words, ' ');
	size_t bytes = strlen(words);

	if (!*words) {
		tell_breakpoints(s);
		return EXIT_OK;
	}
	last = last ? last + 1 : words;
	b.kind = kind_of(last);
	if (b.kind != KIND_ANY)
		bytes = last > words ? (size_t)(last - words) - 1 : 0;
	if (bytes >= sizeof(b.cache))
		return bad(s, "too long a name:", words);
	memcpy(b.cache, words, bytes);
	if (s->nr_breakpoints == STEPPER_BREAKPOINTS) {
		strcpy(s->message, "there are as many as can be: delete one");
		return EXIT_USAGE;
	}
	s->breakpoints[s->nr_breakpoints++] = b;
	tell_breakpoints(s);
	return EXIT_OK;
}

static int do_delete(struct stepper *s, const char *word)
{
	uint64_t number;

	if (!*word) {
		s->nr_breakpoints = 0;
	} else if (!number_parse(word, s->nr_breakpoints, &number) || !number) {
		return bad(s, "there is no breakpoint", word);
	} else {
		memmove(&s->breakpoints[number - 1], &s->breakpoints[number],
			(s->nr_breakpoints - number) * sizeof(*s->breakpoints));
		s->nr_breakpoints--;
	}
	tell_breakpoints(s);
	return EXIT_OK;
}

static const char *near_cache(const struct machine *m, const char *name)
{
	const char **names = calloc(machine_cache_bound(m), sizeof(*names));
	const char *near;
	struct cache_info info;
	size_t nr = 0;

	if (!names)
		return NULL;
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		kmem_cache_info(m, c, &info);
		names[nr++] = info.name;
	}
	near = suggest(name, names, nr);
	free(names);
	return near;
}

static int do_cache(struct stepper *s, const char *name)
{
	const struct machine *m = s->source->m;
	const char *near;
	char visible[BREAKPOINT_NAME_BYTES];
	int code;

	if (strlen(name) >= sizeof(s->pinned))
		return bad(s, "too long a name:", name);
	if (*name && m && kmem_cache_find(m, name) == CACHE_NULL) {
		code = bad(s, "there is no cache", name);
		near = near_cache(m, name);
		text_visible(near ? near : "", visible, sizeof(visible));
		if (near)
			add(s, " now: did you mean \"%s\"?", visible);
		return code;
	}
	snprintf(s->pinned, sizeof(s->pinned), "%s", name);
	return EXIT_OK;
}

static int do_show(struct stepper *s, const char *word)
{
	(void)word;
	s->show = true;
	return EXIT_OK;
}

static int do_help(struct stepper *s, const char *word)
{
	(void)word;
	s->help = true;
	return EXIT_OK;
}

static int do_quit(struct stepper *s, const char *word)
{
	(void)word;
	s->quit = true;
	return EXIT_OK;
}

static int do_alias(struct stepper *s, const char *letter)
{
	static const char *const words[] = { "miss", "grow", "reap" };
	const char *at = strchr("mwrMWR", *letter);
	size_t i = (size_t)(at - "mwrMWR");

	return move(s, i > 2, words[i % 3]);
}

static const struct {
	const char *name, *letter;
	int (*run)(struct stepper *, const char *words);
} commands[] = {
	{ "next", "n", do_next },       { "back", "b", do_back },
	{ "goto", "g", do_goto },       { "continue", "c", do_continue },
	{ "reverse", "C", do_reverse }, { "break", "B", do_break },
	{ "delete", "d", do_delete },   { "cache", "k", do_cache },
	{ "show", "s", do_show },       { "help", "h", do_help },
	{ "quit", "q", do_quit },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int unknown(struct stepper *s, const char *word)
{
	const char *names[NR_COMMANDS], *near;
	int code = bad(s, "unknown command", word);

	for (size_t i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i].name;
	near = suggest(word, names, NR_COMMANDS);
	add(s, near ? ", did you mean \"%s\"?" : ", see \"%s\"",
	    near ? near : "help");
	return code;
}

int stepper_command(struct stepper *s, const char *line)
{
	char text[256], *words;
	size_t bytes;

	s->message[0] = '\0';
	s->show = s->help = false;
	line += strspn(line, " \t");
	if (strlen(line) >= sizeof(text))
		return bad(s, "too long a command:", line);
	strcpy(text, line);
	for (bytes = strlen(text); bytes && strchr(" \t\r\n", text[bytes - 1]);)
		text[--bytes] = '\0';
	words = text + strcspn(text, " ");
	if (*words)
		*words++ = '\0';
	words += strspn(words, " ");
	if (!*text)
		return do_next(s, "");
	if (!text[1] && strchr("mwrMWR", *text))
		return do_alias(s, text);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(text, commands[i].name) == 0 ||
		    strcmp(text, commands[i].letter) == 0)
			return commands[i].run(s, words);
	}
	return unknown(s, text);
}

/* --- life ---------------------------------------------------------------- */

cachep_t stepper_cache(const struct stepper *s)
{
	const struct machine *m = s->source->m;

	if (!m)
		return CACHE_NULL;
	if (*s->pinned)
		return kmem_cache_find(m, s->pinned);
	return cache_is_alive(m, s->followed) ? s->followed : CACHE_NULL;
}

bool stepper_init(struct stepper *s, struct step_source *source)
{
	*s = (struct stepper){ .source = source, .followed = CACHE_NULL };
	s->timeline = timeline_create(source);
	return s->timeline != NULL;
}

void stepper_release(struct stepper *s)
{
	timeline_destroy(s->timeline);
	picture_release(&s->picture);
}
