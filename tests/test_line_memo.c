/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memo of lines: what it recalls is what parsing gives, for lines that
 * differ where lines of a trace differ, and for lines made to mislead it.
 */
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "traces/ftrace.h"
#include "traces/line_memo.h"

#define HEAD "              sh-71      [003] "
#define ALLOC \
	"kmem_cache_alloc: call_site=__d_alloc+0x29/0x1d0 ptr=%s bytes_req=192 bytes_alloc=192 gfp_flags=GFP_KERNEL node=-1 accounted=false"

static void assert_same_text(struct ftrace_text a, struct ftrace_text b)
{
	assert_int_equal(a.text != NULL, b.text != NULL);
	assert_int_equal(a.bytes, b.bytes);
	if (a.bytes)
		assert_memory_equal(a.text, b.text, a.bytes);
}

/* Parse with the memo and without: the same. Return: the line's shape. */
static uint32_t check(struct line_memo *memo, const char *text, size_t bytes)
{
	struct ftrace_line plain, line;
	/* of exact size, so that a sanitizer sees any step beyond */
	char *copy = malloc(bytes ? bytes : 1);

	assert_non_null(copy);
	memcpy(copy, text, bytes);
	ftrace_parse(NULL, copy, bytes, &plain);
	ftrace_parse(memo, copy, bytes, &line);
	assert_int_equal(plain.shape, 0);
	assert_int_equal(line.kind, plain.kind);
	if (plain.kind != FTRACE_UNPARSED) {
		assert_int_equal(line.time, plain.time);
		assert_int_equal(line.ticks, plain.ticks);
		assert_int_equal(line.cpu, plain.cpu);
		assert_int_equal(line.node, plain.node);
		assert_int_equal(line.bytes_req, plain.bytes_req);
		assert_int_equal(line.bytes_alloc, plain.bytes_alloc);
		assert_int_equal(line.ptr, plain.ptr);
		assert_int_equal(line.hidden_ptr, plain.hidden_ptr);
		assert_int_equal(line.entries_in, plain.entries_in);
		assert_int_equal(line.entries_written, plain.entries_written);
		assert_int_equal(line.lost, plain.lost);
		assert_same_text(line.task, plain.task);
		assert_same_text(line.call_site, plain.call_site);
		assert_same_text(line.name, plain.name);
		assert_same_text(line.gfp, plain.gfp);
	}
	free(copy);
	return line.shape;
}

static uint32_t check_text(struct line_memo *memo, const char *text)
{
	return check(memo, text, strlen(text));
}

/* The event at a time and pointer of its own. */
static uint32_t check_event(struct line_memo *memo, const char *time,
			    const char *event, const char *pointer)
{
	char text[600];
	int n = snprintf(text, sizeof(text), HEAD "%s: ", time);

	snprintf(text + n, sizeof(text) - (size_t)n, event, pointer);
	return check_text(memo, text);
}

static int make_memo(void **state)
{
	*state = line_memo_create(0);
	return *state ? 0 : -1;
}

static int drop_memo(void **state)
{
	line_memo_destroy(*state);
	return 0;
}

/* Time and pointer do not make another shape; sizes and call sites do. */
static void shapes_are_told_apart(void **state)
{
	struct line_memo *memo = *state;
	uint32_t alloc, freed;

	alloc = check_event(memo, ".....     8.068102", ALLOC,
			    "0000000058d4c54c");
	assert_int_not_equal(alloc, 0);
	assert_int_equal(check_event(memo, ".....     8.068103", ALLOC,
				     "00000000c20d6247"),
			 alloc);
	assert_int_equal(check_event(memo, "d..2.     9.999999", ALLOC,
				     "ffff888003c20d62"),
			 alloc);
	freed = check_event(memo, ".....     9.999999",
			    "kfree: call_site=f+0x1/0x2 ptr=%s",
			    "ffff888003c20d62");
	assert_int_not_equal(freed, 0);
	assert_int_not_equal(freed, alloc);
	assert_int_not_equal(
		check_event(memo, ".....     9.999999",
			    "kmem_cache_alloc: call_site=__d_alloc+0x29/0x1d0 "
			    "ptr=%s bytes_req=192 bytes_alloc=192 "
			    "gfp_flags=GFP_KERNEL node=-1 accounted=truee",
			    "ffff888003c20d62"),
		alloc);
	assert_int_equal(check_event(memo, ".....     9.999999",
				     "kfree: call_site=f+0x1/0x2 ptr=%s",
				     "(null)"),
			 freed);
}

