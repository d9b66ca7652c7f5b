/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot: an allocator that allocates its own structures has to start from a
 * few static ones and replace them.
 *
 *   UP_NONE        kmem_cache is static; size-32 gets a static array
 *   UP_PARTIAL_AC  arrays can be allocated; size-128 gets static lists
 *   UP_PARTIAL_L3  lists can be allocated too; all other general caches
 *   UP_EARLY       static structures have been replaced
 *   UP_FULL        every cache has its real arrays
 *
 * Quirk kept: the lists made in UP_PARTIAL_L3 get a first reap time on the
 * boot CPU's node only; on others they keep what the memory held, as does the
 * free limit on all: 0 in fresh pages, 0x5a bytes in a debug build.
 */
#include "model/internal.h"
#include "model/sentence.h"

/* A static array or list structure is not an object: nothing to free. */
#define STATIC OBJ_NULL

#define BOOT_CPU 0
#define BOOT_CPUCACHE_ENTRIES 1

static uint64_t boot_array_size(const struct machine *m)
{
	return m->profile.array_cache_bytes +
	       BOOT_CPUCACHE_ENTRIES * m->profile.word_bytes;
}

static void boot_array(struct machine *m, cachep_t cachep, obj_t self)
{
	struct kmem_cache *c = &m->caches[cachep];

	array_init(m, &cpu_cache_get(m, cachep, BOOT_CPU)->ac,
		   BOOT_CPUCACHE_ENTRIES, 1, self);
	c->limit = BOOT_CPUCACHE_ENTRIES;
	c->batchcount = 1;
}

/* Stands for set_up_list3s. */
static void static_list3s(struct machine *m, cachep_t cachep)
{
	for_each_node(m, node)
	{
		struct kmem_list3 *l3 = node_list3(m, cachep, node);

		list3_init(l3);
		l3->next_reap = list3_first_reap(m, cachep);
	}
}

static bool boot_list3s(struct machine *m, cachep_t cachep)
{
	for_each_node(m, node)
	{
		obj_t self = alloc_list3(m, BOOT_CPU, node);
		struct kmem_list3 *l3 = node_list3(m, cachep, node);

		if (!self)
			return false;
		list3_init(l3);
		l3->self = self;
		l3->next_reap =
			m->profile.uninit_byte * UINT64_C(0x0101010101010101);
		l3->free_limit = m->profile.uninit_byte * 0x01010101u;
	}
	node_list3(m, cachep, m->cpus[BOOT_CPU].node)->next_reap =
		list3_first_reap(m, cachep);
	return true;
}

/* The general cache that a structure of @bytes lives in. */
static uint32_t general_index(const struct slab_profile *p, uint64_t bytes)
{
	uint32_t i = 0;

	while (i + 1 < p->nr_general && p->general_bytes[i] < bytes)
		i++;
	return i;
}

/* Arrays and lists of a new cache, as far as boot has come. */
bool setup_cpu_cache(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	obj_t self = STATIC;

	if (m->g_cpucache_up == UP_FULL)
		return enable_cpucache(m, cpu, cachep);
	if (m->g_cpucache_up != UP_NONE) {
		self = kmalloc(m, cpu, boot_array_size(m), 0);
		if (!self)
			return false;
	}
	boot_array(m, cachep, self);
	if (m->g_cpucache_up >= UP_PARTIAL_L3)
		return boot_list3s(m, cachep);
	static_list3s(m, cachep);
	return true;
}

/* The cache of cache descriptors, whose own descriptor is static. */
static void create_cache_cache(struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint64_t size = p->kmem_cache_bytes +
			(uint64_t)p->word_bytes * (p->max_cpus + m->nr_nodes);
	cachep_t cachep = cache_slot(m);
	struct kmem_cache *c = &m->caches[cachep];

	m->cache_cache = cachep;
	c->name = cache_set_name(m, "kmem_cache");
	c->user_bytes = size;
	cache_geometry(m, c, round_up(size, p->cache_line_bytes),
		       p->cache_line_bytes, true);
	c->object_size = p->debug ? size : c->buffer_size;
	c->shared = 1;
	static_list3s(m, cachep);
	boot_array(m, cachep, STATIC);
	cache_chain_add(m, cachep);
}

