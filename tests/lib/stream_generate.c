/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random streams. A mood lasts some hundred steps: a weight for each kind of
 * step, a favourite CPU and cache; so machines fill, empty, starve, idle, and
 * lose their CPUs, and do each for long enough to matter.
 *
 * Steps are made by looking at the naive allocator, so that most make sense,
 * and run at once. The same seed makes the same stream on every host.
 */
#include <stdlib.h>
#include <string.h>

#include "model/snapshot.h"
#include "tests/lib/stream.h"

#define NR(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define NR_NAMES 10
#define MAX_LIVE 6000

enum pick {
	PICK_ALLOC,
	PICK_ALLOC_NODE,
	PICK_KMALLOC,
	PICK_FREE,
	PICK_CREATE,
	PICK_DESTROY,
	PICK_SHRINK,
	PICK_TUNE,
	PICK_CPU,
	PICK_TIME,
	PICK_LIMIT,
	PICK_FAIL,
	PICK_RCU,
	NR_PICKS
};

static const uint32_t moods[][NR_PICKS] = {
	/*          al  an  km  fr   cr de sh tu cp  ti li fa rc */
	/* fill */ { 60, 10, 12, 15, 2, 0, 0, 1, 0, 1, 0, 0, 1 },
	/* drop */ { 10, 2, 4, 80, 0, 1, 0, 1, 0, 2, 0, 0, 1 },
	/* churn */ { 38, 6, 6, 48, 1, 0, 0, 1, 0, 2, 0, 0, 1 },
	/* admin */ { 20, 4, 8, 28, 10, 8, 8, 14, 4, 4, 1, 2, 2 },
	/* CPUs */ { 25, 6, 6, 30, 2, 1, 2, 4, 25, 4, 1, 2, 2 },
	/* idle */ { 8, 1, 2, 9, 0, 0, 1, 1, 0, 40, 0, 0, 1 },
	/* starve */ { 24, 12, 26, 16, 7, 2, 1, 8, 6, 2, 8, 6, 2 },
};

struct generator {
	struct world *w;
	uint64_t state;
	uint32_t mood;
	uint32_t left; /* steps of this mood */
	uint32_t cpu;
	char name[NAIVE_NAME_BYTES];
	uint32_t to_limit; /* nodes whose page limit changes next */
	bool starving;     /* to little, or back to plenty */
	bool newest;       /* frees take the newest object, or any */
	/* a clone of some steps ago, to go back to */
	struct machine *saved;
	uint32_t saved_at;
};

