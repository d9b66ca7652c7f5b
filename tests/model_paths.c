/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation and freeing, small enough to follow by hand. Pictures show lists
 * head first and arrays bottom first; 1.3 is object 3 of the slab that the
 * cache grew first. The cache is "sevens" of tests/lib/look.h: seven objects a
 * slab, an array of four places, batches of two.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/look.h"

#define assert_slabs(list, expected) \
	assert_string_equal(look_slabs(&look, m, c, 0, list), expected)
#define assert_cpu(cpu, expected) \
	assert_string_equal(look_cpu(&look, m, c, cpu), expected)
#define assert_obj(obj, expected) \
	assert_string_equal(look_obj(&look, m, obj), expected)

static struct cpu_stats cpu_stats(const struct machine *m, cachep_t c,
				  uint32_t cpu)
{
	return *kmem_cpu_stats(m, c, cpu);
}

static struct node_stats node_stats(const struct machine *m, cachep_t c,
				    uint32_t node)
{
	return *kmem_node_stats(m, c, node);
}

/*
 *	refill 1   slab 1 gives 0 1        array 1.0 1.1   out: 1.1, then 1.0
 *	refill 2   slab 1 gives 2 3                        out: 1.3, then 1.2
 *	refill 3   slab 1 gives 4 5                        out: 1.5, then 1.4
 *	refill 4   slab 1 gives 6 and is full; nothing else: one object is
 *	           enough, the cache does not grow for a whole batch
 */
static void a_batch_comes_out_last_first(void **state)
{
	static const char *const expected[] = { "1.1", "1.0", "1.3", "1.2",
						"1.5", "1.4", "1.6" };
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct look look;

	(void)state;
	for (int i = 0; i < 7; i++)
		assert_obj(kmem_cache_alloc(m, 0, c, 0), expected[i]);
	assert_slabs(SLABS_FULL, "1:7:-1");
	assert_slabs(SLABS_PARTIAL, "-");
	assert_int_equal(cpu_stats(m, c, 0).allochit, 3);
	assert_int_equal(cpu_stats(m, c, 0).allocmiss, 4);
	assert_int_equal(node_stats(m, c, 0).listallocs, 7);
	assert_int_equal(node_stats(m, c, 0).grown, 1);
	assert_true(in_order(m));
	machine_destroy(m);
}

/* Fourteen objects out, as above: 1.1 1.0 1.3 ... 1.6 2.1 2.0 ... 2.6 */
static void take_fourteen(struct machine *m, cachep_t c, obj_t *objs)
{
	for (int i = 0; i < 14; i++)
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
}

/*
 * All of slab 2 goes back (1 0 3 2 5 4 6: its chain then starts with 6), and
 * 1.1; tuning empties the array into the slabs.
 *
 *	before   partial 1 (one free)     free 2
 *	refill   slab 1 gives 1.1 and is full; slab 2 gives 2.6
 *	after    partial 2                full 1        array 1.1 2.6
 */
static void refill_takes_partial_before_free(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct node_state node;
	struct look look;
	obj_t objs[14];

	(void)state;
	take_fourteen(m, c, objs);
	for (int i = 7; i < 14; i++)
		kmem_cache_free(m, 0, c, objs[i]);
	kmem_cache_free(m, 0, c, objs[0]);
	assert_true(slabinfo_write(m, 0, c, 4, 2, 0));
	assert_slabs(SLABS_PARTIAL, "1:6:1");
	assert_slabs(SLABS_FREE, "2:0:6");

	assert_obj(kmem_cache_alloc(m, 0, c, 0), "2.6");
	assert_cpu(0, "1.1");
	assert_slabs(SLABS_FULL, "1:7:-1");
	assert_slabs(SLABS_PARTIAL, "2:1:4");
	assert_slabs(SLABS_FREE, "-");
	kmem_node_state(m, c, 0, &node);
	assert_int_equal(node.free_touched, 1);
	assert_true(in_order(m));
	machine_destroy(m);
}

/*
 *	full 3 2 1: an object of 1 comes back, then one of 2, then one of 3
 *	partial 1 2 3: each goes to the tail: who waits longest gives first
 */
