/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dump's slabs and arrays put into the machine. The dump counts slabs and
 * the objects in arrays; which object lies in which slab is guessed:
 *
 *   partial slabs share the free objects evenly, in whole objects;
 *   objects in arrays come from the slabs at the front of the lists, where
 *   those stand that gave objects last: from the partial ones, then from the
 *   full ones, slab by slab, array by array.
 *
 * A second run knows more: addresses that the first one saw. An object that
 * was taken from a slab tells which partial slab stood there and how many free
 * objects it had; one that lay in an array, or was in use, in whose slab.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/steps.h"

/* Objects a slab where indices are bytes. */
#define MAX_NUM 255
/* Of a cache on a node: what a dump holds, not what a typing error says. */
#define MAX_SLABS (1u << 20)
#define MAX_ARRAY_OBJS (1u << 20)

/* --- reading the dump --- */

static uint32_t count(const struct step_line *line, enum step_key key)
{
	int64_t value = step_value(line, key, 0);

	return value < 0 || value > UINT32_MAX ? 0 : (uint32_t)value;
}

static bool add_array(struct step_place *place, struct step_array array)
{
	void *arrays = realloc(place->arrays,
			       (place->nr_arrays + 1) * sizeof(*place->arrays));

	if (!arrays)
		return false;
	place->arrays = arrays;
	place->arrays[place->nr_arrays++] = array;
	place->nr_array_objs += array.avail;
	return true;
}

static bool read_cpu(struct steps *s, const struct step_line *line)
{
	uint32_t cpu = count(line, STEP_KEY_CPU);

	return cpu >= s->nr_cpus ||
	       add_array(step_place_of(s, line->cache, s->cpu_node[cpu]),
			 (struct step_array){
				 .kind = STEP_ARRAY_CPU,
				 .owner = cpu,
				 .avail = count(line, STEP_KEY_AVAIL),
				 .touched = count(line, STEP_KEY_TOUCHED),
			 });
}

static bool read_node(struct steps *s, const struct step_line *line)
{
	uint32_t node = count(line, STEP_KEY_NODE);
	uint64_t now = step_tick(&s->clock, line->time_ns);
	struct step_place *place;
	int64_t next_reap;

	if (node >= s->nr_nodes)
		return true;
	place = step_place_of(s, line->cache, node);
	place->full = count(line, STEP_KEY_FULL);
	place->partial = count(line, STEP_KEY_PARTIAL);
	place->free = count(line, STEP_KEY_FREE);
	place->free_objects = count(line, STEP_KEY_FREE_OBJECTS);
	place->first_free_limit = count(line, STEP_KEY_FREE_LIMIT);
	place->free_touched = count(line, STEP_KEY_FREE_TOUCHED);
	next_reap = (int64_t)now + step_value(line, STEP_KEY_NEXT_REAP, 0);
	/* long due, on a clock that begins at 0 */
	place->next_reap_tick = next_reap < 0 ? 0 : (uint64_t)next_reap;
	return add_array(place, (struct step_array){
					.kind = STEP_ARRAY_SHARED,
					.owner = node,
					.avail = count(line, STEP_KEY_SHARED),
				});
}

static bool read_alien(struct steps *s, const struct step_line *line)
{
	uint32_t node = count(line, STEP_KEY_FOR);

	return node >= s->nr_nodes ||
	       add_array(step_place_of(s, line->cache, node),
			 (struct step_array){
				 .kind = STEP_ARRAY_ALIEN,
				 .owner = count(line, STEP_KEY_NODE),
				 .avail = count(line, STEP_KEY_AVAIL),
			 });
}

static bool read_dump_line(struct steps *s, const struct step_line *line)
{
	bool known = line->kind == STEP_DUMP_CPU ||
		     line->kind == STEP_DUMP_NODE ||
		     line->kind == STEP_DUMP_ALIEN;

	/* what no "dump_cache" came before is of no cache of the machine */
	if (!known || s->position_of[line->cache] == STEP_NONE)
		return true;
	switch (line->kind) {
	case STEP_DUMP_CPU:
		return read_cpu(s, line);
	case STEP_DUMP_NODE:
		return read_node(s, line);
	case STEP_DUMP_ALIEN:
		return read_alien(s, line);
	default:
		return true;
	}
}

/* Do the numbers of the dump agree with each other? */
static bool makes_sense(const struct step_place *place)
{
	uint64_t slabs = (uint64_t)place->full + place->partial + place->free;
	uint64_t free = place->free_objects;
	uint64_t in_free = (uint64_t)place->free * place->num;

	return place->num <= MAX_NUM && slabs <= MAX_SLABS &&
	       place->nr_array_objs <= MAX_ARRAY_OBJS &&
	       free >= in_free + place->partial &&
	       free <= in_free + (uint64_t)place->partial * (place->num - 1) &&
	       slabs * place->num >= free + place->nr_array_objs;
}

