/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser of ftrace lines, on lines as kernels of many ages print them.
 * What is expected was read off the lines by eye.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "traces/event.h"
#include "traces/ftrace.h"
#include "traces/gfp.h"
#include "traces/own_call_sites.h"
#include "traces/scan.h"

/* Parses a copy of exact size, so that a sanitizer sees any step beyond. */
static struct ftrace_line parse(const char *text)
{
	size_t bytes = strlen(text);
	char *copy = malloc(bytes + 1);
	struct ftrace_line line;

	assert_non_null(copy);
	memcpy(copy, text, bytes);
	ftrace_parse(NULL, copy, bytes, &line);
#define MOVE(field)                                                            \
	(line.field.text = line.field.text ? text + (line.field.text - copy) : \
					     NULL)
	MOVE(task);
	MOVE(call_site);
	MOVE(name);
	MOVE(gfp);
#undef MOVE
	free(copy);
	return line;
}

static void assert_text(struct ftrace_text text, const char *expected)
{
	assert_non_null(text.text);
	assert_int_equal(text.bytes, strlen(expected));
	assert_memory_equal(text.text, expected, text.bytes);
}

static void assert_kind(const char *text, enum ftrace_kind kind)
{
	assert_int_equal(parse(text).kind, kind);
}

#define PREFIX "              sh-72      [000] .....     5.963990: "

static void alloc_of_6_1(void **state)
{
	struct ftrace_line line =
		parse(PREFIX
		      "kmem_cache_alloc: call_site=ext4_alloc_inode+0x1f/0x180"
		      " ptr=0000000070296626 bytes_req=1096 bytes_alloc=1152"
		      " gfp_flags=GFP_NOFS|__GFP_ZERO node=-1 accounted=false");

	(void)state;
	assert_int_equal(line.kind, FTRACE_ALLOC);
	assert_int_equal(line.time, 5963990000);
	assert_false(line.ticks);
	assert_int_equal(line.cpu, 0);
	assert_int_equal(line.node, -1);
	assert_int_equal(line.bytes_req, 1096);
	assert_int_equal(line.bytes_alloc, 1152);
	assert_int_equal(line.ptr, 0x70296626);
	assert_text(line.task, "sh-72");
	assert_text(line.call_site, "ext4_alloc_inode+0x1f/0x180");
	assert_text(line.gfp, "GFP_NOFS|__GFP_ZERO");
	assert_null(line.name.text);
}

static void frees_of_6_1(void **state)
{
	struct ftrace_line line =
		parse("     fs worker 0-148     [012] d.h..     5.065463: "
		      "kmem_cache_free: call_site=__cleanup_sighand+0x35/0x50 "
		      "ptr=000000004bf55516 name=sighand_cache");

	(void)state;
	assert_int_equal(line.kind, FTRACE_FREE);
	assert_int_equal(line.cpu, 12);
	assert_text(line.task, "fs worker 0-148");
	assert_text(line.name, "sighand_cache");
	line = parse("          <idle>-0       [001] ..s..     8.069321: "
		     "kfree: call_site=free_pipe_info+0x88/0xa0 "
		     "ptr=0000000080e7f8b2");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "<idle>-0");
	assert_int_equal(line.ptr, 0x80e7f8b2);
}

/* 2.6.31: four flags, addresses as call sites, no node, a bare number. */
static void kmalloc_of_2_6_31(void **state)
{
	struct ftrace_line line = parse(
		"            bash-4242  [003] d.s3  1234.567890: kmalloc: "
		"call_site=ffffffff810f2a01 ptr=ffff88003e1c2a80 bytes_req=100 "
		"bytes_alloc=128 gfp_flags=GFP_KERNEL|GFP_ZERO");

	(void)state;
	assert_int_equal(line.kind, FTRACE_KMALLOC);
	assert_int_equal(line.cpu, 3);
	assert_int_equal(line.ptr, 0xffff88003e1c2a80);
	assert_int_equal(line.time, 1234567890000);
	assert_int_equal(line.node, -1);
	assert_text(line.call_site, "ffffffff810f2a01");
	assert_kind("            bash-4242  [003]  1234.567890: "
		    "kmem_cache_alloc_node: call_site=1 ptr=2 bytes_req=3 "
		    "bytes_alloc=8 gfp_flags=GFP_ATOMIC node=1",
		    FTRACE_ALLOC);
	assert_kind("            bash-4242  [003]  1234.567890: "
		    "kmalloc_node: call_site=1 ptr=2 bytes_req=3 "
		    "bytes_alloc=8 gfp_flags=GFP_ATOMIC node=1",
		    FTRACE_KMALLOC);
}

