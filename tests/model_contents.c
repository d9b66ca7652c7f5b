/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What objects hold: constructors and when they run, zeroing, ksize. Bytes
 * exist in the debug build and in caches with a constructor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/look.h"

/* Indices that were constructed, in order: "0;1;2". */
struct constructed {
	char order[400];
	int nr;
};

#define PATTERN 0x77

static void construct(void *arg, struct machine *m, obj_t obj)
{
	struct constructed *constructed = arg;
	size_t length = strlen(constructed->order);

	snprintf(constructed->order + length,
		 sizeof(constructed->order) - length, "%s%u", length ? ";" : "",
		 obj_index(obj));
	constructed->nr++;
	memset(obj_bytes(m, obj), PATTERN, ksize(m, obj));
}

static cachep_t with_constructor(struct machine *m, uint32_t flags,
				 struct constructed *constructed)
{
	cachep_t c = kmem_cache_create_ctor(m, 0, "c", 500, 0, flags, construct,
					    constructed);

	assert_int_not_equal(c, CACHE_NULL);
	assert_true(slabinfo_write(m, 0, c, 4, 2, 0));
	return c;
}

static bool all_bytes_are(struct machine *m, obj_t obj, unsigned char byte)
{
	const unsigned char *bytes = obj_bytes(m, obj);

	for (uint64_t i = 0; i < ksize(m, obj); i++) {
		if (bytes[i] != byte)
			return false;
	}
	return true;
}

/* Seven a slab, once, however often they are handed out. */
static void production_constructs_when_a_slab_grows(void **state)
{
	struct machine *m = booted(1, 1);
	struct constructed constructed = { "", 0 };
	cachep_t c = with_constructor(m, 0, &constructed);
	obj_t obj;

	(void)state;
	assert_int_equal(constructed.nr, 0);
	obj = kmem_cache_alloc(m, 0, c, 0);
	assert_string_equal(constructed.order, "0;1;2;3;4;5;6");
	assert_true(all_bytes_are(m, obj, PATTERN));
	for (int i = 0; i < 20; i++) {
		kmem_cache_free(m, 0, c, obj);
		obj = kmem_cache_alloc(m, 0, c, 0);
	}
	assert_int_equal(constructed.nr, 7);
	machine_destroy(m);
}

/* Poison would wipe it: with poison it runs for each object handed out. */
static void poison_moves_construction_to_each_allocation(void **state)
{
	struct machine *m = booted_debug(1, 1);
	struct constructed constructed = { "", 0 };
	cachep_t c = with_constructor(m, 0, &constructed);
	obj_t obj;

	(void)state;
	obj = kmem_cache_alloc(m, 0, c, 0);
	assert_string_equal(constructed.order, "1");
	assert_true(all_bytes_are(m, obj, PATTERN));
	kmem_cache_alloc(m, 0, c, 0);
	assert_string_equal(constructed.order, "1;0");
	kmem_cache_free(m, 0, c, obj);
	assert_int_equal(obj_bytes(m, obj)[0], 0x6b);
	assert_int_equal(obj_bytes(m, obj)[ksize(m, obj) - 1], 0xa5);
	assert_int_equal(kmem_cache_alloc(m, 0, c, 0), obj);
	assert_string_equal(constructed.order, "1;0;1");
	machine_destroy(m);
}

/* RCU caches are not poisoned: readers may still look. */
static void a_debug_cache_without_poison_constructs_at_growth(void **state)
{
	struct machine *m = booted_debug(1, 1);
	struct constructed constructed = { "", 0 };
	cachep_t c = with_constructor(m, SLAB_DESTROY_BY_RCU, &constructed);
	obj_t obj = kmem_cache_alloc(m, 0, c, 0);
	struct cache_info info;

	(void)state;
	kmem_cache_info(m, c, &info);
	assert_int_equal(constructed.nr, info.num);
	assert_memory_equal(constructed.order, "0;1;2;3", 7);
	assert_true(all_bytes_are(m, obj, PATTERN));
	kmem_cache_free(m, 0, c, obj);
	assert_true(all_bytes_are(m, obj, PATTERN));
	machine_destroy(m);
}

static void gfp_zero_clears_the_object_and_no_other(void **state)
{
	struct machine *m = booted(1, 1);
	struct constructed constructed = { "", 0 };
	cachep_t c = with_constructor(m, 0, &constructed);
	obj_t first = kmem_cache_alloc(m, 0, c, 0);
	obj_t second = kmem_cache_alloc(m, 0, c, GFP_ZERO);
	obj_t third = kmem_cache_alloc(m, 0, c, 0);

	(void)state;
	assert_true(all_bytes_are(m, first, PATTERN));
	assert_true(all_bytes_are(m, second, 0));
	assert_true(all_bytes_are(m, third, PATTERN));
	machine_destroy(m);
}

static void gfp_zero_clears_poison_and_leaves_red_zones(void **state)
{
	struct machine *m = booted_debug(1, 1);
	obj_t obj = kmalloc(m, 0, 100, GFP_ZERO);

	(void)state;
	assert_int_equal(ksize(m, obj), 128);
	assert_true(all_bytes_are(m, obj, 0));
	/* the red word behind it says "in use": 0xd84156c5635688c0 */
	assert_int_equal(obj_bytes(m, obj)[128], 0xc0);
	assert_int_equal(obj_bytes(m, obj)[-1], 0xd8);
	machine_destroy(m);
}

static void production_objects_without_constructor_have_no_bytes(void **state)
{
	struct machine *m = booted(1, 1);

	(void)state;
	assert_null(obj_bytes(m, kmalloc(m, 0, 100, GFP_ZERO)));
	machine_destroy(m);
}

static void ksize_is_what_the_user_may_use(void **state)
{
	struct machine *m = booted(1, 1);
	struct machine *debug = booted_debug(1, 1);

	(void)state;
	assert_int_equal(ksize(m, kmalloc(m, 0, 20, 0)), 32);
	assert_int_equal(ksize(m, kmalloc(m, 0, 129, GFP_DMA)), 192);
	assert_int_equal(ksize(m, kmalloc(m, 0, 4194304, 0)), 4194304);
	assert_int_equal(kmalloc(m, 0, 4194305, 0), OBJ_NULL);
	assert_int_equal(kmalloc(m, 0, 0, 0), OBJ_NULL);
	/* red zones and the user word are not the user's */
	assert_int_equal(ksize(debug, kmalloc(debug, 0, 20, 0)), 32);
	/* aligned to 64, a buffer is the object's up to its end */
	assert_int_equal(
		ksize(m, kmem_cache_alloc(
				 m, 0, kmem_cache_create(m, 0, "c", 100, 64, 0),
				 0)),
		128);
	machine_destroy(m);
	machine_destroy(debug);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(production_constructs_when_a_slab_grows),
		cmocka_unit_test(poison_moves_construction_to_each_allocation),
		cmocka_unit_test(
			a_debug_cache_without_poison_constructs_at_growth),
		cmocka_unit_test(gfp_zero_clears_the_object_and_no_other),
		cmocka_unit_test(gfp_zero_clears_poison_and_leaves_red_zones),
		cmocka_unit_test(
			production_objects_without_constructor_have_no_bytes),
		cmocka_unit_test(ksize_is_what_the_user_may_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
