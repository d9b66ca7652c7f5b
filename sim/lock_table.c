/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See lock_table.h. A spin lock of the kernel is a mutex here that spins for a
 * moment and then sleeps: there may be more CPUs than the host has. The chain's
 * lock is a mutex in the kernel too; who waits for it goes on answering calls.
 */
#define _GNU_SOURCE

#include "sim/lock_table.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/inspect.h"
#include "sim/host.h"

#define CHAIN_POLL_NS 20000
/* CHAIN, ALIEN, LIST of two caches, PAGES, POOL: no deeper. */
#define MAX_HELD 8

struct lock {
	_Alignas(64) pthread_mutex_t mutex;
	struct lock_counts counts; /* the holder's to write */
};

/* What a CPU holds, for the order; and its dice, for delays. */
struct holder_state {
	_Alignas(64) uint32_t nr_held;
	struct slab_lock held[MAX_HELD];
	uint32_t dice;
};

struct lock_table {
	struct machine *m;
	struct cpu_threads *threads;
	struct lock_options options;
	struct slab_lock_ops ops;
	uint32_t nr_nodes, nr_cpus, nr_caches;
	struct lock *chain, *pool; /* in .locks */
	struct lock *pages;        /* [node] */
	struct lock *lists;        /* [cachep][node] */
	struct lock *aliens;       /* [cachep][node][other_node] */
	struct lock *locks;
	size_t nr_locks;
	struct holder_state *holders; /* [cpu] */
};

static const char *const class_names[NR_SLAB_LOCK_CLASSES] = {
	[SLAB_LOCK_CHAIN] = "chain", [SLAB_LOCK_ALIEN] = "alien",
	[SLAB_LOCK_LIST] = "list",   [SLAB_LOCK_PAGES] = "pages",
	[SLAB_LOCK_POOL] = "pool",
};

const char *lock_class_name(enum slab_lock_class class)
{
	return class_names[class];
}

static struct lock *find(const struct lock_table *table,
			 const struct slab_lock *lock)
{
	size_t row = (size_t)lock->cachep * table->nr_nodes + lock->node;

	switch (lock->class) {
	case SLAB_LOCK_CHAIN:
		return table->chain;
	case SLAB_LOCK_ALIEN:
		return &table->aliens[row * table->nr_nodes + lock->other_node];
	case SLAB_LOCK_LIST:
		return &table->lists[row];
	case SLAB_LOCK_PAGES:
		return &table->pages[lock->node];
	default:
		return table->pool;
	}
}

/* --- the order ------------------------------------------------------------- */

static void disorder(const struct lock_table *table,
		     const struct slab_lock *held, const struct slab_lock *lock,
		     uint32_t cpu)
{
	char sentence[200];

	snprintf(
		sentence, sizeof(sentence),
		"CPU %u takes the %s lock of cache %u, node %u, holding the %s "
		"lock of cache %u, node %u",
		cpu, class_names[lock->class], lock->cachep, lock->node,
		class_names[held->class], held->cachep, held->node);
	if (table->options.on_disorder) {
		table->options.on_disorder(table->options.on_disorder_arg,
					   sentence);
		return;
	}
	fprintf(stderr, "slabsim: locks in the wrong order: %s\n", sentence);
	abort();
}

static void note_taken(struct lock_table *table, uint32_t cpu,
		       const struct slab_lock *lock)
{
	struct holder_state *holder = &table->holders[cpu];

	if (!table->options.check_order)
		return;
	for (uint32_t i = 0; i < holder->nr_held; i++) {
		if (slab_lock_rank(table->m, &holder->held[i]) >=
		    slab_lock_rank(table->m, lock))
			disorder(table, &holder->held[i], lock, cpu);
	}
	if (holder->nr_held < MAX_HELD)
		holder->held[holder->nr_held++] = *lock;
}

static void note_dropped(struct lock_table *table, uint32_t cpu,
			 const struct slab_lock *lock)
{
	struct holder_state *holder = &table->holders[cpu];
	uint32_t i = 0;

	if (!table->options.check_order)
		return;
	while (i < holder->nr_held &&
	       memcmp(&holder->held[i], lock, sizeof(*lock)) != 0)
		i++;
	if (i == holder->nr_held)
		return;
	holder->nr_held--;
	memmove(&holder->held[i], &holder->held[i + 1],
		(holder->nr_held - i) * sizeof(*lock));
}

/* --- taking and dropping --------------------------------------------------- */

/* Now and then somebody else gets the host's CPU, or much time passes. */
static void delay(struct lock_table *table, uint32_t cpu)
{
	const struct timespec moment = { 0, 1000 };
	uint32_t *dice = &table->holders[cpu].dice;

	if (!table->options.delay_seed)
		return;
	*dice = *dice * 1664525 + 1013904223;
	if (*dice >> 28 == 0)
		nanosleep(&moment, NULL);
	else if (*dice >> 30 == 0)
		sched_yield();
}

static void wait_answering(struct lock_table *table, uint32_t cpu,
			   struct lock *lock)
{
	const struct timespec moment = { 0, CHAIN_POLL_NS };

	do {
		cpu_threads_poll(table->threads, cpu);
		nanosleep(&moment, NULL);
	} while (pthread_mutex_trylock(&lock->mutex));
}

static void wait_for(struct lock_table *table, uint32_t cpu,
		     const struct slab_lock *lock, struct lock *l)
{
	uint64_t began_ns = host_ns();

	if (lock->class == SLAB_LOCK_CHAIN || table->options.interrupts_on)
		wait_answering(table, cpu, l);
	else
		pthread_mutex_lock(&l->mutex);
	l->counts.contended++;
	l->counts.wait_ns += host_ns() - began_ns;
}