/* 6.18: the allocation has the cache's name, in the middle. */
static void names_in_allocations(void **state)
{
	struct ftrace_line line = parse(
		PREFIX
		"kmem_cache_alloc: call_site=a+0x1/0x2 ptr=00000000aa "
		"name=dentry bytes_req=192 bytes_alloc=192 gfp_flags=GFP_KERNEL"
		" node=1 accounted=true");

	(void)state;
	assert_text(line.name, "dentry");
	assert_int_equal(line.bytes_req, 192);
	assert_int_equal(line.node, 1);
	/* a name with blanks ends where the next field begins */
	line = parse(PREFIX "kmem_cache_alloc: call_site=a ptr=aa name=my own "
			    "cache bytes_req=8 bytes_alloc=8 gfp_flags=none");
	assert_text(line.name, "my own cache");
	assert_int_equal(line.bytes_req, 8);
	line = parse(PREFIX "kmem_cache_free: call_site=a ptr=aa name=a b ");
	assert_text(line.name, "a b");
	/* a 6.1 kernel with hash-ptr off prints nothing after name= */
	line = parse(PREFIX "kmem_cache_free: call_site=a ptr=aa name=");
	assert_int_equal(line.kind, FTRACE_FREE);
	assert_non_null(line.name.text);
	assert_int_equal(line.name.bytes, 0);
	line = parse(PREFIX "kmalloc: call_site=a ptr=aa bytes_req=1 "
			    "bytes_alloc=8 gfp_flags= node=-1 accounted=false");
	assert_int_equal(line.gfp.bytes, 0);
	assert_int_equal(line.node, -1);
}

static void fields_in_any_order(void **state)
{
	struct ftrace_line line = parse(
		PREFIX
		"kmalloc: node=2 gfp_flags=GFP_KERNEL new_field=7 "
		"bytes_alloc=64 ptr=0xabc bytes_req=40 call_site=x+0x1/0x9");

	(void)state;
	assert_int_equal(line.kind, FTRACE_KMALLOC);
	assert_int_equal(line.node, 2);
	assert_int_equal(line.ptr, 0xabc);
	assert_int_equal(line.bytes_req, 40);
	assert_int_equal(line.bytes_alloc, 64);
	assert_text(line.call_site, "x+0x1/0x9");
}

/* options/fields of kernels since 6.4: hex, and the decimal behind it. */
static void fields_option(void **state)
{
	struct ftrace_line line = parse(
		PREFIX "kmalloc: call_site=0xffffffff81000000 (123) "
		       "ptr=0xffff888000b08580 (456) bytes_req=0x1000 (4096) "
		       "bytes_alloc=0x2000 (8192) gfp_flags=0xcc0 (3264) "
		       "node=0xffffffff (-1)");

	(void)state;
	assert_int_equal(line.kind, FTRACE_KMALLOC);
	assert_int_equal(line.bytes_req, 4096);
	assert_int_equal(line.bytes_alloc, 8192);
	assert_int_equal(line.node, -1);
	assert_int_equal(line.ptr, 0xffff888000b08580);
}

static void call_site_in_a_module(void **state)
{
	struct ftrace_line line = parse(
		PREFIX "kfree: call_site=nf_free+0x1f/0x30 [nf_conntrack] "
		       "ptr=00000000deadbeef");

	(void)state;
	assert_text(line.call_site, "nf_free+0x1f/0x30 [nf_conntrack]");
	assert_int_equal(line.ptr, 0xdeadbeef);
}

