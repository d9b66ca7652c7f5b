/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim merge: texts of one recording, a file for each CPU, into one text
 * for the import.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/merge_text.h"
#include "sim/options.h"
#include "sim/outfile.h"
#include "traces/slt.h"

#define MAX_FILES 4096

struct arguments {
	const char *paths[MAX_FILES];
	uint32_t nr;
	const char *out;
	bool quiet;
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "the text file to write [standard output]",
	  0 },
	{ "quiet", 'q', 0, 0, "print errors only", 0 },
	{ 0 },
};

static bool ends_in(const char *text, const char *ending)
{
	size_t bytes = strlen(text), tail = strlen(ending);

	return bytes >= tail && strcmp(text + bytes - tail, ending) == 0;
}

static void parse_end(const struct arguments *arguments,
		      struct argp_state *state)
{
	if (arguments->nr < 2)
		argp_error(state, "expected two or more texts to merge");
	if (arguments->out && ends_in(arguments->out, ".slt"))
		argp_error(state,
			   "text is written; for a trace file: slabsim "
			   "merge IN... | slabsim import - -o %s",
			   arguments->out);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->out = text;
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->nr == MAX_FILES)
			argp_error(state, "more than %d files", MAX_FILES);
		arguments->paths[arguments->nr++] = text;
		return 0;
	case ARGP_KEY_END:
		parse_end(arguments, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "IN...",
	.doc = "Makes one text of those of one recording, such as "
	       "per_cpu/cpu*/trace, by time, and at equal times in the order "
	       "of the files.",
};

/* Objects are numbers there: what two files share cannot be told. */
static int refuse_slt(const struct arguments *arguments)
{
	for (uint32_t i = 0; i < arguments->nr; i++) {
		if (strcmp(arguments->paths[i], "-") == 0 ||
		    !slt_probe(arguments->paths[i]))
			continue;
		talk("%s: is a trace file, where pointers are gone, so an "
		     "object freed on another CPU would be lost: merge the "
		     "texts, then import",
		     arguments->paths[i]);
		return EXIT_BAD_INPUT;
	}
	return EXIT_OK;
}

static int merge_to(const struct arguments *arguments,
		    struct merge_counts *counts)
{
	struct outfile file;
	int code;

	if (!arguments->out || strcmp(arguments->out, "-") == 0)
		return merge_texts(arguments->paths, arguments->nr, stdout,
				   counts);
	outfile_init(&file, arguments->out, "");
	code = merge_texts(arguments->paths, arguments->nr,
			   outfile_stream(&file), counts);
	if ((code == EXIT_OK || ferror(file.stream)) && !outfile_commit(&file))
		code = EXIT_IO;
	outfile_abort(&file);
	return code;
}

int cmd_merge(int argc, char **argv)
{
	struct arguments arguments = { .nr = 0 };
	struct merge_counts counts;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	interrupt_watch();
	code = refuse_slt(&arguments);
	if (code == EXIT_OK)
		code = merge_to(&arguments, &counts);
	if (code == EXIT_OK && !arguments.quiet)
		talk("%" PRIu64 " events of %" PRIu32 " files, %" PRIu32
		     " of them without any",
		     counts.events, arguments.nr, counts.files_without_events);
	return code;
}
