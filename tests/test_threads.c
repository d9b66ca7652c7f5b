/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that run at once (docs/THREADS.md). Random operations hold what must
 * hold; with any class of locks taken out they do not.
 *
 *	test_threads soak SECONDS SEED    go on for long (make soak-threads)
 *
 * time limit: 900 s
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/inspect.h"
#include "tests/lib/stress.h"

/* A round that takes so long hangs: it takes a second otherwise. */
#define ROUND_SECONDS 20

#ifdef __SANITIZE_THREAD__
#define OPERATIONS 2000
#else
#define OPERATIONS 8000
#endif

static struct stress_options on_16_cpus(const struct slab_profile *profile,
					uint32_t seed)
{
	return (struct stress_options){
		.profile = profile,
		.nodes = 4,
		.cpus = 16,
		.seed = seed,
		.rounds = 6,
		.operations = OPERATIONS,
		.locks = { .concurrent = true, .check_order = true },
	};
}

static void expect_all_holds(const struct stress_options *options)
{
	char *failure = stress(options);

	if (failure)
		fail_msg("seed %u: %s", options->seed, failure);
}

static void random_operations_hold_in_2_6_36(void **state)
{
	struct stress_options options = on_16_cpus(&slab_profile_2_6_36, 1);

	(void)state;
	expect_all_holds(&options);
}

static void random_operations_hold_in_6_1(void **state)
{
	struct stress_options options = on_16_cpus(&slab_profile_6_1, 2);

	(void)state;
	expect_all_holds(&options);
}

static void delays_at_every_lock_change_nothing_that_holds(void **state)
{
	struct stress_options options = on_16_cpus(&slab_profile_2_6_36, 3);

	(void)state;
	options.locks.delay_seed = 3;
	expect_all_holds(&options);
}

/* In a process of its own: what is broken may crash or hang. */
static bool breaks_with(const struct lock_options *locks)
{
	struct stress_options options = on_16_cpus(&slab_profile_2_6_36, 4);
	int status;
	pid_t child;

	options.rounds = 60;
	options.alarm_s = ROUND_SECONDS;
	options.locks = *locks;
	options.locks.concurrent = true;
	options.locks.delay_seed = 4;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		char *failure = stress(&options);

		if (failure)
			fprintf(stderr, "# %s\n", failure);
		_exit(failure ? 1 : 0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		fprintf(stderr, "# it ends by signal %d\n", WTERMSIG(status));
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static bool breaks_without(enum slab_lock_class class)
{
	const struct lock_options locks = { .skip_classes = 1u << class };

	return breaks_with(&locks);
}

static void without_the_chain_lock_it_breaks(void **state)
{
	(void)state;
	assert_true(breaks_without(SLAB_LOCK_CHAIN));
}

static void without_alien_locks_it_breaks(void **state)
{
	(void)state;
	assert_true(breaks_without(SLAB_LOCK_ALIEN));
}

static void without_list_locks_it_breaks(void **state)
{
	(void)state;
	assert_true(breaks_without(SLAB_LOCK_LIST));
}

static void without_page_locks_it_breaks(void **state)
{
	(void)state;
	assert_true(breaks_without(SLAB_LOCK_PAGES));
}

static void without_the_pool_lock_it_breaks(void **state)
{
	(void)state;
	assert_true(breaks_without(SLAB_LOCK_POOL));
}

/* A call lands where a CPU waits for a spin lock: its array changes there. */
static void with_interrupts_on_it_breaks(void **state)
{
	const struct lock_options locks = { .interrupts_on = true };

	(void)state;
	assert_true(breaks_with(&locks));
}

/* --- the table itself ------------------------------------------------------- */

struct bench {
	struct machine *m;
	struct cpu_threads *threads;
	struct lock_table *locks;
	cachep_t cachep;
	uint32_t nr_disorders;
	uint64_t acquisitions[NR_SLAB_LOCK_CLASSES];
};

static void count_disorder(void *arg, const char *sentence)
{
	(void)sentence;
	((struct bench *)arg)->nr_disorders++;
}

/* A machine of two nodes with a CPU each, and locks taken by turns. */
static void bench_init(struct bench *bench)
{
	const struct machine_config config = { .profile = &slab_profile_2_6_36,
					       .nr_nodes = 2,
					       .nr_cpus = 2,
					       .node_pages = 10000 };
	const struct lock_options locks = { .check_order = true,
					    .on_disorder = count_disorder,
					    .on_disorder_arg = bench,
					    .nr_more_caches = 1 };

	*bench = (struct bench){ .m = machine_create(&config) };
	assert_non_null(bench->m);
	assert_true(machine_smp_init(bench->m));
	bench->cachep = kmem_cache_create(bench->m, 0, "thing", 100, 0, 0);
	bench->threads = cpu_threads_create(bench->m);
	assert_non_null(bench->threads);
	bench->locks = lock_table_create(bench->m, bench->threads, &locks);
	assert_non_null(bench->locks);
}

static void bench_release(struct bench *bench)
{
	lock_table_destroy(bench->locks);
	cpu_threads_destroy(bench->threads);
	machine_destroy(bench->m);
}

static void add_acquisitions(void *arg, const struct slab_lock *lock,
			     const struct lock_counts *counts)
{
	((struct bench *)arg)->acquisitions[lock->class] +=
		counts->acquisitions;
}

static void count_acquisitions(struct bench *bench)
{
	memset(bench->acquisitions, 0, sizeof(bench->acquisitions));
	lock_table_visit(bench->locks, add_acquisitions, bench);
}

static void locks_in_the_wrong_order_are_told(void **state)
{
	const struct slab_lock chain = { SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0 };
	const struct slab_lock pages = { SLAB_LOCK_PAGES, CACHE_NULL, 0, 0 };
	const struct slab_lock_ops *ops;
	struct bench bench;

	(void)state;
	bench_init(&bench);
	ops = lock_table_ops(bench.locks);
	ops->acquire(bench.locks, 0, &chain);
	ops->acquire(bench.locks, 0, &pages);
	ops->release(bench.locks, 0, &pages);
	ops->release(bench.locks, 0, &chain);
	assert_int_equal(bench.nr_disorders, 0);
	ops->acquire(bench.locks, 0, &pages);
	ops->acquire(bench.locks, 0, &chain);
	assert_int_equal(bench.nr_disorders, 1);
	ops->release(bench.locks, 0, &chain);
	ops->release(bench.locks, 0, &pages);
	bench_release(&bench);
}

static void a_lock_that_is_held_cannot_be_tried(void **state)
{
	const struct slab_lock chain = { SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0 };
	const struct slab_lock_ops *ops;
	struct bench bench;

	(void)state;
	bench_init(&bench);
	ops = lock_table_ops(bench.locks);
	ops->acquire(bench.locks, 0, &chain);
	assert_false(ops->try_acquire(bench.locks, 1, &chain));
	ops->release(bench.locks, 0, &chain);
	assert_true(ops->try_acquire(bench.locks, 1, &chain));
	ops->release(bench.locks, 1, &chain);
	count_acquisitions(&bench);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_CHAIN], 2);
	bench_release(&bench);
}

