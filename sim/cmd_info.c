/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim info: what a trace holds, for people and (--json) for programs. The
 * keys of the JSON are an interface: they may be added to, not renamed.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/info_pass.h"
#include "sim/info_print.h"
#include "sim/interrupt.h"
#include "sim/json.h"
#include "sim/open_trace.h"
#include "sim/options.h"
#include "traces/slt.h"

#define INFO_SCHEMA 1

struct arguments {
	const char *trace;
	struct import_options import;
	bool json, header_only, lifetimes;
	bool by[NR_INFO_KEYS];
	uint32_t top; /* rows of a table; 0: all */
};

enum {
	KEY_JSON = 256,
	KEY_CLOCK_HZ,
	KEY_BY,
	KEY_TOP,
	KEY_LIFETIMES,
	KEY_HEADER
};

static const struct argp_option options[] = {
	{ "json", KEY_JSON, 0, 0, "print one JSON object", 0 },
	{ "by", KEY_BY, "cache|cpu|callsite|task", 0,
	  "a table with a row for each; may be given several times", 0 },
	{ "top", KEY_TOP, "N", 0, "rows of a table, 0 for all [20]", 0 },
	{ "lifetimes", KEY_LIFETIMES, 0, 0, "how long objects lived, by cache",
	  0 },
	{ "header", KEY_HEADER, 0, 0,
	  "only what the file's header says: the events are not read", 0 },
	{ "clock-hz", KEY_CLOCK_HZ, "HZ", 0,
	  "ticks a second of a trace clock without unit", 0 },
	{ 0 },
};

static void parse_by(struct arguments *arguments, const char *text,
		     struct argp_state *state)
{
	enum info_key key;

	if (!info_key_parse(text, &key))
		argp_error(state,
			   "--by: expected cache, cpu, callsite or "
			   "task, not \"%s\"",
			   text);
	else
		arguments->by[key] = true;
}

static void parse_end(const struct arguments *arguments,
		      struct argp_state *state)
{
	if (!arguments->trace)
		argp_error(state, "expected a trace");
	for (int key = 0; key < NR_INFO_KEYS; key++) {
		if (arguments->header_only && arguments->by[key])
			argp_error(state, "--by needs the events, which "
					  "--header does not read");
	}
	if (arguments->header_only && arguments->lifetimes)
		argp_error(state, "--lifetimes needs the events, which "
				  "--header does not read");
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case KEY_CLOCK_HZ:
		arguments->import.clock_hz =
			option_number(state, "--clock-hz", text, 1, UINT64_MAX);
		return 0;
	case KEY_BY:
		parse_by(arguments, text, state);
		return 0;
	case KEY_TOP:
		arguments->top = (uint32_t)option_number(state, "--top", text,
							 0, UINT32_MAX);
		return 0;
	case KEY_LIFETIMES:
		arguments->lifetimes = true;
		return 0;
	case KEY_HEADER:
		arguments->header_only = true;
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
	.doc = "Prints what a trace file holds, or a recording, which is "
	       "imported to a temporary file first (with whatever it lost).",
};

static const char *const identity_words[] = {
	[IDENTITY_NAME] = "name",   [IDENTITY_OWN_FREE] = "own_free",
	[IDENTITY_KEY] = "key",     [IDENTITY_SIZE] = "size",
	[IDENTITY_GIVEN] = "given",
};

static const char *const when_words[] = {
	[CACHE_AT_START] = "start",
	[CACHE_BEFORE_SMP] = "before_smp",
	[CACHE_AT_EVENT] = "event",
};

/* "HWALIGN|RCU", "-" for none: as scenarios write flags. */
static void flag_words(uint32_t flags, char *out, size_t out_bytes)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} words[] = {
		{ CACHE_DEF_HWALIGN, "HWALIGN" },
		{ CACHE_DEF_DMA, "DMA" },
		{ CACHE_DEF_RECLAIM, "RECLAIM" },
		{ CACHE_DEF_PANIC, "PANIC" },
		{ CACHE_DEF_RCU, "RCU" },
		{ CACHE_DEF_SPREAD, "SPREAD" },
		{ CACHE_DEF_NOLEAK, "NOLEAK" },
	};
	size_t used = 0;

	snprintf(out, out_bytes, "-");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (flags & words[i].bit)
			used += (size_t)snprintf(out + used, out_bytes - used,
						 "%s%s", used ? "|" : "",
						 words[i].word);
	}
}

