/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --set: what it takes, what a cache becomes by it, what is refused. The cache
 * "c" of 504 bytes has the kernel's default for objects of 257 to 1024 bytes:
 * limit 54, batchcount 27, shared 8.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/tunables.h"
#include "tests/lib/look.h"

static char error[500];

static void set(struct tunables *t, const char *text)
{
	if (!tunables_set_text(t, text, error, sizeof(error)))
		fail_msg("%s: %s", text, error);
}

/* Limit, batchcount and shared of a new cache after @texts were applied. */
static void assert_tuned(const char *const *texts, uint32_t limit,
			 uint32_t batchcount, uint32_t shared)
{
	struct machine *m = booted(1, 2);
	cachep_t c = kmem_cache_create(m, 0, "c", 504, 0, 0);
	struct tunables t = { 0 };
	struct cache_info info;

	while (*texts)
		set(&t, *texts++);
	assert_true(tunables_apply_all(&t, m));
	kmem_cache_info(m, c, &info);
	assert_int_equal(info.limit, limit);
	assert_int_equal(info.batchcount, batchcount);
	assert_int_equal(info.shared, shared);
	assert_true(in_order(m));
	tunables_release(&t);
	machine_destroy(m);
}

#define TUNED(limit, batchcount, shared, ...)                           \
	assert_tuned((const char *const[]){ __VA_ARGS__, NULL }, limit, \
		     batchcount, shared)

static void what_is_not_set_stays(void **state)
{
	(void)state;
	TUNED(54, 27, 8, "other.limit=5");
	TUNED(54, 27, 0, "c.shared=0");
	TUNED(54, 10, 8, "c.batchcount=10");
	TUNED(60, 20, 2, "c.limit=60", "c.shared=2", "c.batchcount=20");
}

/* As the kernel chooses its default: half of the limit, rounded up. */
static void batchcount_follows_a_limit(void **state)
{
	(void)state;
	TUNED(5, 3, 8, "c.limit=5");
	TUNED(1, 1, 8, "c.limit=1");
}

static void a_name_wins_over_the_star(void **state)
{
	(void)state;
	TUNED(60, 30, 0, "*.shared=0", "c.limit=60");
	TUNED(60, 30, 4, "c.shared=4", "*.limit=60", "*.shared=0");
	TUNED(60, 10, 8, "*.batchcount=10", "c.limit=60");
}

/* The kernel ignores it; tunables_check refuses it before. */
static void senseless_numbers_change_nothing(void **state)
{
	(void)state;
	TUNED(54, 27, 8, "c.batchcount=55");
}

static void assert_refused(const char *text, const char *words)
{
	struct tunables t = { 0 };

	set(&t, "twice.limit=1");
	assert_false(tunables_set_text(&t, text, error, sizeof(error)));
	if (!strstr(error, words))
		fail_msg("%s: \"%s\" lacks \"%s\"", text, error, words);
	tunables_release(&t);
}

static void what_is_no_tunable(void **state)
{
	(void)state;
	assert_refused("", "expected CACHE.limit=N");
	assert_refused("c.limit", "expected CACHE.limit=N");
	/* of these it asked: did you mean "limit"? */
	assert_refused("limit=5", "\"limit\": expected CACHE.limit");
	assert_refused(".limit=5", "\".limit\": expected CACHE.limit");
	assert_refused("c.=5", "expected CACHE.limit");
	assert_refused("c.lmit=5", "did you mean \"limit\"?");
	assert_refused("c.limit=", "from 1 to 524288");
	assert_refused("c.limit=0", "from 1 to 524288");
	assert_refused("c.limit=-1", "from 1 to 524288");
	assert_refused("c.limit=524289", "from 1 to 524288");
	assert_refused("c.limit=18446744073709551617", "from 1 to 524288");
	assert_refused("c.batchcount=0", "from 1 to 524288");
	assert_refused("c.shared=524289", "from 0 to 524288");
	assert_refused("twice.limit=2", "twice.limit is given twice");
}

