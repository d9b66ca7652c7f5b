/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See stress.h. Operations: allocate; allocate and free many pages; free an
 * object of one's own; hand one to another CPU, which frees it; tune a cache;
 * shrink one; reap. CPU 0 also takes another CPU down and up again.
 *
 * Checked at once: nobody is handed an object that somebody has. Checked after
 * each round: machine_check, and that the machine counts as many live objects
 * of each cache as the CPUs hold.
 */
#define _POSIX_C_SOURCE 200809L

#include "tests/lib/stress.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "model/inspect.h"

#define NR_CACHES 5
#define PAGE_CACHE 4 /* of them */
#define PAGES_AT_ONCE 100
#define MAX_HELD 600
#define INBOX 64
#define NODE_PAGES 3000
#define MAX_SLABS (1 << 17)
#define MAX_INDEX 256

struct held {
	obj_t obj;
	uint32_t cache; /* of .caches */
};

struct stress_cpu {
	_Alignas(64) uint32_t dice;
	struct stress *stress;
	struct held held[MAX_HELD];
	uint32_t nr_held;
	pthread_mutex_t mutex; /* of the inbox */
	struct held inbox[INBOX];
	uint32_t nr_inbox;
	atomic_bool leave; /* its operations are to end: it goes down */
	atomic_bool at_work;
	bool down;
};

struct stress {
	const struct stress_options *options;
	struct machine *m;
	struct cpu_threads *threads;
	struct lock_table *locks;
	struct stress_cpu *cpus;
	cachep_t caches[NR_CACHES];
	atomic_uchar *owned; /* [slab][index]: somebody has it */
	pthread_mutex_t mutex;
	char *failure; /* the first */
	atomic_bool failed;
	uint64_t tick;
};

static uint32_t roll(uint32_t *dice, uint32_t below)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 17;
	*dice ^= *dice << 5;
	return *dice % below;
}

static void fail(struct stress *s, const char *what, uint64_t number)
{
	char text[200];

	snprintf(text, sizeof(text), "%s (%" PRIu64 ")", what, number);
	pthread_mutex_lock(&s->mutex);
	if (!s->failure)
		s->failure = strdup(text);
	pthread_mutex_unlock(&s->mutex);
	atomic_store(&s->failed, true);
}

/* --- who has what ----------------------------------------------------------- */

static atomic_uchar *owner_of(struct stress *s, obj_t obj)
{
	if (obj_slab(obj) >= MAX_SLABS || obj_index(obj) >= MAX_INDEX) {
		fail(s, "a handle that cannot be", obj);
		return &s->owned[0];
	}
	return &s->owned[(size_t)obj_slab(obj) * MAX_INDEX + obj_index(obj)];
}

static void note_taken(struct stress *s, obj_t obj)
{
	if (atomic_exchange_explicit(owner_of(s, obj), 1, memory_order_relaxed))
		fail(s, "an object is handed out twice", obj);
}

static void give_back(struct stress *s, uint32_t cpu, const struct held *held)
{
	if (!atomic_exchange_explicit(owner_of(s, held->obj), 0,
				      memory_order_relaxed))
		fail(s, "an object is freed twice", held->obj);
	kmem_cache_free(s->m, cpu, s->caches[held->cache], held->obj);
}

/* --- operations ------------------------------------------------------------- */

static void allocate(struct stress_cpu *c, uint32_t cpu)
{
	struct stress *s = c->stress;
	uint32_t cache = roll(&c->dice, NR_CACHES);
	int node = roll(&c->dice, 8) ? NUMA_NO_NODE :
				       (int)roll(&c->dice, s->options->nodes);
	obj_t obj;

	if (c->nr_held == MAX_HELD)
		return;
	obj = kmem_cache_alloc_node(s->m, cpu, s->caches[cache], 0, node);
	if (!obj)
		return;
	note_taken(s, obj);
	c->held[c->nr_held++] = (struct held){ obj, cache };
}

/* More than arrays and free limits keep: slabs come and go. */
static void churn_pages(struct stress_cpu *c, uint32_t cpu)
{
	struct held pages[PAGES_AT_ONCE];
	uint32_t nr = 0;

	while (nr < PAGES_AT_ONCE) {
		cachep_t page = c->stress->caches[PAGE_CACHE];
		obj_t obj = kmem_cache_alloc(c->stress->m, cpu, page, 0);

		if (!obj)
			break;
		note_taken(c->stress, obj);
		pages[nr++] = (struct held){ obj, PAGE_CACHE };
	}
	while (nr > 0)
		give_back(c->stress, cpu, &pages[--nr]);
}

