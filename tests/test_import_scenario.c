/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios as traces: what becomes an event, what is left out, what is
 * refused.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#include <errno.h>

static struct imported i;

static int release(void **state)
{
	(void)state;
	imported_release(&i);
	return 0;
}

static void assert_event(size_t number, enum event_op op, uint64_t ms,
			 uint32_t cpu, uint32_t slot, uint32_t cache)
{
	const struct event *event = &i.events[number];

	assert_true(number < i.nr);
	assert_int_equal(event->op, op);
	assert_int_equal(event->time_ns, ms * 1000000);
	assert_int_equal(event->cpu, cpu);
	assert_int_equal(event->slot, slot);
	assert_int_equal(event->cache, cache);
}

#define NONE EVENT_NO_CACHE
#define NO_SLOT EVENT_NO_SLOT

static void a_whole_scenario(void **state)
{
	(void)state;
	import_text(&i,
		    "# a lesson\n"
		    "machine nodes=2 cpus=4\n"
		    "create 0 early 100 16 HWALIGN|RCU\n"
		    "smp\n"
		    "snap start\n"
		    "T 5\n"
		    "create 2 late 200 0 RECLAIM|PANIC|SPREAD|NOLEAK\n"
		    "a 1 early 1000000\n"
		    "an 3 late 7 1\n"
		    "T 5\n"
		    "ant 0 late 8 0\n"
		    "f 2 7\n"
		    "k 1 33 7\n"
		    "kn 1 34 9 1\n"
		    "kd 1 35 10\n"
		    "kf 3 7\n"
		    "T 2005\n"
		    "dump x early\n"
		    "slabinfo end\n",
		    NULL);
	assert_int_equal(i.code, 0);
	assert_string_equal(i.error.text, "");
	assert_int_equal(i.nr, 9);
	assert_event(0, EVENT_CREATE, 5, 2, NO_SLOT, 1);
	assert_event(1, EVENT_ALLOC, 5, 1, 0, 0);
	assert_int_equal(i.events[1].bytes_req, 100);
	assert_int_equal(i.events[1].node, -1);
	assert_event(2, EVENT_ALLOC, 5, 3, 1, 1);
	assert_int_equal(i.events[2].node, 1);
	assert_int_equal(i.events[2].gfp, 0);
	assert_event(3, EVENT_ALLOC, 5, 0, 2, 1);
	assert_int_equal(i.events[3].node, 0);
	assert_int_equal(i.events[3].gfp, EVENT_GFP_THISNODE);
	assert_event(4, EVENT_FREE, 5, 2, 1, 1);
	assert_event(5, EVENT_KMALLOC, 5, 1, 1, NONE);
	assert_int_equal(i.events[5].bytes_req, 33);
	assert_event(6, EVENT_KMALLOC, 5, 1, 3, NONE);
	assert_int_equal(i.events[6].node, 1);
	assert_event(7, EVENT_KMALLOC, 5, 1, 4, NONE);
	assert_int_equal(i.events[7].gfp, EVENT_GFP_DMA);
	assert_event(8, EVENT_FREE, 5, 3, 1, NONE);
	assert_int_equal(i.events[8].flags, EVENT_BY_KFREE);

	assert_true(i.header->scenario);
	assert_string_equal(i.header->format, "scenario");
	assert_int_equal(i.header->cpus, 4);
	assert_int_equal(i.header->nr_slots, 5);
	assert_int_equal(i.header->span_ns, 5000000);
	assert_int_equal(i.header->end_ns, 2005000000);
	assert_int_equal(i.header->counts.allocs, 6);
	assert_int_equal(i.header->counts.frees, 2);
	assert_int_equal(i.header->counts.other, 3);
	assert_int_equal(i.header->counts.events, 13);
	assert_int_equal(i.header->counts.live_at_end, 4);
}