/* The kernel right-aligns the comm in 16 columns: the '-' is the 17th. */
static void comms_that_look_like_more(void **state)
{
	struct ftrace_line line;

	(void)state;
	line = parse("  a-1 [007] b: c-22      [003] .....     5.000001: "
		     "kfree: call_site=x ptr=1");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "a-1 [007] b: c-22");
	assert_int_equal(line.cpu, 3);
	line = parse(" kworker/u8:2-ev-31415   [002] .....     5.000001: "
		     "kfree: call_site=x ptr=1");
	assert_text(line.task, "kworker/u8:2-ev-31415");
	/* no comm at all: prctl can set that */
	line = parse("                -99      [002] .....     5.000001: "
		     "kfree: call_site=x ptr=1");
	assert_text(line.task, "-99");
	line = parse("           <...>-7       [002] .....     5.000001: "
		     "kfree: call_site=x ptr=1");
	assert_text(line.task, "<...>-7");
}

static void trimmed_lines(void **state)
{
	struct ftrace_line line = parse("my-sh-72 [001] ..... 5.000001: "
					"kfree: call_site=x ptr=1");

	(void)state;
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "my-sh-72");
	assert_int_equal(line.cpu, 1);
}

static void tgid_column(void **state)
{
	struct ftrace_line line = parse(
		"              sh-72      (     72) [003] .....    26.509459: "
		"kfree: call_site=x ptr=1");

	(void)state;
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "sh-72");
	assert_int_equal(line.cpu, 3);
	assert_kind("              sh-72      (-------) [003] .....    26.5: "
		    "kfree: call_site=x ptr=1",
		    FTRACE_KFREE);
}

static void every_spelling_of_null(void **state)
{
	static const char *const nulls[] = {
		"ptr=(null)", "ptr=          (null)", "ptr=(nil)", "ptr=0x0",
		"ptr=0",      "ptr=0000000000000000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
		char text[256] = PREFIX "kfree: call_site=x ";
		struct ftrace_line line;

		strcat(text, nulls[i]);
		line = parse(text);
		assert_int_equal(line.kind, FTRACE_KFREE);
		assert_int_equal(line.ptr, 0);
		assert_false(line.hidden_ptr);
	}
	assert_true(parse(PREFIX "kfree: call_site=x ptr=(____ptrval____)")
			    .hidden_ptr);
	assert_true(parse(PREFIX "kfree: call_site=x ptr=        (ptrval)")
			    .hidden_ptr);
}

static uint64_t time_of(const char *time, bool ticks)
{
	char text[256] = "              sh-72      [000] ..... ";
	struct ftrace_line line;

	strcat(strcat(text, time), ": kfree: call_site=x ptr=1");
	line = parse(text);
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_int_equal(line.ticks, ticks);
	return line.time;
}

static void times(void **state)
{
	(void)state;
	assert_int_equal(time_of("0.000001", false), 1000);
	assert_int_equal(time_of("1795335237.235288", false),
			 1795335237235288000);
	assert_int_equal(time_of("3.123456789", false), 3123456789);
	assert_int_equal(time_of("3.5", false), 3500000000);
	assert_int_equal(time_of("51805946351", true), 51805946351);
	assert_int_equal(time_of("18446744073709551615", true), UINT64_MAX);
	assert_kind("              sh-72      [000] ..... 5.1234567890: "
		    "kfree: call_site=x ptr=1",
		    FTRACE_UNPARSED);
	assert_kind("              sh-72      [000] ..... "
		    "18446744073709551616: kfree: call_site=x ptr=1",
		    FTRACE_UNPARSED);
	assert_kind("              sh-72      [000] ..... 99999999999.0: "
		    "kfree: call_site=x ptr=1",
		    FTRACE_UNPARSED);
}

static void other_events(void **state)
{
	(void)state;
	assert_kind(PREFIX "tracing_mark_write: slabinfo begin t0.0",
		    FTRACE_OTHER);
	assert_kind(PREFIX "tracing_mark_write <ffffffff810f72f9>: begin",
		    FTRACE_OTHER);
	assert_kind(PREFIX "sched_process_fork: comm=sh pid=71 child_comm=sh",
		    FTRACE_OTHER);
	assert_kind(PREFIX "vfs_read <-ksys_read", FTRACE_OTHER);
	/* trace_printk in a function that has the name of an event */
	assert_kind(PREFIX "kmem_cache_alloc: SL hit names_cache p=1 avail=1",
		    FTRACE_OTHER);
	assert_kind(PREFIX "kmem_cache_alloc_lru: SL hit dentry", FTRACE_OTHER);
}

