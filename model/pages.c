/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page source of each node: frames numbered from 0; blocks of 2^order
 * frames come from the node's last-in-first-out list of that order, else from
 * the lowest frames never used. No splitting, no merging, no alignment: the
 * recordings' page allocator. A free block is linked through a table by its
 * first frame.
 */
#include "model/inspect.h"
#include "model/internal.h"

#include <stdlib.h>
#include <string.h>

bool page_source_init(struct machine *m)
{
	m->nodes = calloc(m->nr_nodes, sizeof(*m->nodes));
	if (!m->nodes)
		return false;
	for_each_node(m, node) m->nodes[node].limit_pages =
		m->config.node_pages;
	return true;
}

void page_source_release(struct machine *m)
{
	if (!m->nodes)
		return;
	for_each_node(m, node)
	{
		free(m->nodes[node].next_block);
		free(m->nodes[node].frame_bytes);
	}
	free(m->nodes);
}

static void remember_frames(struct machine *m, struct node *n, uint32_t nr)
{
	uint32_t *table;

	if (nr <= n->nr_next_block)
		return;
	table = realloc(n->next_block, (size_t)nr * 2 * sizeof(*table));
	if (!table)
		slab_bug(m, "the host has no memory for the page source");
	n->next_block = table;
	n->nr_next_block = nr * 2;
}

static bool node_getpages(struct machine *m, struct node *n, uint32_t order,
			  uint32_t *frame)
{
	uint32_t nr = 1u << order;

	if (n->in_use_pages + nr > n->limit_pages)
		return false;
	if (n->free_block[order]) {
		*frame = n->free_block[order] - 1;
		n->free_block[order] = n->next_block[*frame];
		n->nr_free_blocks[order]--;
	} else {
		remember_frames(m, n, n->nr_touched + nr);
		*frame = n->nr_touched;
		n->nr_touched += nr;
	}
	n->in_use_pages += nr;
	if (n->in_use_pages > n->peak_pages)
		n->peak_pages = n->in_use_pages;
	return true;
}

void machine_fail_pages(struct machine *m, uint64_t nth, uint32_t per_million,
			uint64_t seed)
{
	m->fails = nth || per_million;
	m->fail_nth = nth;
	m->fail_per_million = per_million;
	m->fail_state = seed;
}

/* splitmix64: the same sequence on every host. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool injected_failure(struct machine *m, uint32_t cpu)
{
	bool failure;

	if (!m->fails)
		return false;
	pool_lock(m, cpu);
	failure = m->fail_nth && --m->fail_nth == 0;
	if (!failure && m->fail_per_million)
		failure = next_random(&m->fail_state) % 1000000 <
			  m->fail_per_million;
	pool_unlock(m, cpu);
	return failure;
}

int kmem_getpages(struct machine *m, uint32_t cpu, uint32_t order,
		  uint32_t node, bool this_node, uint32_t *frame)
{
	uint32_t nr_tries = this_node ? 1 : m->nr_nodes;

	if (injected_failure(m, cpu))
		return -1;
	for (uint32_t i = 0; i < nr_tries; i++) {
		uint32_t nodeid = zonelist_node(m, node, i);
		bool ok;

		pages_lock(m, cpu, nodeid);
		ok = node_getpages(m, &m->nodes[nodeid], order, frame);
		pages_unlock(m, cpu, nodeid);
		if (ok)
			return (int)nodeid;
	}
	return -1;
}

void kmem_freepages(struct machine *m, uint32_t cpu, uint32_t order,
		    uint32_t node, uint32_t frame)
{
	struct node *n = &m->nodes[node];

	pages_lock(m, cpu, node);
	n->next_block[frame] = n->free_block[order];
	n->free_block[order] = frame + 1;
	n->nr_free_blocks[order]++;
	n->in_use_pages -= 1u << order;
	pages_unlock(m, cpu, node);
}

void machine_limit_pages(struct machine *m, uint32_t node, uint64_t nr_pages)
{
	m->nodes[node].limit_pages = nr_pages;
}
