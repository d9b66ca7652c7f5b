/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer: copies of /proc/slabinfo and map files, whatever they hold. The
 * first byte says which. What is read must be sane: names, and no more objects
 * in use than there are.
 */
#define _GNU_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/cache_map.h"
#include "traces/slabinfo_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_slabinfo(const char *path)
{
	struct slabinfo_file file;
	struct trace_error error;

	if (slabinfo_file_read(path, &file, &error))
		return;
	for (uint32_t i = 0; i < file.nr; i++) {
		const struct slabinfo_row *row = &file.rows[i];

		if (!*row->name || row->active_objs > row->num_objs ||
		    slabinfo_row_in_use(row) > (int64_t)row->active_objs ||
		    !slabinfo_file_find(&file, row->name))
			abort();
	}
	slabinfo_file_release(&file);
}

static void read_map(const char *path)
{
	struct trace_error error;
	struct cache_map map;
	const char *name;

	if (cache_map_read(path, &map, &error))
		return;
	name = cache_map_find(&map, 192, 192, "__d_alloc+0x2b/0x190");
	if (name && !*name)
		abort();
	cache_map_own(&map, "cache_grow+0x1/0x2");
	cache_map_release(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd;

	if (size < 1)
		return 0;
	fd = memfd_create("hints", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (data[0] & 1)
		read_map(path);
	else
		read_slabinfo(path);
	close(fd);
	return 0;
}
