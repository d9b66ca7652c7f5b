/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts, by the words of slabinfo, of dumps and of the counters. */
#define _POSIX_C_SOURCE 200809L
#include "sim/facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void facts_release(struct facts *facts)
{
	for (size_t i = 0; i < facts->nr; i++)
		free(facts->facts[i].value);
	facts->nr = 0;
}

const char *facts_find(const struct facts *facts, const char *word)
{
	for (size_t i = 0; i < facts->nr; i++) {
		if (strcmp(facts->facts[i].word, word) == 0)
			return facts->facts[i].value;
	}
	return NULL;
}

/* Takes @value over; one that there is no memory for is left out. */
static void add_text(struct facts *facts, const char *word, char *value)
{
	struct fact *fact = &facts->facts[facts->nr];

	if (!value || facts->nr == MAX_FACTS) {
		free(value);
		return;
	}
	snprintf(fact->word, sizeof(fact->word), "%s", word);
	fact->value = value;
	facts->nr++;
}

static void add(struct facts *facts, const char *word, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	add_text(facts, word, strdup(text));
}

/* A number, or "-" for one that does not exist. */
static void add_signed(struct facts *facts, const char *word, int64_t number)
{
	if (number < 0)
		add_text(facts, word, strdup("-"));
	else
		add(facts, word, (uint64_t)number);
}

/* --- entries of arrays --------------------------------------------------- */

/* Texts joined by semicolons, as in dumps; "-" when there are none. */
struct joined {
	const struct machine *m;
	FILE *out;
	bool any;
};

static void join_object(void *arg, obj_t obj)
{
	struct joined *joined = arg;
	struct obj_place place;

	obj_locate(joined->m, obj, &place);
	fprintf(joined->out, "%s%u:%" PRIu64 ".%u", joined->any ? ";" : "",
		place.nodeid, place.grow_number, place.index);
	joined->any = true;
}

static void join_slab(void *arg, const struct slab_view *view)
{
	struct joined *joined = arg;

	fprintf(joined->out, "%s%" PRIu64, joined->any ? ";" : "",
		view->grow_number);
	joined->any = true;
}

/* The visits that a fact is joined of. */
typedef void joining_fn(struct joined *joined, cachep_t cachep, uint32_t which);

static void join_cpu(struct joined *joined, cachep_t cachep, uint32_t cpu)
{
	kmem_visit_cpu_array(joined->m, cachep, cpu, join_object, joined);
}

static void join_shared(struct joined *joined, cachep_t cachep, uint32_t node)
{
	kmem_visit_shared(joined->m, cachep, node, join_object, joined);
}

static void join_partial(struct joined *joined, cachep_t cachep, uint32_t node)
{
	kmem_visit_slabs(joined->m, cachep, node, SLABS_PARTIAL, join_slab,
			 joined);
}

static void join_full(struct joined *joined, cachep_t cachep, uint32_t node)
{
	kmem_visit_slabs(joined->m, cachep, node, SLABS_FULL, join_slab,
			 joined);
}

static void join_free(struct joined *joined, cachep_t cachep, uint32_t node)
{
	kmem_visit_slabs(joined->m, cachep, node, SLABS_FREE, join_slab,
			 joined);
}

static void add_joined(struct facts *facts, const char *word,
		       const struct machine *m, cachep_t cachep, uint32_t which,
		       joining_fn *join)
{
	char *text = NULL;
	size_t bytes;
	struct joined joined = { .m = m };

	joined.out = open_memstream(&text, &bytes);
	if (!joined.out)
		return;
	join(&joined, cachep, which);
	if (!joined.any)
		fputc('-', joined.out);
	if (fclose(joined.out) == 0)
		add_text(facts, word, text);
	else
		free(text);
}

/* --- of what ------------------------------------------------------------- */

static void add_geometry(struct facts *facts, const struct machine *m,
			 cachep_t cachep)
{
	struct cache_info info, slabp;

	kmem_cache_info(m, cachep, &info);
	add(facts, "objsize", info.buffer_bytes);
	add(facts, "objperslab", info.num);
	add(facts, "pagesperslab", 1u << info.gfporder);
	add(facts, "limit", info.limit);
	add(facts, "batchcount", info.batchcount);
	add(facts, "shared", info.shared);
	add(facts, "colours", info.colour);
	add(facts, "colour_off", info.colour_off_bytes);
	add_text(facts, "slab", strdup(info.off_slab ? "off" : "on"));
	add(facts, "mgmt_bytes", info.mgmt_bytes);
	if (info.slabp_cache == CACHE_NULL) {
		add_text(facts, "mgmt_cache", strdup("-"));
		return;
	}
	kmem_cache_info(m, info.slabp_cache, &slabp);
	add_text(facts, "mgmt_cache", strdup(slabp.name));
}