/* Names of caches hold dots, and the last one is ours. */
static void names_may_hold_dots(void **state)
{
	struct tunables t = { 0 };

	(void)state;
	set(&t, "a.limit.shared=3");
	assert_string_equal(t.list[0].cache, "a.limit");
	assert_int_equal(t.list[0].value[TUNABLE_SHARED], 3);
	tunables_release(&t);
}

static void json_does_not_depend_on_the_order(void **state)
{
	static const char *const texts[][3] = {
		{ "b.limit=5", "*.shared=0", "b.shared=1" },
		{ "b.shared=1", "b.limit=5", "*.shared=0" },
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct tunables t = { 0 };
		char json[200] = "";
		FILE *out = fmemopen(json, sizeof(json), "w");

		for (int k = 0; k < 3; k++)
			set(&t, texts[i][k]);
		assert_non_null(out);
		tunables_print_json(out, &t);
		fclose(out);
		assert_string_equal(json,
				    ",\"set\":{\"*\":{\"shared\":0},\"b\":"
				    "{\"limit\":5,\"shared\":1}}");
		tunables_release(&t);
	}
}

static void what_is_set_first_stays(void **state)
{
	struct tunables own = { 0 }, others = { 0 };

	(void)state;
	set(&own, "c.limit=5");
	set(&others, "c.limit=6");
	set(&others, "c.shared=2");
	set(&others, "d.shared=3");
	assert_true(tunables_default_to(&own, &others));
	assert_int_equal(own.nr, 2);
	assert_int_equal(own.list[0].value[TUNABLE_LIMIT], 5);
	assert_int_equal(own.list[0].value[TUNABLE_SHARED], 2);
	assert_int_equal(own.list[1].value[TUNABLE_SHARED], 3);
	tunables_release(&own);
	tunables_release(&others);
}

/* --- checks --------------------------------------------------------------- */

/* On a machine with "c"; the trace creates "later". NULL: accepted. */
static void assert_checked(const char *text, const char *words)
{
	struct cache_def defs[] = {
		{ .name = (char *)"c", .when = CACHE_AT_START },
		{ .name = (char *)"later", .when = CACHE_AT_EVENT },
	};
	const struct trace_header header = { .caches = defs, .nr_caches = 2 };
	struct machine *m = booted(1, 2);
	struct tunables t = { 0 };

	kmem_cache_create(m, 0, "c", 504, 0, 0);
	set(&t, text);
	error[0] = '\0';
	assert_int_equal(tunables_check(&t, "here", &header, m, error,
					sizeof(error)),
			 !words);
	if (words && !strstr(error, words))
		fail_msg("%s: \"%s\" lacks \"%s\"", text, error, words);
	assert_true(!words || !strncmp(error, "here: ", 6));
	tunables_release(&t);
	machine_destroy(m);
}

static void what_would_not_be_accepted_is_told(void **state)
{
	(void)state;
	assert_checked("c.limit=5", NULL);
	assert_checked("later.limit=5", NULL);
	assert_checked("size-64.shared=0", NULL);
	assert_checked("*.limit=5", NULL);
	assert_checked("latr.limit=5", "did you mean \"later\"?");
	assert_checked("filp.limit=5", "no cache \"filp\"");
	assert_checked("c.batchcount=54", NULL);
	assert_checked("c.batchcount=55", "batchcount 55 above limit 54");
	assert_checked("later.batchcount=5", "expected its limit together");
	assert_checked("later.shared=5", NULL);
	/* shared is told in batches of 27 */
	assert_checked("c.shared=19418", NULL);
	assert_checked("c.shared=19419", "x shared, of at most 524288");
	/* the largest general caches have limit 1 */
	assert_checked("*.batchcount=2", "batchcount 2 above limit 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_set_stays),
		cmocka_unit_test(batchcount_follows_a_limit),
		cmocka_unit_test(a_name_wins_over_the_star),
		cmocka_unit_test(senseless_numbers_change_nothing),
		cmocka_unit_test(what_is_no_tunable),
		cmocka_unit_test(names_may_hold_dots),
		cmocka_unit_test(json_does_not_depend_on_the_order),
		cmocka_unit_test(what_is_set_first_stays),
		cmocka_unit_test(what_would_not_be_accepted_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
