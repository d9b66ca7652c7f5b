/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options. argp leaves unknown options to getopt, whose message cannot be
 * changed, so the words are looked over before: by the rules of getopt_long
 * (abbreviations, --name=value, values in the next word, -- ends options),
 * for unknown names only. All else is left to argp.
 */
#define _GNU_SOURCE
#include "sim/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/number.h"

#define MAX_OPTIONS 64

/* What argp adds to every command. */
static const struct argp_option common[] = {
	{ "help", '?', 0, 0, 0, 0 },
	{ "usage", -1, 0, 0, 0, 0 },
	{ 0 },
};

struct known {
	const struct argp_option *options[MAX_OPTIONS];
	size_t nr;
};

static bool is_end(const struct argp_option *option)
{
	return !option->key && !option->name && !option->doc && !option->group;
}

static void add_options(struct known *known, const struct argp_option *option)
{
	for (; option && !is_end(option) && known->nr < MAX_OPTIONS; option++) {
		if (option->key || option->name)
			known->options[known->nr++] = option;
	}
}

static void add_argp(struct known *known, const struct argp *argp)
{
	const struct argp_child *child = argp->children;

	add_options(known, argp->options);
	for (; child && child->argp; child++)
		add_argp(known, child->argp);
}

/* By name, or the beginning of one: getopt tells ambiguous ones. */
static const struct argp_option *find_long(const struct known *known,
					   const char *name, size_t bytes)
{
	const struct argp_option *found = NULL;

	for (size_t i = 0; i < known->nr; i++) {
		const struct argp_option *option = known->options[i];

		if (!option->name || strncmp(option->name, name, bytes) != 0)
			continue;
		if (option->name[bytes] == '\0')
			return option;
		found = option;
	}
	return found;
}

static const struct argp_option *find_short(const struct known *known,
					    char letter)
{
	for (size_t i = 0; i < known->nr; i++) {
		if (known->options[i]->key == letter)
			return known->options[i];
	}
	return NULL;
}

static int unknown_long(const struct known *known, const char *command,
			const char *word, size_t bytes)
{
	const char *names[MAX_OPTIONS], *near;
	char name[128];
	size_t nr = 0;

	if (bytes >= sizeof(name))
		bytes = sizeof(name) - 1;
	memcpy(name, word, bytes);
	name[bytes] = '\0';
	for (size_t i = 0; i < known->nr; i++) {
		if (known->options[i]->name)
			names[nr++] = known->options[i]->name;
	}
	near = suggest(name, names, nr);
	if (near)
		talk("%s: unknown option \"--%s\", did you mean \"--%s\"?",
		     command, name, near);
	else
		talk("%s: unknown option \"--%s\", see \"slabsim %s --help\"",
		     command, name, command);
	return EXIT_USAGE;
}

/* "--name" or "--name=value"; *@skip: the value is the next word. */
static int check_long(const struct known *known, const char *command,
		      const char *word, bool *skip)
{
	size_t bytes = strcspn(word, "=");
	const struct argp_option *option = find_long(known, word, bytes);

	if (!option)
		return unknown_long(known, command, word, bytes);
	*skip = option->arg && !(option->flags & OPTION_ARG_OPTIONAL) &&
		word[bytes] == '\0';
	return EXIT_OK;
}

/* "-abc", or "-ovalue" where o takes one. */
static int check_short(const struct known *known, const char *command,
		       const char *letters, bool *skip)
{
	for (; *letters; letters++) {
		const struct argp_option *option = find_short(known, *letters);

		if (!option) {
			talk("%s: unknown option \"-%c\", see \"slabsim %s "
			     "--help\"",
			     command, *letters, command);
			return EXIT_USAGE;
		}
		if (option->arg) {
			*skip = letters[1] == '\0' &&
				!(option->flags & OPTION_ARG_OPTIONAL);
			return EXIT_OK;
		}
	}
	return EXIT_OK;
}

static int check_words(const struct argp *argp, int argc, char **argv)
{
	const char *blank = strchr(argv[0], ' ');
	const char *command = blank ? blank + 1 : argv[0];
	struct known known = { .nr = 0 };

	add_argp(&known, argp);
	add_options(&known, common);
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool skip = false;
		int code = EXIT_OK;

		if (strcmp(word, "--") == 0)
			break;
		if (strncmp(word, "--", 2) == 0)
			code = check_long(&known, command, word + 2, &skip);
		else if (word[0] == '-' && word[1])
			code = check_short(&known, command, word + 1, &skip);
		if (code != EXIT_OK)
			return code;
		i += skip;
	}
	return EXIT_OK;
}

int parse_options(const struct argp *argp, int argc, char **argv, void *input)
{
	int code = check_words(argp, argc, argv);

	if (code != EXIT_OK)
		return code;
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(argp, argc, argv, 0, NULL, input) == 0)
		return EXIT_OK;
	return EXIT_USAGE;
}

uint64_t option_number(const struct argp_state *state, const char *name,
		       const char *text, uint64_t least, uint64_t most)
{
	uint64_t value;

	if (!number_parse(text, most, &value) || value < least)
		argp_error(state,
			   "%s: \"%s\" is not a number from %" PRIu64
			   " to %" PRIu64,
			   name, text, least, most);
	return value;
}

int option_word(const struct argp_state *state, const char *name,
		const char *text, const char *const *words, size_t nr)
{
	char list[200] = "";
	const char *near;
	size_t used = 0;

	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(text, words[i]))
			return (int)i;
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used,
						 sizeof(list) - used, "%s%s",
						 i ? ", " : "", words[i]);
	}
	near = suggest(text, words, nr);
	argp_error(state, "%s: \"%s\" is none of %s%s%s%s", name, text, list,
		   near ? "; did you mean \"" : "", near ? near : "",
		   near ? "\"?" : "");
	return 0;
}

void option_operand(const struct argp_state *state, const char *what,
		    const char *text, const char **operand)
{
	if (*operand)
		argp_error(state, "one %s at a time: \"%s\" is too many", what,
			   text);
	*operand = text;
}

const char *option_trace_out(const struct argp_state *state, const char *text)
{
	if (strcmp(text, "-") == 0)
		argp_error(state, "a trace file cannot be written to standard "
				  "output: -o FILE is needed (-o ./- if it is "
				  "to be called that)");
	return text;
}
