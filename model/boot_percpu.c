/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot where the CPUs' arrays are per-CPU memory, that is where only the list
 * structures are objects of the allocator itself:
 *
 *   kmem_cache       static descriptor, static lists
 *   kmalloc-128      the cache for list structures; static lists
 *   both             static lists are replaced, node by node
 *   all others       by type, by rising size
 *
 * Every possible CPU has an array from the start, online or not.
 */
#include "model/internal.h"

#define PER_CPU_MEMORY OBJ_NULL

void boot_percpu_arrays(struct machine *m, cachep_t cachep)
{
	struct kmem_cache *c = &m->caches[cachep];

	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		array_init(m, cpu, &cpu_cache_get(m, cachep, cpu)->ac,
			   BOOT_CPUCACHE_ENTRIES, 1, PER_CPU_MEMORY);
	c->limit = BOOT_CPUCACHE_ENTRIES;
	c->batchcount = 1;
}

/* Stands for setup_cpu_cache before the allocator is fully up. */
bool setup_cpu_cache_percpu(struct machine *m, cachep_t cachep)
{
	boot_percpu_arrays(m, cachep);
	if (m->g_cpucache_up >= UP_PARTIAL_L3)
		return boot_list3s(m, cachep);
	static_list3s(m, cachep);
	return true;
}

static bool has_type(const struct slab_profile *p, enum kmalloc_type type)
{
	switch (type) {
	case KMALLOC_CG:
		return p->kmalloc_cg;
	case KMALLOC_RECLAIM:
		return p->kmalloc_rcl;
	case KMALLOC_DMA:
		return p->zone_dma;
	default:
		return true;
	}
}

/* Stands for create_kmalloc_caches, and what comes before it. */
bool create_kmalloc_caches_percpu(struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint32_t l3 = general_index(p, p->kmem_list3_bytes);
	cachep_t l3_cache;

	if (!create_general(m, l3, KMALLOC_NORMAL))
		return false;
	l3_cache = m->malloc_sizes[l3].cs_cachep[KMALLOC_NORMAL];
	m->g_cpucache_up = UP_PARTIAL_L3;
	for_each_node(m, node)
	{
		if (!replace_static_list3(m, m->cache_cache, node) ||
		    !replace_static_list3(m, l3_cache, node))
			return false;
	}
	for (int type = 0; type < NR_KMALLOC_TYPES; type++) {
		if (!has_type(p, (enum kmalloc_type)type))
			continue;
		for (uint32_t i = 0; i < p->nr_general; i++) {
			if (!create_general(m, i, (enum kmalloc_type)type))
				return false;
		}
	}
	return true;
}
