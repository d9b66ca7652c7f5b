/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where events were lost: from the recording's words into the trace file, and
 * out of it as it went in. All places were worked out by hand.
 */
#include "tests/trace_fixture.h"

#include "traces/losses.h"
#include "traces/slt_format.h"

static struct imported i;

#define EVENT(cpu, us, ptr)                                         \
	"            sh-72      [00" #cpu "] .....    29.198" us    \
	": kmalloc: call_site=f+0x1 ptr=00000000" ptr               \
	" bytes_req=8 bytes_alloc=32 gfp_flags=GFP_KERNEL node=-1 " \
	"accounted=false\n"

static void assert_place(uint32_t number, uint32_t cpu, uint64_t from_ns,
			 uint64_t until_ns, uint64_t events)
{
	const struct trace_loss *loss = &i.header->losses[number];

	assert_in_range(number, 0, i.header->nr_losses - 1);
	assert_int_equal(loss->cpu, cpu);
	assert_int_equal(loss->from_ns, from_ns);
	assert_int_equal(loss->until_ns, until_ns);
	assert_int_equal(loss->events, events);
}

/*
 *	CPU 0   a . . . d        136 between a and d: 0 to 30 us
 *	CPU 1   . b . . . . f    two CPUs at once: 7 between b and f
 *	CPU 2   . . . c . . .    5 before c: since the trace began
 *	CPU 3   . . . . . . .    3 behind its only event, which is f's time
 */
static const char places[] = EVENT(0, "000", "a1")
	EVENT(1, "010", "a2") "CPU:2 [LOST 5 EVENTS]\n" EVENT(2, "020", "a3") "CPU:0 [LOST 136 EVENTS]\n" EVENT(
		0, "030", "a4") "CPU:1 [LOST 7 EVENTS]\n" EVENT(1, "040", "a5")
		EVENT(3, "040", "a6") "CPU:3 [LOST 3 EVENTS]\n";

static void each_place_lies_between_two_events(void **state)
{
	struct import_options options = { .max_loss = UINT64_MAX };

	(void)state;
	/* read by one thread, and by two */
	for (options.jobs = 1; options.jobs <= 2; options.jobs++) {
		import_text(&i, places, &options);
		assert_int_equal(i.code, 0);
		assert_int_equal(i.header->counts.lost, 151);
		assert_int_equal(i.header->nr_losses, 4);
		assert_place(0, 2, 0, 20000, 5);
		assert_place(1, 0, 0, 30000, 136);
		assert_place(2, 1, 10000, 40000, 7);
		assert_place(3, 3, 40000, 40000, 3);
		imported_release(&i);
	}
}

static void a_place_before_the_first_event_is_at_zero(void **state)
{
	const struct import_options options = { .max_loss = UINT64_MAX };

	(void)state;
	import_text(&i,
		    "CPU:0 [LOST 4 EVENTS]\nCPU:5 [LOST EVENTS]\n" EVENT(
			    0, "000", "a1") EVENT(0, "001", "a2"),
		    &options);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.header->counts.lost, 5);
	assert_int_equal(i.header->nr_losses, 2);
	assert_place(0, 0, 0, 0, 4);
	assert_place(1, 5, 0, 0, 0);
	/* a CPU that lost all it had is one, too */
	assert_int_equal(i.header->cpus, 6);
	imported_release(&i);
}

/* A record of perf tells its own time, others may come before the next event. */
static void perf_tells_the_time(void **state)
{
	const struct import_options options = { .max_loss = UINT64_MAX };
	static const char text[] =
		"  sh  7 [001]    82.000100:  kmem:kfree: call_site=f ptr=0x1000\n"
		"  sh  7 [001]    82.000150: PERF_RECORD_LOST lost 258\n"
		"  sh  7 [000]    82.000180: PERF_RECORD_LOST lost 2\n"
		"  sh  7 [002]    82.000300:  kmem:kfree: call_site=f ptr=0x2000\n"
		"  sh  7 [001]    82.000400:  kmem:kfree: call_site=f ptr=0x3000\n"
		"  :0  0 PERF_RECORD_LOST_SAMPLES lost 40\n";

	(void)state;
	import_text(&i, text, &options);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.header->counts.lost, 300);
	assert_int_equal(i.header->nr_losses, 2);
	assert_place(0, 1, 0, 50000, 258);
	assert_place(1, 0, 0, 80000, 2);
	imported_release(&i);
}

