/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunables: do_tune_cpucache gives a cache new arrays, for the first time or
 * again. Every allocation and free here is one of the simulated machine, and
 * their order is behaviour: it decides what the general caches look like.
 */
#include "model/internal.h"

#include <stdlib.h>
#include <string.h>

void list3_init(struct kmem_list3 *l3)
{
	memset(l3, 0, sizeof(*l3));
	l3->present = 1;
}

/* Spread over the caches by the descriptor's address, as in the kernel. */
uint64_t list3_first_reap(const struct machine *m, cachep_t cachep)
{
	return m->jiffies + (uint64_t)4 * m->profile.hz +
	       m->caches[cachep].reap_phase;
}

void set_free_limit(const struct machine *m, cachep_t cachep, uint32_t node)
{
	const struct kmem_cache *c = &m->caches[cachep];

	node_list3(m, cachep, node)->free_limit =
		(1 + m->nodes[node].nr_cpus) * c->batchcount + c->num;
}

obj_t alloc_list3(struct machine *m, uint32_t cpu, uint32_t node)
{
	return kmalloc_node(m, cpu, m->profile.kmem_list3_bytes, 0, (int)node);
}

/* Shared and alien arrays by the tunables; nothing is left when it fails. */
bool alloc_node_arrays(struct machine *m, uint32_t cpu, cachep_t cachep,
		       uint32_t node, struct node_arrays *new)
{
	const struct kmem_cache *c = &m->caches[cachep];

	memset(new, 0, sizeof(*new));
	if (m->use_alien_caches &&
	    !alloc_alien_cache(m, cpu, node, c->limit, &new->alien))
		return false;
	if (!c->shared)
		return true;
	new->shared = alloc_shared(m, cpu, node, c->shared * c->batchcount);
	if (new->shared)
		return true;
	free_alien_cache(m, cpu, &new->alien);
	return false;
}

/* @table is the node's now: nothing is left of it to free. */
void install_alien(struct kmem_list3 *l3, struct alien_table *table)
{
	l3->alien = table->alien;
	l3->alien_table = table->self;
	memset(table, 0, sizeof(*table));
}

/* A list structure that exists: swap shared, keep an alien table it has. */
static void renew_list3(struct machine *m, uint32_t cpu, cachep_t cachep,
			uint32_t node, struct node_arrays *new)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint32_t old_shared = l3->shared, doomed = 0;

	list_lock(m, cpu, cachep, node);
	if (old_shared)
		doomed = array_empty(m, cpu, cachep, array_at(m, old_shared),
				     node);
	l3->shared = new->shared;
	if (!l3->alien)
		install_alien(l3, &new->alien);
	set_free_limit(m, cachep, node);
	list_unlock(m, cpu, cachep, node);
	slabs_destroy(m, cpu, cachep, doomed);
	free_shared(m, cpu, old_shared);
	free_alien_cache(m, cpu, &new->alien);
}

bool new_list3(struct machine *m, uint32_t cpu, cachep_t cachep, uint32_t node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	obj_t self = alloc_list3(m, cpu, node);

	if (!self)
		return false;
	list3_init(l3);
	l3->self = self;
	l3->next_reap = list3_first_reap(m, cachep);
	return true;
}

static bool create_list3(struct machine *m, uint32_t cpu, cachep_t cachep,
			 uint32_t node, struct node_arrays *new)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);

	if (!new_list3(m, cpu, cachep, node)) {
		free_alien_cache(m, cpu, &new->alien);
		free_shared(m, cpu, new->shared);
		return false;
	}
	l3->shared = new->shared;
	install_alien(l3, &new->alien);
	set_free_limit(m, cachep, node);
	return true;
}

void list3_release(struct machine *m, uint32_t cpu, cachep_t cachep,
		   uint32_t node)
{
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	struct alien_table alien = { l3->alien, l3->alien_table };

	if (!l3->present)
		return;
	free_shared(m, cpu, l3->shared);
	free_alien_cache(m, cpu, &alien);
	kfree(m, cpu, l3->self, m->profile.kmem_list3_bytes);
	memset(l3, 0, sizeof(*l3));
}

/* The lists of a node, with new shared and alien arrays. */
static bool setup_list3(struct machine *m, uint32_t cpu, cachep_t cachep,
			uint32_t node)
{
	struct node_arrays new;

	if (m->profile.percpu_arrays)
		return setup_kmem_cache_node(m, cpu, cachep, node, true);
	if (!alloc_node_arrays(m, cpu, cachep, node, &new))
		return false;
	if (!node_list3(m, cachep, node)->present)
		return create_list3(m, cpu, cachep, node, &new);
	renew_list3(m, cpu, cachep, node, &new);
	return true;
}

/*
 * alloc_kmemlist - list structures, shared and alien arrays of all nodes
 *
 * Later setup_kmem_cache_nodes. When memory runs out, a cache that is not
 * active yet loses what it got, last node first; an active one keeps it.
 */
static bool alloc_kmemlist(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	for_each_node(m, node)
	{
		if (setup_list3(m, cpu, cachep, node))
			continue;
		if (!m->caches[cachep].on_chain) {
			while (node-- > 0)
				list3_release(m, cpu, cachep, node);
		}
		return false;
	}
	return true;
}

/* New arrays for all online CPUs; on failure none, youngest undone first. */
static bool alloc_cpu_arrays(struct machine *m, uint32_t cpu, uint32_t limit,
			     uint32_t batchcount, struct array_cache *new)
{
	for_each_online_cpu(m, i)
	{
		if (alloc_arraycache(m, cpu, m->cpus[i].node, limit, batchcount,
				     &new[i]))
			continue;
		while (i-- > 0)
			array_release(m, cpu, &new[i]);
		return false;
	}
	return true;
}

