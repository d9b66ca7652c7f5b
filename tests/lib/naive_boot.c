/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The naive allocator: boot on CPU 0. The first caches start with static
 * structures (an object of none), which are replaced by kmalloc'ed ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

static uint64_t boot_array_bytes(const struct naive *n)
{
	return n->p.array_cache_bytes + n->p.word_bytes;
}

static void boot_array(struct naive_cache *c, struct naive_obj self)
{
	struct naive_array *a =
		naive_calloc(1, sizeof(*a) + sizeof(a->entry[0]));

	a->limit = 1;
	a->batchcount = 1;
	a->self = self;
	c->array[0] = a;
	c->limit = 1;
	c->batchcount = 1;
}

static void static_lists(struct naive *n, struct naive_cache *c)
{
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		n_lists_init(&c->lists[node]);
		c->lists[node].next_reap = n_first_reap(n, c);
	}
}

/*
 * Lists of the later general caches: the first reap is set on the boot node
 * only, the free limit nowhere; the rest is what the memory held.
 */
static bool boot_lists(struct naive *n, struct naive_cache *c)
{
	uint64_t byte = n->p.uninit_byte;

	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		struct naive_lists *l = &c->lists[node];
		struct naive_obj self = n_lists_alloc(n, 0, node);

		if (!self.slab)
			return false;
		n_lists_init(l);
		l->self = self;
		l->next_reap = byte * 0x0101010101010101u;
		l->free_limit = (uint32_t)(byte * 0x01010101u);
	}
	c->lists[n->cpu[0].node].next_reap = n_first_reap(n, c);
	return true;
}

/* The arrays and lists of a cache created before all of it works. */
bool n_boot_setup(struct naive *n, struct naive_cache *c)
{
	struct naive_obj self = { 0 };

	if (n->up != NAIVE_BARE) {
		self = naive_kmalloc(n, 0, boot_array_bytes(n), 0, -1);
		if (!self.slab)
			return false;
	}
	boot_array(c, self);
	if (n->up == NAIVE_LISTS)
		return boot_lists(n, c);
	static_lists(n, c);
	return true;
}

/* The cache of cache descriptors; its own is static. */
static void create_cache_cache(struct naive *n)
{
	struct naive_cache *c = naive_calloc(1, sizeof(*c));
	uint64_t line = n->p.cache_line_bytes;
	uint64_t left;
	uint32_t order = 0;

	strcpy(c->name, "kmem_cache");
	c->user_bytes =
		n->p.kmem_cache_bytes +
		(uint64_t)n->p.word_bytes * (n->p.max_cpus + n->nr_nodes);
	c->buffer_bytes = up(c->user_bytes, line);
	c->object_bytes = n->p.debug ? c->user_bytes : c->buffer_bytes;
	/* the smallest order that holds one */
	while (!n_order_holds(n, c, order, line, &left))
		order++;
	c->mgmt_bytes = (uint32_t)up(
		n->p.slab_bytes + c->num * n->p.bufctl_bytes, line);
	c->colour_off = (uint32_t)line;
	c->colour = (uint32_t)(left / line);
	c->shared = 1;
	n->cache_cache = c;
	static_lists(n, c);
	boot_array(c, (struct naive_obj){ 0 });
	n_chain_add(n, c);
}

static bool create_general(struct naive *n, uint32_t i, bool dma)
{
	struct naive_cache **c = dma ? &n->general_dma[i] : &n->general[i];
	char name[NAIVE_NAME_BYTES];

	if (*c)
		return true;
	snprintf(name, sizeof(name), "size-%u%s", n->p.general_bytes[i],
		 dma ? "(DMA)" : "");
	*c = naive_cache_create(
		n, 0, name, n->p.general_bytes[i], n->p.general_align,
		SLAB_HWCACHE_ALIGN | (dma ? SLAB_CACHE_DMA : 0));
	if (*c)
		(*c)->general = true;
	return *c != NULL;
}

/* The general cache for so many bytes, by number. */
static uint32_t general_for(const struct naive *n, uint64_t bytes)
{
	uint32_t i = 0;

	while (n->p.general_bytes[i] < bytes)
		i++;
	return i;
}

