/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workloads: the generators' numbers against published ones, and rules that
 * every stream of events keeps, whatever its workload.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/random.h"
#include "workloads/source.h"
#include "workloads/zipf.h"

#define NR_EVENTS 200000

/* --- random numbers --- */

/* splitmix64 from 1234567, as printed by its authors' program. */
static void split_gives_the_published_numbers(void **state)
{
	uint64_t s = 1234567;

	(void)state;
	assert_int_equal(random_split(&s), 6457827717110365317u);
	assert_int_equal(random_split(&s), 3203168211198807973u);
	assert_int_equal(random_split(&s), 9817491932198370423u);
}

/*
 * xoshiro256** from 1 2 3 4. The first: rotl(2 * 5, 7) * 9 = 1280 * 9. Then
 * s1 is 2 ^ (3 ^ 1) = 0, so the second is 0.
 */
static void next_gives_the_published_numbers(void **state)
{
	struct random random = { { 1, 2, 3, 4 } };

	(void)state;
	assert_int_equal(random_next(&random), 11520);
	assert_int_equal(random_next(&random), 0);
	assert_int_equal(random_next(&random), 1509978240);
	assert_int_equal(random_next(&random), 1215971899390074240);
}

static void draws_stay_in_range(void **state)
{
	struct random random;
	uint32_t seen = 0;

	(void)state;
	random_init(&random, 1);
	for (int i = 0; i < 1000; i++) {
		uint32_t n = random_below(&random, 7);
		uint64_t around = random_around(&random, 100);

		assert_true(n < 7);
		seen |= 1u << n;
		assert_in_range(around, 50, 149);
		assert_false(random_pct(&random, 0));
		assert_true(random_pct(&random, 100));
	}
	assert_int_equal(seen, 0x7f);
	assert_int_equal(random_around(&random, 1), 1);
}

static uint64_t weight(const struct zipf *zipf, uint32_t i)
{
	return zipf->sums[i] - (i ? zipf->sums[i - 1] : 0);
}

/* n^-1 and n^-(1/2), times 2^30, good to a part in 10^5. */
static void zipf_weights(void **state)
{
	struct zipf zipf;

	(void)state;
	zipf_init(&zipf, 4, 100);
	assert_int_equal(weight(&zipf, 0), 1 << 30);
	assert_in_range(weight(&zipf, 1), 536870912 - 5000, 536870912 + 5000);
	assert_in_range(weight(&zipf, 2), 357913941 - 3000, 357913941 + 3000);
	assert_in_range(weight(&zipf, 3), 268435456 - 2000, 268435456 + 2000);
	zipf_init(&zipf, 2, 50);
	assert_in_range(weight(&zipf, 1), 759250125 - 7000, 759250125 + 7000);
	zipf_init(&zipf, 64, 0);
	assert_int_equal(weight(&zipf, 63), 1 << 30);
	zipf_init(&zipf, 64, 400);
	assert_true(weight(&zipf, 63) >= 1);
}

static void zipf_draws_all(void **state)
{
	struct random random;
	uint32_t seen[4] = { 0 };
	struct zipf zipf;

	(void)state;
	random_init(&random, 2);
	zipf_init(&zipf, 4, 100);
	for (int i = 0; i < 10000; i++)
		seen[zipf_draw(&zipf, &random)]++;
	/* 12, 6, 4 and 3 of 25 */
	assert_in_range(seen[0], 4600, 5000);
	assert_in_range(seen[3], 1100, 1300);
}

/* --- streams --- */

struct stream {
	struct event_source *source;
	const struct workload *workload;
	uint32_t values[WORKLOAD_PARAMS_MAX];
	struct event *events;
};

static uint32_t *value(struct stream *stream, const char *key)
{
	for (uint32_t i = 0; i < stream->workload->nr_params; i++) {
		if (!strcmp(stream->workload->params[i].key, key))
			return &stream->values[i];
	}
	fail_msg("no parameter %s", key);
	return NULL;
}