static bool skipped(const struct lock_table *table,
		    const struct slab_lock *lock)
{
	return table->options.skip_classes >> lock->class & 1;
}

static void acquire(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct lock_table *table = arg;
	struct lock *l = find(table, lock);

	note_taken(table, cpu, lock);
	delay(table, cpu);
	if (skipped(table, lock)) {
		delay(table, cpu);
		return;
	}
	if (pthread_mutex_trylock(&l->mutex))
		wait_for(table, cpu, lock, l);
	l->counts.acquisitions++;
	delay(table, cpu);
}

static bool try_acquire(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct lock_table *table = arg;
	struct lock *l = find(table, lock);

	if (!skipped(table, lock)) {
		if (pthread_mutex_trylock(&l->mutex))
			return false;
		l->counts.acquisitions++;
	}
	note_taken(table, cpu, lock);
	delay(table, cpu);
	return true;
}

static void release(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	struct lock_table *table = arg;

	delay(table, cpu);
	note_dropped(table, cpu, lock);
	if (!skipped(table, lock))
		pthread_mutex_unlock(&find(table, lock)->mutex);
}

static void call(void *arg, uint32_t target, slab_call_fn *fn, void *data)
{
	struct lock_table *table = arg;

	cpu_threads_call(table->threads, target, fn, data);
}

/* --- the table ------------------------------------------------------------- */

static bool make_locks(struct lock_table *table)
{
	size_t lists = (size_t)table->nr_caches * table->nr_nodes;
	pthread_mutexattr_t attr;

	table->nr_locks = 2 + table->nr_nodes + lists + lists * table->nr_nodes;
	table->locks = aligned_alloc(_Alignof(struct lock),
				     table->nr_locks * sizeof(*table->locks));
	if (!table->locks)
		return false;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
	for (size_t i = 0; i < table->nr_locks; i++) {
		pthread_mutex_init(&table->locks[i].mutex, &attr);
		table->locks[i].counts = (struct lock_counts){ 0 };
	}
	pthread_mutexattr_destroy(&attr);
	table->chain = table->locks;
	table->pool = table->chain + 1;
	table->pages = table->pool + 1;
	table->lists = table->pages + table->nr_nodes;
	table->aliens = table->lists + lists;
	return true;
}

static bool make_holders(struct lock_table *table)
{
	table->holders =
		aligned_alloc(_Alignof(struct holder_state),
			      table->nr_cpus * sizeof(*table->holders));
	for (uint32_t i = 0; table->holders && i < table->nr_cpus; i++)
		table->holders[i] = (struct holder_state){
			.dice = table->options.delay_seed * 2654435761u + i
		};
	return table->holders != NULL;
}

struct lock_table *lock_table_create(struct machine *m,
				     struct cpu_threads *threads,
				     const struct lock_options *options)
{
	struct lock_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->threads = threads;
	table->options = *options;
#ifdef SLABSIM_DEBUG
	table->options.check_order = true;
#endif
	table->nr_nodes = machine_nr_nodes(m);
	table->nr_cpus = machine_nr_cpus(m);
	table->nr_caches = machine_cache_bound(m) + options->nr_more_caches;
	table->ops = (struct slab_lock_ops){ .concurrent = options->concurrent,
					     .acquire = acquire,
					     .try_acquire = try_acquire,
					     .release = release,
					     .call = call };
	if (make_locks(table) && make_holders(table) &&
	    machine_set_locks(m, &table->ops, table)) {
		table->m = m;
		return table;
	}
	lock_table_destroy(table);
	return NULL;
}

void lock_table_destroy(struct lock_table *table)
{
	if (!table)
		return;
	if (table->m)
		machine_set_locks(table->m, NULL, NULL);
	for (size_t i = 0; table->locks && i < table->nr_locks; i++)
		pthread_mutex_destroy(&table->locks[i].mutex);
	free(table->locks);
	free(table->holders);
	free(table);
}

const struct slab_lock_ops *lock_table_ops(const struct lock_table *table)
{
	return &table->ops;
}

/* --- looking --------------------------------------------------------------- */

static void visit_one(const struct lock_table *table,
		      const struct slab_lock *lock, lock_visit_fn *visit,
		      void *arg)
{
	const struct lock_counts *counts = &find(table, lock)->counts;

	if (counts->acquisitions)
		visit(arg, lock, counts);
}

static void visit_cache(const struct lock_table *table, cachep_t cachep,
			lock_visit_fn *visit, void *arg)
{
	for (uint32_t node = 0; node < table->nr_nodes; node++) {
		struct slab_lock lock = { SLAB_LOCK_LIST, cachep, node, 0 };

		visit_one(table, &lock, visit, arg);
		lock.class = SLAB_LOCK_ALIEN;
		for (; lock.other_node < table->nr_nodes; lock.other_node++)
			visit_one(table, &lock, visit, arg);
	}
}

void lock_table_visit(const struct lock_table *table, lock_visit_fn *visit,
		      void *arg)
{
	struct slab_lock lock = { SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0 };

	visit_one(table, &lock, visit, arg);
	lock.class = SLAB_LOCK_POOL;
	visit_one(table, &lock, visit, arg);
	lock.class = SLAB_LOCK_PAGES;
	for (; lock.node < table->nr_nodes; lock.node++)
		visit_one(table, &lock, visit, arg);
	for (cachep_t cachep = 0; cachep < table->nr_caches; cachep++)
		visit_cache(table, cachep, visit, arg);
}
