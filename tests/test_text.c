/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parsers of text, shape by shape, on lines as the tools print them. What
 * is expected was read off the lines by eye.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "traces/event.h"
#include "traces/gfp.h"
#include "traces/text.h"

static struct text_reader reader;
static char *copy; /* of the line: texts point into it */

static int forget(void **state)
{
	(void)state;
	free(copy);
	copy = NULL;
	return 0;
}

/* Parses a copy of exact size, so that a sanitizer sees any step beyond. */
static struct ftrace_line parse(const char *text)
{
	size_t bytes = strlen(text);
	struct ftrace_line line;

	free(copy);
	copy = malloc(bytes + 1);
	assert_non_null(copy);
	memcpy(copy, text, bytes);
	copy = realloc(copy, bytes ? bytes : 1);
	assert_non_null(copy);
	text_parse(&reader, copy, bytes, &line);
	return line;
}

static void shape(enum text_shape wanted)
{
	memset(&reader, 0, sizeof(reader));
	reader.shape = wanted;
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

/* --- trace-cmd report --- */

#define REPORT "     fs worker 0-148   [012]    11.285960: "

static void report_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_TRACE_CMD);
	line = parse(REPORT
		     "kmem_cache_alloc:     (getname_flags+0x2b) "
		     "call_site=getname_flags+0x2b ptr=0xffff888000d5f000 "
		     "bytes_req=4096 bytes_alloc=4160 gfp_flags=GFP_KERNEL "
		     "node=-1 accounted=false");
	assert_int_equal(line.kind, FTRACE_ALLOC);
	assert_text(line.task, "fs worker 0-148");
	assert_int_equal(line.cpu, 12);
	assert_int_equal(line.time, 11285960000);
	assert_false(line.ticks);
	assert_int_equal(line.ptr, 0xffff888000d5f000);
	assert_int_equal(line.bytes_req, 4096);
	assert_int_equal(line.bytes_alloc, 4160);
	assert_int_equal(line.node, -1);
	assert_text(line.call_site, "getname_flags+0x2b");
	assert_text(line.gfp, "GFP_KERNEL");
	line = parse(REPORT "kfree:                (free_pipe_info+0x88) "
			    "call_site=free_pipe_info+0x88 ptr=(nil)");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_int_equal(line.ptr, 0);
}

/* -R: fields without the print format; -t: nine digits; -N: no plugin */
static void report_options(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_TRACE_CMD);
	line = parse("              wl-1908  [000]    42.953308463: kmalloc:   "
		     "            call_site=alloc_bprm+0x2d "
		     "ptr=0xffff888000b38a00 bytes_req=416 bytes_alloc=512 "
		     "gfp_flags=0xdc0 node=1");
	assert_int_equal(line.kind, FTRACE_KMALLOC);
	assert_int_equal(line.time, 42953308463);
	assert_int_equal(line.node, 1);
	assert_text(line.gfp, "0xdc0");
	assert_int_equal(gfp_parse("0xdc0", 5), EVENT_GFP_ZERO);
	line = parse("      wl-1908    3d.h1.    42.953288: kfree: "
		     "call_site=a+0x1 ptr=0xb");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_int_equal(line.cpu, 3);
	assert_text(line.task, "wl-1908");
	assert_int_equal(line.time, 42953288000);
	line = parse("              wl-1908  [001]    42.953308: (+20)    "
		     "kfree: call_site=a ptr=0xb");
	assert_int_equal(line.kind, FTRACE_KFREE);
	/* --date: seconds since 1970; clocks in ticks touch the bracket */
	line = parse("              wl-2022  [002] 1795335237.235288: kfree: "
		     "call_site=a ptr=0xb");
	assert_int_equal(line.time, 1795335237235288000);
	line = parse("              wl-1984  [001]127156953347: kfree: "
		     "call_site=a ptr=0xb");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_true(line.ticks);
	assert_int_equal(line.time, 127156953347);
}

static void report_buffers(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_TRACE_CMD);
	line = parse("   my-1 buf:     fs worker 0-148   [001]    11.285960: "
		     "kfree: call_site=a ptr=0xb");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "fs worker 0-148");
	line = parse("   kmem: CPU:1 [439 EVENTS DROPPED]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 439);
	line = parse("trace.dat: cpus=4");
	assert_int_equal(line.kind, FTRACE_ENTRIES);
	assert_int_equal(line.cpus, 4);
}

