/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects older than a trace: what an import finds out by their addresses,
 * where markers and runs of the reaper stand, and how a replay that begins
 * later than its trace frees them. Also kmallocs that are no slab objects.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>

#include "model/inspect.h"
#include "sim/demand.h"
#include "sim/replay.h"
#include "tests/trace_fixture.h"
#include "traces/marks.h"

static struct imported i;

static int release(void **state)
{
	(void)state;
	imported_release(&i);
	return 0;
}

#define LINE(cpu, us, event) "  sh-72 [00" cpu "] .....  1." us ": " event "\n"
#define ALLOC(cpu, us, ptr)                                                 \
	LINE(cpu, us,                                                       \
	     "kmem_cache_alloc: call_site=f+0x1/0x2 ptr=" ptr               \
	     " bytes_req=192 bytes_alloc=192 gfp_flags=GFP_KERNEL node=-1 " \
	     "accounted=false")
#define KMALLOC(cpu, us, ptr, req, alloc, gfp)                          \
	LINE(cpu, us,                                                   \
	     "kmalloc: call_site=g+0x1/0x2 ptr=" ptr " bytes_req=" #req \
	     " bytes_alloc=" #alloc " gfp_flags=" gfp                   \
	     " node=-1 accounted=false")
#define FREE(cpu, us, ptr, name) \
	LINE(cpu, us,            \
	     "kmem_cache_free: call_site=h+0x1/0x2 ptr=" ptr " name=" name)
#define KFREE(cpu, us, ptr) LINE(cpu, us, "kfree: call_site=k+0x1/0x2 ptr=" ptr)

/*
 * CPU 0 allocates near 0xffff888000010000, CPU 3 near 0xffff888100000000. Of
 * older objects: the first lies nearer to what CPU 0 got, the second to CPU
 * 3's; the third is on the page of CPU 3's reclaimable kmalloc, so it is one;
 * the fourth on a page that only later is allocated from: a dentry; the
 * fifth on a page of its own: a kfree says no more.
 */
#define TEXT                                               \
	ALLOC("0", "000000", "ffff888000010000")           \
	KMALLOC("3", "000001", "ffff888100000040", 40, 64, \
		"GFP_KERNEL|__GFP_RECLAIMABLE")            \
	FREE("1", "000002", "ffff888000020000", "dentry")  \
	FREE("1", "000003", "ffff888100020000", "dentry")  \
	KFREE("2", "000004", "ffff888100000080")           \
	KFREE("0", "000005", "ffff888000030000")           \
	ALLOC("0", "000006", "ffff888000030180")           \
	KFREE("0", "000007", "ffff888000040000")           \
	FREE("0", "000008", "ffff888000010000", "dentry")  \
	FREE("0", "000009", "ffff888000030180", "dentry")

static void assert_older(size_t n, int node, uint32_t cache, uint32_t bytes,
			 uint32_t gfp)
{
	assert_int_equal(i.events[n].op, EVENT_FREE_UNKNOWN);
	assert_int_equal(i.events[n].node, node);
	assert_int_equal(i.events[n].cache, cache);
	assert_int_equal(i.events[n].bytes_req, bytes);
	assert_int_equal(i.events[n].gfp, gfp);
}

static void addresses_tell_node_and_cache(void **state)
{
	const struct import_options options = { .old_objs = true };

	(void)state;
	import_text(&i, TEXT, &options);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 10);
	assert_older(2, 0, 0, 0, 0);
	assert_older(3, 3, 0, 0, 0);
	assert_older(4, 3, EVENT_NO_CACHE, 40, EVENT_GFP_RECLAIMABLE);
	assert_older(5, 0, 0, 0, 0);
	assert_older(7, 0, EVENT_NO_CACHE, 0, 0);
	/* two by name, one by its page; those with allocations */
	assert_int_equal(i.header->caches[0].unknown_frees, 3);
	assert_int_equal(i.header->caches[0].frees, 5);
}

static void unless_nobody_asked(void **state)
{
	(void)state;
	import_text(&i, TEXT, NULL);
	assert_older(2, -1, 0, 0, 0);
	assert_older(4, -1, EVENT_NO_CACHE, 0, 0);
}

