/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sample times and durations, worked out by hand.
 */
#include "sim/sample_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_times(const struct sample_plan *plan, const uint64_t *times,
			 size_t nr)
{
	assert_int_equal(sample_plan_last(plan), nr - 1);
	for (size_t k = 0; k < nr; k++)
		assert_int_equal(sample_plan_time_ns(plan, k), times[k]);
}

/* floor(10 * k / 4) */
static void equal_steps_are_floored(void **state)
{
	const struct sample_plan plan = { .end_ns = 10, .steps = 4 };
	const uint64_t times[] = { 0, 2, 5, 7, 10 };

	(void)state;
	assert_times(&plan, times, 5);
}

/* More steps than nanoseconds: times repeat, none is left out. */
static void steps_may_be_shorter_than_a_nanosecond(void **state)
{
	const struct sample_plan plan = { .end_ns = 2, .steps = 5 };
	const uint64_t times[] = { 0, 0, 0, 1, 1, 2 };

	(void)state;
	assert_times(&plan, times, 6);
}

/* A step of the user's: the last one is cut at the end. */
static void a_step_ends_at_the_end(void **state)
{
	const struct sample_plan even = { .end_ns = 20, .step_ns = 10 };
	const struct sample_plan odd = { .end_ns = 25, .step_ns = 10 };
	const struct sample_plan longer = { .end_ns = 5, .step_ns = 10 };
	const uint64_t even_times[] = { 0, 10, 20 };
	const uint64_t odd_times[] = { 0, 10, 20, 25 };
	const uint64_t longer_times[] = { 0, 5 };

	(void)state;
	assert_times(&even, even_times, 3);
	assert_times(&odd, odd_times, 4);
	assert_times(&longer, longer_times, 2);
}

/* Before and after, at the same time. */
static void a_trace_without_time_has_two_samples(void **state)
{
	const struct sample_plan steps = { .end_ns = 0, .steps = 100 };
	const struct sample_plan step = { .end_ns = 0, .step_ns = 10 };
	const uint64_t times[] = { 0, 0 };

	(void)state;
	assert_times(&steps, times, 2);
	assert_times(&step, times, 2);
}

/* 2^63 * 999999 overflows 64 bits; 2^63 = 9223372036854775808. */
static void long_times_do_not_overflow(void **state)
{
	const struct sample_plan plan = { .end_ns = UINT64_C(1) << 63,
					  .steps = 1000000 };

	(void)state;
	assert_int_equal(sample_plan_time_ns(&plan, 500000), UINT64_C(1) << 62);
	assert_int_equal(sample_plan_time_ns(&plan, 1),
			 UINT64_C(9223372036854));
	assert_int_equal(sample_plan_time_ns(&plan, 1000000), UINT64_C(1)
								      << 63);
}

static void assert_duration(const char *text, uint64_t want)
{
	uint64_t ns;

	assert_true(duration_parse(text, &ns));
	assert_int_equal(ns, want);
}

static void durations_have_units(void **state)
{
	(void)state;
	assert_duration("0", 0);
	assert_duration("250", 250);
	assert_duration("250ns", 250);
	assert_duration("10us", 10000);
	assert_duration("10ms", 10000000);
	assert_duration("3s", 3000000000);
	assert_duration("1.5s", 1500000000);
	assert_duration("0.000000001s", 1);
	assert_duration("0.25ms", 250000);
	assert_duration("1.0009us", 1000); /* no fractions of a nanosecond */
}

static void what_is_no_duration(void **state)
{
	static const char *const texts[] = {
		"",
		"ms",
		"-1ms",
		"+1ms",
		" 1ms",
		"1 ms",
		"1m",
		"1msec",
		"1.ms",
		".5s",
		"1e3",
		"0x10",
		"1s1",
		"18446744073709551616",
		"18446744073709551615s",
		"99999999999999999999999s",
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (duration_parse(texts[i], &ns))
			fail_msg("\"%s\" taken for a duration", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_steps_are_floored),
		cmocka_unit_test(steps_may_be_shorter_than_a_nanosecond),
		cmocka_unit_test(a_step_ends_at_the_end),
		cmocka_unit_test(a_trace_without_time_has_two_samples),
		cmocka_unit_test(long_times_do_not_overflow),
		cmocka_unit_test(durations_have_units),
		cmocka_unit_test(what_is_no_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
