/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that run at once (docs/THREADS.md). Random operations hold what must
 * hold; with any class of locks taken out they do not.
 *
 *	test_threads soak SECONDS SEED    go on for long (make soak-threads)
 *
 * time limit: 300 s
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

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
static bool breaks_without(enum slab_lock_class class)
{
	struct stress_options options = on_16_cpus(&slab_profile_2_6_36, 4);
	int status;
	pid_t child;

	options.rounds = 60;
	options.alarm_s = ROUND_SECONDS;
	options.locks.delay_seed = 4;
	options.locks.check_order = false;
	options.locks.skip_classes = 1u << class;
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
		cmocka_unit_test(random_operations_hold_in_2_6_36),
		cmocka_unit_test(random_operations_hold_in_6_1),
		cmocka_unit_test(
			delays_at_every_lock_change_nothing_that_holds),
		cmocka_unit_test(without_the_chain_lock_it_breaks),
		cmocka_unit_test(without_alien_locks_it_breaks),
		cmocka_unit_test(without_list_locks_it_breaks),
		cmocka_unit_test(without_page_locks_it_breaks),
		cmocka_unit_test(without_the_pool_lock_it_breaks),
	};

	if (argc == 4 && strcmp(argv[1], "soak") == 0)
		return soak(argv[2], argv[3]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
