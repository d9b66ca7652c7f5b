/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the import of perf.data: of what is ours, so perf is a stand-in
 * that prints the input, and then ends as its first byte says: well, with a
 * status, by a signal, or with a complaint. All three commands that the import
 * runs print the same, so header, events and statistics are any bytes.
 *
 *	make fuzz
 *	build-fuzz/tests/fuzz_perfdata -max_len=4096 CORPUS tests/fixtures/text
 */
#include "tests/fuzz_import.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "traces/read_perfdata.h"

/* The first line of the file it is given: how to end. */
static const char perf[] = "#!/bin/sh\n"
			   "read -r how <&3\n"
			   "cat <&3\n"
			   "case $how in\n"
			   "*signal) kill -9 $$;;\n"
			   "*complain) echo 'it hurts' >&2; exit 3;;\n"
			   "*fail) exit 255;;\n"
			   "esac\n"
			   "exit 0\n";

static const char *const endings[] = { "well",   "well", "well",
				       "signal", "fail", "complain" };
#define NR_ENDINGS (sizeof(endings) / sizeof(endings[0]))

static char directory[64];

static void remove_perf(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/perf", directory);
	unlink(path);
	rmdir(directory);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[256];
	int fd;

	(void)argc;
	(void)argv;
	snprintf(directory, sizeof(directory), "/tmp/fuzz-perf-XXXXXX");
	require(mkdtemp(directory) != NULL, "a directory");
	atexit(remove_perf);
	snprintf(path, sizeof(path), "%s/perf", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
	require(fd >= 0 && write(fd, perf, sizeof(perf) - 1) ==
				   (ssize_t)sizeof(perf) - 1,
		"a stand-in for perf");
	close(fd);
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", directory);
	setenv("PATH", path, 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct trace_error error = { "" };
	int fd = memfd_create("in", 0), code;

	if (!bytes)
		return close(fd);
	require(fd >= 0, "memory");
	dprintf(fd, "PERFILE2 %s\n", endings[data[0] % NR_ENDINGS]);
	require(write(fd, data + 1, bytes - 1) == (ssize_t)bytes - 1 &&
			lseek(fd, 0, SEEK_SET) == 0,
		"memfd");
	fuzz_import(lines_open_fd(fd, "in", &code, &error), import_perfdata,
		    &error);
	return 0;
}
