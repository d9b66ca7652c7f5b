/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim import: a recording into a .slt file, with an account of every line
 * of it on stderr. What is counted and when an import fails is decided in
 * traces/; here it is only said.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "traces/import.h"

struct arguments {
	const char *in, *out;
	char default_out[256];
	struct import_options import;
	bool quiet;
	bool salvage; /* IN is a damaged .slt file */
};

enum {
	KEY_STRICT = 256,
	KEY_MAX_LOSS,
	KEY_CLOCK_HZ,
	KEY_IMPLICIT_CPU,
	KEY_INFER,
	KEY_SLABINFO,
	KEY_MAP,
	KEY_KERNEL,
	KEY_SALVAGE,
	KEY_JOBS
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "the trace file to write [IN without its .txt.xz, with .slt, in this "
	  "directory]",
	  0 },
	{ "max-loss", KEY_MAX_LOSS, "N", 0,
	  "tolerate N lost events and unreadable lines [0]", 0 },
	{ "strict", KEY_STRICT, 0, 0,
	  "refuse frees of unknown objects, and implicit ones", 0 },
	{ "clock-hz", KEY_CLOCK_HZ, "HZ", 0,
	  "ticks a second of a trace clock without unit", 0 },
	{ "implicit-cpu", KEY_IMPLICIT_CPU, "old|new", 0,
	  "CPU of an implicit free: that of the object's allocation, or of "
	  "the new one [old]",
	  0 },
	{ "infer", KEY_INFER, "none|frees|all", 0,
	  "put in what the trace leaves out and proves: nothing, frees of "
	  "pointers that are allocated again, allocations of pointers that "
	  "are freed again too [frees]",
	  0 },
	{ "slabinfo", KEY_SLABINFO, "FILE", 0,
	  "a copy of the traced machine's /proc/slabinfo: names and sizes", 0 },
	{ "map", KEY_MAP, "FILE", 0, "names of caches by sizes and call site",
	  0 },
	{ "kernel", KEY_KERNEL, "NAME", 0,
	  "the traced kernel, as \"Linux 6.1\": text of ftrace does not say",
	  0 },
	{ "jobs", KEY_JOBS, "N", 0,
	  "threads to use, 1 or 2: both read, parse and encode; the file is "
	  "the same; a short one is left to one thread [1]",
	  0 },
	{ "salvage", KEY_SALVAGE, 0, 0,
	  "IN is a damaged .slt file: write what is good of it (needs -o)", 0 },
	{ "quiet", 'q', 0, 0, "print errors only", 0 },
	{ 0 },
};

/* --- options --- */

/* And something before it. */
static bool has_ending(const char *name, size_t bytes, const char *ending)
{
	size_t wanted = strlen(ending);

	return bytes > wanted &&
	       memcmp(name + bytes - wanted, ending, wanted) == 0;
}

/* "dir/trace.txt.xz" -> "trace.slt" */
static void choose_out(struct arguments *arguments, struct argp_state *state)
{
	static const char *const endings[] = {
		".xz", ".gz", ".zst", ".txt", ".log", ".ops", ".dat", ".data"
	};
	/* NOLINTNEXTLINE: there is an input, or argp has ended the program */
	const char *slash = strrchr(arguments->in, '/');
	const char *name = slash ? slash + 1 : arguments->in;
	size_t bytes = strlen(name);

	if (strcmp(arguments->in, "-") == 0)
		argp_error(state, "with standard input, -o FILE is needed");
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (has_ending(name, bytes, endings[i]))
			bytes -= strlen(endings[i]);
	}
	if (bytes == 0 || bytes + 5 > sizeof(arguments->default_out))
		argp_error(state, "-o FILE is needed");
	snprintf(arguments->default_out, sizeof(arguments->default_out),
		 "%.*s.slt", (int)bytes, name);
	arguments->out = arguments->default_out;
}

static void parse_implicit_cpu(struct arguments *arguments, const char *text,
			       struct argp_state *state)
{
	if (strcmp(text, "old") != 0 && strcmp(text, "new") != 0)
		argp_error(state, "--implicit-cpu: expected old or new");
	arguments->import.implicit_on_new_cpu = strcmp(text, "new") == 0;
}

static void parse_infer(struct arguments *arguments, const char *text,
			struct argp_state *state)
{
	static const char *const words[] = { [TRACE_INFER_ALL] = "all",
					     [TRACE_INFER_FREES] = "frees",
					     [TRACE_INFER_NONE] = "none" };