static void report_other_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_TRACE_CMD);
	line = parse("cpus=64");
	assert_int_equal(line.kind, FTRACE_ENTRIES);
	assert_int_equal(line.cpus, 64);
	assert_int_equal(line.entries_written, 0);
	line = parse("CPU:3 [278 EVENTS DROPPED]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 278);
	assert_false(line.lost_uncounted);
	line = parse("CPU:1 [EVENTS DROPPED]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 1);
	assert_true(line.lost_uncounted);
	assert_kind("version = 6", FTRACE_COMMENT);
	assert_kind("CPU 3 is empty", FTRACE_COMMENT);
	assert_kind("", FTRACE_COMMENT);
	assert_kind(REPORT "print:                tracing_mark_write: hello",
		    FTRACE_OTHER);
	assert_kind(REPORT "bprint:               kfree: SL hit a p=0xffx",
		    FTRACE_OTHER);
	assert_kind("CPU:1 [some EVENTS DROPPED]", FTRACE_UNPARSED);
	assert_kind("cpus=4 and more", FTRACE_UNPARSED);
	assert_kind("version = six", FTRACE_UNPARSED);
	assert_kind(REPORT "kfree: (a+0x1) call_site=a+0x1", FTRACE_UNPARSED);
	assert_kind(REPORT, FTRACE_UNPARSED);
}

/* A cut in the middle is no event, wherever it is. */
static void cut_report_lines(void **state)
{
	static const char whole[] = REPORT
		"kmalloc:              (alloc_bprm+0x2d) "
		"call_site=alloc_bprm+0x2d ptr=0xb bytes_req=";
	char text[sizeof(whole)];

	(void)state;
	shape(TEXT_TRACE_CMD);
	/* from behind "kmalloc:" on; before it, it is another event's */
	for (size_t n = sizeof(REPORT) + 60; n < sizeof(whole); n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		assert_kind(text, FTRACE_UNPARSED);
	}
}

/* --- perf script --- */

static void perf_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_PERF);
	line = parse("            perf  2942 [003]    68.158343: "
		     "kmem:kmem_cache_alloc: call_site=getname_flags+0x2b "
		     "ptr=0xffff888022068000 bytes_req=4096 bytes_alloc=4096 "
		     "gfp_flags=GFP_KERNEL node=-1 accounted=false");
	assert_int_equal(line.kind, FTRACE_ALLOC);
	assert_text(line.task, "perf-2942");
	assert_int_equal(line.cpu, 3);
	assert_int_equal(line.time, 68158343000);
	assert_int_equal(line.ptr, 0xffff888022068000);
	line = parse("         swapper     0 [000]    68.157549123:  "
		     "kmem:kmem_cache_free: call_site=0xffffffff811b1abb "
		     "ptr=0xffff888000ffbf00 name=filp");
	assert_int_equal(line.kind, FTRACE_FREE);
	assert_int_equal(line.time, 68157549123);
	assert_text(line.task, "swapper-0");
	assert_text(line.call_site, "0xffffffff811b1abb");
	assert_text(line.name, "filp");
	assert_kind("            perf  2472 [003]    68.157519:            "
		    "kmem:kfree: call_site=a+0x16c ptr=(nil)",
		    FTRACE_KFREE);
}

static void perf_tasks(void **state)
{
	(void)state;
	shape(TEXT_PERF);
#define KFREE " [003]    68.157519: kmem:kfree: call_site=a ptr=0xb"
	assert_text(parse("           :2539  2539" KFREE).task, ":2539-2539");
	assert_text(parse("     fs worker 0  2539/2540" KFREE).task,
		    "fs worker 0-2540");
	assert_text(parse("a [001] 1.0: b  7" KFREE).task, "a [001] 1.0: b-7");
	assert_text(parse("kworker/0:1-mm_  34" KFREE).task,
		    "kworker/0:1-mm_-34");
	assert_text(parse("swapper     0" KFREE).task, "swapper-0");
	assert_text(parse("swapper    -1" KFREE).task, "swapper--1");
	assert_kind("    2539" KFREE, FTRACE_UNPARSED);
	assert_kind("perf" KFREE, FTRACE_UNPARSED);
}

