/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim gen: a workload's events into a .slt file. The file depends on the
 * workload, its parameters, the seed and the length alone; its digest covers
 * the events, so that a changed workload never passes for the same trace.
 */
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/gen_list.h"
#include "sim/interrupt.h"
#include "sim/number.h"
#include "sim/options.h"
#include "sim/time_option.h"
#include "traces/sha256.h"
#include "traces/slt.h"
#include "workloads/source.h"

#define BLOCK_EVENTS 4096
#define USUAL_EVENTS 1000000
/* Of everything generated: below what a .slt file can hold. */
#define MAX_EVENTS (UINT64_C(1) << 48)

struct arguments {
	const struct workload *workload;
	const char *out, *unknown;
	const char *settings[WORKLOAD_PARAMS_MAX * 4]; /* "key=value" */
	uint32_t nr_settings;
	uint32_t values[WORKLOAD_PARAMS_MAX];
	uint64_t seed, max_events, max_ns;
	bool list, quiet;
};

enum { KEY_SEED = 256, KEY_EVENTS, KEY_SECONDS, KEY_LIST };

static const struct argp_option options[] = {
	{ "param", 'p', "KEY=VALUE", 0,
	  "a parameter of the workload; see --list", 0 },
	{ "seed", KEY_SEED, "N", 0, "of the random numbers [1]", 0 },
	{ "events", KEY_EVENTS, "N", 0, "so many events [1000000]", 0 },
	{ "seconds", KEY_SECONDS, "S", 0,
	  "all events of the first S seconds instead", 0 },
	{ "output", 'o', "FILE", 0,
	  "the trace file to write [WORKLOAD.slt, in this directory]", 0 },
	{ "list", KEY_LIST, 0, 0,
	  "describe all workloads, or the one that is named", 0 },
	{ "quiet", 'q', 0, 0, "print errors only", 0 },
	{ 0 },
};

/* --- options --- */

static void take_workload(struct arguments *arguments, const char *name,
			  struct argp_state *state)
{
	if (arguments->workload || arguments->unknown)
		argp_error(state, "one workload at a time");
	arguments->workload = workload_find(name);
	if (!arguments->workload)
		arguments->unknown = name;
}

static void take_setting(struct arguments *arguments, const char *text,
			 struct argp_state *state)
{
	const uint32_t room =
		sizeof(arguments->settings) / sizeof(arguments->settings[0]);

	if (arguments->nr_settings == room)
		argp_error(state, "more than %" PRIu32 " parameters", room);
	arguments->settings[arguments->nr_settings++] = text;
}

static void parse_end(struct arguments *arguments, struct argp_state *state)
{
	if (arguments->unknown || arguments->list)
		return;
	if (!arguments->workload)
		argp_error(state, "expected a workload; see --list");
	if (arguments->max_events && arguments->max_ns)
		argp_error(state, "--events or --seconds, not both");
	if (!arguments->max_events)
		arguments->max_events = arguments->max_ns ? MAX_EVENTS :
							    USUAL_EVENTS;
	if (!arguments->max_ns)
		arguments->max_ns = UINT64_MAX;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'p':
		take_setting(arguments, text, state);
		return 0;
	case 'o':
		arguments->out = option_trace_out(state, text);
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case KEY_LIST:
		arguments->list = true;
		return 0;
	case KEY_SEED:
		arguments->seed =
			option_number(state, "--seed", text, 0, UINT64_MAX);
		return 0;
	case KEY_EVENTS:
		arguments->max_events =
			option_number(state, "--events", text, 1, MAX_EVENTS);
		return 0;
	case KEY_SECONDS:
		arguments->max_ns = option_time(state, "--seconds", text, 1);
		return 0;
	case ARGP_KEY_ARG:
		take_workload(arguments, text, state);
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
	.args_doc = "WORKLOAD\n--list [WORKLOAD]",
	.doc = "Makes a trace by a small model of what a kernel does. The "
	       "same workload, parameters, seed and length give the same "
	       "bytes on every host.",
};

/* --- parameters --- */

static int unknown_workload(const char *name)
{
	const struct workload *const *list;
	const char *names[64], *near;
	size_t nr;

	list = workload_list(&nr);
	for (size_t i = 0; i < nr; i++)
		names[i] = list[i]->name;
	near = suggest(name, names, nr);
	if (near)
		talk("gen: unknown workload \"%s\", did you mean \"%s\"?", name,
		     near);
	else
		talk("gen: unknown workload \"%s\", see \"slabsim gen "
		     "--list\"",
		     name);
	return EXIT_USAGE;
}

static int unknown_param(const struct workload *workload, const char *key)
{
	const char *names[WORKLOAD_PARAMS_MAX], *near;

	for (uint32_t i = 0; i < workload->nr_params; i++)
		names[i] = workload->params[i].key;
	near = suggest(key, names, workload->nr_params);
	if (near)
		talk("gen: %s has no parameter \"%s\", did you mean \"%s\"?",
		     workload->name, key, near);
	else
		talk("gen: %s has no parameter \"%s\", see \"slabsim gen "
		     "--list %s\"",
		     workload->name, key, workload->name);
	return EXIT_USAGE;
}

