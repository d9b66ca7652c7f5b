/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/stream.h"

#include <stdlib.h>
#include <string.h>

#include "model/snapshot.h"

/* --- failing -------------------------------------------------------------- */

static void fail(struct world *w, const char *sentence)
{
	if (w->failed)
		return;
	w->failed = true;
	if (sentence)
		snprintf(w->d.text, sizeof(w->d.text), "%s", sentence);
}

/* A check has left its sentence in w->d. */
static void require(struct world *w, bool ok)
{
	if (!ok && !w->failed)
		w->failed = true;
}

static void on_panic(void *arg, const char *sentence)
{
	struct world *w = arg;

	fail(w, sentence);
	longjmp(w->panicked, 1);
}

/* Nobody corrupts anything here: what the debug build finds, it made up. */
static void on_diagnostic(void *arg, const char *kind, const char *name)
{
	struct world *w = arg;
	char text[200];

	if (strcmp(kind, "create_duplicate") == 0 ||
	    strcmp(kind, "destroy_busy") == 0)
		return;
	snprintf(text, sizeof(text), "diagnostic %s of cache %s", kind, name);
	fail(w, text);
}

static void on_broken(void *arg, const char *sentence)
{
	struct world *w = arg;
	char text[250];

	snprintf(text, sizeof(text), "machine_check: %s", sentence);
	fail(w, text);
}

/* --- a world -------------------------------------------------------------- */

static void boot(struct world *w)
{
	const struct world_config *c = w->config;
	struct machine_config config = {
		.profile = c->profile,
		.nr_nodes = c->nodes,
		.nr_cpus = c->cpus,
		.cpu_node = c->cpu_node,
		.node_pages = c->pages,
		.mask_early = c->mask_early,
		.noaliencache = c->noalien,
		.panic = on_panic,
		.panic_arg = w,
		.diagnostic = on_diagnostic,
		.diagnostic_arg = w,
	};

	w->n = naive_create(&config, c->bug);
	w->m = machine_create(&config);
	if (!w->n != !w->m)
		fail(w, "one of the two cannot boot");
	if (!w->n || !w->m)
		return;
	require(w, naive_match_chain(w->n, w->m, &w->d));
	world_compare(w);
}

void world_begin(struct world *w, const struct world_config *config)
{
	memset(w, 0, sizeof(*w));
	w->config = config;
	w->slots = calloc(NR_SLOTS, sizeof(*w->slots));
	w->live = calloc(NR_SLOTS, sizeof(*w->live));
	if (!w->slots || !w->live)
		abort();
	if (setjmp(w->panicked) == 0)
		boot(w);
}

void world_end(struct world *w)
{
	machine_destroy(w->m);
	machine_destroy(w->twin);
	naive_destroy(w->n);
	free(w->slots);
	free(w->live);
}

void world_compare(struct world *w)
{
	if (w->failed)
		return;
	require(w, naive_same(w->n, w->m, &w->d));
	if (w->twin && !w->failed) {
		require(w, naive_same(w->n, w->twin, &w->d));
		machine_check(w->twin, on_broken, w);
	}
	machine_check(w->m, on_broken, w);
}

/* --- the machine's part --------------------------------------------------- */

static uint64_t machine_alloc(struct machine *m, const struct step *s)
{
	switch (s->kind) {
	case STEP_ALLOC:
		return kmem_cache_alloc(m, s->cpu, s->cachep, 0);
	case STEP_ALLOC_NODE:
		return kmem_cache_alloc_node(m, s->cpu, s->cachep, 0,
					     (int)s->node);
	case STEP_ALLOC_THISNODE:
		return kmem_cache_alloc_node(m, s->cpu, s->cachep, GFP_THISNODE,
					     (int)s->node);
	case STEP_KMALLOC:
		return kmalloc(m, s->cpu, s->size, 0);
	case STEP_KMALLOC_NODE:
		return kmalloc_node(m, s->cpu, s->size, 0, (int)s->node);
	default:
		return kmalloc(m, s->cpu, s->size, GFP_DMA);
	}
}

uint64_t machine_step(struct machine *m, const struct step *s)
{
	switch (s->kind) {
	case STEP_SMP:
		return machine_smp_init(m);
	case STEP_CREATE:
		return kmem_cache_create(m, s->cpu, s->name, s->size, s->align,
					 s->flags);
	case STEP_DESTROY:
		return kmem_cache_destroy(m, s->cpu, s->cachep);
	case STEP_SHRINK:
		return kmem_cache_shrink(m, s->cpu, s->cachep);
	case STEP_TUNE:
		return slabinfo_write(m, s->cpu, s->cachep, s->limit,
				      s->batchcount, s->shared);
	case STEP_FREE:
		kmem_cache_free(m, s->cpu, s->cachep, s->obj);
		return 0;
	case STEP_KFREE:
		kfree(m, s->cpu, s->obj, s->size);
		return 0;
	case STEP_OFFLINE:
		machine_cpu_down(m, s->cpu, s->other_cpu);
		return 0;
	case STEP_ONLINE:
		return machine_cpu_up(m, s->cpu, s->other_cpu);
	case STEP_TIME:
		machine_advance(m, machine_now(m) + s->number);
		return 0;
	case STEP_LIMIT:
		machine_limit_pages(m, s->node, s->number);
		return 0;
	case STEP_FAIL_PAGE:
		machine_fail_pages(m, s->number, s->per_million, s->seed);
		return 0;
	case STEP_RCU:
		machine_rcu_process(m);
		return 0;
	default:
		return machine_alloc(m, s);
	}
}

