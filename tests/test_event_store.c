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

static void fill(struct event_store *store)
{
	for (uint64_t i = 0; i < NR_EVENTS; i++) {
		struct event *event = event_store_add(store);

		assert_non_null(event);
		*event = (struct event){ .time_ns = 3 * i + 1 };
	}
	assert_int_equal(store->nr, NR_EVENTS);
	assert_int_equal(event_store_error(store), 0);
}

static void in_order(void **state)
{
	struct event_store store = { 0 };

	(void)state;
	fill(&store);
	for (uint64_t i = 0; i < NR_EVENTS; i++) {
		struct event *event = event_store_at(&store, i);

		if (event->time_ns != 3 * i + 1)
			fail_msg("event %llu", (unsigned long long)i);
		event->slot = (uint32_t)i;
	}
	for (uint64_t i = 0; i < NR_EVENTS; i++) {
		if (event_store_at(&store, i)->slot != (uint32_t)i)
			fail_msg("change of event %llu", (unsigned long long)i);
	}
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
		struct event *event = event_store_add(&store);

		assert_non_null(event);
		*event = (struct event){ .time_ns = i };
		if (i % 1000)
			continue;
		seed = seed * 6364136223846793005 + 1442695040888963407;
		event_store_at(&store, (seed >> 20) % (i + 1))->task++;
	}
	seed = 1;
	for (uint64_t i = 0; i < NR_EVENTS; i += 1000) {
		const struct event *event;

		seed = seed * 6364136223846793005 + 1442695040888963407;
		event = event_store_at(&store, (seed >> 20) % (i + 1));
		assert_int_equal(event->time_ns, (seed >> 20) % (i + 1));
		assert_in_range(event->task, 1, 100);
	}
	event_store_release(&store);
}

static void no_place_for_the_file(void **state)
{
	struct event_store store = { 0 };
	uint64_t i = 0;

	(void)state;
	setenv("TMPDIR", "/no/such/directory", 1);
	while (i < NR_EVENTS && event_store_add(&store))
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
		cmocka_unit_test(no_place_for_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
