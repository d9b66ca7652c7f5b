/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the import of trace.dat. Most bytes of a recording never matter,
 * so the input is a list of changes to one (fuzz_import.h). FUZZ_SEED names
 * another recording than the smallest fixture; large ones are slow.
 *
 *	make fuzz
 *	xz -dk tests/fixtures/binary/synthetic-small.dat.xz
 *	ASAN_OPTIONS=log_path=asan:quarantine_size_mb=0:max_malloc_fill_size=0 \
 *		build-fuzz/tests/fuzz_tracedat -max_len=64 -handle_segv=0 \
 *		-handle_abrt=0 -handle_bus=0 -handle_fpe=0 CORPUS
 *
 * (the handlers would take a crash of the child for one of the import; reports
 * of AddressSanitizer from the child are in asan.*, and leave crash-* files,
 * though the run goes on: a finding is one whose frame 0, 1 or 2 is in traces/)
 */
#include "tests/fuzz_import.h"

#include "traces/read_tracedat.h"

static const char small[] = "tests/fixtures/binary/synthetic-small.dat";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	share_counters();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static uint8_t *seed;
	static size_t nr_seed;
	struct trace_error error = { "" };
	int fd = memfd_create("in", 0), code;
	uint8_t *file;
	size_t nr;

	if (!seed)
		seed = read_seed(getenv("FUZZ_SEED") ? getenv("FUZZ_SEED") :
						       small,
				 &nr_seed);
	file = malloc(nr_seed);
	require(file && fd >= 0, "memory");
	memcpy(file, seed, nr_seed);
	nr = change(file, nr_seed, data, bytes);
	require(write(fd, file, nr) == (ssize_t)nr &&
			lseek(fd, 0, SEEK_SET) == 0,
		"memfd");
	free(file);
	fuzz_import(lines_open_fd(fd, "in", &code, &error), import_tracedat,
		    &error);
	return 0;
}
