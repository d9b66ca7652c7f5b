/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Out of memory: what an injected failure does, and that whatever fails half
 * way takes back all it had got.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/locks.h"
#include "model/snapshot.h"
#include "tests/lib/look.h"

#define MAX_CACHES 100
#define ALL_FAIL 1000000

static struct slabinfo info_of(const struct machine *m, cachep_t c)
{
	struct slabinfo info;

	kmem_slabinfo(m, c, &info);
	return info;
}

/* --- injection ------------------------------------------------------------ */

/* Locks that are always free; those of the pool are counted. */
static void count_pool(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	int *nr = arg;

	(void)cpu;
	*nr += lock->class == SLAB_LOCK_POOL;
}

static bool count_pool_try(void *arg, uint32_t cpu,
			   const struct slab_lock *lock)
{
	count_pool(arg, cpu, lock);
	return true;
}

static void let_go(void *arg, uint32_t cpu, const struct slab_lock *lock)
{
	(void)arg;
	(void)cpu;
	(void)lock;
}

/* How often the pool's lock is taken while a cache grows by one slab. */
static int pool_locks_of_a_slab(uint64_t failing)
{
	static const struct slab_lock_ops ops = {
		.acquire = count_pool,
		.try_acquire = count_pool_try,
		.release = let_go,
	};
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	int nr = 0;

	machine_fail_pages(m, failing, 0, 0);
	assert_true(machine_set_locks(m, &ops, &nr));
	assert_int_not_equal(kmem_cache_alloc(m, 0, c, 0), OBJ_NULL);
	assert_int_equal(info_of(m, c).node.grown, 1);
	machine_destroy(m);
	return nr;
}

/*
 * What decides which request fails is everybody's: a lock guards it. CPUs that
 * run at once met there for every page, though nothing was to fail.
 */
static void who_lets_nothing_fail_needs_no_lock_for_it(void **state)
{
	(void)state;
	assert_int_equal(pool_locks_of_a_slab(1000),
			 pool_locks_of_a_slab(0) + 1);
}

/*
 * The refill's growth fails, the node path asks again and gets its page. The
 * object does not pass the CPU's array: object 0 itself, not a batch.
 */
static void the_node_path_asks_again_after_one_failure(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = sevens(m, "c", 4, 2, 0);
	struct slabinfo info;
	struct look look;

	(void)state;
	machine_fail_pages(m, 1, 0, 0);
	assert_string_equal(look_obj(&look, m, kmem_cache_alloc(m, 0, c, 0)),
			    "1.0");
	info = info_of(m, c);
	assert_int_equal(info.cpu.allocmiss, 1);
	assert_int_equal(info.node.refillfail, 1);
	assert_int_equal(info.node.nodeallocs, 1);
	assert_int_equal(info.node.listallocs, 0);
	assert_int_equal(info.node.grown, 1);
	assert_true(in_order(m));
	machine_destroy(m);
}

/* One request an object: requests 1 and 2 are served, 3 is not, 4 is. */
static void the_nth_request_fails_and_no_other(void **state)
{
	struct machine *m = booted(1, 1);
	cachep_t c = kmem_cache_create(m, 0, "page", 4096, 0, SLAB_NOLEAKTRACE);

	(void)state;
	/* a page has no room for the descriptor as well: two pages a slab */
	machine_fail_pages(m, 3, 0, 0);
	for (uint64_t i = 1; i <= 5; i++) {
		assert_int_not_equal(kmem_cache_alloc(m, 0, c, 0), OBJ_NULL);
		assert_int_equal(info_of(m, c).node.refillfail, i >= 3);
	}
	assert_int_equal(info_of(m, c).node.grown, 5);
	machine_destroy(m);
}

static void all_fail_and_then_none(void **state)
{
	struct machine *m = booted(2, 2);
	cachep_t c = sevens(m, "c", 4, 2, 0);

	(void)state;
	machine_fail_pages(m, 0, ALL_FAIL, 1);
	for (int node = 0; node < 2; node++)
		assert_int_equal(kmem_cache_alloc_node(m, 0, c, 0, node),
				 OBJ_NULL);
	assert_int_equal(info_of(m, c).node.grown, 0);
	machine_fail_pages(m, 0, 0, 0);
	assert_int_not_equal(kmem_cache_alloc(m, 0, c, 0), OBJ_NULL);
	assert_true(in_order(m));
	machine_destroy(m);
}

/* Bit i: allocation i failed. Half of the requests fail. */
static uint64_t failures(uint64_t seed)
{
	struct machine *m = booted(1, 1);
	cachep_t c = kmem_cache_create(m, 0, "page", 4096, 0, SLAB_NOLEAKTRACE);
	uint64_t failed = 0;

	machine_fail_pages(m, 0, 500000, seed);
	for (int i = 0; i < 64; i++)
		failed |= (uint64_t)!kmem_cache_alloc(m, 0, c, 0) << i;
	assert_true(in_order(m));
	machine_destroy(m);
	return failed;
}