/*
 * The first allocation misses: the list_lock to look, to choose a colour, to
 * add the slab, to look again; pages once. The second hits: nothing. A free on
 * the other node: the alien array's lock.
 */
static void a_hit_takes_no_lock(void **state)
{
	struct bench bench;
	obj_t first, second;

	(void)state;
	bench_init(&bench);
	first = kmem_cache_alloc(bench.m, 0, bench.cachep, 0);
	count_acquisitions(&bench);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_LIST], 4);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_PAGES], 1);
	second = kmem_cache_alloc(bench.m, 0, bench.cachep, 0);
	kmem_cache_free(bench.m, 0, bench.cachep, second);
	count_acquisitions(&bench);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_LIST], 4);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_ALIEN], 0);
	kmem_cache_free(bench.m, 1, bench.cachep, first);
	count_acquisitions(&bench);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_LIST], 4);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_ALIEN], 1);
	assert_int_equal(bench.acquisitions[SLAB_LOCK_CHAIN], 0);
	assert_int_equal(bench.nr_disorders, 0);
	bench_release(&bench);
}

/*
 * A slab freed by RCU while CPUs took turns was forgotten when they began to
 * run at once: its pages were in use for ever.
 */
static void what_waited_for_rcu_before_is_released_too(void **state)
{
	struct slab_lock_ops at_once;
	struct node_pages before, after;
	struct bench bench;
	cachep_t cachep;

	(void)state;
	bench_init(&bench);
	cachep = kmem_cache_create(bench.m, 0, "rcu", 3000, 0,
				   SLAB_DESTROY_BY_RCU);
	machine_node_pages(bench.m, 0, &before);
	kmem_cache_free(bench.m, 0, cachep,
			kmem_cache_alloc(bench.m, 0, cachep, 0));
	assert_false(kmem_cache_shrink(bench.m, 0, cachep));
	machine_node_pages(bench.m, 0, &after);
	assert_true(after.in_use_pages > before.in_use_pages);
	at_once = *lock_table_ops(bench.locks);
	at_once.concurrent = true;
	assert_true(machine_set_locks(bench.m, &at_once, bench.locks));
	machine_settle(bench.m, machine_now(bench.m));
	machine_node_pages(bench.m, 0, &after);
	assert_int_equal(after.in_use_pages, before.in_use_pages);
	bench_release(&bench);
}

/* --- interrupts are off ------------------------------------------------------ */

/* CPU 1 at work while somebody calls it, and what the call saw. */
struct called {
	struct bench *bench;
	bool tune;            /* or allocate */
	bool inside;          /* CPU 1's own: in the middle of that */
	atomic_bool began;    /* it has begun */
	atomic_bool answered; /* the call was done, */
	bool was_inside;      /* in the middle, */
	uint32_t avail;       /* with so many objects in CPU 1's array */
};

static void note_call(struct machine *m, uint32_t cpu, void *data)
{
	struct called *called = data;
	struct cpu_state state;

	kmem_cpu_state(m, called->bench->cachep, cpu, &state);
	called->was_inside = called->inside;
	called->avail = state.avail;
	atomic_store(&called->answered, true);
}