/* Columns of -F: period, flags, misc. */
static void perf_columns(void **state)
{
	(void)state;
	shape(TEXT_PERF);
	assert_kind("  perf  29/29 [003]    68.157519:          1 kmem:kfree: "
		    "call_site=a ptr=0xb",
		    FTRACE_KFREE);
	assert_kind("  perf  2942 [003] K   68.157519: kmem:kfree:         "
		    "          call_site=a ptr=0xb",
		    FTRACE_KFREE);
	assert_kind("  perf  2942 [003] 68.157519: sched:sched_switch: "
		    "prev_comm=a b",
		    FTRACE_OTHER);
	assert_kind(
		"  perf  2942 [003] 68.157519: kmem:mm_page_pcpu_drain: a=1",
		FTRACE_OTHER);
	assert_kind("  perf  2942 [003] 68.157519: 99 cycles: ", FTRACE_OTHER);
	/* without the fields, without the CPU */
	assert_kind("  perf  2942 [003] 68.157519: kmem:kfree: ",
		    FTRACE_UNPARSED);
	assert_kind("  perf  2942 68.157519: kmem:kfree: call_site=a ptr=0xb",
		    FTRACE_UNPARSED);
	assert_kind("  perf  2942 [003] 68: kmem:kfree: call_site=a ptr=0xb",
		    FTRACE_UNPARSED);
	assert_kind("  perf  2942 [003] 68.157519: noise", FTRACE_UNPARSED);
}

static void perf_other_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_PERF);
	line = parse("       perf-exec  2528 [001]    82.197399: "
		     "PERF_RECORD_LOST lost 258");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 258);
	line = parse("           :2539  2539 [000]    82.222547: "
		     "PERF_RECORD_LOST_SAMPLES lost 40");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 40);
	line = parse("perf 1 [000] 82.2: PERF_RECORD_LOST");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_true(line.lost_uncounted);
	assert_kind("swapper 0 [000] 0.000000: PERF_RECORD_COMM: init:1/1",
		    FTRACE_COMMENT);
	assert_kind("perf  2942 PERF_RECORD_COMM: a:1/1", FTRACE_COMMENT);
	assert_kind("\tffffffff8119d2ff kmem_cache_free+0xcf "
		    "([kernel.kallsyms])",
		    FTRACE_COMMENT);
	assert_kind("            7f1b2c [unknown] (/usr/lib/libc.so.6)",
		    FTRACE_COMMENT);
	assert_kind("", FTRACE_COMMENT);
	line = parse("# nrcpus online : 8");
	assert_int_equal(line.kind, FTRACE_ENTRIES);
	assert_int_equal(line.cpus, 8);
	assert_kind("# nrcpus avail : 8", FTRACE_COMMENT);
	assert_kind("	not a chain", FTRACE_UNPARSED);
	assert_kind("ffffffff8119d2ff kmem_cache_free+0xcf (x)",
		    FTRACE_UNPARSED);
}

/* --- babeltrace2 --- */

#define BABEL_FIELDS                                                         \
	"{ perf_tid = 148, perf_pid = 148, call_site = 0xFFFFFFFF811B1ABB, " \
	"ptr = 0xFFFF888022068000, bytes_req = 4096, bytes_alloc = 4160, "   \
	"gfp_flags = 0xCC0, node = -1, accounted = 0 }"

static void babeltrace_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_BABELTRACE);
	line = parse("[00:01:08.158343780] (+0.000794457) "
		     "kmem:kmem_cache_alloc: { cpu_id = 3 }, " BABEL_FIELDS);
	assert_int_equal(line.kind, FTRACE_ALLOC);
	assert_int_equal(line.time, 68158343780);
	assert_int_equal(line.cpu, 3);
	assert_int_equal(line.ptr, 0xffff888022068000);
	assert_int_equal(line.bytes_req, 4096);
	assert_int_equal(line.bytes_alloc, 4160);
	assert_int_equal(line.node, -1);
	assert_text(line.task, "-148");
	assert_text(line.gfp, "0xCC0");
	assert_text(line.call_site, "0xFFFFFFFF811B1ABB");
	line = parse("[00:01:08.158343780] (+0.000794457) my host.org "
		     "kmem_kfree: { cpu_id = 0 }, { procname = \"a, b }\", "
		     "tid = 7 }, { call_site = 0x1, ptr = 0x0 }");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_int_equal(line.ptr, 0);
	assert_text(line.task, "a, b }-7");
	line = parse(
		"[00:01:08.158343780] (+?.\?\?\?\?\?\?\?\?\?) kmem_cache_free: "
		"{ cpu_id = 0 }, { call_site = 0x1, ptr = 0xA, "
		"name = \"filp\" }");
	assert_int_equal(line.kind, FTRACE_FREE);
	assert_text(line.name, "filp");
	assert_text(line.task, "");
}

#define BABEL_KFREE \
	" kmem_kfree: { cpu_id = 0 }, { call_site = 0x1, ptr = 0xA }"