/* splitmix64 */
static uint64_t random64(struct generator *g)
{
	uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t below(struct generator *g, uint32_t end)
{
	return (uint32_t)(random64(g) % end);
}

static bool one_in(struct generator *g, uint32_t n)
{
	return below(g, n) == 0;
}

/* --- what a step is about ------------------------------------------------- */

static uint32_t any_online_cpu(struct generator *g)
{
	const struct naive *n = g->w->n;
	uint32_t cpu = below(g, n->nr_cpus);

	while (!n->cpu[cpu].online)
		cpu = (cpu + 1) % n->nr_cpus;
	return cpu;
}

static uint32_t pick_cpu(struct generator *g)
{
	if (g->w->n->cpu[g->cpu].online && !one_in(g, 4))
		return g->cpu;
	return any_online_cpu(g);
}

static void any_name(struct generator *g, char *name)
{
	const struct naive_cache *c = g->w->n->chain;
	uint32_t nr = 0;

	snprintf(name, NAIVE_NAME_BYTES, "c%u", below(g, NR_NAMES));
	if (!one_in(g, 6))
		return;
	while (c->next)
		c = c->next, nr++;
	c = g->w->n->chain;
	for (uint32_t i = below(g, nr + 1); i > 0; i--)
		c = c->next;
	snprintf(name, NAIVE_NAME_BYTES, "%s", c->name);
}

static void pick_name(struct generator *g, char *name)
{
	if (one_in(g, 4))
		any_name(g, name);
	else
		memcpy(name, g->name, NAIVE_NAME_BYTES);
}

static uint32_t pick_slot(struct generator *g)
{
	uint32_t slot = below(g, MAX_LIVE * 2);

	while (g->w->slots[slot].obj.slab)
		slot = (slot + 1) % (MAX_LIVE * 2);
	return slot;
}

static uint64_t pick_size(struct generator *g)
{
	static const uint32_t round[] = {
		8,    16,   24,   32,   64,   96,    128,   200,   256,    480,
		512,  520,  700,  1000, 1024, 1360,  2000,  2048,  3000,   4000,
		4096, 4104, 5000, 8192, 9000, 16384, 20000, 65536, 131072,
	};
	uint32_t most = one_in(g, 5) ? NR(round) : 20;

	if (one_in(g, 3))
		return 8 + below(g, 1200);
	return round[below(g, most)];
}

static uint64_t pick_align(struct generator *g)
{
	if (!one_in(g, 3))
		return 0;
	/* above a page is rare: it eats pages */
	return 1u << below(g, one_in(g, 8) ? 15 : 9);
}

static uint32_t pick_flags(struct generator *g)
{
	static const uint32_t flags[] = {
		SLAB_HWCACHE_ALIGN,  SLAB_HWCACHE_ALIGN, SLAB_RECLAIM_ACCOUNT,
		SLAB_DESTROY_BY_RCU, SLAB_MEM_SPREAD,    SLAB_NOLEAKTRACE,
		SLAB_CACHE_DMA,
	};
	uint32_t set = 0;

	while (one_in(g, 2))
		set |= flags[below(g, NR(flags))];
	return set;
}

static uint64_t pick_ticks(struct generator *g)
{
	uint32_t hz = g->w->n->p.hz;

	if (one_in(g, 3))
		return below(g, 8 * hz);
	return below(g, one_in(g, 2) ? 2 * hz : hz / 10 + 1);
}

/* --- steps ---------------------------------------------------------------- */

static void make_alloc(struct generator *g, struct step *s)
{
	s->kind = STEP_ALLOC;
	s->slot = pick_slot(g);
	pick_name(g, s->name);
}

static void make_alloc_node(struct generator *g, struct step *s)
{
	make_alloc(g, s);
	s->kind = one_in(g, 3) ? STEP_ALLOC_THISNODE : STEP_ALLOC_NODE;
	s->node = below(g, g->w->n->nr_nodes);
}

static void make_kmalloc(struct generator *g, struct step *s)
{
	static const enum step_kind kinds[] = { STEP_KMALLOC, STEP_KMALLOC,
						STEP_KMALLOC_NODE,
						STEP_KMALLOC_DMA };

	s->kind = kinds[below(g, NR(kinds))];
	s->slot = pick_slot(g);
	s->size = one_in(g, 20) ? 0 : pick_size(g);
	/* eats what arrays and tables are made of */
	if (g->starving && one_in(g, 2))
		s->size = 8 + below(g, 120);
	s->node = below(g, g->w->n->nr_nodes);
}

static void make_free(struct generator *g, struct step *s)
{
	uint32_t nr = g->w->nr_live;

	s->kind = STEP_FREE;
	if (nr)
		s->slot = g->w->live[g->newest ? nr - 1 : below(g, nr)];
}

static void make_create(struct generator *g, struct step *s)
{
	s->kind = STEP_CREATE;
	snprintf(s->name, sizeof(s->name), "c%u", below(g, NR_NAMES));
	s->size = pick_size(g);
	s->align = pick_align(g);
	s->flags = pick_flags(g);
}

static void make_tune(struct generator *g, struct step *s)
{
	static const int32_t limits[] = { 1, 1, 2, 3, 5, 8, 16, 30, 54, 120 };
	int64_t limit = limits[below(g, NR(limits))];

	s->kind = STEP_TUNE;
	any_name(g, s->name);
	s->limit = limit;
	s->batchcount = 1 + below(g, (uint32_t)limit);
	s->shared = one_in(g, 2) ? below(g, 9) : 0;
	if (one_in(g, 20)) /* ignored, or more than any general cache holds */
		s->limit = one_in(g, 2) ? 0 : 600000;
}

static void make_cpu(struct generator *g, struct step *s)
{
	s->other_cpu = below(g, g->w->n->nr_cpus);
	s->kind = g->w->n->cpu[s->other_cpu].online ? STEP_OFFLINE :
						      STEP_ONLINE;
}

/* A little more than is in use; sometimes plenty again. */
static void make_limit(struct generator *g, struct step *s)
{
	const struct naive *n = g->w->n;

	s->kind = STEP_LIMIT;
	s->node = g->to_limit ? --g->to_limit : below(g, n->nr_nodes);
	s->number = n->node[s->node].in_use_pages + below(g, 8);
	if (!g->starving || one_in(g, 16))
		s->number = g->w->config->pages;
}

/* One request fails, or many do, or (mostly in the end) none does. */
static void make_failures(struct generator *g, struct step *s)
{
	s->kind = STEP_FAIL_PAGE;
	s->number = below(g, 1u << below(g, 6));
	if (one_in(g, 2))
		return;
	s->per_million = below(g, 1000001);
	s->seed = random64(g);
}

static void make_simple(struct generator *g, struct step *s, enum pick pick)
{
	switch (pick) {
	case PICK_DESTROY:
		s->kind = STEP_DESTROY;
		any_name(g, s->name);
		break;
	case PICK_SHRINK:
		s->kind = STEP_SHRINK;
		any_name(g, s->name);
		break;
	case PICK_TIME:
		s->kind = STEP_TIME;
		s->number = pick_ticks(g);
		break;
	case PICK_FAIL:
		make_failures(g, s);
		break;
	default:
		s->kind = STEP_RCU;
	}
}

static enum pick pick_kind(struct generator *g)
{
	const uint32_t *weight = moods[g->mood];
	uint32_t sum = 0, at;

	if (g->to_limit)
		return PICK_LIMIT;
	if (g->w->nr_live >= MAX_LIVE)
		return PICK_FREE;
	for (uint32_t i = 0; i < NR_PICKS; i++)
		sum += weight[i];
	at = below(g, sum);
	for (uint32_t i = 0; i < NR_PICKS; i++) {
		if (at < weight[i])
			return (enum pick)i;
		at -= weight[i];
	}
	return PICK_ALLOC;
}

static void make_step(struct generator *g, struct step *s)
{
	enum pick pick = pick_kind(g);

	memset(s, 0, sizeof(*s));
	s->cpu = pick_cpu(g);
	switch (pick) {
	case PICK_ALLOC:
		make_alloc(g, s);
		break;
	case PICK_ALLOC_NODE:
		make_alloc_node(g, s);
		break;
	case PICK_KMALLOC:
		make_kmalloc(g, s);
		break;
	case PICK_FREE:
		make_free(g, s);
		break;
	case PICK_CREATE:
		make_create(g, s);
		break;
	case PICK_TUNE:
		make_tune(g, s);
		break;
	case PICK_CPU:
		make_cpu(g, s);
		break;
	case PICK_LIMIT:
		make_limit(g, s);
		break;
	default:
		make_simple(g, s, pick);
	}
}

static void change_mood(struct generator *g)
{
	bool starved = g->starving;

	g->left = 20 + below(g, one_in(g, 3) ? 1000 : 200);
	g->mood = below(g, NR(moods));
	g->cpu = any_online_cpu(g);
	g->newest = one_in(g, 2);
	g->starving = g->mood == NR(moods) - 1 || (starved && one_in(g, 2));
	if (g->starving != starved)
		g->to_limit = g->w->n->nr_nodes;
	any_name(g, g->name);
}

/* --- clones and going back ------------------------------------------------ */

static void fail_world(struct world *w, const char *sentence)
{
	w->failed = true;
	snprintf(w->d.text, sizeof(w->d.text), "%s", sentence);
}

static void change_twin(struct generator *g)
{
	struct world *w = g->w;

	machine_destroy(w->twin);
	w->twin = one_in(g, 4) ? NULL : machine_clone(w->m);
	world_compare(w);
}

static void save(struct generator *g, const struct stream *stream)
{
	machine_destroy(g->saved);
	g->saved = machine_clone(g->w->m);
	g->saved_at = stream->nr;
}

/* Back to the saved machine, and all steps since then once more. */
static void go_back(struct generator *g, const struct stream *stream)
{
	struct world *w = g->w;

	if (!g->saved)
		return;
	if (!machine_restore(w->m, g->saved))
		abort();
	for (uint32_t i = g->saved_at; i < stream->nr; i++) {
		const struct step *s = &stream->step[i];

		if (!s->done)
			continue;
		if (machine_step(w->m, s) != s->result)
			fail_world(w, "after a restore a result is another");
		if (!w->config->late_rcu)
			machine_rcu_process(w->m);
	}
	world_compare(w);
}

static void copy_now_and_then(struct generator *g, const struct stream *stream)
{
	if (one_in(g, 150))
		change_twin(g);
	if (one_in(g, 150))
		save(g, stream);
	if (one_in(g, 200))
		go_back(g, stream);
}

/* --- all of it ------------------------------------------------------------ */

static void generate(struct generator *g, const struct generator_limits *limits,
		     struct stream *stream)
{
	struct world *w = g->w;
	struct step step = { .kind = STEP_SMP };

	if (setjmp(w->panicked))
		return;
	while (stream->nr < limits->nr_steps && !w->failed) {
		/* some caches are older than the other CPUs */
		if (w->smp || stream->nr % 16 != 8)
			make_step(g, &step);
		else
			step = (struct step){ .kind = STEP_SMP };
		stream_append(stream, &step);
		world_step(w, &stream->step[stream->nr - 1]);
		if (g->left-- == 0)
			change_mood(g);
		if (limits->clones && !w->failed)
			copy_now_and_then(g, stream);
	}
	world_compare(w);
}

uint32_t stream_generate(const struct world_config *config, uint64_t seed,
			 const struct generator_limits *limits,
			 struct stream *stream, struct difference *d)
{
	struct world w;
	struct generator g = { .w = &w, .state = seed };
	bool failed;

	world_begin(&w, config);
	if (w.n && w.m && !w.failed) {
		change_mood(&g);
		generate(&g, limits, stream);
	}
	failed = w.failed;
	*d = w.d;
	machine_destroy(g.saved);
	world_end(&w);
	return failed ? stream->nr : UINT32_MAX;
}
