/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See run_details.h. */
#define _GNU_SOURCE

#include "sim/run_details.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cache_names.h"
#include "sim/options.h"

enum { KEY_SLABS = 512, KEY_STEPS, KEY_PINS, KEY_CALL_SITES };

static const struct argp_option options[] = {
	{ 0, 0, 0, 0, "Stored on request (docs/DATABASE.md says where):", 2 },
	{ "slabs", KEY_SLABS, "CACHE,...", 0,
	  "at every sample, each slab of these caches; \"all\" for all", 2 },
	{ "pins", KEY_PINS, "N", 0,
	  "at the last sample, the call sites that hold each slab with at most "
	  "N live objects",
	  2 },
	{ "steps", KEY_STEPS, "A-B", 0,
	  "all that the allocator did for the events A to B of the trace", 2 },
	{ "call-sites", KEY_CALL_SITES, 0, 0,
	  "call sites and lifetimes of the trace's objects (one more pass over "
	  "it)",
	  2 },
	{ 0 },
};

/* "dentry,filp" into names. */
static bool split_names(struct run_details *details, const char *text)
{
	char *copy = strdup(text), *rest = copy, *name;
	char **grown;

	while (copy && (name = strsep(&rest, ",")) != NULL) {
		if (!*name)
			continue;
		grown = realloc(details->slabs,
				(details->nr_slabs + 1) * sizeof(*grown));
		if (!grown)
			break;
		details->slabs = grown;
		grown[details->nr_slabs] = strdup(name);
		details->nr_slabs += grown[details->nr_slabs] != NULL;
	}
	free(copy);
	return details->nr_slabs != 0;
}

static void parse_steps(struct argp_state *state, struct run_details *details,
			const char *text)
{
	unsigned long long first = 0, last = 0;
	int end = 0;

	if (strspn(text, "0123456789-") != strlen(text) ||
	    sscanf(text, "%19llu-%19llu%n", &first, &last, &end) != 2 ||
	    text[end] || !first || first > last)
		argp_error(state,
			   "--steps: \"%s\" is no range of events such as "
			   "1-1000",
			   text);
	details->first_step = first;
	details->last_step = last;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct run_details *details = state->input;

	switch (key) {
	case KEY_SLABS:
		if (!split_names(details, text))
			argp_error(state, "--slabs: expected names of caches");
		return 0;
	case KEY_STEPS:
		parse_steps(state, details, text);
		return 0;
	case KEY_PINS:
		details->pins = (uint32_t)option_number(state, "--pins", text,
							1, UINT16_MAX);
		return 0;
	case KEY_CALL_SITES:
		details->call_sites = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp run_details_argp = { options, parse_option, NULL, NULL,
				       NULL,    NULL,         NULL };

void run_details_release(struct run_details *details)
{
	for (size_t i = 0; i < details->nr_slabs; i++)
		free(details->slabs[i]);
	free(details->slabs);
}

void run_details_print_json(FILE *out, const struct run_details *details)
{
	for (size_t i = 0; i < details->nr_slabs; i++) {
		fputs(i ? "," : ",\"slabs\":[", out);
		text_print_json(out, details->slabs[i]);
	}
	if (details->nr_slabs)
		fputc(']', out);
	if (details->first_step)
		fprintf(out, ",\"steps\":[%" PRIu64 ",%" PRIu64 "]",
			details->first_step, details->last_step);
	if (details->pins)
		fprintf(out, ",\"pins\":%" PRIu32, details->pins);
	if (details->call_sites)
		fputs(",\"call_sites\":true", out);
}

bool run_details_check(const struct run_details *details,
		       const struct trace_header *header,
		       const struct machine *m, char *error, size_t error_bytes)
{
	struct cache_names names;
	bool ok = true;

	cache_names_collect(&names, header, m);
	for (size_t i = 0; i < details->nr_slabs && ok; i++)
		ok = !strcmp(details->slabs[i], "all") ||
		     cache_names_know(&names, details->slabs[i], "--slabs",
				      error, error_bytes);
	cache_names_release(&names);
	return ok;
}
