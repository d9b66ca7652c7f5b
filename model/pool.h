/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of the machine's own state: blocks of equal units, named by index.
 *
 * A pool hands out blocks of 1, 2, 4, ... units from one store and takes them
 * back on a list a size; index 0 is never handed out and means "none". State
 * refers to state by index only, so a copy of the store is a copy of the
 * state. Two kinds of store:
 *
 *   flat     one array; growing moves it. For what grows only when a cache is
 *            created or tuned: pointers die there, and nowhere else.
 *   chunked  an array of chunks; nothing ever moves. For slabs, which appear
 *            in the middle of an allocation.
 */
#ifndef MODEL_POOL_H
#define MODEL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_CLASSES 24

struct pool {
	unsigned char *base;    /* flat */
	unsigned char **chunks; /* chunked */
	uint32_t unit_bytes;
	uint32_t chunk_shift; /* units of a chunk, as a power of two; 0: flat */
	uint32_t nr_used;     /* units handed out at least once, and unit 0 */
	uint32_t nr_units;    /* units of the store */
	uint32_t max_chunks;  /* places in the table of chunks */
	uint32_t free_head[POOL_CLASSES];
};

/* @unit_bytes: at least 4. @chunk_shift: 0 for a flat pool. */
void pool_init(struct pool *pool, uint32_t unit_bytes, uint32_t chunk_shift);
void pool_release(struct pool *pool);

/*
 * pool_copy - give @to, a plain copy of @from, a store of its own
 * Return: false when the host has no memory; @to can be released then.
 */
bool pool_copy(struct pool *to, const struct pool *from);
/* Bytes of the store. */
size_t pool_bytes(const struct pool *pool);

/*
 * pool_alloc - a zeroed block of at least @nr_units
 * Return: the index of its first unit; 0 when the host has no memory.
 */
uint32_t pool_alloc(struct pool *pool, uint32_t nr_units);
/*
 * pool_has_room - would one block of @nr_units move nothing?
 * pool_make_room - blocks of @nr_units in all can be had without moving
 * pool_reserve_chunks - chunks can be added without moving their table
 * Return: false when the host has no memory.
 */
bool pool_has_room(const struct pool *pool, uint32_t nr_units);
bool pool_make_room(struct pool *pool, uint32_t nr_units);
bool pool_reserve_chunks(struct pool *pool, uint32_t nr_chunks);
/* @nr_units: as it was asked for. */
void pool_free(struct pool *pool, uint32_t index, uint32_t nr_units);

static inline void *pool_at(const struct pool *pool, uint32_t index)
{
	if (!pool->chunk_shift)
		return pool->base + (size_t)index * pool->unit_bytes;
	return pool->chunks[index >> pool->chunk_shift] +
	       (size_t)(index & ((1u << pool->chunk_shift) - 1)) *
		       pool->unit_bytes;
}

#endif
