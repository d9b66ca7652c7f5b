/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timing model, by hand. The cache is "sevens" of tests/lib/look.h: seven
 * objects a slab, arrays of four places, batches of two, no shared array.
 * Costs in ns: hit 10, refill 20 and 5 an object, lock 4, all others 0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/timing.h"
#include "tests/lib/look.h"

static struct timing_costs small_costs(void)
{
	return (struct timing_costs){
		.hit_ns = 10,
		.refill_ns = 20,
		.refill_obj_ns = 5,
		.lock_ns = 4,
		.remote_distance_pct = 100,
	};
}

static obj_t alloc_at(struct timing *t, struct machine *m, cachep_t c,
		      uint32_t cpu, uint64_t time_ns)
{
	obj_t obj;

	timing_begin(t, cpu, time_ns);
	obj = kmem_cache_alloc(m, cpu, c, 0);
	timing_end(t, TIMING_ALLOC, c);
	assert_true(obj != OBJ_NULL);
	return obj;
}

struct list_figures {
	cachep_t c;
	struct timing_lock list;
};

static void take_list(void *arg, const struct slab_lock *lock,
		      const struct timing_lock *counts)
{
	struct list_figures *figures = arg;

	if (lock->class == SLAB_LOCK_LIST && lock->cachep == figures->c)
		figures->list = *counts;
}

/*
 * The slab has five free objects; three CPUs come for two each.
 *
 *	CPU  comes  gets the lock      holds it          done   latency
 *	0    1000   1000               4+20+2*5 = 34     1044   44
 *	1    1010   1034, waited 24    34                1078   68
 *	2    1020   1068, waited 48    4+20+1*5 = 29     1107   87
 *
 * (after the lock each takes its object: 10). p50 is the second of the three,
 * 68; p99 the third, 87. CPU 2 then frees at 1050: it is busy until 1107, so
 * the free begins 57 late and takes 10.
 */
static void three_cpus_contend_for_a_list_lock(void **state)
{
	struct timing_costs costs = small_costs();
	struct machine *m = booted(1, 3);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct list_figures figures = { .c = c };
	const struct latency *allocs, *frees;
	struct timing *t;
	obj_t obj;

	(void)state;
	kmem_cache_alloc(m, 0, c, 0);
	kmem_cache_alloc(m, 0, c, 0);
	t = timing_create(m, &costs, 0);
	assert_non_null(t);
	alloc_at(t, m, c, 0, 1000);
	alloc_at(t, m, c, 1, 1010);
	obj = alloc_at(t, m, c, 2, 1020);
	timing_begin(t, 2, 1050);
	kmem_cache_free(m, 2, c, obj);
	timing_end(t, TIMING_FREE, c);

	assert_int_equal(timing_busy_until_ns(t, 0), 1044);
	assert_int_equal(timing_busy_until_ns(t, 1), 1078);
	assert_int_equal(timing_busy_until_ns(t, 2), 1117);
	allocs = timing_latency(t, TIMING_ALLOC, c);
	assert_non_null(allocs);
	assert_int_equal(allocs->nr, 3);
	assert_int_equal(allocs->sum_ns, 44 + 68 + 87);
	assert_int_equal(latency_permille(allocs, 500), 68);
	assert_int_equal(latency_permille(allocs, 990), 87);
	assert_int_equal(allocs->max_ns, 87);
	assert_int_equal(allocs->delay_ns, 0);
	frees = timing_latency(t, TIMING_FREE, c);
	assert_non_null(frees);
	assert_int_equal(frees->delay_ns, 57);
	assert_int_equal(frees->max_ns, 10);
	timing_visit(t, take_list, &figures);
	assert_int_equal(figures.list.acquisitions, 3);
	assert_int_equal(figures.list.contended, 2);
	assert_int_equal(figures.list.wait_ns, 24 + 48);
	assert_int_equal(figures.list.max_wait_ns, 48);
	assert_int_equal(figures.list.hold_ns, 34 + 34 + 29);
	assert_false(timing_failed(t));
	timing_destroy(t);
	machine_destroy(m);
}

/* CPU 0 takes a local hit, then an object of node 1's slab. */
static void local_and_remote(uint64_t cost_ns, uint64_t *local_ns,
			     uint64_t *remote_ns)
{
	struct timing_costs costs = small_costs();
	struct machine *m = booted(2, 2);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct timing *t;

	costs.remote_ns = cost_ns;
	kmem_cache_alloc(m, 0, c, 0);
	kmem_cache_alloc_node(m, 0, c, 0, 1);
	t = timing_create(m, &costs, 0);
	assert_non_null(t);
	alloc_at(t, m, c, 0, 1000);
	*local_ns = timing_busy_until_ns(t, 0) - 1000;
	timing_begin(t, 0, 2000);
	kmem_cache_alloc_node(m, 0, c, 0, 1);
	timing_end(t, TIMING_ALLOC, c);
	*remote_ns = timing_busy_until_ns(t, 0) - 2000;
	timing_destroy(t);
	machine_destroy(m);
}

