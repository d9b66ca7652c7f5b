/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_check notices each way in which a machine can be broken, and names
 * it. A busy machine is broken in one place, checked, and mended again; this
 * test therefore looks inside, as no other does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/inspect.h"
#include "model/internal.h"

#define NR_OBJS 3000

/*
 * Two nodes of two CPUs; cache "obj" (off-slab) has slabs on all lists of node
 * 0, objects in a CPU's array, the shared array and the alien array of node 1
 * for node 0; "rcu" has a slab that waits for a grace period.
 */
struct busy {
	struct machine *m;
	cachep_t obj, rcu;
	struct kmem_list3 *l3;
	obj_t objs[NR_OBJS];
};

static int setup(void **state)
{
	struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 100000,
	};
	struct busy *b = calloc(1, sizeof(*b));
	obj_t waiting[200];

	b->m = machine_create(&config);
	assert_true(machine_smp_init(b->m));
	b->obj = kmem_cache_create(b->m, 0, "obj", 512, 0, 0);
	b->rcu =
		kmem_cache_create(b->m, 0, "rcu", 2000, 0, SLAB_DESTROY_BY_RCU);
	for (int i = 0; i < NR_OBJS; i++)
		b->objs[i] = kmem_cache_alloc(b->m, 0, b->obj, 0);
	/* in a row: array and shared array fill, then slabs become free */
	for (int i = 0; i < 400; i++)
		kmem_cache_free(b->m, 1, b->obj, b->objs[i]);
	for (int i = 1000; i < 1400; i += 8) /* scattered: partial slabs */
		kmem_cache_free(b->m, 1, b->obj, b->objs[i]);
	for (int i = 2900; i < 2910; i++) /* on the other node: alien */
		kmem_cache_free(b->m, 2, b->obj, b->objs[i]);
	for (int i = 0; i < 200; i++)
		waiting[i] = kmem_cache_alloc(b->m, 0, b->rcu, 0);
	for (int i = 0; i < 200; i++)
		kmem_cache_free(b->m, 0, b->rcu, waiting[i]);
	b->l3 = node_list3(b->m, b->obj, 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct busy *b = *state;

	machine_destroy(b->m);
	free(b);
	return 0;
}

struct heard {
	char text[4000];
};

static void hear(void *arg, const char *sentence)
{
	struct heard *heard = arg;
	size_t length = strlen(heard->text);

	snprintf(heard->text + length, sizeof(heard->text) - length, "%s\n",
		 sentence);
}

static void check_is_clean(const struct busy *b)
{
	struct heard heard = { "" };

	assert_int_equal(machine_check(b->m, hear, &heard), 0);
	assert_string_equal(heard.text, "");
}

static void busy_machine_is_what_the_tests_need(void **state)
{
	const struct busy *b = *state;

	assert_true(b->l3->slabs_partial.nr > 2);
	assert_true(b->l3->slabs_full.nr > 2);
	assert_true(b->l3->slabs_free.nr > 2);
	assert_true(cpu_cache_get(b->m, b->obj, 1)->ac.avail > 2);
	assert_true(array_at(b->m, b->l3->shared)->avail > 2);
	assert_true(alien_array(b->m, node_list3(b->m, b->obj, 1), 0)->avail >
		    2);
	assert_true(b->m->rcu_first != 0);
	assert_true(b->m->caches[b->obj].off_slab);
	check_is_clean(b);
}

/* Each changes one thing; `field` is mended afterwards. */
static void expect_broken(const struct busy *b, void *field, size_t bytes,
			  uint64_t value, const char *words)
{
	struct heard heard = { "" };
	unsigned char kept[8];

	memcpy(kept, field, bytes);
	memcpy(field, &value, bytes);
	assert_true(machine_check(b->m, hear, &heard) > 0);
	if (!strstr(heard.text, words))
		fail_msg("expected \"%s\", heard: %s", words, heard.text);
	memcpy(field, kept, bytes);
	check_is_clean(b);
}

#define BREAK(field, value, words) \
	expect_broken(b, &(field), sizeof(field), (uint64_t)(value), words)

