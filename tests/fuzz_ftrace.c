/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the import: any bytes as a line, then as a whole file. What is
 * accepted is read back, and its counts must add up.
 *
 *	make fuzz
 *	build-fuzz/tests/fuzz_ftrace -max_len=4096 CORPUS tests/fixtures
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/ftrace.h"
#include "traces/import.h"
#include "traces/line_memo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static void parse_line(const uint8_t *data, size_t bytes)
{
	struct ftrace_line line, again = { .time = 0 };
	struct line_memo *memo = line_memo_create(0);
	char *copy = malloc(bytes ? bytes : 1);

	/* a copy of its exact size: reading past the end is seen */
	require(copy != NULL, "memory");
	memcpy(copy, data, bytes);
	ftrace_parse(NULL, copy, bytes, &line);
	if (line.kind < FTRACE_OTHER)
		require(line.task.bytes <= bytes && line.node >= -1, "line");
	/* the second time, it is known */
	for (int i = 0; memo && i < 2; i++)
		ftrace_parse(memo, copy, bytes, &again);
	require(!memo || again.kind == line.kind, "kind by memo");
	if (memo && line.kind < FTRACE_OTHER)
		require(again.ptr == line.ptr && again.time == line.time,
			"pointer and time by memo");
	line_memo_destroy(memo);
	free(copy);
}

static void read_back(const char *path)
{
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(path, &error);
	const struct trace_header *header;
	struct event events[64];
	uint64_t allocs = 0, frees = 0, nr = 0;
	int n;

	require(reader != NULL, error.text);
	header = slt_header(reader);
	while ((n = slt_read(reader, events, 64, &error)) > 0) {
		for (int i = 0; i < n; i++) {
			allocs += events[i].op == EVENT_ALLOC ||
				  events[i].op == EVENT_KMALLOC;
			frees += events[i].op == EVENT_FREE;
		}
		nr += (uint64_t)n;
	}
	require(n == 0, error.text);
	require(nr == header->nr_events, "number of events");
	require(allocs - frees == header->counts.live_at_end, "live objects");
	slt_close(reader);
}

/* Two files of the same bytes, or none of either. */
static void require_same(const char *path, const char *same)
{
	FILE *a = fopen(path, "r"), *b = fopen(same, "r");
	int c = EOF;

	require(!a == !b, "two jobs fail where one does");
	while (a && (c = getc(a)) == getc(b) && c != EOF)
		;
	require(c == EOF, "two jobs make the same bytes");
	if (a)
		fclose(a);
	if (b)
		fclose(b);
}

static void import_with_two(const char *in, const char *out,
			    const struct import_options *options)
{
	struct import_options two = *options;
	struct import_report report;
	struct trace_error error = { "" };
	char same[64];

	two.jobs = 2;
	snprintf(same, sizeof(same), "/dev/shm/fuzz-ftrace-%d-2.slt",
		 (int)getpid());
	if (trace_import(in, same, &two, &report, &error) != 0)
		require(error.text[0] != '\0', "an error has a text");
	require_same(out, same);
	unlink(same);
}

static void import(const uint8_t *data, size_t bytes, uint64_t max_loss)
{
	struct import_options options = {
		.max_loss = max_loss,
		.clock_hz = 1000,
		.implicit_on_new_cpu = bytes % 2,
	};
	struct import_report report;
	struct trace_error error = { "" };
	char in[64], out[64];
	int fd = memfd_create("in", 0);

	require(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes, "memfd");
	snprintf(in, sizeof(in), "/proc/self/fd/%d", fd);
	snprintf(out, sizeof(out), "/dev/shm/fuzz-ftrace-%d.slt",
		 (int)getpid());
	if (trace_import(in, out, &options, &report, &error) == 0) {
		read_back(out);
	} else {
		require(error.text[0] != '\0', "an error has a text");
		require(access(out, F_OK) != 0, "nothing is left");
	}
	if (bytes % 8 == 0)
		import_with_two(in, out, &options);
	unlink(out);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	parse_line(data, bytes);
	import(data, bytes, UINT64_MAX);
	return 0;
}
