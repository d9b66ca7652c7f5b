/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim cut: part of a trace, chosen by time, CPU, cache, task and number
 * of events. The part is a trace of its own, with a digest of its own: a
 * result of the part must never pass for one of the whole.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/open_trace.h"
#include "sim/options.h"
#include "sim/remap.h"
#include "sim/time_option.h"
#include "traces/sha256.h"
#include "traces/slt.h"

#define BLOCK_EVENTS 4096
#define MAX_PATTERNS 64
#define MAX_CPU 65535

struct patterns {
	const char *list[MAX_PATTERNS];
	uint32_t nr;
};

struct arguments {
	const char *trace, *out;
	struct import_options import;
	const char *cpu_text;
	bool cpus[MAX_CPU + 1]; /* where cpu_text is not NULL */
	struct patterns caches, comms;
	uint64_t from_ns, to_ns, head;
	bool quiet;
};

/* What the patterns mean in this trace. */
struct sieve {
	const struct arguments *arguments;
	const struct trace_header *header;
	bool *cache, *task; /* wanted; NULL: all */
	bool kmalloc;       /* wanted */
	struct remap remap;
	uint64_t nr_left; /* of --head */
};

enum {
	KEY_CPU = 256,
	KEY_CACHE,
	KEY_COMM,
	KEY_FROM,
	KEY_TO,
	KEY_HEAD,
	KEY_CLOCK_HZ
};

static const struct argp_option options[] = {
	{ "cpu", KEY_CPU, "LIST", 0, "events on these CPUs, as 0,2-3", 0 },
	{ "cache", KEY_CACHE, "NAME", 0,
	  "events of this cache; may hold * and ?, may be given several "
	  "times; \"kmalloc\" is all kmallocs (pages are of no cache)",
	  0 },
	{ "comm", KEY_COMM, "NAME", 0,
	  "events in tasks of this name; as --cache", 0 },
	{ "from", KEY_FROM, "TIME", 0,
	  "events at this time since the first one, or later: 1.5, 20ms", 0 },
	{ "to", KEY_TO, "TIME", 0, "events before this time", 0 },
	{ "head", KEY_HEAD, "N", 0, "the first N of all these", 0 },
	{ "output", 'o', "FILE", 0, "the trace file to write", 0 },
	{ "clock-hz", KEY_CLOCK_HZ, "HZ", 0,
	  "ticks a second of a trace clock without unit", 0 },
	{ "quiet", 'q', 0, 0, "print errors only", 0 },
	{ 0 },
};

/* --- options --- */

/* "0,2-3" */
static void parse_cpus(struct arguments *arguments, const char *text,
		       struct argp_state *state)
{
	const char *at = text;

	arguments->cpu_text = text;
	for (;;) {
		unsigned long first, last;
		char *end;

		first = last = strtoul(at, &end, 10);
		if (*at >= '0' && *at <= '9' && *end == '-') {
			at = end + 1;
			last = strtoul(at, &end, 10);
		}
		if (*at < '0' || *at > '9' || (*end && *end != ',') ||
		    last > MAX_CPU || first > last)
			argp_error(state,
				   "--cpu: \"%s\" is not a list of "
				   "CPUs such as 0,2-3",
				   text);
		for (unsigned long i = first; i <= last; i++)
			arguments->cpus[i] = true;
		if (!*end)
			return;
		at = end + 1;
	}
}

static void add_pattern(struct patterns *patterns, const char *text,
			const struct argp_state *state)
{
	if (patterns->nr == MAX_PATTERNS)
		argp_error(state, "more than %d names", MAX_PATTERNS);
	patterns->list[patterns->nr++] = text;
}

