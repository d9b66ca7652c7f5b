/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmem_cache_create, and the table and chain of caches behind it. */
#include "model/internal.h"

#include <stdlib.h>
#include <string.h>

/* calloc of a table that is read in whole lines of the host's cache. */
static void *table_alloc(size_t nr, size_t size)
{
	size_t bytes = (nr * size + 63) & ~(size_t)63;
	void *table = aligned_alloc(64, bytes);

	if (table)
		memset(table, 0, bytes);
	return table;
}

static bool table_grow(void **table, size_t old_nr, size_t new_nr, size_t size)
{
	void *new = table_alloc(new_nr, size);

	if (!new)
		return false;
	if (*table)
		memcpy(new, *table, old_nr * size);
	free(*table);
	*table = new;
	return true;
}

static bool cache_tables_grow(struct machine *m)
{
	size_t old = m->max_caches;
	size_t new = old ? old * 2 : 64;
	void *cpu_caches = m->cpu_caches, *l3s = m->l3s, *caches = m->caches;
	void *misses = m->misses;
	void *tallies = m->tallies;
	bool ok = table_grow(&cpu_caches, old * m->nr_cpus, new * m->nr_cpus,
			     sizeof(*m->cpu_caches)) &&
		  table_grow(&misses, old * m->nr_cpus, new * m->nr_cpus,
			     sizeof(*m->misses)) &&
		  table_grow(&l3s, old * m->nr_nodes, new * m->nr_nodes,
			     sizeof(*m->l3s)) &&
		  table_grow(&caches, old, new, sizeof(*m->caches)) &&
		  (!tallies ||
		   table_grow(&tallies, old * m->nr_cpus * m->nr_nodes,
			      new * m->nr_cpus * m->nr_nodes,
			      sizeof(*m->tallies)));

	m->cpu_caches = cpu_caches;
	m->misses = misses;
	m->l3s = l3s;
	m->caches = caches;
	m->tallies = tallies;
	if (ok)
		m->max_caches = (uint32_t) new;
	return ok;
}

/* A zeroed place in the tables, with its rows. */
cachep_t cache_slot(struct machine *m)
{
	cachep_t cachep = m->unused_cache;

	if (cachep != CACHE_NULL) {
		m->unused_cache = m->caches[cachep].next;
	} else {
		if (m->nr_caches == m->max_caches && !cache_tables_grow(m))
			slab_bug(m, "the host has no memory for more caches");
		cachep = m->nr_caches++;
	}
	memset(&m->caches[cachep], 0, sizeof(m->caches[cachep]));
	memset(cpu_cache_get(m, cachep, 0), 0,
	       m->nr_cpus * sizeof(struct cpu_cache));
	memset(miss_record_get(m, cachep, 0), 0,
	       m->nr_cpus * sizeof(struct miss_record));
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		cpu_cache_get(m, cachep, cpu)->nodeid = m->cpus[cpu].node;
	memset(node_list3(m, cachep, 0), 0,
	       m->nr_nodes * sizeof(struct kmem_list3));
	m->caches[cachep].next = CACHE_NULL;
	m->caches[cachep].slabp_cache = CACHE_NULL;
	return cachep;
}

/* Names are kept in units of four bytes. */
static uint32_t name_units(const char *name)
{
	return (uint32_t)(strlen(name) + 1 + 3) / 4;
}

void cache_slot_free(struct machine *m, cachep_t cachep)
{
	struct kmem_cache *c = &m->caches[cachep];

	pool_free(&m->names, c->name, name_units(cache_name(m, cachep)));
	c->next = m->unused_cache;
	m->unused_cache = cachep;
}

uint32_t cache_set_name(struct machine *m, const char *name)
{
	uint32_t index = pool_alloc(&m->names, name_units(name));

	if (!index)
		slab_bug(m, "the host has no memory for a name");
	memcpy(pool_at(&m->names, index), name, strlen(name) + 1);
	return index;
}

void cache_chain_add(struct machine *m, cachep_t cachep)
{
	m->caches[cachep].next = m->cache_chain;
	m->caches[cachep].on_chain = true;
	m->cache_chain = cachep;
}

void cache_chain_del(struct machine *m, cachep_t cachep)
{
	cachep_t *link = &m->cache_chain;

	while (*link != cachep)
		link = &m->caches[*link].next;
	*link = m->caches[cachep].next;
	m->caches[cachep].on_chain = false;
}

cachep_t kmem_cache_find(const struct machine *m, const char *name)
{
	for_each_cache(m, cachep)
	{
		if (strcmp(cache_name(m, cachep), name) == 0)
			return cachep;
	}
	return CACHE_NULL;
}

/*
 * Stands for __kmem_cache_destroy: arrays of the CPUs that have one, then node
 * by node shared, aliens, list structure; then the descriptor.
 */
void kmem_cache_release(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	obj_t self = m->caches[cachep].self;

	for (uint32_t i = 0; i < m->nr_cpus; i++)
		array_release(m, cpu, &cpu_cache_get(m, cachep, i)->ac);
	for_each_node(m, node) list3_release(m, cpu, cachep, node);
	cache_slot_free(m, cachep);
	if (self)
		kmem_cache_free(m, cpu, m->cache_cache, self);
}

/* With HWCACHE_ALIGN small objects share a line evenly: halve it for them. */
static uint64_t required_align(const struct slab_profile *p, uint64_t size,
			       uint64_t align, uint32_t flags)
{
	uint64_t ralign = p->word_bytes;

	/* a red zone takes the place of the line */
	if (flags & SLAB_RED_ZONE && !p->line_over_red) {
		ralign = p->debug_word_bytes;
	} else if (flags & SLAB_HWCACHE_ALIGN) {
		ralign = p->cache_line_bytes;
		while (size <= ralign / 2)
			ralign /= 2;
	}
	if (ralign < p->min_align_bytes)
		ralign = p->min_align_bytes;
	return align > ralign ? align : ralign;
}

