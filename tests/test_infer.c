/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the import puts in, and where: traces of a few lines whose outcome was
 * worked out by hand.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#define AT(cpu, us, rest) \
	"              sh-72      [00" #cpu "] .....     5." us ": " rest "\n"
#define ALLOC(cpu, us, ptr, req)                                \
	AT(cpu, us,                                             \
	   "kmem_cache_alloc: call_site=maker+0x1/0x2 ptr=" ptr \
	   " bytes_req=" #req " bytes_alloc=" #req              \
	   " gfp_flags=GFP_KERNEL node=-1 accounted=false")
#define KMALLOC(cpu, us, ptr, req)                                        \
	AT(cpu, us,                                                       \
	   "kmalloc: call_site=maker+0x1/0x2 ptr=" ptr " bytes_req=" #req \
	   " bytes_alloc=64"                                              \
	   " gfp_flags=GFP_KERNEL node=-1 accounted=false")
#define FREE(cpu, us, ptr, name) \
	AT(cpu, us,              \
	   "kmem_cache_free: call_site=killer+0x3/0x4 ptr=" ptr " name=" name)
#define KFREE(cpu, us, ptr) \
	AT(cpu, us, "kfree: call_site=killer+0x3/0x4 ptr=" ptr)

static struct imported i;
static const struct import_options all = { .infer = TRACE_INFER_ALL };

static int release(void **state)
{
	(void)state;
	imported_release(&i);
	return 0;
}

static void assert_event(size_t number, enum event_op op, uint32_t us,
			 uint32_t cpu, uint32_t slot, uint32_t cache,
			 uint32_t flags)
{
	const struct event *event = &i.events[number];

	assert_true(number < i.nr);
	assert_int_equal(event->op, op);
	assert_int_equal(event->time_ns, us * 1000);
	assert_int_equal(event->cpu, cpu);
	assert_int_equal(event->slot, slot);
	assert_int_equal(event->cache, cache);
	assert_int_equal(event->flags, flags);
}

#define NONE EVENT_NO_CACHE

/*
 * CPU 1 allocates b1 singly and a1 in bulk: a1 goes right behind b1, though
 * CPU 0 allocates later, and CPU 1 another cache's object.
 */
static const char bulk[] = ALLOC(0, "000000", "a1", 256)
	FREE(0, "000001", "a1", "maple_node") ALLOC(1, "000002", "b1", 256)
		ALLOC(0, "000003", "c1", 256) ALLOC(1, "000004", "d1", 64)
			FREE(1, "000005", "a1", "maple_node")
				FREE(1, "000006", "b1", "maple_node");

static void allocation_behind_the_latest_of_its_cache(void **state)
{
	(void)state;
	import_text(&i, bulk, &all);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 8);
	assert_event(0, EVENT_ALLOC, 0, 0, 0, 0, 0);
	assert_event(1, EVENT_FREE, 1, 0, 0, 0, 0);
	assert_event(2, EVENT_ALLOC, 2, 1, 0, 0, 0);
	assert_event(3, EVENT_ALLOC, 2, 1, 1, 0, EVENT_INFERRED);
	assert_int_equal(i.events[3].bytes_req, 256);
	assert_int_equal(i.events[3].node, -1);
	assert_event(4, EVENT_ALLOC, 3, 0, 2, 0, 0);
	assert_event(5, EVENT_ALLOC, 4, 1, 3, 1, 0);
	assert_event(6, EVENT_FREE, 5, 1, 1, 0, 0);
	assert_event(7, EVENT_FREE, 6, 1, 0, 0, 0);
	assert_int_equal(i.header->nr_slots, 4);
	assert_int_equal(i.header->infer, TRACE_INFER_ALL);
	assert_int_equal(i.header->counts.allocs, 4);
	assert_int_equal(i.header->counts.frees, 3);
	assert_int_equal(i.header->counts.unknown_frees, 1);
	assert_int_equal(i.header->counts.inferred_allocs, 1);
	assert_int_equal(i.header->caches[0].inferred_allocs, 1);
	assert_int_equal(i.header->caches[0].allocs, 3);
	assert_int_equal(i.header->caches[1].inferred_allocs, 0);
}

