/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See tunables.h. */
#define _POSIX_C_SOURCE 200809L
#include "sim/tunables.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "reports/text.h"
#include "sim/cache_names.h"
#include "sim/cli.h"
#include "sim/number.h"
#include "traces/array.h"

#define NAME_BYTES 256
#define ANY "*"

static const char *const words[NR_TUNABLES] = { "limit", "batchcount",
						"shared" };
static const int64_t least[NR_TUNABLES] = { 1, 1, 0 };

/* --- what a cache can be tuned to ---------------------------------------- */

bool tunables_possible(const int64_t value[NR_TUNABLES], char *error,
		       size_t error_bytes)
{
	int64_t limit = value[TUNABLE_LIMIT];
	int64_t batchcount = value[TUNABLE_BATCHCOUNT];

	for (int k = 0; k < NR_TUNABLES; k++) {
		if (value[k] >= least[k])
			continue;
		snprintf(error, error_bytes,
			 "%s %" PRId64 " below %" PRId64
			 ", which the kernel ignores",
			 words[k], value[k], least[k]);
		return false;
	}
	if (batchcount > limit)
		snprintf(error, error_bytes,
			 "batchcount %" PRId64 " above limit %" PRId64
			 ", which the kernel ignores",
			 batchcount, limit);
	else if (limit > TUNABLES_MAX_OBJS ||
		 value[TUNABLE_SHARED] > TUNABLES_MAX_OBJS / batchcount)
		snprintf(error, error_bytes,
			 "limit %" PRId64 ", batchcount %" PRId64
			 ", shared %" PRId64 ": expected limit, and batchcount "
			 "x shared, of at most %d",
			 limit, batchcount, value[TUNABLE_SHARED],
			 TUNABLES_MAX_OBJS);
	else
		return true;
	return false;
}

/* --- setting ------------------------------------------------------------- */

static struct cache_tunables *find(const struct tunables *t, const char *cache)
{
	for (uint32_t i = 0; i < t->nr; i++) {
		if (!strcmp(t->list[i].cache, cache))
			return &t->list[i];
	}
	return NULL;
}

/* By name, so that the order in which they were set makes no difference. */
static struct cache_tunables *add(struct tunables *t, const char *cache)
{
	char *copy = strdup(cache);
	uint32_t at = t->nr;

	if (!copy ||
	    !array_reach(&t->list, &t->room, t->nr, sizeof(*t->list))) {
		free(copy);
		return NULL;
	}
	for (; at && strcmp(t->list[at - 1].cache, cache) > 0; at--)
		t->list[at] = t->list[at - 1];
	t->nr++;
	t->list[at] = (struct cache_tunables){ copy, { -1, -1, -1 } };
	return &t->list[at];
}

static bool parse_value(enum tunable which, const char *text, int64_t *value)
{
	uint64_t number;

	if (!number_parse(text, TUNABLES_MAX_OBJS, &number))
		return false;
	*value = (int64_t)number;
	return *value >= least[which];
}

static bool unknown_tunable(const char *word, char *error, size_t error_bytes)
{
	const char *near = suggest(word, words, NR_TUNABLES);

	snprintf(error, error_bytes,
		 "\"%.60s\" is no tunable%s%s%s: expected CACHE.limit, "
		 "CACHE.batchcount or CACHE.shared",
		 word, near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "");
	return false;
}

static bool set_value(struct tunables *t, const char *cache, enum tunable which,
		      int64_t value, char *error, size_t error_bytes)
{
	struct cache_tunables *of = find(t, cache);

	if (!of)
		of = add(t, cache);
	if (!of) {
		snprintf(error, error_bytes, "out of memory");
		return false;
	}
	if (of->value[which] >= 0) {
		snprintf(error, error_bytes, "%.100s.%s is given twice", cache,
			 words[which]);
		return false;
	}
	of->value[which] = value;
	return true;
}

/* A cache's name may hold dots: the last one is ours. */
bool tunables_set(struct tunables *t, const char *name, const char *text,
		  char *error, size_t error_bytes)
{
	const char *dot = strrchr(name, '.');
	char cache[NAME_BYTES];
	int64_t value;

	if (!dot || dot == name || dot - name >= NAME_BYTES) {
		snprintf(error, error_bytes,
			 "\"%.60s\": expected CACHE.limit, CACHE.batchcount or "
			 "CACHE.shared",
			 name);
		return false;
	}
	memcpy(cache, name, (size_t)(dot - name));
	cache[dot - name] = '\0';
	for (enum tunable i = 0; i < NR_TUNABLES; i++) {
		if (strcmp(dot + 1, words[i]) != 0)
			continue;
		if (parse_value(i, text, &value))
			return set_value(t, cache, i, value, error,
					 error_bytes);
		snprintf(error, error_bytes,
			 "%.100s=%.60s: expected a number from %" PRId64
			 " to %d",
			 name, text, least[i], TUNABLES_MAX_OBJS);
		return false;
	}
	return unknown_tunable(dot + 1, error, error_bytes);
}

bool tunables_set_text(struct tunables *t, const char *text, char *error,
		       size_t error_bytes)
{
	const char *equals = strrchr(text, '=');
	char name[NAME_BYTES + 16];

	if (!equals || equals - text >= (long)sizeof(name)) {
		snprintf(error, error_bytes,
			 "\"%.80s\": expected CACHE.limit=N, "
			 "CACHE.batchcount=N or CACHE.shared=N",
			 text);
		return false;
	}
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	return tunables_set(t, name, equals + 1, error, error_bytes);
}