static bool check_place(const struct steps *s, struct step_place *place,
			struct trace_error *error)
{
	size_t nr = (size_t)place->free_objects + place->nr_array_objs;

	if (!makes_sense(place)) {
		snprintf(error->text, sizeof(error->text),
			 "the dump contradicts itself: cache '%.100s', node %u",
			 s->trace->names.strings[s->name_of[place->cachep]],
			 place->node);
		return false;
	}
	place->ptrs = calloc(nr + 1, sizeof(*place->ptrs));
	return place->ptrs != NULL;
}

/* Once for all runs: places outlive machines. */
bool steps_place_read(struct steps *s, struct trace_error *error)
{
	const struct step_line *lines = s->trace->lines;

	s->places = calloc((size_t)s->nr_chain * s->nr_nodes + 1,
			   sizeof(*s->places));
	if (!s->places)
		return false;
	for (uint32_t i = 0; i < s->nr_chain * s->nr_nodes; i++) {
		struct cache_info info;

		kmem_cache_info(s->m, s->chain[i / s->nr_nodes], &info);
		s->places[i].cachep = s->chain[i / s->nr_nodes];
		s->places[i].node = i % s->nr_nodes;
		s->places[i].num = info.num;
		s->places[i].slab_bytes = s->profile->page_bytes
					  << info.gfporder;
		s->places[i].first_free_limit = UINT32_MAX;
	}
	for (uint32_t i = s->dump; i < s->end_dump; i++) {
		if (lines[i].kind == STEP_DUMP_END)
			break;
		if (!read_dump_line(s, &lines[i]))
			return false;
	}
	for (uint32_t i = 0; i < s->nr_chain * s->nr_nodes; i++) {
		if (!check_place(s, &s->places[i], error))
			return false;
	}
	return true;
}

void steps_place_release(struct steps *s)
{
	for (uint32_t i = 0; s->places && i < s->nr_chain * s->nr_nodes; i++) {
		free(s->places[i].arrays);
		free(s->places[i].ptrs);
		free(s->places[i].live);
	}
	free(s->places);
	s->places = NULL;
}

/* --- a plan of the slabs --- */

struct slab_plan {
	uint64_t base;    /* address, 0: not known */
	uint32_t nr_free; /* objects */
	uint32_t nr_left; /* in use, and not given away to arrays yet */
	uint32_t slab;    /* the model's, once it is made */
};

struct plan {
	struct step_place *place;
	struct slab_plan *slabs; /* partial ones, full ones, free ones */
	uint32_t nr, nr_partial;
	struct ptr_map by_base; /* base -> index + 0 */
	obj_t *array_objs;      /* in the order of the arrays */
};

static bool set_base(struct plan *plan, uint32_t i, uint64_t base)
{
	plan->slabs[i].base = base;
	return ptr_map_add(&plan->by_base, base, i);
}

/* @nr slabs share @objs as evenly as goes, each at least one. */
static void share_free(struct slab_plan *slabs, uint32_t nr, uint32_t objs)
{
	for (uint32_t i = 0; i < nr; i++) {
		slabs[i].nr_free = (objs + nr - i - 1) / (nr - i);
		objs -= slabs[i].nr_free;
	}
}

/* May @nr partial slabs of @num objects have @objs free ones? */
static bool can_share(uint32_t nr, uint32_t objs, uint32_t num)
{
	return objs >= nr && objs <= (uint64_t)nr * (num - 1);
}

/*
 * The run of free objects from @first that one slab had, by their addresses;
 * objects never seen again belong to the one before.
 */
static uint32_t run_of_free(const struct step_place *place, uint32_t first,
			    uint32_t end, uint64_t *base)
{
	uint32_t i = first;

	*base = 0;
	for (; i < end; i++) {
		uint64_t b;

		if (!place->ptrs[i])
			continue;
		b = step_slab_base(place, place->ptrs[i]);
		if (*base && b != *base)
			break;
		*base = b;
	}
	return i - first;
}

/* The last object known; behind it nothing is. */
static uint32_t end_of_known(const struct step_place *place, uint32_t end)
{
	while (end > 0 && !place->ptrs[end - 1])
		end--;
	return end;
}

/*
 * Partial slabs as the addresses of their free objects show them; the last one
 * seen may have had more, and the others share what is left.
 */
