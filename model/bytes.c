/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contents of simulated memory, where anyone can see them: in debug profiles
 * and under objects with a constructor.
 *
 * Bytes are kept a page block: the page source never splits or merges blocks,
 * so a block's bytes are contiguous, and they outlive the slabs on it.
 */
#include <stdlib.h>
#include <string.h>

#include "model/internal.h"

static void remember_bytes(struct machine *m, struct node *n)
{
	uint32_t *table;

	if (n->nr_frame_bytes >= n->nr_touched)
		return;
	table = realloc(n->frame_bytes,
			(size_t)n->nr_touched * 2 * sizeof(*table));
	if (!table)
		slab_bug(m, "the host has no memory for page contents");
	memset(table + n->nr_frame_bytes, 0,
	       ((size_t)n->nr_touched * 2 - n->nr_frame_bytes) *
		       sizeof(*table));
	n->frame_bytes = table;
	n->nr_frame_bytes = n->nr_touched * 2;
}

/* The block of pages under a new slab gets its bytes, if it has none yet. */
void attach_bytes(struct machine *m, uint32_t slab)
{
	const struct slab *slabp = slab_at(m, slab);
	struct node *n = &m->nodes[slabp->nodeid];
	uint32_t nr = 1u << m->caches[slabp->cachep].gfporder;
	uint32_t index;

	remember_bytes(m, n);
	if (n->frame_bytes[slabp->frame])
		return;
	index = pool_alloc(&m->bytes, nr);
	if (!index)
		slab_bug(m, "the host has no memory for page contents");
	for (uint32_t i = 0; i < nr; i++)
		n->frame_bytes[slabp->frame + i] = index + i;
}

/* An object's buffer, from its start; NULL where no bytes are kept. */
unsigned char *obj_buffer(const struct machine *m, obj_t obj)
{
	const struct slab *slabp = slab_at(m, obj_slab(obj));
	const struct node *n = &m->nodes[slabp->nodeid];
	unsigned char *start;

	if (slabp->frame >= n->nr_frame_bytes || !n->frame_bytes[slabp->frame])
		return NULL;
	start = pool_at(&m->bytes, n->frame_bytes[slabp->frame]);
	return start + obj_buffer_offset(m, obj);
}

unsigned char *obj_bytes(struct machine *m, obj_t obj)
{
	unsigned char *buffer = obj_buffer(m, obj);

	if (!buffer)
		return NULL;
	return buffer + m->caches[slab_at(m, obj_slab(obj))->cachep].obj_offset;
}

bool machine_poke(struct machine *m, uint64_t address, uint8_t byte)
{
	const struct slab_profile *p = &m->profile;
	uint64_t frame = (address - p->page_offset) / p->page_bytes;
	uint64_t node = frame / p->node_span_frames;
	unsigned char *page;

	frame %= p->node_span_frames;
	if (!p->debug || address < p->page_offset || node >= m->nr_nodes ||
	    frame >= m->nodes[node].nr_frame_bytes ||
	    !m->nodes[node].frame_bytes[frame])
		return false;
	page = pool_at(&m->bytes, m->nodes[node].frame_bytes[frame]);
	page[(address - p->page_offset) % p->page_bytes] = byte;
	return true;
}
