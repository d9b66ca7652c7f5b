/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/naive_compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/naive_internal.h"

/* Where we are, for the sentence. */
struct place {
	const struct naive *n;
	const struct naive_cache *c;
	const struct machine *m;
	struct difference *d;
	const char *unit; /* "node", "CPU", or NULL */
	uint32_t number;
	bool same;
};

static void differs(struct place *place, const char *what, uint64_t expected,
		    uint64_t got)
{
	char where[40] = "";

	if (!place->same)
		return;
	place->same = false;
	if (place->unit)
		snprintf(where, sizeof(where), ", %s %u", place->unit,
			 place->number);
	snprintf(place->d->text, sizeof(place->d->text),
		 "%s%s: %s: expected %" PRId64 ", got %" PRId64,
		 place->c ? place->c->name : "machine", where, what,
		 (int64_t)expected, (int64_t)got);
}

static void same(struct place *place, const char *what, uint64_t expected,
		 uint64_t got)
{
	if (expected != got)
		differs(place, what, expected, got);
}

/* --- objects and arrays --------------------------------------------------- */

static void same_obj(struct place *place, const char *what,
		     struct naive_obj obj, obj_t got)
{
	struct obj_place at;

	same(place, what, obj.slab != NULL, got != OBJ_NULL);
	if (!obj.slab || !got)
		return;
	obj_locate(place->m, got, &at);
	if (obj.slab->cache->handle == at.cachep &&
	    obj.slab->node == at.nodeid &&
	    obj.slab->grow_number == at.grow_number && obj.index == at.index &&
	    obj.slab->frame == at.frame && naive_offset(obj) == at.offset_bytes)
		return;
	same(place, what, obj.slab->grow_number, at.grow_number);
	same(place, what, obj.index, at.index);
	same(place, what, obj.slab->node, at.nodeid);
	same(place, what, obj.slab->frame, at.frame);
	same(place, what, naive_offset(obj), at.offset_bytes);
	same(place, what, obj.slab->cache->handle, at.cachep);
}

bool naive_same_obj(struct naive_obj obj, const struct machine *m, obj_t got,
		    struct difference *d)
{
	struct place place = { .m = m, .d = d, .same = true };

	same_obj(&place, "object", obj, got);
	return place.same;
}

/* An array is visited entry by entry. */
struct visit {
	struct place *place;
	const char *what;
	const struct naive_array *array;
	uint32_t nr;
};

static void visit_entry(void *arg, obj_t obj)
{
	struct visit *visit = arg;

	if (visit->array && visit->nr < visit->array->avail)
		same_obj(visit->place, visit->what,
			 visit->array->entry[visit->nr], obj);
	visit->nr++;
}

static int64_t avail_of(const struct naive_array *a)
{
	return a ? (int64_t)a->avail : -1;
}

static void same_cpu(struct place *place, uint32_t cpu)
{
	const struct naive_array *a = place->c->array[cpu];
	struct visit visit = { place, "array entry", a, 0 };
	cachep_t cachep = place->c->handle;
	struct cpu_state state;
	int64_t avail;

	place->unit = "CPU";
	place->number = cpu;
	avail = kmem_visit_cpu_array(place->m, cachep, cpu, visit_entry,
				     &visit);
	same(place, "array avail", (uint64_t)avail_of(a), (uint64_t)avail);
#define SAME_CPU_STAT(name, text)                         \
	same(place, #name, place->c->cpu_stats[cpu].name, \
	     kmem_cpu_stats(place->m, cachep, cpu)->name);
	CPU_STATS(SAME_CPU_STAT)
	if (!a)
		return;
	kmem_cpu_state(place->m, cachep, cpu, &state);
	same(place, "array limit", a->limit, state.limit);
	same(place, "array batchcount", a->batchcount, state.batchcount);
	same(place, "array touched", a->touched, state.touched);
}

/* --- lists ---------------------------------------------------------------- */

struct slab_visit {
	struct place *place;
	const char *what;
	const struct naive_list *list;
	uint32_t nr;
};

