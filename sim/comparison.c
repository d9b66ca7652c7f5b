/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The comparison. Rows of the real slabinfo are brought to caches of the
 * machine: several rows may be one there. Differences are taken cache by
 * cache, so that errors of two caches do not cancel out.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/comparison.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many allocations may be missing anyway: some fall into the readings. */
#define FEW_ALLOCS 20

#define COMPARED_NAME(name, stats, text) #name,
#define COMPARED_TEXT(name, stats, text) text,
#define COMPARED_STATS(name, stats, text) stats,
const char *const compared_names[NR_COMPARED] = { COMPARED(COMPARED_NAME) };
const char *const compared_texts[NR_COMPARED] = { COMPARED(COMPARED_TEXT) };
static const int of_statistics[NR_COMPARED] = { COMPARED(COMPARED_STATS) };

struct slabinfo *comparison_look(const struct machine *m)
{
	uint32_t nr = machine_cache_bound(m);
	struct slabinfo *look = calloc((size_t)nr + 1, sizeof(*look));

	for (cachep_t c = machine_first_cache(m); look && c != CACHE_NULL;
	     c = machine_next_cache(m, c))
		kmem_slabinfo(m, c, &look[c]);
	return look;
}

/* --- one cache ------------------------------------------------------------ */

static void read_real(const struct slabinfo_row *row, int64_t out[NR_COMPARED])
{
	out[COMPARED_allochit] = (int64_t)row->allochit;
	out[COMPARED_allocmiss] = (int64_t)row->allocmiss;
	out[COMPARED_freehit] = (int64_t)row->freehit;
	out[COMPARED_freemiss] = (int64_t)row->freemiss;
	out[COMPARED_remotefrees] = (int64_t)row->remotefrees;
	out[COMPARED_alienoverflow] = (int64_t)row->alienoverflow;
	out[COMPARED_grown] = (int64_t)row->grown;
	out[COMPARED_num_slabs] = (int64_t)row->num_slabs;
	out[COMPARED_active_objs] = (int64_t)row->active_objs;
}

static void read_predicted(const struct slabinfo *info,
			   int64_t out[NR_COMPARED])
{
	out[COMPARED_allochit] = (int64_t)info->cpu.allochit;
	out[COMPARED_allocmiss] = (int64_t)info->cpu.allocmiss;
	out[COMPARED_freehit] = (int64_t)info->cpu.freehit;
	out[COMPARED_freemiss] = (int64_t)info->cpu.freemiss;
	out[COMPARED_remotefrees] = (int64_t)info->cpu.remotefrees;
	out[COMPARED_alienoverflow] = (int64_t)info->node.alienoverflow;
	out[COMPARED_grown] = (int64_t)info->node.grown;
	out[COMPARED_num_slabs] = (int64_t)info->num_slabs;
	out[COMPARED_active_objs] = (int64_t)info->active_objs;
}

static void add_real(struct comparison_row *into,
		     const struct slabinfo_row *row, int sign)
{
	int64_t numbers[NR_COMPARED];

	read_real(row, numbers);
	for (int i = 0; i < NR_COMPARED; i++)
		into->real[i] += sign * numbers[i];
	into->real_allocs +=
		sign * (numbers[COMPARED_allochit] +
			numbers[COMPARED_allocmiss] + (int64_t)row->nodeallocs);
}

static void add_predicted(struct comparison_row *into,
			  const struct slabinfo *info, int sign)
{
	int64_t numbers[NR_COMPARED];

	read_predicted(info, numbers);
	for (int i = 0; i < NR_COMPARED; i++)
		into->predicted[i] += sign * numbers[i];
	into->predicted_allocs += sign * (numbers[COMPARED_allochit] +
					  numbers[COMPARED_allocmiss] +
					  (int64_t)info->node.nodeallocs);
}

static bool same_layout(const struct machine *m, cachep_t cachep,
			const struct slabinfo_row *row)
{
	struct cache_info info;

	kmem_cache_info(m, cachep, &info);
	return row->objsize == info.buffer_bytes &&
	       (!row->objperslab || row->objperslab == info.num) &&
	       (!row->pagesperslab || row->pagesperslab == 1u << info.gfporder);
}

/* --- all of them ---------------------------------------------------------- */

struct comparing {
	const struct slabinfo_file *before, *after;
	struct replay *replay;
	const struct trace_header *header;
	cachep_t *caches; /* of each cache_def; owned */
	struct comparison *out;
};

static struct comparison_row *row_of(struct comparison *out, cachep_t cachep)
{
	for (uint32_t i = 0; i < out->nr; i++) {
		if (out->rows[i].cachep == cachep)
			return &out->rows[i];
	}
	return NULL;
}

