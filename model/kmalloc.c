/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmalloc and kfree: the general caches, size-32 and up. */
#include "model/internal.h"

/* A wish for a type that the profile does not have counts for nothing. */
static enum kmalloc_type kmalloc_type(const struct slab_profile *p,
				      uint32_t gfp)
{
	if (gfp & GFP_DMA && p->zone_dma)
		return KMALLOC_DMA;
	if (gfp & GFP_RECLAIMABLE && p->kmalloc_rcl)
		return KMALLOC_RECLAIM;
	if (gfp & GFP_ACCOUNT && p->kmalloc_cg)
		return KMALLOC_CG;
	return KMALLOC_NORMAL;
}

cachep_t kmalloc_cache(const struct machine *m, uint64_t size, uint32_t gfp)
{
	const struct slab_profile *p = &m->profile;
	enum kmalloc_type type = kmalloc_type(p, gfp);

	if (size == 0)
		return CACHE_NULL;
	for (uint32_t i = 0; i < p->nr_general; i++) {
		if (size <= p->general_bytes[i])
			return m->malloc_sizes[i].cs_cachep[type];
	}
	return CACHE_NULL;
}

obj_t kmalloc_node(struct machine *m, uint32_t cpu, uint64_t size, uint32_t gfp,
		   int nodeid)
{
	cachep_t cachep = kmalloc_cache(m, size, gfp);
	obj_t obj;

	if (cachep == CACHE_NULL)
		return OBJ_NULL;
	obj = kmem_cache_alloc_node(m, cpu, cachep, gfp, nodeid);
	if (obj)
		requested_alloc(m, cpu, cachep, obj_node(obj), size);
	return obj;
}

obj_t kmalloc(struct machine *m, uint32_t cpu, uint64_t size, uint32_t gfp)
{
	return kmalloc_node(m, cpu, size, gfp, NUMA_NO_NODE);
}

/* The cache is that of the object's page, whatever the size says. */
void kfree(struct machine *m, uint32_t cpu, obj_t obj, uint64_t size)
{
	cachep_t cachep;

	if (!obj)
		return;
	cachep = slab_at(m, obj_slab(obj))->cachep;
	requested_free(m, cpu, cachep, obj_node(obj), size);
	kmem_cache_free(m, cpu, cachep, obj);
}

uint64_t ksize(const struct machine *m, obj_t obj)
{
	return m->caches[slab_at(m, obj_slab(obj))->cachep].object_size;
}
