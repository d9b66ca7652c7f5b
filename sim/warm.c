/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The warm start. Rows of slabinfo become wishes by cache of the machine
 * (several rows may be one cache here: kmalloc-64 and kmalloc-rcl-64), wishes
 * are lessened by what the machine's boot put there, and dealt to the nodes.
 *
 * Caches come first, general ones last and by falling size: slabs of large
 * objects have descriptors, which are objects of smaller general caches and
 * count as part of what those are to have.
 */
#include "sim/warm.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "model/populate.h"
#include "sim/slab_flags.h"
#include "traces/cache_flags.h"

/*
 * Objects in a CPU's array, where no statistics tell: a sixth of the limit.
 * The mean of all arrays in use at 18 dumps of real machines was between a
 * seventh and a sixth.
 */
#define ARRAY_PART 6

/* Objects of one cache and node that the trace may free. */
struct warm_objs {
	obj_t *objs; /* oldest first */
	uint64_t nr, room;
};

struct warm {
	struct machine *m;
	const struct trace_header *header;
	const cachep_t *caches;
	uint32_t nr_nodes, nr_caches;
	struct warm_objs *objs;  /* [cachep * nr_nodes + node] */
	uint64_t *demand;        /* the same: in use there, if possible */
	struct population *plan; /* of each node, for the cache being filled */
	struct warm_report report;
	bool out_of_memory;
};

/* What a cache of the machine is to have, all nodes together. */
struct wish {
	cachep_t cachep;
	bool general, wanted, known;
	uint64_t object_bytes;
	uint64_t places;      /* objects in use and free */
	uint64_t free_places; /* of them in free slabs */
	uint64_t active, shared;
	uint64_t in_use; /* by statistics, where known */
};

/* --- which cache a row means --- */

/* "kmalloc-rcl-1k", "size-1024(DMA)": bytes and type; 0: no such name. */
static uint64_t general_bytes(const char *name, uint32_t *gfp)
{
	static const struct {
		const char *text;
		uint32_t gfp;
	} beginnings[] = {
		{ "kmalloc-rcl-", GFP_RECLAIMABLE },
		{ "kmalloc-cg-", GFP_ACCOUNT },
		{ "kmalloc-rnd-", 0 },
		{ "dma-kmalloc-", GFP_DMA },
		{ "kmalloc-", 0 },
		{ "size-", 0 },
	};
	uint64_t bytes = 0;

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
		size_t length = strlen(beginnings[i].text);

		if (strncmp(name, beginnings[i].text, length) != 0 ||
		    !isdigit((unsigned char)name[length]))
			continue;
		*gfp = strstr(name, "(DMA)") ? GFP_DMA : beginnings[i].gfp;
		while (isdigit((unsigned char)name[length]) &&
		       bytes < UINT32_MAX)
			bytes = 10 * bytes + (uint64_t)(name[length++] - '0');
		if (name[length] == 'k')
			bytes *= 1024;
		else if (name[length] == 'M')
			bytes *= UINT64_C(1024) * 1024;
		return bytes;
	}
	return 0;
}

static cachep_t new_cache(struct warm *warm, const struct slabinfo_row *row)
{
	const struct slab_profile *profile = machine_profile(warm->m);
	uint32_t flags = 0;
	cachep_t cachep;

	if (row->objsize < profile->word_bytes ||
	    row->objsize > profile->max_object_bytes)
		return CACHE_NULL;
	cache_flags_find(row->name, &flags);
	/* the size is the aligned one already */
	flags &= ~(uint32_t)CACHE_DEF_HWALIGN;
	cachep = kmem_cache_create(warm->m, 0, row->name, row->objsize, 0,
				   slab_flags_of(flags));
	warm->report.created += cachep != CACHE_NULL;
	return cachep;
}

