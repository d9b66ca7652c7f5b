/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of the page allocator: as each kernel and tool prints them, through
 * the import, in the file. They were left out of trace files before; a file
 * without any must not change by that, byte for byte (test_slt.c has the
 * bytes).
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#include <errno.h>

#include "traces/page_fields.h"
#include "traces/slt_format.h"
#include "traces/text.h"

#define PREFIX "           <...>-57      [001] .....    21.000001: "
#define AT(us, rest) \
	"              sh-72      [001] .....     5." us ": " rest "\n"
#define KFREE(us) AT(us, "kfree: call_site=x ptr=00000000aa")

static struct imported i;

static int release(void **state)
{
	(void)state;
	imported_release(&i);
	return 0;
}

/* --- lines --- */

static struct ftrace_line parse_as(enum text_shape shape, const char *text)
{
	struct text_reader reader = { .shape = shape };
	struct ftrace_line line;

	text_parse(&reader, text, strlen(text), &line);
	return line;
}

static void assert_page(enum text_shape shape, const char *text,
			enum ftrace_kind kind, uint64_t pfn, uint32_t order,
			int migratetype)
{
	struct ftrace_line line = parse_as(shape, text);

	assert_int_equal(line.kind, kind);
	assert_int_equal(line.ptr, pfn);
	assert_int_equal(line.bytes_req, order);
	assert_int_equal(line.bytes_alloc, migratetype + 1);
}

static void lines_of_kernels(void **state)
{
	(void)state;
	/* 6.1; 4.18 without "__"; 3.10 in decimal; 2.6.32 */
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_alloc: page=0000000035c395ce pfn=0x4e6e1 "
			   "order=2 migratetype=1 gfp_flags=GFP_KERNEL",
		    FTRACE_PAGE_ALLOC, 0x4e6e1, 2, 1);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_alloc: page=ffffea0000db5e80 pfn=3595904 "
			   "order=0 migratetype=-1 gfp_flags=GFP_NOWAIT",
		    FTRACE_PAGE_ALLOC, 3595904, 0, -1);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_free: page=0000000097b052ab pfn=0x42d4 "
			   "order=3",
		    FTRACE_PAGE_FREE, 0x42d4, 3, -1);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_free_batched: page=0000000097b052ab "
			   "pfn=0x42d4 order=0",
		    FTRACE_PAGE_FREE_BATCHED, 0x42d4, 0, -1);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_free_direct: page=ffffea0000db5e80 "
			   "pfn=3595904 order=1",
		    FTRACE_PAGE_FREE, 3595904, 1, -1);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_pagevec_free: page=ffffea0000db5e80 "
			   "pfn=3595904 order=0 cold=1",
		    FTRACE_PAGE_FREE_BATCHED, 3595904, 0, -1);
	/* options/fields, of kernels from about 6.4 on */
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_alloc: pfn=0x4e6e1 (321249) order=0x3 (3) "
			   "gfp_flags=0xdc0 (3520) migratetype=0x1 (1)",
		    FTRACE_PAGE_ALLOC, 0x4e6e1, 3, 1);
}

static void lines_of_tools(void **state)
{
	(void)state;
	assert_page(
		TEXT_TRACE_CMD,
		"              sh-71    [003]    91.451421: mm_page_alloc:  "
		"      page=0xffffffff81c06a49 pfn=0x4e6e1 order=0 "
		"migratetype=0 gfp_flags=GFP_KERNEL",
		FTRACE_PAGE_ALLOC, 0x4e6e1, 0, 0);
	/* -R of a batched free: nothing but the number */
	assert_page(TEXT_TRACE_CMD,
		    "              sh-71    [003]    91.451421: "
		    "mm_page_free_batched:  pfn=0x4e6e1",
		    FTRACE_PAGE_FREE_BATCHED, 0x4e6e1, 0, -1);
	assert_page(TEXT_PERF,
		    "  perf  2942 [003] 68.157519: kmem:mm_page_free: "
		    "page=0xffffea0000db5e80 pfn=0x42d4 order=0",
		    FTRACE_PAGE_FREE, 0x42d4, 0, -1);
	/* LTTng's old events have the pointer only */
	assert_page(TEXT_BABELTRACE,
		    "[00:00:00.000000401] (+0.000000100) host "
		    "kmem_mm_page_free: { cpu_id = 0 }, "
		    "{ page = 0xFFFFEA0000DB5E80, order = 1 }",
		    FTRACE_PAGE_FREE, PAGE_NO_PFN, 1, -1);
	assert_page(TEXT_BABELTRACE,
		    "[00:00:00.000000401] (+0.000000100) host "
		    "kmem_mm_page_alloc: { cpu_id = 0 }, { page = 0x1, "
		    "pfn = 77, order = 0, gfp_flags = 208, migratetype = -1 }",
		    FTRACE_PAGE_ALLOC, 77, 0, -1);
}

