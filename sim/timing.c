/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See timing.h. Each CPU has a clock, each lock a time when it gets free. What
 * a step costs is added to the clock of who runs it when the model tells of the
 * step; steps told under a lock are time that it is held.
 *
 * Who takes a lock first is decided by the trace, not by the clocks.
 */
#include "sim/timing.h"

#include <stdlib.h>

#include "model/inspect.h"

#define NS_PER_SECOND UINT64_C(1000000000)

struct cache_times {
	struct latency *latency[NR_TIMING_OPS]; /* owned; NULL: none yet */
	struct timing_lock *list;               /* a node; owned */
	struct timing_lock *alien;              /* node by node; owned */
};

struct timing {
	struct slab_lock_ops ops;
	const struct slab_lock_ops *inner; /* the table behind; NULL: none */
	void *inner_arg;
	struct machine *m;
	struct timing_costs costs;
	uint64_t start_tick, hz;
	uint32_t nr_nodes, nr_caches;
	uint64_t *clock_ns; /* a CPU; owned */
	struct cache_times *caches;
	struct timing_lock chain, *pages; /* pages: a node; owned */
	struct latency reap;
	uint64_t reap_ns;          /* when the pass began */
	uint64_t due_ns, begin_ns; /* of the operation going on */
	uint32_t cpu;              /* who does it */
	bool failed;
};

/* --- clocks -------------------------------------------------------------- */

/* A CPU that is called upon does not act before it is called. */
static uint64_t *clock_of(struct timing *t, uint32_t cpu)
{
	uint64_t *clock = &t->clock_ns[cpu];

	if (*clock < t->due_ns)
		*clock = t->due_ns;
	return clock;
}

/*
 * What the way to a node adds to an access. Distances are relative to a local
 * one's 10, so they add (distance - 10) tenths; remote_ns is that of 20.
 */
static uint64_t remote_ns(const struct timing *t, uint32_t cpu, uint32_t node,
			  uint64_t accesses)
{
	uint32_t distance =
		machine_node_distance(t->m, machine_cpu_node(t->m, cpu), node);

	return accesses * t->costs.remote_ns * t->costs.remote_distance_pct /
	       100 * (distance - 10) / 10;
}

/* --- locks --------------------------------------------------------------- */

static struct cache_times *cache_times(struct timing *t, cachep_t cachep)
{
	struct cache_times *grown;

	if (cachep < t->nr_caches)
		return &t->caches[cachep];
	grown = realloc(t->caches, ((size_t)cachep + 1) * sizeof(*grown));
	if (!grown) {
		t->failed = true;
		return NULL;
	}
	t->caches = grown;
	while (t->nr_caches <= cachep)
		t->caches[t->nr_caches++] =
			(struct cache_times){ { NULL }, NULL, NULL };
	return &t->caches[cachep];
}

static struct timing_lock *lock_in(struct timing *t, struct timing_lock **locks,
				   size_t nr, size_t index)
{
	if (!*locks)
		*locks = calloc(nr, sizeof(**locks));
	if (*locks)
		return &(*locks)[index];
	t->failed = true;
	return NULL;
}

/* NULL: not a lock of the simulated machine, or no memory. */
static struct timing_lock *find_lock(struct timing *t,
				     const struct slab_lock *lock)
{
	size_t nr = t->nr_nodes;
	struct cache_times *cache;

	switch (lock->class) {
	case SLAB_LOCK_CHAIN:
		return &t->chain;
	case SLAB_LOCK_PAGES:
		return &t->pages[lock->node];
	case SLAB_LOCK_LIST:
		cache = cache_times(t, lock->cachep);
		return cache ? lock_in(t, &cache->list, nr, lock->node) : NULL;
	case SLAB_LOCK_ALIEN:
		cache = cache_times(t, lock->cachep);
		return cache ? lock_in(t, &cache->alien, nr * nr,
				       lock->node * nr + lock->other_node) :
			       NULL;
	default:
		return NULL;
	}
}

static void take_time(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct timing *t = arg;
	struct timing_lock *l = find_lock(t, lock);
	uint64_t *clock = clock_of(t, cpu);

	if (!l)
		return;
	l->acquisitions++;
	if (l->free_ns > *clock) {
		uint64_t wait_ns = l->free_ns - *clock;

		l->contended++;
		l->wait_ns += wait_ns;
		if (wait_ns > l->max_wait_ns)
			l->max_wait_ns = wait_ns;
		*clock = l->free_ns;
	}
	l->taken_ns = *clock;
	*clock += t->costs.lock_ns;
	if (lock->class != SLAB_LOCK_CHAIN)
		*clock += remote_ns(t, cpu, lock->node, 1);
	if (lock->class == SLAB_LOCK_PAGES)
		*clock += t->costs.page_alloc_ns;
}