static bool plan_partial(struct plan *plan, uint32_t free)
{
	const struct step_place *place = plan->place;
	uint32_t known = end_of_known(place, free), at = 0, i = 0;

	while (at < known && i < plan->nr_partial) {
		uint64_t base;
		uint32_t nr = run_of_free(place, at, known, &base);

		if (ptr_map_find(&plan->by_base, base) || nr >= place->num ||
		    !can_share(plan->nr_partial - i - 1, free - at - nr,
			       place->num))
			break;
		if (at + nr == known && known < free &&
		    plan->nr_partial == i + 1)
			break;
		if (!set_base(plan, i, base))
			return false;
		plan->slabs[i++].nr_free = nr;
		at += nr;
	}
	share_free(plan->slabs + i, plan->nr_partial - i, free - at);
	return true;
}

static bool plan_free(struct plan *plan, uint32_t first, uint32_t nr_free)
{
	const struct step_place *place = plan->place;

	for (uint32_t i = 0; i < nr_free; i++) {
		uint32_t slab = plan->nr - nr_free + i;
		uint32_t at = first + i * place->num;
		uint64_t base;

		plan->slabs[slab].nr_free = place->num;
		run_of_free(place, at, at + place->num, &base);
		if (base && !ptr_map_find(&plan->by_base, base) &&
		    !set_base(plan, slab, base))
			return false;
	}
	return true;
}

/* The plan's slab at this address: one without any becomes it. */
static struct slab_plan *slab_at_base(struct plan *plan, uint64_t base)
{
	uint32_t *found = ptr_map_find(&plan->by_base, base);

	if (found)
		return &plan->slabs[*found];
	/* a full one, as most are; else one that is partial */
	for (uint32_t i = plan->nr_partial; i < plan->nr; i++) {
		if (!plan->slabs[i].base && !plan->slabs[i].nr_free)
			return set_base(plan, i, base) ? &plan->slabs[i] : NULL;
	}
	for (uint32_t i = plan->nr_partial; i-- > 0;) {
		if (!plan->slabs[i].base)
			return set_base(plan, i, base) ? &plan->slabs[i] : NULL;
	}
	return NULL;
}

static bool make_plan(struct plan *plan, struct step_place *place)
{
	uint32_t in_free = place->free * place->num;

	memset(plan, 0, sizeof(*plan));
	plan->place = place;
	plan->nr = place->partial + place->full + place->free;
	plan->nr_partial = place->partial;
	plan->slabs = calloc((size_t)plan->nr + 1, sizeof(*plan->slabs));
	plan->array_objs = calloc((size_t)place->nr_array_objs + 1,
				  sizeof(*plan->array_objs));
	return plan->slabs && plan->array_objs &&
	       ptr_map_init(&plan->by_base) &&
	       plan_partial(plan, place->free_objects - in_free) &&
	       plan_free(plan, place->free_objects - in_free, place->free);
}

static void plan_release(struct plan *plan)
{
	free(plan->slabs);
	free(plan->array_objs);
	ptr_map_release(&plan->by_base);
}

/* --- the machine --- */

/* Free objects first, the one taken first having index 0. */
static void make_slab(struct steps *s, struct plan *plan, uint32_t i)
{
	uint16_t free[MAX_NUM];
	struct slab_plan *p = &plan->slabs[i];
	const struct step_place *place = plan->place;

	for (uint32_t k = 0; k < p->nr_free; k++)
		free[k] = (uint16_t)k;
	p->slab = kmem_preload_slab(s->m, place->cachep, place->node, free,
				    p->nr_free);
	p->nr_left = place->num - p->nr_free;
	step_objs_slab(s, p->slab, place->num, true, place);
}

static void number_free(struct steps *s, const struct plan *plan)
{
	uint32_t number = 0;

	for (uint32_t pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < plan->nr; i++) {
			const struct slab_plan *p = &plan->slabs[i];
			bool whole = p->nr_free == plan->place->num;

			for (uint32_t k = 0; whole == pass && k < p->nr_free;
			     k++)
				step_objs_not_in_use(
					s, kmem_preload_obj(s->m, p->slab, k),
					number++);
		}
	}
}

/* The next object of a slab that is in use and in no array. */
static obj_t take_used(struct steps *s, struct slab_plan *p, uint32_t num)
{
	return kmem_preload_obj(s->m, p->slab, num - p->nr_left--);
}

/* Objects whose addresses are known go where they belong. */
static void give_known(struct steps *s, struct plan *plan)
{
	struct step_place *place = plan->place;

	for (uint32_t i = 0; i < place->nr_array_objs; i++) {
		uint64_t ptr = place->ptrs[place->free_objects + i];
		struct slab_plan *p =
			ptr ? slab_at_base(plan, step_slab_base(place, ptr)) :
			      NULL;

		if (p && p->nr_left)
			plan->array_objs[i] = take_used(s, p, place->num);
	}
}

