/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distances between nodes, and the order in which fallback walks them: by
 * distance from home; of equal ones home + 1, home + 2 and so on, around. A
 * machine without distances has that order too, and no tables.
 */
#include "model/inspect.h"
#include "model/internal.h"

#include <stdlib.h>
#include <string.h>

#define LOCAL_DISTANCE 10
#define REMOTE_DISTANCE 20
#define UNREACHABLE 255

/* What the kernel asks of a SLIT, and that every node can be reached. */
bool distances_ok(const struct machine_config *config)
{
	uint32_t nr = config->nr_nodes;

	for (uint32_t i = 0; config->distance && i < nr * nr; i++) {
		bool self = i / nr == i % nr;

		if (self ? config->distance[i] != LOCAL_DISTANCE :
			   config->distance[i] <= LOCAL_DISTANCE ||
				    config->distance[i] == UNREACHABLE)
			return false;
	}
	return true;
}

/* An insertion sort, which leaves equal ones in order. */
static void sort_zonelist(struct machine *m, uint32_t home)
{
	const uint8_t *distance = m->distance + (size_t)home * m->nr_nodes;
	uint16_t *list = m->zonelist + (size_t)home * m->nr_nodes;

	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		uint16_t node = (uint16_t)((home + i) % m->nr_nodes);
		uint32_t at = i;

		for (; at && distance[list[at - 1]] > distance[node]; at--)
			list[at] = list[at - 1];
		list[at] = node;
	}
}

bool zonelists_init(struct machine *m, const uint8_t *distance)
{
	size_t nr = (size_t)m->nr_nodes * m->nr_nodes;

	if (!distance)
		return true;
	m->distance = malloc(nr * sizeof(*m->distance));
	m->zonelist = calloc(nr, sizeof(*m->zonelist));
	if (!m->distance || !m->zonelist)
		return false;
	memcpy(m->distance, distance, nr * sizeof(*m->distance));
	for_each_node(m, home) sort_zonelist(m, home);
	return true;
}

uint32_t zonelist_node(const struct machine *m, uint32_t home, uint32_t i)
{
	if (m->zonelist)
		return m->zonelist[(size_t)home * m->nr_nodes + i];
	return (home + i) % m->nr_nodes;
}

uint32_t machine_node_distance(const struct machine *m, uint32_t from,
			       uint32_t to)
{
	if (m->distance)
		return m->distance[(size_t)from * m->nr_nodes + to];
	return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
}
