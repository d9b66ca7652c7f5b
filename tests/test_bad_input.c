/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of bad input in docs/TRACE-CHECKS.md, row by row: what is refused
 * says why and what to do, what is damaged in part is counted, and nothing is
 * left behind by either.
 */
#include "tests/trace_fixture.h"

#include <errno.h>
#include <inttypes.h>

static struct imported i;

static int release(void **state)
{
	(void)state;
	imported_release(&i);
	return 0;
}

#define HEAD "# tracer: nop\n#\n"
#define AT(time, rest) \
	"              sh-72      [000] .....     " time ": " rest "\n"
#define KFREE "kfree: call_site=a+0x1/0x2 ptr=000000000000000b"
#define GOOD AT("5.000001", KFREE)
#define KMALLOC(bytes)                                                \
	AT("5.000002", "kmalloc: call_site=a ptr=0b bytes_req=" bytes \
		       " bytes_alloc=32 gfp_flags=GFP_KERNEL")
#define PERF "perf  2942 [003]    68.158343: kmem:kfree: "

/* Refused whole, with these words. */
static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "it is empty" },
	{ "\x01\x02\x03\x04\x05\x06\x07", "it is binary" },
	{ "\x7f"
	  "ELF\x02\x01\x01",
	  "this is a program" },
	{ "SQLite format 3", "this is a database" },
	{ "\x89SLT\r\n\x1a\nxxxx", "this is a .slt file already" },
	{ "BZh91AY&SY", "bzip2 (unpack it first)" },
	{ "PK\x03\x04xxxx", ".zip archive (unpack it first)" },
	{ "\xff\xfe# ", "UTF-16, as Windows writes text (convert it" },
	{ "Dear diary,\ntoday I read a trace.\n", "no line of it looks like" },
	{ "<!DOCTYPE html>\n<html>\n", "no line of it looks like" },
	{ HEAD,
	  "no kmem events of objects in it (0 events of other kinds): record" },
	{ HEAD AT("5.000001", "sched_process_exit: comm=sh"),
	  "no kmem events of objects in it (1 events of other kinds): record" },
	{ HEAD "kfree: call_site=a+0x1/0x2 ptr=0b\n",
	  "without CPU and time (record again after: echo 1 > "
	  "options/context-info)" },
	{ HEAD "72 2 29198378364 type: 238\n",
	  "raw, hex or binary form, which lacks the fields (record again "
	  "after: echo 0 > options/raw" },
	{ HEAD "00000048 00000003 00000006f0004bbf type: 238\n",
	  "raw, hex or binary form" },
	{ HEAD AT("5.000001", "kfree: call_site=a ptr=(____ptrval____)"),
	  "in.txt:3: pointers are hidden as (____ptrval____), so objects "
	  "cannot be told apart: record again when the system is up for "
	  "longer, or boot it with no_hash_pointers, or use trace-cmd" },
	{ "{\n\t\"linux-perf-json-version\": 1,\n\t\"samples\": [\n",
	  "JSON of perf data convert, which lacks the fields of events (use "
	  "perf script, or perf data convert --to-ctf)" },
	{ "  sh-72  [000] .....  5.963990: kmem_cache_alloc: call_site=a\n"
	  "ptr=0000000070296626 bytes_req=1096\nbytes_alloc=1096\n",
	  "broken or quoted, as mail programs do (get the file itself" },
	{ "> # tracer: nop\n> #\n", "broken or quoted" },
	{ "            perf  2942 [003]    68.158343: kmem:kfree:\n"
	  "call_site=a ptr=0xb\n",
	  "broken or quoted" },
	{ "            perf  2942 68.158343: kmem:kfree: call_site=a ptr=0xb\n",
	  "perf script without CPU, time or fields (use perf script --ns -F "
	  "comm,pid,tid,cpu,time,event,trace)" },
	{ "            " PERF "\n", "perf script without CPU, time or fields" },
	{ "            " PERF "call_site=a ptr=0xb\n"
	  "            perf  2942 [003]     0.000041: kmem:kfree: "
	  "call_site=a ptr=0xc\n",
	  "in.txt:2: time goes back" }, /* perf script --deltatime */
	{ HEAD GOOD AT("4.999999", KFREE), "in.txt:4: time goes back" },
	{ HEAD AT("51805946351", KFREE),
	  "in.txt:3: the trace's clock has no unit (x86-tsc, counter or "
	  "uptime): say how many ticks it has a second with --clock-hz" },
	{ "cpus=4\n              sh-72    [003] 14479877539: " KFREE "\n",
	  "in.txt:2: the trace's clock has no unit" },
};