/* Slabs that hold what is known to be in use keep that many. */
static void keep_live(struct plan *plan, uint32_t *kept)
{
	struct step_place *place = plan->place;

	for (uint32_t i = 0; i < place->nr_live; i++) {
		struct slab_plan *p = slab_at_base(
			plan, step_slab_base(place, place->live[i]));

		if (p && kept[p - plan->slabs] < p->nr_left)
			kept[p - plan->slabs]++;
	}
}

/*
 * The others: from the front of the lists, slab by slab. First only what no
 * slab has to keep, then whatever is there.
 */
static void give_others(struct steps *s, struct plan *plan,
			const uint32_t *kept)
{
	const struct step_place *place = plan->place;
	uint32_t used = plan->nr - place->free;

	for (uint32_t round = 0; round < 2; round++) {
		uint32_t at = 0;

		for (uint32_t i = 0; i < place->nr_array_objs; i++) {
			if (plan->array_objs[i])
				continue;
			while (at < used && plan->slabs[at].nr_left <=
						    (round ? 0 : kept[at]))
				at++;
			if (at == used)
				break;
			plan->array_objs[i] =
				take_used(s, &plan->slabs[at], place->num);
		}
	}
}

static void fill_array(struct steps *s, const struct step_place *place,
		       const struct step_array *array, const obj_t *objs)
{
	if (array->kind == STEP_ARRAY_CPU)
		kmem_preload_cpu(s->m, place->cachep, array->owner, objs,
				 array->avail, array->touched);
	else if (array->kind == STEP_ARRAY_SHARED)
		kmem_preload_shared(s->m, place->cachep, place->node, objs,
				    array->avail, false);
	else
		kmem_preload_alien(s->m, place->cachep, array->owner,
				   place->node, objs, array->avail);
}

static bool fill_arrays(struct steps *s, struct plan *plan)
{
	const struct step_place *place = plan->place;
	uint32_t *kept = calloc((size_t)plan->nr + 1, sizeof(*kept));
	uint32_t at = 0;

	if (!kept)
		return false;
	give_known(s, plan);
	keep_live(plan, kept);
	give_others(s, plan, kept);
	free(kept);
	for (uint32_t i = 0; i < place->nr_array_objs; i++)
		step_objs_not_in_use(s, plan->array_objs[i],
				     place->free_objects + i);
	for (uint32_t i = 0; i < place->nr_arrays; i++) {
		fill_array(s, place, &place->arrays[i], plan->array_objs + at);
		at += place->arrays[i].avail;
	}
	return true;
}

/* What a node without a line of its own has: as the cache's other nodes. */
static uint32_t free_limit_of(struct steps *s, const struct step_place *place)
{
	uint32_t name = s->name_of[place->cachep];
	struct node_state state;

	if (place->first_free_limit != UINT32_MAX)
		return place->first_free_limit;
	for (uint32_t node = 0; node < s->nr_nodes; node++) {
		uint32_t limit = step_place_of(s, name, node)->first_free_limit;

		if (limit != UINT32_MAX)
			return limit;
	}
	kmem_node_state(s->m, place->cachep, place->node, &state);
	return (uint32_t)state.free_limit;
}

static bool place_one(struct steps *s, struct step_place *place)
{
	struct plan plan;
	bool ok = make_plan(&plan, place);

	if (ok) {
		for (uint32_t i = 0; i < plan.nr; i++)
			make_slab(s, &plan, i);
		/* known addresses claim slabs before others are given away */
		number_free(s, &plan);
		ok = fill_arrays(s, &plan);
		for (uint32_t i = 0; i < plan.nr; i++)
			step_objs_base(s, plan.slabs[i].slab,
				       plan.slabs[i].base);
	}
	plan_release(&plan);
	kmem_preload_node(s->m, place->cachep, place->node,
			  &(struct node_preload){
				  .free_limit = free_limit_of(s, place),
				  .free_touched = place->free_touched,
				  .next_reap_tick = place->next_reap_tick,
			  });
	place->colour_known = false;
	place->touched_known = false;
	return ok;
}

bool steps_place_all(struct steps *s, struct trace_error *error)
{
	for (uint32_t i = 0; i < s->nr_chain * s->nr_nodes; i++) {
		if (place_one(s, &s->places[i]))
			continue;
		snprintf(error->text, sizeof(error->text), "out of memory");
		return false;
	}
	for (uint32_t i = 0; i < s->nr_chain; i++)
		kmem_preload_done(s->m, s->chain[i]);
	return true;
}
