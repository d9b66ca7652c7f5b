/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The naive allocator's ground: host memory, lists of slabs, and the page
 * source: per node, blocks given back (last in, first out, by order), else
 * the lowest frames never used.
 */
#include "tests/lib/naive_internal.h"

#include <stdlib.h>
#include <string.h>

_Noreturn void naive_panic(const struct naive *n, const char *sentence)
{
	if (n->panic)
		n->panic(n->panic_arg, sentence);
	abort();
}

void *naive_calloc(size_t nr, size_t bytes)
{
	void *new = calloc(nr, bytes);

	if (!new)
		abort();
	return new;
}

void *naive_realloc(void *old, size_t bytes)
{
	void *new = realloc(old, bytes);

	if (!new)
		abort();
	return new;
}

void n_list_insert(struct naive_list *list, uint32_t at,
		   struct naive_slab *slab)
{
	if (list->nr == list->room) {
		list->room = list->room ? list->room * 2 : 8;
		list->slab = naive_realloc(list->slab,
					   list->room * sizeof(*list->slab));
	}
	memmove(list->slab + at + 1, list->slab + at,
		(list->nr - at) * sizeof(*list->slab));
	list->slab[at] = slab;
	list->nr++;
}

bool n_list_remove(struct naive_list *list, const struct naive_slab *slab)
{
	for (uint32_t i = 0; i < list->nr; i++) {
		if (list->slab[i] != slab)
			continue;
		list->nr--;
		memmove(list->slab + i, list->slab + i + 1,
			(list->nr - i) * sizeof(*list->slab));
		return true;
	}
	return false;
}

static bool node_pages_get(struct naive_node *node, uint32_t order,
			   uint32_t *frame)
{
	struct naive_blocks *blocks = &node->blocks[order];

	if (node->in_use_pages + (1u << order) > node->limit_pages)
		return false;
	if (blocks->nr) {
		*frame = blocks->frame[--blocks->nr];
	} else {
		*frame = node->nr_touched;
		node->nr_touched += 1u << order;
	}
	node->in_use_pages += 1u << order;
	if (node->peak_pages < node->in_use_pages)
		node->peak_pages = node->in_use_pages;
	return true;
}

/* splitmix64, as machine_fail_pages has it */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool failure_wanted(struct naive *n)
{
	if (n->fail_nth) {
		n->fail_nth--;
		if (n->fail_nth == 0)
			return true;
	}
	return n->fail_per_million &&
	       next_random(&n->fail_state) % 1000000 < n->fail_per_million;
}

/* Return: the node that gave them, from @node on, wrapping; -1: none. */
int n_pages_get(struct naive *n, uint32_t order, uint32_t node, bool this_node,
		uint32_t *frame)
{
	if (failure_wanted(n))
		return -1;
	if (this_node)
		return node_pages_get(&n->node[node], order, frame) ?
			       (int)node :
			       -1;
	for (uint32_t i = 0; i < n->nr_nodes; i++) {
		uint32_t from = (node + i) % n->nr_nodes;

		if (node_pages_get(&n->node[from], order, frame))
			return (int)from;
	}
	return -1;
}

void n_pages_put(struct naive *n, uint32_t order, uint32_t node, uint32_t frame)
{
	struct naive_blocks *blocks = &n->node[node].blocks[order];

	if (blocks->nr == blocks->room) {
		blocks->room = blocks->room ? blocks->room * 2 : 8;
		blocks->frame = naive_realloc(
			blocks->frame, blocks->room * sizeof(*blocks->frame));
	}
	blocks->frame[blocks->nr++] = frame;
	n->node[node].in_use_pages -= 1u << order;
}