static void what_is_no_event(void **state)
{
	struct ftrace_line line;

	(void)state;
	assert_kind("", FTRACE_COMMENT);
	assert_kind("# tracer: nop", FTRACE_COMMENT);
	assert_kind("##### CPU 2 buffer started ####", FTRACE_COMMENT);
	line = parse("# entries-in-buffer/entries-written: 2762/21072   #P:4");
	assert_int_equal(line.kind, FTRACE_ENTRIES);
	assert_int_equal(line.entries_in, 2762);
	assert_int_equal(line.entries_written, 21072);
	assert_int_equal(line.cpus, 4);
	line = parse("CPU:0 [LOST 136 EVENTS]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 136);
	assert_false(line.lost_uncounted);
	line = parse("CPU:3 [LOST EVENTS]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 1);
	assert_true(line.lost_uncounted);
}

static void unparsed(void **state)
{
	static const char *const lines[] = {
		"hello",
		"CPU:0 [LOST 136 EVENT",
		"              sh-72      [000] .....     5.963990",
		"              sh-72      [99999] ..... 5.9: kfree: ptr=1",
		"              sh      [000] .....     5.963990: kfree: ptr=1",
		PREFIX "kfree: call_site=x",
		PREFIX "kfree: call_site=x ptr=xyz",
		PREFIX "kfree: call_site=x ptr=11112222333344445",
		PREFIX "kmalloc: call_site=x ptr=1",
		PREFIX "kmalloc: call_site=x ptr=1 bytes_req=-1",
		PREFIX "kmalloc: call_site=x ptr=1 bytes_req=4294967296",
		PREFIX "kmalloc: call_site=x ptr=1 bytes_req=1 node=-2",
		PREFIX "kfree:",
		PREFIX "kfree: call_si",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_kind(lines[i], FTRACE_UNPARSED);
}

/* Cut anywhere before the size, an allocation is not taken for anything. */
static void cut_anywhere(void **state)
{
	static const char whole[] = PREFIX
		"kmem_cache_alloc: call_site=ext4_alloc_inode+0x1f/0x180"
		" ptr=0000000070296626 bytes_req=1096 bytes_alloc=1152";
	size_t size_at = (size_t)(strstr(whole, "1096") - whole);
	char text[sizeof(whole)];

	(void)state;
	for (size_t bytes = 1; bytes <= size_at; bytes++) {
		memcpy(text, whole, bytes);
		text[bytes] = '\0';
		assert_kind(text, FTRACE_UNPARSED);
	}
}

static void nul_bytes_are_not_text(void **state)
{
	char text[] = PREFIX "kfree: call_site=x ptr=1";
	struct ftrace_line line;

	(void)state;
	text[18] = '\0';
	ftrace_parse(NULL, text, sizeof(text) - 1, &line);
	assert_int_equal(line.kind, FTRACE_UNPARSED);
}

static bool number(const char *text, uint64_t max, uint64_t *value)
{
	struct cursor in = { text, text + strlen(text) };

	return scan_number(&in, max, value) && in.p == in.end;
}

/* Around eight digits, where one word of them ends. */
static void numbers(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(number("0", 9, &value) && value == 0);
	assert_true(number("1234567", UINT64_MAX, &value) && value == 1234567);
	assert_true(number("12345678", UINT64_MAX, &value) &&
		    value == 12345678);
	assert_true(number("123456789", UINT64_MAX, &value) &&
		    value == 123456789);
	assert_true(number("1234567890123456", UINT64_MAX, &value) &&
		    value == 1234567890123456);
	assert_true(number("00000000000000000000007", 7, &value) && value == 7);
	assert_true(number("18446744073709551615", UINT64_MAX, &value) &&
		    value == UINT64_MAX);
	assert_false(number("18446744073709551616", UINT64_MAX, &value));
	assert_false(number("100000000000000000000", UINT64_MAX, &value));
	assert_true(number("65535", 65535, &value) && value == 65535);
	assert_false(number("65536", 65535, &value));
	assert_false(number("", 9, &value));
	assert_false(number("/", 9, &value));
	assert_false(number(":", 9, &value));
	assert_false(number("\xb1", 9, &value));
}

static bool hex(const char *text, uint64_t *value)
{
	struct cursor in = { text, text + strlen(text) };

	return scan_hex(&in, value) && in.p == in.end;
}

static void hex_numbers(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(hex("0", &value) && value == 0);
	assert_true(hex("89abcdef", &value) && value == 0x89abcdef);
	assert_true(hex("DEADbeef", &value) && value == 0xdeadbeef);
	assert_true(hex("0123456789abcdef", &value) &&
		    value == 0x0123456789abcdef);
	assert_true(hex("fedcba987", &value) && value == 0xfedcba987);
	assert_false(hex("0123456789abcdef0", &value));
	assert_false(hex("g", &value));
	assert_false(hex("`", &value));
	assert_false(hex("@", &value));
	assert_false(hex("", &value));
}

static uint32_t gfp(const char *text)
{
	return gfp_parse(text, strlen(text));
}

static void gfp_names_of_both_eras(void **state)
{
	(void)state;
	assert_int_equal(gfp("GFP_KERNEL"), 0);
	assert_int_equal(gfp("none"), 0);
	assert_int_equal(gfp(""), 0);
	assert_int_equal(gfp("GFP_DMA"), EVENT_GFP_DMA);
	assert_int_equal(gfp("__GFP_DMA"), EVENT_GFP_DMA);
	assert_int_equal(gfp("GFP_DMA32"), 0);
	assert_int_equal(gfp("GFP_KERNEL|GFP_ZERO"), EVENT_GFP_ZERO);
	assert_int_equal(gfp("GFP_KERNEL_ACCOUNT|__GFP_RECLAIMABLE"),
			 EVENT_GFP_ACCOUNT | EVENT_GFP_RECLAIMABLE);
	assert_int_equal(gfp("GFP_NOFS|__GFP_NOFAIL|__GFP_ZERO|__GFP_ACCOUNT"),
			 EVENT_GFP_ZERO | EVENT_GFP_ACCOUNT);
	assert_int_equal(gfp("__GFP_IO|__GFP_THISNODE|0x8000000"),
			 EVENT_GFP_THISNODE);
	assert_int_equal(gfp("GFP_ATOMIC|__GFP_NOWARN"), EVENT_GFP_ATOMIC);
	assert_int_equal(gfp("|||"), 0);
}

static void own_call_sites(void **state)
{
	(void)state;
	assert_true(own_call_site("cache_grow_begin+0x1f/0x2a0", 27));
	assert_true(own_call_site("alloc_slabmgmt.isra.0+0x1/0x2", 29));
	assert_true(own_call_site("kmem_cache_create", 17));
	assert_false(own_call_site("cache_grow_beginning+0x1/0x2", 28));
	assert_false(own_call_site("getname_flags+0x2b/0x180", 24));
	assert_false(own_call_site("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alloc_of_6_1),
		cmocka_unit_test(frees_of_6_1),
		cmocka_unit_test(kmalloc_of_2_6_31),
		cmocka_unit_test(names_in_allocations),
		cmocka_unit_test(fields_in_any_order),
		cmocka_unit_test(fields_option),
		cmocka_unit_test(call_site_in_a_module),
		cmocka_unit_test(comms_that_look_like_more),
		cmocka_unit_test(trimmed_lines),
		cmocka_unit_test(tgid_column),
		cmocka_unit_test(every_spelling_of_null),
		cmocka_unit_test(times),
		cmocka_unit_test(other_events),
		cmocka_unit_test(what_is_no_event),
		cmocka_unit_test(unparsed),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(nul_bytes_are_not_text),
		cmocka_unit_test(numbers),
		cmocka_unit_test(hex_numbers),
		cmocka_unit_test(gfp_names_of_both_eras),
		cmocka_unit_test(own_call_sites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