	for (int i = 0; i <= TRACE_INFER_NONE; i++) {
		if (strcmp(text, words[i]) == 0) {
			arguments->import.infer = (enum trace_infer)i;
			return;
		}
	}
	argp_error(state, "--infer: expected none, frees or all");
}

static void parse_end(struct arguments *arguments, struct argp_state *state)
{
	if (!arguments->in)
		argp_error(state, "expected a recording to import");
	if (!arguments->out && arguments->salvage)
		argp_error(state, "with --salvage, -o FILE is needed");
	if (!arguments->out)
		choose_out(arguments, state);
}

/* Shorter text is imported by one thread before a second is of use. */
#define SHORT_BYTES 8000000
#define SHORT_PACKED_BYTES (SHORT_BYTES / 16)

/* Is it a file too short for two threads? Where nobody knows: no. */
static bool is_short(const char *in)
{
	static const char *const packed[] = { ".xz", ".gz", ".zst" };
	off_t limit = SHORT_BYTES;
	struct stat st;

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		if (has_ending(in, strlen(in), packed[i]))
			limit = SHORT_PACKED_BYTES;
	}
	/* files of the kernel say that they are empty */
	return strcmp(in, "-") != 0 && stat(in, &st) == 0 &&
	       S_ISREG(st.st_mode) && st.st_size && st.st_size < limit;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->out = option_trace_out(state, text);
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case KEY_JOBS:
		arguments->import.jobs = (unsigned int)option_number(
			state, "--jobs", text, 1, 2);
		return 0;
	case KEY_SALVAGE:
		arguments->salvage = true;
		return 0;
	case KEY_STRICT:
		arguments->import.strict = true;
		return 0;
	case KEY_MAX_LOSS:
		arguments->import.max_loss =
			option_number(state, "--max-loss", text, 0, UINT64_MAX);
		return 0;
	case KEY_CLOCK_HZ:
		arguments->import.clock_hz =
			option_number(state, "--clock-hz", text, 1, UINT64_MAX);
		return 0;
	case KEY_IMPLICIT_CPU:
		parse_implicit_cpu(arguments, text, state);
		return 0;
	case KEY_INFER:
		parse_infer(arguments, text, state);
		return 0;
	case KEY_SLABINFO:
		arguments->import.slabinfo = text;
		return 0;
	case KEY_KERNEL:
		arguments->import.kernel = text;
		return 0;
	case KEY_MAP:
		arguments->import.cache_map = text;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "recording", text, &arguments->in);
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
	.args_doc = "IN",
	.doc = "Turns a recording of a kernel's kmem events (text of ftrace, "
	       "trace-cmd report, perf script or babeltrace2, plain or .gz, "
	       ".xz, .zst, \"-\" for standard input) or a scenario into a "
	       "trace file. Every line is accounted for: the command fails, leaving "
	       "nothing, when more is lost than --max-loss.",
};

/* --- talking --- */

static void tell_unparsed(const struct import_report *report)
{
	for (uint32_t i = 0; i < report->nr_unparsed_shown; i++)
		talk("line %" PRIu64 " not understood: %s",
		     report->unparsed_line[i], report->unparsed_text[i]);
	if (report->counts.unparsed > report->nr_unparsed_shown)
		talk("and %" PRIu64 " more lines",
		     report->counts.unparsed - report->nr_unparsed_shown);
}