static void frees_only(void **state)
{
	const struct import_options options = { .infer = TRACE_INFER_FREES };

	(void)state;
	import_text(&i, bulk, &options);
	assert_int_equal(i.nr, 7);
	assert_event(5, EVENT_FREE_UNKNOWN, 5, 1, EVENT_NO_SLOT, 0, 0);
	assert_int_equal(i.header->counts.inferred_allocs, 0);
	assert_int_equal(i.header->infer, TRACE_INFER_FREES);
}

/*
 * Two allocations at one place: that of e1 right behind c1 (2 us), that of a1
 * right before its free (3 us), being of another cache. The free of a1 comes
 * first. In the order of frees, time would go back: the import of a long trace
 * once stopped with "event out of time order" by that.
 */
static const char two_at_one_place[] = ALLOC(0, "000000", "b1", 112)
	FREE(0, "000000", "a1", "pid") FREE(0, "000001", "e1", "filp")
		ALLOC(1, "000002", "c1", 256) FREE(1, "000003", "a1", "pid")
			FREE(1, "000004", "e1", "filp")
				FREE(1, "000005", "c1", "filp")
					FREE(1, "000006", "b1", "pid");

static void two_at_one_place_are_in_order_of_time(void **state)
{
	(void)state;
	import_text(&i, two_at_one_place, &all);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 10);
	assert_event(3, EVENT_ALLOC, 2, 1, 1, 1, 0);
	assert_event(4, EVENT_ALLOC, 2, 1, 2, 1, EVENT_INFERRED);
	assert_event(5, EVENT_ALLOC, 3, 1, 3, 0, EVENT_INFERRED);
	assert_event(6, EVENT_FREE, 3, 1, 3, 0, 0);
	assert_event(7, EVENT_FREE, 4, 1, 2, 1, 0);
}

/* No allocation of the cache on that CPU since: right before the free. */
static void allocation_before_its_free(void **state)
{
	(void)state;
	import_text(&i,
		    ALLOC(1, "000000", "a1", 256) FREE(1, "000001", "a1",
						       "maple_node")
			    ALLOC(0, "000002", "b1", 256)
				    FREE(1, "000003", "a1", "maple_node"),
		    &all);
	assert_int_equal(i.nr, 5);
	assert_event(2, EVENT_ALLOC, 2, 0, 0, 0, 0);
	assert_event(3, EVENT_ALLOC, 3, 1, 1, 0, EVENT_INFERRED);
	assert_event(4, EVENT_FREE, 3, 1, 1, 0, 0);
}

/* Freed twice, never allocated: the first is older, the second is proved. */
static void two_unknown_frees(void **state)
{
	(void)state;
	import_text(&i,
		    ALLOC(0, "000000", "b1", 112) FREE(0, "000001", "b1", "pid")
			    FREE(0, "000002", "a1", "pid")
				    FREE(0, "000003", "a1", "pid"),
		    &all);
	assert_int_equal(i.nr, 5);
	assert_event(2, EVENT_FREE_UNKNOWN, 2, 0, EVENT_NO_SLOT, 0, 0);
	assert_event(3, EVENT_ALLOC, 3, 0, 0, 0, EVENT_INFERRED);
	assert_event(4, EVENT_FREE, 3, 0, 0, 0, 0);
	assert_int_equal(i.header->counts.unknown_frees, 2);
	assert_int_equal(i.header->caches[0].unknown_frees, 2);
	assert_int_equal(i.header->caches[0].inferred_allocs, 1);
}

