/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine the program runs on: its shape, as libnuma sees it; its clock.
 *
 * host.c is the one file that includes numa.h. Nothing here reaches results:
 * a run on "--machine host" records the shape it found, not the word "host".
 */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stdint.h>

struct host_shape {
	uint32_t nodes, cpus;
	uint16_t *cpu_node; /* owned: the node of each CPU */
	/* owned: [from * nodes + to], 10 to itself; NULL: nobody knows */
	uint8_t *distance;
};

/*
 * host_shape_read - the online CPUs and their nodes
 *
 * CPUs and nodes are numbered anew, without gaps; a node without CPUs does not
 * count. Without NUMA support in the kernel it is one node: a normal case.
 * Return: 0 (host_shape_release when done) or -ENOMEM.
 */
int host_shape_read(struct host_shape *shape);
void host_shape_release(struct host_shape *shape);
/*
 * host_distances - what @distance says of the nodes @ids, as a SLIT has it
 * @ids: their numbers, @nr of them. @distance: as numa_distance, 0: unknown.
 * Return: owned; NULL for no memory, or where that is no SLIT.
 */
uint8_t *host_distances(const int *ids, uint32_t nr,
			int (*distance)(int from, int to));

/* Nodes with memory that this process may use; 1 without NUMA. */
uint32_t host_memory_nodes(void);
/*
 * host_run_on_node - the calling thread runs on the @index-th of them, and
 * what it touches first lies there, if there is room
 * Without leave to, it runs where it did.
 */
void host_run_on_node(uint32_t index);

/* The host's clock, from no particular beginning; it never goes back. */
uint64_t host_ns(void);

/* The version of libnuma's interface that was compiled in. */
int host_numa_api_version(void);

#endif