static void babeltrace_times(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_BABELTRACE);
	assert_int_equal(parse("[68.157549323]" BABEL_KFREE).time, 68157549323);
	line = parse("[00000000068157549323]" BABEL_KFREE);
	assert_true(line.ticks);
	assert_int_equal(line.time, 68157549323);
	/* 1 March 1972 is day 790: 365 + 365 + 31 + 29 */
	assert_int_equal(
		parse("[1972-03-01 00:00:01.000000002]" BABEL_KFREE).time,
		UINT64_C(790) * 86400000000000 + 1000000002);
	/* midnight, twice */
	shape(TEXT_BABELTRACE);
	assert_int_equal(parse("[23:59:59.999999999]" BABEL_KFREE).time,
			 86399999999999);
	assert_int_equal(parse("[00:00:00.000000001]" BABEL_KFREE).time,
			 86400000000001);
	assert_int_equal(parse("[12:00:00.000000000]" BABEL_KFREE).time,
			 129600000000000);
	assert_int_equal(parse("[23:59:59.000000000]" BABEL_KFREE).time,
			 172799000000000);
	assert_int_equal(parse("[00:00:00.000000000]" BABEL_KFREE).time,
			 172800000000000);
	/* a little back is not midnight: that is for the import to judge */
	assert_int_equal(parse("[00:00:01.000000000]" BABEL_KFREE).time,
			 172801000000000);
	assert_int_equal(parse("[00:00:00.500000000]" BABEL_KFREE).time,
			 172800500000000);
	assert_kind("[24:00:00.000000000]" BABEL_KFREE, FTRACE_UNPARSED);
	assert_kind("[1969-12-31 00:00:00.000000000]" BABEL_KFREE,
		    FTRACE_UNPARSED);
	assert_kind("[2026-13-01 00:00:00.000000000]" BABEL_KFREE,
		    FTRACE_UNPARSED);
	assert_kind("[00:00:00.5]" BABEL_KFREE, FTRACE_UNPARSED);
	assert_kind("[soon]" BABEL_KFREE, FTRACE_UNPARSED);
}

static void babeltrace_other_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_BABELTRACE);
	line = parse("WARNING: Tracer discarded 12 events between [1] and [2]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 12);
	line = parse("WARNING: Tracer discarded 3 packets between [1] and [2]");
	assert_int_equal(line.kind, FTRACE_LOST);
	assert_int_equal(line.lost, 1);
	assert_true(line.lost_uncounted);
	assert_kind("[00:00:00.000000000] (+0.1) h sched_switch: "
		    "{ cpu_id = 0 }, { prev_state = ( \"A\" : container = 0 ), "
		    "a = [ [0] = 1, [1] = 2 ] }",
		    FTRACE_OTHER);
	/* cut off */
	assert_kind("[00:00:00.000000000] kmem_kfree: { cpu_id = 0 }, "
		    "{ call_site = 0x1, ptr = 0xA",
		    FTRACE_UNPARSED);
	assert_kind("[00:00:00.000000000] sched_switch: { cpu_id = 0 }, { a",
		    FTRACE_UNPARSED);
	assert_kind("[00:00:00.000000000] kmem_kfree: { cpu_id = 0 }, "
		    "{ call_site = 0x1 }",
		    FTRACE_UNPARSED);
	assert_kind("[00:00:00.000000000] kmem_kmalloc: { cpu_id = 0 }, "
		    "{ call_site = 0x1, ptr = 0x2 }",
		    FTRACE_UNPARSED);
	assert_kind("[00:00:00.000000000] kmem_kfree: { ptr = 0x2 }",
		    FTRACE_UNPARSED);
	assert_kind("the Tracer", FTRACE_UNPARSED);
}

/* --- latency format --- */

static void latency_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_LATENCY);
	line = parse("slabsnap-546       1d.h1. 59652us+: kfree: "
		     "call_site=a ptr=000000003abeddd9");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "slabsnap-546");
	assert_int_equal(line.cpu, 1);
	assert_int_equal(line.time, 59652000);
	line = parse("   a-1 b-72       12..... 55759us : kfree: call_site=a "
		     "ptr=00b");
	assert_text(line.task, "a-1 b-72");
	assert_int_equal(line.cpu, 12);
	line = parse("      sh-72        2.....  1234: kfree: call_site=a "
		     "ptr=00b");
	assert_true(line.ticks);
	assert_int_equal(line.time, 1234);
	/* 2.6.31: four flags and the nesting, a digit */
	assert_kind("    bash-4242    0d.s3  567us!: kfree: call_site=a ptr=b",
		    FTRACE_KFREE);
	assert_kind("      sh-72        2..... 55781us : tracing_mark_write: a",
		    FTRACE_OTHER);
	assert_kind("      sh-72        2 55781us : kfree: call_site=a ptr=b",
		    FTRACE_UNPARSED);
	assert_kind("      sh-72        2..... 55781ms : kfree: call_site=a "
		    "ptr=b",
		    FTRACE_UNPARSED);
	assert_kind("      sh-72        2..... 55781us", FTRACE_UNPARSED);
}

