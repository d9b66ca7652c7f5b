/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-only views of a machine: gauges, counters, lists, places. */
#include "model/inspect.h"

#include <string.h>

#include "model/internal.h"

uint32_t machine_nr_cpus(const struct machine *m)
{
	return m->nr_cpus;
}

uint32_t machine_nr_nodes(const struct machine *m)
{
	return m->nr_nodes;
}

bool machine_cpu_online(const struct machine *m, uint32_t cpu)
{
	return m->cpus[cpu].online;
}

uint32_t machine_cpu_node(const struct machine *m, uint32_t cpu)
{
	return m->cpus[cpu].node;
}

const struct slab_profile *machine_profile(const struct machine *m)
{
	return &m->profile;
}

cachep_t machine_first_cache(const struct machine *m)
{
	return m->cache_chain;
}

cachep_t machine_next_cache(const struct machine *m, cachep_t cachep)
{
	return m->caches[cachep].next;
}

uint32_t machine_cache_bound(const struct machine *m)
{
	return m->nr_caches;
}

void kmem_cache_info(const struct machine *m, cachep_t cachep,
		     struct cache_info *info)
{
	const struct kmem_cache *c = &m->caches[cachep];

	*info = (struct cache_info){
		.name = cache_name(m, cachep),
		.flags = c->flags,
		.user_bytes = c->user_bytes,
		.object_bytes = c->object_size,
		.buffer_bytes = c->buffer_size,
		.num = c->num,
		.gfporder = c->gfporder,
		.off_slab = c->off_slab,
		.mgmt_bytes = c->slab_size,
		.colour = c->colour,
		.colour_off_bytes = c->colour_off,
		.slabp_cache = c->slabp_cache,
		.limit = c->limit,
		.batchcount = c->batchcount,
		.shared = c->shared,
		.obj_offset_bytes = c->obj_offset,
		.reap_phase_ticks = c->reap_phase,
		.dma = (c->flags & SLAB_CACHE_DMA) != 0,
		.general = c->general,
	};
}

static uint64_t l3_slabs(const struct kmem_list3 *l3)
{
	return (uint64_t)l3->slabs_partial.nr + l3->slabs_full.nr +
	       l3->slabs_free.nr;
}

/* Objects of @node that lie in arrays, wherever those are. */
static uint64_t cached_objs(const struct machine *m, cachep_t cachep,
			    uint32_t node)
{
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint64_t cached = l3->shared ? array_at(m, l3->shared)->avail : 0;

	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
		if (m->cpus[cpu].node == node)
			cached += cpu_cache_get(m, cachep, cpu)->ac.avail;
	}
	for_each_node(m, other)
	{
		int64_t avail = kmem_alien_avail(m, cachep, other, node);

		if (avail > 0)
			cached += (uint64_t)avail;
	}
	return cached;
}

/* By the live objects: kmalloc's are counted, the others are all alike. */
static uint64_t requested_bytes(const struct kmem_cache *c,
				const struct kmem_list3 *l3, uint64_t live_objs)
{
	if (c->general)
		return l3->stats.requested_alloc_bytes -
		       l3->stats.requested_free_bytes;
	return live_objs * c->user_bytes;
}

void kmem_node_state(const struct machine *m, cachep_t cachep, uint32_t node,
		     struct node_state *state)
{
	const struct kmem_cache *c = &m->caches[cachep];
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint64_t slabs = l3_slabs(l3);

	*state = (struct node_state){
		.slabs_partial = l3->slabs_partial.nr,
		.slabs_full = l3->slabs_full.nr,
		.slabs_free = l3->slabs_free.nr,
		.free_objects = l3->free_objects,
		.free_limit = l3->free_limit,
		.colour_next = l3->colour_next,
		.shared_avail = -1,
		.shared_limit = -1,
		.shared_touched = -1,
		.free_touched = l3->free_touched,
		.next_reap = l3->next_reap,
		.has_alien = l3->alien != 0,
		.active_objs = slabs * c->num - l3->free_objects,
		.cached_objs = cached_objs(m, cachep, node),
		.pages = slabs << c->gfporder,
	};
	state->live_objs = state->active_objs - state->cached_objs;
	state->requested_bytes = requested_bytes(c, l3, state->live_objs);
	if (l3->shared) {
		const struct array_cache *shared = array_at(m, l3->shared);

		state->shared_avail = shared->avail;
		state->shared_limit = shared->limit;
		state->shared_touched = shared->touched;
	}
}