cachep_t warm_cache_of_row(const struct machine *m,
			   const struct trace_header *header,
			   const cachep_t *caches,
			   const struct slabinfo_row *row)
{
	uint32_t gfp = 0;
	uint64_t bytes = general_bytes(row->name, &gfp);

	if (bytes)
		return kmalloc_cache(m, bytes, gfp);
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		if (strcmp(header->caches[i].name, row->name) == 0)
			return caches[i];
	}
	return kmem_cache_find(m, row->name);
}

static cachep_t cache_of_row(struct warm *warm, const struct slabinfo_row *row)
{
	uint32_t gfp;
	cachep_t cachep =
		warm_cache_of_row(warm->m, warm->header, warm->caches, row);

	if (cachep != CACHE_NULL || general_bytes(row->name, &gfp))
		return cachep;
	return new_cache(warm, row);
}

/* --- wishes --- */

static void add_row(struct wish *wish, const struct slabinfo_row *row,
		    bool slub)
{
	int64_t in_use = slabinfo_row_in_use(row);

	/* SLUB counts no object of an array: it has none */
	if (slub)
		in_use = (int64_t)row->active_objs;
	wish->wanted = true;
	wish->known = wish->known && in_use >= 0;
	wish->places += row->num_objs;
	wish->active += row->active_objs;
	wish->shared += row->shared_avail;
	if (in_use >= 0)
		wish->in_use += (uint64_t)in_use;
	if (row->num_slabs)
		wish->free_places += (row->num_slabs - row->active_slabs) *
				     (row->num_objs / row->num_slabs);
}