/* Of what only a total is known, no time is made up. */
static void totals_have_no_place(void **state)
{
	const struct import_options options = { .max_loss = UINT64_MAX };
	uint8_t *data;
	size_t bytes;
	char path[512];

	(void)state;
	import_text(&i,
		    "# entries-in-buffer/entries-written: 1/10   #P:2\n" EVENT(
			    0, "000", "a1"),
		    &options);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.header->counts.lost, 9);
	assert_int_equal(i.header->nr_losses, 0);
	imported_release(&i);
	/* and the file is one that older readers read */
	data = read_file(scratch(path, "out.slt"), &bytes);
	assert_int_equal(get_le(data + 8, 4), SLT_VERSION_OLDEST);
	free(data);
}

/* --- more of them than are kept --- */

static void places_are_not_without_limit(void **state)
{
	struct losses losses = { 0 };
	struct trace_header header = { .span_ns = 10 };

	(void)state;
	for (uint32_t n = 0; n < LOSSES_MAX + 3; n++) {
		assert_true(losses_add(&losses, (uint16_t)(n % 4), 1));
		losses_close(&losses, 10 - n % 10);
	}
	assert_int_equal(losses.not_kept, 3);
	losses_take(&losses, &header);
	assert_int_equal(header.nr_losses, LOSSES_MAX);
	for (uint32_t n = 1; n < header.nr_losses; n++)
		assert_true(header.losses[n - 1].until_ns <=
			    header.losses[n].until_ns);
	trace_header_release(&header);
}

/* --- the file --- */

static struct trace_loss two[] = {
	{ .from_ns = 3, .until_ns = 1000, .events = 0, .cpu = 1 },
	{ .from_ns = 0, .until_ns = 1000, .events = 9, .cpu = 2 },
};

static char *no_string[] = { "" };

static struct trace_header header_with(struct trace_loss *losses, uint32_t nr)
{
	struct trace_header header = {
		.cpus = 3,
		.span_ns = 1000,
		.end_ns = 2000,
		.counts.lost = 10,
		.call_sites = no_string,
		.nr_call_sites = 1,
		.tasks = no_string,
		.nr_tasks = 1,
		.losses = losses,
		.nr_losses = nr,
	};

	return header;
}

/* Does a file with this header open? What was read is in @read. */
static bool reads(const struct trace_header *header, uint32_t version,
		  struct trace_header *read)
{
	struct bytes out = { 0 };
	struct byte_reader in;
	bool whole;

	slt_header_encode(header, &out);
	assert_false(out.failed);
	in = (struct byte_reader){ out.data, out.data + out.nr, false };
	whole = slt_header_decode(&in, version, read);
	bytes_release(&out);
	return whole;
}

static void places_come_back_from_a_file(void **state)
{
	struct trace_header header = header_with(two, 2), read;

	(void)state;
	assert_int_equal(slt_header_version(&header), SLT_VERSION_LOSSES);
	assert_true(reads(&header, SLT_VERSION_LOSSES, &read));
	assert_int_equal(read.nr_losses, 2);
	assert_memory_equal(read.losses, two, sizeof(two));
	trace_header_release(&read);
	/* an older version has no such thing, and a new one must have it */
	assert_false(reads(&header, SLT_VERSION_PAGES, &read));
	trace_header_release(&read);
	header = header_with(NULL, 0);
	assert_int_equal(slt_header_version(&header), SLT_VERSION_OLDEST);
	assert_false(reads(&header, SLT_VERSION_LOSSES, &read));
	trace_header_release(&read);
}

/* Behind the end, before the start, of no CPU, more than were lost. */
static void senseless_places_are_refused(void **state)
{
	static const struct trace_loss senseless[] = {
		{ .from_ns = 0, .until_ns = 1001, .events = 1, .cpu = 1 },
		{ .from_ns = 11, .until_ns = 10, .events = 1, .cpu = 1 },
		{ .from_ns = 0, .until_ns = 10, .events = 1, .cpu = 3 },
		{ .from_ns = 0, .until_ns = 10, .events = 11, .cpu = 0 },
	};
	struct trace_header read;

	(void)state;
	for (size_t n = 0; n < sizeof(senseless) / sizeof(senseless[0]); n++) {
		struct trace_loss loss = senseless[n];
		struct trace_header header = header_with(&loss, 1);

		assert_false(reads(&header, SLT_VERSION_LOSSES, &read));
		trace_header_release(&read);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_lies_between_two_events),
		cmocka_unit_test(a_place_before_the_first_event_is_at_zero),
		cmocka_unit_test(perf_tells_the_time),
		cmocka_unit_test(totals_have_no_place),
		cmocka_unit_test(places_are_not_without_limit),
		cmocka_unit_test(places_come_back_from_a_file),
		cmocka_unit_test(senseless_places_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