/* The counts with their JSON keys and their words, in order of printing. */
#define NR_COUNTS 15

struct named_count {
	const char *key, *words;
	uint64_t value;
};

static void list_counts(const struct trace_counts *c,
			struct named_count list[NR_COUNTS])
{
	const struct named_count all[NR_COUNTS] = {
		{ "events", "events", c->events },
		{ "allocs", "allocations", c->allocs },
		{ "failed_allocs", "failed allocations", c->failed_allocs },
		{ "frees", "frees", c->frees },
		{ "null_frees", "frees of NULL", c->null_frees },
		{ "unknown_frees", "frees of unknown objects",
		  c->unknown_frees },
		{ "implicit_frees", "implicit frees", c->implicit_frees },
		{ "inferred_allocs", "inferred allocations",
		  c->inferred_allocs },
		{ "own_dropped", "the allocator's own, dropped",
		  c->own_dropped },
		{ "page_allocs", "allocations of pages", c->page_allocs },
		{ "page_frees", "frees of pages", c->page_frees },
		{ "other", "other events", c->other },
		{ "lost", "lost events", c->lost },
		{ "unparsed", "lines not understood", c->unparsed },
		{ "live_at_end", "live objects at the end", c->live_at_end },
	};

	memcpy(list, all, sizeof(all));
}

/* --- JSON --- */

static void json_cache(const struct cache_def *def)
{
	char flags[128];

	flag_words(def->flags, flags, sizeof(flags));
	printf("{\"name\":");
	text_print_json(stdout, def->name);
	json_number("size_bytes", def->size_bytes);
	json_number("align_bytes", def->align_bytes);
	json_text("flags", flags);
	json_number("traced_bytes", def->traced_bytes);
	json_number("allocs", def->allocs);
	json_number("frees", def->frees);
	json_number("unknown_frees", def->unknown_frees);
	json_text("identity", identity_words[def->identity]);
	json_text("created", when_words[def->when]);
	json_text("reason", def->reason);
}

/* @info: NULL when only the header is wanted. */
static void print_json(const struct arguments *arguments,
		       const struct trace_header *header,
		       const struct info *info)
{
	struct named_count counts[NR_COUNTS];

	list_counts(&header->counts, counts);
	printf("{\"schema\":%d", INFO_SCHEMA);
	json_text("format", header->format);
	json_text("source", header->source);
	json_text("digest", header->digest);
	json_text("clock", header->clock);
	json_text("kernel", header->kernel);
	json_number("cpus", header->cpus);
	for (size_t i = 0; i < NR_COUNTS; i++)
		json_number(counts[i].key, counts[i].value);
	json_number("operations", header->nr_events);
	json_number("slots", header->nr_slots);
	json_number("first_ns", header->first_ns);
	json_number("span_ns", header->span_ns);
	json_number("end_ns", header->end_ns);
	json_number("call_sites", header->nr_call_sites - 1);
	json_number("tasks", header->nr_tasks - 1);
	info_json_losses(header);
	if (info)
		info_json_figures(info);
	if (info)
		info_json_pages(info);
	printf(",\"caches\":[");
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		if (i)
			printf(",");
		json_cache(&header->caches[i]);
		if (info)
			info_json_cache(info, i);
		printf("}");
	}
	printf("]");
	for (int key = 0; key < NR_INFO_KEYS; key++) {
		if (arguments->by[key])
			info_json_table(header, info, (enum info_key)key);
	}
	printf("}\n");
}

/* --- text --- */