/* Red words need an alignment that they can be given. */
static bool red_zone_fits(const struct slab_profile *p, uint64_t align)
{
	return align % p->debug_word_bytes == 0 &&
	       (p->red_zone_any_align || align == p->debug_word_bytes);
}

/*
 * The buffer around an object of the debug build:
 *
 *   | padding to align, red word | object | red word | last user |
 */
static uint64_t add_debug_words(const struct slab_profile *p,
				struct kmem_cache *c, uint64_t size,
				uint64_t align)
{
	if (c->flags & SLAB_RED_ZONE) {
		c->obj_offset = (uint32_t)align;
		size += align + p->debug_word_bytes;
	}
	if (c->flags & SLAB_STORE_USER)
		size += p->debug_word_bytes;
	return size;
}

static bool may_be_off_slab(const struct machine *m, uint64_t size,
			    uint32_t flags)
{
	return size >= m->profile.off_slab_min_bytes &&
	       m->g_cpucache_up >= UP_PARTIAL_L3 && !(flags & SLAB_NOLEAKTRACE);
}

static cachep_t create_failed(const struct machine *m, uint32_t flags)
{
	if (flags & SLAB_PANIC)
		slab_bug(m, "kmem_cache_create failed for a cache with PANIC");
	return CACHE_NULL;
}

/* The new cache with its geometry, off the chain and without arrays. */
static cachep_t cache_describe(struct machine *m, const char *name,
			       uint64_t size, uint64_t align, uint32_t flags,
			       slab_ctor_fn *ctor, obj_t self)
{
	cachep_t cachep = cache_slot(m);
	struct kmem_cache *c = &m->caches[cachep];

	c->name = cache_set_name(m, name);
	c->self = self;
	c->flags = flags;
	c->ctor = ctor;
	c->user_bytes = size;
	c->reap_phase = (uint32_t)(obj_address(m, self) %
				   ((uint64_t)4 * m->profile.hz));
	c->flags |= debug_flags(&m->profile, size, flags);
	size = round_up(size, c->flags & SLAB_RED_ZONE ?
				      m->profile.debug_word_bytes :
				      m->profile.word_bytes);
	align = required_align(&m->profile, size, align, c->flags);
	if ((c->flags & SLAB_RED_ZONE) && !red_zone_fits(&m->profile, align))
		c->flags &= ~(uint32_t)(SLAB_RED_ZONE | SLAB_STORE_USER);
	c->object_size = m->profile.index_lists ? c->user_bytes : size;
	size = add_debug_words(&m->profile, c, size, align);
	/* decided before the size is rounded to its alignment */
	c->off_slab = may_be_off_slab(m, size, flags);
	cache_geometry(m, c, round_up(size, align), align, false);
	if (!m->profile.debug && !m->profile.index_lists)
		c->object_size = c->buffer_size;
	if (c->num && c->off_slab)
		c->slabp_cache = kmalloc_cache(m, c->slab_size, 0);
	return cachep;
}

/* With the chain locked. */
static cachep_t create_cache(struct machine *m, uint32_t cpu, const char *name,
			     uint64_t size, uint64_t align, uint32_t flags,
			     slab_ctor_fn *ctor, void *arg)
{
	cachep_t cachep;
	obj_t self;

	if (!m->profile.same_name_ok &&
	    kmem_cache_find(m, name) != CACHE_NULL) {
		slab_diagnostic(m, "create_duplicate", name);
		return create_failed(m, flags);
	}
	self = kmem_cache_alloc(m, cpu, m->cache_cache, 0);
	if (!self)
		return create_failed(m, flags);
	cachep = cache_describe(m, name, size, align, flags, ctor, self);
	m->caches[cachep].ctor_arg = arg;
	if (ctor)
		m->constructors = true;
	set_extras(m);
	if (m->caches[cachep].num == 0) {
		cache_slot_free(m, cachep);
		kmem_cache_free(m, cpu, m->cache_cache, self);
		return create_failed(m, flags);
	}
	if (!setup_cpu_cache(m, cpu, cachep)) {
		kmem_cache_release(m, cpu, cachep);
		return create_failed(m, flags);
	}
	cache_chain_add(m, cachep);
	notify(m, .kind = SLAB_EVENT_CREATE, .cpu = cpu, .cachep = cachep);
	return cachep;
}

cachep_t kmem_cache_create(struct machine *m, uint32_t cpu, const char *name,
			   uint64_t size, uint64_t align, uint32_t flags)
{
	return kmem_cache_create_ctor(m, cpu, name, size, align, flags, NULL,
				      NULL);
}

cachep_t kmem_cache_create_ctor(struct machine *m, uint32_t cpu,
				const char *name, uint64_t size, uint64_t align,
				uint32_t flags, slab_ctor_fn *ctor, void *arg)
{
	cachep_t cachep;

	if (size < m->profile.word_bytes || size > m->profile.max_object_bytes)
		slab_bug(m, "kmem_cache_create: size out of range");
	if (align & (align - 1))
		slab_bug(m, "kmem_cache_create: align is not a power of two");
	chain_lock(m, cpu);
	cachep = create_cache(m, cpu, name, size, align, flags, ctor, arg);
	chain_unlock(m, cpu);
	return cachep;
}
