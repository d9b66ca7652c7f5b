/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text out of traces in reports: nothing in a name does anything.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_visible(const char *text, const char *want)
{
	char out[64];

	text_visible(text, out, sizeof(out));
	assert_string_equal(out, want);
}

static void assert_printed(void (*print)(FILE *, const char *),
			   const char *text, const char *want)
{
	char *got = NULL;
	size_t bytes;
	FILE *out = open_memstream(&got, &bytes);

	print(out, text);
	fclose(out);
	assert_string_equal(got, want);
	free(got);
}

static void control_bytes_are_shown(void **state)
{
	(void)state;
	assert_visible("dentry", "dentry");
	assert_visible("a\nb\tc\033[2Jd\177", "a\\x0ab\\x09c\\x1b[2Jd\\x7f");
	/* U+009B is a control sequence introducer, too */
	assert_visible("\xc2\x9b"
		       "31m",
		       "\\xc2\\x9b31m");
}

static void only_valid_utf8_passes(void **state)
{
	(void)state;
	assert_visible("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		       "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_visible("\xff", "\\xff");
	assert_visible("\xc0\xaf", "\\xc0\\xaf");          /* overlong */
	assert_visible("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* surrogate */
	assert_visible("\xe2\x82", "\\xe2\\x82");          /* cut short */
	/* U+FFFE: no character, and not to be had in XML; U+FFFD is one */
	assert_visible("\xef\xbf\xbe", "\\xef\\xbf\\xbe");
	assert_visible("\xef\xbf\xbd", "\xef\xbf\xbd");
	assert_true(text_is_plain("a\tb \xc3\xa9"));
	assert_false(text_is_plain("a\033[2J"));
	assert_false(text_is_plain("caf\xe9"));
	assert_false(text_is_plain("\xc2\x9b"
				   "31m"));
}

static void long_text_is_cut(void **state)
{
	char out[6];

	(void)state;
	text_visible("abcdefgh", out, sizeof(out));
	assert_string_equal(out, "abcde");
	text_visible("abcd\n", out, sizeof(out)); /* no half of \x0a */
	assert_string_equal(out, "abcd");
	text_visible("abcd\xc3\xa9", out, sizeof(out));
	assert_string_equal(out, "abcd");
}

static void width_counts_characters(void **state)
{
	(void)state;
	assert_int_equal(text_width("caf\xc3\xa9"), 4);
	assert_int_equal(text_width(""), 0);
}

static void json_strings_are_quoted(void **state)
{
	(void)state;
	assert_printed(text_print_json, "a\"b\\c\n\xff\xc3\xa9",
		       "\"a\\\"b\\\\c\\u000a\\ufffd\xc3\xa9\"");
}

static void xml_has_no_control_bytes(void **state)
{
	(void)state;
	assert_printed(text_print_html, "<a & \"b'\001\xff",
		       "&#60;a &#38; &#34;b&#39;\xef\xbf\xbd\xef\xbf\xbd");
}

static void markdown_shows_what_is_there(void **state)
{
	(void)state;
	assert_printed(text_print_markdown, "alloc_hit_pct", "alloc_hit_pct");
	assert_printed(text_print_markdown, "_a_ b__c d_",
		       "\\_a\\_ b\\_\\_c d\\_");
	assert_printed(text_print_markdown, "a|b\\|c", "a\\|b\\\\\\|c");
	assert_printed(text_print_markdown, "![x](y)<i>&lt;`z`\n#1",
		       "\\!\\[x\\](y)\\<i\\>\\&lt;\\`z\\`\\\\x0a\\#1");
}

static void tap_has_no_directives(void **state)
{
	(void)state;
	assert_printed(text_print_tap, "a # SKIP \\ b\n",
		       "a \\# SKIP \\\\ b\\\\x0a");
}

static void gnuplot_strings_are_quoted(void **state)
{
	(void)state;
	assert_printed(text_print_gnuplot, "it's `id` \"$(id)\" {/=99 x}",
		       "'it''s `id` \"$(id)\" {/=99 x}'");
	assert_printed(text_print_gnuplot, "a\nset output", "'a set output'");
}

static void assert_duration(unsigned long long ns, const char *want)
{
	char text[40];

	text_duration(ns, text, sizeof(text));
	assert_string_equal(text, want);
}

static void durations_have_the_largest_unit(void **state)
{
	(void)state;
	assert_duration(0, "0 ns");
	assert_duration(999, "999 ns");
	assert_duration(1000, "1 us");
	assert_duration(12250, "12.25 us");
	assert_duration(1500000000, "1.5 s");
	assert_duration(61000000001, "61 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_bytes_are_shown),
		cmocka_unit_test(only_valid_utf8_passes),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(width_counts_characters),
		cmocka_unit_test(json_strings_are_quoted),
		cmocka_unit_test(xml_has_no_control_bytes),
		cmocka_unit_test(markdown_shows_what_is_there),
		cmocka_unit_test(tap_has_no_directives),
		cmocka_unit_test(gnuplot_strings_are_quoted),
		cmocka_unit_test(durations_have_the_largest_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
