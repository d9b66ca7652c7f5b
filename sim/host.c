/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See host.h. */
#define _POSIX_C_SOURCE 200809L
#include "sim/host.h"

#include <errno.h>
#include <numa.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Old node number -> new one, in the order in which CPUs name them. */
static uint16_t renumber(int node, int *seen, uint32_t *nr_seen)
{
	uint32_t i;

	for (i = 0; i < *nr_seen; i++) {
		if (seen[i] == node)
			return (uint16_t)i;
	}
	seen[(*nr_seen)++] = node;
	return (uint16_t)i;
}

/* Firmware may say anything: 255 is "not reachable". */
static bool is_slit(int distance, bool self)
{
	return self ? distance == 10 : distance > 10 && distance < 255;
}

uint8_t *host_distances(const int *ids, uint32_t nr,
			int (*distance)(int from, int to))
{
	uint8_t *table = malloc((size_t)nr * nr + 1);

	for (uint32_t i = 0; table && i < nr * nr; i++) {
		int value = distance(ids[i / nr], ids[i % nr]);

		if (!is_slit(value, i / nr == i % nr)) {
			free(table);
			return NULL;
		}
		table[i] = (uint8_t)value;
	}
	return table;
}

static int read_numa(struct host_shape *shape)
{
	int nr_possible = numa_num_possible_cpus();
	int *seen;

	if (nr_possible < 1)
		return 0;
	shape->cpu_node = calloc((size_t)nr_possible, sizeof(uint16_t));
	seen = calloc((size_t)nr_possible, sizeof(int));
	if (!shape->cpu_node || !seen) {
		free(seen);
		return -ENOMEM;
	}
	for (int cpu = 0; cpu < nr_possible; cpu++) {
		int node = numa_node_of_cpu(cpu);

		/* offline, or a number that no CPU has */
		if (node < 0)
			continue;
		shape->cpu_node[shape->cpus++] =
			renumber(node, seen, &shape->nodes);
	}
	shape->distance = host_distances(seen, shape->nodes, numa_distance);
	free(seen);
	return 0;
}

static int one_node(struct host_shape *shape)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	host_shape_release(shape);
	shape->nodes = 1;
	shape->cpus = online > 0 ? (uint32_t)online : 1;
	shape->cpu_node = calloc(shape->cpus, sizeof(uint16_t));
	return shape->cpu_node ? 0 : -ENOMEM;
}

int host_shape_read(struct host_shape *shape)
{
	int error = 0;

	*shape = (struct host_shape){ 0 };
	if (numa_available() >= 0)
		error = read_numa(shape);
	if (!error && shape->cpus == 0)
		error = one_node(shape);
	if (error)
		host_shape_release(shape);
	return error;
}

void host_shape_release(struct host_shape *shape)
{
	free(shape->cpu_node);
	free(shape->distance);
	shape->nodes = shape->cpus = 0;
	shape->cpu_node = NULL;
	shape->distance = NULL;
}

uint32_t host_memory_nodes(void)
{
	struct bitmask *allowed;
	unsigned int nr;

	if (numa_available() < 0)
		return 1;
	allowed = numa_get_mems_allowed();
	nr = numa_bitmask_weight(allowed);
	numa_bitmask_free(allowed);
	return nr ? nr : 1;
}

void host_run_on_node(uint32_t index)
{
	struct bitmask *allowed;
	unsigned int node = 0;

	if (numa_available() < 0)
		return;
	allowed = numa_get_mems_allowed();
	for (; node < allowed->size; node++) {
		if (numa_bitmask_isbitset(allowed, node) && index-- == 0)
			break;
	}
	if (node < allowed->size && numa_run_on_node((int)node) == 0)
		numa_set_preferred((int)node);
	numa_bitmask_free(allowed);
}

uint64_t host_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int host_numa_api_version(void)
{
	return LIBNUMA_API_VERSION;
}
