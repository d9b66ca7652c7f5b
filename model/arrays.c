/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Object arrays: per-CPU, shared and alien. Each occupies an object of a
 * general cache, so making one is an allocation of the simulated machine and
 * can fail; its entries live in the machine's entries pool.
 */
#include "model/internal.h"

#include <string.h>

/* The batchcount of arrays that have no use for one, as in the kernel. */
#define BATCHCOUNT_UNUSED 0xbaadf00d

static uint64_t array_cache_size(const struct machine *m, uint32_t limit)
{
	return m->profile.array_cache_bytes +
	       (uint64_t)limit * m->profile.word_bytes;
}

/* While CPUs run at once a pool must have room: growing would move it. */
static uint32_t pool_alloc_locked(struct machine *m, uint32_t cpu,
				  struct pool *pool, uint32_t nr_units)
{
	uint32_t index;

	pool_lock(m, cpu);
	if (m->concurrent && !pool_has_room(pool, nr_units))
		slab_bug(m, "machine_reserve made too little room for arrays");
	index = pool_alloc(pool, nr_units);
	pool_unlock(m, cpu);
	return index;
}

static void pool_free_locked(struct machine *m, uint32_t cpu, struct pool *pool,
			     uint32_t index, uint32_t nr_units)
{
	pool_lock(m, cpu);
	pool_free(pool, index, nr_units);
	pool_unlock(m, cpu);
}

/* An empty array that lives in object @self; OBJ_NULL: a static one. */
void array_init(struct machine *m, uint32_t cpu, struct array_cache *ac,
		uint32_t limit, uint32_t batchcount, obj_t self)
{
	uint32_t block = pool_alloc_locked(m, cpu, &m->entries, limit + 1);

	if (!block)
		slab_bug(m, "the host has no memory for another array");
	memset(ac, 0, sizeof(*ac));
	ac->limit = limit;
	ac->batchcount = batchcount;
	ac->entry = block + 1;
	ac_entry(m, ac)[-1] = self;
}

static bool alloc_array(struct machine *m, uint32_t cpu, uint32_t node,
			uint32_t limit, uint32_t batchcount, uint64_t size,
			struct array_cache *ac)
{
	obj_t self = kmalloc_node(m, cpu, size, 0, (int)node);

	memset(ac, 0, sizeof(*ac));
	if (!self)
		return false;
	array_init(m, cpu, ac, limit, batchcount, self);
	return true;
}

bool alloc_arraycache(struct machine *m, uint32_t cpu, uint32_t node,
		      uint32_t limit, uint32_t batchcount,
		      struct array_cache *ac)
{
	return alloc_array(m, cpu, node, limit, batchcount,
			   array_cache_size(m, limit), ac);
}

/* Nothing if there is no array. */
static void release_array(struct machine *m, uint32_t cpu,
			  struct array_cache *ac, uint64_t size)
{
	obj_t self;

	if (!ac->entry)
		return;
	self = ac_entry(m, ac)[-1];
	pool_free_locked(m, cpu, &m->entries, ac->entry - 1, ac->limit + 1);
	memset(ac, 0, sizeof(*ac));
	kfree(m, cpu, self, size);
}

/* kfree of an array, which must be empty; nothing if there is none. */
void array_release(struct machine *m, uint32_t cpu, struct array_cache *ac)
{
	release_array(m, cpu, ac, array_cache_size(m, ac->limit));
}

/* Alien arrays have a header of their own in later kernels: a lock. */
static uint64_t alien_cache_size(const struct machine *m, uint32_t limit)
{
	return m->profile.alien_cache_bytes +
	       (uint64_t)limit * m->profile.word_bytes;
}

static void alien_release(struct machine *m, uint32_t cpu,
			  struct array_cache *ac)
{
	release_array(m, cpu, ac, alien_cache_size(m, ac->limit));
}

