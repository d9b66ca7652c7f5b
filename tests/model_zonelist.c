/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fallback walks the nodes by distance, by hand; without distances as in the
 * recordings, by number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/snapshot.h"
#include "tests/lib/look.h"

#define NODES 4

/* From node 0: 3 is next, then 1 and 2, which are as far. */
static const uint8_t distances[NODES * NODES] = {
	10, 30, 30, 20, /* */
	30, 10, 20, 30, /* */
	30, 20, 10, 30, /* */
	20, 30, 30, 10,
};

static struct machine *booted_with(const uint8_t *distance)
{
	const struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = NODES,
		.nr_cpus = NODES,
		.node_pages = 65536,
		.distance = distance,
	};
	struct machine *m = machine_create(&config);

	assert_non_null(m);
	assert_true(machine_smp_init(m));
	return m;
}

/*
 * Node 0 has no more pages. Nodes 1, 2 and 3 have a free object each, put there
 * by the node's own CPU; what CPU 0 takes, one after the other, comes from the
 * nodes in the order of fallback: its own has nothing.
 */
static void expect_order(struct machine *m, uint32_t cpu, const uint32_t *order)
{
	cachep_t c = sevens(m, "c", 1, 1, 0);
	uint32_t home = machine_cpu_node(m, cpu);

	for (uint32_t node = 0; node < NODES; node++) {
		if (node == home)
			continue;
		for (int i = 0; i < 6; i++)
			assert_true(
				kmem_cache_alloc_node(m, node, c, GFP_THISNODE,
						      (int)node) != OBJ_NULL);
	}
	machine_limit_pages(m, home, 0);
	for (uint32_t i = 0; i < NODES - 1; i++) {
		obj_t obj = kmem_cache_alloc(m, cpu, c, 0);

		assert_true(obj != OBJ_NULL);
		assert_int_equal(obj_node(obj), order[i]);
	}
	assert_true(in_order(m));
}

static void without_distances_by_number(void **state)
{
	const uint32_t from_0[] = { 1, 2, 3 }, from_2[] = { 3, 0, 1 };
	struct machine *m = booted_with(NULL);

	(void)state;
	expect_order(m, 0, from_0);
	machine_destroy(m);
	m = booted_with(NULL);
	expect_order(m, 2, from_2);
	machine_destroy(m);
}

static void nearest_first_and_equal_ones_by_number(void **state)
{
	/* from 2: 1 is next; 3 and 0 are as far, and 3 follows 2 */
	const uint32_t from_0[] = { 3, 1, 2 }, from_2[] = { 1, 3, 0 };
	struct machine *m = booted_with(distances);

	(void)state;
	assert_int_equal(machine_node_distance(m, 0, 0), 10);
	assert_int_equal(machine_node_distance(m, 0, 3), 20);
	assert_int_equal(machine_node_distance(m, 2, 0), 30);
	expect_order(m, 0, from_0);
	machine_destroy(m);
	m = booted_with(distances);
	expect_order(m, 2, from_2);
	machine_destroy(m);
}

/* No node has free objects: new pages are those of the nearest node. */
static void pages_too_come_from_the_nearest(void **state)
{
	struct machine *m = booted_with(distances);
	cachep_t c = sevens(m, "c", 1, 1, 0);

	(void)state;
	machine_limit_pages(m, 0, 0);
	assert_int_equal(obj_node(kmem_cache_alloc(m, 0, c, 0)), 3);
	machine_destroy(m);
}

static void a_copy_has_them_too(void **state)
{
	const uint32_t from_0[] = { 3, 1, 2 };
	struct machine *m = booted_with(distances);
	struct machine *copy = machine_clone(m);

	(void)state;
	assert_non_null(copy);
	machine_destroy(m);
	expect_order(copy, 0, from_0);
	machine_destroy(copy);
}

static void what_is_no_slit_is_refused(void **state)
{
	uint8_t bad[NODES * NODES];
	struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = NODES,
		.nr_cpus = NODES,
		.node_pages = 65536,
		.distance = bad,
	};

	(void)state;
	memcpy(bad, distances, sizeof(bad));
	bad[5] = 11;
	assert_null(machine_create(&config));
	bad[5] = 10;
	bad[1] = 10;
	assert_null(machine_create(&config));
	bad[1] = 255;
	assert_null(machine_create(&config));
}

/* 720 + 8 * 4 nodes holds 64 CPUs' pointers; 8 more CPUs take 64 bytes more. */
static void max_cpus_sizes_the_descriptor(void **state)
{
	struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = NODES,
		.nr_cpus = NODES,
		.node_pages = 65536,
		.max_cpus = 72,
	};
	struct machine *small = booted_with(NULL);
	struct machine *large = machine_create(&config);
	struct cache_info a, b;

	(void)state;
	assert_non_null(large);
	kmem_cache_info(small, kmem_cache_find(small, "kmem_cache"), &a);
	kmem_cache_info(large, kmem_cache_find(large, "kmem_cache"), &b);
	assert_int_equal(b.buffer_bytes, a.buffer_bytes + 64);
	machine_destroy(small);
	machine_destroy(large);
	config.max_cpus = NODES - 1;
	assert_null(machine_create(&config));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_distances_by_number),
		cmocka_unit_test(nearest_first_and_equal_ones_by_number),
		cmocka_unit_test(pages_too_come_from_the_nearest),
		cmocka_unit_test(a_copy_has_them_too),
		cmocka_unit_test(what_is_no_slit_is_refused),
		cmocka_unit_test(max_cpus_sizes_the_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
