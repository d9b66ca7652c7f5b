/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines as a whole: many in one process, copies of one, what an observer
 * hears; and bugs that the property tests found, each with its story.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/observe.h"
#include "model/snapshot.h"
#include "tests/lib/look.h"

/* --- copies and neighbours ------------------------------------------------ */

/* A hash over the placement of what a fixed program allocates. */
static uint64_t some_work(struct machine *m, cachep_t c, uint64_t hash)
{
	obj_t objs[100];

	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 100; i++) {
			struct obj_place place;

			objs[i] = kmem_cache_alloc(m, i % 4, c, 0);
			obj_locate(m, objs[i], &place);
			hash = hash * 31 + place.grow_number * 7 + place.index;
			hash = hash * 31 + place.frame;
		}
		for (uint32_t i = 0; i < 100; i++)
			kmem_cache_free(m, (i + 1) % 4, c, objs[i]);
		machine_advance(m, machine_now(m) + 1500);
	}
	return hash;
}

/* Step about: what the other machine does changes nothing. */
static void machines_do_not_disturb_one_another(void **state)
{
	struct machine *alone = booted(2, 4);
	struct machine *a = booted(2, 4);
	struct machine *b = booted_debug(2, 4);
	cachep_t c_alone = sevens(alone, "c", 4, 2, 1);
	cachep_t c_a = sevens(a, "c", 4, 2, 1);
	cachep_t c_b = sevens(b, "c", 3, 1, 0);
	uint64_t expected = 0, got = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		expected = some_work(alone, c_alone, expected);
		got = some_work(a, c_a, got);
		some_work(b, c_b, 0);
	}
	assert_int_equal(got, expected);
	assert_true(in_order(a) && in_order(b));
	machine_destroy(alone);
	machine_destroy(a);
	machine_destroy(b);
}

static void a_clone_goes_on_alike_and_apart(void **state)
{
	struct machine *m = booted(2, 4);
	cachep_t c = sevens(m, "c", 4, 2, 1);
	struct machine *clone;
	uint64_t first;

	(void)state;
	some_work(m, c, 0);
	clone = machine_clone(m);
	first = some_work(m, c, 0);
	assert_int_equal(some_work(clone, c, 0), first);
	/* the clone outlives what it was made of */
	machine_destroy(m);
	some_work(clone, c, 0);
	assert_true(in_order(clone));
	machine_destroy(clone);
}

static void a_restored_machine_does_it_again(void **state)
{
	struct machine *m = booted(2, 4);
	cachep_t c = sevens(m, "c", 4, 2, 1);
	struct machine *snapshot = machine_clone(m);
	uint64_t first = some_work(m, c, 0);

	(void)state;
	assert_int_equal(kmem_cache_create(m, 0, "later", 64, 0, 0) ==
				 CACHE_NULL,
			 false);
	assert_true(machine_restore(m, snapshot));
	assert_int_equal(machine_now(m), 0);
	assert_int_equal(kmem_cache_find(m, "later"), CACHE_NULL);
	assert_int_equal(some_work(m, c, 0), first);
	assert_true(machine_restore(m, snapshot));
	assert_int_equal(some_work(m, c, 0), first);
	machine_destroy(snapshot);
	assert_true(in_order(m));
	machine_destroy(m);
}

/* --- what an observer hears ----------------------------------------------- */

struct heard {
	cachep_t cachep; /* of this cache only */
	char text[1000]; /* "grow 7 7;refill 2 5": word, nr, left */
};

static void hear(void *arg, const struct machine *m,
		 const struct slab_event *event)
{
	struct heard *heard = arg;
	size_t length = strlen(heard->text);

	(void)m;
	if (event->cachep != heard->cachep)
		return;
	snprintf(heard->text + length, sizeof(heard->text) - length,
		 "%s%s %u %u", length ? ";" : "", slab_event_word(event->kind),
		 (unsigned int)event->nr, (unsigned int)event->left);
}

static void expect_heard(struct heard *heard, const char *expected)
{
	assert_string_equal(heard->text, expected);
	heard->text[0] = '\0';
}

/* The story of a few objects; array of four places, batches of two. */
static void an_observer_hears_each_transition_in_order(void **state)
{
	struct machine *m = booted(1, 1);
	struct heard heard = { sevens(m, "c", 4, 2, 0), "" };
	cachep_t c = heard.cachep;
	obj_t objs[5];

	(void)state;
	machine_observe(m, SLAB_EVENT_ALL, hear, &heard);
	/* nothing anywhere: a slab of seven, two of them into the array */
	objs[0] = kmem_cache_alloc(m, 0, c, 0);
	expect_heard(&heard, "grow 7 7;refill 2 5;miss 0 1");
	objs[1] = kmem_cache_alloc(m, 0, c, 0);
	expect_heard(&heard, "hit 0 0");
	for (int i = 2; i < 5; i++)
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
	/* one of the third batch stays in the array */
	expect_heard(&heard, "refill 2 3;miss 0 1;hit 0 0;refill 2 1;miss 0 1");
	for (int i = 0; i < 3; i++)
		kmem_cache_free(m, 0, c, objs[i]);
	expect_heard(&heard, "freehit 0 2;freehit 0 3;freehit 0 4");
	/* full: two go back to the slab, which has one */
	kmem_cache_free(m, 0, c, objs[3]);
	expect_heard(&heard, "flush 2 3;freemiss 0 3");
	kmem_cache_free(m, 0, c, objs[4]);
	expect_heard(&heard, "freehit 0 4");
	/* shrink empties the array, releases the slab; the cache goes */
	assert_true(kmem_cache_destroy(m, 0, c));
	expect_heard(&heard, "destroy 7 0;shrink 0 0;remove 0 0");
	machine_destroy(m);
}

