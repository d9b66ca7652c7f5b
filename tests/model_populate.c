/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmem_cache_populate: the numbers asked for are the numbers that are there,
 * on slabs as described, and the machine is one that machine_check accepts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/inspect.h"
#include "model/populate.h"

static struct machine *m;

static int boot(const struct slab_profile *profile, uint64_t node_pages)
{
	struct machine_config config = {
		.profile = profile,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = node_pages,
	};

	m = machine_create(&config);
	return m && machine_smp_init(m) ? 0 : -1;
}

static int setup(void **state)
{
	(void)state;
	return boot(&slab_profile_2_6_36, 100000);
}

static int teardown(void **state)
{
	(void)state;
	machine_destroy(m);
	return 0;
}

static void hear(void *arg, const char *sentence)
{
	(void)arg;
	print_error("%s\n", sentence);
}

#define MAX_OBJS 4000

struct objs {
	obj_t obj[MAX_OBJS];
	uint32_t nr;
};

static void keep(void *arg, obj_t obj)
{
	struct objs *objs = arg;

	assert_true(objs->nr < MAX_OBJS);
	objs->obj[objs->nr++] = obj;
}

/* Half a page: num objects a slab, on-slab, whatever num is. */
static cachep_t new_cache(uint32_t *num)
{
	cachep_t cachep = kmem_cache_create(m, 0, "warm", 256, 0, 0);
	struct cache_info info;

	assert_int_not_equal(cachep, CACHE_NULL);
	kmem_cache_info(m, cachep, &info);
	*num = info.num;
	assert_int_equal(info.num, 15);
	return cachep;
}

/*
 * 10 slabs of 15, 2 of them free, 100 objects on 8: 20 places, on
 * ceil(40 / 15) = 3 partial slabs; 45 - 20 = 25 objects on those: 9, 8, 8.
 * 6 in the shared array, 7 on two CPUs: 4 and 3; 87 in use.
 */