/* A kfree says no name: what was at the pointer before is what is freed. */
static void kfree_takes_the_object_before(void **state)
{
	(void)state;
	import_text(&i,
		    KMALLOC(2, "000000", "a1", 60) KFREE(2, "000001", "a1")
			    KFREE(3, "000002", "a1") KFREE(3, "000003", "a1")
				    KFREE(3, "000004", "e1")
					    KFREE(3, "000005", "e1"),
		    &all);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 8);
	assert_event(2, EVENT_KMALLOC, 2, 3, 0, NONE, EVENT_INFERRED);
	assert_int_equal(i.events[2].bytes_req, 60);
	assert_event(3, EVENT_FREE, 2, 3, 0, NONE, EVENT_BY_KFREE);
	/* an inferred object tells as much as a traced one */
	assert_event(4, EVENT_KMALLOC, 3, 3, 0, NONE, EVENT_INFERRED);
	assert_event(5, EVENT_FREE, 3, 3, 0, NONE, EVENT_BY_KFREE);
	/* nothing says what e1 is */
	assert_event(6, EVENT_FREE_UNKNOWN, 4, 3, EVENT_NO_SLOT, NONE,
		     EVENT_BY_KFREE);
	assert_event(7, EVENT_FREE_UNKNOWN, 5, 3, EVENT_NO_SLOT, NONE,
		     EVENT_BY_KFREE);
	assert_int_equal(i.header->counts.inferred_allocs, 2);
}

/* A name that no allocation bears defines nothing to allocate from. */
static void unknown_name_stays_unknown(void **state)
{
	(void)state;
	import_text(&i,
		    KMALLOC(0, "000000", "a1", 60) KFREE(0, "000001", "a1")
			    FREE(0, "000002", "a1", "strange"),
		    &all);
	assert_int_equal(i.nr, 3);
	assert_event(2, EVENT_FREE_UNKNOWN, 2, 0, EVENT_NO_SLOT, NONE, 0);
	assert_int_equal(i.header->counts.inferred_allocs, 0);
}

/* Two allocations of one pointer: without inference both live on. */
static void nothing_put_in(void **state)
{
	const struct import_options options = { .infer = TRACE_INFER_NONE };

	(void)state;
	import_text(&i,
		    ALLOC(0, "000000", "a1", 112) ALLOC(0, "000001", "a1", 112)
			    FREE(0, "000002", "a1", "pid"),
		    &options);
	assert_int_equal(i.nr, 3);
	assert_event(1, EVENT_ALLOC, 1, 0, 1, 0, 0);
	assert_event(2, EVENT_FREE, 2, 0, 1, 0, 0);
	assert_int_equal(i.header->counts.implicit_frees, 0);
	assert_int_equal(i.header->counts.live_at_end, 1);
	assert_int_equal(i.header->nr_slots, 2);
	assert_non_null(strstr(i.report.warnings, "--infer none"));
}

static void implicit_frees_counted_by_cache(void **state)
{
	(void)state;
	import_text(&i,
		    ALLOC(0, "000000", "a1", 112) ALLOC(1, "000001", "a1", 112)
			    FREE(1, "000002", "a1", "pid"),
		    &all);
	assert_int_equal(i.nr, 4);
	assert_event(1, EVENT_FREE, 1, 0, 0, 0, EVENT_IMPLICIT);
	assert_int_equal(i.header->caches[0].inferred_frees, 1);
	assert_int_equal(i.header->caches[0].frees, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			allocation_behind_the_latest_of_its_cache, release),
		cmocka_unit_test_teardown(frees_only, release),
		cmocka_unit_test_teardown(two_at_one_place_are_in_order_of_time,
					  release),
		cmocka_unit_test_teardown(allocation_before_its_free, release),
		cmocka_unit_test_teardown(two_unknown_frees, release),
		cmocka_unit_test_teardown(kfree_takes_the_object_before,
					  release),
		cmocka_unit_test_teardown(unknown_name_stays_unknown, release),
		cmocka_unit_test_teardown(nothing_put_in, release),
		cmocka_unit_test_teardown(implicit_frees_counted_by_cache,
					  release),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("infer", tests, NULL, NULL);
}
