/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the import of CTF: the first byte chooses a file of the trace in
 * FUZZ_SEED (a directory; else the ten events of synthetic-lttng), the rest is
 * a list of changes to it (fuzz_import.h). Run as fuzz_tracedat.
 */
#include "tests/fuzz_import.h"

#include <dirent.h>
#include <sys/stat.h>

#include "traces/read_ctf.h"

#define MAX_FILES 16

static const char lttng[] = "tests/fixtures/binary/synthetic-lttng/kernel";

struct seed_file {
	char name[64];
	uint8_t *bytes; /* owned */
	size_t nr;
};

static struct seed_file files[MAX_FILES];
static size_t nr_files;
static char directory[64];

/* In the order of their names, so that an input means the same everywhere. */
static int by_name(const void *a, const void *b)
{
	const struct seed_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void read_seeds(const char *from)
{
	DIR *dir = opendir(from);
	struct dirent *entry;

	require(dir != NULL, "the directory of FUZZ_SEED is there");
	while ((entry = readdir(dir)) && nr_files < MAX_FILES) {
		struct seed_file *file = &files[nr_files];
		char path[512];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(file->name, sizeof(file->name), "%.63s",
			 entry->d_name);
		snprintf(path, sizeof(path), "%s/%s", from, file->name);
		file->bytes = read_seed(path, &file->nr);
		nr_files++;
	}
	closedir(dir);
	require(nr_files > 0, "a file in it");
	qsort(files, nr_files, sizeof(files[0]), by_name);
}

static void remove_copies(void)
{
	char path[256];

	for (size_t i = 0; i < nr_files; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, files[i].name);
		unlink(path);
	}
	rmdir(directory);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	share_counters();
	read_seeds(getenv("FUZZ_SEED") ? getenv("FUZZ_SEED") : lttng);
	snprintf(directory, sizeof(directory), "/dev/shm/fuzz-ctf-XXXXXX");
	require(mkdtemp(directory) != NULL, "a directory");
	atexit(remove_copies);
	return 0;
}

static void put_file(const char *name, const uint8_t *bytes, size_t nr)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = fopen(path, "wb");
	require(out && fwrite(bytes, 1, nr, out) == nr && fclose(out) == 0,
		"a copy is written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	size_t changed = bytes ? data[0] % nr_files : 0;
	struct trace_error error = { "" };
	int code;

	for (size_t i = 0; i < nr_files; i++) {
		uint8_t *copy = malloc(files[i].nr);
		size_t nr = files[i].nr;

		require(copy != NULL, "memory");
		memcpy(copy, files[i].bytes, nr);
		if (i == changed && bytes)
			nr = change(copy, nr, data + 1, bytes - 1);
		put_file(files[i].name, copy, nr);
		free(copy);
	}
	fuzz_import(ctf_open(directory, &code, &error), import_ctf, &error);
	return 0;
}
