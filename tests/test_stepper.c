/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ctrl-C while a stepper looks for something: it ends the search and nothing
 * else, and nobody claims that there was nothing to find. The source does
 * nothing, but raises a signal on the way.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/stepper.h"

#define NR_OPERATIONS 50000
#define SIGNAL_AT 30000

struct idle_source {
	struct step_source source;
	int signal_number; /* 0: none */
};

/* Once, when operation SIGNAL_AT is among those that run. */
static void raise_between(struct step_source *source, uint64_t from,
			  uint64_t to)
{
	struct idle_source *idle = (struct idle_source *)source;
	int signal_number = idle->signal_number;

	if (from > SIGNAL_AT || to <= SIGNAL_AT || !signal_number)
		return;
	idle->signal_number = 0;
	raise(signal_number);
}

static int run_fast(struct step_source *source, uint64_t from, uint64_t to)
{
	raise_between(source, from, to);
	return EXIT_OK;
}

static int run_watched(struct step_source *source, uint64_t number)
{
	raise_between(source, number, number + 1);
	return EXIT_OK;
}

static void *save(struct step_source *source)
{
	(void)source;
	return calloc(1, 1);
}

static bool restore(struct step_source *source, const void *snapshot)
{
	(void)source;
	(void)snapshot;
	return true;
}

static size_t snapshot_bytes(const void *snapshot)
{
	(void)snapshot;
	return 1;
}

static void destroy(struct step_source *source)
{
	(void)source;
}

static const struct step_source_ops idle_ops = {
	.run_fast = run_fast,
	.run_watched = run_watched,
	.save = save,
	.restore = restore,
	.drop = free,
	.snapshot_bytes = snapshot_bytes,
	.destroy = destroy,
};

static struct idle_source idle;
static struct stepper stepper;

static int begin(void **state)
{
	(void)state;
	idle = (struct idle_source){
		.source = { .ops = &idle_ops,
			    .nr = NR_OPERATIONS,
			    .shown = CACHE_NULL },
	};
	interrupt_watch();
	return !stepper_init(&stepper, &idle.source);
}

static int end(void **state)
{
	(void)state;
	stepper_release(&stepper);
	return 0;
}

/* @command from @position is stopped by @signal_number: nothing has moved. */
static void interrupted(uint64_t position, const char *command,
			int signal_number)
{
	idle.signal_number = 0;
	assert_int_equal(stepper_goto(&stepper, position), EXIT_OK);
	idle.signal_number = signal_number;
	assert_int_equal(stepper_command(&stepper, command), EXIT_INTERRUPTED);
	assert_string_equal(stepper.message, "interrupted");
	assert_int_equal(timeline_position(stepper.timeline), position);
	idle.signal_number = 0;
}

static void ctrl_c_ends_a_search(void **state)
{
	(void)state;
	interrupted(100, "next miss", SIGINT);
	assert_true(interrupt_forget());
	assert_false(interrupt_wanted());
	assert_false(interrupt_forget());
	/* the next one is watched as well, and goes the other way */
	interrupted(NR_OPERATIONS, "back miss", SIGINT);
	assert_true(interrupt_forget());
	assert_int_equal(stepper_command(&stepper, "next miss"), EXIT_OK);
	assert_string_equal(stepper.message, "no miss after this");
}

/* It used to go all of a long way. */
static void ctrl_c_ends_a_long_way(void **state)
{
	(void)state;
	interrupted(100, "goto 50000", SIGINT);
	assert_true(interrupt_forget());
	assert_int_equal(stepper_command(&stepper, "goto 50000"), EXIT_OK);
	assert_int_equal(timeline_position(stepper.timeline), 50000);
}

/* Ctrl-C twice, and once more in the next search: the program lives. */
static void impatience_is_forgotten_too(void **state)
{
	(void)state;
	raise(SIGINT);
	raise(SIGINT);
	assert_true(interrupt_forget());
	raise(SIGINT);
	assert_true(interrupt_forget());
}

/*
 * A scenario lends its path, which grows and moves as operations run: what was
 * lent before run_fast pointed to freed memory after it. Operation 5 frees, its
 * path is short; operation 4 before it adds a slab.
 */
static void the_path_of_a_scenario_is_there(void **state)
{
	struct step_source *source;
	size_t nr;
	int code;

	(void)state;
	source = step_scenario_open("workloads/lessons/05-remote-free.ops",
				    false, &code);
	assert_non_null(source);
	assert_int_equal(source->ops->run_watched(source, 0), EXIT_OK);
	assert_int_equal(source->ops->run_fast(source, 1, 4), EXIT_OK);
	nr = source->path.nr;
	assert_true(nr > 2);
	assert_int_equal(source->path.steps[nr - 1].event.kind,
			 SLAB_EVENT_MISS);
	source->ops->destroy(source);
}

/*
 * What ends the program is not forgotten, whatever comes after it: so this test
 * is the last one.
 */
static void sigterm_stays(void **state)
{
	(void)state;
	interrupted(100, "next miss", SIGTERM);
	assert_false(interrupt_forget());
	raise(SIGINT);
	assert_false(interrupt_forget());
	assert_true(interrupt_wanted());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ctrl_c_ends_a_search, begin,
						end),
		cmocka_unit_test_setup_teardown(ctrl_c_ends_a_long_way, begin,
						end),
		cmocka_unit_test_setup_teardown(impatience_is_forgotten_too,
						begin, end),
		cmocka_unit_test(the_path_of_a_scenario_is_there),
		cmocka_unit_test_setup_teardown(sigterm_stays, begin, end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("stepper", tests, NULL, NULL);
}