static void print_summary(const struct trace_header *header)
{
	struct named_count counts[NR_COUNTS];
	char text[1024], span[64], end[64];

	text_visible(header->source, text, sizeof(text));
	text_duration(header->span_ns, span, sizeof(span));
	text_duration(header->end_ns, end, sizeof(end));
	printf("%s, from %s\n", header->format, text);
	printf("digest %s\n", header->digest);
	if (header->clock[0])
		printf("clock: %s\n", header->clock);
	if (header->kernel[0])
		printf("traced kernel: %s\n", header->kernel);
	printf("%" PRIu32 " CPUs, first to last event %s, end at %s\n\n",
	       header->cpus, span, end);
	list_counts(&header->counts, counts);
	for (size_t i = 0; i < NR_COUNTS; i++)
		printf("%12" PRIu64 "  %s\n", counts[i].value, counts[i].words);
	printf("%12" PRIu64 "  operations in the trace file, on %" PRIu32
	       " slots\n",
	       header->nr_events, header->nr_slots);
	printf("%12" PRIu32 "  call sites\n", header->nr_call_sites - 1);
	printf("%12" PRIu32 "  tasks\n", header->nr_tasks - 1);
}

struct widths {
	size_t name, flags;
};

static size_t flags_width(const struct trace_header *header)
{
	size_t widest = strlen("flags");
	char flags[128];

	for (uint32_t i = 0; i < header->nr_caches; i++) {
		flag_words(header->caches[i].flags, flags, sizeof(flags));
		if (strlen(flags) > widest)
			widest = strlen(flags);
	}
	return widest;
}

static size_t name_width(const struct trace_header *header)
{
	size_t widest = strlen("cache");

	for (uint32_t i = 0; i < header->nr_caches; i++) {
		char name[256];
		size_t width;

		text_visible(header->caches[i].name, name, sizeof(name));
		width = text_width(name);
		if (width > widest && width <= 40)
			widest = width;
	}
	return widest;
}

static void print_cache(const struct cache_def *def,
			const struct widths *widths)
{
	char name[256], reason[1024], flags[128];
	size_t used;

	text_visible(def->name, name, sizeof(name));
	text_visible(def->reason, reason, sizeof(reason));
	flag_words(def->flags, flags, sizeof(flags));
	used = text_width(name);
	printf("%s%*s  %7" PRIu32 "  %-*s  %10" PRIu64 "  %10" PRIu64
	       "  %-8s  %s\n",
	       name, used < widths->name ? (int)(widths->name - used) : 0, "",
	       def->size_bytes, (int)widths->flags, flags, def->allocs,
	       def->frees, identity_words[def->identity], reason);
}

static void print_caches(const struct trace_header *header)
{
	const struct widths widths = { name_width(header),
				       flags_width(header) };

	printf("\n%" PRIu32 " caches (sizes in bytes), in the order of their "
	       "creation:\n",
	       header->nr_caches);
	printf("%-*s  %7s  %-*s  %10s  %10s  %-8s  %s\n", (int)widths.name,
	       "cache", "size", (int)widths.flags, "flags", "allocs", "frees",
	       "identity", "why");
	for (uint32_t i = 0; i < header->nr_caches; i++)
		print_cache(&header->caches[i], &widths);
}

static void print_text(const struct arguments *arguments,
		       const struct trace_header *header,
		       const struct info *info)
{
	print_summary(header);
	info_print_losses(header, arguments->top);
	if (info)
		info_print_figures(info);
	if (info && (header->counts.page_allocs || header->counts.page_frees))
		info_print_pages(info);
	print_caches(header);
	for (int key = 0; key < NR_INFO_KEYS; key++) {
		if (arguments->by[key])
			info_print_table(header, info, (enum info_key)key,
					 arguments->top);
	}
	if (arguments->lifetimes)
		info_print_lifetimes(header, info);
}

static int print_info(const struct arguments *arguments,
		      struct slt_reader *reader)
{
	const struct trace_header *header = slt_header(reader);
	struct info info, *read = NULL;
	int code = EXIT_OK;

	if (!arguments->header_only) {
		read = &info;
		code = info_read(reader, read);
	}
	if (code == EXIT_OK && arguments->json)
		print_json(arguments, header, read);
	else if (code == EXIT_OK)
		print_text(arguments, header, read);
	if (read)
		info_release(read);
	return code;
}

int cmd_info(int argc, char **argv)
{
	struct arguments arguments = { .import.max_loss = UINT64_MAX,
				       .top = 20 };
	struct slt_reader *reader = NULL;
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	interrupt_watch();
	code = open_trace(arguments.trace, &arguments.import, false, &reader);
	if (code)
		return code;
	code = print_info(&arguments, reader);
	slt_close(reader);
	return code;
}