static void usual(struct stream *stream, const char *name)
{
	memset(stream, 0, sizeof(*stream));
	stream->workload = workload_find(name);
	assert_non_null(stream->workload);
	for (uint32_t i = 0; i < stream->workload->nr_params; i++)
		stream->values[i] = stream->workload->params[i].usual;
}

static void take(struct stream *stream, uint64_t seed)
{
	char error[256];
	size_t nr = 0;

	stream->source = event_source_create(stream->workload, stream->values,
					     seed, error, sizeof(error));
	assert_non_null(stream->source);
	stream->events = calloc(NR_EVENTS, sizeof(*stream->events));
	assert_non_null(stream->events);
	/* in odd pieces: they must not matter */
	while (nr < NR_EVENTS) {
		size_t max = NR_EVENTS - nr < 777 ? NR_EVENTS - nr : 777;
		size_t got = event_source_next(stream->source,
					       stream->events + nr, max);

		assert_true(got);
		nr += got;
	}
}

static void drop(struct stream *stream)
{
	event_source_destroy(stream->source);
	free(stream->events);
}

/* Objects in slots: which event allocated what is there, + 1. */
static uint32_t *follow_start(void)
{
	uint32_t *slots = calloc(NR_EVENTS + 1, sizeof(*slots));

	assert_non_null(slots);
	return slots;
}

/* Return: the number of the event that allocated what this one frees. */
static uint32_t follow(uint32_t *slots, const struct event *events, uint32_t i)
{
	uint32_t slot = events[i].slot, alloc = slots[slot];

	assert_true(slot < NR_EVENTS);
	if (events[i].op != EVENT_FREE) {
		assert_int_equal(alloc, 0);
		slots[slot] = i + 1;
		return i;
	}
	assert_int_not_equal(alloc, 0);
	slots[slot] = 0;
	assert_int_equal(events[i].cache, events[alloc - 1].cache);
	return alloc - 1;
}

static void check_event(const struct stream *stream, const struct event *event)
{
	uint32_t caches, call_sites, tasks;

	event_source_caches(stream->source, &caches);
	event_source_call_sites(stream->source, &call_sites);
	event_source_tasks(stream->source, &tasks);
	assert_true(event->cpu < stream->values[0]);
	assert_in_range(event->call_site, 1, call_sites - 1);
	assert_in_range(event->task, 1, tasks - 1);
	if (event->op == EVENT_KMALLOC || event->flags & EVENT_BY_KFREE)
		assert_int_equal(event->cache, EVENT_NO_CACHE);
	else
		assert_true(event->cache < caches);
	assert_int_equal(!event->bytes_req, event->op == EVENT_FREE);
}

static void check_stream(struct stream *stream)
{
	uint32_t *slots = follow_start();
	uint64_t last_ns = 0;

	assert_int_equal(stream->events[0].time_ns, 0);
	for (uint32_t i = 0; i < NR_EVENTS; i++) {
		assert_true(stream->events[i].time_ns >= last_ns);
		last_ns = stream->events[i].time_ns;
		check_event(stream, &stream->events[i]);
		follow(slots, stream->events, i);
	}
	free(slots);
}

static void streams_keep_the_rules(void **state)
{
	const struct workload *const *list;
	struct stream stream;
	size_t nr;

	(void)state;
	list = workload_list(&nr);
	assert_true(nr >= 5);
	for (size_t i = 0; i < nr; i++) {
		usual(&stream, list[i]->name);
		assert_string_equal(list[i]->params[0].key, "cpus");
		take(&stream, 1);
		check_stream(&stream);
		drop(&stream);
		/* one CPU, where nothing can be on another */
		stream.values[0] = 1;
		if (!strcmp(list[i]->name, "prodcons"))
			*value(&stream, "apart") = 0;
		take(&stream, 2);
		check_stream(&stream);
		drop(&stream);
	}
}