static void visit_slab(void *arg, const struct slab_view *view)
{
	struct slab_visit *visit = arg;
	const struct naive_slab *slab;
	int64_t first;

	if (visit->nr >= visit->list->nr) {
		visit->nr++;
		return;
	}
	slab = visit->list->slab[visit->nr++];
	first = slab->nr_free ? (int64_t)slab->free[slab->nr_free - 1] : -1;
	same(visit->place, visit->what, slab->grow_number, view->grow_number);
	same(visit->place, "inuse", slab->cache->num - slab->nr_free,
	     view->inuse);
	same(visit->place, "first free index", (uint64_t)first,
	     (uint64_t)view->first_free);
	same(visit->place, "frame of a slab", slab->frame, view->frame);
	same(visit->place, "node of a slab", slab->node, view->nodeid);
}

static void same_list(struct place *place, enum slab_state state,
		      const char *what, const struct naive_list *list)
{
	struct slab_visit visit = { place, what, list, 0 };

	kmem_visit_slabs(place->m, place->c->handle, place->number, state,
			 visit_slab, &visit);
	same(place, what, list->nr, visit.nr);
}

static void same_aliens(struct place *place, const struct naive_lists *l)
{
	for (uint32_t i = 0; i < place->n->nr_nodes; i++) {
		struct visit visit = { place, "alien entry", l->alien[i], 0 };
		int64_t avail = kmem_visit_alien(place->m, place->c->handle,
						 place->number, i, visit_entry,
						 &visit);

		same(place, "alien avail", (uint64_t)avail_of(l->alien[i]),
		     (uint64_t)avail);
	}
}

static void same_shared(struct place *place, const struct naive_array *a,
			const struct node_state *state)
{
	struct visit visit = { place, "shared entry", a, 0 };

	kmem_visit_shared(place->m, place->c->handle, place->number,
			  visit_entry, &visit);
	same(place, "shared avail", (uint64_t)avail_of(a),
	     (uint64_t)state->shared_avail);
	if (!a)
		return;
	same(place, "shared limit", a->limit, (uint64_t)state->shared_limit);
	same(place, "shared touched", a->touched,
	     (uint64_t)state->shared_touched);
}

static void same_node(struct place *place, uint32_t node)
{
	const struct naive_lists *l = &place->c->lists[node];
	cachep_t cachep = place->c->handle;
	struct node_state state;

	place->unit = "node";
	place->number = node;
	same_list(place, SLABS_PARTIAL, "partial list", &l->partial);
	same_list(place, SLABS_FULL, "full list", &l->full);
	same_list(place, SLABS_FREE, "free list", &l->free);
	kmem_node_state(place->m, cachep, node, &state);
	same(place, "free_objects", l->free_objects, state.free_objects);
	same(place, "free_limit", l->free_limit, state.free_limit);
	same(place, "colour_next", l->colour_next, state.colour_next);
	same(place, "free_touched", l->free_touched, state.free_touched);
	same(place, "next_reap", l->next_reap, state.next_reap);
	same(place, "has an alien table", l->has_alien, state.has_alien);
	same_shared(place, l->shared, &state);
	if (l->has_alien)
		same_aliens(place, l);
#define SAME_NODE_STAT(name, text)        \
	same(place, #name, l->stats.name, \
	     kmem_node_stats(place->m, cachep, node)->name);
	NODE_STATS(SAME_NODE_STAT)
}

static void same_cache(struct place *place)
{
	const struct naive_cache *c = place->c;
	struct cache_info info;

	kmem_cache_info(place->m, c->handle, &info);
	place->unit = NULL;
	same(place, "name", 0, strcmp(c->name, info.name) != 0);
	same(place, "limit", c->limit, info.limit);
	same(place, "batchcount", c->batchcount, info.batchcount);
	same(place, "shared", c->shared, info.shared);
#define SAME_CACHE_STAT(name, text)       \
	same(place, #name, c->stats.name, \
	     kmem_cache_stats(place->m, c->handle)->name);
	CACHE_STATS(SAME_CACHE_STAT)
	for (uint32_t node = 0; node < place->n->nr_nodes; node++)
		same_node(place, node);
	for (uint32_t cpu = 0; cpu < place->n->nr_cpus; cpu++)
		same_cpu(place, cpu);
}

bool naive_same_cache(const struct naive *n, const struct naive_cache *c,
		      const struct machine *m, struct difference *d)
{
	struct place place = { .n = n, .c = c, .m = m, .d = d, .same = true };

	same_cache(&place);
	return place.same;
}

