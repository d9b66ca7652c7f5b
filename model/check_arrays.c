/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_check, second part: the arrays. Each entry is an object of the cache
 * and of the array's node, free in no slab and in no other array; and what a
 * structure of the machine occupies is neither free nor cached.
 */
#include "model/check.h"

static const char *const found_words[] = {
	[OBJ_FREE] = " holds an object that is free in its slab",
	[OBJ_CACHED] = " holds an object that another entry holds too",
	[OBJ_INTERNAL] = " holds an object that the machine itself uses",
};

/* An array with the words that name it: "cpu 3's array". */
struct place {
	const char *before;
	uint32_t number;
	const char *after;
};

static void broken_array(struct check *check, cachep_t cachep,
			 const struct place *place, const char *words)
{
	struct sentence sentence = SENTENCE("");

	broken_cache(check, &sentence, cachep, UINT32_MAX);
	say(&sentence, place->before);
	say_number(&sentence, place->number);
	say(&sentence, place->after);
	broken(check, &sentence, words);
}

/* @node: of all the array's objects. */
static void check_array(struct check *check, cachep_t cachep,
			const struct array_cache *ac, uint32_t node,
			const struct place *place)
{
	if (!ac->entry)
		return;
	if (ac->avail > ac->limit) {
		broken_array(check, cachep, place, ": avail is over its limit");
		return;
	}
	for (uint32_t i = 0; i < ac->avail; i++) {
		obj_t obj = ac_entry(check->m, ac)[i];
		unsigned char *found = check_obj(check, cachep, obj);

		if (!found) {
			broken_array(check, cachep, place,
				     " holds what is no object of the cache");
			continue;
		}
		if (obj_node(obj) != node)
			broken_array(check, cachep, place,
				     " holds an object of the wrong node");
		if (*found != OBJ_LIVE)
			broken_array(check, cachep, place, found_words[*found]);
		*found = OBJ_CACHED;
	}
}

static void check_cpu_array(struct check *check, cachep_t cachep, uint32_t cpu)
{
	const struct kmem_cache *c = &check->m->caches[cachep];
	const struct array_cache *ac =
		&cpu_cache_get(check->m, cachep, cpu)->ac;
	struct place place = { "CPU ", cpu, "'s array" };

	/* one in per-CPU memory is there even while the CPU is not */
	if ((ac->entry != 0) !=
	    (check->m->cpus[cpu].online || check->m->profile.percpu_arrays))
		broken_array(check, cachep, &place,
			     ": there is one only while the CPU is online");
	if (ac->entry &&
	    (ac->limit != c->limit || ac->batchcount != c->batchcount))
		broken_array(check, cachep, &place,
			     ": its tunables are not the cache's");
	check_array(check, cachep, ac, check->m->cpus[cpu].node, &place);
}

static void check_node_arrays(struct check *check, cachep_t cachep,
			      uint32_t node)
{
	const struct machine *m = check->m;
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);
	struct place place = { "node ", node, "'s shared array" };

	if (l3->shared)
		check_array(check, cachep, array_at(m, l3->shared), node,
			    &place);
	if (!l3->alien)
		return;
	place.after = "'s alien array";
	for_each_node(m, other)
	{
		const struct array_cache *ac = alien_array(m, l3, other);

		if ((ac->entry != 0) != (other != node))
			broken_array(check, cachep, &place,
				     "s: one for each other node, none for its "
				     "own");
		check_array(check, cachep, ac, other, &place);
	}
}

void check_arrays(struct check *check, cachep_t cachep)
{
	for (uint32_t cpu = 0; cpu < check->m->nr_cpus; cpu++)
		check_cpu_array(check, cachep, cpu);
	for_each_node(check->m, node) check_node_arrays(check, cachep, node);
}

/* An object that a structure occupies; OBJ_NULL: a static structure. */
static void check_occupied(struct check *check, cachep_t cachep, obj_t obj,
			   const char *what)
{
	const struct machine *m = check->m;
	struct sentence sentence = SENTENCE("");
	unsigned char *found = NULL;
	uint32_t slab = obj_slab(obj);

	if (obj == OBJ_NULL)
		return;
	if (slab && slab < m->slabs.nr_used && check->on_list[slab])
		found = check_obj(check, slab_at(m, slab)->cachep, obj);
	if (found && *found == OBJ_LIVE) {
		*found = OBJ_INTERNAL;
		return;
	}
	broken_cache(check, &sentence, cachep, UINT32_MAX);
	say(&sentence, what);
	broken(check, &sentence, " occupies an object that is not allocated");
}

static void check_descriptors(struct check *check, cachep_t cachep,
			      const struct slab_list *list)
{
	uint32_t nr = 0;

	for (uint32_t slab = list->first;
	     slab && slab < check->m->slabs.nr_used && nr++ < list->nr;
	     slab = slab_at(check->m, slab)->next)
		check_occupied(check, cachep,
			       slab_at(check->m, slab)->descriptor,
			       "a slab descriptor");
}

static void check_array_self(struct check *check, cachep_t cachep,
			     const struct array_cache *ac, const char *what)
{
	if (ac->entry)
		check_occupied(check, cachep, ac_entry(check->m, ac)[-1], what);
}

static void check_l3_internal(struct check *check, cachep_t cachep,
			      uint32_t node)
{
	const struct machine *m = check->m;
	const struct kmem_list3 *l3 = node_list3(m, cachep, node);

	check_occupied(check, cachep, l3->self, "a list structure");
	if (m->caches[cachep].off_slab) {
		check_descriptors(check, cachep, &l3->slabs_partial);
		check_descriptors(check, cachep, &l3->slabs_full);
		check_descriptors(check, cachep, &l3->slabs_free);
	}
	if (l3->shared)
		check_array_self(check, cachep, array_at(m, l3->shared),
				 "a shared array");
	if (!l3->alien)
		return;
	check_occupied(check, cachep, l3->alien_table, "an alien table");
	for_each_node(m, other) check_array_self(
		check, cachep, alien_array(m, l3, other), "an alien array");
}

/* Everything of @cachep that lies in objects of other caches. */
void check_internal(struct check *check, cachep_t cachep)
{
	const struct machine *m = check->m;

	check_occupied(check, cachep, m->caches[cachep].self, "the descriptor");
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		check_array_self(check, cachep,
				 &cpu_cache_get(m, cachep, cpu)->ac,
				 "a CPU's array");
	for_each_node(m, node) check_l3_internal(check, cachep, node);
}
