/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot: an allocator that allocates its own structures has to start from a
 * few static ones and replace them. Where CPUs' arrays are per-CPU memory there
 * is less to replace: boot_percpu.c.
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

static uint64_t boot_array_size(const struct machine *m)
{
	return m->profile.array_cache_bytes +
	       BOOT_CPUCACHE_ENTRIES * m->profile.word_bytes;
}

static void boot_array(struct machine *m, cachep_t cachep, obj_t self)
{
	struct kmem_cache *c = &m->caches[cachep];

	array_init(m, BOOT_CPU, &cpu_cache_get(m, cachep, BOOT_CPU)->ac,
		   BOOT_CPUCACHE_ENTRIES, 1, self);
	c->limit = BOOT_CPUCACHE_ENTRIES;
	c->batchcount = 1;
}

/* Stands for set_up_list3s. */
void static_list3s(struct machine *m, cachep_t cachep)
{
	for_each_node(m, node)
	{
		struct kmem_list3 *l3 = node_list3(m, cachep, node);

		list3_init(l3);
		l3->next_reap = list3_first_reap(m, cachep);
	}
}

bool boot_list3s(struct machine *m, cachep_t cachep)
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
uint32_t general_index(const struct slab_profile *p, uint64_t bytes)
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
	if (m->profile.percpu_arrays)
		return setup_cpu_cache_percpu(m, cachep);
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

/* A pointer for each node, and for each CPU whose array is an object. */
static uint64_t descriptor_bytes(const struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint32_t nr = m->nr_nodes + (p->percpu_arrays ? 0 : p->max_cpus);

	return p->kmem_cache_bytes + (uint64_t)p->word_bytes * nr;
}

/* The cache of cache descriptors, whose own descriptor is static. */
static void create_cache_cache(struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint64_t size = descriptor_bytes(m);
	cachep_t cachep = cache_slot(m);
	struct kmem_cache *c = &m->caches[cachep];

	m->cache_cache = cachep;
	c->name = cache_set_name(m, "kmem_cache");
	c->user_bytes = size;
	c->object_size = size;
	cache_geometry(m, c, round_up(size, p->cache_line_bytes),
		       p->cache_line_bytes, true);
	if (!p->debug && !p->index_lists)
		c->object_size = c->buffer_size;
	c->shared = 1;
	if (p->percpu_arrays)
		boot_percpu_arrays(m, cachep);
	else
		boot_array(m, cachep, STATIC);
	static_list3s(m, cachep);
	cache_chain_add(m, cachep);
}

static void name_general(const struct machine *m, struct sentence *name,
			 uint32_t bytes, enum kmalloc_type type)
{
	static const char *const prefix[NR_KMALLOC_TYPES] = {
		"kmalloc-", "kmalloc-cg-", "kmalloc-rcl-", "dma-kmalloc-"
	};

	if (m->profile.kmalloc_k) {
		say(name, prefix[type]);
		say_number(name, bytes < 1024 ? bytes : bytes / 1024);
		say(name, bytes < 1024 ? "" : "k");
		return;
	}
	say(name, "size-");
	say_number(name, bytes);
	say(name, type == KMALLOC_DMA ? "(DMA)" : "");
}

static uint64_t general_align(const struct slab_profile *p, uint32_t bytes)
{
	bool power_of_two = (bytes & (bytes - 1)) == 0;

	return p->kmalloc_k && power_of_two ? bytes : p->general_align;
}

/* A general cache, unless it is there already. */
bool create_general(struct machine *m, uint32_t index, enum kmalloc_type type)
{
	static const uint32_t flags[NR_KMALLOC_TYPES] = {
		[KMALLOC_RECLAIM] = SLAB_RECLAIM_ACCOUNT,
		[KMALLOC_DMA] = SLAB_CACHE_DMA,
	};
	uint32_t bytes = m->profile.general_bytes[index];
	cachep_t *cs_cachep = &m->malloc_sizes[index].cs_cachep[type];
	struct sentence name = SENTENCE("");

	if (*cs_cachep != CACHE_NULL)
		return true;
	name_general(m, &name, bytes, type);
	*cs_cachep = kmem_cache_create(m, BOOT_CPU, name.text, bytes,
				       general_align(&m->profile, bytes),
				       SLAB_HWCACHE_ALIGN | flags[type]);
	if (*cs_cachep == CACHE_NULL)
		return false;
	m->caches[*cs_cachep].general = true;
	return true;
}

static bool create_malloc_sizes(struct machine *m)
{
	const struct slab_profile *p = &m->profile;
	uint32_t ac = general_index(p, boot_array_size(m));
	uint32_t l3 = general_index(p, p->kmem_list3_bytes);

	if (!create_general(m, ac, KMALLOC_NORMAL))
		return false;
	m->g_cpucache_up = ac == l3 ? UP_PARTIAL_L3 : UP_PARTIAL_AC;
	if (!create_general(m, l3, KMALLOC_NORMAL))
		return false;
	m->g_cpucache_up = UP_PARTIAL_L3;
	for (uint32_t i = 0; i < p->nr_general; i++) {
		if (!create_general(m, i, KMALLOC_NORMAL) ||
		    (p->zone_dma && !create_general(m, i, KMALLOC_DMA)))
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

bool replace_static_list3(struct machine *m, cachep_t cachep, uint32_t node)
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
	cachep_t ac_cache = m->malloc_sizes[ac].cs_cachep[KMALLOC_NORMAL];
	cachep_t l3_cache = m->malloc_sizes[l3].cs_cachep[KMALLOC_NORMAL];

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
	if (m->profile.percpu_arrays) {
		if (!create_kmalloc_caches_percpu(m))
			return false;
	} else if (!create_malloc_sizes(m) || !replace_static(m)) {
		return false;
	}
	m->g_cpucache_up = UP_EARLY;
	for_each_cache(m, cachep)
	{
		if (!enable_cpucache(m, BOOT_CPU, cachep))
			return false;
	}
	m->g_cpucache_up = UP_FULL;
	return true;
}