static void a_slab_that_gets_an_object_back_waits_at_the_tail(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct look look;
	obj_t objs[21];

	(void)state;
	for (int i = 0; i < 21; i++)
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
	assert_slabs(SLABS_FULL, "3:7:-1;2:7:-1;1:7:-1");
	for (int i = 0; i < 21; i += 7) /* i.1 */
		kmem_cache_free(m, 0, c, objs[i]);
	assert_cpu(0, "1.1;2.1;3.1");
	assert_true(slabinfo_write(m, 0, c, 4, 2, 0));
	assert_slabs(SLABS_PARTIAL, "1:6:1;2:6:1;3:6:1");
	/* and again: 1 moves behind the others */
	kmem_cache_free(m, 0, c, objs[1]);
	assert_true(slabinfo_write(m, 0, c, 4, 2, 0));
	assert_slabs(SLABS_PARTIAL, "2:6:1;3:6:1;1:5:0");
	machine_destroy(m);
}

/*
 * The limit is (1 + 1 CPU) * 2 + 7 = 11 free objects. Slab 1 empties at 7:
 * kept. Slab 2 empties at 14: over 11, destroyed.
 */
static void an_emptied_slab_is_kept_up_to_the_free_limit(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct node_state node;
	struct look look;
	obj_t objs[14];

	(void)state;
	take_fourteen(m, c, objs);
	for (int i = 0; i < 14; i++)
		kmem_cache_free(m, 0, c, objs[i]);
	/* ten flushed: slab 1 and three objects of slab 2 */
	assert_slabs(SLABS_FREE, "1:0:6");
	assert_slabs(SLABS_PARTIAL, "2:4:3");
	assert_true(slabinfo_write(m, 0, c, 4, 2, 0));
	assert_slabs(SLABS_FREE, "1:0:6");
	assert_slabs(SLABS_PARTIAL, "-");
	kmem_node_state(m, c, 0, &node);
	assert_int_equal(node.free_limit, 11);
	assert_int_equal(node.free_objects, 7);
	assert_int_equal(node_stats(m, c, 0).destroyed, 1);
	assert_int_equal(node_stats(m, c, 0).reaped, 0);
	assert_true(in_order(m));
	machine_destroy(m);
}

/*
 * An array of 54 places, batch 27. It is new: nobody has allocated from it, so
 * although 28 objects are free in slabs it gets 16, and gives one away.
 */
static void an_idle_array_gets_sixteen(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 54, 27, 0);
	struct cpu_state cpu;
	obj_t objs[28];

	(void)state;
	for (int i = 0; i < 28; i++)
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
	assert_int_equal(node_stats(m, c, 0).grown, 4);
	for (int i = 0; i < 28; i++)
		kmem_cache_free(m, 0, c, objs[i]);
	/* the new arrays are untouched; 28 objects are free in slabs */
	assert_true(slabinfo_write(m, 0, c, 54, 27, 0));
	kmem_cache_alloc(m, 0, c, 0);
	kmem_cpu_state(m, c, 0, &cpu);
	assert_int_equal(cpu.avail, 15);
	assert_int_equal(cpu.touched, 1);
	machine_destroy(m);
}

/*
 * Two CPUs, batch 1, a shared array of 1 * 2 places. CPU 0 frees five objects:
 * the fifth finds its array full, and the oldest, 1.0, goes to shared.
 *
 *	CPU 1 allocates   it gets the one object that shared has; slab 1, with
 *	                  one object free, is not asked
 */
static void one_object_from_shared_ends_a_refill(void **state)
{
	struct machine *m = booted(1, 2);
	cachep_t c = sevens(m, "c", 4, 1, 2);
	uint64_t listallocs;
	struct look look;
	obj_t objs[6];

	(void)state;
	for (int i = 0; i < 6; i++) /* 1.0 1.1 ... 1.5: 1.6 stays free */
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
	for (int i = 0; i < 5; i++)
		kmem_cache_free(m, 0, c, objs[i]);
	assert_string_equal(look_shared(&look, m, c, 0), "1.0");
	assert_cpu(0, "1.1;1.2;1.3;1.4");
	listallocs = node_stats(m, c, 0).listallocs;

	assert_obj(kmem_cache_alloc(m, 1, c, 0), "1.0");
	assert_cpu(1, "-");
	assert_string_equal(look_shared(&look, m, c, 0), "-");
	assert_slabs(SLABS_PARTIAL, "1:6:6");
	assert_int_equal(node_stats(m, c, 0).listallocs, listallocs);
	assert_int_equal(cpu_stats(m, c, 1).allocmiss, 1);
	machine_destroy(m);
}