/* Lines that are not understood: loss, which --max-loss accepts. */
static const struct {
	const char *text;
	uint64_t lost, unparsed;
} lossy[] = {
	{ HEAD GOOD "noise\n", 0, 1 },
	{ HEAD GOOD "      sh-72  [000] .....   5.0000", 0, 1 },
	{ HEAD GOOD AT("5.000002", "kfree: call_site=a"), 0, 1 },
	{ HEAD GOOD AT("5.000002", "kfree: call_site=a ptr=xyz"), 0, 1 },
	{ HEAD GOOD AT("5.000002", "kmalloc: call_site=a ptr=0c"), 0, 1 },
	{ HEAD GOOD KMALLOC("-1"), 0, 1 },
	{ HEAD GOOD KMALLOC("4294967296"), 0, 1 },
	{ HEAD GOOD "  sh-72  [65535] .....  5.000002: " KFREE "\n", 0, 1 },
	{ HEAD GOOD "  sh-72  [-01] .....  5.000002: " KFREE "\n", 0, 1 },
	{ HEAD GOOD AT("5.0000000001", KFREE), 0, 1 },
	/* a clock of another kind in between: two recordings in one file */
	{ HEAD GOOD AT("51805946351", KFREE), 0, 1 },
	{ HEAD GOOD "CPU:0 [LOST 136 EVENTS]\n", 136, 0 },
	{ HEAD GOOD "CPU:0 [LOST EVENTS]\n", 1, 0 },
	{ "cpus=1\nCPU:0 [136 EVENTS DROPPED]\n" GOOD, 136, 0 },
	{ "cpus=1\nCPU:0 [EVENTS DROPPED]\n" GOOD, 1, 0 },
	{ "# entries-in-buffer/entries-written: 1/8   #P:1\n" GOOD, 7, 0 },
	{ "# entries-in-buffer/entries-written: 9/9   #P:1\n" GOOD, 8, 0 },
	{ "            " PERF "call_site=a ptr=0xb\n"
	  "            perf  2942 [003]    68.2: PERF_RECORD_LOST lost 258\n",
	  258, 0 },
	{ "            " PERF "call_site=a ptr=0xb\n\tsome noise\n", 0, 1 },
};

/* Good in spite of its looks. */
static const char *const accepted[] = {
	HEAD "              sh-72      [000] .....     5.000001: " KFREE "\r\n",
	HEAD GOOD "\n\n# tracer: nop\n" GOOD,
	GOOD "##### CPU 2 buffer started ####\n" GOOD,
	"sh-72 [000] 5.000001: " KFREE "\n",
	GOOD AT("5.000002", "kfree: call_site=a ptr=000000000000000c new=1"),
	"swapper 0 [000] 0.000000: PERF_RECORD_COMM: init:1/1\n"
	"            " PERF "call_site=a ptr=0xb\n",
};

static void refused_with_a_remedy(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(refused) / sizeof(refused[0]); n++) {
		import_text(&i, refused[n].text, NULL);
		assert_error(&i, -EBADMSG, "in.txt", refused[n].says, NULL);
	}
}