/* Hashes are numbers of 32 bits: neighbours mean nothing. */
static void hashed_pointers_tell_nothing(void **state)
{
	const struct import_options options = { .old_objs = true };

	(void)state;
	import_text(&i,
		    ALLOC("0", "000000", "00000000a0010000") FREE(
			    "1", "000001", "00000000a0010040", "dentry")
			    FREE("1", "000002", "00000000a0010000", "dentry"),
		    &options);
	assert_older(1, -1, 0, 0, 0);
}

/* --- marks --- */

static void marks_are_found(void **state)
{
	const char *text = LINE("2", "000100", "sched_switch: x") LINE(
		"1", "500100", "tracing_mark_write: slabinfo begin t0.0")
		LINE("1", "500200", "tracing_mark_write: slabinfo end t0.0") LINE(
			"3", "600100",
			"workqueue_execute_start: work struct 00000000b298: "
			"function cache_reap")
			LINE("3", "600200",
			     "workqueue_execute_start: work struct 00000000b298: "
			     "function vmstat_update")
				LINE("0", "700100",
				     "tracing_mark_write: slabinfo begin t1.0");
	struct trace_marks marks;
	struct trace_error error;
	const struct trace_mark *mark;
	char path[512];

	(void)state;
	write_file(scratch(path, "marks.txt"), text, strlen(text));
	assert_int_equal(trace_marks_read(path, &marks, &error), 0);
	assert_int_equal(marks.nr, 4);
	/* times are since the first event, 1.000100 s */
	mark = trace_marks_find(&marks, MARK_SLABINFO_END, NULL, false);
	assert_string_equal(mark->name, "t0.0");
	assert_int_equal(mark->time_ns, 500100000);
	mark = trace_marks_find(&marks, MARK_SLABINFO_BEGIN, NULL, true);
	assert_string_equal(mark->name, "t1.0");
	assert_int_equal(mark->time_ns, 700000000);
	mark = trace_marks_find(&marks, MARK_REAP, NULL, false);
	assert_int_equal(mark->cpu, 3);
	assert_int_equal(mark->time_ns, 600000000);
	assert_null(trace_marks_find(&marks, MARK_SLABINFO_END, "t1.0", false));
	trace_marks_release(&marks);
}

/* --- replay --- */

static char name_thing[] = "thing", no_reason[] = "", row_thing[] = "thing",
	    row_64[] = "kmalloc-64";

static struct cache_def defs[] = {
	{ .name = name_thing, .size_bytes = 1024, .reason = no_reason },
};

static const struct trace_header header = {
	.cpus = 4,
	.nr_slots = 8,
	.caches = defs,
	.nr_caches = 1,
};

static struct replay *replay;

static struct machine *start(const struct replay_options *options)
{
	const struct machine_config config = {
		.profile = &slab_profile_6_1,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 100000,
	};
	struct trace_error error;

	replay = replay_create(&header, &config, options, &error);
	assert_non_null(replay);
	return replay_machine(replay);
}

static int finish(void **state)
{
	(void)state;
	replay_destroy(replay);
	replay = NULL;
	return 0;
}

static struct event make(enum event_op op, uint32_t slot, uint16_t cpu,
			 uint32_t cache, uint32_t bytes)
{
	return (struct event){
		.op = (uint8_t)op,
		.slot = slot,
		.cpu = cpu,
		.node = -1,
		.cache = cache,
		.bytes_req = bytes,
	};
}

static void replay_one(struct event event)
{
	struct trace_error error;

	assert_int_equal(replay_events(replay, &event, 1, &error), 0);
}

/* 8192 is the largest cache of 6.1; up to 4 MiB pages serve; above, nobody. */
static void large_kmallocs_are_pages(void **state)
{
	const struct replay_counts *counts;

	(void)state;
	start(NULL);
	counts = replay_counts(replay);
	replay_one(make(EVENT_KMALLOC, 0, 0, EVENT_NO_CACHE, 8192));
	assert_int_equal(counts->too_large, 0);
	replay_one(make(EVENT_KMALLOC, 1, 0, EVENT_NO_CACHE, 8193));
	replay_one(make(EVENT_KMALLOC, 2, 0, EVENT_NO_CACHE, 4194304));
	assert_int_equal(counts->too_large, 2);
	assert_int_equal(counts->failed_allocs, 0);
	replay_one(make(EVENT_KMALLOC, 3, 0, EVENT_NO_CACHE, 4194305));
	assert_int_equal(counts->too_large, 3);
	assert_int_equal(counts->failed_allocs, 1);
	for (uint32_t slot = 0; slot < 4; slot++)
		replay_one(make(EVENT_FREE, slot, 0, EVENT_NO_CACHE, 0));
	assert_int_equal(counts->frees, 3);
	assert_int_equal(counts->skipped_frees, 1);
	/* the slot is free for another one */
	replay_one(make(EVENT_KMALLOC, 1, 0, EVENT_NO_CACHE, 100));
	assert_int_equal(counts->failed_allocs, 1);
}

