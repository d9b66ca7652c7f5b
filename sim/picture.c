/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See picture.h. Slabs come first, all their objects being live or free; then
 * the arrays claim theirs: an entry finds its slab by its number, among the
 * numbers sorted.
 */
#include "sim/picture.h"

#include <stdlib.h>
#include <string.h>

struct picture_key {
	uint32_t slab; /* number in handles */
	size_t index;  /* in picture.slabs */
};

/* A pass over a machine. */
struct look {
	struct picture *picture;
	const struct machine *m;
	size_t max_slabs;
	enum slab_state list;
	uint32_t position;
	struct picture_array *array; /* whose entries come */
};

/* --- memory -------------------------------------------------------------- */

/* Room for @nr more elements; the arrays grow, they do not shrink. */
static bool has_room(struct picture *p, void **array, size_t *room, size_t nr,
		     size_t bytes)
{
	size_t wanted = *room ? *room : 64;
	void *grown;

	if (nr <= *room && *array)
		return true;
	while (wanted < nr)
		wanted *= 2;
	grown = realloc(*array, wanted * bytes);
	if (!grown) {
		p->out_of_memory = true;
		return false;
	}
	*array = grown;
	*room = wanted;
	return true;
}

static bool slab_room(struct picture *p)
{
	void *slabs = p->slabs, *objects = p->objects;
	bool ok = has_room(p, &slabs, &p->room_slabs, p->nr_slabs + 1,
			   sizeof(*p->slabs)) &&
		  has_room(p, &objects, &p->room_objects,
			   p->nr_objects + p->info.num, sizeof(*p->objects));

	p->slabs = slabs;
	p->objects = objects;
	return ok;
}

/* --- slabs --------------------------------------------------------------- */

static void mark_free(void *arg, uint32_t index)
{
	struct picture *p = arg;
	struct picture_slab *slab = &p->slabs[p->nr_slabs];

	p->objects[slab->first + index].place = OBJECT_FREE;
	slab->free++;
}

static void add_slab(void *arg, const struct slab_view *view)
{
	struct look *look = arg;
	struct picture *p = look->picture;

	if (look->max_slabs && look->position >= look->max_slabs) {
		look->position++;
		return;
	}
	if (!slab_room(p))
		return;
	p->slabs[p->nr_slabs] = (struct picture_slab){
		.view = *view,
		.list = look->list,
		.position = look->position++,
		.live = view->inuse,
		.first = p->nr_objects,
	};
	for (uint32_t i = 0; i < p->info.num; i++)
		p->objects[p->nr_objects++] =
			(struct picture_object){ .place = OBJECT_LIVE };
	kmem_visit_free(look->m, view->slab, mark_free, p);
	p->nr_slabs++;
}

static void look_at_node(struct look *look, uint32_t node)
{
	static const enum slab_state lists[] = { SLABS_PARTIAL, SLABS_FULL,
						 SLABS_FREE };
	struct picture *p = look->picture;

	kmem_node_state(look->m, p->cachep, node, &p->nodes[node]);
	for (int i = 0; i < 3; i++) {
		look->list = lists[i];
		look->position = 0;
		kmem_visit_slabs(look->m, p->cachep, node, lists[i], add_slab,
				 look);
	}
}

static int by_slab(const void *a, const void *b)
{
	const struct picture_key *x = a, *y = b;

	return x->slab < y->slab ? -1 : x->slab > y->slab;
}

static bool sort_keys(struct picture *p)
{
	void *keys = p->keys;
	bool ok = has_room(p, &keys, &p->room_keys, p->nr_slabs,
			   sizeof(*p->keys));

	p->keys = keys;
	if (!ok)
		return false;
	for (size_t i = 0; i < p->nr_slabs; i++)
		p->keys[i] = (struct picture_key){ p->slabs[i].view.slab, i };
	qsort(p->keys, p->nr_slabs, sizeof(*p->keys), by_slab);
	return true;
}

/* --- arrays -------------------------------------------------------------- */

static size_t find_slab(const struct picture *p, uint32_t slab)
{
	const struct picture_key wanted = { .slab = slab };
	const struct picture_key *found = bsearch(&wanted, p->keys, p->nr_slabs,
						  sizeof(*p->keys), by_slab);

	return found ? found->index : PICTURE_NO_SLAB;
}

static void claim(struct picture *p, const struct picture_array *array,
		  const struct picture_entry *entry)
{
	struct picture_slab *slab = &p->slabs[entry->slab];

	p->objects[slab->first + entry->index] = (struct picture_object){
		.place = (uint8_t)array->place,
		.where = (uint16_t)array->where,
		.position = (uint32_t)(p->nr_entries - array->first),
	};
	slab->live--;
	slab->cached++;
}

static void add_entry(void *arg, obj_t obj)
{
	struct look *look = arg;
	struct picture *p = look->picture;
	struct picture_entry *entry;
	struct obj_place place;
	void *entries = p->entries;
	bool ok = has_room(p, &entries, &p->room_entries, p->nr_entries + 1,
			   sizeof(*p->entries));

	p->entries = entries;
	if (!ok)
		return;
	obj_locate(look->m, obj, &place);
	entry = &p->entries[p->nr_entries];
	*entry = (struct picture_entry){
		.grow_number = place.grow_number,
		.nodeid = place.nodeid,
		.index = place.index,
		.slab = find_slab(p, obj_slab(obj)),
	};
	if (entry->slab != PICTURE_NO_SLAB)
		claim(p, look->array, entry);
	p->nr_entries++;
}