/* Two memos of one trace: lines of theirs never have one number. */
static void memos_have_shapes_of_their_own(void **state)
{
	struct line_memo *other = line_memo_create(1);
	uint32_t shape = check_event(*state, ".....     8.068102", ALLOC,
				     "0000000058d4c54c");

	assert_non_null(other);
	assert_int_not_equal(check_event(other, ".....     8.068102", ALLOC,
					 "0000000058d4c54c"),
			     shape);
	line_memo_destroy(other);
}

/* Flags, and times: every kernel's columns, and what only looks like them. */
static void heads(void **state)
{
	static const char *const texts[] = {
		".....     8.068102",
		"d..2.     8.068102",
		"d.s.     8.068102",
		"d.s.     8.168102",
		"..... 12345.000001",
		"..... 12345.999999",
		"..... 123456.00001",
		"..... 123456.000001",
		"..... 123456.000002",
		"..... 1234567.000002",
		"..... 1234567.000003",
		"..... 12345678.000003",
		"..... 12345678.000004",
		"    8.068102",
		"    8.068103",
		"12345.068103",
		"12345.068104",
		"..... 8.068102",
		".....     8.068102001",
		".....     8.068102002",
		".....     8.06810",
		".....     8.0681x2",
		".....     8,068102",
		".....       068102",
		".....     8068102",
		"..... 51805946351",
		". ...     8.068102",
		"5....     8.068102",
		".....     x.068102",
		".....  8  8.068102",
		"\x80....     8.068102",
		"\x01....     8.068102",
		".....\x20\x20\x20\x20\x30.068102",
	};
	const size_t nr = sizeof(texts) / sizeof(texts[0]);

	/* each after each: a memo may not let one pass for another */
	for (size_t i = 0; i < nr * nr; i++) {
		check_event(*state, texts[i % nr], ALLOC, "0000000058d4c54c");
		check_event(*state, texts[i / nr], ALLOC, "0000000058d4c54d");
	}
}

/* One task after another on a CPU; columns that are none. */
static void tasks(void **state)
{
	static const char *const heads[] = {
		"              sh-71      [003] ",
		"              sh-7       [003] ",
		"              sh-71      [103] ",
		"              sh-71      [067] ",
		"              sh-71      [3]   ",
		"   my task-10-71      [003] ",
		" a-2 [001]-10-71      [003] ",
		"          <idle>-0       [000] ",
		"           <...>-4194304 [003] ",
		"           <...>-1     ( 99) [003] ",
		"           <...>-1     (-------) [003] ",
		"sh-71      [003] ",
		"\t             sh-71      [003] ",
		"              sh_71      [003] ",
		"              sh-71      {003} ",
	};
	const size_t nr = sizeof(heads) / sizeof(heads[0]);
	char text[300];

	for (size_t i = 0; i < 2 * nr * nr; i++) {
		size_t which = i % 2 ? i / 2 % nr : i / 2 / nr;

		snprintf(text, sizeof(text),
			 "%s.....     8.06%04zu: kfree: call_site=f+0x1/0x2 "
			 "ptr=0000000058d4c54c",
			 heads[which], i);
		check_text(*state, text);
	}
}

/*
 * Lines where the pointer that stands behind the call site is not the one the
 * parser takes, or not a pointer: none may be taken for one that is known.
 */
