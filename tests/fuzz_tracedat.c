/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the import of trace.dat. Recordings are large and most of their
 * bytes never matter, so the input is a list of changes to one: cut it, change
 * bytes. libtracecmd may crash on the outcome, in its process; the import may
 * not, and what it accepts must be readable.
 *
 *	make fuzz
 *	FUZZ_SEED=tests/fixtures/binary/tc-live-v7.dat \
 *		build-fuzz/tests/fuzz_tracedat -max_len=64 -handle_segv=0 \
 *		-handle_abrt=0 -handle_bus=0 -handle_fpe=0 CORPUS
 *
 * (the handlers would take a crash of the child for one of the import; reports
 * of AddressSanitizer from the child are shown, and leave crash-* files, though
 * the run goes on: a finding is one whose frame 0 or 1 is in traces/)
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/import.h"

#define MAX_SEED (4u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static size_t read_seed(uint8_t *seed)
{
	const char *path = getenv("FUZZ_SEED");
	FILE *file = fopen(path ? path : "tests/fixtures/binary/tc-live-v7.dat",
			   "rb");
	size_t bytes;

	require(file != NULL, "the recording of FUZZ_SEED is there");
	bytes = fread(seed, 1, MAX_SEED, file);
	fclose(file);
	return bytes;
}

/*
 * Changes of four bytes: three of place, one of value. An odd last byte cuts
 * the file at the first place.
 */
static size_t change(uint8_t *file, size_t nr, const uint8_t *data,
		     size_t bytes)
{
	for (size_t i = 0; i + 4 <= bytes; i += 4) {
		size_t at = (size_t)data[i] << 16 | (size_t)data[i + 1] << 8 |
			    data[i + 2];

		if (i == 0 && bytes % 4 && data[bytes - 1] % 2)
			nr = at % nr + 1;
		file[at % nr] = data[i + 3];
	}
	return nr;
}

static void read_back(const char *path)
{
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(path, &error);
	struct event events[64];
	int n;

	require(reader != NULL, error.text);
	while ((n = slt_read(reader, events, 64, &error)) > 0)
		;
	require(n == 0, error.text);
	slt_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct import_options options = { .max_loss = UINT64_MAX,
					  .clock_hz = 1000 };
	struct import_report report;
	struct trace_error error = { "" };
	uint8_t *file = malloc(MAX_SEED);
	char in[64], out[64];
	int fd = memfd_create("in", 0);
	size_t nr;

	require(file && fd >= 0, "memory");
	nr = change(file, read_seed(file), data, bytes);
	require(write(fd, file, nr) == (ssize_t)nr, "memfd");
	free(file);
	snprintf(in, sizeof(in), "/proc/self/fd/%d", fd);
	snprintf(out, sizeof(out), "/dev/shm/fuzz-tracedat-%d.slt",
		 (int)getpid());
	if (trace_import(in, out, &options, &report, &error) == 0) {
		read_back(out);
		unlink(out);
	} else {
		require(error.text[0] != '\0', "an error has a text");
		require(access(out, F_OK) != 0, "nothing is left");
	}
	close(fd);
	return 0;
}
