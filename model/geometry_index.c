/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How objects lie in a slab without descriptor: a list of byte indices is all
 * that it needs. Where that lies, in order of preference:
 *
 *   obj  | colour | object 0 | object 1 | ... | (rest)        |  in a free object
 *   off  | colour | object 0 | object 1 | ... | (rest)        |  a general cache
 *   on   | colour | object 0 | object 1 | ... | (rest) | list |  the slab's end
 */
#include "model/internal.h"

/* Indices are bytes. */
#define MAX_OBJS 255
/* Smaller objects would need larger indices. */
#define MIN_OBJ_BYTES 16

enum index_place { INDEX_IN_OBJ, INDEX_OFF_SLAB, INDEX_ON_SLAB };

/* An index list apart must be small, and not need one like it itself. */
static bool off_slab_ok(const struct machine *m,
			const struct kmem_cache *cachep, uint64_t num)
{
	cachep_t list_cache = kmalloc_cache(m, num, 0);

	return list_cache != CACHE_NULL && !m->caches[list_cache].off_slab &&
	       m->caches[list_cache].buffer_size <= cachep->user_bytes / 2;
}

/* Stands for calculate_slab_order. Return: the left over bytes. */
static uint64_t order_for_indices(const struct machine *m,
				  struct kmem_cache *cachep,
				  enum index_place place)
{
	const struct slab_profile *p = &m->profile;
	uint64_t size = cachep->buffer_size + (place == INDEX_ON_SLAB);
	uint64_t left_over = 0;

	cachep->num = 0;
	for (uint32_t order = 0; order <= p->max_order; order++) {
		uint64_t slab_size = (uint64_t)p->page_bytes << order;
		uint64_t num = slab_size / size;

		if (num == 0)
			continue;
		if (num > MAX_OBJS)
			break;
		if (place == INDEX_OFF_SLAB && !off_slab_ok(m, cachep, num))
			continue;
		cachep->num = (uint32_t)num;
		cachep->gfporder = order;
		left_over = slab_size % size;
		/* reclaimable caches hold long-lived objects: small slabs */
		if (cachep->flags & SLAB_RECLAIM_ACCOUNT ||
		    order >= p->break_order || left_over * 8 <= slab_size)
			break;
	}
	return left_over;
}

/* May the list be kept here, for what the search has found? */
static bool place_ok(const struct kmem_cache *cachep, enum index_place place,
		     uint64_t left_over)
{
	switch (place) {
	case INDEX_IN_OBJ:
		return cachep->num <= cachep->object_size;
	case INDEX_OFF_SLAB:
		/* it would fit on the slab */
		return left_over < cachep->num;
	case INDEX_ON_SLAB:
		break;
	}
	return true;
}

static bool place_allowed(const struct kmem_cache *cachep,
			  enum index_place place)
{
	switch (place) {
	case INDEX_IN_OBJ:
		/* the contents of a free object are of use to somebody */
		return !cachep->ctor &&
		       !(cachep->flags &
			 (SLAB_DESTROY_BY_RCU | SLAB_KEEPS_CONTENTS));
	case INDEX_OFF_SLAB:
		return !(cachep->flags & SLAB_NOLEAKTRACE);
	case INDEX_ON_SLAB:
		break;
	}
	return true;
}

/*
 * Fills in the geometry of @cachep, of which user_bytes, object_size, flags
 * and ctor are known. num is 0 when no order can hold an object.
 */
void cache_geometry_index(const struct machine *m, struct kmem_cache *cachep,
			  uint64_t size, uint64_t align)
{
	uint32_t line = m->profile.cache_line_bytes;

	cachep->buffer_size =
		size < MIN_OBJ_BYTES ? round_up(MIN_OBJ_BYTES, align) : size;
	cachep->colour_off = (uint32_t)(align > line ? align : line);
	for (int i = INDEX_IN_OBJ; i <= INDEX_ON_SLAB; i++) {
		enum index_place place = (enum index_place)i;
		uint64_t left_over;

		if (!place_allowed(cachep, place))
			continue;
		left_over = order_for_indices(m, cachep, place);
		if (!cachep->num || !place_ok(cachep, place, left_over))
			continue;
		cachep->off_slab = place == INDEX_OFF_SLAB;
		cachep->slab_size = place == INDEX_IN_OBJ ? 0 : cachep->num;
		cachep->colour = (uint32_t)(left_over / cachep->colour_off);
		return;
	}
	cachep->num = 0;
}
