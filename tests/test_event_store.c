/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store of events past what it keeps in memory: every event is there, as
 * it was written or changed, wherever one looks and in whatever order.
 */
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <errno.h>

#include <cmocka.h>

#include "traces/event_store.h"

/* More old chunks than are mapped at a time. */
#define NR_CHUNKS (EVENT_MEMORY_CHUNKS + 2 * EVENT_MAPPED_CHUNKS + 3)
#define NR_EVENTS ((uint64_t)NR_CHUNKS * EVENT_CHUNK - 5)

/* Event @i of all tests that look at it by itself. */
static struct event make(uint64_t i)
{
	return (struct event){
		.time_ns = 3 * i + 1,
		.slot = (uint32_t)i,
		.bytes_req = (uint32_t)(i % 100),
		.cache = (uint32_t)(i % 7),
		.task = (uint32_t)(i % 13),
		.cpu = (uint16_t)(i % 5),
		.node = -1,
		.op = EVENT_ALLOC,
	};
}

static void fill(struct event_store *store)
{
	for (uint64_t i = 0; i < NR_EVENTS; i++) {
		struct event event = make(i);

		assert_true(event_store_add(store, &event));
	}
	assert_int_equal(store->nr, NR_EVENTS);
	assert_int_equal(store->last_ns, 3 * (NR_EVENTS - 1) + 1);
	assert_int_equal(event_store_error(store), 0);
	/* 7 and 100 have no common divisor, nor have 13 and 5 */
	assert_int_equal(store->shapes.nr, 700);
	assert_int_equal(store->threads.nr, 65);
}

static void assert_same(const struct event *a, const struct event *b)
{
	assert_int_equal(a->time_ns, b->time_ns);
	assert_int_equal(a->slot, b->slot);
	assert_int_equal(a->bytes_req, b->bytes_req);
	assert_int_equal(a->cache, b->cache);
	assert_int_equal(a->gfp, b->gfp);
	assert_int_equal(a->call_site, b->call_site);
	assert_int_equal(a->task, b->task);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->node, b->node);
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->flags, b->flags);
}

static void in_order(void **state)
{
	struct event_store store = { 0 };
	struct event_cursor cursor = { .store = &store };
	struct event events[1000];
	uint64_t nr = 0;
	int n;

	(void)state;
	fill(&store);
	for (uint64_t i = 0; i < NR_EVENTS; i++) {
		struct event_record *record = event_store_at(&store, i);

		if (record->slot != (uint32_t)i)
			fail_msg("event %llu", (unsigned long long)i);
		record->slot++;
	}
	while ((n = event_cursor_read(&cursor, events, 1000)) > 0) {
		for (int i = 0; i < n; i++, nr++) {
			struct event made = make(nr);

			made.slot++;
			assert_same(&events[i], &made);
		}
	}
	assert_int_equal(n, 0);
	assert_int_equal(nr, NR_EVENTS);
	event_cursor_release(&cursor);
	event_store_release(&store);
	assert_null(store.chunks);
}

/* Old events are changed while new ones come, as an import does it. */
static void here_and_there(void **state)
{
	struct event_store store = { 0 };
	uint64_t seed = 1;

	(void)state;
	for (uint64_t i = 0; i < NR_EVENTS; i++) {
		const struct event event = { .slot = (uint32_t)i };

		assert_true(event_store_add(&store, &event));
		if (i % 1000)
			continue;
		seed = seed * 6364136223846793005 + 1442695040888963407;
		event_store_at(&store, (seed >> 20) % (i + 1))->thread++;
	}
	seed = 1;
	for (uint64_t i = 0; i < NR_EVENTS; i += 1000) {
		const struct event_record *record;

		seed = seed * 6364136223846793005 + 1442695040888963407;
		record = event_store_at(&store, (seed >> 20) % (i + 1));
		assert_int_equal(record->slot, (seed >> 20) % (i + 1));
		assert_in_range(record->thread, 1, 100);
	}
	event_store_release(&store);
}

/* Steps up to, at and over what a record can say, and back: times are exact. */
static void long_steps(void **state)
{
	static const uint64_t times[] = {
		0,          4294967294, /* the longest short step */
		8589934589,             /* one more: a long one */
		8589934589, 12884901885, 12884901886, INT64_MAX,  INT64_MAX,
		7,          8,           0,           4294967296,
	};
	const size_t nr = sizeof(times) / sizeof(times[0]);
	struct event_store store = { 0 };
	struct event_cursor cursor = { .store = &store };
	struct event event = { .op = EVENT_CREATE };

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		event.time_ns = times[i];
		assert_true(event_store_add(&store, &event));
	}
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(event_cursor_read(&cursor, &event, 1), 1);
		assert_int_equal(event.time_ns, times[i]);
	}
	assert_int_equal(event_cursor_read(&cursor, &event, 1), 0);
	/* 2nd to 3rd, 4th to 5th, to the first maximum, back to 7, to 0, on */
	assert_int_equal(store.nr_long, 6);
	event_cursor_release(&cursor);
	event_store_release(&store);
}

/*
 * A free is of the cache that its slot's last allocation is of when events
 * are read: a shape may have been given another one meanwhile.
 */
static void cache_of_a_free(void **state)
{
	struct event_store store = { 0 };
	struct event_cursor cursor = { .store = &store };
	const struct event alloc = { .cache = 3, .slot = 5, .op = EVENT_ALLOC };
	const struct event kmalloc = { .cache = EVENT_NO_CACHE,
				       .slot = 5,
				       .op = EVENT_KMALLOC };
	const struct event freed = { .cache = EVENT_NO_CACHE,
				     .slot = 5,
				     .op = EVENT_FREE };
	struct event events[4];

	(void)state;
	assert_true(event_store_add(&store, &alloc));
	assert_true(event_store_add(&store, &freed));
	assert_true(event_store_add(&store, &kmalloc));
	assert_true(event_store_add(&store, &freed));
	assert_int_equal(store.shapes.nr, 3);
	store.shapes.shapes[event_store_at(&store, 0)->shape].cache = 8;
	assert_int_equal(event_cursor_read(&cursor, events, 4), 4);
	assert_int_equal(events[0].cache, 8);
	assert_int_equal(events[1].cache, 8);
	assert_int_equal(events[2].cache, EVENT_NO_CACHE);
	assert_int_equal(events[3].cache, EVENT_NO_CACHE);
	event_cursor_release(&cursor);
	event_store_release(&store);
}

static void no_place_for_the_file(void **state)
{
	struct event_store store = { 0 };
	const struct event event = { .op = EVENT_CREATE };
	uint64_t i = 0;

	(void)state;
	setenv("TMPDIR", "/no/such/directory", 1);
	while (i < NR_EVENTS && event_store_add(&store, &event))
		i++;
	unsetenv("TMPDIR");
	assert_int_equal(i, EVENT_MEMORY_CHUNKS * EVENT_CHUNK);
	assert_int_equal(event_store_error(&store), ENOENT);
	event_store_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(here_and_there),
		cmocka_unit_test(long_steps),
		cmocka_unit_test(cache_of_a_free),
		cmocka_unit_test(no_place_for_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