static uint64_t now_ns(const struct timing *t)
{
	uint64_t tick = machine_now(t->m);
	uint64_t ticks = tick > t->start_tick ? tick - t->start_tick : 0;

	return ticks / t->hz * NS_PER_SECOND +
	       ticks % t->hz * NS_PER_SECOND / t->hz;
}

/*
 * Who takes the chain's lock, rather than trying it, may be no event but an
 * action: it begins at its tick, like a pass of the reaper.
 */
static void acquire(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct timing *t = arg;

	if (lock->class == SLAB_LOCK_CHAIN && t->due_ns < now_ns(t))
		t->due_ns = now_ns(t);
	if (t->inner)
		t->inner->acquire(t->inner_arg, cpu, lock);
	take_time(t, cpu, lock);
}

/* A pass of the reaper is due at its tick, not at the last operation. */
static void reap_begins(struct timing *t, uint32_t cpu)
{
	t->due_ns = now_ns(t);
	t->reap_ns = *clock_of(t, cpu);
	t->reap.delay_ns += t->reap_ns - t->due_ns;
}

/*
 * The allocator must do what it does untimed: it gets the lock, and waits. The
 * chain is tried by the reaper alone, before it says that it begins.
 */
static bool try_acquire(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct timing *t = arg;

	if (t->inner && !t->inner->try_acquire(t->inner_arg, cpu, lock))
		return false;
	if (lock->class == SLAB_LOCK_CHAIN)
		reap_begins(t, cpu);
	take_time(t, cpu, lock);
	return true;
}

static void release(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct timing *t = arg;
	struct timing_lock *l = find_lock(t, lock);

	if (l) {
		l->free_ns = *clock_of(t, cpu);
		l->hold_ns += l->free_ns - l->taken_ns;
	}
	if (t->inner)
		t->inner->release(t->inner_arg, cpu, lock);
}

static void call(void *arg, uint32_t target, slab_call_fn *fn, void *data)
{
	struct timing *t = arg;

	t->inner->call(t->inner_arg, target, fn, data);
}

/* In front of the table that is there, which does the locking. */
static bool put_in_front(struct timing *t)
{
	t->inner = machine_locks(t->m, &t->inner_arg);
	if (t->inner && t->inner->concurrent)
		return false;
	t->ops = (struct slab_lock_ops){
		.acquire = acquire,
		.try_acquire = try_acquire,
		.release = release,
		.call = t->inner && t->inner->call ? call : NULL,
	};
	return machine_set_locks(t->m, &t->ops, t);
}

/* --- steps --------------------------------------------------------------- */

static uint64_t step_ns(const struct timing *t, const struct slab_event *e)
{
	const struct timing_costs *c = &t->costs;

	switch (e->kind) {
	case SLAB_EVENT_HIT:
	case SLAB_EVENT_MISS:
	case SLAB_EVENT_NODEALLOC:
	case SLAB_EVENT_FREEHIT:
	case SLAB_EVENT_FREEMISS:
	case SLAB_EVENT_FAIL:
		return c->hit_ns;
	case SLAB_EVENT_REFILL_SHARED:
		return c->refill_ns + e->nr * c->transfer_obj_ns;
	case SLAB_EVENT_REFILL:
		return c->refill_ns + e->nr * c->refill_obj_ns;
	case SLAB_EVENT_FLUSH_SHARED:
		return c->flush_ns + e->nr * c->transfer_obj_ns;
	case SLAB_EVENT_FLUSH:
	case SLAB_EVENT_DRAIN:
		return c->flush_ns + e->nr * c->flush_obj_ns +
		       remote_ns(t, e->cpu, e->node, e->nr);
	case SLAB_EVENT_ALIEN:
		return c->alien_ns;
	case SLAB_EVENT_ALIEN_DIRECT:
		return c->alien_ns + c->flush_obj_ns +
		       remote_ns(t, e->cpu, e->node, 1);
	case SLAB_EVENT_ALIEN_TO_SHARED:
		return c->flush_ns + e->nr * c->transfer_obj_ns +
		       e->left * c->flush_obj_ns +
		       remote_ns(t, e->cpu, e->node, e->left);
	case SLAB_EVENT_GROW:
		return c->grow_ns + e->nr * c->grow_obj_ns;
	case SLAB_EVENT_DESTROY:
		return c->destroy_ns;
	case SLAB_EVENT_REAP_BEGIN:
		return c->reap_ns;
	default:
		return 0;
	}
}

static void on_step(void *arg, const struct machine *m,
		    const struct slab_event *event)
{
	struct timing *t = arg;

	(void)m;
	*clock_of(t, event->cpu) += step_ns(t, event);
	if (event->kind == SLAB_EVENT_REAP_END)
		latency_add(&t->reap, *clock_of(t, event->cpu) - t->reap_ns);
}

