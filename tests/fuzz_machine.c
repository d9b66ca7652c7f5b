/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer: machine files, whatever they hold. What is read must be a machine:
 * each node has a CPU, distances are those of a SLIT, tunables make sense.
 *
 *	make fuzz
 *	build-fuzz/tests/fuzz_machine -max_len=4096 docs/machines CORPUS
 */
#define _GNU_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/machine_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cpus(const struct machine_spec *spec)
{
	bool seen[64] = { false };

	if (!spec->nodes || spec->nodes > 64 || spec->cpus < spec->nodes ||
	    spec->cpus > 4096 || spec->node_pages < 64 ||
	    (spec->max_cpus && spec->max_cpus < spec->cpus))
		abort();
	for (uint32_t i = 0; spec->cpu_node && i < spec->cpus; i++) {
		if (spec->cpu_node[i] >= spec->nodes)
			abort();
		seen[spec->cpu_node[i]] = true;
	}
	for (uint32_t i = 0; spec->cpu_node && i < spec->nodes; i++) {
		if (!seen[i])
			abort();
	}
}

static void check_distances(const struct machine_spec *spec)
{
	for (uint32_t i = 0; spec->distance && i < spec->nodes * spec->nodes;
	     i++) {
		bool self = i / spec->nodes == i % spec->nodes;

		if (self != (spec->distance[i] == 10) ||
		    spec->distance[i] < 10 || spec->distance[i] == 255)
			abort();
	}
}

static void check_tunables(const struct machine_spec *spec)
{
	for (uint32_t i = 0; i < spec->tunables.nr; i++) {
		const struct cache_tunables *t = &spec->tunables.list[i];

		if (!*t->cache || t->value[TUNABLE_LIMIT] == 0 ||
		    t->value[TUNABLE_BATCHCOUNT] == 0 ||
		    (i && strcmp(t[-1].cache, t->cache) >= 0))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine_spec spec;
	char path[64], error[512] = "";
	int fd = memfd_create("machine", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (machine_spec_parse(path, &spec, error, sizeof(error))) {
		check_cpus(&spec);
		check_distances(&spec);
		check_tunables(&spec);
		machine_spec_release(&spec);
	} else if (!*error) {
		abort();
	}
	close(fd);
	return 0;
}
