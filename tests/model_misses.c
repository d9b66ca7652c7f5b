/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classes of misses, each case followed by hand. The cache is "sevens" of
 * tests/lib/look.h: seven objects a slab, an array of four places, batches of
 * two. "Before" below is the most live objects that a miss left so far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/snapshot.h"
#include "tests/lib/look.h"

/* cold, reaped, capacity, stranded, other */
#define assert_misses(cpu, expected) \
	assert_string_equal(misses(text, m, c, cpu), expected)

static const char *misses(char *text, const struct machine *m, cachep_t c,
			  uint32_t cpu)
{
	const struct miss_stats *s = kmem_miss_stats(m, c, cpu);

	snprintf(text, 64, "%u %u %u %u %u", (unsigned)s->miss_cold,
		 (unsigned)s->miss_reaped, (unsigned)s->miss_capacity,
		 (unsigned)s->miss_stranded, (unsigned)s->miss_other);
	return text;
}

static void take(struct machine *m, uint32_t cpu, cachep_t c, obj_t *objs,
		 int nr)
{
	for (int i = 0; i < nr; i++) {
		objs[i] = kmem_cache_alloc(m, cpu, c, 0);
		assert_true(objs[i] != OBJ_NULL);
	}
}

static void give(struct machine *m, uint32_t cpu, cachep_t c, const obj_t *objs,
		 int nr)
{
	for (int i = 0; i < nr; i++)
		kmem_cache_free(m, cpu, c, objs[i]);
}

/* Misses with 0, 2, 4 and 6 live: each leaves more live than the one before. */
static void growth_is_cold(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[7];

	(void)state;
	take(m, 0, c, objs, 7);
	assert_misses(0, "4 0 0 0 0");
	machine_destroy(m);
}

/* Two CPUs that grow in turn: what lies in the other's array is no excuse. */
static void growth_on_two_cpus_is_cold(void **state)
{
	struct machine *m = booted(1, 2);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[2];

	(void)state;
	take(m, 0, c, objs, 1);
	take(m, 1, c, objs + 1, 1);
	assert_misses(0, "1 0 0 0 0");
	assert_misses(1, "1 0 0 0 0");
	machine_destroy(m);
}

/*
 * Seven out (before = 7). Five come back: four fill the array, the fifth
 * flushes two to the slabs. Three hits, then a miss with 5 live: capacity; it
 * takes the two. One hit, then a miss with 7 live: the cache grows.
 */
static void flushed_objects_are_capacity(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[8];

	(void)state;
	take(m, 0, c, objs, 7);
	give(m, 0, c, objs, 5);
	take(m, 0, c, objs, 3);
	assert_misses(0, "4 0 0 0 0");
	take(m, 0, c, objs, 1);
	assert_misses(0, "4 0 1 0 0");
	take(m, 0, c, objs, 2);
	assert_misses(0, "5 0 1 0 0");
	machine_destroy(m);
}

/*
 * Four out (before = 3) and back: the array is full. A pass of cache_reap
 * finds it touched, each later one takes a place of five: after 20 s it is
 * empty. The next miss, with nothing live, is the reaper's; it refills two.
 * The one after it, with two live, is not: nothing was drained since.
 */
static void drained_objects_are_reaped(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[4];

	(void)state;
	take(m, 0, c, objs, 4);
	give(m, 0, c, objs, 4);
	machine_advance(m, 20000);
	take(m, 0, c, objs, 1);
	assert_misses(0, "2 1 0 0 0");
	take(m, 0, c, objs, 2);
	assert_misses(0, "2 1 0 0 1");
	machine_destroy(m);
}

/* CPU 0 has all four in its array; CPU 1, with nothing live, misses. */
static void objects_of_another_cpu_are_stranded(void **state)
{
	struct machine *m = booted(1, 2);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[4];

	(void)state;
	take(m, 0, c, objs, 4);
	give(m, 0, c, objs, 4);
	take(m, 1, c, objs, 1);
	assert_misses(1, "0 0 0 1 0");
	machine_destroy(m);
}

