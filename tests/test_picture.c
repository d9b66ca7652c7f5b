/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture of a cache: every object is in one place, and all add up to what
 * the machine counts itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/picture.h"
#include "workloads/random.h"

#define NR_LIVE 400

static struct machine *m;
static cachep_t cachep;
static struct picture picture;

/* Two nodes of two CPUs; objects are freed on any CPU. */
static int boot(void **state)
{
	const struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 100000,
	};

	(void)state;
	m = machine_create(&config);
	assert_non_null(m);
	assert_true(machine_smp_init(m));
	cachep = kmem_cache_create(m, 0, "thing", 200, 0, 0);
	assert_int_not_equal(cachep, CACHE_NULL);
	return 0;
}

static int shut_down(void **state)
{
	(void)state;
	picture_release(&picture);
	machine_destroy(m);
	return 0;
}

static uint64_t count_place(enum object_place place)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < picture.nr_objects; i++)
		nr += picture.objects[i].place == place;
	return nr;
}

/* An array's entries are marked in their slabs, with array and place in it. */
static void check_entries(const struct picture_array *array)
{
	for (int64_t i = 0; i < array->avail; i++) {
		const struct picture_entry *e =
			&picture.entries[array->first + (size_t)i];
		const struct picture_slab *slab = &picture.slabs[e->slab];
		const struct picture_object *obj =
			&picture.objects[slab->first + e->index];

		assert_int_equal(slab->view.grow_number, e->grow_number);
		assert_int_equal(slab->view.nodeid, e->nodeid);
		assert_int_equal(obj->place, array->place);
		assert_int_equal(obj->where, array->where);
		assert_int_equal(obj->position, i);
	}
}

static void check_slabs(void)
{
	uint64_t partial = 0, full = 0, empty = 0;

	for (size_t i = 0; i < picture.nr_slabs; i++) {
		const struct picture_slab *slab = &picture.slabs[i];

		assert_int_equal(slab->live + slab->cached, slab->view.inuse);
		assert_int_equal(slab->live + slab->cached + slab->free,
				 picture.info.num);
		partial += slab->list == SLABS_PARTIAL;
		full += slab->list == SLABS_FULL;
		empty += slab->list == SLABS_FREE;
	}
	assert_int_equal(partial, picture.nodes[0].slabs_partial +
					  picture.nodes[1].slabs_partial);
	assert_int_equal(full, picture.nodes[0].slabs_full +
				       picture.nodes[1].slabs_full);
	assert_int_equal(empty, picture.nodes[0].slabs_free +
					picture.nodes[1].slabs_free);
}

static void check_picture(uint64_t live)
{
	assert_true(picture_take(&picture, m, cachep, 0));
	assert_int_equal(count_place(OBJECT_LIVE), live);
	assert_int_equal(
		picture.nodes[0].live_objs + picture.nodes[1].live_objs, live);
	assert_int_equal(count_place(OBJECT_FREE),
			 picture.nodes[0].free_objects +
				 picture.nodes[1].free_objects);
	for (size_t i = 0; i < picture.nr_arrays; i++)
		check_entries(&picture.arrays[i]);
	check_slabs();
}

static void every_object_is_in_one_place(void **state)
{
	static obj_t objs[NR_LIVE];
	struct random random;
	uint64_t live = 0;

	(void)state;
	random_init(&random, 7);
	for (unsigned int i = 0; i < 20000; i++) {
		obj_t *obj = &objs[random_below(&random, NR_LIVE)];
		uint32_t cpu = random_below(&random, 4);

		if (*obj)
			kmem_cache_free(m, cpu, cachep, *obj);
		else
			live++;
		live -= *obj != OBJ_NULL;
		*obj = *obj ? OBJ_NULL : kmem_cache_alloc(m, cpu, cachep, 0);
		if (i % 500 == 0) {
			machine_advance(m, machine_now(m) + 900);
			check_picture(live);
		}
	}
	assert_true(count_place(OBJECT_IN_CPU) > 0);
	assert_true(count_place(OBJECT_IN_SHARED) > 0);
}

/* cpu0 allocates, cpu2 of the other node frees: an alien array has it. */
static void an_object_in_an_alien_array(void **state)
{
	obj_t obj = kmem_cache_alloc(m, 0, cachep, 0);
	const struct picture_array *alien;

	(void)state;
	kmem_cache_free(m, 2, cachep, obj);
	assert_true(picture_take(&picture, m, cachep, 0));
	alien = picture_alien(&picture, 1, 0);
	assert_int_equal(alien->avail, 1);
	assert_int_equal(alien->limit, 12);
	assert_int_equal(count_place(OBJECT_IN_ALIEN), 1);
	assert_int_equal(picture_alien(&picture, 0, 1)->avail, 0);
	assert_int_equal(picture_alien(&picture, 1, 1)->avail, -1);
	assert_int_equal(picture_shared(&picture, 0)->avail, 0);
	assert_int_equal(picture_cpu(&picture, 0)->place, OBJECT_IN_CPU);
}

/* Slabs are left out but counted; an entry says that its slab is not there. */
static void so_many_slabs_of_each_list(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++)
		kmem_cache_alloc(m, 0, cachep, 0);
	assert_true(picture_take(&picture, m, cachep, 2));
	assert_true(picture.nodes[0].slabs_full > 2);
	for (size_t i = 0; i < picture.nr_slabs; i++)
		assert_true(picture.slabs[i].position < 2);
	for (size_t i = 0; i < picture.nr_entries; i++) {
		const struct picture_entry *e = &picture.entries[i];

		assert_true(e->slab == PICTURE_NO_SLAB ||
			    picture.slabs[e->slab].view.grow_number ==
				    e->grow_number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_object_is_in_one_place,
						boot, shut_down),
		cmocka_unit_test_setup_teardown(an_object_in_an_alien_array,
						boot, shut_down),
		cmocka_unit_test_setup_teardown(so_many_slabs_of_each_list,
						boot, shut_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
