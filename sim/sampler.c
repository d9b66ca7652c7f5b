/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking samples. Owns the last stored row of every cache and place, to store
 * a new one only where a value differs (or at a keyframe).
 *
 * Rows go in by age of cache, then CPU, then node: identical runs give
 * identical files. A cache is named by its index in the machine; the caches
 * of a run are never destroyed (a trace has no such event), so an index means
 * one cache.
 */
#include "sim/sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/slab_map.h"
#include "sim/slab_rows.h"

/* What is remembered of a cache. */
struct seen_cache {
	int64_t id;    /* its row's handle; 0: not seen yet */
	int64_t *last; /* rows: the cache's, those of the CPUs, of the nodes */
	/* its slabs are stored one by one: its alien arrays; else NULL */
	struct alien_seen *aliens;
};

struct sampler {
	struct results *results;
	struct replay *replay;
	struct machine *m;
	const struct trace_header *header;
	uint32_t keyframe;
	uint32_t nr_cpus, nr_nodes;
	int64_t *cpu_ids, *node_ids;
	uint32_t *free_blocks; /* last stored, [node][order] */

	struct seen_cache *seen; /* by cachep */
	uint32_t *def_of;        /* by cachep: number of its cache_def */
	uint32_t nr_seen;        /* places in both */
	bool *def_created;       /* by number of cache_def */
	uint32_t nr_defs_left;   /* not created so far */

	cachep_t *chain; /* of this sample, newest first */
	uint32_t chain_places;

	uint64_t nr_samples;
	int64_t last_sample;      /* its handle */
	const char *const *watch; /* names of caches; borrowed */
	size_t nr_watch;
	struct slab_map map;
	struct slab_look look;
};

#define NO_DEF UINT32_MAX

static const char *identity_word(enum cache_identity identity)
{
	switch (identity) {
	case IDENTITY_NAME:
		return "name";
	case IDENTITY_OWN_FREE:
		return "own_free";
	case IDENTITY_KEY:
		return "key";
	case IDENTITY_SIZE:
		return "size";
	case IDENTITY_GIVEN:
		return "given";
	}
	return "unknown";
}

/* --- rows ---------------------------------------------------------------- */