/* --- operations ---------------------------------------------------------- */

void timing_begin(struct timing *t, uint32_t cpu, uint64_t time_ns)
{
	t->cpu = cpu;
	t->due_ns = time_ns;
	t->begin_ns = *clock_of(t, cpu);
}

void timing_end(struct timing *t, enum timing_op op, cachep_t cachep)
{
	struct cache_times *cache;

	cache = cachep == CACHE_NULL ? NULL : cache_times(t, cachep);
	if (!cache)
		return;
	if (!cache->latency[op])
		cache->latency[op] = calloc(1, sizeof(struct latency));
	if (!cache->latency[op]) {
		t->failed = true;
		return;
	}
	cache->latency[op]->delay_ns += t->begin_ns - t->due_ns;
	latency_add(cache->latency[op], t->clock_ns[t->cpu] - t->begin_ns);
}

uint64_t timing_busy_until_ns(const struct timing *t, uint32_t cpu)
{
	return t->clock_ns[cpu];
}

const struct latency *timing_latency(const struct timing *t, enum timing_op op,
				     cachep_t cachep)
{
	if (op == TIMING_REAP)
		return t->reap.nr ? &t->reap : NULL;
	return cachep < t->nr_caches ? t->caches[cachep].latency[op] : NULL;
}

const char *timing_op_word(enum timing_op op)
{
	static const char *const words[] = { "alloc", "free", "reap" };

	return words[op];
}

bool timing_failed(const struct timing *t)
{
	return t->failed;
}

/* --- all locks ----------------------------------------------------------- */

static void visit_one(const struct slab_lock *lock,
		      const struct timing_lock *counts, timing_visit_fn *visit,
		      void *arg)
{
	if (counts->acquisitions)
		visit(arg, lock, counts);
}

static void visit_aliens(const struct timing *t, cachep_t c,
			 timing_visit_fn *visit, void *arg)
{
	size_t nr = t->nr_nodes;

	for (uint32_t i = 0; t->caches[c].alien && i < nr * nr; i++) {
		struct slab_lock lock = { SLAB_LOCK_ALIEN, c, i / t->nr_nodes,
					  i % t->nr_nodes };

		visit_one(&lock, &t->caches[c].alien[i], visit, arg);
	}
}

static void visit_lists(const struct timing *t, cachep_t c,
			timing_visit_fn *visit, void *arg)
{
	for (uint32_t i = 0; t->caches[c].list && i < t->nr_nodes; i++) {
		struct slab_lock lock = { SLAB_LOCK_LIST, c, i, 0 };

		visit_one(&lock, &t->caches[c].list[i], visit, arg);
	}
}

void timing_visit(const struct timing *t, timing_visit_fn *visit, void *arg)
{
	struct slab_lock lock = { SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0 };

	visit_one(&lock, &t->chain, visit, arg);
	for (cachep_t c = 0; c < t->nr_caches; c++)
		visit_aliens(t, c, visit, arg);
	for (cachep_t c = 0; c < t->nr_caches; c++)
		visit_lists(t, c, visit, arg);
	lock.class = SLAB_LOCK_PAGES;
	for (lock.node = 0; lock.node < t->nr_nodes; lock.node++)
		visit_one(&lock, &t->pages[lock.node], visit, arg);
}

/* --- life ---------------------------------------------------------------- */

struct timing *timing_create(struct machine *m,
			     const struct timing_costs *costs,
			     uint64_t start_tick)
{
	struct timing *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->m = m;
	t->costs = *costs;
	t->start_tick = start_tick;
	t->hz = machine_profile(m)->hz;
	t->nr_nodes = machine_nr_nodes(m);
	t->clock_ns = calloc(machine_nr_cpus(m), sizeof(*t->clock_ns));
	t->pages = calloc(t->nr_nodes, sizeof(*t->pages));
	if (!t->clock_ns || !t->pages || !put_in_front(t)) {
		free(t->clock_ns);
		free(t->pages);
		free(t);
		return NULL;
	}
	machine_observe(m, SLAB_EVENT_ALL, on_step, t);
	return t;
}

void timing_destroy(struct timing *t)
{
	if (!t)
		return;
	machine_observe(t->m, 0, NULL, NULL);
	machine_set_locks(t->m, t->inner, t->inner_arg);
	for (cachep_t c = 0; c < t->nr_caches; c++) {
		for (int op = 0; op < NR_TIMING_OPS; op++)
			free(t->caches[c].latency[op]);
		free(t->caches[c].list);
		free(t->caches[c].alien);
	}
	free(t->caches);
	free(t->clock_ns);
	free(t->pages);
	free(t);
}