static int set_param(const struct workload *workload, const char *setting,
		     uint32_t *values)
{
	const char *equals = strchr(setting, '=');
	const struct workload_param *param = NULL;
	uint64_t value;
	char key[64];
	uint32_t at;

	snprintf(key, sizeof(key), "%.*s",
		 equals ? (int)(equals - setting) : (int)strlen(setting),
		 setting);
	for (at = 0; at < workload->nr_params && !param; at++) {
		if (strcmp(workload->params[at].key, key) == 0)
			param = &workload->params[at];
	}
	if (!param)
		return unknown_param(workload, key);
	if (!equals || !number_parse(equals + 1, param->most, &value) ||
	    value < param->least) {
		talk("gen: %s: \"%s\" is not a number from %" PRIu32
		     " to %" PRIu32 "%s%s",
		     key, equals ? equals + 1 : "", param->least, param->most,
		     param->unit[0] ? " " : "", param->unit);
		return EXIT_USAGE;
	}
	values[at - 1] = (uint32_t)value;
	return EXIT_OK;
}

static int set_params(struct arguments *arguments)
{
	const struct workload *workload = arguments->workload;

	for (uint32_t i = 0; i < workload->nr_params; i++)
		arguments->values[i] = workload->params[i].usual;
	for (uint32_t i = 0; i < arguments->nr_settings; i++) {
		int code = set_param(workload, arguments->settings[i],
				     arguments->values);

		if (code)
			return code;
	}
	return EXIT_OK;
}

/* --- the header --- */

/* What to type to get this trace; all parameters, the usual ones too. */
static void print_recipe(const struct arguments *arguments, char *out,
			 size_t out_bytes)
{
	const struct workload *workload = arguments->workload;
	size_t used = (size_t)snprintf(out, out_bytes, "%s --seed %" PRIu64,
				       workload->name, arguments->seed);

	for (uint32_t i = 0; i < workload->nr_params && used < out_bytes; i++)
		used += (size_t)snprintf(out + used, out_bytes - used,
					 " -p %s=%" PRIu32,
					 workload->params[i].key,
					 arguments->values[i]);
}

struct totals {
	uint64_t events, allocs, last_ns;
	uint64_t hash; /* of all events */
	uint32_t nr_slots;
};

static char **copy_strings(const char *const *strings, uint32_t nr)
{
	char **copy = calloc(nr, sizeof(*copy));

	for (uint32_t i = 0; copy && i < nr; i++) {
		copy[i] = strdup(strings[i]);
		if (!copy[i])
			return NULL; /* NOLINT: leaks, the program ends */
	}
	return copy;
}

static bool copy_tables(const struct event_source *source,
			struct trace_header *header)
{
	const struct workload_cache *caches;
	const char *const *strings;
	uint32_t nr;

	strings = event_source_tasks(source, &nr);
	header->tasks = copy_strings(strings, nr);
	header->nr_tasks = nr;
	strings = event_source_call_sites(source, &nr);
	header->call_sites = copy_strings(strings, nr);
	header->nr_call_sites = nr;
	caches = event_source_caches(source, &nr);
	header->caches = calloc(nr, sizeof(*header->caches));
	if (!header->tasks || !header->call_sites || !header->caches)
		return false;
	header->nr_caches = nr;
	for (uint32_t i = 0; i < nr; i++) {
		const struct workload_cache *cache = &caches[i];
		struct cache_def *def = &header->caches[i];

		def->name = strdup(cache->name);
		def->reason = strdup("as the workload says");
		def->size_bytes = cache->size_bytes;
		def->traced_bytes = cache->traced_bytes;
		def->flags = cache->flags;
		def->identity = IDENTITY_GIVEN;
		if (!def->name || !def->reason)
			return false;
	}
	return true;
}

static void make_digest(const struct arguments *arguments,
			const struct totals *totals, char *hex)
{
	char recipe[2048], text[2304];
	struct sha256 hash;

	print_recipe(arguments, recipe, sizeof(recipe));
	snprintf(text, sizeof(text),
		 "workloads %d: %s: %" PRIu64 " events, %016" PRIx64,
		 WORKLOAD_VERSION, recipe, totals->events, totals->hash);
	sha256_init(&hash);
	sha256_update(&hash, text, strlen(text));
	sha256_final(&hash, hex);
}

static void fill_header(const struct arguments *arguments,
			const struct totals *totals,
			struct trace_header *header)
{
	char recipe[2048];

	print_recipe(arguments, recipe, sizeof(recipe));
	header->cpus = arguments->values[0];
	header->nr_slots = totals->nr_slots;
	header->span_ns = totals->last_ns;
	header->end_ns = totals->last_ns;
	snprintf(header->format, sizeof(header->format), "generated");
	/* cut where it is long: the digest covers all of it */
	snprintf(header->source, sizeof(header->source), "%.*s",
		 (int)sizeof(header->source) - 1, recipe);
	make_digest(arguments, totals, header->digest);
	header->counts.events = totals->events;
	header->counts.allocs = totals->allocs;
	header->counts.frees = totals->events - totals->allocs;
	header->counts.live_at_end = 2 * totals->allocs - totals->events;
}

