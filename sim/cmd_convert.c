/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim convert: a trace as text in the shape of a kernel's trace file, for
 * tools that read that, and to look at.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/convert_text.h"
#include "sim/interrupt.h"
#include "sim/open_trace.h"
#include "sim/options.h"
#include "sim/outfile.h"
#include "traces/slt.h"

#define BLOCK_EVENTS 4096

struct arguments {
	const char *trace, *out;
	struct import_options import;
	bool quiet;
};

enum { KEY_CLOCK_HZ = 256 };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "the text file to write [standard output]",
	  0 },
	{ "clock-hz", KEY_CLOCK_HZ, "HZ", 0,
	  "ticks a second of a trace clock without unit", 0 },
	{ "quiet", 'q', 0, 0, "print errors only", 0 },
	{ 0 },
};

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
	case KEY_CLOCK_HZ:
		arguments->import.clock_hz =
			option_number(state, "--clock-hz", text, 1, UINT64_MAX);
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "trace", text, &arguments->trace);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->trace)
			argp_error(state, "expected a trace");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "TRACE",
	.doc = "Writes a trace as text in the shape of "
	       "/sys/kernel/tracing/trace. Importing the text gives the same "
	       "events. Pointers are made up, one for each slot.",
};

/* One pass over all events; with convert->out NULL it only counts. */
static int pass(struct convert *convert, struct slt_reader *reader)
{
	struct trace_error error = { "" };
	struct event events[BLOCK_EVENTS];
	int nr = slt_seek_event(reader, 0, &error);

	while (nr >= 0 &&
	       (nr = slt_read(reader, events, BLOCK_EVENTS, &error)) > 0) {
		for (int i = 0; i < nr; i++)
			convert_event(convert, &events[i]);
		if (interrupt_wanted()) {
			talk("convert: interrupted");
			return EXIT_INTERRUPTED;
		}
		if (convert->out && ferror(convert->out))
			return EXIT_IO; /* told when the file is closed */
	}
	if (nr < 0) {
		talk("%s", error.text);
		return EXIT_BAD_INPUT;
	}
	convert_finish(convert);
	return EXIT_OK;
}

static void tell(const struct convert *convert)
{
	const struct trace_counts *counts = &convert->header->counts;
	uint64_t left_out = counts->null_frees + counts->failed_allocs +
			    counts->own_dropped + counts->other;

	if (convert->creations)
		talk("%" PRIu64 " creations of caches have no line",
		     convert->creations);
	if (convert->implicit_frees)
		talk("%" PRIu64 " implicit frees became ordinary ones",
		     convert->implicit_frees);
	if (convert->inferred_allocs)
		talk("%" PRIu64 " inferred allocations became ordinary ones",
		     convert->inferred_allocs);
	if (left_out)
		talk("%" PRIu64 " lines of the recording are not in the trace "
		     "file, so not in the text: failed allocations, frees of "
		     "NULL, the allocator's own, other events",
		     left_out);
}

static int write_text(struct slt_reader *reader, FILE *out, bool quiet)
{
	const struct trace_header *header = slt_header(reader);
	struct convert count, convert;
	int code;

	convert_init(&count, header, NULL);
	code = pass(&count, reader);
	if (code != EXIT_OK)
		return code;
	convert_init(&convert, header, out);
	convert.nanoseconds = count.nanoseconds;
	convert_heading(&convert, count.lines);
	code = pass(&convert, reader);
	if (code == EXIT_OK && !quiet)
		tell(&convert);
	return code;
}

static int convert_to(const struct arguments *arguments,
		      struct slt_reader *reader)
{
	struct outfile file;
	int code;

	if (!arguments->out || strcmp(arguments->out, "-") == 0)
		return write_text(reader, stdout, arguments->quiet);
	outfile_init(&file, arguments->out, "");
	code = write_text(reader, outfile_stream(&file), arguments->quiet);
	/* an I/O error of the stream is told by the commit */
	if ((code == EXIT_OK || code == EXIT_IO) && !outfile_commit(&file))
		code = EXIT_IO;
	outfile_abort(&file);
	return code;
}

int cmd_convert(int argc, char **argv)
{
	struct arguments arguments = { .import.max_loss = UINT64_MAX };
	struct slt_reader *reader = NULL;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	interrupt_watch();
	code = open_trace(arguments.trace, &arguments.import, arguments.quiet,
			  &reader);
	if (code)
		return code;
	code = convert_to(&arguments, reader);
	slt_close(reader);
	return code;
}