static void smallest_and_largest_parameters_work(void **state)
{
	const struct workload *const *list;
	size_t nr;

	(void)state;
	list = workload_list(&nr);
	for (size_t i = 0; i < nr; i++) {
		const struct workload *workload = list[i];
		struct stream stream;

		usual(&stream, workload->name);
		for (uint32_t p = 0; p < workload->nr_params; p++) {
			assert_in_range(workload->params[p].usual,
					workload->params[p].least,
					workload->params[p].most);
			stream.values[p] = workload->params[p].least;
		}
		if (!strcmp(workload->name, "zipf"))
			*value(&stream, "live") = 1;
		take(&stream, 3);
		check_stream(&stream);
		drop(&stream);
	}
}

static void same_seed_same_events(void **state)
{
	const struct workload *const *list;
	size_t nr;

	(void)state;
	list = workload_list(&nr);
	for (size_t i = 0; i < nr; i++) {
		const size_t bytes = NR_EVENTS * sizeof(struct event);
		struct stream a, b, c;

		usual(&a, list[i]->name);
		b = a;
		c = a;
		take(&a, 7);
		take(&b, 7);
		take(&c, 8);
		assert_memory_equal(a.events, b.events, bytes);
		assert_int_not_equal(memcmp(a.events, c.events, bytes), 0);
		drop(&a);
		drop(&b);
		drop(&c);
	}
}

/* --- what the models promise --- */

static uint64_t allocs_of(const struct stream *stream, const char *cache)
{
	const struct workload_cache *caches;
	uint64_t allocs = 0;
	uint32_t nr, at = 0;

	caches = event_source_caches(stream->source, &nr);
	while (at < nr && strcmp(caches[at].name, cache) != 0)
		at++;
	assert_true(at < nr);
	for (uint32_t i = 0; i < NR_EVENTS; i++)
		allocs += stream->events[i].op == EVENT_ALLOC &&
			  stream->events[i].cache == at;
	return allocs;
}

/*
 * Without exec, each fork takes 15 chains, 10 VMAs, 5 anon_vmas and 3 maple
 * nodes; the only forks not complete are the last ones of four CPUs.
 */
static void fork_takes_the_objects_of_a_process(void **state)
{
	struct stream stream;
	uint64_t forks;

	(void)state;
	usual(&stream, "forkstorm");
	*value(&stream, "exec_pct") = 0;
	take(&stream, 1);
	forks = allocs_of(&stream, "task_struct");
	/* 82 events each */
	assert_in_range(forks, NR_EVENTS / 82 - 4, NR_EVENTS / 82 + 100);
	assert_in_range(allocs_of(&stream, "anon_vma_chain"), 15 * (forks - 4),
			15 * forks);
	assert_in_range(allocs_of(&stream, "vm_area_struct"), 10 * (forks - 4),
			10 * forks);
	assert_in_range(allocs_of(&stream, "anon_vma"), 5 * (forks - 4),
			5 * forks);
	assert_in_range(allocs_of(&stream, "maple_node"), 3 * (forks - 4),
			3 * forks);
	assert_int_equal(allocs_of(&stream, "names_cache"), 0);
	drop(&stream);
}

static void messages_are_freed_by_their_consumer(void **state)
{
	uint32_t *slots = follow_start();
	struct stream stream;

	(void)state;
	usual(&stream, "prodcons");
	*value(&stream, "cpus") = 8;
	*value(&stream, "apart") = 3;
	take(&stream, 1);
	for (uint32_t i = 0; i < NR_EVENTS; i++) {
		uint32_t alloc = follow(slots, stream.events, i);

		if (alloc != i)
			assert_int_equal(stream.events[i].cpu,
					 (stream.events[alloc].cpu + 3) % 8);
	}
	drop(&stream);
	free(slots);
}