static void each_link_of_a_list(void **state)
{
	const struct busy *b = *state;
	struct slab_list *lists[] = { &b->l3->slabs_partial, &b->l3->slabs_full,
				      &b->l3->slabs_free };
	const char *words[] = { "partial", "full", "free" };

	for (int i = 0; i < 3; i++) {
		struct slab_list *list = lists[i];
		struct slab *first = slab_at(b->m, list->first);
		struct slab *last = slab_at(b->m, list->last);
		char named[40];

		snprintf(named, sizeof(named), "cache obj, node 0: %s list",
			 words[i]);
		BREAK(list->nr, list->nr + 1, named);
		BREAK(list->nr, list->nr - 1, named);
		BREAK(list->first, first->next, named);
		BREAK(list->first, 0, named);
		BREAK(list->first, 0x7fffffff, "a link leads nowhere");
		BREAK(list->last, last->prev, "its last slab is not the last");
		BREAK(first->next, 0, named);
		BREAK(first->next, list->first, "is on two lists");
		BREAK(first->prev, list->last, "its prev link is wrong");
		BREAK(last->prev, 0, "its prev link is wrong");
		BREAK(last->next, list->first, named);
	}
}

static void each_field_of_a_slab(void **state)
{
	const struct busy *b = *state;
	struct slab *partial = slab_at(b->m, b->l3->slabs_partial.first);
	struct slab *full = slab_at(b->m, b->l3->slabs_full.first);
	struct slab *empty = slab_at(b->m, b->l3->slabs_free.first);

	BREAK(partial->inuse, partial->inuse + 1, "inuse disagrees");
	BREAK(full->inuse, full->inuse - 1, "inuse disagrees");
	BREAK(empty->inuse, 1, "inuse disagrees");
	BREAK(partial->inuse, 0, "is that of another list");
	BREAK(partial->cachep, b->rcu, "belongs to another cache");
	BREAK(full->nodeid, 1, "belongs to another node");
	BREAK(partial->free, BUFCTL_END, "inuse disagrees");
	BREAK(full->free, 0, "a free index is out of range");
	BREAK(empty->free, 999, "a free index is out of range");
	BREAK(empty->bufctl[empty->free], empty->free, "free twice");
	BREAK(empty->bufctl[empty->free], 77, "a free index is out of range");
	BREAK(empty->descriptor, partial->descriptor,
	      "a slab descriptor occupies an object that is not allocated");
}

static void each_count_of_a_node(void **state)
{
	const struct busy *b = *state;
	struct node_stats *stats = &b->l3->stats;

	BREAK(b->l3->free_objects, b->l3->free_objects + 1,
	      "cache obj, node 0: free_objects disagrees");
	BREAK(b->l3->colour_next, 1, "colour_next is not below colour");
	BREAK(stats->grown, stats->grown + 1, "grown and destroyed disagree");
	BREAK(stats->destroyed, 1, "grown and destroyed disagree");
	BREAK(stats->reaped, stats->destroyed + 1, "more reaped");
	BREAK(stats->nodeallocs, 1, "allocations less frees");
	BREAK(stats->refillfail, 1, "allocations less frees");
}

static void each_count_of_a_cache(void **state)
{
	const struct busy *b = *state;
	struct cache_stats *stats = &b->m->caches[b->obj].stats;
	struct cpu_stats *cpu = &cpu_cache_get(b->m, b->obj, 1)->stats;

	BREAK(stats->num_active, stats->num_active - 1, "num_active disagrees");
	BREAK(stats->maxobjs, stats->num_active - 1, "maxobjs is below");
	BREAK(cpu->allochit, cpu->allochit + 1, "allocations less frees");
	BREAK(cpu->allocmiss, cpu->allocmiss + 1, "allocations less frees");
	BREAK(cpu->freehit, cpu->freehit - 1, "allocations less frees");
	BREAK(cpu->freemiss, cpu->freemiss - 1, "allocations less frees");
	BREAK(cpu->remotefrees, 1, "allocations less frees");
}