static void tell_warnings(const struct import_report *report)
{
	char warnings[sizeof(report->warnings)];
	char *line, *rest;

	memcpy(warnings, report->warnings, sizeof(warnings));
	for (line = strtok_r(warnings, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		talk("%s", line);
}

static void tell_inferred(const struct trace_header *header)
{
	static const char *const how_far[] = {
		[TRACE_INFER_ALL] = "all that is proved (--infer all)",
		[TRACE_INFER_FREES] = "frees only (--infer frees)",
		[TRACE_INFER_NONE] = "nothing (--infer none)",
	};

	if (!header->scenario)
		talk("put in: %s: %" PRIu64 " allocations, %" PRIu64 " frees",
		     how_far[header->infer], header->counts.inferred_allocs,
		     header->counts.implicit_frees);
}

static void tell_counts(const struct trace_header *header)
{
	const struct trace_counts *counts = &header->counts;
	uint64_t by[IDENTITY_GIVEN + 1] = { 0 };
	char span[64];

	text_duration(header->span_ns, span, sizeof(span));
	for (uint32_t i = 0; i < header->nr_caches; i++)
		by[header->caches[i].identity]++;
	talk("%" PRIu64 " events on %" PRIu32 " CPUs in %s; %" PRIu64
	     " of other kinds",
	     counts->events, header->cpus, span, counts->other);
	if (counts->page_allocs || counts->page_frees)
		talk("%" PRIu64 " of them are allocations of pages, %" PRIu64
		     " frees of pages: kept, not simulated",
		     counts->page_allocs, counts->page_frees);
	talk("%" PRIu64 " allocations, %" PRIu64 " failed ones; %" PRIu64
	     " objects live at the end",
	     counts->allocs, counts->failed_allocs, counts->live_at_end);
	talk("%" PRIu64 " frees, %" PRIu64
	     " of them of unknown objects; %" PRIu64 " frees of NULL, %" PRIu64
	     " implicit frees",
	     counts->frees, counts->unknown_frees, counts->null_frees,
	     counts->implicit_frees);
	tell_inferred(header);
	talk("%" PRIu64 " of the allocator's own dropped; %" PRIu64
	     " events lost, %" PRIu64 " lines not understood",
	     counts->own_dropped, counts->lost, counts->unparsed);
	talk("%" PRIu32 " caches: %" PRIu64 " named by allocations, %" PRIu64
	     " by frees, %" PRIu64 " by key, %" PRIu64 " by size only, %" PRIu64
	     " given",
	     header->nr_caches, by[IDENTITY_NAME], by[IDENTITY_OWN_FREE],
	     by[IDENTITY_KEY], by[IDENTITY_SIZE], by[IDENTITY_GIVEN]);
}

/* Reads back what was written: the last check, and where the header is. */
static int tell_file(const struct arguments *arguments,
		     const struct import_report *report)
{
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(arguments->out, &error);

	if (!reader) {
		talk("%s", error.text);
		return EXIT_IO;
	}
	if (!arguments->quiet) {
		tell_counts(slt_header(reader));
		tell_unparsed(report);
		tell_warnings(report);
		talk("written: %s", arguments->out);
	}
	slt_close(reader);
	return EXIT_OK;
}

static void tell_progress(void *arg, uint64_t done_bytes, uint64_t total_bytes)
{
	(void)arg;
	if (total_bytes)
		fprintf(stderr, "\r%3" PRIu64 " %%",
			done_bytes / (total_bytes / 100 + 1));
	else
		fprintf(stderr, "\r%" PRIu64 " MB", done_bytes / 1000000);
}

static int exit_code(int code)
{
	switch (code) {
	case 0:
		return EXIT_OK;
	case -EBADMSG:
		return EXIT_BAD_INPUT;
	case -EINTR:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_IO;
	}
}

/* --- damaged files --- */

static void tell_damage(const char *in, const struct slt_damage *damage)
{
	talk("%s: %" PRIu64 " events in %" PRIu64 " good blocks; %" PRIu64
	     " events lost in %" PRIu64 " places",
	     in, damage->events, damage->blocks, damage->events_lost,
	     damage->gaps);
	if (damage->first_lost)
		talk("the first that is lost is event %" PRIu64,
		     damage->first_lost);
	if (!damage->end_known)
		talk("its beginning is damaged: how many events it had behind "
		     "the %" PRIu64 "th is not known",
		     damage->last_known);
}

static bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static int salvage(const struct arguments *arguments)
{
	const struct import_report nothing = { .nr_unparsed_shown = 0 };
	struct trace_error error = { "" };
	struct slt_damage damage;
	int code;

	if (same_file(arguments->in, arguments->out)) {
		talk("%s: is the file to salvage; it is not overwritten",
		     arguments->out);
		return EXIT_USAGE;
	}
	code = slt_salvage(arguments->in, arguments->out, &damage, &error);
	if (code) {
		talk("%s", error.text);
		return exit_code(code);
	}
	tell_damage(arguments->in, &damage);
	return tell_file(arguments, &nothing);
}

int cmd_import(int argc, char **argv)
{
	struct arguments arguments = { .in = NULL };
	struct trace_error error = { "" };
	struct import_report report;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	interrupt_watch();
	/* a file over the limit is an error to tell, not to die of */
	signal(SIGXFSZ, SIG_IGN);
	if (arguments.salvage)
		return salvage(&arguments);
	arguments.import.stop = interrupt_flag();
	if (!arguments.quiet && isatty(STDERR_FILENO))
		arguments.import.progress = tell_progress;
	if (is_short(arguments.in))
		arguments.import.jobs = 1;
	code = trace_import(arguments.in, arguments.out, &arguments.import,
			    &report, &error);
	if (arguments.import.progress)
		fprintf(stderr, "\r          \r");
	if (code == 0)
		return tell_file(&arguments, &report);
	if (report.counts.unparsed && !arguments.quiet)
		tell_unparsed(&report);
	talk("%s", error.text);
	return exit_code(code);
}