/* --- geometry ------------------------------------------------------------- */

static void same_geometry(struct place *place)
{
	const struct naive_cache *c = place->c;
	uint32_t flags = ~(uint32_t)SLAB_PANIC;
	struct cache_info info;

	kmem_cache_info(place->m, c->handle, &info);
	place->unit = NULL;
	same(place, "flags", c->flags & flags, info.flags & flags);
	same(place, "user bytes", c->user_bytes, info.user_bytes);
	same(place, "object bytes", c->object_bytes, info.object_bytes);
	same(place, "buffer bytes", c->buffer_bytes, info.buffer_bytes);
	same(place, "objects a slab", c->num, info.num);
	same(place, "slab order", c->order, info.gfporder);
	same(place, "off-slab", c->off_slab, info.off_slab);
	same(place, "management bytes", c->mgmt_bytes, info.mgmt_bytes);
	same(place, "colours", c->colour, info.colour);
	same(place, "colour offset", c->colour_off, info.colour_off_bytes);
	same(place, "object offset", c->obj_offset, info.obj_offset_bytes);
	same(place, "reap phase", c->reap_phase, info.reap_phase_ticks);
	same(place, "general", c->general, info.general);
	same(place, "cache of descriptors",
	     c->off_slab ? c->descriptors->handle : CACHE_NULL,
	     info.slabp_cache);
}

bool naive_same_geometry(const struct naive_cache *c, const struct machine *m,
			 struct difference *d)
{
	struct place place = { .c = c, .m = m, .d = d, .same = true };

	same_geometry(&place);
	return place.same;
}

/* --- sums of a cache ------------------------------------------------------ */

static uint64_t of_node(const struct naive_array *a, uint32_t node)
{
	uint64_t nr = 0;

	for (uint32_t i = 0; a && i < a->avail; i++)
		nr += a->entry[i].slab->node == node;
	return nr;
}

/* Objects of a node in any array of the cache. */
static uint64_t cached_of_node(const struct naive *n,
			       const struct naive_cache *c, uint32_t node)
{
	uint64_t nr = 0;

	for (uint32_t cpu = 0; cpu < n->nr_cpus; cpu++)
		nr += of_node(c->array[cpu], node);
	for (uint32_t i = 0; i < n->nr_nodes; i++) {
		nr += of_node(c->lists[i].shared, node);
		for (uint32_t j = 0; j < n->nr_nodes; j++)
			nr += of_node(c->lists[i].alien[j], node);
	}
	return nr;
}

static uint64_t in_use(const struct naive_list *list)
{
	uint64_t nr = 0;

	for (uint32_t i = 0; i < list->nr; i++)
		nr += list->slab[i]->cache->num - list->slab[i]->nr_free;
	return nr;
}

static void same_gauges(struct place *place, uint32_t node,
			struct slabinfo *sum)
{
	const struct naive_cache *c = place->c;
	const struct naive_lists *l = &c->lists[node];
	uint64_t active = in_use(&l->full) + in_use(&l->partial);
	uint64_t slabs = l->full.nr + l->partial.nr + l->free.nr;
	uint64_t live = active - cached_of_node(place->n, c, node);
	struct node_state state;

	place->unit = "node";
	place->number = node;
	kmem_node_state(place->m, c->handle, node, &state);
	same(place, "active objects", active, state.active_objs);
	same(place, "live objects", live, state.live_objs);
	same(place, "cached objects", active - live, state.cached_objs);
	same(place, "pages", slabs << c->order, state.pages);
	same(place, "requested bytes",
	     c->general ? l->stats.requested_alloc_bytes -
				  l->stats.requested_free_bytes :
			  live * c->user_bytes,
	     state.requested_bytes);
	sum->active_objs += active;
	sum->num_slabs += slabs;
	sum->num_objs += slabs * c->num;
	sum->active_slabs += l->full.nr + l->partial.nr;
	sum->shared_avail += l->shared ? l->shared->avail : 0;
	sum->node.grown += l->stats.grown;
	sum->node.listallocs += l->stats.listallocs;
	if (sum->node.maxfreeable < l->stats.maxfreeable)
		sum->node.maxfreeable = l->stats.maxfreeable;
}