static void each_entry_of_an_array(void **state)
{
	const struct busy *b = *state;
	struct array_cache *ac = &cpu_cache_get(b->m, b->obj, 1)->ac;
	struct array_cache *shared = array_at(b->m, b->l3->shared);
	struct array_cache *alien =
		alien_array(b->m, node_list3(b->m, b->obj, 1), 0);
	uint32_t empty = b->l3->slabs_free.first;

	BREAK(ac->avail, ac->limit + 1, "CPU 1's array: avail is over");
	BREAK(ac->avail, ac->avail - 1, "allocations less frees");
	BREAK(ac->limit, ac->limit + 1, "its tunables are not the cache's");
	BREAK(ac->batchcount, 1, "its tunables are not the cache's");
	BREAK(ac_entry(b->m, ac)[0], ac_entry(b->m, ac)[1],
	      "CPU 1's array holds an object that another entry holds");
	BREAK(ac_entry(b->m, ac)[0], ac_entry(b->m, shared)[0],
	      "holds an object that another entry holds");
	BREAK(ac_entry(b->m, ac)[0], obj_make(empty, 0, 0),
	      "CPU 1's array holds an object that is free in its slab");
	BREAK(ac_entry(b->m, ac)[0], obj_make(empty, 200, 0),
	      "what is no object of the cache");
	BREAK(ac_entry(b->m, ac)[0], obj_make(0x7fffff, 0, 0),
	      "what is no object of the cache");
	BREAK(ac_entry(b->m, ac)[0], obj_make(empty, 0, 1),
	      "what is no object of the cache");
	BREAK(shared->avail, shared->avail + 1, "node 0's shared array");
	BREAK(ac_entry(b->m, shared)[0], ac_entry(b->m, shared)[1],
	      "node 0's shared array holds");
	BREAK(ac_entry(b->m, alien)[0], ac_entry(b->m, alien)[1],
	      "node 1's alien array holds");
	BREAK(alien->avail, alien->limit + 1,
	      "node 1's alien array: avail is over its limit");
	BREAK(alien->entry, 0, "one for each other node");
}

static void each_structure_that_occupies_an_object(void **state)
{
	const struct busy *b = *state;
	obj_t *self = &ac_entry(b->m, &cpu_cache_get(b->m, b->obj, 1)->ac)[-1];
	struct kmem_cache *c = &b->m->caches[b->obj];
	obj_t cached = ac_entry(b->m, array_at(b->m, b->l3->shared))[0];

	BREAK(b->l3->self, cached, "a list structure occupies");
	BREAK(b->l3->alien_table, *self, "occupies an object");
	BREAK(*self, cached, "a CPU's array occupies");
	BREAK(c->self, cached, "the descriptor occupies");
	BREAK(c->self, obj_make(0x7fffff, 1, 0), "the descriptor occupies");
}

static void pages_cpus_chain_and_queue(void **state)
{
	const struct busy *b = *state;
	struct machine *m = b->m;
	struct node *node = &m->nodes[0];

	BREAK(node->in_use_pages, node->in_use_pages + 1,
	      "node 0: pages in use disagree");
	BREAK(node->nr_touched, node->nr_touched + 1,
	      "node 0: free and used frames");
	BREAK(node->peak_pages, 0, "node 0: peak pages");
	BREAK(node->nr_cpus, 1, "a node's cpu set");
	BREAK(m->cpus[1].online, false, "there is one only while");
	BREAK(m->next_timer, m->next_timer + 1, "the next timer");
	BREAK(m->cpus[2].timer_tick, 1, "the next timer");
	BREAK(m->caches[b->obj].next, CACHE_NULL, "cache chain");
	BREAK(m->caches[b->obj].next, b->rcu, "cache chain");
	BREAK(m->caches[b->obj].on_chain, false, "cache chain");
	BREAK(m->rcu_first, b->l3->slabs_full.first, "RCU queue");
	BREAK(m->rcu_last, 0, "RCU queue");
	BREAK(m->rcu_first, 0x7fffffff, "RCU queue: a link leads nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_machine_is_what_the_tests_need),
		cmocka_unit_test(each_link_of_a_list),
		cmocka_unit_test(each_field_of_a_slab),
		cmocka_unit_test(each_count_of_a_node),
		cmocka_unit_test(each_count_of_a_cache),
		cmocka_unit_test(each_entry_of_an_array),
		cmocka_unit_test(each_structure_that_occupies_an_object),
		cmocka_unit_test(pages_cpus_chain_and_queue),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
