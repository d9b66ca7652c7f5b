/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filling a cache; see the header. Slabs are grown as ever (colours, pages,
 * descriptors from their own caches), then objects are taken off them in
 * order of index. The machine is one that cache operations could have made.
 */
#include "model/populate.h"

#include "model/internal.h"

/* A node's share while it is made. */
struct filling {
	struct machine *m;
	cachep_t cachep;
	uint32_t node, cpu;
	struct kmem_list3 *l3;
	obj_visit_fn *live;
	void *arg;
	uint64_t nr_live, nr_shared; /* still to hand out, in this order; */
	uint64_t each_cpu, rest_cpu; /* then to every CPU, and one more */
	uint32_t next_cpu;
	struct population done;
};

/* Return: a CPU of the node that is online, or one more than there are. */
static uint32_t first_cpu(const struct machine *m, uint32_t node)
{
	uint32_t cpu = 0;

	while (cpu < m->nr_cpus &&
	       (m->cpus[cpu].node != node || !m->cpus[cpu].online))
		cpu++;
	return cpu;
}

bool kmem_node_usable(const struct machine *m, cachep_t cachep, uint32_t node)
{
	return first_cpu(m, node) < m->nr_cpus &&
	       node_list3(m, cachep, node)->present;
}

/* --- arrays --- */

static struct array_cache *shared_array(const struct filling *f)
{
	return f->l3->shared ? array_at(f->m, f->l3->shared) : NULL;
}

static uint32_t nr_online(const struct filling *f)
{
	uint32_t nr = 0;

	for_each_online_cpu(f->m, cpu) nr += f->m->cpus[cpu].node == f->node;
	return nr;
}

/* How many of @want each CPU can get, and how many one more. */
static void plan_cpu_arrays(struct filling *f, uint64_t want)
{
	uint64_t nr = nr_online(f), room = UINT64_MAX;

	for_each_online_cpu(f->m, cpu)
	{
		const struct array_cache *ac =
			&cpu_cache_get(f->m, f->cachep, cpu)->ac;

		if (f->m->cpus[cpu].node == f->node &&
		    ac->limit - ac->avail < room)
			room = ac->limit - ac->avail;
	}
	f->each_cpu = want / nr;
	f->rest_cpu = want % nr;
	if (f->each_cpu >= room) {
		f->each_cpu = room;
		f->rest_cpu = 0;
	}
	f->next_cpu = f->cpu;
	f->done.cpu = f->each_cpu * nr + f->rest_cpu;
}

static void plan_arrays(struct filling *f, const struct population *want)
{
	const struct array_cache *shared = shared_array(f);
	uint64_t room = shared ? shared->limit - shared->avail : 0;
	uint64_t in_arrays;

	f->done.shared = want->shared < room ? want->shared : room;
	if (f->done.shared > want->objs)
		f->done.shared = want->objs;
	plan_cpu_arrays(f, want->objs - f->done.shared < want->cpu ?
				   want->objs - f->done.shared :
				   want->cpu);
	in_arrays = f->done.shared + f->done.cpu;
	f->nr_live = want->objs - in_arrays;
	f->nr_shared = f->done.shared;
}

static void push(const struct machine *m, struct array_cache *ac, obj_t obj)
{
	ac_entry(m, ac)[ac->avail++] = obj;
}

/* The next CPU whose array is to get one: round robin. */
static void give_to_cpu(struct filling *f, obj_t obj)
{
	struct array_cache *ac =
		&cpu_cache_get(f->m, f->cachep, f->next_cpu)->ac;

	push(f->m, ac, obj);
	ac->touched = 1; /* more often so than not: docs/TRACES.md */
	do {
		f->next_cpu = (f->next_cpu + 1) % f->m->nr_cpus;
	} while (f->m->cpus[f->next_cpu].node != f->node ||
		 !f->m->cpus[f->next_cpu].online);
}