#define TAKE_CACHE_STAT(name, text) \
	row[CACHE_COLUMN_##name] = (int64_t)stats->name;
#define TAKE_CPU_STAT(name, text) row[CPU_COLUMN_##name] = (int64_t)stats->name;
#define TAKE_MISS_STAT(name, text) \
	row[CPU_COLUMN_##name] = (int64_t)misses->name;
#define TAKE_NODE_STAT(name, text) \
	row[NODE_COLUMN_##name] = (int64_t)stats->name;

static void fill_cache_row(const struct sampler *s, cachep_t cachep,
			   int64_t *row)
{
	const struct cache_stats *stats = kmem_cache_stats(s->m, cachep);

	CACHE_STATS(TAKE_CACHE_STAT)
}

static void fill_cpu_row(const struct sampler *s, cachep_t cachep, uint32_t cpu,
			 int64_t *row)
{
	const struct cpu_stats *stats = kmem_cpu_stats(s->m, cachep, cpu);
	const struct miss_stats *misses = kmem_miss_stats(s->m, cachep, cpu);
	struct cpu_state state = { 0 };

	if (machine_cpu_online(s->m, cpu))
		kmem_cpu_state(s->m, cachep, cpu, &state);
	CPU_STATS(TAKE_CPU_STAT)
	row[CPU_COLUMN_avail_objs] = state.avail;
	MISS_STATS(TAKE_MISS_STAT)
}

static void fill_node_row(const struct sampler *s, cachep_t cachep,
			  uint32_t node, int64_t *row)
{
	const struct node_stats *stats = kmem_node_stats(s->m, cachep, node);
	struct node_state state;

	kmem_node_state(s->m, cachep, node, &state);
	NODE_STATS(TAKE_NODE_STAT)
	row[NODE_COLUMN_slabs_full] = (int64_t)state.slabs_full;
	row[NODE_COLUMN_slabs_partial] = (int64_t)state.slabs_partial;
	row[NODE_COLUMN_slabs_free] = (int64_t)state.slabs_free;
	row[NODE_COLUMN_free_objs] = (int64_t)state.free_objects;
	row[NODE_COLUMN_live_objs] = (int64_t)state.live_objs;
	row[NODE_COLUMN_cached_objs] = (int64_t)state.cached_objs;
	row[NODE_COLUMN_shared_avail_objs] =
		state.shared_avail < 0 ? STAT_ABSENT : state.shared_avail;
	row[NODE_COLUMN_requested_bytes] = (int64_t)state.requested_bytes;
}

/* A sample being taken. */
struct sample {
	int64_t id;
	bool keyframe;
};

static void store_row(struct sampler *s, const struct sample *sample,
		      enum stat_home home, int64_t cache_id, int64_t place_id,
		      const int64_t *row, int64_t *last, size_t columns)
{
	if (!sample->keyframe && !memcmp(row, last, columns * sizeof(*row)))
		return;
	memcpy(last, row, columns * sizeof(*row));
	results_add_stat(s->results, home, sample->id, cache_id, place_id, row);
}

static void store_cache(struct sampler *s, const struct sample *sample,
			cachep_t cachep)
{
	struct seen_cache *seen = &s->seen[cachep];
	int64_t *last = seen->last;
	int64_t row[MAX_STAT_COLUMNS];

	fill_cache_row(s, cachep, row);
	store_row(s, sample, STAT_OF_CACHE, seen->id, 0, row, last,
		  NR_CACHE_COLUMNS);
	last += NR_CACHE_COLUMNS;
	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		fill_cpu_row(s, cachep, cpu, row);
		store_row(s, sample, STAT_OF_CPU, seen->id, s->cpu_ids[cpu],
			  row, last, NR_CPU_COLUMNS);
		last += NR_CPU_COLUMNS;
	}
	for (uint32_t node = 0; node < s->nr_nodes; node++) {
		fill_node_row(s, cachep, node, row);
		store_row(s, sample, STAT_OF_NODE, seen->id, s->node_ids[node],
			  row, last, NR_NODE_COLUMNS);
		last += NR_NODE_COLUMNS;
	}
}

/* --- caches -------------------------------------------------------------- */

static bool grow_places(struct sampler *s)
{
	uint32_t bound = machine_cache_bound(s->m);
	struct seen_cache *seen;
	uint32_t *def_of;

	if (bound <= s->nr_seen)
		return true;
	seen = realloc(s->seen, bound * sizeof(*seen));
	if (!seen)
		return false;
	s->seen = seen;
	def_of = realloc(s->def_of, bound * sizeof(*def_of));
	if (!def_of)
		return false;
	s->def_of = def_of;
	for (uint32_t i = s->nr_seen; i < bound; i++) {
		s->seen[i] = (struct seen_cache){ 0, NULL, NULL };
		s->def_of[i] = NO_DEF;
	}
	s->nr_seen = bound;
	return true;
}

/* Learn which caches the trace's definitions have become. */
static void match_definitions(struct sampler *s)
{
	cachep_t cachep;

	for (uint32_t i = 0; s->nr_defs_left && i < s->header->nr_caches; i++) {
		if (s->def_created[i])
			continue;
		cachep = replay_cache(s->replay, i);
		if (cachep == CACHE_NULL || cachep >= s->nr_seen)
			continue;
		s->def_created[i] = true;
		s->nr_defs_left--;
		if (s->def_of[cachep] == NO_DEF)
			s->def_of[cachep] = i;
	}
}

static bool is_watched(const struct sampler *s, const char *name)
{
	for (size_t i = 0; i < s->nr_watch; i++) {
		if (!strcmp(s->watch[i], "all") || !strcmp(s->watch[i], name))
			return true;
	}
	return false;
}

/* From now on the cache's slabs are stored. Return: false: no memory. */
static bool watch_cache(struct sampler *s, struct seen_cache *seen)
{
	size_t nr = (size_t)s->nr_nodes * s->nr_nodes;

	seen->aliens = malloc(nr * sizeof(*seen->aliens));
	for (size_t i = 0; seen->aliens && i < nr; i++)
		seen->aliens[i] = (struct alien_seen){ -1, -1 };
	return seen->aliens != NULL;
}

static bool add_cache(struct sampler *s, cachep_t cachep, uint32_t position)
{
	struct seen_cache *seen = &s->seen[cachep];
	uint32_t def = s->def_of[cachep];
	struct cache_info info, slabp_info;
	struct cache_row row = {
		.chain_position = position,
		.info = &info,
		.page_bytes = machine_profile(s->m)->page_bytes,
	};

	/* No value is INT64_MIN + 1: the first row differs from these. */
	size_t values = NR_CACHE_COLUMNS + (size_t)s->nr_cpus * NR_CPU_COLUMNS +
			(size_t)s->nr_nodes * NR_NODE_COLUMNS;

	seen->last = malloc(values * sizeof(*seen->last));
	if (!seen->last)
		return false;
	for (size_t i = 0; i < values; i++)
		seen->last[i] = STAT_ABSENT + 1;

	kmem_cache_info(s->m, cachep, &info);
	if (info.off_slab && info.slabp_cache != CACHE_NULL) {
		kmem_cache_info(s->m, info.slabp_cache, &slabp_info);
		row.slabp_cache = slabp_info.name;
	}
	if (def != NO_DEF) {
		row.def = &s->header->caches[def];
		row.identity = identity_word(row.def->identity);
	}
	seen->id = results_add_cache(s->results, &row);
	return !is_watched(s, info.name) || watch_cache(s, seen);
}

void sampler_add_uncreated(struct sampler *s)
{
	struct cache_row row = { .chain_position = -1 };

	for (uint32_t i = 0; i < s->header->nr_caches; i++) {
		if (s->def_created[i])
			continue;
		row.def = &s->header->caches[i];
		row.identity = identity_word(row.def->identity);
		results_add_cache(s->results, &row);
	}
}

/* Return: the length of the chain, or -1. */
static int64_t read_chain(struct sampler *s)
{
	uint32_t nr = 0;
	cachep_t *chain;

	if (s->chain_places < machine_cache_bound(s->m)) {
		chain = realloc(s->chain,
				machine_cache_bound(s->m) * sizeof(*chain));
		if (!chain)
			return -1;
		s->chain = chain;
		s->chain_places = machine_cache_bound(s->m);
	}
	for (cachep_t c = machine_first_cache(s->m); c != CACHE_NULL;
	     c = machine_next_cache(s->m, c))
		s->chain[nr++] = c;
	return nr;
}

/* --- samples ------------------------------------------------------------- */

static bool store_slabs(struct sampler *s, int64_t sample, cachep_t cachep)
{
	const struct seen_cache *seen = &s->seen[cachep];
	const struct slab_map_place place = { .sample = sample,
					      .cache = seen->id,
					      .nodes = s->node_ids };

	return !seen->aliens || slab_map_store(&s->map, s->results, s->m,
					       cachep, &place, seen->aliens);
}

static void store_page_orders(struct sampler *s, int64_t sample, uint32_t node)
{
	uint32_t *last = &s->free_blocks[(size_t)node * MACHINE_PAGE_ORDERS];
	uint32_t now;

	for (uint32_t order = 0; order < MACHINE_PAGE_ORDERS; order++) {
		now = machine_free_blocks(s->m, node, order);
		if (now == last[order])
			continue;
		last[order] = now;
		results_add_page_order(s->results, sample, s->node_ids[node],
				       order, now);
	}
}

static void store_pages(struct sampler *s, int64_t sample)
{
	struct node_pages pages;

	for (uint32_t node = 0; node < s->nr_nodes; node++) {
		machine_node_pages(s->m, node, &pages);
		results_add_node_pages(s->results, sample, s->node_ids[node],
				       &pages);
		store_page_orders(s, sample, node);
	}
}

int sampler_take(struct sampler *s, uint64_t time_ns)
{
	const struct replay_counts *counts = replay_counts(s->replay);
	struct sample_row row = {
		.k = s->nr_samples,
		.time_ns = time_ns,
		.tick = machine_now(s->m),
		.events = counts->events,
		.failed_allocs = counts->failed_allocs,
		.keyframe = s->nr_samples % s->keyframe == 0,
	};
	struct sample sample = { .keyframe = row.keyframe };
	int64_t nr = read_chain(s);

	if (nr < 0 || !grow_places(s))
		return -ENOMEM;
	match_definitions(s);
	sample.id = results_add_sample(s->results, &row);
	s->nr_samples++;
	/* Oldest first: ids rise with age whatever the number of samples. */
	for (int64_t i = nr - 1; i >= 0; i--) {
		if (!s->seen[s->chain[i]].id &&
		    !add_cache(s, s->chain[i], (uint32_t)(nr - 1 - i)))
			return -ENOMEM;
		store_cache(s, &sample, s->chain[i]);
		if (!store_slabs(s, sample.id, s->chain[i]))
			return -ENOMEM;
	}
	s->last_sample = sample.id;
	store_pages(s, sample.id);
	results_pass_on(s->results);
	return results_error(s->results, NULL);
}

int sampler_take_slabs(struct sampler *s, const struct holders *holders,
		       uint32_t pins)
{
	struct slab_rows rows = { .results = s->results,
				  .look = &s->look,
				  .max_live = pins };
	int64_t nr = read_chain(s);
	struct slab_place place = { .sample = s->last_sample };
	bool ok = nr >= 0 &&
		  (!holders || slab_rows_hold(&rows, holders, s->replay));

	for (int64_t i = nr - 1; ok && i >= 0; i--) {
		/* one made after the last sample is of no sample */
		place.cache = sampler_cache(s, s->chain[i]);
		for (uint32_t node = 0; ok && place.cache && node < s->nr_nodes;
		     node++) {
			place.node = s->node_ids[node];
			ok = slab_look_at(&s->look, s->m, s->chain[i], node) &&
			     slab_rows_store(&rows, &place);
		}
	}
	slab_rows_release(&rows);
	return ok ? results_error(s->results, NULL) : -ENOMEM;
}

/* --- the sampler --------------------------------------------------------- */

void sampler_watch_slabs(struct sampler *s, const char *const *names, size_t nr)
{
	s->watch = names;
	s->nr_watch = nr;
}

int64_t sampler_cache(const struct sampler *s, cachep_t cachep)
{
	return cachep < s->nr_seen ? s->seen[cachep].id : 0;
}

int64_t sampler_cpu(const struct sampler *s, uint32_t cpu)
{
	return cpu < s->nr_cpus ? s->cpu_ids[cpu] : 0;
}

int64_t sampler_node(const struct sampler *s, uint32_t node)
{
	return node < s->nr_nodes ? s->node_ids[node] : 0;
}

const int64_t *sampler_cpu_row(const struct sampler *s, cachep_t cachep,
			       uint32_t cpu)
{
	return s->seen[cachep].last + NR_CACHE_COLUMNS +
	       (size_t)cpu * NR_CPU_COLUMNS;
}

const int64_t *sampler_node_row(const struct sampler *s, cachep_t cachep,
				uint32_t node)
{
	return sampler_cpu_row(s, cachep, s->nr_cpus) +
	       (size_t)node * NR_NODE_COLUMNS;
}

uint64_t sampler_nr_samples(const struct sampler *s)
{
	return s->nr_samples;
}

static void add_places(struct sampler *s)
{
	struct node_pages pages;
	uint32_t node;

	for (node = 0; node < s->nr_nodes; node++) {
		machine_node_pages(s->m, node, &pages);
		s->node_ids[node] =
			results_add_node(s->results, node, pages.limit_pages);
	}
	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		node = machine_cpu_node(s->m, cpu);
		s->cpu_ids[cpu] =
			results_add_cpu(s->results, cpu, s->node_ids[node]);
	}
}

struct sampler *sampler_create(struct results *results, struct replay *replay,
			       const struct trace_header *header,
			       uint32_t keyframe)
{
	struct sampler *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->results = results;
	s->replay = replay;
	s->m = replay_machine(replay);
	s->header = header;
	s->keyframe = keyframe;
	s->nr_cpus = machine_nr_cpus(s->m);
	s->nr_nodes = machine_nr_nodes(s->m);
	s->nr_defs_left = header->nr_caches;
	s->cpu_ids = calloc(s->nr_cpus, sizeof(*s->cpu_ids));
	s->node_ids = calloc(s->nr_nodes, sizeof(*s->node_ids));
	s->def_created =
		calloc((size_t)header->nr_caches + 1, sizeof(*s->def_created));
	s->free_blocks = calloc((size_t)s->nr_nodes * MACHINE_PAGE_ORDERS,
				sizeof(*s->free_blocks));
	if (!s->cpu_ids || !s->node_ids || !s->def_created || !s->free_blocks) {
		sampler_destroy(s);
		return NULL;
	}
	add_places(s);
	return s;
}

void sampler_destroy(struct sampler *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->nr_seen; i++) {
		free(s->seen[i].last);
		free(s->seen[i].aliens);
	}
	free(s->seen);
	free(s->def_of);
	free(s->def_created);
	free(s->chain);
	free(s->cpu_ids);
	free(s->node_ids);
	free(s->free_blocks);
	slab_map_release(&s->map);
	slab_look_release(&s->look);
	free(s);
}
