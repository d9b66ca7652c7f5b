/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as a whole: made, checked for sense, taken apart. */
#include "model/internal.h"

#include <stdlib.h>
#include <string.h>

/* Units of a chunk of slabs: 4096 times 64 bytes. */
#define SLABS_CHUNK_SHIFT 12
/* Pages of a chunk of page contents: no slab is larger. */
#define BYTES_CHUNK_SHIFT 10

_Noreturn void slab_bug(const struct machine *m, const char *sentence)
{
	if (m->config.panic)
		m->config.panic(m->config.panic_arg, sentence);
	abort();
}

void slab_diagnostic(const struct machine *m, const char *kind,
		     const char *name)
{
	if (m->config.diagnostic)
		m->config.diagnostic(m->config.diagnostic_arg, kind, name);
}

static uint32_t node_of_cpu(const struct machine_config *config, uint32_t cpu)
{
	if (config->cpu_node)
		return config->cpu_node[cpu];
	return (uint32_t)((uint64_t)cpu * config->nr_nodes / config->nr_cpus);
}

static bool config_ok(const struct machine_config *config)
{
	if (config->nr_nodes == 0 || config->nr_cpus == 0 ||
	    config->nr_nodes > config->profile->max_nodes ||
	    config->nr_cpus > UINT16_MAX ||
	    (config->profile->max_cpus == 1 && config->nr_cpus > 1) ||
	    (config->max_cpus && config->max_cpus < config->nr_cpus) ||
	    !distances_ok(config))
		return false;
	for (uint32_t cpu = 0; cpu < config->nr_cpus; cpu++) {
		if (node_of_cpu(config, cpu) >= config->nr_nodes)
			return false;
	}
	return true;
}

/* NR_CPUS sizes the cache descriptor: a larger machine has a larger one. */
static void fit_max_cpus(struct slab_profile *profile, uint32_t max_cpus,
			 uint32_t nr_cpus)
{
	if (max_cpus)
		profile->max_cpus = max_cpus;
	while (profile->max_cpus < nr_cpus)
		profile->max_cpus *= 2;
}

static bool cpus_init(struct machine *m)
{
	m->cpus = calloc(m->nr_cpus, sizeof(*m->cpus));
	if (!m->cpus)
		return false;
	for (uint32_t i = 0; i < m->nr_cpus; i++) {
		struct cpu *cpu = &m->cpus[i];

		cpu->node = node_of_cpu(&m->config, i);
		cpu->timer_tick = NO_TIMER;
		cpu->online = i == 0;
		cpu->in_node = i == 0 || m->config.mask_early;
		m->nodes[cpu->node].nr_cpus += cpu->in_node;
	}
	return true;
}

static bool malloc_sizes_init(struct machine *m)
{
	m->malloc_sizes =
		calloc(m->profile.nr_general, sizeof(*m->malloc_sizes));
	if (!m->malloc_sizes)
		return false;
	for (uint32_t i = 0; i < m->profile.nr_general; i++) {
		for (int type = 0; type < NR_KMALLOC_TYPES; type++)
			m->malloc_sizes[i].cs_cachep[type] = CACHE_NULL;
	}
	return true;
}

static bool machine_init(struct machine *m, const struct machine_config *config)
{
	m->config = *config;
	m->config.profile = NULL; /* a copy of our own */
	m->profile = *config->profile;
	m->nr_cpus = config->nr_cpus;
	m->nr_nodes = config->nr_nodes;
	m->next_timer = NO_TIMER;
	m->cache_chain = CACHE_NULL;
	m->unused_cache = CACHE_NULL;
	fit_max_cpus(&m->profile, config->max_cpus, m->nr_cpus);
	pool_init(&m->entries, sizeof(obj_t), 0);
	pool_init(&m->arrays, sizeof(struct array_cache), 0);
	pool_init(&m->names, 4, 0);
	pool_init(&m->slabs, SLAB_UNIT_BYTES, SLABS_CHUNK_SHIFT);
	pool_init(&m->bytes, m->profile.page_bytes, BYTES_CHUNK_SHIFT);
	set_extras(m);
	if (!zonelists_init(m, config->distance) || !page_source_init(m) ||
	    !cpus_init(m) || !malloc_sizes_init(m))
		return false;
	m->config.cpu_node = NULL; /* borrowed until here */
	m->config.distance = NULL;
	return kmem_cache_init(m);
}

struct machine *machine_create(const struct machine_config *config)
{
	struct machine *m;

	if (!config_ok(config))
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	if (machine_init(m, config))
		return m;
	machine_destroy(m);
	return NULL;
}

void machine_destroy(struct machine *m)
{
	if (!m)
		return;
	page_source_release(m);
	free(m->distance);
	free(m->zonelist);
	pool_release(&m->entries);
	pool_release(&m->arrays);
	pool_release(&m->names);
	pool_release(&m->slabs);
	pool_release(&m->bytes);
	free(m->cpu_caches);
	free(m->misses);
	free(m->l3s);
	free(m->caches);
	free(m->cpus);
	free(m->malloc_sizes);
	free(m->tallies);
	free(m);
}
