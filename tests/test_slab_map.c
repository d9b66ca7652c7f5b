/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of a slab against the machine: each run of its text is read back,
 * object by object, and compared with what a walk over slabs and arrays finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/profile.h"
#include "sim/slab_map.h"

static const struct machine_config config = {
	.profile = &slab_profile_2_6_36,
	.nr_nodes = 3,
	.nr_cpus = 12,
	.node_pages = 1 << 20,
};

#define MAX_OBJS 128
#define NR_SLOTS 6000

/* Who holds the objects of one slab, by a walk over the machine. */
struct found {
	const struct machine *m;
	uint32_t slab;
	char letter[MAX_OBJS];
	uint32_t where[MAX_OBJS];
	char as; /* what those that come are */
	uint32_t at;
};

static void find_free(void *arg, uint32_t index)
{
	struct found *found = arg;

	assert_int_equal(found->letter[index], 'l');
	found->letter[index] = 'f';
}

static void find_cached(void *arg, obj_t obj)
{
	struct found *found = arg;
	struct obj_place place;

	if (obj_slab(obj) != found->slab)
		return;
	obj_locate(found->m, obj, &place);
	assert_int_equal(found->letter[place.index], 'l');
	found->letter[place.index] = found->as;
	found->where[place.index] = found->at;
}

static void walk(struct found *found, cachep_t cachep)
{
	const struct machine *m = found->m;
	uint32_t nodes = machine_nr_nodes(m);

	memset(found->letter, 'l', sizeof(found->letter));
	memset(found->where, 0, sizeof(found->where));
	kmem_visit_free(m, found->slab, find_free, found);
	found->as = 'c';
	for (found->at = 0; found->at < machine_nr_cpus(m); found->at++)
		kmem_visit_cpu_array(m, cachep, found->at, find_cached, found);
	for (found->at = 0; found->at < nodes; found->at++) {
		found->as = 's';
		kmem_visit_shared(m, cachep, found->at, find_cached, found);
		found->as = 'a';
		for (uint32_t other = 0; other < nodes; other++)
			kmem_visit_alien(m, cachep, found->at, other,
					 find_cached, found);
	}
}

/* "12l 4c0 3f", object by object. Return: how many of each letter. */
static void assert_as_found(const char *text, const struct found *found,
			    uint32_t num, uint64_t *count)
{
	uint32_t index = 0;
	char *end;

	while (*text) {
		unsigned long nr = strtoul(text, &end, 10);
		char letter = *end++;
		unsigned long where = 0;

		if (*end && *end != ' ') /* strtoul skips blanks */
			where = strtoul(end, &end, 10);
		assert_true(nr > 0);
		count[(unsigned char)letter] += nr;
		for (; nr; nr--, index++) {
			assert_true(index < num);
			assert_int_equal(letter, found->letter[index]);
			assert_int_equal(where, found->where[index]);
		}
		assert_true(!*end || *end == ' ');
		text = *end ? end + 1 : end;
	}
	assert_int_equal(index, num);
}

/* Conservation: live, in arrays and free are all slots; as the machine says. */
static void assert_counts(struct machine *m, cachep_t cachep,
			  const struct slab_map *map, const uint64_t *count)
{
	uint64_t live = 0, cached = 0, free_objs = 0;
	struct node_state state;

	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		kmem_node_state(m, cachep, node, &state);
		live += state.live_objs;
		cached += state.cached_objs;
		free_objs += state.free_objects;
		/* reports/page_data.js takes this for the places */
		assert_int_equal(state.shared_limit,
				 map->picture.info.shared *
					 map->picture.info.batchcount);
	}
	assert_int_equal(count['l'], live);
	assert_int_equal(count['c'] + count['s'] + count['a'], cached);
	assert_int_equal(count['f'], free_objs);
	assert_int_equal(live + cached + free_objs,
			 map->picture.nr_slabs * map->picture.info.num);
}

static void assert_map(struct machine *m, cachep_t cachep, struct slab_map *map,
		       uint64_t *seen)
{
	struct found found = { .m = m };
	uint64_t count[256] = { 0 };
	const char *text;

	assert_true(picture_take(&map->picture, m, cachep, 0));
	for (size_t i = 0; i < map->picture.nr_slabs; i++) {
		found.slab = map->picture.slabs[i].view.slab;
		walk(&found, cachep);
		text = slab_map_text(map, &map->picture.slabs[i]);
		assert_non_null(text);
		assert_as_found(text, &found, map->picture.info.num, count);
	}
	assert_counts(m, cachep, map, count);
	for (int i = 0; i < 256; i++)
		seen[i] += count[i];
}

/* The same numbers everywhere: an LCG of Knuth's. */
static uint32_t random_below(uint64_t *seed, uint32_t bound)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % bound;
}

static void map_is_what_the_machine_has(void **state)
{
	struct machine *m = machine_create(&config);
	obj_t *objs = calloc(NR_SLOTS, sizeof(*objs));
	uint64_t seed = 7, seen[256] = { 0 };
	struct slab_map map = { 0 };
	cachep_t cachep;

	(void)state;
	assert_non_null(m);
	assert_non_null(objs);
	assert_true(machine_smp_init(m));
	cachep = kmem_cache_create(m, 0, "thing", 600, 0, 0);
	assert_true(cachep != CACHE_NULL);
	for (int i = 0; i < 80000; i++) {
		uint32_t slot = random_below(&seed, NR_SLOTS);
		uint32_t cpu = random_below(&seed, config.nr_cpus);

		if (objs[slot]) {
			kmem_cache_free(m, cpu, cachep, objs[slot]);
			objs[slot] = OBJ_NULL;
		} else if (i / 20000 % 2 == 0) { /* else all is freed */
			objs[slot] = kmem_cache_alloc(m, cpu, cachep, 0);
		}
		if (i % 2000 == 0)
			assert_map(m, cachep, &map, seen);
	}
	/* nothing was proved unless all of them were there */
	for (const char *c = "lcsaf"; *c; c++)
		assert_true(seen[(unsigned char)*c] > 100);
	slab_map_release(&map);
	free(objs);
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_is_what_the_machine_has),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