static cachep_t create_general(struct machine *m, uint32_t index, bool dma)
{
	uint32_t bytes = m->profile.general_bytes[index];
	struct sentence name = SENTENCE("size-");
	cachep_t cachep;

	say_number(&name, bytes);
	if (dma)
		say(&name, "(DMA)");
	cachep = kmem_cache_create(
		m, BOOT_CPU, name.text, bytes, m->profile.general_align,
		SLAB_HWCACHE_ALIGN | (dma ? SLAB_CACHE_DMA : 0));
	if (cachep != CACHE_NULL)
		m->caches[cachep].general = true;
	return cachep;
}

static bool create_malloc_size(struct machine *m, uint32_t index)
{
	struct malloc_size *size = &m->malloc_sizes[index];

	if (size->cs_cachep == CACHE_NULL)
		size->cs_cachep = create_general(m, index, false);
	return size->cs_cachep != CACHE_NULL;
}

static bool create_malloc_sizes(struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint32_t ac = general_index(p, boot_array_size(m));
	uint32_t l3 = general_index(p, p->kmem_list3_bytes);

	if (!create_malloc_size(m, ac))
		return false;
	m->g_cpucache_up = ac == l3 ? UP_PARTIAL_L3 : UP_PARTIAL_AC;
	if (!create_malloc_size(m, l3))
		return false;
	m->g_cpucache_up = UP_PARTIAL_L3;
	for (uint32_t i = 0; i < p->nr_general; i++) {
		if (!create_malloc_size(m, i))
			return false;
		if (!p->zone_dma)
			continue;
		m->malloc_sizes[i].cs_dmacachep = create_general(m, i, true);
		if (m->malloc_sizes[i].cs_dmacachep == CACHE_NULL)
			return false;
	}
	return true;
}

static bool replace_static_array(struct machine *m, cachep_t cachep)
{
	obj_t self = kmalloc(m, BOOT_CPU, boot_array_size(m), 0);

	ac_entry(m, &cpu_cache_get(m, cachep, BOOT_CPU)->ac)[-1] = self;
	return self != OBJ_NULL;
}

static bool replace_static_list3(struct machine *m, cachep_t cachep,
				 uint32_t node)
{
	obj_t self = alloc_list3(m, BOOT_CPU, node);

	node_list3(m, cachep, node)->self = self;
	return self != OBJ_NULL;
}

static bool replace_static(struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint32_t ac = general_index(p, boot_array_size(m));
	uint32_t l3 = general_index(p, p->kmem_list3_bytes);
	cachep_t ac_cache = m->malloc_sizes[ac].cs_cachep;
	cachep_t l3_cache = m->malloc_sizes[l3].cs_cachep;

	if (!replace_static_array(m, m->cache_cache) ||
	    !replace_static_array(m, ac_cache))
		return false;
	for_each_node(m, node)
	{
		if (!replace_static_list3(m, m->cache_cache, node) ||
		    !replace_static_list3(m, ac_cache, node))
			return false;
		if (l3_cache != ac_cache &&
		    !replace_static_list3(m, l3_cache, node))
			return false;
	}
	return true;
}

/* Stands for kmem_cache_init and kmem_cache_init_late. */
bool kmem_cache_init(struct machine *m)
{
	m->use_alien_caches = m->nr_nodes > 1 && !m->config.noaliencache;
	m->g_cpucache_up = UP_NONE;
	create_cache_cache(m);
	if (!create_malloc_sizes(m) || !replace_static(m))
		return false;
	m->g_cpucache_up = UP_EARLY;
	for_each_cache(m, cachep)
	{
		if (!enable_cpucache(m, BOOT_CPU, cachep))
			return false;
	}
	m->g_cpucache_up = UP_FULL;
	return true;
}