static struct wish *wish_for(struct warm *warm, struct wish *wishes,
			     const struct slabinfo_row *row)
{
	struct cache_info info;
	struct wish *wish;
	cachep_t cachep = cache_of_row(warm, row);

	if (cachep == CACHE_NULL) {
		warm->report.refused++;
		return NULL;
	}
	wish = &wishes[cachep];
	if (wish->wanted)
		return wish;
	kmem_cache_info(warm->m, cachep, &info);
	*wish = (struct wish){
		.cachep = cachep,
		.general = info.general,
		.known = true,
		.object_bytes = info.buffer_bytes,
	};
	return wish;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint32_t online_cpus(const struct machine *m)
{
	uint32_t nr = 0;

	for (uint32_t cpu = 0; cpu < machine_nr_cpus(m); cpu++)
		nr += machine_cpu_online(m, cpu);
	return nr;
}

/* Objects in arrays of CPUs, the only place that slabinfo does not show. */
static uint64_t in_cpu_arrays(struct warm *warm, const struct wish *wish,
			      const struct cache_info *info)
{
	uint64_t rest = less(wish->active, wish->shared), guess;

	if (wish->known)
		return less(rest, wish->in_use);
	warm->report.estimated++;
	guess = (uint64_t)online_cpus(warm->m) * info->limit / ARRAY_PART;
	return guess < rest / 2 ? guess : rest / 2;
}

/* What boot and earlier wishes left to do. */
static struct population to_do(struct warm *warm, const struct wish *wish)
{
	struct population todo;
	struct cache_info info;
	struct slabinfo now;
	uint64_t slabs, at_least;

	kmem_cache_info(warm->m, wish->cachep, &info);
	kmem_slabinfo(warm->m, wish->cachep, &now);
	slabs = (wish->places + info.num - 1) / info.num;
	todo.objs = less(wish->active, now.active_objs);
	at_least = (todo.objs + info.num - 1) / info.num;
	todo.slabs = less(slabs, now.num_slabs);
	if (todo.slabs < at_least)
		todo.slabs = at_least;
	todo.free_slabs = less(wish->free_places / info.num,
			       now.num_slabs - now.active_slabs);
	if (todo.free_slabs > todo.slabs - at_least)
		todo.free_slabs = todo.slabs - at_least;
	todo.shared = less(wish->shared, now.shared_avail);
	todo.cpu = in_cpu_arrays(warm, wish, &info);
	for (uint32_t cpu = 0; cpu < machine_nr_cpus(warm->m); cpu++) {
		struct cpu_state state;

		if (!machine_cpu_online(warm->m, cpu))
			continue;
		kmem_cpu_state(warm->m, wish->cachep, cpu, &state);
		todo.cpu = less(todo.cpu, state.avail);
	}
	return todo;
}

/* --- objects to be freed --- */

struct keeping {
	struct warm *warm;
	struct warm_objs *objs;
};

static void keep_obj(void *arg, obj_t obj)
{
	struct keeping *keeping = arg;
	struct warm_objs *objs = keeping->objs;

	if (objs->nr == objs->room) {
		uint64_t room = objs->room ? 2 * objs->room : 64;
		obj_t *new = realloc(objs->objs, room * sizeof(*new));

		if (!new) {
			keeping->warm->out_of_memory = true;
			return;
		}
		objs->objs = new;
		objs->room = room;
	}
	objs->objs[objs->nr++] = obj;
}

static struct warm_objs *objs_of(struct warm *warm, cachep_t cachep,
				 uint32_t node)
{
	return &warm->objs[(size_t)cachep * warm->nr_nodes + node];
}

/* --- filling --- */

/* Share k of @total among @of: what is left is dealt from the first on. */
static uint64_t share(uint64_t total, uint64_t k, uint64_t of)
{
	return total / of + (k < total % of);
}

/* Objects go by slabs that take some, so that all nodes are equally full. */
static struct population node_plan(const struct population *todo,
				   struct population *left, uint64_t k,
				   uint64_t of)
{
	struct population want = {
		.slabs = share(todo->slabs, k, of),
		/* the last ones first: what is used is dealt as slabs are */
		.free_slabs = 0,
		.shared = share(todo->shared, k, of),
		.cpu = share(todo->cpu, k, of),
	};
	uint64_t used = share(todo->slabs - todo->free_slabs, k, of);
	uint64_t all_used = left->slabs - left->free_slabs;

	want.free_slabs = less(want.slabs, used);
	used = want.slabs - want.free_slabs;
	want.objs = k + 1 == of || used >= all_used ?
			    left->objs :
			    left->objs / all_used * used +
				    left->objs % all_used * used / all_used;
	left->slabs -= want.slabs;
	left->free_slabs = less(left->free_slabs, want.free_slabs);
	left->objs -= want.objs;
	return want;
}

static uint64_t live_objs(const struct population *plan)
{
	return less(plan->objs, plan->shared + plan->cpu);
}

/*
 * Move objects in use, and slabs where they are needed, to @to: one object into
 * a place that is there, else a slab full of them.
 * Return: false when @spare of @from are too few for that.
 */
static bool move_objs(struct population *to, struct population *from,
		      uint64_t spare, uint32_t num)
{
	uint64_t nr = 1;

	if (!spare)
		return false;
	if (to->objs < (to->slabs - to->free_slabs) * num) {
		/* a place in a slab in use */
	} else if (to->free_slabs) {
		to->free_slabs--;
	} else if (from->free_slabs || spare >= num) {
		if (from->free_slabs)
			from->free_slabs--;
		else
			nr = num;
		from->slabs--;
		to->slabs++;
	} else {
		return false;
	}
	from->objs -= nr;
	to->objs += nr;
	return true;
}

/* Objects in use go where they will be freed from. */
static void meet_demand(struct warm *warm, cachep_t cachep, uint32_t node)
{
	const uint64_t *demand = &warm->demand[(size_t)cachep * warm->nr_nodes];
	struct population *to = &warm->plan[node];
	struct cache_info info;

	if (!kmem_node_usable(warm->m, cachep, node))
		return;
	kmem_cache_info(warm->m, cachep, &info);
	for (uint32_t other = 0; other < warm->nr_nodes; other++) {
		struct population *from = &warm->plan[other];

		while (other != node && live_objs(to) < demand[node] &&
		       move_objs(to, from, less(live_objs(from), demand[other]),
				 info.num))
			;
	}
}

static void fill_node(struct warm *warm, const struct wish *wish, uint32_t node)
{
	struct population asked = warm->plan[node], want = asked;
	struct keeping keeping = {
		.warm = warm,
		.objs = objs_of(warm, wish->cachep, node),
	};

	kmem_cache_populate(warm->m, wish->cachep, node, &want, keep_obj,
			    &keeping);
	warm->report.slabs += want.slabs;
	warm->report.missing_slabs += asked.slabs - want.slabs;
	warm->report.missing_objs += asked.objs - want.objs;
	warm->report.array_objs += want.shared + want.cpu;
	warm->report.objs += want.objs - want.shared - want.cpu;
}

static void fill(struct warm *warm, const struct wish *wish)
{
	struct population todo = to_do(warm, wish), left = todo;
	uint64_t of = 0, k = 0;

	for (uint32_t node = 0; node < warm->nr_nodes; node++)
		of += kmem_node_usable(warm->m, wish->cachep, node);
	for (uint32_t node = 0; node < warm->nr_nodes; node++) {
		warm->plan[node] = (struct population){ 0 };
		if (kmem_node_usable(warm->m, wish->cachep, node))
			warm->plan[node] = node_plan(&todo, &left, k++, of);
	}
	for (uint32_t node = 0; node < warm->nr_nodes; node++)
		meet_demand(warm, wish->cachep, node);
	for (uint32_t node = 0; node < warm->nr_nodes; node++) {
		if (kmem_node_usable(warm->m, wish->cachep, node))
			fill_node(warm, wish, node);
	}
}

static void take_demands(struct warm *warm, const struct warm_demands *demands)
{
	for (size_t i = 0; demands && i < demands->nr; i++) {
		const struct warm_demand *demand = &demands->demands[i];
		cachep_t cachep = demand->cache < warm->header->nr_caches ?
					  warm->caches[demand->cache] :
					  kmalloc_cache(warm->m,
							demand->bytes_req,
							demand->gfp);

		if (cachep < warm->nr_caches && demand->node < warm->nr_nodes)
			warm->demand[(size_t)cachep * warm->nr_nodes +
				     demand->node] += demand->nr;
	}
}

/* General ones last, the larger before the smaller; else as created. */
static int compare_wishes(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;

	if (x->general != y->general)
		return x->general ? 1 : -1;
	if (x->general && x->object_bytes != y->object_bytes)
		return x->object_bytes > y->object_bytes ? -1 : 1;
	return x->cachep < y->cachep ? -1 : x->cachep > y->cachep;
}

static bool fill_all(struct warm *warm, const struct slabinfo_file *slabinfo,
		     const struct warm_demands *demands)
{
	/* every row may make a cache */
	size_t room = (size_t)machine_cache_bound(warm->m) + slabinfo->nr + 1;
	struct wish *wishes = calloc(room, sizeof(*wishes)), *wish;

	warm->nr_caches = (uint32_t)room;
	warm->objs = calloc(room * warm->nr_nodes, sizeof(*warm->objs));
	warm->demand = calloc(room * warm->nr_nodes, sizeof(*warm->demand));
	warm->plan = calloc(warm->nr_nodes, sizeof(*warm->plan));
	if (!wishes || !warm->objs || !warm->demand || !warm->plan) {
		free(wishes);
		return false;
	}
	take_demands(warm, demands);
	/* the oldest cache is the last row, as /proc/slabinfo prints them */
	for (uint32_t i = slabinfo->nr; i-- > 0;) {
		const struct slabinfo_row *row = &slabinfo->rows[i];

		if (!row->num_objs)
			continue;
		warm->report.rows++;
		wish = wish_for(warm, wishes, row);
		if (wish)
			add_row(wish, row, slabinfo->slub);
	}
	qsort(wishes, room, sizeof(*wishes), compare_wishes);
	for (size_t i = 0; i < room; i++) {
		if (wishes[i].wanted)
			fill(warm, &wishes[i]);
	}
	free(wishes);
	return !warm->out_of_memory;
}

struct warm *warm_start(struct machine *m, const struct trace_header *header,
			const cachep_t *caches,
			const struct slabinfo_file *slabinfo,
			const struct warm_demands *demands)
{
	struct warm *warm = calloc(1, sizeof(*warm));

	if (!warm)
		return NULL;
	warm->m = m;
	warm->header = header;
	warm->caches = caches;
	warm->nr_nodes = machine_nr_nodes(m);
	if (fill_all(warm, slabinfo, demands))
		return warm;
	warm_destroy(warm);
	return NULL;
}

void warm_destroy(struct warm *warm)
{
	if (!warm)
		return;
	for (size_t i = 0;
	     warm->objs && i < (size_t)warm->nr_caches * warm->nr_nodes; i++)
		free(warm->objs[i].objs);
	free(warm->objs);
	free(warm->demand);
	free(warm->plan);
	free(warm);
}

const struct warm_report *warm_report(const struct warm *warm)
{
	return &warm->report;
}

struct warm *warm_of_nothing(struct machine *m)
{
	struct warm *warm = calloc(1, sizeof(*warm));

	if (!warm)
		return NULL;
	warm->m = m;
	warm->nr_nodes = machine_nr_nodes(m);
	warm->nr_caches = machine_cache_bound(m);
	warm->objs = calloc((size_t)warm->nr_caches * warm->nr_nodes + 1,
			    sizeof(*warm->objs));
	if (warm->objs)
		return warm;
	warm_destroy(warm);
	return NULL;
}

bool warm_keep(struct warm *warm, cachep_t cachep, obj_t obj)
{
	struct keeping keeping = {
		.warm = warm,
		.objs = objs_of(warm, cachep, obj_node(obj)),
	};

	keep_obj(&keeping, obj);
	warm->report.objs++;
	return !warm->out_of_memory;
}

obj_t warm_take(struct warm *warm, cachep_t cachep, uint32_t node)
{
	if (cachep >= warm->nr_caches)
		return OBJ_NULL;
	for (uint32_t i = 0; i < warm->nr_nodes; i++) {
		struct warm_objs *objs =
			objs_of(warm, cachep, (node + i) % warm->nr_nodes);

		if (objs->nr)
			return objs->objs[--objs->nr];
	}
	return OBJ_NULL;
}

/* What is taken stays above the end: how many there are is all that changes. */
uint64_t *warm_save(const struct warm *warm)
{
	size_t nr = (size_t)warm->nr_caches * warm->nr_nodes;
	uint64_t *saved = calloc(nr + 1, sizeof(*saved));

	for (size_t i = 0; saved && i < nr; i++)
		saved[i] = warm->objs[i].nr;
	return saved;
}

void warm_restore(struct warm *warm, const uint64_t *saved)
{
	for (size_t i = 0; i < (size_t)warm->nr_caches * warm->nr_nodes; i++)
		warm->objs[i].nr = saved[i];
}

static bool tune_row(struct machine *m, cachep_t cachep,
		     const struct slabinfo_row *row)
{
	struct cache_info info;

	kmem_cache_info(m, cachep, &info);
	if (row->limit == info.limit && row->batchcount == info.batchcount &&
	    row->shared == info.shared)
		return true;
	return slabinfo_write(m, 0, cachep, row->limit, row->batchcount,
			      row->shared);
}

bool warm_tune(struct machine *m, const struct trace_header *header,
	       const cachep_t *caches, const struct slabinfo_file *slabinfo)
{
	for (uint32_t i = slabinfo->nr; i-- > 0 && !slabinfo->slub;) {
		const struct slabinfo_row *row = &slabinfo->rows[i];
		cachep_t cachep = warm_cache_of_row(m, header, caches, row);

		if (cachep != CACHE_NULL && row->has_tunables &&
		    !tune_row(m, cachep, row))
			return false;
	}
	return true;
}