static void caches_keep_all_they_have(void **state)
{
	const struct cache_def *early, *late;

	(void)state;
	import_text(&i,
		    "machine nodes=1 cpus=1\n"
		    "create 0 early 100 16 HWALIGN|RCU\n"
		    "smp\n"
		    "create 0 late 200 0 RECLAIM|PANIC|SPREAD|NOLEAK|DMA\n",
		    NULL);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.header->nr_caches, 2);
	early = &i.header->caches[0];
	late = &i.header->caches[1];
	assert_string_equal(early->name, "early");
	assert_int_equal(early->size_bytes, 100);
	assert_int_equal(early->align_bytes, 16);
	assert_int_equal(early->flags, CACHE_DEF_HWALIGN | CACHE_DEF_RCU);
	assert_int_equal(early->when, CACHE_BEFORE_SMP);
	assert_int_equal(early->identity, IDENTITY_GIVEN);
	assert_string_equal(late->name, "late");
	assert_int_equal(late->flags, CACHE_DEF_RECLAIM | CACHE_DEF_PANIC |
					      CACHE_DEF_SPREAD |
					      CACHE_DEF_NOLEAK | CACHE_DEF_DMA);
	assert_int_equal(late->when, CACHE_AT_EVENT);
}

/* Frees of empty slots, and kmalloc of nothing, do nothing: counted. */
static void no_ops_are_counted(void **state)
{
	(void)state;
	import_text(&i,
		    "machine nodes=1 cpus=2\n"
		    "smp\n"
		    "f 0 3\n"
		    "k 0 0 3\n"
		    "kf 1 3\n"
		    "k 0 8 3\n"
		    "kf 1 3\n"
		    "kf 1 3\n",
		    NULL);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 2);
	assert_int_equal(i.header->counts.events, 6);
	assert_int_equal(i.header->counts.failed_allocs, 1);
	assert_int_equal(i.header->counts.null_frees, 3);
	assert_int_equal(i.header->counts.frees, 1);
	assert_int_equal(i.header->counts.allocs, 1);
}

#define SMP "machine nodes=2 cpus=2\nsmp\n"

static void refused(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} cases[] = {
		{ SMP "create 0 c 8 0 -\nshrink 0 c\n", ":4: ", "shrink" },
		{ SMP "create 0 c 8 0 -\ndestroy 0 c\n", ":4: ", "destroy" },
		{ SMP "tune 0 c 1 1 1\n", ":3: ", "tune" },
		{ SMP "limit 0 5\n", ":3: ", "limit" },
		{ SMP "offline 0 1\n", ":3: ", "offline" },
		{ SMP "online 0 1\n", ":3: ", "online" },
		{ SMP "poke 1 2 3\n", ":3: ", "poke" },
		{ SMP "pokefree 1 2 3\n", ":3: ", "pokefree" },
		{ SMP "a 0 nope 1\n", ":3: ", "has not created this cache" },
		{ SMP "k 0 8 1\nk 0 8 1\n", ":4: ", "holds an object" },
		{ SMP "k 2 8 1\n", ":3: ", "no such CPU" },
		{ SMP "kn 1 8 1 2\n", ":3: ", "no such node" },
		{ SMP "T 5\nT 4\n", ":4: ", "time goes back" },
		{ SMP "T 9223372036854\nT 9223372036855\n",
		  ":4: ", "292 years" },
		{ SMP "create 0 c 8 0 -\ncreate 0 c 8 0 -\n",
		  ":4: ", "exists already" },
		{ SMP "create 0 c 4294967296 0 -\n", ":3: ", "4 GiB" },
		{ SMP "smp\n", ":3: ", "second smp" },
		{ SMP "machine nodes=1 cpus=1\n", ":3: ", "second machine" },
		{ SMP "frobnicate 1\n", ":3: ", "unknown operation" },
		{ SMP "a 0\n", ":3: ", "a CPU NAME ID" },
		{ "machine nodes=1 cpus=1\nk 0 8 1\n", ":2: ", "before smp" },
		{ "machine nodes=1 cpus=1\nT 5\n", ":2: ", "before smp" },
		{ "machine nodes=1 cpus=2\ncreate 1 c 8 0 -\n",
		  ":2: ", "no CPU but 0" },
		{ "machine nodes=1 cpus=1\nsnap x\n", ": ", "without smp" },
		{ "machine nodes=1 cpus=70000\n", ":1: ", "CPUs" },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		char where[64];

		import_text(&i, cases[n].text, NULL);
		snprintf(where, sizeof(where), "in.txt%s", cases[n].where);
		assert_error(&i, -EBADMSG, where, cases[n].why, NULL);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_scenario),
		TEST(caches_keep_all_they_have),
		TEST(no_ops_are_counted),
		TEST(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