/* 1000 objects, every 10th stays: 1000 allocations, 900 frees, 100 live. */
static void fragment_leaves_every_tenth(void **state)
{
	uint32_t *slots = follow_start();
	struct stream stream;

	(void)state;
	usual(&stream, "fragment");
	*value(&stream, "objects") = 1000;
	*value(&stream, "keep") = 10;
	take(&stream, 1);
	for (uint32_t i = 0; i < 1900; i++) {
		uint32_t alloc = follow(slots, stream.events, i);

		assert_int_equal(stream.events[i].cache, 0);
		assert_int_equal(stream.events[i].op,
				 i < 1000 ? EVENT_ALLOC : EVENT_FREE);
		if (alloc != i)
			assert_int_not_equal(alloc % 10, 0);
	}
	/* the next round: another cache, three seconds later */
	assert_int_equal(stream.events[1900].cache, 1);
	assert_true(stream.events[1900].time_ns >=
		    stream.events[1899].time_ns + 3000000000);
	drop(&stream);
	free(slots);
}

static void mixture_stays_below_its_limit(void **state)
{
	struct stream stream;
	uint32_t live = 0;

	(void)state;
	usual(&stream, "zipf");
	*value(&stream, "live") = 4000;
	take(&stream, 1);
	for (uint32_t i = 0; i < NR_EVENTS; i++) {
		live += stream.events[i].op == EVENT_ALLOC ? 1u : UINT32_MAX;
		assert_in_range(live, 0, 4000);
	}
	/* of 200000 events, the rare classes too have filled their places */
	assert_true(live > 3000);
	drop(&stream);
}

/*
 * Files that the shrinker throws out are the oldest of the queue, but for
 * the pinned ones: some dentries live much longer than all others.
 */
static void pinned_files_outlive_the_shrinker(void **state)
{
	uint32_t *slots = follow_start(), old = 0;
	struct stream stream;

	(void)state;
	usual(&stream, "fileserver");
	*value(&stream, "cached") = 400;
	*value(&stream, "shrink") = 100;
	*value(&stream, "pinned") = 50;
	*value(&stream, "rcu_us") = 0;
	take(&stream, 1);
	for (uint32_t i = 0; i < NR_EVENTS; i++)
		follow(slots, stream.events, i);
	/* cached files are renewed every few thousand events */
	for (uint32_t slot = 0; slot < NR_EVENTS; slot++)
		old += slots[slot] && slots[slot] < NR_EVENTS - 20000;
	/* a dentry and an inode each, and perhaps a long name */
	assert_in_range(old, 20, 150);
	drop(&stream);
	free(slots);
}

static void parameters_that_clash_are_told(void **state)
{
	struct stream stream;
	char error[256];

	(void)state;
	usual(&stream, "prodcons");
	*value(&stream, "apart") = 4;
	assert_null(event_source_create(stream.workload, stream.values, 1,
					error, sizeof(error)));
	assert_string_equal(error, "apart=4: must be below cpus=4");
	usual(&stream, "zipf");
	*value(&stream, "live") = 31;
	assert_null(event_source_create(stream.workload, stream.values, 1,
					error, sizeof(error)));
	assert_string_equal(error, "live=31: cpus x classes = 32 is the least");
	assert_null(workload_find("forkstrom"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_gives_the_published_numbers),
		cmocka_unit_test(next_gives_the_published_numbers),
		cmocka_unit_test(draws_stay_in_range),
		cmocka_unit_test(zipf_weights),
		cmocka_unit_test(zipf_draws_all),
		cmocka_unit_test(streams_keep_the_rules),
		cmocka_unit_test(smallest_and_largest_parameters_work),
		cmocka_unit_test(same_seed_same_events),
		cmocka_unit_test(fork_takes_the_objects_of_a_process),
		cmocka_unit_test(messages_are_freed_by_their_consumer),
		cmocka_unit_test(fragment_leaves_every_tenth),
		cmocka_unit_test(mixture_stays_below_its_limit),
		cmocka_unit_test(pinned_files_outlive_the_shrinker),
		cmocka_unit_test(parameters_that_clash_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
