/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_check, first part: the lists of slabs and the slabs on them. A list
 * is walked only as far as its count says, so that a loop ends.
 */
#include <stdlib.h>
#include <string.h>

#include "model/check.h"

/* One list of one cache and node, as the sentences need it. */
struct walk {
	struct check *check;
	cachep_t cachep;
	uint32_t node;
	enum slab_state list;
};

static void broken_slab(const struct walk *walk, uint32_t slab,
			const char *words)
{
	struct sentence sentence = SENTENCE("");

	broken_cache(walk->check, &sentence, walk->cachep, walk->node);
	say(&sentence, slab_list_word(walk->list));
	say(&sentence, " list, slab ");
	say_number(&sentence, slab);
	broken(walk->check, &sentence, words);
}

static void broken_list(const struct walk *walk, const char *words)
{
	struct sentence sentence = SENTENCE("");

	broken_cache(walk->check, &sentence, walk->cachep, walk->node);
	say(&sentence, slab_list_word(walk->list));
	broken(walk->check, &sentence, words);
}

bool check_map_init(struct check *check)
{
	uint32_t nr_units = check->m->slabs.nr_used;

	check->on_list = calloc(nr_units, sizeof(*check->on_list));
	check->found = calloc(nr_units, OBJS_PER_UNIT);
	return check->on_list && check->found;
}

/* The bytes of a slab's objects. */
static unsigned char *found_in(const struct check *check, uint32_t slab)
{
	return &check->found[slab * OBJS_PER_UNIT];
}

unsigned char *check_obj(const struct check *check, cachep_t cachep, obj_t obj)
{
	const struct machine *m = check->m;
	uint32_t slab = obj_slab(obj);
	const struct slab *slabp;

	if (slab == 0 || slab >= m->slabs.nr_used || !check->on_list[slab])
		return NULL;
	slabp = slab_at(m, slab);
	if (slabp->cachep != cachep || slabp->nodeid != obj_node(obj) ||
	    obj_index(obj) >= m->caches[cachep].num)
		return NULL;
	return found_in(check, slab) + obj_index(obj);
}

/* The chain of free indices: each once, as many as inuse leaves. */
static void check_chain(const struct walk *walk, uint32_t slab,
			unsigned char *found)
{
	const struct slab *slabp = slab_at(walk->check->m, slab);
	uint32_t num = walk->check->m->caches[walk->cachep].num;
	uint32_t index = slabp->free;
	uint32_t nr = 0;

	while (index != BUFCTL_END && nr <= num) {
		if (index >= num) {
			broken_slab(walk, slab,
				    ": a free index is out of range");
			return;
		}
		if (found[index] == OBJ_FREE) {
			broken_slab(walk, slab, ": an index is free twice");
			return;
		}
		found[index] = OBJ_FREE;
		nr++;
		index = slabp->bufctl[index];
	}
	if (nr + slabp->inuse != num)
		broken_slab(walk, slab,
			    ": inuse disagrees with the chain of free indices");
}

static void check_membership(const struct walk *walk, uint32_t slab)
{
	const struct slab *slabp = slab_at(walk->check->m, slab);
	uint32_t num = walk->check->m->caches[walk->cachep].num;
	enum slab_state right = slabp->inuse == 0   ? SLABS_FREE :
				slabp->inuse == num ? SLABS_FULL :
						      SLABS_PARTIAL;

	if (slabp->cachep != walk->cachep)
		broken_slab(walk, slab, ": belongs to another cache");
	if (slabp->nodeid != walk->node)
		broken_slab(walk, slab, ": belongs to another node");
	if (right != walk->list)
		broken_slab(walk, slab, ": its inuse is that of another list");
}

/* Return: the free objects of the slabs on the list. */
static uint64_t check_list(const struct walk *walk,
			   const struct slab_list *list)
{
	struct check *check = walk->check;
	uint32_t num = check->m->caches[walk->cachep].num;
	uint32_t prev = 0, slab = list->first, nr = 0;
	uint64_t nr_free = 0;

	while (slab && nr < list->nr) {
		const struct slab *slabp;

		if (slab >= check->m->slabs.nr_used) {
			broken_list(walk, " list: a link leads nowhere");
			return nr_free;
		}
		if (check->on_list[slab]) {
			broken_slab(walk, slab, ": is on two lists");
			return nr_free;
		}
		slabp = slab_at(check->m, slab);
		check->on_list[slab] = true;
		if (slabp->prev != prev)
			broken_slab(walk, slab, ": its prev link is wrong");
		check_membership(walk, slab);
		check_chain(walk, slab, found_in(check, slab));
		nr_free += num - slabp->inuse;
		prev = slab;
		slab = slabp->next;
		nr++;
	}
	if (slab || nr != list->nr)
		broken_list(walk, " list: its count disagrees with its links");
	if (list->last != prev)
		broken_list(walk, " list: its last slab is not the last");
	return nr_free;
}

static void check_l3_counts(struct check *check, cachep_t cachep, uint32_t node,
			    uint64_t nr_free)
{
	const struct kmem_cache *c = &check->m->caches[cachep];
	const struct kmem_list3 *l3 = node_list3(check->m, cachep, node);
	struct sentence sentence = SENTENCE("");

	broken_cache(check, &sentence, cachep, node);
	if (nr_free != l3->free_objects)
		broken(check, &sentence,
		       "free_objects disagrees with the slabs");
	else if (l3->colour_next >= (c->colour ? c->colour : 1))
		broken(check, &sentence, "colour_next is not below colour");
}

void check_lists(struct check *check, cachep_t cachep, uint32_t node)
{
	const struct kmem_list3 *l3 = node_list3(check->m, cachep, node);
	struct walk walk = { check, cachep, node, SLABS_PARTIAL };
	uint64_t nr_free = check_list(&walk, &l3->slabs_partial);

	walk.list = SLABS_FULL;
	nr_free += check_list(&walk, &l3->slabs_full);
	walk.list = SLABS_FREE;
	nr_free += check_list(&walk, &l3->slabs_free);
	check_l3_counts(check, cachep, node, nr_free);
}

/* Slabs that wait for a grace period are on no list and hold no object. */
void check_rcu(struct check *check)
{
	const struct machine *m = check->m;
	struct sentence sentence = SENTENCE("RCU queue: ");
	uint32_t last = 0, nr = 0;

	for (uint32_t slab = m->rcu_first; slab;
	     slab = slab_at(m, slab)->next) {
		if (slab >= m->slabs.nr_used || nr++ > m->slabs.nr_used) {
			broken(check, &sentence, "a link leads nowhere");
			return;
		}
		if (check->on_list[slab] || slab_at(m, slab)->inuse)
			broken(check, &sentence, "a slab in use waits in it");
		last = slab;
	}
	if (last != m->rcu_last)
		broken(check, &sentence, "its last slab is not the last");
}