static void as_many_as_asked_for(void **state)
{
	struct population want = { 10, 2, 100, 6, 7 };
	struct objs live = { .nr = 0 };
	struct node_state node;
	struct cpu_state cpu;
	struct slabinfo info;
	uint32_t num;
	cachep_t cachep = new_cache(&num);

	(void)state;
	kmem_cache_populate(m, cachep, 1, &want, keep, &live);
	assert_int_equal(want.slabs, 10);
	assert_int_equal(want.free_slabs, 2);
	assert_int_equal(want.objs, 100);
	assert_int_equal(want.shared, 6);
	assert_int_equal(want.cpu, 7);
	assert_int_equal(live.nr, 87);
	kmem_node_state(m, cachep, 1, &node);
	assert_int_equal(node.slabs_full, 5);
	assert_int_equal(node.slabs_partial, 3);
	assert_int_equal(node.slabs_free, 2);
	assert_int_equal(node.shared_avail, 6);
	assert_int_equal(node.cached_objs, 13);
	assert_int_equal(node.live_objs, 87);
	kmem_cpu_state(m, cachep, 2, &cpu);
	assert_int_equal(cpu.avail, 4);
	assert_int_equal(cpu.touched, 1);
	kmem_cpu_state(m, cachep, 3, &cpu);
	assert_int_equal(cpu.avail, 3);
	kmem_node_state(m, cachep, 0, &node);
	assert_int_equal(node.slabs_full, 0);
	kmem_slabinfo(m, cachep, &info);
	assert_int_equal(info.active_objs, 100);
	assert_int_equal(info.num_objs, 150);
	assert_int_equal(info.active_slabs, 8);
	assert_int_equal(info.node.grown, 10);
	assert_int_equal(info.node.listallocs, 0);
	assert_int_equal(info.cpu.allochit + info.cpu.allocmiss, 0);
	assert_int_equal(info.cache.num_active, 100);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

/* The oldest object is the first of the first slab, and can be freed. */
static void objects_are_real(void **state)
{
	struct population want = { 4, 1, 40, 0, 0 };
	struct objs live = { .nr = 0 };
	struct obj_place place;
	struct node_state node;
	uint32_t num;
	cachep_t cachep = new_cache(&num);

	(void)state;
	kmem_cache_populate(m, cachep, 0, &want, keep, &live);
	assert_int_equal(live.nr, 40);
	obj_locate(m, live.obj[0], &place);
	assert_int_equal(place.cachep, cachep);
	assert_int_equal(place.grow_number, 1);
	assert_int_equal(place.index, 0);
	assert_int_equal(place.nodeid, 0);
	for (uint32_t i = 0; i < 40; i++)
		kmem_cache_free(m, i % 4, cachep, live.obj[i]);
	assert_int_equal(machine_check(m, hear, NULL), 0);
	assert_false(kmem_cache_shrink(m, 0, cachep));
	kmem_node_state(m, cachep, 0, &node);
	assert_int_equal(node.slabs_full + node.slabs_partial + node.slabs_free,
			 0);
}

/* Arrays have limits (120, of two CPUs; 480 shared): the rest is in use. */
static void arrays_are_not_overfilled(void **state)
{
	struct population want = { 100, 0, 1500, 1000, 300 };
	struct objs live = { .nr = 0 };
	struct cache_info info;
	uint32_t num;
	cachep_t cachep = new_cache(&num);

	(void)state;
	kmem_cache_info(m, cachep, &info);
	kmem_cache_populate(m, cachep, 0, &want, keep, &live);
	assert_int_equal(want.shared, info.shared * info.batchcount);
	assert_int_equal(want.cpu, 2 * info.limit);
	assert_int_equal(live.nr, 1500 - want.shared - want.cpu);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

/* Senseless wishes are cut to sense, never to more. */
static void cut_to_what_is_possible(void **state)
{
	struct population many = { 2, 0, 1000, 0, 0 };
	struct population few = { 5, 0, 2, 9, 9 };
	uint32_t num;
	cachep_t cachep = new_cache(&num);

	(void)state;
	kmem_cache_populate(m, cachep, 0, &many, NULL, NULL);
	assert_int_equal(many.objs, 30);
	kmem_cache_populate(m, cachep, 1, &few, NULL, NULL);
	assert_int_equal(few.objs, 2);
	assert_int_equal(few.free_slabs, 3);
	assert_int_equal(few.shared, 2);
	assert_int_equal(few.cpu, 0);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

/* General caches know how much was asked for; off-slab descriptors count. */
static void general_caches(void **state)
{
	struct population want = { 7, 0, 50, 0, 0 };
	cachep_t cachep = kmalloc_cache(m, 1000, 0);
	cachep_t small = kmalloc_cache(m, 2000, 0);
	struct node_state before, after;
	struct objs live = { .nr = 0 };

	(void)state;
	kmem_node_state(m, cachep, 0, &before);
	kmem_cache_populate(m, cachep, 0, &want, keep, &live);
	kmem_node_state(m, cachep, 0, &after);
	assert_int_equal(after.requested_bytes - before.requested_bytes,
			 1024 * want.objs);
	want = (struct population){ 7, 0, 14, 0, 0 };
	kmem_cache_populate(m, small, 1, &want, NULL, NULL);
	for (uint32_t i = 0; i < live.nr; i++)
		kfree(m, 0, live.obj[i], 1024);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

static void no_pages(void **state)
{
	struct population want = { 100, 10, 900, 5, 5 };
	struct node_pages pages;
	uint32_t num;
	cachep_t cachep = new_cache(&num);

	(void)state;
	machine_node_pages(m, 0, &pages);
	machine_limit_pages(m, 0, pages.in_use_pages + 20);
	kmem_cache_populate(m, cachep, 0, &want, NULL, NULL);
	assert_int_equal(want.slabs, 20);
	assert_int_equal(want.free_slabs, 0);
	assert_int_equal(want.objs, 300);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

static void debug_machine(void **state)
{
	struct population want = { 10, 2, 60, 6, 7 };
	struct objs live = { .nr = 0 };
	cachep_t cachep;

	(void)state;
	machine_destroy(m);
	assert_int_equal(boot(&slab_profile_2_6_36_debug, 100000), 0);
	cachep = kmem_cache_create(m, 0, "warm", 256, 0, 0);
	kmem_cache_populate(m, cachep, 0, &want, keep, &live);
	assert_int_equal(machine_check(m, hear, NULL), 0);
	for (uint32_t i = 0; i < live.nr; i++)
		kmem_cache_free(m, 1, cachep, live.obj[i]);
	assert_int_equal(machine_check(m, hear, NULL), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(as_many_as_asked_for),
		TEST(objects_are_real),
		TEST(arrays_are_not_overfilled),
		TEST(cut_to_what_is_possible),
		TEST(general_caches),
		TEST(no_pages),
		TEST(debug_machine),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("populate", tests, NULL, NULL);
}