static struct picture_array *
begin_array(struct look *look, enum object_place place, uint32_t where)
{
	struct picture *p = look->picture;

	look->array = &p->arrays[p->nr_arrays++];
	*look->array = (struct picture_array){
		.place = place,
		.where = where,
		.avail = -1,
		.limit = -1,
		.first = p->nr_entries,
	};
	return look->array;
}

static void look_at_cpu(struct look *look, uint32_t cpu)
{
	struct picture_array *array = begin_array(look, OBJECT_IN_CPU, cpu);
	cachep_t cachep = look->picture->cachep;
	struct cpu_state state;

	if (!machine_cpu_online(look->m, cpu))
		return;
	kmem_cpu_state(look->m, cachep, cpu, &state);
	array->limit = state.limit;
	array->batchcount = state.batchcount;
	array->touched = state.touched != 0;
	array->avail =
		kmem_visit_cpu_array(look->m, cachep, cpu, add_entry, look);
}

static void look_at_shared(struct look *look, uint32_t node)
{
	struct picture_array *array = begin_array(look, OBJECT_IN_SHARED, node);
	const struct picture *p = look->picture;

	array->limit = p->nodes[node].shared_limit;
	array->touched = p->nodes[node].shared_touched > 0;
	array->avail =
		kmem_visit_shared(look->m, p->cachep, node, add_entry, look);
}

static void look_at_alien(struct look *look, uint32_t node, uint32_t for_node)
{
	struct picture_array *array = begin_array(look, OBJECT_IN_ALIEN, node);
	cachep_t cachep = look->picture->cachep;

	array->for_node = for_node;
	array->limit = kmem_alien_limit(look->m, cachep, node, for_node);
	array->avail = kmem_visit_alien(look->m, cachep, node, for_node,
					add_entry, look);
}

static void look_at_arrays(struct look *look)
{
	uint32_t nr_nodes = look->picture->nr_nodes;

	for (uint32_t cpu = 0; cpu < look->picture->nr_cpus; cpu++)
		look_at_cpu(look, cpu);
	for (uint32_t node = 0; node < nr_nodes; node++)
		look_at_shared(look, node);
	for (uint32_t i = 0; i < nr_nodes * nr_nodes; i++)
		look_at_alien(look, i / nr_nodes, i % nr_nodes);
}

const struct picture_array *picture_cpu(const struct picture *p, uint32_t cpu)
{
	return &p->arrays[cpu];
}

const struct picture_array *picture_shared(const struct picture *p,
					   uint32_t node)
{
	return &p->arrays[p->nr_cpus + node];
}

const struct picture_array *picture_alien(const struct picture *p,
					  uint32_t node, uint32_t for_node)
{
	return &p->arrays[p->nr_cpus + p->nr_nodes + node * p->nr_nodes +
			  for_node];
}

char picture_letter(const struct picture_object *object)
{
	static const char letters[] = {
		[OBJECT_FREE] = 'f',     [OBJECT_LIVE] = 'l',
		[OBJECT_IN_CPU] = 'c',   [OBJECT_IN_SHARED] = 's',
		[OBJECT_IN_ALIEN] = 'a',
	};

	return letters[object->place];
}

/* --- all of it ----------------------------------------------------------- */

/* Machines may differ from picture to picture. */
static bool begin(struct picture *p, const struct machine *m)
{
	uint32_t cpus = machine_nr_cpus(m), nodes = machine_nr_nodes(m);

	p->nr_slabs = p->nr_objects = p->nr_arrays = p->nr_entries = 0;
	p->out_of_memory = false;
	if (p->arrays && p->nodes && p->nr_cpus == cpus && p->nr_nodes == nodes)
		return true;
	free(p->arrays);
	free(p->nodes);
	p->nr_cpus = cpus;
	p->nr_nodes = nodes;
	p->nodes = calloc(nodes, sizeof(*p->nodes));
	p->arrays = calloc((size_t)cpus + nodes + (size_t)nodes * nodes,
			   sizeof(*p->arrays));
	return p->nodes && p->arrays;
}

bool picture_take(struct picture *p, const struct machine *m, cachep_t cachep,
		  size_t max_slabs)
{
	struct look look = { .picture = p, .m = m, .max_slabs = max_slabs };

	if (!begin(p, m))
		return false;
	p->cachep = cachep;
	kmem_cache_info(m, cachep, &p->info);
	for (uint32_t node = 0; node < p->nr_nodes; node++)
		look_at_node(&look, node);
	if (p->out_of_memory || !sort_keys(p))
		return false;
	look_at_arrays(&look);
	return !p->out_of_memory;
}

void picture_release(struct picture *p)
{
	free(p->nodes);
	free(p->slabs);
	free(p->objects);
	free(p->arrays);
	free(p->entries);
	free(p->keys);
	*p = (struct picture){ 0 };
}