/* Local: 10. Remote: lock 4, the way there, 10 for the object. */
static void remote_cost_changes_remote_paths_only(void **state)
{
	uint64_t local_ns, remote_ns;

	(void)state;
	local_and_remote(60, &local_ns, &remote_ns);
	assert_int_equal(local_ns, 10);
	assert_int_equal(remote_ns, 74);
	local_and_remote(120, &local_ns, &remote_ns);
	assert_int_equal(local_ns, 10);
	assert_int_equal(remote_ns, 134);
}

#define TRIO 3

/* What CPU 0 takes for an object of the slab of each node. */
static void way_to_each(const uint8_t *distance, uint64_t ns[TRIO])
{
	const struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = TRIO,
		.nr_cpus = TRIO,
		.node_pages = 65536,
		.distance = distance,
	};
	struct timing_costs costs = small_costs();
	struct machine *m = machine_create(&config);
	struct timing *t;
	cachep_t c;

	assert_non_null(m);
	assert_true(machine_smp_init(m));
	c = sevens(m, "c", 4, 2, 0);
	costs.remote_ns = 60;
	/* three: two go into the array of CPU 0, a batch */
	for (int node = 0; node < TRIO; node++)
		kmem_cache_alloc_node(m, 0, c, 0, node);
	t = timing_create(m, &costs, 0);
	assert_non_null(t);
	for (uint32_t node = 0; node < TRIO; node++) {
		uint64_t begin_ns = 1000 * (node + 1);

		timing_begin(t, 0, begin_ns);
		kmem_cache_alloc_node(m, 0, c, 0, (int)node);
		timing_end(t, TIMING_ALLOC, c);
		ns[node] = timing_busy_until_ns(t, 0) - begin_ns;
	}
	timing_destroy(t);
	machine_destroy(m);
}

/*
 * remote_ns is what 20 adds; a distance d adds (d - 10) tenths of it.
 *
 *	node  distance  way   with lock 4 and 10 for the object
 *	0     10        0     10, from the array: no lock
 *	1     20        60    74
 *	2     30        120   134
 *
 * From node 0 to 2 twice as far, 60: 300, so 314; the others as before.
 */
static void the_way_to_a_node_follows_its_distance(void **state)
{
	uint8_t distance[TRIO * TRIO] = {
		10, 20, 30, /* */
		20, 10, 20, /* */
		30, 20, 10,
	};
	uint64_t ns[TRIO];

	(void)state;
	way_to_each(distance, ns);
	assert_int_equal(ns[0], 10);
	assert_int_equal(ns[1], 74);
	assert_int_equal(ns[2], 134);
	distance[2] = 60;
	way_to_each(distance, ns);
	assert_int_equal(ns[0], 10);
	assert_int_equal(ns[1], 74);
	assert_int_equal(ns[2], 314);
	/* the way back is another */
	distance[2] = 30;
	distance[6] = 60;
	way_to_each(distance, ns);
	assert_int_equal(ns[2], 134);
	way_to_each(NULL, ns);
	assert_int_equal(ns[0], 10);
	assert_int_equal(ns[1], 74);
	assert_int_equal(ns[2], 74);
}

/* 512 to 1023 goes in steps of 8: 1000 lies with 1007. */
static void percentiles_are_rounded_up_to_their_bucket(void **state)
{
	struct latency latency = { 0 };

	(void)state;
	assert_int_equal(latency_permille(&latency, 500), 0);
	for (int i = 0; i < 99; i++)
		latency_add(&latency, 127);
	latency_add(&latency, 1000);
	assert_int_equal(latency_permille(&latency, 500), 127);
	assert_int_equal(latency_permille(&latency, 990), 127);
	assert_int_equal(latency_permille(&latency, 999), 1000);
	latency_add(&latency, 5000);
	/* of 101 the 100th: power 512, steps of 8: 1000 to 1007 */
	assert_int_equal(latency_permille(&latency, 990), 1007);
}

static void costs_name_the_nearest(void **state)
{
	struct timing_costs costs;
	const char *name, *source;
	char error[200];
	uint64_t value;

	(void)state;
	timing_costs_default(&costs);
	assert_false(
		timing_costs_set(&costs, "lok_ns=3", error, sizeof(error)));
	assert_non_null(strstr(error, "\"lock_ns\""));
	assert_false(
		timing_costs_set(&costs, "hit_ns=-3", error, sizeof(error)));
	assert_true(
		timing_costs_set(&costs, "hit_ns = 7", error, sizeof(error)));
	assert_true(timing_cost_at(&costs, 0, &name, &value, &source));
	assert_string_equal(name, "hit_ns");
	assert_int_equal(value, 7);
	assert_string_equal(source, "given");
	assert_true(timing_cost_at(&costs, 1, &name, &value, &source));
	assert_string_equal(source, "assumed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_cpus_contend_for_a_list_lock),
		cmocka_unit_test(remote_cost_changes_remote_paths_only),
		cmocka_unit_test(the_way_to_a_node_follows_its_distance),
		cmocka_unit_test(percentiles_are_rounded_up_to_their_bucket),
		cmocka_unit_test(costs_name_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