static void work(void *arg, uint32_t cpu)
{
	struct called *called = arg;
	const struct bench *bench = called->bench;

	called->inside = true;
	atomic_store(&called->began, true);
	if (called->tune)
		slabinfo_write(bench->m, cpu, bench->cachep, 8, 4, 0);
	else
		kmem_cache_alloc(bench->m, cpu, bench->cachep, 0);
	called->inside = false;
}

/* The job of the thread that is no CPU: it waits until it is answered. */
static void call_cpu_1(void *arg, uint32_t cpu)
{
	struct called *called = arg;

	(void)cpu;
	cpu_threads_call(called->bench->threads, 1, note_call, called);
}

static void a_moment(void)
{
	const struct timespec moment = { 0, 1000000 };

	nanosleep(&moment, NULL);
}

/* CPU 0 holds @lock, which CPU 1 needs; was it answered before CPU 0 let go? */
static bool answers_while_it_waits(struct called *called,
				   const struct slab_lock *lock)
{
	struct bench *bench = called->bench;
	const struct slab_lock_ops *ops = lock_table_ops(bench->locks);
	bool answered;

	ops->acquire(bench->locks, 0, lock);
	cpu_threads_start(bench->threads, 1, work, called);
	while (!atomic_load(&called->began))
		a_moment();
	cpu_threads_start(bench->threads, 2, call_cpu_1, called);
	for (int i = 0; i < 100 && !atomic_load(&called->answered); i++)
		a_moment();
	answered = atomic_load(&called->answered);
	ops->release(bench->locks, 0, lock);
	cpu_threads_wait(bench->threads, 1);
	cpu_threads_wait(bench->threads, 2);
	assert_true(called->answered);
	return answered;
}

/*
 * CPU 1 misses and waits for its node's list_lock in the middle of the refill:
 * a call stays in its mailbox for as long as that takes, and finds the array
 * as the allocation left it: an array that nobody used lately is filled with 16
 * objects (BATCHREFILL_LIMIT), one of which was handed out.
 */
static void a_call_cannot_land_in_the_middle_of_a_refill(void **state)
{
	struct slab_lock list = { SLAB_LOCK_LIST, CACHE_NULL, 1, 0 };
	struct bench bench;
	struct called called = { .bench = &bench };

	(void)state;
	bench_init(&bench);
	list.cachep = bench.cachep;
	assert_false(answers_while_it_waits(&called, &list));
	assert_false(called.was_inside);
	assert_int_equal(called.avail, 16 - 1);
	bench_release(&bench);
}

/* The chain's lock is a mutex: who waits for it has interrupts on. */
static void a_cpu_that_waits_for_the_chain_answers_calls(void **state)
{
	const struct slab_lock chain = { SLAB_LOCK_CHAIN, CACHE_NULL, 0, 0 };
	struct bench bench;
	struct called called = { .bench = &bench, .tune = true };

	(void)state;
	bench_init(&bench);
	assert_true(answers_while_it_waits(&called, &chain));
	assert_true(called.was_inside);
	bench_release(&bench);
}

static int soak(const char *seconds, const char *seed)
{
	time_t end = time(NULL) + atol(seconds);
	uint32_t number = (uint32_t)atol(seed), nr = 0;

	for (; time(NULL) < end; number++, nr++) {
		struct stress_options options = on_16_cpus(
			number % 2 ? &slab_profile_2_6_36 : &slab_profile_6_1,
			number);
		char *failure;

		options.locks.delay_seed = number % 4 / 2 * number;
		failure = stress(&options);
		if (failure) {
			printf("seed %u: %s\n", number, failure);
			free(failure);
			return 1;
		}
	}
	printf("%u scenarios on 16 CPUs, seeds from %s: all holds\n", nr, seed);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks_in_the_wrong_order_are_told),
		cmocka_unit_test(a_lock_that_is_held_cannot_be_tried),
		cmocka_unit_test(a_hit_takes_no_lock),
		cmocka_unit_test(what_waited_for_rcu_before_is_released_too),
		cmocka_unit_test(random_operations_hold_in_2_6_36),
		cmocka_unit_test(random_operations_hold_in_6_1),
		cmocka_unit_test(
			delays_at_every_lock_change_nothing_that_holds),
		cmocka_unit_test(without_the_chain_lock_it_breaks),
		cmocka_unit_test(without_alien_locks_it_breaks),
		cmocka_unit_test(without_list_locks_it_breaks),
		cmocka_unit_test(without_page_locks_it_breaks),
		cmocka_unit_test(without_the_pool_lock_it_breaks),
		cmocka_unit_test(a_call_cannot_land_in_the_middle_of_a_refill),
		cmocka_unit_test(a_cpu_that_waits_for_the_chain_answers_calls),
		cmocka_unit_test(with_interrupts_on_it_breaks),
	};

	if (argc == 4 && strcmp(argv[1], "soak") == 0)
		return soak(argv[2], argv[3]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