static void pointers(void **state)
{
	static const char *const events[] = {
		"kfree: call_site=f ptr=%s",
		"kfree: call_site=f ptr=%s ptr=0000000058d4c54c",
		"kfree: call_site=f ptr=0000000058d4c54c ptr=%s",
		"kfree: call_site=f [m ptr=%s ] ptr=0000000058d4c54c",
		"kfree: call_site=f [m] ptr=%s",
		"kfree: (f ptr=%s ) call_site=f",
		"kfree: (f call_site=g ptr=%s call_site=h",
		"kfree: (f) call_site=g ptr=%s",
		"kfree: ptr=%s call_site=f",
		"kfree: call_site= ptr=%s",
		"kfree: call_site=abcdefghijklmnopqrstuvwxyz ptr=%s name=a b",
		"kfree: call_site=abcdefghijklmnopqrstuvwxyz ptr=%s name=a  b",
		"kfree:  call_site=f ptr=%s",
		"kfree: xcall_site=f ptr=%s",
		"kfree: call_site=f xptr=%s",
		"kfree: called with call_site=f ptr=%s",
		"vfs_read: call_site=f ptr=%s",
		"kmalloc: call_site=f ptr=%s bytes_req=8",
		"kmalloc: call_site=f ptr=%s bytes_req=x",
		"kmalloc: call_site=f ptr=%s bytes_reg=8",
		"kmem_cache_free: call_site=f ptr=%s name=a",
		"kmem_cache_free: call_site=f ptr=%s name=b",
		"kmem_cache_free: call_site=f ptr=%s name=",
	};
	static const char *const values[] = {
		"0000000058d4c54c",
		"0000000058d4c54d",
		"ffff888003c20d62",
		"0xffff888003c20d62",
		"58d4c54c",
		"FFFF888003C20D62",
		"00000000058d4c54c",
		"0000000058d4c54g",
		"(null)",
		"(nil)",
		"(____ptrval____)",
		"(ptrval)",
		"",
		" (null)",
		"0x0",
		"0000000058d4c54c]",
		"0000000058d4c54c)",
	};
	const size_t nr_events = sizeof(events) / sizeof(events[0]);
	const size_t nr_values = sizeof(values) / sizeof(values[0]);

	for (size_t i = 0; i < 2 * nr_events * nr_values; i++)
		check_event(*state, ".....     8.068102",
			    events[i / nr_values % nr_events],
			    values[i % nr_values]);
}

/* A line cut off anywhere, with any byte changed, is not the line. */
static void damaged_lines(void **state)
{
	static const char wrong[] = { '\0', ' ', '=', '(', '[', '0', '\r' };
	char text[300];
	size_t bytes;

	bytes = (size_t)snprintf(text, sizeof(text),
				 HEAD ".....     8.068102: " ALLOC,
				 "0000000058d4c54c");
	for (size_t i = 0; i <= bytes; i++) {
		check(*state, text, bytes);
		check(*state, text, i);
		for (size_t k = 0; k < sizeof(wrong); k++) {
			char before = text[i];

			text[i] = wrong[k];
			check(*state, text, bytes);
			text[i] = before;
		}
	}
}

/* More shapes than there is room for: they are parsed, as if no memo was. */
static void more_than_fit(void **state)
{
	char event[200];

	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < 9000; i++) {
			uint32_t shape;

			snprintf(event, sizeof(event),
				 "kmalloc: call_site=f+0x1/0x2 ptr=%%s "
				 "bytes_req=%d bytes_alloc=16384",
				 i);
			shape = check_event(*state, ".....     8.068102", event,
					    "0000000058d4c54c");
			assert_int_equal(shape != 0, i < 8192);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_memo, drop_memo)
	const struct CMUnitTest all[] = {
		TEST(shapes_are_told_apart),
		TEST(memos_have_shapes_of_their_own),
		TEST(heads),
		TEST(tasks),
		TEST(pointers),
		TEST(damaged_lines),
		TEST(more_than_fit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(all, NULL, NULL);
}