static void parse_end(const struct arguments *arguments,
		      const struct argp_state *state)
{
	if (!arguments->trace)
		argp_error(state, "expected a trace");
	if (!arguments->out)
		argp_error(state, "expected -o FILE");
	if (arguments->from_ns >= arguments->to_ns)
		argp_error(state, "--from is not before --to");
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
	case KEY_CPU:
		parse_cpus(arguments, text, state);
		return 0;
	case KEY_CACHE:
		add_pattern(&arguments->caches, text, state);
		return 0;
	case KEY_COMM:
		add_pattern(&arguments->comms, text, state);
		return 0;
	case KEY_FROM:
		arguments->from_ns = option_time(state, "--from", text, 0);
		return 0;
	case KEY_TO:
		arguments->to_ns = option_time(state, "--to", text, 1);
		return 0;
	case KEY_HEAD:
		arguments->head =
			option_number(state, "--head", text, 1, UINT64_MAX);
		return 0;
	case KEY_CLOCK_HZ:
		arguments->import.clock_hz =
			option_number(state, "--clock-hz", text, 1, UINT64_MAX);
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "trace", text, &arguments->trace);
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
	.args_doc = "TRACE",
	.doc = "Writes those events of a trace that meet all conditions. A "
	       "free whose allocation is not among them becomes one of an "
	       "unknown object; an object whose free is not among them lives "
	       "to the end. Time starts anew at the first event.",
};

/* --- names --- */

/* A name without wildcards that nothing bears is a mistake. */
static int unknown_name(const char *what, const char *name,
			const char *const *names, size_t nr)
{
	const char *near = suggest(name, names, nr);

	if (near)
		talk("cut: no %s \"%s\" in the trace, did you mean \"%s\"?",
		     what, name, near);
	else
		talk("cut: no %s \"%s\" in the trace", what, name);
	return EXIT_USAGE;
}

/* wanted[i] where a pattern matches names[i]. */
static int match_names(const char *what, const struct patterns *patterns,
		       const char *const *names, size_t nr, bool *wanted)
{
	for (uint32_t p = 0; p < patterns->nr; p++) {
		bool found = false;

		for (size_t i = 0; i < nr; i++) {
			if (fnmatch(patterns->list[p], names[i], 0) != 0)
				continue;
			wanted[i] = true;
			found = true;
		}
		if (!found)
			return unknown_name(what, patterns->list[p], names, nr);
	}
	return EXIT_OK;
}

static int choose_caches(struct sieve *sieve)
{
	const struct trace_header *header = sieve->header;
	uint32_t nr = header->nr_caches;
	const char **names = calloc(nr + (size_t)1, sizeof(*names));
	int code;

	sieve->cache = calloc(nr + (size_t)1, sizeof(bool));
	if (!names || !sieve->cache) {
		free(names);
		talk("cut: out of memory");
		return EXIT_IO; /* NOLINT: leaks, the program ends */
	}
	for (uint32_t i = 0; i < nr; i++)
		names[i] = header->caches[i].name;
	names[nr] = "kmalloc";
	code = match_names("cache", &sieve->arguments->caches, names,
			   nr + (size_t)1, sieve->cache);
	sieve->kmalloc = sieve->cache[nr];
	free(names);
	return code;
}

/* "comm-pid" without the pid; owned strings. */
static char **comm_names(const struct trace_header *header)
{
	char **names = calloc(header->nr_tasks + (size_t)1, sizeof(*names));

	for (uint32_t i = 0; names && i < header->nr_tasks; i++) {
		char *dash;

		names[i] = strdup(header->tasks[i]);
		if (!names[i])
			return NULL; /* NOLINT: leaks, the program ends */
		dash = strrchr(names[i], '-');
		if (dash)
			*dash = '\0';
	}
	return names;
}

static int choose_tasks(struct sieve *sieve)
{
	const struct trace_header *header = sieve->header;
	char **names = comm_names(header);
	int code;

	sieve->task = calloc(header->nr_tasks + (size_t)1, sizeof(bool));
	if (!names || !sieve->task) {
		free(names);
		talk("cut: out of memory");
		return EXIT_IO;
	}
	code = match_names("task", &sieve->arguments->comms,
			   (const char *const *)names, header->nr_tasks,
			   sieve->task);
	for (uint32_t i = 0; i < header->nr_tasks; i++)
		free(names[i]);
	free(names);
	return code;
}

