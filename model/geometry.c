/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How objects lie in a slab: the slab order, objects a slab, where the
 * descriptor lives, colours; and from those the place of an object.
 *
 *   on-slab   | colour | descriptor, indices | object 0 | object 1 | ... |
 *   off-slab  | colour | object 0 | object 1 | ...      | (rest)         |
 */
#include "model/internal.h"

/* One candidate: what a slab of 2^order pages would hold. */
struct estimate {
	uint64_t num;
	uint64_t left_over;
};

/* The descriptor and its indices, as they are. */
static uint64_t slab_mgmt_bytes(const struct slab_profile *p, uint64_t num)
{
	return p->slab_bytes + num * p->bufctl_bytes;
}

/* The same in a slab, in front of objects that begin at @align. */
static uint64_t slab_mgmt_size(const struct slab_profile *p, uint64_t num,
			       uint64_t align)
{
	if (p->mgmt_align_bytes)
		align = p->mgmt_align_bytes;
	return round_up(slab_mgmt_bytes(p, num), align);
}

/* Stands for cache_estimate. */
static struct estimate cache_estimate(const struct slab_profile *p,
				      uint32_t order, uint64_t size,
				      uint64_t align, bool off_slab)
{
	uint64_t slab_size = (uint64_t)p->page_bytes << order;
	uint64_t mgmt = 0;
	uint64_t num;

	if (off_slab) {
		num = slab_size / size;
	} else {
		num = (slab_size - p->slab_bytes) / (size + p->bufctl_bytes);
		/*
		 * The estimate ignores alignment: one too many may result, or
		 * more where that exceeds the size. Differs: where not even
		 * the descriptor fits, the kernel would go on below 0.
		 */
		while (num &&
		       slab_mgmt_size(p, num, align) + num * size > slab_size)
			num--;
		if (num == 0)
			return (struct estimate){ 0, 0 };
		mgmt = slab_mgmt_size(p, num, align);
	}
	return (struct estimate){ num, slab_size - num * size - mgmt };
}

/*
 * Stands for calculate_slab_order. @lowest: whatever is wasted.
 * Return: the left over bytes.
 */
static uint64_t calculate_slab_order(const struct slab_profile *p,
				     struct kmem_cache *cachep, uint64_t size,
				     uint64_t align, bool lowest)
{
	uint64_t left_over = 0;

	for (uint32_t order = 0; order <= p->max_order; order++) {
		struct estimate estimate =
			cache_estimate(p, order, size, align, cachep->off_slab);

		if (estimate.num == 0)
			continue;
		/* an off-slab descriptor must not be larger than an object */
		if (cachep->off_slab &&
		    estimate.num > (size - p->slab_bytes) / p->bufctl_bytes)
			break;
		cachep->num = (uint32_t)estimate.num;
		cachep->gfporder = order;
		left_over = estimate.left_over;
		/* reclaimable caches hold long-lived objects: small slabs */
		if (lowest || ((cachep->flags & SLAB_RECLAIM_ACCOUNT) &&
			       !p->reclaim_any_order))
			break;
		if (order >= p->break_order)
			break;
		if (left_over * 8 <= (uint64_t)p->page_bytes << order)
			break;
	}
	return left_over;
}

/*
 * Fills in the geometry of @cachep, whose .off_slab says whether off-slab is
 * a candidate. num is 0 when no order can hold an object. @lowest: the lowest
 * order that can, as boot has it for the descriptors of caches.
 */
void cache_geometry(const struct machine *m, struct kmem_cache *cachep,
		    uint64_t size, uint64_t align, bool lowest)
{
	const struct slab_profile *p = &m->profile;
	uint64_t left_over, mgmt;

	if (p->index_lists) {
		cache_geometry_index(m, cachep, size, align);
		return;
	}
	cachep->buffer_size = size;
	cachep->num = 0;
	left_over = calculate_slab_order(p, cachep, size, align, lowest);
	if (cachep->num == 0)
		return;
	mgmt = slab_mgmt_size(p, cachep->num, align);
	/* the left over space holds the descriptor: keep it there */
	if (cachep->off_slab && left_over >= mgmt) {
		cachep->off_slab = false;
		left_over -= mgmt;
	}
	if (cachep->off_slab)
		mgmt = slab_mgmt_bytes(p, cachep->num);
	cachep->slab_size = (uint32_t)mgmt;
	cachep->head_bytes = cachep->off_slab ? 0 : cachep->slab_size;
	cachep->colour_off = (uint32_t)(align > p->cache_line_bytes ?
						align :
						p->cache_line_bytes);
	cachep->colour = (uint32_t)(left_over / cachep->colour_off);
}

/* From the start of the slab's first frame to the object's buffer. */
uint64_t obj_buffer_offset(const struct machine *m, obj_t obj)
{
	const struct slab *slabp = slab_at(m, obj_slab(obj));
	const struct kmem_cache *cachep = &m->caches[slabp->cachep];

	return slabp->colour_bytes + cachep->head_bytes +
	       obj_index(obj) * cachep->buffer_size;
}

/* The same to what the user sees, behind a red zone if there is one. */
uint64_t obj_offset_bytes(const struct machine *m, obj_t obj)
{
	return obj_buffer_offset(m, obj) +
	       m->caches[slab_at(m, obj_slab(obj))->cachep].obj_offset;
}

uint64_t obj_address(const struct machine *m, obj_t obj)
{
	const struct slab *slabp = slab_at(m, obj_slab(obj));
	uint64_t frame =
		slabp->nodeid * m->profile.node_span_frames + slabp->frame;

	return m->profile.page_offset + frame * m->profile.page_bytes +
	       obj_offset_bytes(m, obj);
}