/* Return: the index of a new shared array; 0: no memory. */
uint32_t alloc_shared(struct machine *m, uint32_t cpu, uint32_t node,
		      uint32_t limit)
{
	struct array_cache ac;
	uint32_t shared;

	if (!alloc_arraycache(m, cpu, node, limit, BATCHCOUNT_UNUSED, &ac))
		return 0;
	shared = pool_alloc_locked(m, cpu, &m->arrays, 1);
	if (!shared)
		slab_bug(m, "the host has no memory for another array");
	*array_at(m, shared) = ac;
	return shared;
}

void free_shared(struct machine *m, uint32_t cpu, uint32_t shared)
{
	if (!shared)
		return;
	array_release(m, cpu, array_at(m, shared));
	pool_free_locked(m, cpu, &m->arrays, shared, 1);
}

static uint64_t alien_table_size(const struct machine *m)
{
	return (uint64_t)m->profile.word_bytes * m->nr_nodes;
}

/* The arrays of a table for nodes below @end, then the table. */
void free_alien_cache(struct machine *m, uint32_t cpu,
		      struct alien_table *table)
{
	if (!table->alien)
		return;
	for_each_node(m, node)
		alien_release(m, cpu, array_at(m, table->alien + node));
	pool_free_locked(m, cpu, &m->arrays, table->alien, m->nr_nodes);
	kfree(m, cpu, table->self, alien_table_size(m));
	memset(table, 0, sizeof(*table));
}

/* A failed array: undo the ones made, youngest first. */
static void unwind_alien_cache(struct machine *m, uint32_t cpu, uint32_t node,
			       struct alien_table *table)
{
	while (node-- > 0)
		alien_release(m, cpu, array_at(m, table->alien + node));
	free_alien_cache(m, cpu, table);
}

/*
 * alloc_alien_cache - the table of @node and an array for each other node
 *
 * All of it lives on @node. Return: false when memory ran out; nothing is
 * left behind then.
 */
bool alloc_alien_cache(struct machine *m, uint32_t cpu, uint32_t node,
		       uint32_t limit, struct alien_table *table)
{
	if (limit > 1)
		limit = m->profile.alien_limit;
	memset(table, 0, sizeof(*table));
	table->self = kmalloc_node(m, cpu, alien_table_size(m), 0, (int)node);
	if (!table->self)
		return false;
	table->alien = pool_alloc_locked(m, cpu, &m->arrays, m->nr_nodes);
	if (!table->alien)
		slab_bug(m, "the host has no memory for another alien table");
	for_each_node(m, other)
	{
		struct array_cache ac;

		if (other == node)
			continue;
		if (!alloc_array(m, cpu, node, limit, BATCHCOUNT_UNUSED,
				 alien_cache_size(m, limit), &ac)) {
			unwind_alien_cache(m, cpu, other, table);
			return false;
		}
		*array_at(m, table->alien + other) = ac;
	}
	return true;
}

/*
 * transfer_objects - from the top of one array to the top of another
 * Order is kept. Return: how many moved.
 */
uint32_t transfer_objects(const struct machine *m, struct array_cache *to,
			  struct array_cache *from, uint32_t max)
{
	uint32_t nr = from->avail < max ? from->avail : max;
	obj_t *source, *target;

	if (nr > to->limit - to->avail)
		nr = to->limit - to->avail;
	source = ac_entry(m, from) + from->avail - nr;
	target = ac_entry(m, to) + to->avail;
	for (uint32_t i = 0; i < nr; i++)
		target[i] = source[i];
	from->avail -= nr;
	to->avail += nr;
	return nr;
}

/* The bottom @nr entries are gone: the rest moves down. */
void array_drop_bottom(const struct machine *m, struct array_cache *ac,
		       uint32_t nr)
{
	obj_t *entry = ac_entry(m, ac);

	ac->avail -= nr;
	memmove(entry, entry + nr, ac->avail * sizeof(*entry));
}

/* Everything in the array back to the slabs of its node. */
void array_flush_to_lists(struct machine *m, uint32_t cpu, cachep_t cachep,
			  struct array_cache *ac, uint32_t node)
{
	uint32_t doomed;

	list_lock(m, cpu, cachep, node);
	doomed = array_empty(m, cpu, cachep, ac, node);
	list_unlock(m, cpu, cachep, node);
	slabs_destroy(m, cpu, cachep, doomed);
}