static struct slabinfo info_of(struct machine *m, const char *name)
{
	struct slabinfo info;

	kmem_slabinfo(m, kmem_cache_find(m, name), &info);
	return info;
}

static struct slabinfo_row thing_row(uint64_t objs)
{
	return (struct slabinfo_row){
		.name = row_thing,
		.active_objs = objs,
		.num_objs = objs,
		.objsize = 1024,
		.objperslab = 4,
		.num_slabs = objs / 4,
		.active_slabs = objs / 4,
		.has_stats = true,
		.allochit = objs, /* all in use, none in an array */
	};
}

/*
 * An object that CPU 3 (node 1) allocated before the start is one of the warm
 * ones of node 1: its free on CPU 0 is remote, on CPU 2 it is not. One that
 * was freed before the start is none.
 */
static void what_is_skipped_is_remembered(void **state)
{
	struct slabinfo_row rows[] = { thing_row(16) };
	const struct slabinfo_file file = { .rows = rows, .nr = 1 };
	const struct replay_options options = { .slabinfo_before = &file };
	const struct event before[] = {
		make(EVENT_ALLOC, 0, 3, 0, 1024),
		make(EVENT_ALLOC, 1, 3, 0, 1024),
		make(EVENT_ALLOC, 2, 3, 0, 1024),
		make(EVENT_FREE, 2, 3, 0, 0),
	};
	struct trace_error error;
	struct machine *m;

	(void)state;
	m = start(&options);
	assert_int_equal(replay_skip_events(replay, before, 4, &error), 0);
	assert_int_equal(replay_counts(replay)->allocs, 0);
	assert_int_equal(info_of(m, "thing").active_objs, 16);
	replay_one(make(EVENT_FREE, 0, 0, 0, 0));
	assert_int_equal(info_of(m, "thing").cpu.remotefrees, 1);
	replay_one(make(EVENT_FREE, 1, 2, 0, 0));
	assert_int_equal(info_of(m, "thing").cpu.remotefrees, 1);
	assert_int_equal(info_of(m, "thing").cpu.freehit, 1);
	replay_one(make(EVENT_ALLOC, 2, 0, 0, 1024));
	assert_int_equal(replay_counts(replay)->warm_frees, 2);
}

/* Whatever was wrong before the start, it was "event 1"; and so on from there. */
static void what_is_skipped_is_counted(void **state)
{
	const struct event before[] = {
		make(EVENT_ALLOC, 0, 3, 0, 1024),
		make(EVENT_FREE, 0, 3, 0, 0),
		make(EVENT_ALLOC, 1, 3, 0, 1024),
	};
	const struct event strange = make(EVENT_ALLOC, 8, 0, 0, 1024);
	struct trace_error error;

	(void)state;
	start(NULL);
	assert_int_equal(replay_skip_events(replay, before, 3, &error), 0);
	assert_int_equal(replay_counts(replay)->events, 0);
	assert_int_equal(replay_skip_events(replay, &strange, 1, &error),
			 -EBADMSG);
	assert_non_null(strstr(error.text, "event 4: a bad allocation"));
	replay_one(make(EVENT_ALLOC, 2, 0, 0, 1024));
	assert_int_equal(replay_events(replay, &strange, 1, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "event 6: a bad allocation"));
}

/*
 * 16 objects in four slabs, two and eight on each node. The trace frees eleven
 * of node 1: three too many. Node 0, which needs two, can spare a slab of four:
 * it goes over, and all eleven frees by CPU 2 (node 1) are local.
 */