static bool take_held(struct stress_cpu *c, struct held *held)
{
	uint32_t i;

	if (!c->nr_held)
		return false;
	i = roll(&c->dice, c->nr_held);
	*held = c->held[i];
	c->held[i] = c->held[--c->nr_held];
	return true;
}

static void free_own(struct stress_cpu *c, uint32_t cpu)
{
	struct held held;

	if (take_held(c, &held))
		give_back(c->stress, cpu, &held);
}

static void hand_over(struct stress_cpu *c, uint32_t cpu)
{
	struct stress_cpu *to =
		&c->stress->cpus[roll(&c->dice, c->stress->options->cpus)];
	struct held held;
	bool taken = false;

	if (!take_held(c, &held))
		return;
	pthread_mutex_lock(&to->mutex);
	if (to->nr_inbox < INBOX) {
		to->inbox[to->nr_inbox++] = held;
		taken = true;
	}
	pthread_mutex_unlock(&to->mutex);
	if (!taken)
		give_back(c->stress, cpu, &held);
}

static void empty_inbox(struct stress_cpu *c, uint32_t cpu)
{
	struct held held[INBOX];
	uint32_t nr;

	pthread_mutex_lock(&c->mutex);
	nr = c->nr_inbox;
	memcpy(held, c->inbox, nr * sizeof(held[0]));
	c->nr_inbox = 0;
	pthread_mutex_unlock(&c->mutex);
	for (uint32_t i = 0; i < nr; i++)
		give_back(c->stress, cpu, &held[i]);
}

static void tune(struct stress_cpu *c, uint32_t cpu)
{
	cachep_t cachep = c->stress->caches[roll(&c->dice, NR_CACHES)];
	uint32_t limit = 1 + roll(&c->dice, 40);

	slabinfo_write(c->stress->m, cpu, cachep, limit, (limit + 1) / 2,
		       roll(&c->dice, 4));
}

static void operate(struct stress_cpu *c, uint32_t cpu)
{
	struct stress *s = c->stress;
	uint32_t what = roll(&c->dice, 8000);

	if (what < 4000)
		allocate(c, cpu);
	else if (what < 6500)
		free_own(c, cpu);
	else if (what < 7800)
		hand_over(c, cpu);
	else if (what < 7960)
		empty_inbox(c, cpu);
	else if (what < 7985)
		churn_pages(c, cpu);
	else if (what < 7990)
		machine_reap_due(s->m, cpu);
	else if (what < 7995)
		tune(c, cpu);
	else
		kmem_cache_shrink(s->m, cpu,
				  s->caches[roll(&c->dice, NR_CACHES)]);
}

static void run_round(void *arg, uint32_t cpu)
{
	struct stress_cpu *c = &((struct stress *)arg)->cpus[cpu];

	for (uint32_t i = 0; i < c->stress->options->operations; i++) {
		if (atomic_load_explicit(&c->leave, memory_order_relaxed) ||
		    atomic_load_explicit(&c->stress->failed,
					 memory_order_relaxed))
			break;
		cpu_threads_poll(c->stress->threads, cpu);
		operate(c, cpu);
	}
	atomic_store(&c->at_work, false);
}

static void start_round(struct stress *s, uint32_t cpu, cpu_job_fn *job)
{
	atomic_store(&s->cpus[cpu].at_work, true);
	cpu_threads_start(s->threads, cpu, job, s);
}

/* --- hotplug ---------------------------------------------------------------- */

/* A CPU that waits for another must go on answering calls. */
static void wait_answering(struct stress *s, uint32_t cpu,
			   const struct stress_cpu *other)
{
	const struct timespec moment = { 0, 20000 };

	while (atomic_load(&other->at_work)) {
		cpu_threads_poll(s->threads, cpu);
		nanosleep(&moment, NULL);
	}
}

/* CPU 0: its own operations, and another CPU goes down and comes up. */
static void run_round_with_hotplug(void *arg, uint32_t cpu)
{
	struct stress *s = arg;
	struct stress_cpu *c = &s->cpus[0];
	uint32_t victim = 1 + roll(&c->dice, s->options->cpus - 1);
	struct stress_cpu *v = &s->cpus[victim];

	run_round(arg, cpu);
	if (atomic_load(&s->failed))
		return;
	if (v->down) {
		if (!machine_cpu_up(s->m, cpu, victim))
			return;
		v->down = false;
		start_round(s, victim, run_round);
	} else {
		atomic_store(&v->leave, true);
		wait_answering(s, cpu, v);
		atomic_store(&v->leave, false);
		machine_cpu_down(s->m, cpu, victim);
		v->down = true;
	}
	run_round(arg, cpu);
}