static void same_sums(struct place *place)
{
	struct slabinfo sum = { 0 }, info;

	for (uint32_t node = 0; node < place->n->nr_nodes; node++)
		same_gauges(place, node, &sum);
	for (uint32_t cpu = 0; cpu < place->n->nr_cpus; cpu++)
		sum.cpu.freehit += place->c->cpu_stats[cpu].freehit;
	place->unit = NULL;
	kmem_slabinfo(place->m, place->c->handle, &info);
	same(place, "slabinfo active_objs", sum.active_objs, info.active_objs);
	same(place, "num_active", sum.active_objs, info.cache.num_active);
	same(place, "slabinfo num_objs", sum.num_objs, info.num_objs);
	same(place, "slabinfo num_slabs", sum.num_slabs, info.num_slabs);
	same(place, "slabinfo active_slabs", sum.active_slabs,
	     info.active_slabs);
	same(place, "slabinfo sharedavail", sum.shared_avail,
	     info.shared_avail);
	same(place, "slabinfo grown", sum.node.grown, info.node.grown);
	same(place, "slabinfo listallocs", sum.node.listallocs,
	     info.node.listallocs);
	same(place, "slabinfo maxfreeable", sum.node.maxfreeable,
	     info.node.maxfreeable);
	same(place, "slabinfo freehit", sum.cpu.freehit, info.cpu.freehit);
}

/* --- the machine ---------------------------------------------------------- */

static void same_cpus(struct place *place)
{
	uint64_t next = NAIVE_NEVER;

	for (uint32_t i = 0; i < place->n->nr_cpus; i++) {
		const struct naive_cpu *cpu = &place->n->cpu[i];

		place->unit = "CPU";
		place->number = i;
		same(place, "online", cpu->online,
		     machine_cpu_online(place->m, i));
		same(place, "node", cpu->node, machine_cpu_node(place->m, i));
		if (cpu->due < next)
			next = cpu->due;
	}
	place->unit = NULL;
	same(place, "next timer", next, machine_next_timer(place->m));
	same(place, "clock", place->n->now, machine_now(place->m));
}

static void same_pages(struct place *place, uint32_t node)
{
	const struct naive_node *expected = &place->n->node[node];
	struct node_pages pages;

	place->unit = "node";
	place->number = node;
	machine_node_pages(place->m, node, &pages);
	same(place, "page limit", expected->limit_pages, pages.limit_pages);
	same(place, "pages in use", expected->in_use_pages, pages.in_use_pages);
	same(place, "peak pages", expected->peak_pages, pages.peak_pages);
	same(place, "frames touched", expected->nr_touched,
	     pages.touched_frames);
}

bool naive_same(const struct naive *n, const struct machine *m,
		struct difference *d)
{
	struct place place = { .n = n, .m = m, .d = d, .same = true };
	cachep_t cachep = machine_first_cache(m);

	same_cpus(&place);
	for (uint32_t node = 0; node < n->nr_nodes; node++)
		same_pages(&place, node);
	place.unit = NULL;
	for (const struct naive_cache *c = n->chain; c && place.same;
	     c = c->next) {
		place.c = c;
		same(&place, "place in the chain", c->handle, cachep);
		if (!place.same)
			return false;
		same_geometry(&place);
		same_cache(&place);
		same_sums(&place);
		cachep = machine_next_cache(m, cachep);
	}
	same(&place, "end of the chain", CACHE_NULL, cachep);
	return place.same;
}

bool naive_match_chain(struct naive *n, const struct machine *m,
		       struct difference *d)
{
	struct place place = { .n = n, .m = m, .d = d, .same = true };
	cachep_t cachep = machine_first_cache(m);

	for (struct naive_cache *c = n->chain; c; c = c->next) {
		struct cache_info info;

		same(&place, "caches at boot", true, cachep != CACHE_NULL);
		if (!place.same)
			return false;
		kmem_cache_info(m, cachep, &info);
		place.c = c;
		same(&place, "name", 0, strcmp(c->name, info.name) != 0);
		c->handle = cachep;
		cachep = machine_next_cache(m, cachep);
	}
	same(&place, "end of the chain", CACHE_NULL, cachep);
	return place.same;
}
