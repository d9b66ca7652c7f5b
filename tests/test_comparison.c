/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine beside slabinfos: numbers worked out by hand, for two nodes with
 * two CPUs each, SLAB of 6.1. The trace: a cache "thing" of 1024 bytes (four on
 * a page, limit 54, batchcount 27).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/comparison.h"
#include "sim/comparison_print.h"

static char name_thing[] = "thing", name_other[] = "other", no_reason[] = "",
	    row_64[] = "kmalloc-64", row_rcl[] = "kmalloc-rcl-64";

static struct cache_def defs[] = {
	{ .name = name_thing, .size_bytes = 1024, .reason = no_reason },
};

static const struct trace_header header = {
	.cpus = 4,
	.nr_slots = 64,
	.caches = defs,
	.nr_caches = 1,
};

static struct replay *replay;
static struct slabinfo *start, *end;
static struct comparison comparison;

static void begin(const struct slab_profile *profile)
{
	const struct machine_config config = {
		.profile = profile,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 100000,
	};
	struct trace_error error;

	replay = replay_create(&header, &config, NULL, &error);
	assert_non_null(replay);
	start = comparison_look(replay_machine(replay));
}

static void look_and_compare(struct slabinfo_row *before, uint32_t nr_before,
			     struct slabinfo_row *after, uint32_t nr_after)
{
	const struct slabinfo_file a = { .rows = before, .nr = nr_before };
	const struct slabinfo_file b = { .rows = after, .nr = nr_after };

	end = comparison_look(replay_machine(replay));
	assert_true(comparison_make(&a, &b, replay, &header, start, end,
				    &comparison));
}

static int finish(void **state)
{
	(void)state;
	comparison_release(&comparison);
	free(start);
	free(end);
	replay_destroy(replay);
	return 0;
}

static void op(enum event_op what, uint32_t slot, uint16_t cpu, uint32_t cache,
	       uint32_t bytes, uint32_t gfp)
{
	const struct event event = {
		.op = (uint8_t)what,
		.slot = slot,
		.cpu = cpu,
		.node = -1,
		.cache = cache,
		.bytes_req = bytes,
		.gfp = gfp,
	};
	struct trace_error error;

	assert_int_equal(replay_events(replay, &event, 1, &error), 0);
}

static void thing(enum event_op what, uint32_t slot, uint16_t cpu)
{
	op(what, slot, cpu, 0, 1024, 0);
}

#define ASSERT_NUMBERS(row, which, is_real, is_predicted)                \
	do {                                                             \
		assert_int_equal((row)->real[which], is_real);           \
		assert_int_equal((row)->predicted[which], is_predicted); \
	} while (0)

/*
 * The simulated machine: five allocations on CPU 0. The first misses and grows
 * a slab of four, three hits empty the array, the fifth misses and grows
 * again. Two frees on CPU 0 hit, one on CPU 2 (node 1) is remote. So 3 hits, 2
 * misses, 2 freehits, 1 remote, 2 grown, 2 slabs; active: both slabs' 8, as
 * the misses took all four objects off each.
 *
 * The real one, by its readings: 4 hits, 3 misses, 0 freehits, 2 remote, 3
 * grown, one slab more, 6 objects more active.
 */
static void one_cache_by_hand(void **state)
{
	struct slabinfo_row before = {
		.name = name_thing,
		.active_objs = 10,
		.num_objs = 20,
		.objsize = 1024,
		.objperslab = 4,
		.pagesperslab = 1,
		.num_slabs = 5,
		.has_stats = true,
		.allochit = 100,
		.allocmiss = 10,
		.freehit = 40,
		.remotefrees = 7,
		.grown = 9,
	};
	struct slabinfo_row after = before;
	const struct comparison_row *row;

	(void)state;
	begin(&slab_profile_6_1);
	for (uint32_t i = 0; i < 5; i++)
		thing(EVENT_ALLOC, i, 0);
	thing(EVENT_FREE, 0, 0);
	thing(EVENT_FREE, 1, 0);
	thing(EVENT_FREE, 2, 2);
	after.active_objs = 16;
	after.num_slabs = 6;
	after.allochit = 104;
	after.allocmiss = 13;
	after.remotefrees = 9;
	after.grown = 12;
	look_and_compare(&before, 1, &after, 1);
	assert_int_equal(comparison.nr, 1);
	row = &comparison.rows[0];
	assert_string_equal(row->name, "thing");
	assert_true(row->same_layout);
	assert_true(row->traced);
	ASSERT_NUMBERS(row, COMPARED_allochit, 4, 3);
	ASSERT_NUMBERS(row, COMPARED_allocmiss, 3, 2);
	ASSERT_NUMBERS(row, COMPARED_freehit, 0, 2);
	ASSERT_NUMBERS(row, COMPARED_freemiss, 0, 0);
	ASSERT_NUMBERS(row, COMPARED_remotefrees, 2, 1);
	ASSERT_NUMBERS(row, COMPARED_alienoverflow, 0, 0);
	ASSERT_NUMBERS(row, COMPARED_grown, 3, 2);
	ASSERT_NUMBERS(row, COMPARED_num_slabs, 1, 2);
	ASSERT_NUMBERS(row, COMPARED_active_objs, 6, 8);
	/* 1 of 3 misses; slabs: 1 of the 6 at the end; of no freehits, none */
	assert_true(comparison_percent(&comparison.totals[COMPARED_allocmiss]) >
		    33.3);
	assert_true(comparison_percent(&comparison.totals[COMPARED_allocmiss]) <
		    33.4);
	assert_int_equal(comparison.totals[COMPARED_num_slabs].base, 6);
	assert_true(comparison_percent(&comparison.totals[COMPARED_freehit]) <
		    0);
}

