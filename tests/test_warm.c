/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The warm start: what a slabinfo's rows become on a machine of two nodes with
 * two CPUs each, and what frees of older objects find there.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/inspect.h"
#include "sim/replay.h"

static char name_pid[] = "pid", no_reason[] = "";

static struct cache_def defs[] = {
	{ .name = name_pid,
	  .size_bytes = 112,
	  .flags = CACHE_DEF_HWALIGN,
	  .reason = no_reason,
	  .unknown_frees = 9,
	  .inferred_allocs = 1 },
};

static const struct trace_header header = {
	.cpus = 4,
	.nr_slots = 1,
	.caches = defs,
	.nr_caches = 1,
};

static char row_pid[] = "pid", row_other[] = "other", row_64[] = "kmalloc-64",
	    row_rcl[] = "kmalloc-rcl-64", row_empty[] = "empty",
	    row_huge[] = "huge";

static struct replay *replay;

static struct replay *start(struct slabinfo_row *rows, uint32_t nr)
{
	const struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 100000,
	};
	const struct slabinfo_file file = { .rows = rows, .nr = nr };
	const struct replay_options options = { .slabinfo_before = &file };
	struct trace_error error;

	replay = replay_create(&header, &config, &options, &error);
	assert_non_null(replay);
	return replay;
}

static int finish(void **state)
{
	(void)state;
	replay_destroy(replay);
	replay = NULL;
	return 0;
}

static void hear(void *arg, const char *sentence)
{
	(void)arg;
	print_error("%s\n", sentence);
}