static void lines_that_fail(void **state)
{
	(void)state;
	/* no page to be had: NULL in all spellings, -1 as a number */
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_alloc: page=          (null) pfn=0 order=9 "
			   "migratetype=2 gfp_flags=GFP_TRANSHUGE",
		    FTRACE_PAGE_ALLOC, PAGE_FAILED, 9, 2);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_alloc: page=0000000000000000 pfn=0x0 "
			   "order=9 migratetype=2 gfp_flags=GFP_TRANSHUGE",
		    FTRACE_PAGE_ALLOC, PAGE_FAILED, 9, 2);
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_alloc: pfn=0xffffffffffffffff order=9 "
			   "gfp_flags=0xdc0 migratetype=2",
		    FTRACE_PAGE_ALLOC, PAGE_FAILED, 9, 2);
	/* a frame is no failure because its pointer is hidden */
	assert_page(TEXT_FTRACE,
		    PREFIX "mm_page_free: page=(____ptrval____) pfn=0x7 "
			   "order=0",
		    FTRACE_PAGE_FREE, 7, 0, -1);
}

static enum ftrace_kind kind_of(const char *text)
{
	return parse_as(TEXT_FTRACE, text).kind;
}

static void lines_that_make_no_sense(void **state)
{
	(void)state;
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=1 pfn=0x7"),
			 FTRACE_UNPARSED);
	assert_int_equal(kind_of(PREFIX "mm_page_free: order=0"), FTRACE_OTHER);
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=1 order=0 pfn=x"),
			 FTRACE_UNPARSED);
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=1 pfn=0x7 "
					"order=32"),
			 FTRACE_UNPARSED);
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=(null) pfn=0 "
					"order=0"),
			 FTRACE_UNPARSED);
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=(null) order=0"),
			 FTRACE_UNPARSED);
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=1 order=0 "
					"pfn=0xfffffffffffffffe"),
			 FTRACE_UNPARSED);
	/* 2^47 page frames are 512 PiB */
	assert_int_equal(kind_of(PREFIX "mm_page_free: page=1 "
					"pfn=0x800000000000 order=0"),
			 FTRACE_UNPARSED);
	assert_int_equal(kind_of(PREFIX "mm_page_free: pa"), FTRACE_UNPARSED);
	/* trace_printk in a function of that name; events we have no use for */
	assert_int_equal(kind_of(PREFIX "mm_page_alloc: refilled 3"),
			 FTRACE_OTHER);
	assert_int_equal(kind_of(PREFIX "mm_page_pcpu_drain: page=1 pfn=0x7 "
					"order=0 migratetype=1"),
			 FTRACE_OTHER);
	assert_int_equal(kind_of(PREFIX "mm_page_alloc_zone_locked: page=1"),
			 FTRACE_OTHER);
}

/* --- import --- */

static void assert_event(size_t number, enum event_op op, uint64_t time_ns,
			 uint64_t pfn, unsigned int order, int migratetype)
{
	const struct event *event = &i.events[number];

	assert_true(number < i.nr);
	assert_int_equal(event->op, op);
	assert_int_equal(event->time_ns, time_ns);
	assert_int_equal(event->cpu, 1);
	assert_int_equal(event_pfn(event), pfn);
	assert_int_equal(event_page_order(event), order);
	assert_int_equal(event_page_migratetype(event), migratetype);
	assert_int_equal(event->cache, EVENT_NO_CACHE);
	assert_string_equal(i.header->tasks[event->task], "sh-72");
}

static void they_are_kept(void **state)
{
	const struct trace_counts *counts;

	(void)state;
	import_text(
		&i,
		AT("000001",
		   "mm_page_alloc: page=1 pfn=0x7fffffffffff order=31 "
		   "migratetype=254 gfp_flags=GFP_DMA|__GFP_ZERO")
			KFREE("000002") AT(
				"000003",
				"mm_page_free: page=1 pfn=0x10 "
				"order=1") AT("000003",
					      "mm_page_free_batched: page=1 "
					      "pfn=0xffffffff order=0")
				AT("000004", "mm_page_alloc: page=(null) pfn=0 "
					     "order=4 migratetype=1 "
					     "gfp_flags=GFP_KERNEL")
					AT("000005",
					   "mm_page_free: page=ffffea00 "
					   "order=0"),
		NULL);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 5);
	assert_event(0, EVENT_PAGE_ALLOC, 0, 0x7fffffffffff, 31, 254);
	assert_int_equal(i.events[0].gfp, EVENT_GFP_DMA | EVENT_GFP_ZERO);
	assert_int_equal(i.events[1].op, EVENT_FREE_UNKNOWN);
	assert_event(2, EVENT_PAGE_FREE, 2000, 0x10, 1, -1);
	assert_event(3, EVENT_PAGE_FREE_BATCHED, 2000, 0xffffffff, 0, -1);
	assert_event(4, EVENT_PAGE_FREE, 4000, EVENT_NO_PFN, 0, -1);
	counts = &i.header->counts;
	assert_int_equal(counts->events, 6);
	assert_int_equal(counts->page_allocs, 1);
	assert_int_equal(counts->page_frees, 3);
	assert_int_equal(counts->failed_allocs, 1);
	assert_int_equal(counts->allocs, 0);
	assert_int_equal(counts->frees, 1);
	assert_int_equal(counts->other, 0);
	assert_int_equal(i.header->nr_slots, 0);
}