void cache_facts(struct facts *facts, const struct machine *m, cachep_t cachep)
{
	struct slabinfo s;

	kmem_slabinfo(m, cachep, &s);
	add_geometry(facts, m, cachep);
	add(facts, "active_objs", s.active_objs);
	add(facts, "num_objs", s.num_objs);
	add(facts, "active_slabs", s.active_slabs);
	add(facts, "num_slabs", s.num_slabs);
	add(facts, "sharedavail", s.shared_avail);
#define ADD_CPU(name, text) add(facts, #name, s.cpu.name);
	CPU_STATS(ADD_CPU)
#define ADD_NODE(name, text) add(facts, #name, s.node.name);
	NODE_STATS(ADD_NODE)
#define ADD_CACHE(name, text) add(facts, #name, s.cache.name);
	CACHE_STATS(ADD_CACHE)
}

void cpu_facts(struct facts *facts, const struct machine *m, cachep_t cachep,
	       uint32_t cpu)
{
	const struct cpu_stats *stats = kmem_cpu_stats(m, cachep, cpu);
	struct cpu_state s;

	kmem_cpu_state(m, cachep, cpu, &s);
	add(facts, "avail", s.avail);
	add(facts, "limit", s.limit);
	add(facts, "batchcount", s.batchcount);
	add(facts, "touched", s.touched);
#define ADD_OF_CPU(name, text) add(facts, #name, stats->name);
	CPU_STATS(ADD_OF_CPU)
	add_joined(facts, "entries", m, cachep, cpu, join_cpu);
}

static void add_aliens(struct facts *facts, const struct machine *m,
		       cachep_t cachep, uint32_t node)
{
	char word[FACT_WORD_BYTES];

	/* as many as there is room for; claims about others are refused */
	for (uint32_t to = 0; to < machine_nr_nodes(m) && to < 8; to++) {
		snprintf(word, sizeof(word), "alien%u", to);
		add_signed(facts, word, kmem_alien_avail(m, cachep, node, to));
	}
}

void node_facts(struct facts *facts, const struct machine *m, cachep_t cachep,
		uint32_t node)
{
	const struct node_stats *stats = kmem_node_stats(m, cachep, node);
	struct node_state s;

	kmem_node_state(m, cachep, node, &s);
	add_joined(facts, "partial", m, cachep, node, join_partial);
	add_joined(facts, "full", m, cachep, node, join_full);
	add_joined(facts, "free", m, cachep, node, join_free);
	add(facts, "free_objects", s.free_objects);
	add(facts, "free_limit", s.free_limit);
	add(facts, "colour_next", s.colour_next);
	add_signed(facts, "shared_avail", s.shared_avail);
	add_signed(facts, "shared_limit", s.shared_limit);
	add(facts, "next_reap", s.next_reap);
	add(facts, "active", s.active_objs);
	add(facts, "cached", s.cached_objs);
	add(facts, "live", s.live_objs);
	add(facts, "pages", s.pages);
	add_joined(facts, "shared_entries", m, cachep, node, join_shared);
#define ADD_OF_NODE(name, text) add(facts, #name, stats->name);
	NODE_STATS(ADD_OF_NODE)
	add_aliens(facts, m, cachep, node);
}

struct slab_search {
	uint64_t grow_number;
	bool found;
	struct slab_view view;
};

static void match_slab(void *arg, const struct slab_view *view)
{
	struct slab_search *search = arg;

	if (view->grow_number != search->grow_number)
		return;
	search->found = true;
	search->view = *view;
}

static bool find_slab(const struct machine *m, cachep_t cachep,
		      struct slab_search *search, enum slab_state *list)
{
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		for (*list = SLABS_PARTIAL; *list <= SLABS_FREE; (*list)++) {
			kmem_visit_slabs(m, cachep, node, *list, match_slab,
					 search);
			if (search->found)
				return true;
		}
	}
	return false;
}

bool slab_facts(struct facts *facts, const struct machine *m, cachep_t cachep,
		uint64_t grow_number)
{
	struct slab_search search = { .grow_number = grow_number };
	enum slab_state list;

	if (!find_slab(m, cachep, &search, &list))
		return false;
	add_text(facts, "list", strdup(slab_list_word(list)));
	add(facts, "node", search.view.nodeid);
	add(facts, "inuse", search.view.inuse);
	add_signed(facts, "firstfree", search.view.first_free);
	return true;
}

void object_facts(struct facts *facts, const struct machine *m, obj_t obj)
{
	struct cache_info info;
	struct obj_place place;

	obj_locate(m, obj, &place);
	kmem_cache_info(m, place.cachep, &info);
	add_text(facts, "cache", strdup(info.name));
	add(facts, "node", place.nodeid);
	add(facts, "slab", place.grow_number);
	add(facts, "index", place.index);
	add(facts, "offset", place.offset_bytes);
}
