/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inference on random traces: few pointers, allocated and freed without regard
 * to each other, so that everything that traces leave out is missing often,
 * and in every order. What must hold is worked out anew from the lines, the
 * slow way: for each event looking back through all of them.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#include <inttypes.h>

#define TRACES 60
#define LINES 150
#define POINTERS 12
#define CACHES 3
#define CPUS 3

enum what { ALLOC, KMALLOC, FREE, KFREE, PAGE };

struct made {
	enum what what;
	uint32_t ptr, cache, cpu;
	uint64_t us;
};

static struct made made[LINES];
static char text[LINES * 200];
static struct imported i;

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* --- a trace --- */

static void print_line(FILE *out, const struct made *line)
{
	fprintf(out, "%16s-%-7u [%03u] ..... %5" PRIu64 ".%06" PRIu64 ": ",
		"task", 10 + line->cpu, line->cpu, line->us / 1000000,
		line->us % 1000000);
	switch (line->what) {
	case ALLOC:
		fprintf(out,
			"kmem_cache_alloc: call_site=a ptr=%x bytes_req=%u "
			"bytes_alloc=%u gfp_flags=none name=cache-%u\n",
			line->ptr, 64 * line->cache + 64, 64 * line->cache + 64,
			line->cache);
		return;
	case KMALLOC:
		fprintf(out,
			"kmalloc: call_site=k ptr=%x bytes_req=%u "
			"bytes_alloc=512 gfp_flags=none\n",
			line->ptr, 300 + line->cache);
		return;
	case FREE:
		fprintf(out,
			"kmem_cache_free: call_site=f ptr=%x name=cache-%u\n",
			line->ptr, line->cache);
		return;
	case KFREE:
		fprintf(out, "kfree: call_site=g ptr=%x\n", line->ptr);
		return;
	default:
		fprintf(out, "mm_page_free: page=1 pfn=0x%x order=0\n",
			line->ptr);
	}
}

static void make_trace(uint32_t *seed)
{
	static const enum what mix[] = { ALLOC, ALLOC, ALLOC, KMALLOC, FREE,
					 FREE,  FREE,  FREE,  KFREE,   PAGE };
	FILE *out = fmemopen(text, sizeof(text), "w");
	uint64_t us = 1000000;

	assert_non_null(out);
	for (int n = 0; n < LINES; n++) {
		us += next_random(seed) % 3;
		made[n] = (struct made){
			.what = mix[next_random(seed) % 10],
			.ptr = 0x1000 + next_random(seed) % POINTERS,
			.cache = next_random(seed) % CACHES,
			.cpu = next_random(seed) % CPUS,
			.us = us,
		};
		/* all caches are defined, by their first lines */
		if (n < CACHES) {
			made[n].what = ALLOC;
			made[n].cache = (uint32_t)n;
		}
		print_line(out, &made[n]);
	}
	assert_int_equal(fclose(out), 0);
}

/* --- what must hold of the events --- */

/* The line of each event; -1: it was put in. */
static int line_of[FIXTURE_EVENTS];

/* Events that were not put in are the lines, in their order. */
static void match_lines(void)
{
	static const uint8_t frees[] = { EVENT_FREE, EVENT_FREE_UNKNOWN };
	int n = 0;

	for (size_t k = 0; k < i.nr; k++) {
		const struct event *event = &i.events[k];
		const struct made *line = &made[n];

		line_of[k] = -1;
		if (event->flags & (EVENT_IMPLICIT | EVENT_INFERRED))
			continue;
		line_of[k] = n++;
		assert_true(n <= LINES);
		assert_int_equal(event->time_ns,
				 (line->us - made[0].us) * 1000);
		assert_int_equal(event->cpu, line->cpu);
		if (line->what == ALLOC)
			assert_int_equal(event->op, EVENT_ALLOC);
		else if (line->what == KMALLOC)
			assert_int_equal(event->op, EVENT_KMALLOC);
		else if (line->what == PAGE)
			assert_int_equal(event->op, EVENT_PAGE_FREE);
		else
			assert_true(event->op == frees[0] ||
				    event->op == frees[1]);
	}
	assert_int_equal(n, LINES);
}

/* Time goes on; slots are taken when free, freed when taken. */
static void assert_lives(void)
{
	bool live[FIXTURE_EVENTS] = { false };
	uint64_t before_ns = 0, nr_live = 0;

	for (size_t k = 0; k < i.nr; k++) {
		const struct event *event = &i.events[k];

		assert_true(event->time_ns >= before_ns);
		before_ns = event->time_ns;
		if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC) {
			assert_true(event->slot < i.header->nr_slots);
			assert_false(live[event->slot]);
			live[event->slot] = true;
			nr_live++;
		} else if (event->op == EVENT_FREE) {
			assert_true(event->slot < i.header->nr_slots);
			assert_true(live[event->slot]);
			live[event->slot] = false;
			nr_live--;
		}
	}
	assert_int_equal(nr_live, i.header->counts.live_at_end);
}