/* --- checks ----------------------------------------------------------------- */

static void report(void *arg, const char *sentence)
{
	fail(arg, sentence, 0);
}

static uint64_t count_held(const struct stress *s, uint32_t cache)
{
	uint64_t nr = 0;

	for (uint32_t cpu = 0; cpu < s->options->cpus; cpu++) {
		const struct stress_cpu *c = &s->cpus[cpu];

		for (uint32_t i = 0; i < c->nr_held; i++)
			nr += c->held[i].cache == cache;
		for (uint32_t i = 0; i < c->nr_inbox; i++)
			nr += c->inbox[i].cache == cache;
	}
	return nr;
}

static void check(struct stress *s)
{
	machine_check(s->m, report, s);
	for (uint32_t cache = 0; cache < NR_CACHES; cache++) {
		uint64_t live = 0, held = count_held(s, cache);

		for (uint32_t node = 0; node < s->options->nodes; node++) {
			struct node_state state;

			kmem_node_state(s->m, s->caches[cache], node, &state);
			live += state.live_objs;
		}
		if (live != held)
			fail(s, "live objects that nobody has, or the reverse",
			     live - held);
	}
}

/* --- the whole -------------------------------------------------------------- */

static void on_panic(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "stress: the machine is broken: %s\n", sentence);
	_exit(5);
}

static bool make_machine(struct stress *s)
{
	static const struct {
		const char *name;
		uint32_t size, flags;
	} caches[NR_CACHES] = {
		{ "small", 40, 0 },
		{ "line", 192, SLAB_HWCACHE_ALIGN },
		{ "off-slab", 1024, 0 },
		{ "rcu", 600, SLAB_DESTROY_BY_RCU },
		{ "page", 4096, 0 }, /* a slab each: pages come and go */
	};
	const struct machine_config config = {
		.profile = s->options->profile,
		.nr_nodes = s->options->nodes,
		.nr_cpus = s->options->cpus,
		.node_pages = NODE_PAGES,
		.panic = on_panic,
		.panic_arg = s,
	};

	s->m = machine_create(&config);
	if (!s->m || !machine_smp_init(s->m))
		return false;
	for (uint32_t i = 0; i < NR_CACHES; i++)
		s->caches[i] = kmem_cache_create(s->m, 0, caches[i].name,
						 caches[i].size, 0,
						 caches[i].flags);
	return machine_reserve(s->m, 1 << 20, 1 << 16);
}

static bool make_cpus(struct stress *s)
{
	uint32_t nr = s->options->cpus;

	s->owned = calloc((size_t)MAX_SLABS * MAX_INDEX, 1);
	s->cpus = aligned_alloc(_Alignof(struct stress_cpu),
				nr * sizeof(*s->cpus));
	if (!s->cpus || !s->owned)
		return false;
	memset(s->cpus, 0, nr * sizeof(*s->cpus));
	for (uint32_t i = 0; i < nr; i++) {
		s->cpus[i].stress = s;
		s->cpus[i].dice = (s->options->seed + i + 1) * 2654435761u | 1;
		pthread_mutex_init(&s->cpus[i].mutex, NULL);
	}
	s->threads = cpu_threads_create(s->m);
	if (s->threads)
		s->locks =
			lock_table_create(s->m, s->threads, &s->options->locks);
	return s->locks != NULL;
}

static void one_round(struct stress *s)
{
	alarm(s->options->alarm_s);
	for (uint32_t cpu = 1; cpu < s->options->cpus; cpu++) {
		if (!s->cpus[cpu].down)
			start_round(s, cpu, run_round);
	}
	start_round(s, 0, run_round_with_hotplug);
	for (uint32_t cpu = 0; cpu < s->options->cpus; cpu++)
		cpu_threads_wait(s->threads, cpu);
	s->tick += 1000;
	machine_settle(s->m, s->tick);
	check(s);
}

char *stress(const struct stress_options *options)
{
	struct stress s = { .options = options };

	pthread_mutex_init(&s.mutex, NULL);
	if (!make_machine(&s) || !make_cpus(&s))
		fail(&s, "the machine could not be made", 0);
	for (uint32_t i = 0; i < options->rounds && !atomic_load(&s.failed);
	     i++)
		one_round(&s);
	lock_table_destroy(s.locks);
	cpu_threads_destroy(s.threads);
	machine_destroy(s.m);
	free(s.cpus);
	free(s.owned);
	pthread_mutex_destroy(&s.mutex);
	return s.failure;
}