/* NULL: no such array. */
static const struct array_cache *find_alien(const struct machine *m,
					    cachep_t cachep, uint32_t node,
					    uint32_t for_node)
{
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);
	const struct array_cache *ac;

	if (!l3->alien)
		return NULL;
	ac = alien_array(m, l3, for_node);
	return ac->entry ? ac : NULL;
}

int64_t kmem_alien_avail(const struct machine *m, cachep_t cachep,
			 uint32_t node, uint32_t for_node)
{
	const struct array_cache *ac = find_alien(m, cachep, node, for_node);

	return ac ? (int64_t)ac->avail : -1;
}

int64_t kmem_alien_limit(const struct machine *m, cachep_t cachep,
			 uint32_t node, uint32_t for_node)
{
	const struct array_cache *ac = find_alien(m, cachep, node, for_node);

	return ac ? (int64_t)ac->limit : -1;
}

void kmem_cpu_state(const struct machine *m, cachep_t cachep, uint32_t cpu,
		    struct cpu_state *state)
{
	const struct array_cache *ac = &cpu_cache_get(m, cachep, cpu)->ac;

	*state = (struct cpu_state){ ac->avail, ac->limit, ac->batchcount,
				     ac->touched };
}

const struct cpu_stats *kmem_cpu_stats(const struct machine *m, cachep_t cachep,
				       uint32_t cpu)
{
	return &cpu_cache_get(m, cachep, cpu)->stats;
}

const struct miss_stats *kmem_miss_stats(const struct machine *m,
					 cachep_t cachep, uint32_t cpu)
{
	return &miss_record_get(m, cachep, cpu)->stats;
}

const struct node_stats *kmem_node_stats(const struct machine *m,
					 cachep_t cachep, uint32_t node)
{
	return &node_list3(m, cachep, node)->stats;
}

const struct cache_stats *kmem_cache_stats(const struct machine *m,
					   cachep_t cachep)
{
	return &m->caches[cachep].stats;
}

/* Sums over the nodes; of maxfreeable the highest. */
static void sum_node_stats(struct node_stats *sum, const struct node_stats *one)
{
	uint64_t maxfreeable = sum->maxfreeable > one->maxfreeable ?
				       sum->maxfreeable :
				       one->maxfreeable;
#define SUM_NODE(name, text) sum->name += one->name;
	NODE_STATS(SUM_NODE)
	sum->maxfreeable = maxfreeable;
}

static void slabinfo_node(const struct machine *m, cachep_t cachep,
			  uint32_t node, struct slabinfo *info)
{
	const struct kmem_cache *c = &m->caches[cachep];
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint64_t slabs = l3_slabs(l3);

	info->num_slabs += slabs;
	info->num_objs += slabs * c->num;
	info->active_slabs += l3->slabs_partial.nr + l3->slabs_full.nr;
	info->active_objs += slabs * c->num - l3->free_objects;
	if (l3->shared)
		info->shared_avail += array_at(m, l3->shared)->avail;
	sum_node_stats(&info->node, &l3->stats);
}

void kmem_slabinfo(const struct machine *m, cachep_t cachep,
		   struct slabinfo *info)
{
	memset(info, 0, sizeof(*info));
	for_each_node(m, node) slabinfo_node(m, cachep, node, info);
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++) {
		const struct cpu_stats *one = kmem_cpu_stats(m, cachep, cpu);
#define SUM_CPU(name, text) info->cpu.name += one->name;
		CPU_STATS(SUM_CPU)
	}
	info->cache = m->caches[cachep].stats;
}

