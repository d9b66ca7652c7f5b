/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The naive allocator: object arrays. Each lives in an object of a general
 * cache, so making one can fail and what was made before has to be undone in
 * the kernel's order: youngest first, then what held it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

static uint64_t array_bytes(const struct naive *n, uint32_t limit)
{
	return n->p.array_cache_bytes + (uint64_t)n->p.word_bytes * limit;
}

struct naive_array *n_array_new(struct naive *n, uint32_t cpu, uint32_t node,
				uint32_t limit, uint32_t batchcount)
{
	struct naive_obj self =
		naive_kmalloc(n, cpu, array_bytes(n, limit), 0, (int)node);
	struct naive_array *a;

	if (!self.slab)
		return NULL;
	a = naive_calloc(1, sizeof(*a) + limit * sizeof(a->entry[0]));
	a->limit = limit;
	a->batchcount = batchcount;
	a->self = self;
	return a;
}

void n_array_delete(struct naive *n, uint32_t cpu, struct naive_array *a)
{
	if (!a)
		return;
	naive_kfree(n, cpu, a->self, array_bytes(n, a->limit));
	free(a);
}

void n_array_empty(struct naive *n, uint32_t cpu, struct naive_cache *c,
		   struct naive_array *a, uint32_t node)
{
	if (!a)
		return;
	n_free_block(n, cpu, c, a->entry, a->avail, node);
	a->avail = 0;
}

void n_array_drop_bottom(struct naive_array *a, uint32_t nr)
{
	a->avail -= nr;
	for (uint32_t i = 0; i < a->avail; i++)
		a->entry[i] = a->entry[i + nr];
}

uint32_t n_array_move_top(struct naive_array *to, struct naive_array *from,
			  uint32_t most)
{
	uint32_t nr = 0;

	while (nr < most && nr < from->avail && to->avail + nr < to->limit)
		nr++;
	for (uint32_t i = 0; i < nr; i++)
		to->entry[to->avail + i] = from->entry[from->avail - nr + i];
	to->avail += nr;
	from->avail -= nr;
	return nr;
}

/* --- alien arrays --------------------------------------------------------- */

static uint64_t alien_table_bytes(const struct naive *n)
{
	return (uint64_t)n->p.word_bytes * n->nr_nodes;
}

void n_aliens_delete(struct naive *n, uint32_t cpu, struct naive_aliens *aliens)
{
	if (!aliens->any)
		return;
	for (uint32_t i = 0; i < n->nr_nodes; i++)
		n_array_delete(n, cpu, aliens->array[i]);
	naive_kfree(n, cpu, aliens->self, alien_table_bytes(n));
	memset(aliens, 0, sizeof(*aliens));
}

static void aliens_undo(struct naive *n, uint32_t cpu, uint32_t node,
			struct naive_aliens *aliens)
{
	while (node-- > 0 && n->bug != NAIVE_UNWIND_OLDEST_FIRST) {
		n_array_delete(n, cpu, aliens->array[node]);
		aliens->array[node] = NULL;
	}
	n_aliens_delete(n, cpu, aliens);
}

/* The table and an array for each other node, all of it on @node. */
bool n_aliens_new(struct naive *n, uint32_t cpu, uint32_t node, uint32_t limit,
		  struct naive_aliens *aliens)
{
	if (limit > 1 || n->bug == NAIVE_LIMIT_ONE_ALIENS)
		limit = n->p.alien_limit;
	memset(aliens, 0, sizeof(*aliens));
	aliens->self =
		naive_kmalloc(n, cpu, alien_table_bytes(n), 0, (int)node);
	if (!aliens->self.slab)
		return false;
	aliens->any = true;
	for (uint32_t i = 0; i < n->nr_nodes; i++) {
		if (i == node)
			continue;
		aliens->array[i] = n_array_new(n, cpu, node, limit, 0);
		if (!aliens->array[i]) {
			aliens_undo(n, cpu, i, aliens);
			return false;
		}
	}
	return true;
}

void n_aliens_install(struct naive_lists *l, struct naive_aliens *aliens)
{
	l->has_alien = aliens->any;
	l->alien_self = aliens->self;
	memcpy(l->alien, aliens->array, sizeof(l->alien));
	memset(aliens, 0, sizeof(*aliens));
}

struct naive_aliens n_aliens_remove(struct naive_lists *l)
{
	struct naive_aliens aliens = { l->has_alien, l->alien_self, { 0 } };

	memcpy(aliens.array, l->alien, sizeof(l->alien));
	memset(l->alien, 0, sizeof(l->alien));
	l->has_alien = false;
	return aliens;
}
