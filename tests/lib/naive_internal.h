/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the naive allocator offer one another. */
#ifndef TESTS_LIB_NAIVE_INTERNAL_H
#define TESTS_LIB_NAIVE_INTERNAL_H

#include "tests/lib/naive.h"

/* naive_base.c: host memory, lists, pages */
_Noreturn void naive_panic(const struct naive *n, const char *sentence);
void *naive_calloc(size_t nr, size_t bytes);
void *naive_realloc(void *old, size_t bytes);
void n_list_insert(struct naive_list *list, uint32_t at,
		   struct naive_slab *slab);
/* Return: false when it is not on the list. */
bool n_list_remove(struct naive_list *list, const struct naive_slab *slab);
int n_pages_get(struct naive *n, uint32_t order, uint32_t node, bool this_node,
		uint32_t *frame);
void n_pages_put(struct naive *n, uint32_t order, uint32_t node,
		 uint32_t frame);

/* naive_alloc.c, naive_free.c */
bool naive_grow(struct naive *n, uint32_t cpu, struct naive_cache *c,
		uint32_t node, const uint32_t *given_frame);
void n_free_block(struct naive *n, uint32_t cpu, struct naive_cache *c,
		  const struct naive_obj *objs, uint32_t nr, uint32_t node);
void n_release_slab(struct naive *n, uint32_t cpu, struct naive_slab *slab);
void n_destroy_slab(struct naive *n, uint32_t cpu, struct naive_slab *slab);
void n_drain_alien(struct naive *n, uint32_t cpu, struct naive_cache *c,
		   struct naive_array *alien, uint32_t for_node);
uint64_t n_drain_free(struct naive *n, uint32_t cpu, struct naive_cache *c,
		      uint32_t node, uint64_t most);

/* naive_arrays.c */
struct naive_array *n_array_new(struct naive *n, uint32_t cpu, uint32_t node,
				uint32_t limit, uint32_t batchcount);
/* kfree of an array; nothing for NULL. */
void n_array_delete(struct naive *n, uint32_t cpu, struct naive_array *a);
/* Everything in it back to the slabs of @node. */
void n_array_empty(struct naive *n, uint32_t cpu, struct naive_cache *c,
		   struct naive_array *a, uint32_t node);
void n_array_drop_bottom(struct naive_array *a, uint32_t nr);
/* From top to top, order kept. Return: how many moved. */
uint32_t n_array_move_top(struct naive_array *to, struct naive_array *from,
			  uint32_t most);

/* A node's alien arrays, before they are installed. */
struct naive_aliens {
	bool any;
	struct naive_obj self;
	struct naive_array *array[NAIVE_MAX_NODES];
};
bool n_aliens_new(struct naive *n, uint32_t cpu, uint32_t node, uint32_t limit,
		  struct naive_aliens *aliens);
void n_aliens_delete(struct naive *n, uint32_t cpu,
		     struct naive_aliens *aliens);
void n_aliens_install(struct naive_lists *l, struct naive_aliens *aliens);
/* Takes them out of the lists. */
struct naive_aliens n_aliens_remove(struct naive_lists *l);

/* naive_tune.c */
uint32_t n_cpus_of_node(const struct naive *n, uint32_t node);
void n_lists_init(struct naive_lists *l);
struct naive_obj n_lists_alloc(struct naive *n, uint32_t cpu, uint32_t node);
void n_lists_delete(struct naive *n, uint32_t cpu, struct naive_lists *l);
uint64_t n_first_reap(const struct naive *n, const struct naive_cache *c);
void n_set_free_limit(const struct naive *n, struct naive_cache *c,
		      uint32_t node, uint32_t nr_cpus);
bool n_retune(struct naive *n, uint32_t cpu, struct naive_cache *c,
	      uint32_t limit, uint32_t batchcount, uint32_t shared);
bool n_tune_to_defaults(struct naive *n, uint32_t cpu, struct naive_cache *c);

/* naive_create.c */
bool n_order_holds(const struct naive *n, struct naive_cache *c, uint32_t order,
		   uint64_t align, uint64_t *left);
void n_chain_add(struct naive *n, struct naive_cache *c);
void n_chain_remove(struct naive *n, struct naive_cache *c);

/* naive_boot.c */
bool n_boot_setup(struct naive *n, struct naive_cache *c);

/* naive_reap.c */
void n_timer_start(struct naive *n, uint32_t cpu);

static inline uint64_t up(uint64_t value, uint64_t multiple)
{
	return (value + multiple - 1) / multiple * multiple;
}

#endif
