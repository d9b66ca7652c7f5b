/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suggestions: near words are found, far ones are not offered.
 */
#include "sim/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const commands[] = {
	"import", "info", "run", "show", "plot", "script", "version",
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void assert_suggests(const char *word, const char *expected)
{
	const char *found = suggest(word, commands, NR_COMMANDS);

	if (!expected) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_string_equal(found, expected);
}

static void a_missing_character(void **state)
{
	(void)state;
	assert_suggests("imprt", "import");
	assert_suggests("vesion", "version");
}

static void a_character_too_many(void **state)
{
	(void)state;
	assert_suggests("runn", "run");
	assert_suggests("pplot", "plot");
}

static void a_wrong_character(void **state)
{
	(void)state;
	assert_suggests("skript", "script");
	assert_suggests("ran", "run");
}

/* "urn" is one swap from "run", but two replacements: too far for three. */
static void swapped_characters_are_one_mistake(void **state)
{
	(void)state;
	assert_suggests("urn", "run");
	assert_suggests("hsow", "show");
	assert_suggests("verisno", "version");
}

static void the_word_itself(void **state)
{
	(void)state;
	assert_suggests("show", "show");
}

static void far_words_get_nothing(void **state)
{
	(void)state;
	assert_suggests("frobnicate", NULL);
	assert_suggests("rxx", NULL);
	assert_suggests("x", NULL);
	assert_suggests("", NULL);
}

/* Two characters of "xyot" match "plot": distance 2 is tolerated in four. */
static void two_mistakes_in_four(void **state)
{
	(void)state;
	assert_suggests("xyot", "plot");
	assert_suggests("xyzt", NULL);
}

static void equally_near_the_first_wins(void **state)
{
	static const char *const names[] = { "nodes", "modes" };

	(void)state;
	assert_string_equal(suggest("odes", names, 2), "nodes");
}

static void words_too_long_to_be_names(void **state)
{
	char word[200];

	(void)state;
	for (size_t i = 0; i < sizeof(word); i++)
		word[i] = 'a';
	word[sizeof(word) - 1] = '\0';
	assert_suggests(word, NULL);
	word[64] = '\0';
	assert_suggests(word, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_character),
		cmocka_unit_test(a_character_too_many),
		cmocka_unit_test(a_wrong_character),
		cmocka_unit_test(swapped_characters_are_one_mistake),
		cmocka_unit_test(the_word_itself),
		cmocka_unit_test(far_words_get_nothing),
		cmocka_unit_test(two_mistakes_in_four),
		cmocka_unit_test(equally_near_the_first_wins),
		cmocka_unit_test(words_too_long_to_be_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