/* "a", or, when a second row of slabinfo is about the same cache, "a+b". */
static bool add_name(struct comparison_row *row, const char *name)
{
	const char *first = row->name ? row->name : "";
	size_t bytes = strlen(first) + strlen(name) + 2;
	char *both = malloc(bytes);

	if (!both)
		return false;
	snprintf(both, bytes, "%s%s%s", first, *first ? "+" : "", name);
	free(row->name);
	row->name = both;
	return true;
}

static struct comparison_row *row_for(struct comparison *out, cachep_t cachep)
{
	struct comparison_row *row = row_of(out, cachep);

	if (row)
		return row;
	row = &out->rows[out->nr++];
	*row = (struct comparison_row){
		.cachep = cachep,
		.has_stats = true,
		.same_layout = true,
	};
	return row;
}

static bool take_row(struct comparing *c, const struct slabinfo_row *row)
{
	const struct slabinfo_row *old =
		slabinfo_file_find(c->before, row->name);
	const struct machine *m = replay_machine(c->replay);
	cachep_t cachep = warm_cache_of_row(m, c->header, c->caches, row);
	struct comparison_row *into;

	if (cachep == CACHE_NULL) {
		c->out->without_cache += row->num_objs > 0;
		return true;
	}
	into = row_for(c->out, cachep);
	if (!add_name(into, row->name))
		return false;
	into->has_stats = into->has_stats && row->has_stats;
	into->same_layout = into->same_layout && same_layout(m, cachep, row);
	add_real(into, row, 1);
	into->base[COMPARED_num_slabs] += (int64_t)row->num_slabs;
	into->base[COMPARED_active_objs] += (int64_t)row->active_objs;
	if (old)
		add_real(into, old, -1);
	return true;
}

static bool is_traced(const struct comparison_row *row)
{
	int64_t missing = row->real_allocs - row->predicted_allocs;

	return !row->has_stats || missing <= FEW_ALLOCS ||
	       missing * 10 <= row->real_allocs;
}

static void add_to_totals(struct comparison_total totals[NR_COMPARED],
			  const struct comparison_row *row)
{
	for (int i = 0; i < NR_COMPARED; i++) {
		int64_t difference = row->predicted[i] - row->real[i];

		if (of_statistics[i] && !row->has_stats)
			continue;
		totals[i].known = true;
		totals[i].real += row->real[i];
		totals[i].predicted += row->predicted[i];
		totals[i].difference += (uint64_t)llabs(difference);
		totals[i].base += row->base[i];
	}
}

static void finish_row(struct comparison *out, struct comparison_row *row,
		       const struct slabinfo *start, const struct slabinfo *end)
{
	for (int i = 0; i < NR_COMPARED; i++) {
		if (of_statistics[i])
			row->base[i] = row->real[i];
	}
	add_predicted(row, &end[row->cachep], 1);
	add_predicted(row, &start[row->cachep], -1);
	row->traced = is_traced(row);
	out->untraced += !row->traced;
	out->other_layout += !row->same_layout;
	if (row->traced)
		add_to_totals(out->totals, row);
	add_to_totals(out->all, row);
}

static bool take_rows(struct comparing *c)
{
	uint32_t nr_caches = c->header->nr_caches;

	c->out->rows = calloc((size_t)c->after->nr + 1, sizeof(*c->out->rows));
	c->caches = calloc((size_t)nr_caches + 1, sizeof(*c->caches));
	if (!c->out->rows || !c->caches)
		return false;
	for (uint32_t i = 0; i < nr_caches; i++)
		c->caches[i] = replay_cache(c->replay, i);
	for (uint32_t i = 0; i < c->after->nr; i++) {
		if (!take_row(c, &c->after->rows[i]))
			return false;
	}
	return true;
}

bool comparison_make(const struct slabinfo_file *before,
		     const struct slabinfo_file *after, struct replay *replay,
		     const struct trace_header *header,
		     const struct slabinfo *start, const struct slabinfo *end,
		     struct comparison *comparison)
{
	struct comparing c = { before, after, replay, header, NULL, comparison };
	bool done;

	*comparison = (struct comparison){ .rows = NULL };
	done = take_rows(&c);
	free(c.caches);
	if (!done) {
		comparison_release(comparison);
		return false;
	}
	for (uint32_t i = 0; i < comparison->nr; i++)
		finish_row(comparison, &comparison->rows[i], start, end);
	return true;
}

void comparison_release(struct comparison *comparison)
{
	for (uint32_t i = 0; i < comparison->nr; i++)
		free(comparison->rows[i].name);
	free(comparison->rows);
	*comparison = (struct comparison){ .rows = NULL };
}

double comparison_percent(const struct comparison_total *total)
{
	if (!total->difference)
		return 0;
	if (total->base <= 0)
		return -1;
	return 100.0 * (double)total->difference / (double)total->base;
}