static void verbose_latency_lines(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_LATENCY);
	line = parse("     fs worker 0     148   3 0 00000001 0000000f "
		     "[0000d9cf] 55.759ms (+0.022ms): kfree: call_site=a "
		     "ptr=000000003abeddd9");
	assert_int_equal(line.kind, FTRACE_KFREE);
	assert_text(line.task, "fs worker 0-148");
	assert_int_equal(line.cpu, 3);
	assert_int_equal(line.time, 55759000); /* 0xd9cf microseconds */
	line = parse("     fs worker 0     148   3 0 00000001 0000000f "
		     "[000000000000d9cf] 55759 (+22): kfree: call_site=a "
		     "ptr=b");
	assert_true(line.ticks);
	assert_int_equal(line.time, 0xd9cf);
}

static void latency_header(void **state)
{
	struct ftrace_line line;

	(void)state;
	shape(TEXT_LATENCY);
	line = parse("# latency: 0 us, #1837/1900, CPU#0 | (M:server VP:0, "
		     "KP:0, SP:0 HP:0 #P:4)");
	assert_int_equal(line.kind, FTRACE_ENTRIES);
	assert_int_equal(line.entries_in, 1837);
	assert_int_equal(line.entries_written, 1900);
	assert_int_equal(line.cpus, 4);
	assert_kind("# latency: none", FTRACE_COMMENT);
	assert_kind("#    | task: -0 (uid:0 nice:0 policy:0 rt_prio:0)",
		    FTRACE_COMMENT);
}

/* --- all --- */

static void numbers_of_gfp(void **state)
{
	(void)state;
	/* GFP_KERNEL, its zeroing twin, GFP_ATOMIC of 6.1 and of 6.18 */
	assert_int_equal(gfp_number(0xcc0), 0);
	assert_int_equal(gfp_number(0xdc0), EVENT_GFP_ZERO);
	assert_int_equal(gfp_number(0xa20), EVENT_GFP_ATOMIC);
	assert_int_equal(gfp_number(0x820), EVENT_GFP_ATOMIC);
	/* GFP_KERNEL_ACCOUNT|__GFP_RECLAIMABLE, and in decimal */
	assert_int_equal(gfp_number(0x400cd0),
			 EVENT_GFP_ACCOUNT | EVENT_GFP_RECLAIMABLE);
	assert_int_equal(gfp_parse("4197584", 7),
			 EVENT_GFP_ACCOUNT | EVENT_GFP_RECLAIMABLE);
	assert_int_equal(gfp_number(0x200001),
			 EVENT_GFP_DMA | EVENT_GFP_THISNODE);
	/* a rest of a list of names is not a number */
	assert_int_equal(gfp_parse("GFP_NOFS|0x1", 12), 0);
	assert_int_equal(gfp_parse("0x1|GFP_ZERO", 12), EVENT_GFP_ZERO);
	assert_int_equal(gfp_parse(NULL, 0), 0);
}

/* NUL, CR, nothing: the same in all shapes. */
static void odd_bytes(void **state)
{
	static const char nul[] = "CPU:1 [EVENTS\0DROPPED]";
	struct ftrace_line line;

	(void)state;
	for (int s = TEXT_FTRACE; s <= TEXT_BABELTRACE; s++) {
		shape((enum text_shape)s);
		text_parse(&reader, nul, sizeof(nul) - 1, &line);
		assert_int_equal(line.kind, FTRACE_UNPARSED);
		assert_kind("\r", FTRACE_COMMENT);
		assert_kind("# anything", FTRACE_COMMENT);
		assert_kind("anything", FTRACE_UNPARSED);
		assert_string_not_equal(text_shape_name((enum text_shape)s),
					"");
	}
	shape(TEXT_PERF);
	assert_kind("perf 1 [000] 1.0: kmem:kfree: call_site=a ptr=0xb\r",
		    FTRACE_KFREE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, forget)
	const struct CMUnitTest tests[] = {
		TEST(report_lines),     TEST(report_options),
		TEST(report_buffers),   TEST(report_other_lines),
		TEST(cut_report_lines), TEST(perf_lines),
		TEST(perf_tasks),       TEST(perf_columns),
		TEST(perf_other_lines), TEST(babeltrace_lines),
		TEST(babeltrace_times), TEST(babeltrace_other_lines),
		TEST(latency_lines),    TEST(verbose_latency_lines),
		TEST(latency_header),   TEST(numbers_of_gfp),
		TEST(odd_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