static bool create_all_general(struct naive *n)
{
	n->up = NAIVE_BARE;
	n->early = true;
	if (!create_general(n, general_for(n, boot_array_bytes(n)), false))
		return false;
	n->up = NAIVE_ARRAYS;
	if (!create_general(n, general_for(n, n->p.kmem_list3_bytes), false))
		return false;
	n->up = NAIVE_LISTS;
	n->early = false;
	for (uint32_t i = 0; i < n->p.nr_general; i++) {
		if (!create_general(n, i, false))
			return false;
		if (n->p.zone_dma && !create_general(n, i, true))
			return false;
	}
	return true;
}

static bool replace_array(struct naive *n, struct naive_cache *c)
{
	c->array[0]->self = naive_kmalloc(n, 0, boot_array_bytes(n), 0, -1);
	return c->array[0]->self.slab != NULL;
}

static bool replace_lists(struct naive *n, struct naive_cache *c, uint32_t node)
{
	c->lists[node].self = n_lists_alloc(n, 0, node);
	return c->lists[node].self.slab != NULL;
}

static bool replace_static(struct naive *n)
{
	struct naive_cache *arrays =
		n->general[general_for(n, boot_array_bytes(n))];
	struct naive_cache *lists =
		n->general[general_for(n, n->p.kmem_list3_bytes)];

	if (!replace_array(n, n->cache_cache) || !replace_array(n, arrays))
		return false;
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		if (!replace_lists(n, n->cache_cache, node) ||
		    !replace_lists(n, arrays, node) ||
		    !replace_lists(n, lists, node))
			return false;
	}
	return true;
}

static bool boot(struct naive *n)
{
	create_cache_cache(n);
	if (!create_all_general(n) || !replace_static(n))
		return false;
	for (struct naive_cache *c = n->chain; c; c = c->next) {
		if (!n_tune_to_defaults(n, 0, c))
			return false;
	}
	n->up = NAIVE_FULL;
	return true;
}

static void set_up_cpus(struct naive *n, const struct machine_config *config)
{
	for (uint32_t i = 0; i < n->nr_cpus; i++) {
		n->cpu[i].node = config->cpu_node ?
					 config->cpu_node[i] :
					 i * n->nr_nodes / n->nr_cpus;
		n->cpu[i].online = i == 0;
		n->cpu[i].in_node = i == 0 || config->mask_early;
		n->cpu[i].due = NAIVE_NEVER;
	}
}

struct naive *naive_create(const struct machine_config *config,
			   enum naive_bug bug)
{
	struct naive *n = naive_calloc(1, sizeof(*n));

	n->p = *config->profile;
	n->nr_cpus = config->nr_cpus;
	n->nr_nodes = config->nr_nodes;
	n->bug = bug;
	n->panic = config->panic;
	n->panic_arg = config->panic_arg;
	if (n->nr_cpus > NAIVE_MAX_CPUS || n->nr_nodes > NAIVE_MAX_NODES ||
	    n->p.nr_general > NAIVE_MAX_GENERAL)
		naive_panic(n, "naive: the machine is too large");
	while (n->p.max_cpus < n->nr_cpus)
		n->p.max_cpus *= 2;
	n->aliens = n->nr_nodes > 1 && !config->noaliencache;
	set_up_cpus(n, config);
	for (uint32_t node = 0; node < n->nr_nodes; node++)
		n->node[node].limit_pages = config->node_pages;
	if (boot(n))
		return n;
	naive_destroy(n);
	return NULL;
}

/* --- the end: host memory only -------------------------------------------- */

static void free_list(struct naive_list *list)
{
	for (uint32_t i = 0; i < list->nr; i++)
		free(list->slab[i]);
	free(list->slab);
}

static void free_cache(const struct naive *n, struct naive_cache *c)
{
	for (uint32_t i = 0; i < n->nr_cpus; i++)
		free(c->array[i]);
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		struct naive_lists *l = &c->lists[node];

		free_list(&l->partial);
		free_list(&l->full);
		free_list(&l->free);
		free(l->shared);
		for (uint32_t i = 0; i < n->nr_nodes; i++)
			free(l->alien[i]);
	}
	free(c);
}

void naive_destroy(struct naive *n)
{
	if (!n)
		return;
	while (n->chain) {
		struct naive_cache *c = n->chain;

		n->chain = c->next;
		free_cache(n, c);
	}
	free_list(&n->rcu);
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		for (uint32_t o = 0; o < NAIVE_MAX_ORDERS; o++)
			free(n->node[node].blocks[o].frame);
	}
	free(n);
}