static void info_of(const char *name, struct slabinfo *info)
{
	struct machine *m = replay_machine(replay);
	cachep_t cachep = kmem_cache_find(m, name);

	assert_int_not_equal(cachep, CACHE_NULL);
	kmem_slabinfo(m, cachep, info);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

static uint64_t live_on(const char *name, uint32_t node)
{
	struct machine *m = replay_machine(replay);
	struct node_state state;

	kmem_node_state(m, kmem_cache_find(m, name), node, &state);
	return state.live_objs;
}

/*
 * pid: 30 of 128 bytes a slab in 2.6.36, 32 in the traced kernel. 5 slabs of
 * 32 are 160 places, here 6 slabs of 30; one of 5 was free: 32 places, one
 * slab. 100 active, 60 + 5 - 10 = 55 in use, 20 shared: 25 in CPU arrays.
 */
static struct slabinfo_row pid_row(void)
{
	return (struct slabinfo_row){
		.name = row_pid,
		.active_objs = 100,
		.num_objs = 160,
		.objsize = 128,
		.objperslab = 32,
		.pagesperslab = 1,
		.active_slabs = 4,
		.num_slabs = 5,
		.shared_avail = 20,
		.has_stats = true,
		.allochit = 60,
		.allocmiss = 5,
		.freehit = 8,
		.remotefrees = 2,
	};
}

static void numbers_by_statistics(void **state)
{
	struct slabinfo_row row = pid_row();
	const struct warm_report *report;
	struct slabinfo info;

	(void)state;
	start(&row, 1);
	report = replay_warm(replay);
	assert_int_equal(report->rows, 1);
	assert_int_equal(report->created, 0);
	assert_int_equal(report->refused, 0);
	assert_int_equal(report->estimated, 0);
	assert_int_equal(report->slabs, 6);
	assert_int_equal(report->objs, 55);
	assert_int_equal(report->array_objs, 45);
	assert_int_equal(report->missing_slabs, 0);
	info_of("pid", &info);
	assert_int_equal(info.active_objs, 100);
	assert_int_equal(info.num_objs, 180);
	assert_int_equal(info.num_slabs, 6);
	assert_int_equal(info.active_slabs, 5);
	assert_int_equal(info.shared_avail, 20);
	assert_int_equal(info.cpu.allochit, 0);
	/* 60 and 40 objects, less 10 shared each, less 13 and 12 in arrays */
	assert_int_equal(live_on("pid", 0), 60 - 10 - 13);
	assert_int_equal(live_on("pid", 1), 40 - 10 - 12);
}

/* Without statistics: 4 CPUs, a sixth of 120 each, but at most half. */
static void arrays_by_estimate(void **state)
{
	struct slabinfo_row row = pid_row();

	(void)state;
	row.has_stats = false;
	start(&row, 1);
	assert_int_equal(replay_warm(replay)->estimated, 1);
	/* half of 100 - 20 is less than 80 */
	assert_int_equal(replay_warm(replay)->array_objs, 20 + 40);
	assert_int_equal(replay_warm(replay)->objs, 40);
	finish(NULL);
	row.active_objs = row.num_objs = 3200;
	row.active_slabs = row.num_slabs = 100;
	start(&row, 1);
	assert_int_equal(replay_warm(replay)->array_objs, 20 + 80);
	assert_int_equal(replay_warm(replay)->objs, 3100);
}

static void other_caches_are_made(void **state)
{
	struct slabinfo_row rows[] = {
		{ .name = row_other,
		  .active_objs = 5,
		  .num_objs = 10,
		  .objsize = 400,
		  .num_slabs = 1,
		  .active_slabs = 1,
		  .limit = 54 },
		{ .name = row_empty, .objsize = 40 },
		{ .name = row_huge,
		  .active_objs = 1,
		  .num_objs = 1,
		  .objsize = 1u << 30,
		  .num_slabs = 1,
		  .active_slabs = 1 },
	};
	struct slabinfo info;

	(void)state;
	start(rows, 3);
	assert_int_equal(replay_warm(replay)->rows, 2);
	assert_int_equal(replay_warm(replay)->created, 1);
	assert_int_equal(replay_warm(replay)->refused, 1);
	info_of("other", &info);
	assert_int_equal(info.active_objs, 5);
	assert_int_equal(kmem_cache_find(replay_machine(replay), "empty"),
			 CACHE_NULL);
}

/* Two rows, one cache; what the boot put there is part of it. */
static void general_caches_by_size(void **state)
{
	struct slabinfo_row rows[] = {
		{ .name = row_64,
		  .active_objs = 3000,
		  .num_objs = 3008,
		  .objsize = 64,
		  .num_slabs = 47,
		  .active_slabs = 47 },
		{ .name = row_rcl,
		  .active_objs = 500,
		  .num_objs = 512,
		  .objsize = 64,
		  .num_slabs = 8,
		  .active_slabs = 8 },
	};
	struct slabinfo info;

	(void)state;
	start(rows, 2);
	info_of("size-64", &info);
	assert_int_equal(info.active_objs, 3500);
	/*
	 * 3520 places in slabs of 59; new objects go on new slabs, so up to
	 * one slab a node more, for what the boot's slabs have left
	 */
	assert_in_range(info.num_slabs, 60, 62);
}

static void free_older(uint16_t cpu, uint32_t cache)
{
	const struct event event = {
		.op = EVENT_FREE_UNKNOWN,
		.slot = EVENT_NO_SLOT,
		.cache = cache,
		.cpu = cpu,
		.node = -1,
	};
	struct trace_error error;

	assert_int_equal(replay_events(replay, &event, 1, &error), 0);
}

/* Own node first, then the other one: a remote free. Then there are none. */
static void older_objects_are_freed(void **state)
{
	struct slabinfo_row row = {
		.name = row_pid,
		.active_objs = 3,
		.num_objs = 60,
		.objsize = 128,
		.num_slabs = 2,
		.active_slabs = 2,
		.has_stats = true,
		.allochit = 3,
	};
	struct slabinfo info;

	(void)state;
	start(&row, 1);
	/* 3 objects on 2 slabs of 30: floor(3 / 2) and the rest */
	assert_int_equal(live_on("pid", 0), 1);
	assert_int_equal(live_on("pid", 1), 2);
	free_older(0, 0);
	info_of("pid", &info);
	assert_int_equal(info.cpu.freehit, 1);
	free_older(1, 0);
	info_of("pid", &info);
	assert_int_equal(info.cpu.freehit, 1);
	assert_int_equal(info.cpu.remotefrees, 1);
	free_older(3, EVENT_NO_CACHE);
	free_older(3, 0);
	free_older(3, 0);
	info_of("pid", &info);
	assert_int_equal(info.cpu.freehit, 2);
	assert_int_equal(live_on("pid", 0) + live_on("pid", 1), 0);
	assert_int_equal(replay_counts(replay)->frees, 3);
	assert_int_equal(replay_counts(replay)->warm_frees, 3);
	assert_int_equal(replay_counts(replay)->skipped_frees, 2);
}

/* The second event is event 2 for everybody; it was event 1 here. */
static void a_bad_event_is_counted_from_1(void **state)
{
	const struct event event = {
		.op = EVENT_FREE,
		.slot = EVENT_NO_SLOT,
		.cache = EVENT_NO_CACHE,
		.node = -1,
	};
	struct trace_error error;

	(void)state;
	start(NULL, 0);
	free_older(0, EVENT_NO_CACHE);
	assert_int_equal(replay_events(replay, &event, 1, &error), -EBADMSG);
	assert_string_equal(error.text, "event 2: a bad free: the trace file "
					"contradicts itself");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(numbers_by_statistics, finish),
		cmocka_unit_test_teardown(arrays_by_estimate, finish),
		cmocka_unit_test_teardown(other_caches_are_made, finish),
		cmocka_unit_test_teardown(general_caches_by_size, finish),
		cmocka_unit_test_teardown(older_objects_are_freed, finish),
		cmocka_unit_test_teardown(a_bad_event_is_counted_from_1,
					  finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("warm", tests, NULL, NULL);
}
