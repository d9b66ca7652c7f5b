/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tuning where CPUs' arrays are per-CPU memory: what do_tune_cpucache and
 * setup_kmem_cache_node do in later kernels. Only shared and alien arrays are
 * allocations of the simulated machine; per-CPU memory never runs out.
 */
#include "model/internal.h"

/* Stands for init_cache_node. */
bool init_cache_node(struct machine *m, uint32_t cpu, cachep_t cachep,
		     uint32_t node)
{
	if (!node_list3(m, cachep, node)->present &&
	    !new_list3(m, cpu, cachep, node))
		return false;
	list_lock(m, cpu, cachep, node);
	set_free_limit(m, cachep, node);
	list_unlock(m, cpu, cachep, node);
	return true;
}

/*
 * setup_kmem_cache_node - lists, shared and alien arrays of a node
 * @force: replace a shared array that is there; else, like an alien table, it
 * stays and the new one is thrown away.
 */
bool setup_kmem_cache_node(struct machine *m, uint32_t cpu, cachep_t cachep,
			   uint32_t node, bool force)
{
	struct node_arrays new;
	struct kmem_list3 *l3;
	uint32_t old_shared = 0, doomed = 0;

	if (!alloc_node_arrays(m, cpu, cachep, node, &new))
		return false;
	if (!init_cache_node(m, cpu, cachep, node)) {
		free_shared(m, cpu, new.shared);
		free_alien_cache(m, cpu, &new.alien);
		return false;
	}
	l3 = node_list3(m, cachep, node);
	list_lock(m, cpu, cachep, node);
	if (force && l3->shared) {
		old_shared = l3->shared;
		doomed = array_empty(m, cpu, cachep, array_at(m, old_shared),
				     node);
	}
	if (force || !l3->shared) {
		l3->shared = new.shared;
		new.shared = 0;
	}
	if (!l3->alien)
		install_alien(l3, &new.alien);
	list_unlock(m, cpu, cachep, node);
	slabs_destroy(m, cpu, cachep, doomed);
	free_shared(m, cpu, old_shared);
	free_shared(m, cpu, new.shared);
	free_alien_cache(m, cpu, &new.alien);
	return true;
}

/* For all possible CPUs. */
void new_percpu_arrays(struct machine *m, uint32_t cpu, uint32_t limit,
		       uint32_t batchcount, struct array_cache *arrays)
{
	for (uint32_t i = 0; i < m->nr_cpus; i++)
		array_init(m, cpu, &arrays[i], limit, batchcount, OBJ_NULL);
}