static void give_to_user(struct filling *f, obj_t obj)
{
	struct kmem_cache *c = &f->m->caches[f->cachep];

	if (f->m->profile.debug)
		debug_alloc(f->m, obj);
	c->nr_populated++;
	if (c->general)
		f->l3->stats.requested_alloc_bytes += c->object_size;
	if (f->live)
		f->live(f->arg, obj);
}

static void hand_out(struct filling *f, obj_t obj)
{
	if (f->nr_live) {
		f->nr_live--;
		give_to_user(f, obj);
	} else if (f->nr_shared) {
		f->nr_shared--;
		push(f->m, shared_array(f), obj);
	} else {
		give_to_cpu(f, obj);
	}
}

/* --- slabs --- */

/* Takes @nr objects off the oldest of the free slabs. */
static void take_objs(struct filling *f, uint32_t nr)
{
	struct machine *m = f->m;
	struct cache_stats *stats = &m->caches[f->cachep].stats;
	uint32_t slab = f->l3->slabs_free.first;
	struct slab *slabp = slab_at(m, slab);

	slab_list_del(m, &f->l3->slabs_free, slab);
	for (uint32_t i = 0; i < nr; i++)
		hand_out(f, slab_get_obj(slabp, slab));
	slab_list_add_tail(m,
			   slabp->free == BUFCTL_END ? &f->l3->slabs_full :
						       &f->l3->slabs_partial,
			   slab);
	f->l3->free_objects -= nr;
	stats->num_active += nr;
	if (stats->num_active > stats->maxobjs)
		stats->maxobjs = stats->num_active;
}

/* How many slabs there is memory for: they are grown first, all free. */
static uint64_t grow_slabs(const struct filling *f, uint64_t want)
{
	uint64_t nr = 0;

	while (nr < want && cache_grow(f->m, f->cpu, f->cachep, f->node, NULL))
		nr++;
	return nr;
}

/* Of @slabs with @objs taken: how many are partial, about half used. */
static uint64_t nr_partial(uint64_t slabs, uint64_t objs, uint32_t num)
{
	uint64_t places = slabs * num - objs;
	uint64_t nr = (2 * places + num - 1) / num;

	return nr < slabs ? nr : slabs;
}

/* The oldest slabs are full, the next partial, the youngest stay free. */
static void fill_slabs(struct filling *f, uint64_t slabs, uint64_t objs)
{
	uint32_t num = f->m->caches[f->cachep].num;
	uint64_t partial = nr_partial(slabs, objs, num);
	uint64_t full = slabs - partial, left = objs - full * num;

	for (uint64_t i = 0; i < full; i++)
		take_objs(f, num);
	for (uint64_t i = partial; i > 0; i--) {
		uint32_t nr = (uint32_t)((left + i - 1) / i);

		take_objs(f, nr);
		left -= nr;
	}
}

void kmem_cache_populate(struct machine *m, cachep_t cachep, uint32_t node,
			 struct population *want, obj_visit_fn *live, void *arg)
{
	struct filling f = {
		.m = m,
		.cachep = cachep,
		.node = node,
		.cpu = first_cpu(m, node),
		.live = live,
		.arg = arg,
	};
	uint64_t used;

	if (!kmem_node_usable(m, cachep, node)) {
		*want = f.done;
		return;
	}
	f.l3 = node_list3(m, cachep, node);
	f.done.slabs = grow_slabs(&f, want->slabs);
	used = want->slabs - want->free_slabs;
	if (used > f.done.slabs)
		used = f.done.slabs;
	if (want->objs > used * m->caches[cachep].num)
		want->objs = used * m->caches[cachep].num;
	if (used > want->objs)
		used = want->objs; /* no slab in use without an object */
	f.done.free_slabs = f.done.slabs - used;
	f.done.objs = want->objs;
	plan_arrays(&f, want);
	fill_slabs(&f, used, want->objs);
	*want = f.done;
}