struct ccupdate {
	cachep_t cachep;
	struct array_cache *new; /* of all CPUs; then the old ones */
};

/* By the CPU itself: nobody else touches its arrays. */
static void do_ccupdate_local(struct machine *m, uint32_t cpu, void *data)
{
	const struct ccupdate *update = data;
	struct array_cache *ac = &cpu_cache_get(m, update->cachep, cpu)->ac;
	struct array_cache old = *ac;

	*ac = update->new[cpu];
	update->new[cpu] = old;
}

/* @arrays, of all possible CPUs: new ones in, the cache's former ones out. */
static void swap_cpu_arrays(struct machine *m, uint32_t cpu, cachep_t cachep,
			    struct array_cache *arrays)
{
	struct ccupdate update = { cachep, arrays };

	for (uint32_t i = 0; i < m->nr_cpus; i++) {
		/* whoever is not online does nothing meanwhile */
		if (m->cpus[i].online)
			call_on_cpu(m, cpu, i, do_ccupdate_local, &update);
		else
			do_ccupdate_local(m, i, &update);
	}
}

/* ccupdate_struct: a zeroed block with a pointer for each possible CPU. */
static uint64_t scratch_size(const struct machine *m)
{
	return (uint64_t)m->profile.word_bytes * (1 + m->profile.max_cpus);
}

/* New arrays, as objects; @scratch is to be freed when all is done. */
static bool new_object_arrays(struct machine *m, uint32_t cpu, uint32_t limit,
			      uint32_t batchcount, struct array_cache *arrays,
			      obj_t *scratch)
{
	*scratch = kmalloc(m, cpu, scratch_size(m), 0);
	if (!*scratch)
		return false;
	if (alloc_cpu_arrays(m, cpu, limit, batchcount, arrays))
		return true;
	kfree(m, cpu, *scratch, scratch_size(m));
	return false;
}

/* What lay in the former arrays goes to the slabs. */
static void release_old_arrays(struct machine *m, uint32_t cpu, cachep_t cachep,
			       struct array_cache *old)
{
	for (uint32_t i = 0; i < m->nr_cpus; i++) {
		if (!old[i].entry)
			continue;
		if (m->cpus[i].online)
			array_flush_to_lists(m, cpu, cachep, &old[i],
					     m->cpus[i].node);
		array_release(m, cpu, &old[i]);
	}
}

/* @arrays: room for those of all possible CPUs. */
static bool tune_with_arrays(struct machine *m, uint32_t cpu, cachep_t cachep,
			     uint32_t limit, uint32_t batchcount,
			     uint32_t shared, struct array_cache *arrays)
{
	obj_t scratch = OBJ_NULL;
	struct kmem_cache *c;

	if (m->profile.percpu_arrays)
		new_percpu_arrays(m, cpu, limit, batchcount, arrays);
	else if (!new_object_arrays(m, cpu, limit, batchcount, arrays,
				    &scratch))
		return false;
	swap_cpu_arrays(m, cpu, cachep, arrays);
	c = &m->caches[cachep];
	c->batchcount = batchcount;
	c->limit = limit;
	c->shared = shared;
	release_old_arrays(m, cpu, cachep, arrays);
	kfree(m, cpu, scratch, scratch_size(m));
	return alloc_kmemlist(m, cpu, cachep);
}

/*
 * do_tune_cpucache - new arrays by new tunables
 * @shared: the shared arrays' places, in batches; 0: none.
 * Return: false when memory ran out.
 */
bool do_tune_cpucache(struct machine *m, uint32_t cpu, cachep_t cachep,
		      uint32_t limit, uint32_t batchcount, uint32_t shared)
{
	struct array_cache *arrays = calloc(m->nr_cpus, sizeof(*arrays));
	bool ok;

	if (!arrays)
		slab_bug(m, "the host has no memory to tune a cache");
	ok = tune_with_arrays(m, cpu, cachep, limit, batchcount, shared,
			      arrays);
	free(arrays);
	if (ok)
		notify(m, .kind = SLAB_EVENT_TUNE, .cpu = cpu, .cachep = cachep,
		       .nr = limit, .left = batchcount);
	return ok;
}

static uint32_t default_limit(const struct slab_profile *p, uint64_t size)
{
	uint32_t i = 0;

	while (i + 1 < p->nr_limits && size <= p->limits[i].above_bytes)
		i++;
	return p->limits[i].limit < p->limit_cap ? p->limits[i].limit :
						   p->limit_cap;
}

/* enable_cpucache - the default tunables, by buffer size */
bool enable_cpucache(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	const struct slab_profile *p = &m->profile;
	uint64_t size = m->caches[cachep].buffer_size;
	uint32_t limit = default_limit(p, size);
	uint32_t shared = 0;

	/* a shared array lets a CPU that only frees feed one that allocates */
	if (size <= p->page_bytes && m->nr_cpus > 1)
		shared = p->shared_factor;
	return do_tune_cpucache(m, cpu, cachep, limit, (limit + 1) / 2, shared);
}

bool slabinfo_write(struct machine *m, uint32_t cpu, cachep_t cachep,
		    int64_t limit, int64_t batchcount, int64_t shared)
{
	bool ok;

	if (limit < 1 || batchcount < 1 || batchcount > limit || shared < 0)
		return true;
	chain_lock(m, cpu);
	ok = do_tune_cpucache(m, cpu, cachep, (uint32_t)limit,
			      (uint32_t)batchcount, (uint32_t)shared);
	chain_unlock(m, cpu);
	return ok;
}
