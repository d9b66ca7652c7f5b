/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole numbers, as all options, commands and files of users read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/number.h"

static void digits_are_a_number(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(number_parse("0", 0, &value));
	assert_int_equal(value, 0);
	assert_true(number_parse("007", 9, &value));
	assert_int_equal(value, 7);
	assert_true(number_parse("65536", 65536, &value));
	assert_int_equal(value, 65536);
	assert_true(number_parse("18446744073709551615", UINT64_MAX, &value));
	assert_true(value == UINT64_MAX);
}

static void anything_else_is_none(void **state)
{
	static const char *const bad[] = {
		"", " 3", "3 ", "-1", "+2", "0x4", "5k", "1.0", "1e3", "\t1",
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(number_parse(bad[i], UINT64_MAX, &value));
}

static void too_much_is_none(void **state)
{
	uint64_t value;

	(void)state;
	assert_false(number_parse("1", 0, &value));
	assert_false(number_parse("65537", 65536, &value));
	assert_false(number_parse("655360", 65536, &value));
	/* 2^64, and what would be small again if it went on from there */
	assert_false(number_parse("18446744073709551616", UINT64_MAX, &value));
	assert_false(number_parse("36893488147419103234", UINT64_MAX, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_are_a_number),
		cmocka_unit_test(anything_else_is_none),
		cmocka_unit_test(too_much_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