static void objects_lie_where_they_are_freed(void **state)
{
	struct slabinfo_row rows[] = { thing_row(16) };
	const struct slabinfo_file file = { .rows = rows, .nr = 1 };
	struct warm_demand demand[] = {
		{ .cache = 0, .node = 1, .nr = 11 },
		{ .cache = 0, .node = 0, .nr = 2 },
	};
	const struct warm_demands demands = { demand, 2 };
	const struct replay_options options = {
		.slabinfo_before = &file,
		.demands = &demands,
	};
	struct node_state node;
	struct machine *m;

	(void)state;
	m = start(&options);
	kmem_node_state(m, kmem_cache_find(m, "thing"), 0, &node);
	assert_int_equal(node.live_objs, 4);
	assert_int_equal(node.slabs_full, 1);
	for (int n = 0; n < 11; n++)
		replay_one(make(EVENT_FREE_UNKNOWN, EVENT_NO_SLOT, 2, 0, 0));
	assert_int_equal(info_of(m, "thing").cpu.freehit, 11);
	assert_int_equal(info_of(m, "thing").cpu.remotefrees, 0);
	assert_int_equal(info_of(m, "thing").num_slabs, 4);
}

/* A kfree whose page told what it frees, and the tunables of the row. */
static void kmallocs_and_tunables_of_slabinfo(void **state)
{
	struct slabinfo_row rows[] = {
		{ .name = row_64,
		  .active_objs = 6400,
		  .num_objs = 6400,
		  .objsize = 64,
		  .objperslab = 64,
		  .num_slabs = 100,
		  .active_slabs = 100,
		  .has_stats = true,
		  .has_tunables = true,
		  .limit = 20,
		  .batchcount = 10,
		  .shared = 2,
		  .allochit = 6400 },
	};
	const struct slabinfo_file file = { .rows = rows, .nr = 1 };
	const struct replay_options options = {
		.slabinfo_before = &file,
		.slabinfo_tunables = true,
	};
	struct slabinfo before;
	struct cache_info info;
	struct machine *m;

	(void)state;
	m = start(&options);
	kmem_cache_info(m, kmem_cache_find(m, "kmalloc-64"), &info);
	assert_int_equal(info.limit, 20);
	assert_int_equal(info.batchcount, 10);
	assert_int_equal(info.shared, 2);
	before = info_of(m, "kmalloc-64");
	replay_one(
		make(EVENT_FREE_UNKNOWN, EVENT_NO_SLOT, 1, EVENT_NO_CACHE, 40));
	assert_int_equal(info_of(m, "kmalloc-64").cpu.freehit,
			 before.cpu.freehit + 1);
	assert_int_equal(replay_counts(replay)->warm_frees, 1);
}

/* By hand, the reaper runs when told to and at no other time. */
static void reaper_by_hand(void **state)
{
	const struct replay_options options = { .reap_by_hand = true };
	struct cpu_state cpu;
	struct machine *m;
	cachep_t cachep;

	(void)state;
	m = start(&options);
	cachep = kmem_cache_find(m, "thing");
	replay_one(make(EVENT_ALLOC, 0, 0, 0, 1024));
	replay_one(make(EVENT_FREE, 0, 0, 0, 0));
	replay_advance(replay, UINT64_C(60000000000));
	kmem_cpu_state(m, cachep, 0, &cpu);
	assert_int_equal(cpu.avail, 4);
	assert_int_equal(cpu.touched, 1);
	replay_reap(replay, 0, UINT64_C(61000000000));
	kmem_cpu_state(m, cachep, 0, &cpu);
	assert_int_equal(cpu.touched, 0);
	assert_int_equal(cpu.avail, 4);
	/* (54 + 4) / 5 = 11 > 4, so half of them, rounded up */
	replay_reap(replay, 0, UINT64_C(62000000000));
	kmem_cpu_state(m, cachep, 0, &cpu);
	assert_int_equal(cpu.avail, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(addresses_tell_node_and_cache,
					  release),
		cmocka_unit_test_teardown(unless_nobody_asked, release),
		cmocka_unit_test_teardown(hashed_pointers_tell_nothing,
					  release),
		cmocka_unit_test(marks_are_found),
		cmocka_unit_test_teardown(large_kmallocs_are_pages, finish),
		cmocka_unit_test_teardown(what_is_skipped_is_remembered,
					  finish),
		cmocka_unit_test_teardown(what_is_skipped_is_counted, finish),
		cmocka_unit_test_teardown(objects_lie_where_they_are_freed,
					  finish),
		cmocka_unit_test_teardown(kmallocs_and_tunables_of_slabinfo,
					  finish),
		cmocka_unit_test_teardown(reaper_by_hand, finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("older", tests, NULL, NULL);
}