bool tunables_default_to(struct tunables *t, const struct tunables *others)
{
	for (uint32_t i = 0; i < others->nr; i++) {
		const struct cache_tunables *from = &others->list[i];
		struct cache_tunables *to = find(t, from->cache);

		if (!to)
			to = add(t, from->cache);
		if (!to)
			return false;
		for (int k = 0; k < NR_TUNABLES; k++) {
			if (to->value[k] < 0)
				to->value[k] = from->value[k];
		}
	}
	return true;
}

void tunables_release(struct tunables *t)
{
	for (uint32_t i = 0; i < t->nr; i++)
		free(t->list[i].cache);
	free(t->list);
	*t = (struct tunables){ 0 };
}

/* --- what they make of a cache ------------------------------------------- */

bool tunables_of(const struct tunables *t, const char *name,
		 int64_t value[NR_TUNABLES])
{
	const struct cache_tunables *own = find(t, name), *any = find(t, ANY);

	for (int k = 0; k < NR_TUNABLES; k++) {
		value[k] = own ? own->value[k] : -1;
		if (value[k] < 0 && any)
			value[k] = any->value[k];
	}
	if (value[TUNABLE_LIMIT] >= 0 && value[TUNABLE_BATCHCOUNT] < 0)
		value[TUNABLE_BATCHCOUNT] = (value[TUNABLE_LIMIT] + 1) / 2;
	return own || any;
}

/* All three, as one writes them to /proc/slabinfo. */
static bool numbers_for(const struct tunables *t, const struct cache_info *info,
			int64_t value[NR_TUNABLES])
{
	const int64_t present[NR_TUNABLES] = { info->limit, info->batchcount,
					       info->shared };

	if (!tunables_of(t, info->name, value))
		return false;
	for (int k = 0; k < NR_TUNABLES; k++) {
		if (value[k] < 0)
			value[k] = present[k];
	}
	return true;
}

bool tunables_apply(const struct tunables *t, struct machine *m, uint32_t cpu,
		    cachep_t cachep)
{
	int64_t value[NR_TUNABLES];
	struct cache_info info;

	kmem_cache_info(m, cachep, &info);
	return !numbers_for(t, &info, value) ||
	       slabinfo_write(m, cpu, cachep, value[TUNABLE_LIMIT],
			      value[TUNABLE_BATCHCOUNT], value[TUNABLE_SHARED]);
}

bool tunables_apply_all(const struct tunables *t, struct machine *m)
{
	for (cachep_t c = machine_first_cache(m); t->nr && c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		if (!tunables_apply(t, m, 0, c))
			return false;
	}
	return true;
}

/* --- are they accepted? -------------------------------------------------- */

static bool check_names(const struct tunables *t, const char *of,
			const struct trace_header *header,
			const struct machine *m, char *error,
			size_t error_bytes)
{
	struct cache_names names;
	bool ok = true;

	cache_names_collect(&names, header, m);
	for (uint32_t i = 0; i < t->nr && ok; i++)
		ok = !strcmp(t->list[i].cache, ANY) ||
		     cache_names_know(&names, t->list[i].cache, of, error,
				      error_bytes);
	cache_names_release(&names);
	return ok;
}

static bool check_numbers(const char *of, const char *cache,
			  const int64_t value[NR_TUNABLES], char *error,
			  size_t error_bytes)
{
	char what[200];

	if (tunables_possible(value, what, sizeof(what)))
		return true;
	snprintf(error, error_bytes, "%s: %.100s: %s", of, cache, what);
	return false;
}

/* Of a cache that is not there yet, the kernel's limit is not known either. */
static bool check_later_cache(const struct tunables *t, const char *of,
			      const char *cache, char *error,
			      size_t error_bytes)
{
	int64_t value[NR_TUNABLES];

	tunables_of(t, cache, value);
	if (value[TUNABLE_BATCHCOUNT] < 0)
		return true;
	if (value[TUNABLE_SHARED] < 0)
		value[TUNABLE_SHARED] = 0;
	if (value[TUNABLE_LIMIT] >= 0)
		return check_numbers(of, cache, value, error, error_bytes);
	snprintf(error, error_bytes,
		 "%s: %.100s is created by the trace: expected its limit "
		 "together with batchcount",
		 of, cache);
	return false;
}

bool tunables_check(const struct tunables *t, const char *of,
		    const struct trace_header *header, const struct machine *m,
		    char *error, size_t error_bytes)
{
	int64_t value[NR_TUNABLES];
	struct cache_info info;

	if (!check_names(t, of, header, m, error, error_bytes))
		return false;
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		kmem_cache_info(m, c, &info);
		if (numbers_for(t, &info, value) &&
		    !check_numbers(of, info.name, value, error, error_bytes))
			return false;
	}
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		if (header->caches[i].when == CACHE_AT_EVENT &&
		    !check_later_cache(t, of, header->caches[i].name, error,
				       error_bytes))
			return false;
	}
	return true;
}

/* --- JSON ---------------------------------------------------------------- */

void tunables_print_json(FILE *out, const struct tunables *t)
{
	for (uint32_t i = 0; i < t->nr; i++) {
		const char *between = "";

		fputs(i ? "," : ",\"set\":{", out);
		text_print_json(out, t->list[i].cache);
		fputs(":{", out);
		for (int k = 0; k < NR_TUNABLES; k++) {
			if (t->list[i].value[k] < 0)
				continue;
			fprintf(out, "%s\"%s\":%" PRId64, between, words[k],
				t->list[i].value[k]);
			between = ",";
		}
		fputc('}', out);
	}
	if (t->nr)
		fputc('}', out);
}