/* --- events --- */

static bool wants_cache(const struct sieve *sieve, const struct event *event)
{
	if (!sieve->cache)
		return true;
	if (event->cache != EVENT_NO_CACHE)
		return sieve->cache[event->cache];
	/* a free of an unknown object may be of anything; a page is of none */
	return !event_is_page(event) && event->op != EVENT_FREE_UNKNOWN &&
	       sieve->kmalloc;
}

static bool wants(const struct sieve *sieve, const struct event *event)
{
	const struct arguments *arguments = sieve->arguments;

	return event->time_ns >= arguments->from_ns &&
	       (!arguments->cpu_text || arguments->cpus[event->cpu]) &&
	       (!sieve->task || sieve->task[event->task]) &&
	       wants_cache(sieve, event);
}

/* Keep what is wanted, in place. Return: how many; *@end: no more after. */
static size_t sift(struct sieve *sieve, struct event *events, size_t nr,
		   bool *end)
{
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++) {
		struct event event = events[i];

		*end = event.time_ns >= sieve->arguments->to_ns ||
		       !sieve->nr_left;
		if (*end)
			return kept;
		if (!wants(sieve, &event)) {
			remap_drop(&sieve->remap, &event);
			continue;
		}
		if (!remap_take(&sieve->remap, &event))
			continue;
		events[kept++] = event;
		sieve->nr_left--;
	}
	return kept;
}

static int copy_events(struct sieve *sieve, struct slt_reader *reader,
		       struct slt_writer *writer)
{
	struct trace_error error = { "" };
	struct event events[BLOCK_EVENTS];
	bool end = false;
	int nr = 0;

	/* what was before is left out in any case */
	if (sieve->arguments->from_ns)
		nr = slt_seek_time(reader, sieve->arguments->from_ns, &error);
	while (nr >= 0 && !end &&
	       (nr = slt_read(reader, events, BLOCK_EVENTS, &error)) > 0) {
		size_t kept = sift(sieve, events, (size_t)nr, &end);

		if (slt_append(writer, events, kept, &error) != 0) {
			talk("%s", error.text);
			return EXIT_IO;
		}
		if (interrupt_wanted()) {
			talk("cut: interrupted; nothing was written");
			return EXIT_INTERRUPTED;
		}
	}
	if (nr < 0) {
		talk("%s", error.text);
		return EXIT_BAD_INPUT;
	}
	if (sieve->remap.nr_taken)
		return EXIT_OK;
	talk("cut: no event of %s meets all conditions",
	     sieve->arguments->trace);
	return EXIT_BAD_INPUT;
}

/* --- the file --- */

static void hash_text(struct sha256 *hash, const char *what, const char *text)
{
	/* with their NULs: no two lists of conditions look alike */
	sha256_update(hash, what, strlen(what) + 1);
	sha256_update(hash, text, strlen(text) + 1);
}

/* Of the trace's digest and the conditions. */
static void make_digest(const struct arguments *arguments, const char *old,
			char hex[SHA256_HEX_BYTES])
{
	struct sha256 hash;
	char text[96];

	sha256_init(&hash);
	hash_text(&hash, "slabsim cut", old);
	hash_text(&hash, "cpu", arguments->cpu_text ? arguments->cpu_text : "");
	for (uint32_t i = 0; i < arguments->caches.nr; i++)
		hash_text(&hash, "cache", arguments->caches.list[i]);
	for (uint32_t i = 0; i < arguments->comms.nr; i++)
		hash_text(&hash, "comm", arguments->comms.list[i]);
	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %" PRIu64,
		 arguments->from_ns, arguments->to_ns, arguments->head);
	hash_text(&hash, "from, to, head", text);
	sha256_final(&hash, hex);
}

