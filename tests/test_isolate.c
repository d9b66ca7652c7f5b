/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries in a child process: what arrives is what was sent, and whatever
 * happens to the child is an error with a text, never a hang nor a crash.
 */
#define _GNU_SOURCE
#include "traces/isolate.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* --- children --- */

static struct ftrace_text text(const char *string)
{
	return (struct ftrace_text){ string, strlen(string) };
}

static struct ftrace_line allocation(uint64_t number)
{
	return (struct ftrace_line){
		.kind = FTRACE_ALLOC,
		.time = 1000 + 10 * number,
		.cpu = (uint16_t)(number % 3),
		.node = -1,
		.bytes_req = 100,
		.bytes_alloc = 128,
		.ptr = 0xffff888000000000 + 128 * number,
		.task = text("a task-7"),
		.call_site = text("function+0x1"),
		.name = text("cache"),
		.gfp = text("GFP_KERNEL"),
	};
}

/* @arg: how many allocations; each but the first is freed at once. */
static int produce_pairs(void *arg, struct isolate_pipe *pipe,
			 struct isolate_facts *facts, struct trace_error *error)
{
	uint64_t nr = *(const uint64_t *)arg;

	(void)error;
	for (uint64_t i = 0; i < nr; i++) {
		struct ftrace_line line = allocation(i);

		if (isolate_put(pipe, &line) != 0)
			return -EPIPE;
		line.kind = FTRACE_FREE;
		line.time++;
		if (i && isolate_put(pipe, &line) != 0)
			return -EPIPE;
	}
	strcpy(facts->format, "test");
	strcpy(facts->clock, "wall");
	strcpy(facts->kernel, "Linux 1.0");
	strcpy(facts->warning, "mind this");
	return 0;
}

static int produce_error(void *arg, struct isolate_pipe *pipe,
			 struct isolate_facts *facts, struct trace_error *error)
{
	struct ftrace_line line = allocation(0);

	(void)arg;
	(void)facts;
	isolate_put(pipe, &line);
	strcpy(error->text, "no good");
	return -EBADMSG;
}

static int produce_crash(void *arg, struct isolate_pipe *pipe,
			 struct isolate_facts *facts, struct trace_error *error)
{
	struct ftrace_line line = allocation(0);

	(void)facts;
	(void)error;
	for (int i = 0; i < 10000; i++)
		isolate_put(pipe, &line);
	/* as the bugs of libraries do; a handler would print a report */
	signal(*(const int *)arg, SIG_DFL);
	raise(*(const int *)arg);
	return 0;
}

static int produce_exit(void *arg, struct isolate_pipe *pipe,
			struct isolate_facts *facts, struct trace_error *error)
{
	(void)arg;
	(void)pipe;
	(void)facts;
	(void)error;
	_exit(9);
}

/* Out of the ranges that a record may have. */
static int produce_nonsense(void *arg, struct isolate_pipe *pipe,
			    struct isolate_facts *facts,
			    struct trace_error *error)
{
	struct ftrace_line line = allocation(0);

	(void)facts;
	(void)error;
	line.kind = (enum ftrace_kind) * (const int *)arg;
	line.node = (int16_t)(line.kind == FTRACE_ALLOC ? -7 : -1);
	return isolate_put(pipe, &line);
}

/* --- imports --- */

struct outcome {
	int code;
	struct import_report report;
	struct import_result result;
	struct trace_error error;
};

static void run(struct outcome *outcome, isolate_produce *produce, void *arg)
{
	struct import_options options = { .max_loss = 0 };
	struct lines *lines;
	int code;

	memset(outcome, 0, sizeof(*outcome));
	lines = lines_open("/dev/null", &code, &outcome->error);
	assert_non_null(lines);
	outcome->code = isolate_import(produce, arg, "libtest", lines, &options,
				       &outcome->report, &outcome->result,
				       &outcome->error);
	lines_close(lines);
}

static void release(struct outcome *outcome)
{
	event_store_release(&outcome->result.events);
	trace_header_release(&outcome->result.header);
}

static void records_arrive_as_they_were_sent(void **state)
{
	struct event_cursor cursor = { 0 };
	struct event read, *event = &read;
	struct outcome out;
	uint64_t nr = 1;

	(void)state;
	run(&out, produce_pairs, &nr);
	assert_int_equal(out.code, 0);
	assert_int_equal(out.result.events.nr, 1);
	cursor.store = &out.result.events;
	assert_int_equal(event_cursor_read(&cursor, event, 1), 1);
	event_cursor_release(&cursor);
	assert_int_equal(event->op, EVENT_ALLOC);
	assert_int_equal(event->bytes_req, 100);
	assert_int_equal(event->node, -1);
	assert_string_equal(out.result.header.tasks[event->task], "a task-7");
	assert_string_equal(out.result.header.call_sites[event->call_site],
			    "function+0x1");
	assert_string_equal(out.result.header.caches[0].name, "cache");
	assert_int_equal(out.result.header.first_ns, 1000);
	release(&out);
}