static void an_observer_hears_what_it_asked_for(void **state)
{
	struct machine *m = booted(1, 1);
	struct heard heard = { sevens(m, "c", 4, 2, 0), "" };

	(void)state;
	machine_observe(m, SLAB_EVENT_BIT(SLAB_EVENT_GROW), hear, &heard);
	for (int i = 0; i < 8; i++)
		kmem_cache_alloc(m, 0, heard.cachep, 0);
	expect_heard(&heard, "grow 7 7;grow 7 7");
	machine_observe(m, 0, NULL, NULL);
	kmem_cache_alloc(m, 0, heard.cachep, 0);
	expect_heard(&heard, "");
	machine_destroy(m);
}

/* --- found by the property tests ------------------------------------------ */

/*
 * The slabs of kmem_cache take the lowest order that holds one descriptor,
 * however much is wasted. It took the rules of other caches, under which eight
 * nodes (descriptors of 832 bytes, four a page, 704 bytes over) got two pages.
 */
static void kmem_cache_takes_the_lowest_order(void **state)
{
	struct machine *m = booted(8, 8);
	struct cache_info info;

	(void)state;
	kmem_cache_info(m, kmem_cache_find(m, "kmem_cache"), &info);
	assert_int_equal(info.buffer_bytes, 832);
	assert_int_equal(info.num, 4);
	assert_int_equal(info.gfporder, 0);
	assert_int_equal(info.mgmt_bytes, 64);
	assert_int_equal(info.colour, 11);
	machine_destroy(m);
}

/*
 * An alignment above the size of a slab: not even the descriptor fits, which
 * was taken for -1 objects, and, for a reclaimable cache, for an answer.
 * Orders 0 and 1 hold none, order 2 holds one.
 */
static void an_alignment_above_a_page_moves_to_a_higher_order(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c =
		kmem_cache_create(m, 0, "c", 8, 8192, SLAB_RECLAIM_ACCOUNT);
	struct cache_info info;

	(void)state;
	kmem_cache_info(m, c, &info);
	assert_int_equal(info.gfporder, 2);
	assert_int_equal(info.num, 1);
	assert_int_not_equal(kmem_cache_alloc(m, 0, c, 0), OBJ_NULL);
	assert_true(in_order(m));
	machine_destroy(m);
}

/*
 * A CPU that came up early came up again with the others: it lost its arrays
 * and what was in them, here 15 of a batch of 16.
 */
static void smp_init_leaves_cpus_alone_that_are_up(void **state)
{
	struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = 1,
		.nr_cpus = 3,
		.node_pages = 1000,
	};
	struct machine *m = machine_create(&config);
	cachep_t c = kmem_cache_create(m, 0, "c", 64, 0, 0);
	struct cpu_state cpu;

	(void)state;
	assert_true(machine_cpu_up(m, 0, 2));
	kmem_cache_alloc(m, 2, c, 0);
	assert_true(machine_smp_init(m));
	assert_true(machine_cpu_online(m, 1));
	kmem_cpu_state(m, c, 2, &cpu);
	assert_int_equal(cpu.avail, 15);
	assert_true(in_order(m));
	machine_destroy(m);
}

/*
 * CPU 1 releases slabs of an off-slab RCU cache and goes before the grace
 * period ends. Their descriptors were then freed on it, that is, into the
 * array it no longer had. They are CPU 0's to free: it took CPU 1 down.
 */
static void a_cpu_that_goes_leaves_its_grace_periods_behind(void **state)
{
	struct machine *m = booted(1, 2);
	cachep_t c = kmem_cache_create(m, 0, "c", 1024, 0, SLAB_DESTROY_BY_RCU);
	cachep_t descriptors;
	struct cache_info info;
	uint64_t freed;
	obj_t objs[40];

	(void)state;
	kmem_cache_info(m, c, &info);
	assert_true(info.off_slab);
	descriptors = info.slabp_cache;
	for (int i = 0; i < 40; i++)
		objs[i] = kmem_cache_alloc(m, 1, c, 0);
	for (int i = 0; i < 40; i++)
		kmem_cache_free(m, 1, c, objs[i]);
	assert_false(kmem_cache_shrink(m, 1, c)); /* ten slabs of four wait */
	machine_cpu_down(m, 0, 1);
	freed = kmem_cpu_stats(m, descriptors, 0)->freehit +
		kmem_cpu_stats(m, descriptors, 0)->freemiss;
	machine_rcu_process(m);
	freed = kmem_cpu_stats(m, descriptors, 0)->freehit +
		kmem_cpu_stats(m, descriptors, 0)->freemiss - freed;
	assert_int_equal(freed, 10);
	assert_int_equal(kmem_visit_cpu_array(m, descriptors, 1, NULL, NULL),
			 -1);
	assert_true(in_order(m));
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines_do_not_disturb_one_another),
		cmocka_unit_test(a_clone_goes_on_alike_and_apart),
		cmocka_unit_test(a_restored_machine_does_it_again),
		cmocka_unit_test(an_observer_hears_each_transition_in_order),
		cmocka_unit_test(an_observer_hears_what_it_asked_for),
		cmocka_unit_test(kmem_cache_takes_the_lowest_order),
		cmocka_unit_test(
			an_alignment_above_a_page_moves_to_a_higher_order),
		cmocka_unit_test(smp_init_leaves_cpus_alone_that_are_up),
		cmocka_unit_test(
			a_cpu_that_goes_leaves_its_grace_periods_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