/* There is nothing to simulate in it. */
static void nothing_but_pages(void **state)
{
	(void)state;
	import_text(&i,
		    AT("000001", "mm_page_free: page=1 pfn=0x1 order=0")
			    AT("000002", "sched_switch: a"),
		    NULL);
	assert_error(&i, -EBADMSG, "no kmem events of objects in it",
		     "2 events of other kinds", NULL);
}

/* Between the two frees that prove an allocation, pages come and go. */
static void they_do_not_disturb_inference(void **state)
{
	const struct import_options all = { .infer = TRACE_INFER_ALL };

	(void)state;
	import_text(&i,
		    AT("000001", "kmem_cache_free: call_site=x ptr=aa name=c")
			    AT("000002", "mm_page_free: page=1 pfn=0x7 order=0")
				    AT("000003",
				       "kmem_cache_alloc: call_site=x "
				       "ptr=bb bytes_req=64 "
				       "bytes_alloc=64 gfp_flags=none "
				       "name=c") AT("000004",
						    "mm_page_free: page=1 "
						    "pfn=0x8 order=0")
					    AT("000005", "kmem_cache_free: "
							 "call_site=x ptr=aa "
							 "name=c"),
		    &all);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.nr, 6);
	assert_int_equal(i.events[0].op, EVENT_FREE_UNKNOWN);
	assert_event(1, EVENT_PAGE_FREE, 1000, 7, 0, -1);
	assert_int_equal(i.events[2].op, EVENT_ALLOC);
	/* directly behind the traced allocation of its cache */
	assert_int_equal(i.events[3].op, EVENT_ALLOC);
	assert_int_equal(i.events[3].flags, EVENT_INFERRED);
	assert_int_equal(i.events[3].time_ns, 2000);
	assert_event(4, EVENT_PAGE_FREE, 3000, 8, 0, -1);
	assert_int_equal(i.events[5].op, EVENT_FREE);
	assert_int_equal(i.events[5].slot, i.events[3].slot);
}

/* --- the file --- */

static void fill_header(struct trace_header *header, uint64_t page_frees)
{
	memset(header, 0, sizeof(*header));
	header->cpus = 1;
	header->end_ns = 1000000;
	header->nr_call_sites = 1;
	header->call_sites = calloc(1, sizeof(char *));
	header->nr_tasks = 1;
	header->tasks = calloc(1, sizeof(char *));
	assert_non_null(header->call_sites);
	assert_non_null(header->tasks);
	header->call_sites[0] = calloc(1, 1);
	header->tasks[0] = calloc(1, 1);
	header->counts.page_frees = page_frees;
}

static int write_pages(const char *path, const struct event *events, size_t nr,
		       uint64_t counted, struct trace_error *error)
{
	struct slt_writer *writer = slt_create(path, error);
	struct trace_header header;
	int code;

	assert_non_null(writer);
	fill_header(&header, counted);
	code = slt_append(writer, events, nr, error);
	assert_int_equal(code, 0);
	code = slt_commit(writer, &header, error);
	trace_header_release(&header);
	return code;
}

static void fill_events(struct event *events, size_t nr)
{
	uint32_t seed = 3;

	for (size_t n = 0; n < nr; n++) {
		uint64_t pfn;

		seed = seed * 1664525 + 1013904223;
		pfn = n % 7 ? (uint64_t)seed << 15 : seed >> 20;
		events[n] = (struct event){
			.op = n % 3 ? EVENT_PAGE_FREE : EVENT_PAGE_ALLOC,
			.cache = EVENT_NO_CACHE,
			.time_ns = n,
		};
		event_set_page(&events[n], n % 11 ? pfn : EVENT_NO_PFN,
			       seed >> 27, (int)(seed >> 16 & 7) - 1);
	}
}

