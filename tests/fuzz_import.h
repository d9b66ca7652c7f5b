/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzzers of binary readers share: a recording with changes as the
 * input, the import of it without the file that would be written, and a look
 * at what came out. The library runs in a child process (traces/isolate.h):
 * it may crash, the import may not, and what is accepted must make sense.
 */
#ifndef TESTS_FUZZ_IMPORT_H
#define TESTS_FUZZ_IMPORT_H

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/import_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerInitialize(int *argc, char ***argv);

typedef int fuzz_reader(struct lines *lines,
			const struct import_options *options,
			struct import_report *report,
			struct import_result *result,
			struct trace_error *error);

static inline void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/*
 * The counters of what was reached, in memory that a child shares, so that
 * the fuzzer sees what our code did there. (Whole pages only: the first and
 * the last ones hold other data as well. They belong to model/ and workloads/.)
 */
/* (In C, the compiler would take these names for its own, and rename them.) */
__asm__(".pushsection .data.rel.ro,\"aw\"\n"
	"counters_start: .quad __start___sancov_cntrs\n"
	"counters_end: .quad __stop___sancov_cntrs\n"
	".popsection\n");
extern const uintptr_t counters_start, counters_end;

static inline void share_counters(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = counters_start;
	uintptr_t end = counters_end;

	start = (start + page - 1) / page * page;
	end = end / page * page;
	if (start >= end)
		return;
	require(mmap((void *)start, end - start, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1,
		     0) != MAP_FAILED,
		"shared counters");
}

/* The bytes of a file; *nr of them. Owned. */
static inline uint8_t *read_seed(const char *path, size_t *nr)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	size_t room = 1 << 16;

	require(file != NULL, path);
	for (*nr = 0; *nr == 0 || !feof(file);) {
		if (*nr == room || !bytes)
			bytes = realloc(bytes, room *= 2);
		require(bytes != NULL, "memory");
		*nr += fread(bytes + *nr, 1, room - *nr, file);
		if (ferror(file) || (*nr == 0 && feof(file)))
			break;
	}
	fclose(file);
	return bytes;
}

/*
 * Changes of four bytes: three of place, one of value. An odd last byte cuts
 * the file at the first place.
 */
static inline size_t change(uint8_t *file, size_t nr, const uint8_t *data,
			    size_t bytes)
{
	for (size_t i = 0; nr && i + 4 <= bytes; i += 4) {
		size_t at = (size_t)data[i] << 16 | (size_t)data[i + 1] << 8 |
			    data[i + 2];

		if (i == 0 && bytes % 4 && data[bytes - 1] % 2)
			nr = at % nr + 1;
		file[at % nr] = data[i + 3];
	}
	return nr;
}

/* What an import may take for granted of what a reader gave. */
static inline void check_result(const struct import_report *report,
				const struct import_result *result)
{
	const struct trace_header *header = &result->header;
	const struct trace_counts *counts = &report->counts;
	struct event_cursor cursor = { .store = &result->events };
	uint64_t before_ns = 0;
	struct event event;
	int nr;

	require(counts->events == counts->allocs + counts->failed_allocs +
					  counts->frees + counts->null_frees +
					  counts->page_allocs +
					  counts->page_frees + counts->other,
		"every event is counted once");
	while ((nr = event_cursor_read(&cursor, &event, 1)) > 0) {
		require(event.time_ns >= before_ns &&
				event.time_ns <= header->end_ns,
			"events are in order");
		require(event.cpu < header->cpus, "cpu");
		require(event_is_page(&event) ||
				event.slot < header->nr_slots ||
				event.slot == EVENT_NO_SLOT,
			"slot");
		require(event.cache < header->nr_caches ||
				event.cache == EVENT_NO_CACHE,
			"cache");
		require(event.task < header->nr_tasks &&
				event.call_site < header->nr_call_sites,
			"dictionaries");
		before_ns = event.time_ns;
	}
	require(nr == 0, "memory");
	event_cursor_release(&cursor);
}

/* @lines: NULL: could not be opened, which is @error. Closes them. */
static inline void fuzz_import(struct lines *lines, fuzz_reader *reader,
			       struct trace_error *error)
{
	const struct import_options options = {
		.max_loss = UINT64_MAX,
		.clock_hz = 1000,
		.infer = TRACE_INFER_ALL,
	};
	struct import_report report;
	struct import_result result;

	memset(&report, 0, sizeof(report));
	memset(&result, 0, sizeof(result));
	if (lines && reader(lines, &options, &report, &result, error) == 0)
		check_result(&report, &result);
	else
		require(error->text[0] != '\0', "an error has a text");
	event_store_release(&result.events);
	trace_header_release(&result.header);
	lines_close(lines);
}

#endif