static void loss_is_counted(void **state)
{
	const struct import_options all = { .max_loss = UINT64_MAX };

	(void)state;
	for (size_t n = 0; n < sizeof(lossy) / sizeof(lossy[0]); n++) {
		char said[80];

		snprintf(said, sizeof(said),
			 "%" PRIu64 " events lost and %" PRIu64 " lines not",
			 lossy[n].lost, lossy[n].unparsed);
		import_text(&i, lossy[n].text, NULL);
		assert_error(&i, -EBADMSG, said, "--max-loss", NULL);
		import_text(&i, lossy[n].text, &all);
		assert_int_equal(i.code, 0);
		assert_int_equal(i.header->counts.lost, lossy[n].lost);
		assert_int_equal(i.header->counts.unparsed, lossy[n].unparsed);
		assert_int_equal(i.header->counts.frees, 1);
		imported_release(&i);
	}
}

static void odd_but_good(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(accepted) / sizeof(accepted[0]); n++) {
		import_text(&i, accepted[n], NULL);
		assert_int_equal(i.code, 0);
		assert_int_equal(i.header->counts.unparsed, 0);
		imported_release(&i);
	}
}

/* Zero bytes in it, so that a literal's length would be wrong. */
static void nul_in_a_line(void **state)
{
	static const char text[] = HEAD GOOD "a\0b\n";

	(void)state;
	import_bytes(&i, text, sizeof(text) - 1, NULL);
	assert_error(&i, -EBADMSG, "0 events lost and 1 lines not", NULL);
}

/* The headers only, made by hand after the formats' specifications. */
static void packed_badly(void **state)
{
	static const struct {
		uint8_t bytes[16];
		size_t nr;
		const char *says;
	} files[] = {
		/* .zst with a window of 2^31 bytes, as of zstd --long=31 */
		{ { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00 },
		  9,
		  ".zst needs more than 512 MiB of memory to read" },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, "truncated .zst" },
		{ { 0x28, 0xb5, 0x2f, 0xfd, 0x08, 0x00 }, 6, "damaged .zst" },
		{ { 0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3 },
		  10,
		  "truncated .gz" },
		{ { 0x1f, 0x8b, 0x08, 0xff }, 4, "damaged .gz" },
		{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, "truncated .xz" },
		{ { 0xfd, '7', 'z', 'X', 'Z', 0, 9, 9, 0, 0, 0, 0 },
		  12,
		  "damaged .xz" },
		{ { 0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3,
		    /* a stored block of one byte, cut off */
		    0x01, 0x01, 0x00, 0xfe, 0xff },
		  15,
		  "truncated .gz" },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(files) / sizeof(files[0]); n++) {
		import_bytes(&i, files[n].bytes, files[n].nr, NULL);
		assert_error(&i, -EBADMSG, "in.txt: ", files[n].says, NULL);
	}
}

/* A .gz (a stored block) that holds the beginning of another one. */
static void packed_twice(void **state)
{
	static const uint8_t twice[] = {
		0x1f,
		0x8b,
		0x08,
		0,
		0,
		0,
		0,
		0,
		0,
		3,
		0x00,
		0x04,
		0,
		0xfb,
		0xff,
		0x1f,
		0x8b,
		0x08,
		0,
		0x01,
		0,
		0,
		0xff,
		0xff,
		/* the CRC of those four bytes, and their number */
		0xbc,
		0xe6,
		0x87,
		0x0c,
		4,
		0,
		0,
		0,
	};

	(void)state;
	import_bytes(&i, twice, sizeof(twice), NULL);
	assert_error(&i, -EBADMSG, "compressed twice", NULL);
}

/* An empty .gz inside: header, an empty stored block, CRC and length. */
static void packed_nothing(void **state)
{
	static const uint8_t empty[] = {
		0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3, 0x01, 0,
		0,    0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0,
	};

	(void)state;
	import_bytes(&i, empty, sizeof(empty), NULL);
	assert_error(&i, -EBADMSG, "it is empty", NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, release)
	const struct CMUnitTest tests[] = {
		TEST(refused_with_a_remedy), TEST(loss_is_counted),
		TEST(odd_but_good),          TEST(nul_in_a_line),
		TEST(packed_badly),          TEST(packed_twice),
		TEST(packed_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
