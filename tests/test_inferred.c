/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stores and the sort of inferred allocations, with more records than fit
 * their memory: what comes out is what qsort says.
 */
#define _XOPEN_SOURCE 700
#include "traces/inferred.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NR 100000

static struct inferred records[NR];

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* In order of the second free; the place is at that, or up to @far before. */
static void make_records(uint32_t far)
{
	uint64_t free_index = 0;
	uint32_t seed = far;

	for (uint32_t i = 0; i < NR; i++) {
		uint64_t back = next_random(&seed) % far;

		free_index += 1 + next_random(&seed) % 3;
		records[i] = (struct inferred){
			.free_index = free_index,
			.at = free_index - (back < free_index ? back : 0),
			/* at one place, two times */
			.time_ns = next_random(&seed) % 2,
			.cache = i,
		};
	}
}

static void fill(struct inferred_store *store)
{
	for (uint32_t i = 0; i < NR; i++)
		assert_true(inferred_add(store, &records[i]));
}

static void the_last_comes_first(void **state)
{
	struct inferred_store store = { .nr = 0 };

	(void)state;
	make_records(10);
	fill(&store);
	for (uint32_t i = NR; i-- > 0;) {
		struct inferred record = inferred_last(&store);

		assert_int_equal(store.nr, i);
		assert_memory_equal(&record, &records[i], sizeof(record));
	}
	assert_int_equal(store.error, 0);
	inferred_store_release(&store);
}

static int by_place(const void *a, const void *b)
{
	const struct inferred *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->free_index < y->free_index ? -1 : 1;
}

static void sorted(uint32_t far)
{
	struct inferred_store in = { .nr = 0 }, out = { .nr = 0 };

	make_records(far);
	fill(&in);
	assert_true(inferred_sort(&in, &out));
	assert_int_equal(in.nr, 0);
	assert_int_equal(out.nr, NR);
	qsort(records, NR, sizeof(records[0]), by_place);
	for (uint32_t i = 0; i < NR; i++) {
		struct inferred record = inferred_last(&out);

		assert_memory_equal(&record, &records[i], sizeof(record));
	}
	inferred_store_release(&in);
	inferred_store_release(&out);
}

static void the_sort_is_one(void **state)
{
	(void)state;
	sorted(1); /* all at their frees */
	sorted(50);
	sorted(10 * NR); /* open for as long as it can be */
}

/* The 16,385th record is the first that needs the file. */
static void no_place_for_a_file(void **state)
{
	struct inferred_store store = { .nr = 0 };
	const struct inferred record = { .at = 1 };
	char *before = getenv("TMPDIR");
	uint32_t nr = 0;

	(void)state;
	before = before ? strdup(before) : NULL;
	setenv("TMPDIR", "/no/such/directory", 1);
	while (nr < NR && inferred_add(&store, &record))
		nr++;
	assert_int_equal(nr, 16384);
	assert_int_equal(store.error, ENOENT);
	inferred_store_release(&store);
	if (before)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	free(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_comes_first),
		cmocka_unit_test(the_sort_is_one),
		cmocka_unit_test(no_place_for_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
