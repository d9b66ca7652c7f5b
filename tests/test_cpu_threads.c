/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads of simulated CPUs. A Ctrl-C that one of them got interrupted nothing
 * that waits, and ran the handler wherever that thread was: signals are the
 * main thread's.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/slab.h"
#include "sim/cpu_threads.h"

#define NR_CPUS 2

static void look_at_mask(void *arg, uint32_t cpu)
{
	sigset_t *masks = arg;

	pthread_sigmask(SIG_BLOCK, NULL, &masks[cpu]);
}

static void signals_are_the_main_thread_s(void **state)
{
	const struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = 1,
		.nr_cpus = NR_CPUS,
		.node_pages = 1000,
	};
	struct machine *m = machine_create(&config);
	struct cpu_threads *threads = cpu_threads_create(m);
	sigset_t masks[NR_CPUS + 1], own;

	(void)state;
	assert_non_null(threads);
	/* the last is the reaper's */
	for (uint32_t i = 0; i <= NR_CPUS; i++) {
		sigemptyset(&masks[i]);
		cpu_threads_start(threads, i, look_at_mask, masks);
		cpu_threads_wait(threads, i);
		assert_true(sigismember(&masks[i], SIGINT));
		assert_true(sigismember(&masks[i], SIGTERM));
	}
	pthread_sigmask(SIG_BLOCK, NULL, &own);
	assert_false(sigismember(&own, SIGINT));
	cpu_threads_destroy(threads);
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_are_the_main_thread_s),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cpu_threads", tests, NULL, NULL);
}