void machine_node_pages(const struct machine *m, uint32_t node,
			struct node_pages *pages)
{
	const struct node *n = &m->nodes[node];

	*pages = (struct node_pages){
		.limit_pages = n->limit_pages,
		.in_use_pages = n->in_use_pages,
		.peak_pages = n->peak_pages,
		.touched_frames = n->nr_touched,
	};
}

_Static_assert(MACHINE_PAGE_ORDERS == MAX_ORDERS, "the same in public");

uint32_t machine_free_blocks(const struct machine *m, uint32_t node,
			     uint32_t order)
{
	return m->nodes[node].nr_free_blocks[order];
}

const char *slab_list_word(enum slab_state list)
{
	static const char *const words[] = {
		[SLABS_PARTIAL] = "partial",
		[SLABS_FULL] = "full",
		[SLABS_FREE] = "free",
	};

	return words[list];
}

static const struct slab_list *list_of(const struct kmem_list3 *l3,
				       enum slab_state list)
{
	switch (list) {
	case SLABS_PARTIAL:
		return &l3->slabs_partial;
	case SLABS_FULL:
		return &l3->slabs_full;
	default:
		return &l3->slabs_free;
	}
}

void kmem_visit_slabs(const struct machine *m, cachep_t cachep, uint32_t node,
		      enum slab_state list, slab_visit_fn *visit, void *arg)
{
	uint32_t slab = list_of(node_list3(m, cachep, node), list)->first;

	while (slab) {
		const struct slab *slabp = slab_at(m, slab);
		struct slab_view view = {
			.slab = slab,
			.grow_number = slabp->grow_number,
			.inuse = slabp->inuse,
			.first_free = slabp->free == BUFCTL_END ? -1 :
								  slabp->free,
			.nodeid = slabp->nodeid,
			.frame = slabp->frame,
		};

		visit(arg, &view);
		slab = slabp->next;
	}
}

void kmem_visit_free(const struct machine *m, uint32_t slab,
		     index_visit_fn *visit, void *arg)
{
	const struct slab *slabp = slab_at(m, slab);

	for (uint32_t i = slabp->free; i != BUFCTL_END; i = slabp->bufctl[i])
		visit(arg, i);
}

static int64_t visit_array(const struct machine *m,
			   const struct array_cache *ac, obj_visit_fn *visit,
			   void *arg)
{
	if (!ac->entry)
		return -1;
	for (uint32_t i = 0; i < ac->avail; i++)
		visit(arg, ac_entry(m, ac)[i]);
	return ac->avail;
}

int64_t kmem_visit_cpu_array(const struct machine *m, cachep_t cachep,
			     uint32_t cpu, obj_visit_fn *visit, void *arg)
{
	return visit_array(m, &cpu_cache_get(m, cachep, cpu)->ac, visit, arg);
}

int64_t kmem_visit_shared(const struct machine *m, cachep_t cachep,
			  uint32_t node, obj_visit_fn *visit, void *arg)
{
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);

	if (!l3->shared)
		return -1;
	return visit_array(m, array_at(m, l3->shared), visit, arg);
}

int64_t kmem_visit_alien(const struct machine *m, cachep_t cachep,
			 uint32_t node, uint32_t for_node, obj_visit_fn *visit,
			 void *arg)
{
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);

	if (!l3->alien)
		return -1;
	return visit_array(m, alien_array(m, l3, for_node), visit, arg);
}

void obj_locate(const struct machine *m, obj_t obj, struct obj_place *place)
{
	const struct slab *slabp = slab_at(m, obj_slab(obj));

	*place = (struct obj_place){
		.cachep = slabp->cachep,
		.nodeid = slabp->nodeid,
		.grow_number = slabp->grow_number,
		.index = obj_index(obj),
		.frame = slabp->frame,
		.offset_bytes = obj_offset_bytes(m, obj),
	};
}
