/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools. A block's size is a power of two and its index a multiple of it, so
 * a block never crosses a chunk. Free blocks are linked through their first
 * four bytes; what alignment would skip goes to the lists as well.
 */
#include "model/pool.h"

#include <stdlib.h>
#include <string.h>

void pool_init(struct pool *pool, uint32_t unit_bytes, uint32_t chunk_shift)
{
	memset(pool, 0, sizeof(*pool));
	pool->unit_bytes = unit_bytes;
	pool->chunk_shift = chunk_shift;
	pool->nr_used = 1;
}

void pool_release(struct pool *pool)
{
	if (pool->chunk_shift) {
		for (uint32_t i = 0; i < pool->nr_units >> pool->chunk_shift;
		     i++)
			free(pool->chunks[i]);
	}
	free(pool->chunks);
	free(pool->base);
}

static uint32_t block_class(uint32_t nr_units)
{
	uint32_t class = 0;

	while (1u << class < nr_units)
		class ++;
	return class;
}

static bool grow_flat(struct pool *pool, uint32_t nr_units)
{
	unsigned char *base;

	base = realloc(pool->base, (size_t)nr_units * pool->unit_bytes);
	if (!base)
		return false;
	pool->base = base;
	pool->nr_units = nr_units;
	return true;
}

bool pool_reserve_chunks(struct pool *pool, uint32_t nr_chunks)
{
	unsigned char **chunks;

	if (nr_chunks <= pool->max_chunks)
		return true;
	chunks = realloc(pool->chunks, nr_chunks * sizeof(*chunks));
	if (!chunks)
		return false;
	pool->chunks = chunks;
	pool->max_chunks = nr_chunks;
	return true;
}

static bool grow_chunked(struct pool *pool)
{
	uint32_t nr_chunks = pool->nr_units >> pool->chunk_shift;
	size_t chunk_bytes = (size_t)pool->unit_bytes << pool->chunk_shift;

	if (nr_chunks == pool->max_chunks &&
	    !pool_reserve_chunks(pool, nr_chunks ? nr_chunks * 2 : 1))
		return false;
	pool->chunks[nr_chunks] = aligned_alloc(64, chunk_bytes);
	if (!pool->chunks[nr_chunks])
		return false;
	/* a snapshot copies whole chunks: let them be defined throughout */
	memset(pool->chunks[nr_chunks], 0, chunk_bytes);
	pool->nr_units += 1u << pool->chunk_shift;
	return true;
}

size_t pool_bytes(const struct pool *pool)
{
	return (size_t)pool->nr_units * pool->unit_bytes;
}

static bool copy_flat(struct pool *to, const struct pool *from)
{
	if (!from->nr_units)
		return true;
	to->base = malloc(pool_bytes(from));
	if (!to->base)
		return false;
	memcpy(to->base, from->base, (size_t)from->nr_used * from->unit_bytes);
	return true;
}

bool pool_copy(struct pool *to, const struct pool *from)
{
	size_t chunk_bytes = (size_t)from->unit_bytes << from->chunk_shift;

	to->base = NULL;
	to->chunks = NULL;
	if (!from->chunk_shift)
		return copy_flat(to, from);
	to->nr_units = 0;
	to->max_chunks = 0;
	while (to->nr_units < from->nr_units) {
		uint32_t chunk = to->nr_units >> to->chunk_shift;

		if (!grow_chunked(to))
			return false;
		memcpy(to->chunks[chunk], from->chunks[chunk], chunk_bytes);
	}
	return true;
}

static bool pool_reserve(struct pool *pool, uint32_t nr_units)
{
	while (pool->nr_units < nr_units) {
		if (nr_units > UINT32_MAX / 2)
			return false;
		if (pool->chunk_shift ? !grow_chunked(pool) :
					!grow_flat(pool, nr_units * 2))
			return false;
	}
	return true;
}

bool pool_has_room(const struct pool *pool, uint32_t nr_units)
{
	uint32_t class = block_class(nr_units);

	return pool->free_head[class] ||
	       pool->nr_used + (2u << class) <= pool->nr_units;
}

bool pool_make_room(struct pool *pool, uint32_t nr_units)
{
	if (nr_units > UINT32_MAX / 4 - pool->nr_used)
		return false;
	return pool_reserve(pool, pool->nr_used + nr_units);
}

static void free_list_push(struct pool *pool, uint32_t index, uint32_t class)
{
	memcpy(pool_at(pool, index), &pool->free_head[class],
	       sizeof(pool->free_head[class]));
	pool->free_head[class] = index;
}

static uint32_t free_list_pop(struct pool *pool, uint32_t class)
{
	uint32_t index = pool->free_head[class];

	if (index)
		memcpy(&pool->free_head[class], pool_at(pool, index),
		       sizeof(index));
	return index;
}

/* Units up to the next multiple of the block's size become free blocks. */
static void align_end(struct pool *pool, uint32_t class)
{
	while (pool->nr_used & ((1u << class) - 1)) {
		uint32_t low = block_class(pool->nr_used & -pool->nr_used);

		free_list_push(pool, pool->nr_used, low);
		pool->nr_used += 1u << low;
	}
}

uint32_t pool_alloc(struct pool *pool, uint32_t nr_units)
{
	uint32_t class = block_class(nr_units);
	uint32_t size = 1u << class;
	uint32_t index;

	index = free_list_pop(pool, class);
	if (!index) {
		/* the end may have to move by almost a block first */
		if (!pool_reserve(pool, pool->nr_used + 2 * size))
			return 0;
		align_end(pool, class);
		index = pool->nr_used;
		pool->nr_used += size;
	}
	memset(pool_at(pool, index), 0, (size_t)size * pool->unit_bytes);
	return index;
}

void pool_free(struct pool *pool, uint32_t index, uint32_t nr_units)
{
	free_list_push(pool, index, block_class(nr_units));
}