/* One cache has 7 too many, another 7 too few: 14, not 0. And types. */
static void errors_do_not_cancel(void **state)
{
	struct slabinfo_row before[] = {
		{ .name = row_64, .objsize = 64, .has_stats = true },
		{ .name = row_rcl, .objsize = 64, .has_stats = true },
	};
	struct slabinfo_row after[] = { before[0], before[1] };

	(void)state;
	begin(&slab_profile_6_1);
	/* a miss each (there may be objects of the boot), then hits */
	for (uint32_t i = 0; i < 10; i++)
		op(EVENT_KMALLOC, i, 3, EVENT_NO_CACHE, 40, 0);
	for (uint32_t i = 10; i < 20; i++)
		op(EVENT_KMALLOC, i, 3, EVENT_NO_CACHE, 64,
		   EVENT_GFP_RECLAIMABLE);
	after[0].allochit = 2;
	after[0].allocmiss = 1;
	after[1].allochit = 16;
	after[1].allocmiss = 1;
	look_and_compare(before, 2, after, 2);
	assert_int_equal(comparison.nr, 2);
	assert_string_equal(comparison.rows[0].name, "kmalloc-64");
	assert_string_equal(comparison.rows[1].name, "kmalloc-rcl-64");
	assert_int_equal(comparison.rows[0].predicted_allocs, 10);
	assert_int_equal(comparison.rows[1].predicted_allocs, 10);
	ASSERT_NUMBERS(&comparison.rows[1], COMPARED_allochit, 16, 9);
	ASSERT_NUMBERS(&comparison.rows[0], COMPARED_allochit, 2, 9);
	assert_int_equal(comparison.totals[COMPARED_allochit].difference, 14);
	assert_int_equal(comparison.totals[COMPARED_allochit].real, 18);
	assert_int_equal(comparison.totals[COMPARED_allochit].predicted, 18);
}

/* 2.6.36 has no reclaimable kmallocs: both rows are about its size-64. */
static void rows_of_one_cache_are_one(void **state)
{
	struct slabinfo_row before[] = {
		{ .name = row_64, .objsize = 64 },
		{ .name = row_rcl, .objsize = 64 },
	};

	(void)state;
	begin(&slab_profile_2_6_36);
	look_and_compare(before, 2, before, 2);
	assert_int_equal(comparison.nr, 1);
	assert_string_equal(comparison.rows[0].name,
			    "kmalloc-64+kmalloc-rcl-64");
	/* no statistics: counters are unknown, slabs are not */
	assert_false(comparison.totals[COMPARED_allochit].known);
	assert_true(comparison.totals[COMPARED_num_slabs].known);
}

/*
 * 100 real allocations, 5 in the trace: the row is shown, not summed. A row of
 * which 20 are missing is: the readings take time. "other" is not there.
 */
static void untraced_caches_are_left_out(void **state)
{
	struct slabinfo_row rows[] = {
		{ .name = name_thing, .objsize = 1024, .has_stats = true },
		{ .name = name_other,
		  .objsize = 8,
		  .num_objs = 1,
		  .has_stats = true },
	};
	struct slabinfo_row after[] = { rows[0], rows[1] };

	(void)state;
	begin(&slab_profile_6_1);
	for (uint32_t i = 0; i < 5; i++)
		thing(EVENT_ALLOC, i, 0);
	after[0].allochit = 99;
	after[0].allocmiss = 1;
	look_and_compare(rows, 2, after, 2);
	assert_int_equal(comparison.nr, 1);
	assert_int_equal(comparison.without_cache, 1);
	assert_int_equal(comparison.untraced, 1);
	assert_false(comparison.rows[0].traced);
	assert_false(comparison.totals[COMPARED_allochit].known);
	assert_int_equal(comparison.all[COMPARED_allochit].difference, 96);
	comparison_release(&comparison);
	free(end);
	after[0].allochit = 24;
	look_and_compare(rows, 2, after, 2);
	assert_true(comparison.rows[0].traced);
	assert_int_equal(comparison.totals[COMPARED_allochit].difference, 21);
}

/* 5 % of 200 is 10; of 30, which is below 100, 5. Below 0: any. */
static void tolerances(void **state)
{
	struct tolerance tolerance = { .percent = { 5 } };
	struct comparison_total total = { .known = true, .base = 200 };

	(void)state;
	total.difference = 10;
	assert_false(tolerance_over(&tolerance, COMPARED_allochit, &total));
	total.difference = 11;
	assert_true(tolerance_over(&tolerance, COMPARED_allochit, &total));
	total.base = 30;
	total.difference = 5;
	assert_false(tolerance_over(&tolerance, COMPARED_allochit, &total));
	total.difference = 6;
	assert_true(tolerance_over(&tolerance, COMPARED_allochit, &total));
	total.known = false;
	assert_false(tolerance_over(&tolerance, COMPARED_allochit, &total));
	total.known = true;
	tolerance.percent[COMPARED_allochit] = -1;
	assert_false(tolerance_over(&tolerance, COMPARED_allochit, &total));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_cache_by_hand, finish),
		cmocka_unit_test_teardown(errors_do_not_cancel, finish),
		cmocka_unit_test_teardown(rows_of_one_cache_are_one, finish),
		cmocka_unit_test_teardown(untraced_caches_are_left_out, finish),
		cmocka_unit_test(tolerances),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("comparison", tests, NULL, NULL);
}