static void mark_part(const struct arguments *arguments,
		      struct trace_header *header)
{
	char source[sizeof(header->source)], digest[SHA256_HEX_BYTES];

	make_digest(arguments, header->digest, digest);
	memcpy(header->digest, digest, sizeof(header->digest));
	snprintf(source, sizeof(source), "%.*s", (int)sizeof(source) - 12,
		 header->source);
	snprintf(header->source, sizeof(header->source), "part of %.*s",
		 (int)sizeof(source) - 12, source);
}

static void tell(const struct sieve *sieve, const struct trace_header *header)
{
	const struct trace_counts *counts = &header->counts;

	if (sieve->arguments->quiet)
		return;
	talk("%" PRIu64 " of %" PRIu64 " operations; %" PRIu32 " of %" PRIu32
	     " caches",
	     header->nr_events, sieve->header->nr_events, header->nr_caches,
	     sieve->header->nr_caches);
	talk("%" PRIu64 " frees of unknown objects (%" PRIu64
	     " before); %" PRIu64 " objects live at the end, %" PRIu64
	     " of them because their free was cut",
	     counts->unknown_frees, sieve->header->counts.unknown_frees,
	     counts->live_at_end, sieve->remap.cut_frees);
	talk("written: %s", sieve->arguments->out);
}

static int commit(struct sieve *sieve, struct slt_writer *writer)
{
	struct trace_error error = { "" };
	struct trace_header header;
	int code = EXIT_IO;

	if (!remap_header(&sieve->remap, &header)) {
		talk("cut: out of memory");
		slt_abort(writer);
		return EXIT_IO;
	}
	mark_part(sieve->arguments, &header);
	if (slt_commit(writer, &header, &error) == 0) {
		tell(sieve, &header);
		code = EXIT_OK;
	} else {
		talk("%s", error.text);
	}
	trace_header_release(&header);
	return code;
}

static int write_part(struct sieve *sieve, struct slt_reader *reader)
{
	struct trace_error error = { "" };
	struct slt_writer *writer = slt_create(sieve->arguments->out, &error);
	int code;

	if (!writer) {
		talk("%s", error.text);
		return EXIT_IO;
	}
	code = copy_events(sieve, reader, writer);
	if (code == EXIT_OK)
		return commit(sieve, writer);
	slt_abort(writer);
	return code;
}

static int cut(const struct arguments *arguments, struct slt_reader *reader)
{
	struct sieve sieve = {
		.arguments = arguments,
		.header = slt_header(reader),
		.nr_left = arguments->head,
	};
	int code = EXIT_OK;

	if (!remap_init(&sieve.remap, sieve.header)) {
		talk("cut: out of memory");
		code = EXIT_IO;
	}
	if (code == EXIT_OK && arguments->caches.nr)
		code = choose_caches(&sieve);
	if (code == EXIT_OK && arguments->comms.nr)
		code = choose_tasks(&sieve);
	if (code == EXIT_OK)
		code = write_part(&sieve, reader);
	free(sieve.cache);
	free(sieve.task);
	remap_release(&sieve.remap);
	return code;
}

int cmd_cut(int argc, char **argv)
{
	struct arguments *arguments = calloc(1, sizeof(*arguments));
	struct slt_reader *reader = NULL;
	int code;

	if (!arguments) {
		talk("cut: out of memory");
		return EXIT_IO;
	}
	arguments->import.max_loss = UINT64_MAX;
	arguments->to_ns = UINT64_MAX;
	arguments->head = UINT64_MAX;
	code = parse_options(&argp, argc, argv, arguments);
	if (code == EXIT_OK) {
		interrupt_watch();
		signal(SIGXFSZ, SIG_IGN);
		code = open_trace(arguments->trace, &arguments->import,
				  arguments->quiet, &reader);
	}
	if (code == EXIT_OK)
		code = cut(arguments, reader);
	slt_close(reader);
	free(arguments);
	return code;
}