static void a_seed_decides_which_fail(void **state)
{
	(void)state;
	assert_int_equal(failures(1), failures(1));
	assert_int_not_equal(failures(1), failures(2));
	/* three requests must fail for an allocation to: about one in eight */
	assert_int_not_equal(failures(1), 0);
	assert_int_not_equal(~failures(1), 0);
}

/* --- taking back ---------------------------------------------------------- */

/*
 * Objects really in use by cache, but for slab descriptors; and the pages once
 * all else is given back, which depend on where those objects lie.
 */
struct use {
	uint32_t nr_caches;
	uint64_t live[MAX_CACHES];
	uint64_t pages;
};

static uint64_t live_objs(const struct machine *m, cachep_t c)
{
	uint64_t live = 0;

	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		struct node_state state;

		kmem_node_state(m, c, node, &state);
		live += state.live_objs;
	}
	return live;
}

static void count_live(const struct machine *m, cachep_t c, struct use *use)
{
	struct cache_info info;

	assert_in_range(c, 0, MAX_CACHES - 1);
	use->nr_caches++;
	use->live[c] += live_objs(m, c);
	kmem_cache_info(m, c, &info);
	if (info.off_slab)
		use->live[info.slabp_cache] -= info_of(m, c).num_slabs;
}

/* Twice: descriptors that off-slab caches give back lie in arrays then. */
static void shrink_all(struct machine *m)
{
	for (int i = 0; i < 2; i++) {
		for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
		     c = machine_next_cache(m, c))
			kmem_cache_shrink(m, 0, c);
	}
}

static struct use use_of(const struct machine *m)
{
	struct machine *clone = machine_clone(m);
	struct use use = { 0 };

	shrink_all(clone);
	for (cachep_t c = machine_first_cache(clone); c != CACHE_NULL;
	     c = machine_next_cache(clone, c))
		count_live(clone, c, &use);
	for (uint32_t node = 0; node < machine_nr_nodes(clone); node++) {
		struct node_pages pages;

		machine_node_pages(clone, node, &pages);
		use.pages += pages.in_use_pages;
	}
	machine_destroy(clone);
	return use;
}

/* All memory, in ever smaller pieces: nothing is left for an array. */
static void use_up(struct machine *m)
{
	static const uint64_t sizes[] = { 4096, 2048, 1024, 512, 256,
					  192,  128,  64,   32 };
	struct node_pages pages;

	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		machine_node_pages(m, node, &pages);
		machine_limit_pages(m, node, pages.in_use_pages);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		while (kmalloc(m, 0, sizes[i], 0))
			;
	}
}

typedef bool try_fn(struct machine *m);

static bool try_create(struct machine *m)
{
	return kmem_cache_create(m, 0, "new", 200, 0, 0) != CACHE_NULL;
}

/*
 * To what it is already: what a failure leaves renewed is as much as before,
 * but not in the same places.
 */
static bool try_tune(struct machine *m)
{
	return slabinfo_write(m, 0, kmem_cache_find(m, "old"), 120, 60, 8);
}

static bool try_cpu_up(struct machine *m)
{
	return machine_cpu_up(m, 0, 5);
}

/* With ever more pages until it works: when it fails, nothing is lost. */
static void fails_without_a_trace(try_fn *try)
{
	struct machine *start = booted(3, 6);
	uint32_t nr_failed = 0;
	bool worked = false;

	kmem_cache_create(start, 0, "old", 100, 0, 0);
	machine_cpu_down(start, 0, 5);
	use_up(start);
	for (uint64_t extra = 0; !worked; extra++) {
		struct machine *m = machine_clone(start);
		struct node_pages pages;
		struct use before, after;

		for (uint32_t node = 0; node < 3; node++) {
			machine_node_pages(m, node, &pages);
			machine_limit_pages(m, node,
					    pages.limit_pages +
						    (extra + node) / 3);
		}
		before = use_of(m);
		worked = try(m);
		assert_true(in_order(m));
		after = use_of(m);
		if (try == try_tune)
			after.pages = before.pages;
		if (!worked)
			assert_memory_equal(&after, &before, sizeof(after));
		nr_failed += !worked;
		machine_destroy(m);
	}
	/* or it was not tried */
	assert_in_range(nr_failed, 3, 10000);
	machine_destroy(start);
}

static void a_failed_create_leaves_nothing_behind(void **state)
{
	(void)state;
	fails_without_a_trace(try_create);
}

static void a_failed_tuning_loses_nothing(void **state)
{
	(void)state;
	fails_without_a_trace(try_tune);
}

static void a_cpu_that_fails_to_come_up_leaves_nothing_behind(void **state)
{
	(void)state;
	fails_without_a_trace(try_cpu_up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_lets_nothing_fail_needs_no_lock_for_it),
		cmocka_unit_test(the_node_path_asks_again_after_one_failure),
		cmocka_unit_test(the_nth_request_fails_and_no_other),
		cmocka_unit_test(all_fail_and_then_none),
		cmocka_unit_test(a_seed_decides_which_fail),
		cmocka_unit_test(a_failed_create_leaves_nothing_behind),
		cmocka_unit_test(a_failed_tuning_loses_nothing),
		cmocka_unit_test(
			a_cpu_that_fails_to_come_up_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