/* On the machine and, if there is one, its twin, who bears the same numbers. */
static void do_machines(struct world *w, struct step *s)
{
	s->result = machine_step(w->m, s);
	if (!w->config->late_rcu)
		machine_rcu_process(w->m);
	if (!w->twin)
		return;
	if (machine_step(w->twin, s) != s->result)
		fail(w, "the clone's result is another one");
	if (!w->config->late_rcu)
		machine_rcu_process(w->twin);
}

/* --- both parts ----------------------------------------------------------- */

static bool cpu_ok(const struct world *w, uint32_t cpu)
{
	return cpu < w->n->nr_cpus && w->n->cpu[cpu].online;
}

static void slot_fill(struct world *w, const struct step *s,
		      struct naive_obj obj)
{
	struct slot *slot = &w->slots[s->slot];

	if (!obj.slab)
		return;
	slot->obj = obj;
	slot->handle = s->result;
	slot->bytes = s->size;
	slot->live = w->nr_live;
	w->live[w->nr_live++] = s->slot;
}

static void slot_clear(struct world *w, struct slot *slot)
{
	uint32_t last = w->live[--w->nr_live];

	w->live[slot->live] = last;
	w->slots[last].live = slot->live;
	slot->obj.slab = NULL;
}

static void do_alloc(struct world *w, struct step *s)
{
	uint32_t gfp = s->kind == STEP_ALLOC_THISNODE ? GFP_THISNODE :
		       s->kind == STEP_KMALLOC_DMA    ? GFP_DMA :
							0;
	int node = s->kind == STEP_ALLOC_NODE ||
				   s->kind == STEP_ALLOC_THISNODE ||
				   s->kind == STEP_KMALLOC_NODE ?
			   (int)s->node :
			   -1;
	bool general = s->kind >= STEP_KMALLOC;
	struct naive_cache *c =
		general ? naive_kmalloc_cache(w->n, s->size, gfp) :
			  naive_find(w->n, s->name);
	struct naive_obj obj;

	if (!cpu_ok(w, s->cpu) || s->slot >= NR_SLOTS ||
	    w->slots[s->slot].obj.slab ||
	    (node >= 0 && (uint32_t)node >= w->n->nr_nodes) || (!c && !general))
		return;
	if (!general)
		s->size = 0;
	s->done = true;
	s->cachep = c ? c->handle : CACHE_NULL;
	obj = general ? naive_kmalloc(w->n, s->cpu, s->size, gfp, node) :
			naive_alloc(w->n, s->cpu, c, gfp, node);
	do_machines(w, s);
	require(w, naive_same_obj(obj, w->m, s->result, &w->d));
	if (!w->failed)
		slot_fill(w, s, obj);
}

static void do_free(struct world *w, struct step *s)
{
	struct slot *slot;

	if (!cpu_ok(w, s->cpu) || s->slot >= NR_SLOTS)
		return;
	slot = &w->slots[s->slot];
	if (!slot->obj.slab)
		return;
	s->done = true;
	s->kind = slot->bytes ? STEP_KFREE : STEP_FREE;
	s->size = slot->bytes;
	s->obj = slot->handle;
	s->cachep = slot->obj.slab->cache->handle;
	if (slot->bytes)
		naive_kfree(w->n, s->cpu, slot->obj, slot->bytes);
	else
		naive_free(w->n, s->cpu, slot->obj);
	slot_clear(w, slot);
	do_machines(w, s);
}

static bool create_ok(const struct world *w, const struct step *s)
{
	return cpu_ok(w, s->cpu) && s->size >= w->n->p.word_bytes &&
	       s->size <= w->n->p.max_object_bytes &&
	       (s->align & (s->align - 1)) == 0;
}

static void do_create(struct world *w, struct step *s)
{
	struct naive_cache *c;

	if (!create_ok(w, s))
		return;
	s->done = true;
	c = naive_cache_create(w->n, s->cpu, s->name, s->size, s->align,
			       s->flags);
	do_machines(w, s);
	if ((c != NULL) != (s->result != CACHE_NULL)) {
		fail(w, c ? "a cache should have been created" :
			    "a cache should not have been created");
		return;
	}
	s->cachep = (cachep_t)s->result;
	if (!c)
		return;
	c->handle = s->cachep;
	require(w, naive_same_geometry(c, w->m, &w->d));
}

static void same_result(struct world *w, const struct step *s, bool expected)
{
	if (s->result != expected)
		fail(w, expected ? "the result should have been true" :
				   "the result should have been false");
}