/*
 * CPU 0 is on node 0, CPU 1 on node 1. Four of node 0 are freed on CPU 1: all
 * in node 1's alien array. CPU 0's next miss, nothing being live, finds three
 * free ones in the slab of its node, but did not flush them: stranded.
 */
static void objects_in_alien_arrays_are_stranded(void **state)
{
	struct machine *m = booted(2, 2);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[4];

	(void)state;
	take(m, 0, c, objs, 4);
	give(m, 1, c, objs, 4);
	assert_int_equal(kmem_alien_avail(m, c, 1, 0), 4);
	take(m, 0, c, objs, 1);
	assert_misses(0, "2 0 0 1 0");
	machine_destroy(m);
}

/* The node gives no page more, or as many as one likes. */
static void allow_pages(struct machine *m, bool more)
{
	struct node_pages pages;

	machine_node_pages(m, 0, &pages);
	machine_limit_pages(m, 0, more ? 1u << 20 : pages.in_use_pages);
}

/*
 * Seven out, the slab is full (before = 7). The eighth finds no memory: it was
 * to be the eighth live one, cold, but seven are. So with memory there, the next
 * that asks for an eighth makes the cache grow as well. It was once "other": the
 * first had counted itself as live.
 */
static void growth_that_found_no_memory_is_cold_again(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[8];

	(void)state;
	take(m, 0, c, objs, 7);
	assert_misses(0, "4 0 0 0 0");
	allow_pages(m, false);
	for (int i = 0; i < 2; i++) {
		assert_true(kmem_cache_alloc(m, 0, c, 0) == OBJ_NULL);
	}
	assert_misses(0, "6 0 0 0 0");
	allow_pages(m, true);
	take(m, 0, c, objs + 7, 1);
	assert_misses(0, "7 0 0 0 0");
	machine_destroy(m);
}

/*
 * Batches of four: misses with 0 and 4 live, the second leaves 5. Hits until
 * the slab is full, 7 live. A miss that finds no memory is cold and leaves those
 * 7. One is given back on CPU 1; so CPU 0's next, with 6 live, is no growth: the
 * object lies in the other's array.
 */
static void a_miss_without_memory_leaves_what_is_live(void **state)
{
	struct machine *m = booted(1, 2);
	cachep_t c = sevens(m, "c", 4, 4, 0);
	char text[64];
	obj_t objs[7];

	(void)state;
	take(m, 0, c, objs, 7);
	assert_misses(0, "2 0 0 0 0");
	allow_pages(m, false);
	assert_true(kmem_cache_alloc(m, 0, c, 0) == OBJ_NULL);
	assert_misses(0, "3 0 0 0 0");
	give(m, 1, c, objs, 1);
	assert_true(kmem_cache_alloc(m, 0, c, 0) == OBJ_NULL);
	assert_misses(0, "3 0 0 1 0");
	machine_destroy(m);
}

/* A copy of a machine counts on from where the machine was. */
static void clones_remember(void **state)
{
	struct machine *m = booted(1, 1), *copy;
	cachep_t c = sevens(m, "c", 4, 2, 0);
	char text[64];
	obj_t objs[8];

	(void)state;
	take(m, 0, c, objs, 7);
	give(m, 0, c, objs, 5);
	copy = machine_clone(m);
	machine_destroy(m);
	m = copy;
	take(m, 0, c, objs, 4);
	assert_misses(0, "4 0 1 0 0");
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth_is_cold),
		cmocka_unit_test(growth_on_two_cpus_is_cold),
		cmocka_unit_test(flushed_objects_are_capacity),
		cmocka_unit_test(drained_objects_are_reaped),
		cmocka_unit_test(objects_of_another_cpu_are_stranded),
		cmocka_unit_test(objects_in_alien_arrays_are_stranded),
		cmocka_unit_test(growth_that_found_no_memory_is_cold_again),
		cmocka_unit_test(a_miss_without_memory_leaves_what_is_live),
		cmocka_unit_test(clones_remember),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