/* Any frames, in more than one block, come back as they were. */
static void frames_come_back(void **state)
{
	const size_t nr = SLT_BLOCK_EVENTS + 1000;
	struct event *events = calloc(nr, sizeof(*events)), event;
	struct trace_error error = { "" };
	struct slt_reader *reader;
	char path[512];

	(void)state;
	assert_non_null(events);
	fill_events(events, nr);
	assert_int_equal(write_pages(scratch(path, "pages.slt"), events, nr, 1,
				     &error),
			 0);
	reader = slt_open(path, &error);
	assert_non_null(reader);
	for (size_t n = 0; n < nr; n++) {
		assert_int_equal(slt_read(reader, &event, 1, &error), 1);
		assert_memory_equal(&event, &events[n], sizeof(event));
	}
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	slt_close(reader);
	free(events);
}

static uint64_t version_of(const char *path)
{
	size_t bytes;
	uint8_t *data = read_file(path, &bytes);
	uint64_t version = get_le(data + 8, 4);

	free(data);
	return version;
}

/* Version 3 for those who must know pages, 2 for all others. */
static void the_version_tells(void **state)
{
	struct trace_error error = { "" };
	struct event event = { .op = EVENT_CREATE };
	char path[512];

	(void)state;
	fill_events(&event, 1);
	scratch(path, "version.slt");
	assert_int_equal(write_pages(path, &event, 0, 0, &error), 0);
	assert_int_equal(version_of(path), 2);
	assert_int_equal(write_pages(path, &event, 1, 1, &error), 0);
	assert_int_equal(version_of(path), 3);
	/* what a header does not count is not written under version 2 */
	assert_int_equal(write_pages(path, &event, 1, 0, &error), -EINVAL);
	assert_non_null(strstr(error.text, "does not count"));
}

/* The version alone does not make it one: its CRC is put right here. */
static void a_version_that_lies(void **state)
{
	struct trace_error error = { "" };
	struct event event;
	uint8_t *data;
	size_t bytes;
	char path[512];

	(void)state;
	fill_events(&event, 1);
	assert_int_equal(write_pages(scratch(path, "lies.slt"), &event, 1, 1,
				     &error),
			 0);
	data = read_file(path, &bytes);
	put_le(data + 8, 2, 4);
	put_le(data + 68, slt_prologue_crc(data), 4);
	write_file(path, data, bytes);
	assert_null(slt_open(path, &error));
	assert_non_null(strstr(error.text, "senseless header"));
	free(data);
}

static void they_are_salvaged(void **state)
{
	const size_t nr = 2 * SLT_BLOCK_EVENTS;
	struct event *events = calloc(nr, sizeof(*events));
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_damage damage;
	struct slt_writer *writer;
	struct slt_reader *reader;
	uint8_t *data;
	size_t bytes;
	char path[512], out[512];

	(void)state;
	assert_non_null(events);
	fill_events(events, nr);
	fill_header(&header, nr);
	header.counts.events = nr;
	writer = slt_create(scratch(path, "cut.slt"), &error);
	assert_non_null(writer);
	assert_int_equal(slt_put_header(writer, &header, &error), 0);
	assert_int_equal(slt_append(writer, events, nr, &error), 0);
	assert_int_equal(slt_commit(writer, &header, &error), 0);
	trace_header_release(&header);
	data = read_file(path, &bytes);
	write_file(path, data, bytes - 100); /* the second block's end, too */
	write_file(path, data, bytes / 2 + 1000);
	assert_int_equal(slt_salvage(path, scratch(out, "saved.slt"), &damage,
				     &error),
			 0);
	reader = slt_open(out, &error);
	assert_non_null(reader);
	/* of every three events, the first is an allocation */
	assert_int_equal(slt_header(reader)->nr_events, SLT_BLOCK_EVENTS);
	assert_int_equal(slt_header(reader)->counts.page_allocs,
			 (SLT_BLOCK_EVENTS + 2) / 3);
	assert_int_equal(slt_header(reader)->counts.page_frees,
			 SLT_BLOCK_EVENTS - (SLT_BLOCK_EVENTS + 2) / 3);
	slt_close(reader);
	free(data);
	free(events);
}

#define TEST(name) cmocka_unit_test_teardown(name, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_of_kernels),
		TEST(lines_of_tools),
		TEST(lines_that_fail),
		TEST(lines_that_make_no_sense),
		TEST(they_are_kept),
		TEST(nothing_but_pages),
		TEST(they_do_not_disturb_inference),
		TEST(frames_come_back),
		TEST(the_version_tells),
		TEST(a_version_that_lies),
		TEST(they_are_salvaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