static bool is_free_line(int line)
{
	return line >= 0 &&
	       (made[line].what == FREE || made[line].what == KFREE);
}

/* The event of the latest free of the pointer before event @k; -1: none. */
static int previous_free(size_t k, uint32_t ptr)
{
	while (k-- > 0) {
		if (is_free_line(line_of[k]) && made[line_of[k]].ptr == ptr)
			return (int)k;
	}
	return -1;
}

static size_t end_of(size_t k)
{
	uint32_t slot = i.events[k].slot;

	do
		k++;
	while (k < i.nr &&
	       !(i.events[k].op == EVENT_FREE && i.events[k].slot == slot));
	return k;
}

/* Nothing but what was put in between two events. */
static void assert_neighbours(size_t a, size_t b)
{
	while (++a < b)
		assert_int_equal(i.events[a].flags, EVENT_INFERRED);
}

/* The rule of the place, from docs/TRACES.md. */
static void assert_place(size_t k)
{
	const struct event *event = &i.events[k];
	size_t end = end_of(k), latest = end;
	int first;

	assert_true(end < i.nr);
	assert_true(is_free_line(line_of[end]));
	assert_int_equal(event->cpu, i.events[end].cpu);
	first = previous_free(end, made[line_of[end]].ptr);
	assert_true(first >= 0 && (size_t)first < k);
	while (latest-- > 0) {
		const struct event *traced = &i.events[latest];

		if (line_of[latest] >= 0 && traced->op == EVENT_ALLOC &&
		    traced->cache == event->cache && traced->cpu == event->cpu)
			break;
	}
	if (event->op == EVENT_ALLOC && latest != SIZE_MAX &&
	    (int)latest > first) {
		assert_neighbours(latest, k);
		assert_int_equal(event->time_ns, i.events[latest].time_ns);
	} else {
		assert_neighbours(k, end);
		assert_int_equal(event->time_ns, i.events[end].time_ns);
	}
}

/*
 * A free of an unknown object, by a name, of a pointer freed before: it must
 * have been proved. (A kfree does not say of what.)
 */
static void assert_not_forgotten(size_t k)
{
	const struct made *line = &made[line_of[k]];

	assert_false(line->what == FREE && previous_free(k, line->ptr) >= 0);
}

static uint64_t count_flag(uint8_t flag)
{
	uint64_t nr = 0;

	for (size_t k = 0; k < i.nr; k++)
		nr += (i.events[k].flags & flag) != 0;
	return nr;
}

static void assert_inferred(enum trace_infer how_far)
{
	for (size_t k = 0; k < i.nr; k++) {
		if (i.events[k].flags & EVENT_INFERRED)
			assert_place(k);
		else if (i.events[k].op == EVENT_FREE_UNKNOWN &&
			 how_far == TRACE_INFER_ALL)
			assert_not_forgotten(k);
	}
	assert_int_equal(count_flag(EVENT_INFERRED),
			 i.header->counts.inferred_allocs);
	assert_int_equal(count_flag(EVENT_IMPLICIT),
			 i.header->counts.implicit_frees);
	if (how_far != TRACE_INFER_ALL)
		assert_int_equal(count_flag(EVENT_INFERRED), 0);
	if (how_far == TRACE_INFER_NONE)
		assert_int_equal(count_flag(EVENT_IMPLICIT), 0);
}

/* --- the tests --- */

static void assert_file_is(const char *path, const uint8_t *data, size_t bytes)
{
	size_t nr;
	uint8_t *again = read_file(path, &nr);

	assert_int_equal(nr, bytes);
	assert_memory_equal(again, data, bytes);
	free(again);
}

static void import_as(enum trace_infer how_far)
{
	struct import_options options = { .infer = how_far };
	uint8_t *data;
	size_t bytes;
	char path[512];

	import_text(&i, text, &options);
	assert_int_equal(i.code, 0);
	match_lines();
	assert_lives();
	assert_inferred(how_far);
	data = read_file(scratch(path, "out.slt"), &bytes);
	imported_release(&i);
	options.jobs = 2;
	import_text(&i, text, &options);
	assert_int_equal(i.code, 0);
	imported_release(&i);
	assert_file_is(path, data, bytes);
	free(data);
}

static void random_traces(void **state)
{
	uint64_t inferred = 0;

	(void)state;
	for (uint32_t n = 1; n <= TRACES; n++) {
		uint32_t seed = n;

		make_trace(&seed);
		import_as(TRACE_INFER_NONE);
		import_as(TRACE_INFER_FREES);
		import_as(TRACE_INFER_ALL);
		inferred += i.report.counts.inferred_allocs;
	}
	/* or nothing was tested: about a third of the frees */
	assert_true(inferred > TRACES * LINES / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_traces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
