/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clone and restore. Whatever struct machine owns through a pointer is copied
 * here; a new owned pointer in state.h needs a line in copy_owned,
 * release_owned (machine.c) and machine_state_bytes.
 */
#include "model/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "model/internal.h"

/* A copy of @bytes, aligned for the hit path; NULL for no memory. */
static void *copy_bytes(const void *from, size_t bytes)
{
	void *to = aligned_alloc(64, (bytes + 64) & ~(size_t)63);

	if (to && bytes)
		memcpy(to, from, bytes);
	return to;
}

static bool copy_nodes(struct machine *to, const struct machine *from)
{
	bool ok = true;

	to->nodes =
		copy_bytes(from->nodes, from->nr_nodes * sizeof(*from->nodes));
	if (!to->nodes)
		return false;
	for_each_node(from, node)
	{
		const struct node *f = &from->nodes[node];
		struct node *t = &to->nodes[node];

		t->next_block =
			copy_bytes(f->next_block,
				   f->nr_next_block * sizeof(*f->next_block));
		t->frame_bytes =
			copy_bytes(f->frame_bytes,
				   f->nr_frame_bytes * sizeof(*f->frame_bytes));
		ok &= t->next_block && t->frame_bytes;
	}
	return ok;
}

/* The two are there or not, both. */
static bool copy_zonelists(struct machine *to, const struct machine *from)
{
	size_t nr = (size_t)from->nr_nodes * from->nr_nodes;

	if (!from->zonelist)
		return true;
	to->distance = copy_bytes(from->distance, nr * sizeof(*to->distance));
	to->zonelist = copy_bytes(from->zonelist, nr * sizeof(*to->zonelist));
	return to->distance && to->zonelist;
}

static bool copy_tables(struct machine *to, const struct machine *from)
{
	size_t nr = from->max_caches;

	to->cpu_caches =
		copy_bytes(from->cpu_caches,
			   nr * from->nr_cpus * sizeof(*from->cpu_caches));
	to->misses = copy_bytes(from->misses,
				nr * from->nr_cpus * sizeof(*from->misses));
	to->l3s =
		copy_bytes(from->l3s, nr * from->nr_nodes * sizeof(*from->l3s));
	to->caches = copy_bytes(from->caches, nr * sizeof(*from->caches));
	to->cpus = copy_bytes(from->cpus, from->nr_cpus * sizeof(*from->cpus));
	to->malloc_sizes = copy_bytes(from->malloc_sizes,
				      from->profile.nr_general *
					      sizeof(*from->malloc_sizes));
	return to->cpu_caches && to->misses && to->l3s && to->caches &&
	       to->cpus && to->malloc_sizes;
}

/* The pointers of @to are copies of @from's: make them its own. */
static bool copy_owned(struct machine *to, const struct machine *from)
{
	bool ok = copy_tables(to, from);

	ok &= copy_nodes(to, from);
	ok &= copy_zonelists(to, from);
	ok &= pool_copy(&to->entries, &from->entries);
	ok &= pool_copy(&to->arrays, &from->arrays);
	ok &= pool_copy(&to->names, &from->names);
	ok &= pool_copy(&to->slabs, &from->slabs);
	ok &= pool_copy(&to->bytes, &from->bytes);
	return ok;
}

struct machine *machine_clone(const struct machine *m)
{
	struct machine *clone;

	if (m->concurrent)
		slab_bug(m, "a copy of a machine whose CPUs run at once");
	clone = malloc(sizeof(*clone));
	if (!clone)
		return NULL;
	*clone = *m;
	machine_observe(clone, 0, NULL, NULL);
	machine_observe_passes(clone, NULL, NULL);
	clone->lock_ops = NULL;
	clone->lock_arg = NULL;
	if (copy_owned(clone, m))
		return clone;
	machine_destroy(clone);
	return NULL;
}

bool machine_restore(struct machine *m, const struct machine *snapshot)
{
	struct machine *copy = machine_clone(snapshot);
	struct machine old = *m;

	if (!copy)
		return false;
	*m = *copy;
	machine_observe(m, old.observe_mask, old.observe, old.observe_arg);
	machine_observe_passes(m, old.passed, old.passed_arg);
	m->lock_ops = old.lock_ops;
	m->lock_arg = old.lock_arg;
	*copy = old;
	machine_destroy(copy);
	return true;
}

static size_t node_bytes(const struct node *n)
{
	return sizeof(*n) + n->nr_next_block * sizeof(*n->next_block) +
	       n->nr_frame_bytes * sizeof(*n->frame_bytes);
}

size_t machine_state_bytes(const struct machine *m)
{
	size_t bytes = sizeof(*m) + pool_bytes(&m->entries) +
		       pool_bytes(&m->arrays) + pool_bytes(&m->names) +
		       pool_bytes(&m->slabs) + pool_bytes(&m->bytes);

	bytes += m->max_caches *
		 (m->nr_cpus * (sizeof(*m->cpu_caches) + sizeof(*m->misses)) +
		  m->nr_nodes * sizeof(*m->l3s) + sizeof(*m->caches));
	for_each_node(m, node) bytes += node_bytes(&m->nodes[node]);
	if (m->zonelist)
		bytes += (size_t)m->nr_nodes * m->nr_nodes *
			 (sizeof(*m->distance) + sizeof(*m->zonelist));
	return bytes;
}
