/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine put into a given state is a consistent one, and goes on from it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/inspect.h"
#include "model/preload.h"

static struct machine *boot(void)
{
	struct machine_config config = {
		.profile = &slab_profile_6_1,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 65536,
	};
	struct machine *m = machine_create(&config);

	assert_non_null(m);
	assert_true(machine_smp_init(m));
	return m;
}

static void report(void *arg, const char *sentence)
{
	(void)arg;
	fail_msg("%s", sentence);
}

static void forgetting_leaves_nothing(void **state)
{
	struct machine *m = boot();

	(void)state;
	machine_forget(m);
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		struct slabinfo info;

		kmem_slabinfo(m, c, &info);
		assert_int_equal(info.num_slabs, 0);
		assert_int_equal(info.cpu.allochit + info.cpu.allocmiss, 0);
	}
	assert_int_equal(machine_next_timer(m), UINT64_MAX);
	assert_int_equal(machine_check(m, report, NULL), 0);
	machine_destroy(m);
}

/*
 * 1024 bytes: four a slab. Node 0 has one partial slab, 2 and 0 free in this
 * order, 1 in CPU 0's array, 3 in use; and one full slab, all in use.
 */
static void it_goes_on_from_what_it_was_given(void **state)
{
	static const uint16_t free[] = { 2, 0 };
	struct machine *m = boot();
	cachep_t c = kmem_cache_create(m, 0, "thing", 1024, 0, 0);
	uint32_t partial, full;
	struct node_state node;
	obj_t obj;

	(void)state;
	machine_forget(m);
	partial = kmem_preload_slab(m, c, 0, free, 2);
	full = kmem_preload_slab(m, c, 0, NULL, 0);
	obj = kmem_preload_obj(m, partial, 1);
	assert_int_equal(kmem_preload_cpu(m, c, 0, &obj, 1, false), 1);
	kmem_preload_node(m, c, 0, &(struct node_preload){ .free_limit = 3 });
	kmem_preload_done(m, c);
	assert_int_equal(machine_check(m, report, NULL), 0);

	kmem_node_state(m, c, 0, &node);
	assert_int_equal(node.slabs_partial, 1);
	assert_int_equal(node.slabs_full, 1);
	assert_int_equal(node.free_objects, 2);
	assert_int_equal(node.live_objs, 5);
	/* the array's; then both free ones: the last taken comes first */
	assert_true(kmem_cache_alloc(m, 0, c, 0) == obj);
	assert_true(kmem_cache_alloc(m, 0, c, 0) ==
		    kmem_preload_obj(m, partial, 0));
	assert_true(kmem_cache_alloc(m, 0, c, 0) ==
		    kmem_preload_obj(m, partial, 2));
	kmem_cache_free(m, 1, c, kmem_preload_obj(m, full, 3));
	assert_int_equal(machine_check(m, report, NULL), 0);
	machine_destroy(m);
}

/* 3072 bytes in 8192: two a slab, colours 0 to 31. */
static void a_colour_is_the_next_slabs(void **state)
{
	struct machine *m = boot();
	cachep_t c = kmem_cache_create(m, 0, "thing", 3072, 0, 0);
	struct obj_place place;
	obj_t obj;

	(void)state;
	machine_forget(m);
	kmem_preload_colour(m, c, 0, 7);
	obj = kmem_cache_alloc(m, 0, c, 0);
	obj_locate(m, obj, &place);
	assert_int_equal(place.offset_bytes, 7 * 64 + place.index * 3072);
	assert_int_equal(machine_check(m, report, NULL), 0);
	machine_destroy(m);
}

/* The pass by hand does what the timer's does, one cache at a time. */
static void the_reaper_by_hand(void **state)
{
	static const uint16_t free[] = { 0, 1, 2, 3 };
	struct machine *m = boot();
	cachep_t c = kmem_cache_create(m, 0, "thing", 1024, 0, 0);
	struct node_state node;

	(void)state;
	machine_forget(m);
	for (int i = 0; i < 3; i++)
		kmem_preload_slab(m, c, 0, free, 4);
	/* due; a fifth of the limit's slabs: (3 + 19) / 20 = 1 of the three */
	kmem_preload_node(m, c, 0, &(struct node_preload){ .free_limit = 3 });
	kmem_preload_done(m, c);
	machine_reap_begin(m, 0);
	machine_reap_cache(m, 0, c);
	machine_reap_end(m, 0);
	kmem_node_state(m, c, 0, &node);
	assert_int_equal(node.slabs_free, 2);
	assert_int_equal(kmem_node_stats(m, c, 0)->reaped, 1);
	/* four seconds of 250 ticks */
	assert_int_equal(node.next_reap, machine_now(m) + 1000);
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgetting_leaves_nothing),
		cmocka_unit_test(it_goes_on_from_what_it_was_given),
		cmocka_unit_test(a_colour_is_the_next_slabs),
		cmocka_unit_test(the_reaper_by_hand),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
