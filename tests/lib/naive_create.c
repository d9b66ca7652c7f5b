/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The naive allocator: caches are created, shrunk, destroyed. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

/* Red word, user word: eight bytes each, in debug builds. */
#define DEBUG_WORD 8

/* --- the chain ------------------------------------------------------------ */

struct naive_cache *naive_find(const struct naive *n, const char *name)
{
	for (struct naive_cache *c = n->chain; c; c = c->next) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

void n_chain_add(struct naive *n, struct naive_cache *c)
{
	c->next = n->chain;
	c->on_chain = true;
	n->chain = c;
}

void n_chain_remove(struct naive *n, struct naive_cache *c)
{
	struct naive_cache **link = &n->chain;

	while (*link != c)
		link = &(*link)->next;
	*link = c->next;
	c->next = NULL;
}

static void chain_add_last(struct naive *n, struct naive_cache *c)
{
	struct naive_cache **link = &n->chain;

	while (*link)
		link = &(*link)->next;
	*link = c;
}

/* --- how objects lie in slabs --------------------------------------------- */

/* What slabs of one order would hold. Return: false: not one object. */
bool n_order_holds(const struct naive *n, struct naive_cache *c, uint32_t order,
		   uint64_t align, uint64_t *left)
{
	uint64_t bytes = (uint64_t)n->p.page_bytes << order;
	uint64_t head = n->p.slab_bytes, index = n->p.bufctl_bytes;
	uint64_t num, management = 0;

	if (c->off_slab) {
		num = bytes / c->buffer_bytes;
	} else {
		num = (bytes - head) / (c->buffer_bytes + index);
		/* an alignment above the slab's size: not even the head fits */
		if (num &&
		    up(head + num * index, align) + num * c->buffer_bytes >
			    bytes)
			num--;
		management = up(head + num * index, align);
	}
	*left = num ? bytes - num * c->buffer_bytes - management : 0;
	c->num = (uint32_t)num;
	c->order = order;
	return num > 0;
}

/* Sets num and order; num 0 when no order will do. Return: bytes left over. */
static uint64_t choose_order(const struct naive *n, struct naive_cache *c,
			     uint64_t align)
{
	uint64_t max_off =
		(c->buffer_bytes - n->p.slab_bytes) / n->p.bufctl_bytes;
	uint64_t left = 0;
	uint32_t num = 0, order = 0;

	for (uint32_t o = 0; o <= n->p.max_order; o++) {
		uint64_t left_here;

		if (!n_order_holds(n, c, o, align, &left_here))
			continue;
		if (c->off_slab && c->num > max_off)
			break;
		num = c->num;
		order = o;
		left = left_here;
		if ((c->flags & SLAB_RECLAIM_ACCOUNT) ||
		    o >= n->p.break_order ||
		    left * 8 <= (uint64_t)n->p.page_bytes << o)
			break;
	}
	c->num = num;
	c->order = order;
	return left;
}

static void lay_out(const struct naive *n, struct naive_cache *c,
		    uint64_t align)
{
	uint64_t left = choose_order(n, c, align);
	uint64_t bare = n->p.slab_bytes + (uint64_t)c->num * n->p.bufctl_bytes;
	uint64_t rounded = up(bare, align);

	if (c->num == 0)
		return;
	if (c->off_slab && left >= rounded) {
		c->off_slab = false;
		left -= rounded;
	}
	c->mgmt_bytes = (uint32_t)(c->off_slab ? bare : rounded);
	c->colour_off = n->p.cache_line_bytes;
	if (align > c->colour_off)
		c->colour_off = (uint32_t)align;
	c->colour = (uint32_t)(left / c->colour_off);
	if (c->off_slab)
		c->descriptors = naive_kmalloc_cache(n, c->mgmt_bytes, 0);
}

/* --- what the flags make of size and alignment ---------------------------- */

/* Position of the highest set bit, from 1; 0 for 0. */
static int fls(uint64_t value)
{
	int bit = 0;

	for (; value; value /= 2)
		bit++;
	return bit;
}

static uint32_t debug_flags_of(const struct naive *n, uint64_t size,
			       uint32_t flags)
{
	if (!n->p.debug)
		return flags;
	if (size < n->p.page_bytes || fls(size - 1) == fls(size - 1 + 24))
		flags |= SLAB_RED_ZONE | SLAB_STORE_USER;
	if (!(flags & SLAB_DESTROY_BY_RCU))
		flags |= SLAB_POISON;
	return flags;
}

static uint64_t align_of(const struct naive *n, uint64_t size, uint64_t align,
			 uint32_t flags)
{
	uint64_t required = n->p.word_bytes;

	if (flags & SLAB_HWCACHE_ALIGN) {
		required = n->p.cache_line_bytes;
		while (size <= required / 2)
			required /= 2;
	}
	if (flags & SLAB_STORE_USER)
		required = n->p.word_bytes;
	if (flags & SLAB_RED_ZONE)
		required = DEBUG_WORD;
	return align > required ? align : required;
}

static void describe(const struct naive *n, struct naive_cache *c,
		     uint64_t size, uint64_t align, uint32_t flags)
{
	c->user_bytes = size;
	flags = debug_flags_of(n, size, flags);
	size = up(size, n->p.word_bytes);
	align = align_of(n, size, align, flags);
	if (flags & SLAB_RED_ZONE)
		size = up(size, DEBUG_WORD);
	if (align % DEBUG_WORD)
		flags &= ~(uint32_t)(SLAB_RED_ZONE | SLAB_STORE_USER);
	c->flags = flags;
	c->object_bytes = size;
	if (flags & SLAB_RED_ZONE) {
		c->obj_offset = (uint32_t)align;
		size += align + DEBUG_WORD;
	}
	if (flags & SLAB_STORE_USER)
		size += DEBUG_WORD;
	c->off_slab = size >= n->p.off_slab_min_bytes && !n->early &&
		      !(flags & SLAB_NOLEAKTRACE);
	c->buffer_bytes = up(size, align);
	if (!n->p.debug)
		c->object_bytes = c->buffer_bytes;
	lay_out(n, c, align);
}

/* --- create --------------------------------------------------------------- */

static uint64_t address_of(const struct naive *n, struct naive_obj obj)
{
	uint64_t frame =
		obj.slab->node * n->p.node_span_frames + obj.slab->frame;

	return n->p.page_offset + frame * n->p.page_bytes + naive_offset(obj);
}

/* Arrays, then node by node shared, aliens, lists; then the descriptor. */
static void cache_delete(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	struct naive_obj self = c->self;

	for (uint32_t i = 0; i < n->nr_cpus; i++)
		n_array_delete(n, cpu, c->array[i]);
	for (uint32_t node = 0; node < n->nr_nodes; node++)
		n_lists_delete(n, cpu, &c->lists[node]);
	free(c);
	naive_free(n, cpu, self);
}

struct naive_cache *naive_cache_create(struct naive *n, uint32_t cpu,
				       const char *name, uint64_t size,
				       uint64_t align, uint32_t flags)
{
	struct naive_obj self;
	struct naive_cache *c;

	if (naive_find(n, name))
		return NULL;
	self = naive_alloc(n, cpu, n->cache_cache, 0, -1);
	if (!self.slab)
		return NULL;
	c = naive_calloc(1, sizeof(*c));
	strncpy(c->name, name, sizeof(c->name) - 1);
	c->self = self;
	c->reap_phase = (uint32_t)(address_of(n, self) % (4 * n->p.hz));
	describe(n, c, size, align, flags);
	if (c->num == 0) {
		free(c);
		naive_free(n, cpu, self);
		return NULL;
	}
	if (!(n->up == NAIVE_FULL ? n_tune_to_defaults(n, cpu, c) :
				    n_boot_setup(n, c))) {
		cache_delete(n, cpu, c);
		return NULL;
	}
	n_chain_add(n, c);
	return c;
}

/* --- shrink and destroy --------------------------------------------------- */

static void empty_cpu_array(struct naive *n, uint32_t cpu,
			    struct naive_cache *c)
{
	n_array_empty(n, cpu, c, c->array[cpu], n->cpu[cpu].node);
}

/* On every CPU: the others ascending, then the caller; each frees as itself. */
static void empty_cpu_arrays(struct naive *n, uint32_t cpu,
			     struct naive_cache *c)
{
	if (n->bug == NAIVE_CALLER_FIRST)
		empty_cpu_array(n, cpu, c);
	for (uint32_t i = 0; i < n->nr_cpus; i++) {
		if (n->cpu[i].online && i != cpu)
			empty_cpu_array(n, i, c);
	}
	empty_cpu_array(n, cpu, c);
}

bool naive_shrink(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	bool busy = false;

	empty_cpu_arrays(n, cpu, c);
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		for (uint32_t i = 0; i < n->nr_nodes; i++) {
			if (c->lists[node].has_alien && c->lists[node].alien[i])
				n_drain_alien(n, cpu, c,
					      c->lists[node].alien[i], i);
		}
	}
	for (uint32_t node = 0; node < n->nr_nodes; node++)
		n_array_empty(n, cpu, c, c->lists[node].shared, node);
	for (uint32_t node = 0; node < n->nr_nodes; node++) {
		n_drain_free(n, cpu, c, node, c->lists[node].free_objects);
		if (c->lists[node].full.nr || c->lists[node].partial.nr)
			busy = true;
	}
	return busy;
}

bool naive_cache_destroy(struct naive *n, uint32_t cpu, struct naive_cache *c)
{
	n_chain_remove(n, c);
	if (naive_shrink(n, cpu, c)) {
		if (n->bug == NAIVE_BUSY_AT_TAIL)
			chain_add_last(n, c);
		else
			n_chain_add(n, c);
		return false;
	}
	if (c->flags & SLAB_DESTROY_BY_RCU)
		naive_rcu(n);
	cache_delete(n, cpu, c);
	return true;
}