/* 19,999 records of some 100 bytes: the pipe and both buffers wrap. */
static void many_records_arrive(void **state)
{
	struct outcome out;
	uint64_t nr = 10000;

	(void)state;
	run(&out, produce_pairs, &nr);
	assert_int_equal(out.code, 0);
	assert_int_equal(out.report.counts.events, 19999);
	assert_int_equal(out.report.counts.allocs, 10000);
	assert_int_equal(out.report.counts.frees, 9999);
	assert_int_equal(out.report.counts.unknown_frees, 0);
	assert_int_equal(out.report.counts.live_at_end, 1);
	assert_int_equal(out.result.header.cpus, 3);
	release(&out);
}

static void facts_arrive(void **state)
{
	struct outcome out;
	uint64_t nr = 1;

	(void)state;
	run(&out, produce_pairs, &nr);
	assert_string_equal(out.result.header.format, "test");
	assert_string_equal(out.result.header.clock, "wall");
	assert_string_equal(out.result.header.kernel, "Linux 1.0");
	assert_non_null(strstr(out.report.warnings, "mind this"));
	release(&out);
}

static void an_error_of_the_child_is_passed_on(void **state)
{
	struct outcome out;

	(void)state;
	run(&out, produce_error, NULL);
	assert_int_equal(out.code, -EBADMSG);
	assert_string_equal(out.error.text, "no good");
	release(&out);
}

static void a_crash_is_an_error(void **state)
{
	const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE };
	struct outcome out;
	char wanted[32];

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		int number = signals[i];

		run(&out, produce_crash, &number);
		assert_int_equal(out.code, -EBADMSG);
		snprintf(wanted, sizeof(wanted), "(signal %d)", number);
		assert_non_null(strstr(out.error.text, wanted));
		assert_non_null(strstr(out.error.text, "libtest broke down"));
		release(&out);
	}
}

static void a_child_that_goes_is_an_error(void **state)
{
	struct outcome out;

	(void)state;
	run(&out, produce_exit, NULL);
	assert_int_equal(out.code, -EBADMSG);
	assert_non_null(strstr(out.error.text, "(exit status 9)"));
	release(&out);
}

static void one_that_does_not_end_is_an_error(void **state)
{
	struct outcome out;
	int number = SIGPROF;

	(void)state;
	run(&out, produce_crash, &number);
	assert_int_equal(out.code, -EBADMSG);
	assert_non_null(strstr(out.error.text, "does not come to an end"));
	release(&out);
}

static void nonsense_is_an_error(void **state)
{
	const int kinds[] = { FTRACE_ALLOC, FTRACE_UNPARSED + 1, 200 };
	struct outcome out;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int kind = kinds[i];

		run(&out, produce_nonsense, &kind);
		assert_int_equal(out.code, -EBADMSG);
		assert_non_null(strstr(out.error.text, "makes no sense of it"));
		release(&out);
	}
}

/* The parent gives up first: two events of which the second goes back. */
static int produce_backwards(void *arg, struct isolate_pipe *pipe,
			     struct isolate_facts *facts,
			     struct trace_error *error)
{
	struct ftrace_line line = allocation(5);

	(void)arg;
	(void)facts;
	(void)error;
	isolate_put(pipe, &line);
	line = allocation(0);
	for (;;) {
		if (isolate_put(pipe, &line) != 0)
			return -EPIPE;
	}
}

static void a_parent_that_gives_up_ends_the_child(void **state)
{
	struct outcome out;

	(void)state;
	run(&out, produce_backwards, NULL);
	assert_int_equal(out.code, -EBADMSG);
	assert_non_null(strstr(out.error.text, "time goes back"));
	release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_arrive_as_they_were_sent),
		cmocka_unit_test(many_records_arrive),
		cmocka_unit_test(facts_arrive),
		cmocka_unit_test(an_error_of_the_child_is_passed_on),
		cmocka_unit_test(a_crash_is_an_error),
		cmocka_unit_test(a_child_that_goes_is_an_error),
		cmocka_unit_test(one_that_does_not_end_is_an_error),
		cmocka_unit_test(nonsense_is_an_error),
		cmocka_unit_test(a_parent_that_gives_up_ends_the_child),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