/* --- events --- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static void count_event(const struct event *event, struct totals *totals,
			struct trace_header *header)
{
	bool alloc = event->op != EVENT_FREE;

	totals->events++;
	totals->allocs += alloc;
	totals->last_ns = event->time_ns;
	if (event->slot >= totals->nr_slots)
		totals->nr_slots = event->slot + 1;
	if (event->cache != EVENT_NO_CACHE) {
		header->caches[event->cache].allocs += alloc;
		header->caches[event->cache].frees += !alloc;
	}
	totals->hash = mix(totals->hash, event->time_ns);
	totals->hash = mix(totals->hash,
			   (uint64_t)event->slot << 32 | event->bytes_req);
	totals->hash = mix(totals->hash, (uint64_t)event->call_site << 32 |
						 (uint64_t)event->cpu << 16 |
						 event->op);
	totals->hash =
		mix(totals->hash, (uint64_t)event->task << 32 | event->gfp);
}

/* How many of a block's events belong to the trace. */
static size_t count_block(const struct arguments *arguments,
			  const struct event *events, size_t nr,
			  struct totals *totals, struct trace_header *header)
{
	for (size_t i = 0; i < nr; i++) {
		if (totals->events == arguments->max_events ||
		    events[i].time_ns >= arguments->max_ns)
			return i;
		count_event(&events[i], totals, header);
	}
	return nr;
}

static int write_events(const struct arguments *arguments,
			struct event_source *source, struct slt_writer *writer,
			struct totals *totals, struct trace_header *header)
{
	struct trace_error error = { "" };
	struct event events[BLOCK_EVENTS];
	size_t nr, used;

	do {
		if (interrupt_wanted()) {
			talk("gen: interrupted; nothing was written");
			return EXIT_INTERRUPTED;
		}
		nr = event_source_next(source, events, BLOCK_EVENTS);
		if (!nr) {
			talk("gen: out of memory");
			return EXIT_IO;
		}
		used = count_block(arguments, events, nr, totals, header);
		if (slt_append(writer, events, used, &error) != 0) {
			talk("%s", error.text);
			return EXIT_IO;
		}
	} while (used == nr);
	return EXIT_OK;
}

static int write_trace(const struct arguments *arguments,
		       struct event_source *source, const char *out,
		       struct trace_header *header)
{
	struct trace_error error = { "" };
	struct slt_writer *writer = slt_create(out, &error);
	struct totals totals = { 0 };
	int code;

	if (!writer) {
		talk("%s", error.text);
		return EXIT_IO;
	}
	code = write_events(arguments, source, writer, &totals, header);
	if (code) {
		slt_abort(writer);
		return code;
	}
	fill_header(arguments, &totals, header);
	if (slt_commit(writer, header, &error) == 0)
		return EXIT_OK;
	talk("%s", error.text);
	return EXIT_IO;
}

static void tell(const struct trace_header *header, const char *out)
{
	char span[64];

	text_duration(header->span_ns, span, sizeof(span));
	talk("%" PRIu64 " events on %" PRIu32 " CPUs in %s; %" PRIu64
	     " objects live at the end, %" PRIu32 " at most",
	     header->counts.events, header->cpus, span,
	     header->counts.live_at_end, header->nr_slots);
	talk("written: %s", out);
}

static int generate(const struct arguments *arguments)
{
	const struct workload *workload = arguments->workload;
	struct trace_header header = { 0 };
	struct event_source *source;
	char default_out[80], why[256];
	const char *out = arguments->out;
	int code = EXIT_IO;

	snprintf(default_out, sizeof(default_out), "%s.slt", workload->name);
	if (!out)
		out = default_out;
	source = event_source_create(workload, arguments->values,
				     arguments->seed, why, sizeof(why));
	if (!source) {
		talk("gen: %s: %s", workload->name, why);
		return strcmp(why, "out of memory") ? EXIT_USAGE : EXIT_IO;
	}
	if (copy_tables(source, &header))
		code = write_trace(arguments, source, out, &header);
	else
		talk("gen: out of memory");
	event_source_destroy(source);
	if (code == EXIT_OK && !arguments->quiet)
		tell(&header, out);
	trace_header_release(&header);
	return code;
}

int cmd_gen(int argc, char **argv)
{
	struct arguments arguments = { .seed = 1 };
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	if (arguments.unknown)
		return unknown_workload(arguments.unknown);
	if (arguments.list) {
		gen_list(arguments.workload);
		return EXIT_OK;
	}
	code = set_params(&arguments);
	if (code)
		return code;
	interrupt_watch();
	signal(SIGXFSZ, SIG_IGN);
	return generate(&arguments);
}