static void do_cache(struct world *w, struct step *s)
{
	struct naive_cache *c = naive_find(w->n, s->name);
	bool expected;

	if (!cpu_ok(w, s->cpu) || !c ||
	    (s->kind == STEP_DESTROY && (c->general || c == w->n->cache_cache)))
		return;
	s->done = true;
	s->cachep = c->handle;
	if (s->kind == STEP_DESTROY)
		expected = naive_cache_destroy(w->n, s->cpu, c);
	else if (s->kind == STEP_SHRINK)
		expected = naive_shrink(w->n, s->cpu, c);
	else
		expected = naive_tune(w->n, s->cpu, c, s->limit, s->batchcount,
				      s->shared);
	do_machines(w, s);
	same_result(w, s, expected);
}

static void do_cpu(struct world *w, struct step *s)
{
	bool expected = false;

	if (!cpu_ok(w, s->cpu) || s->other_cpu >= w->n->nr_cpus ||
	    s->cpu == s->other_cpu ||
	    cpu_ok(w, s->other_cpu) != (s->kind == STEP_OFFLINE))
		return;
	s->done = true;
	if (s->kind == STEP_OFFLINE)
		naive_cpu_down(w->n, s->cpu, s->other_cpu);
	else
		expected = naive_cpu_up(w->n, s->cpu, s->other_cpu);
	do_machines(w, s);
	same_result(w, s, expected);
}

static void do_failures(struct naive *n, const struct step *s)
{
	n->fail_nth = s->number;
	n->fail_per_million = s->per_million;
	n->fail_state = s->seed;
}

static void do_other(struct world *w, struct step *s)
{
	bool expected = false;

	if ((s->kind == STEP_LIMIT && s->node >= w->n->nr_nodes) ||
	    (s->kind == STEP_SMP && (w->smp || !cpu_ok(w, 0))))
		return;
	s->done = true;
	if (s->kind == STEP_TIME)
		naive_advance(w->n, w->n->now + s->number);
	else if (s->kind == STEP_LIMIT)
		w->n->node[s->node].limit_pages = s->number;
	else if (s->kind == STEP_FAIL_PAGE)
		do_failures(w->n, s);
	else if (s->kind == STEP_SMP)
		expected = w->smp = naive_smp(w->n);
	else
		naive_rcu(w->n);
	do_machines(w, s);
	same_result(w, s, expected);
}

static void do_step(struct world *w, struct step *s)
{
	switch (s->kind) {
	case STEP_CREATE:
		do_create(w, s);
		break;
	case STEP_DESTROY:
	case STEP_SHRINK:
	case STEP_TUNE:
		do_cache(w, s);
		break;
	case STEP_FREE:
	case STEP_KFREE:
		do_free(w, s);
		break;
	case STEP_OFFLINE:
	case STEP_ONLINE:
		do_cpu(w, s);
		break;
	case STEP_SMP:
	case STEP_TIME:
	case STEP_LIMIT:
	case STEP_FAIL_PAGE:
	case STEP_RCU:
		do_other(w, s);
		break;
	default:
		do_alloc(w, s);
	}
}

/* The cache that the step was about, if it still exists. */
static const struct naive_cache *cache_of(const struct world *w,
					  const struct step *s)
{
	const struct naive_cache *c = w->n->chain;

	while (c && c->handle != s->cachep)
		c = c->next;
	return c;
}

void world_step(struct world *w, struct step *s)
{
	const struct naive_cache *c;

	s->done = false;
	s->cachep = CACHE_NULL;
	s->result = 0;
	if (w->failed || !w->n || !w->m)
		return;
	do_step(w, s);
	if (!s->done || w->failed)
		return;
	if (!w->config->late_rcu)
		naive_rcu(w->n);
	c = s->cachep == CACHE_NULL ? NULL : cache_of(w, s);
	if (c)
		require(w, naive_same_cache(w->n, c, w->m, &w->d));
	if (++w->nr_done % w->config->full_every == 0)
		world_compare(w);
}

/* --- streams -------------------------------------------------------------- */

void stream_append(struct stream *stream, const struct step *step)
{
	if (stream->nr == stream->room) {
		stream->room = stream->room ? stream->room * 2 : 256;
		stream->step = realloc(stream->step,
				       stream->room * sizeof(*stream->step));
		if (!stream->step)
			abort();
	}
	stream->step[stream->nr++] = *step;
}

void stream_release(struct stream *stream)
{
	free(stream->step);
	memset(stream, 0, sizeof(*stream));
}

static void run_steps(struct world *w, struct stream *stream,
		      volatile uint32_t *nr)
{
	if (setjmp(w->panicked))
		return;
	while (*nr < stream->nr && !w->failed) {
		(*nr)++;
		world_step(w, &stream->step[*nr - 1]);
	}
	world_compare(w);
}

uint32_t stream_run(const struct world_config *config, struct stream *stream,
		    struct difference *d)
{
	volatile uint32_t nr = 0;
	struct world w;
	bool failed;

	world_begin(&w, config);
	if (w.n && w.m)
		run_steps(&w, stream, &nr);
	failed = w.failed;
	*d = w.d;
	world_end(&w);
	return failed ? nr : UINT32_MAX;
}