/*
 * CPU 1 of node 1 frees what CPU 0 of node 0 allocated: 13 objects, the alien
 * array has 12 places, the shared array of node 0 has 1 * 2.
 *
 *	alien    f1 f2 ... f10 f11 f12      full: f13 comes
 *	shared                 f11 f12      the top, order kept
 *	slabs    f1 f2 ... f10              the rest, bottom first
 *	alien    f13
 */
static void a_full_alien_array_goes_home(void **state)
{
	struct machine *m = booted(2, 2);
	cachep_t c = sevens(m, "c", 4, 2, 1);
	struct look look;
	obj_t objs[13];

	(void)state;
	for (int i = 0; i < 13; i++)
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
	for (int i = 0; i < 12; i++)
		kmem_cache_free(m, 1, c, objs[i]);
	assert_int_equal(kmem_alien_avail(m, c, 1, 0), 12);
	assert_int_equal(node_stats(m, c, 1).alienoverflow, 0);
	kmem_cache_free(m, 1, c, objs[12]);
	/* 13 out: 1.1 1.0 .. 1.4 1.6, then 2.1 2.0 2.3 2.2 2.5 2.4 */
	assert_string_equal(look_alien(&look, m, c, 1, 0), "2.4");
	assert_string_equal(look_shared(&look, m, c, 0), "2.2;2.5");
	assert_slabs(SLABS_FREE, "1:0:6");
	assert_slabs(SLABS_PARTIAL, "2:3:3");
	assert_int_equal(node_stats(m, c, 1).alienoverflow, 1);
	assert_int_equal(cpu_stats(m, c, 1).remotefrees, 13);
	assert_int_equal(cpu_stats(m, c, 1).freehit, 0);
	assert_true(in_order(m));
	machine_destroy(m);
}

/*
 * Without pages an allocation tries to grow twice (refill, then node path),
 * and each try takes a colour. Then there are pages: colour 2, that is 128
 * bytes, then 80 bytes of descriptor and indices, then object 0 and, handed
 * out first, object 1: 128 + 80 + 504 = 712.
 */
static void a_failed_growth_advances_the_colour(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct node_pages pages;
	struct node_state node;
	struct obj_place place;

	(void)state;
	machine_node_pages(m, 0, &pages);
	machine_limit_pages(m, 0, pages.in_use_pages);
	assert_int_equal(kmem_cache_alloc(m, 0, c, 0), OBJ_NULL);
	kmem_node_state(m, c, 0, &node);
	assert_int_equal(node.colour_next, 2);
	assert_int_equal(cpu_stats(m, c, 0).allocmiss, 1);
	assert_int_equal(node_stats(m, c, 0).refillfail, 1);

	machine_limit_pages(m, 0, pages.in_use_pages + 1);
	obj_locate(m, kmem_cache_alloc(m, 0, c, 0), &place);
	assert_int_equal(place.index, 1);
	assert_int_equal(place.offset_bytes, 712);
	machine_destroy(m);
}

/* A fifth of four places, rounded up, is one object, the oldest. */
static void the_reaper_takes_a_fifth_of_an_idle_array(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct look look;
	obj_t objs[4];

	(void)state;
	for (int i = 0; i < 4; i++) /* 1.1 1.0 1.3 1.2 */
		objs[i] = kmem_cache_alloc(m, 0, c, 0);
	for (int i = 0; i < 4; i++)
		kmem_cache_free(m, 0, c, objs[i]);
	assert_cpu(0, "1.1;1.0;1.3;1.2");
	/* the timer of CPU 0 is due at 1000: it finds the array touched */
	machine_advance(m, 1000);
	assert_cpu(0, "1.1;1.0;1.3;1.2");
	/* at 3000 it does not any more */
	machine_advance(m, 2999);
	assert_cpu(0, "1.1;1.0;1.3;1.2");
	machine_advance(m, 3000);
	assert_cpu(0, "1.0;1.3;1.2");
	assert_int_equal(machine_next_timer(m), 5000);
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_comes_out_last_first),
		cmocka_unit_test(refill_takes_partial_before_free),
		cmocka_unit_test(
			a_slab_that_gets_an_object_back_waits_at_the_tail),
		cmocka_unit_test(an_emptied_slab_is_kept_up_to_the_free_limit),
		cmocka_unit_test(an_idle_array_gets_sixteen),
		cmocka_unit_test(one_object_from_shared_ends_a_refill),
		cmocka_unit_test(a_full_alien_array_goes_home),
		cmocka_unit_test(a_failed_growth_advances_the_colour),
		cmocka_unit_test(the_reaper_takes_a_fifth_of_an_idle_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
