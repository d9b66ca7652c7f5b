/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See slab_look.h. Objects in arrays are few, so their slabs are collected
 * and sorted; each slab then finds its own among them.
 */
#include "sim/slab_look.h"

#include <stdlib.h>

static void add_slab(void *arg, const struct slab_view *view)
{
	struct slab_look *look = arg;
	size_t room = look->room ? 2 * look->room : 256;
	struct slab_seen *grown;

	if (look->nr == look->room) {
		grown = realloc(look->slabs, room * sizeof(*grown));
		if (!grown) {
			look->out_of_memory = true;
			return;
		}
		look->slabs = grown;
		look->room = room;
	}
	look->slabs[look->nr++] = (struct slab_seen){ .view = *view };
}

static void add_cached(void *arg, obj_t obj)
{
	struct slab_look *look = arg;
	size_t room = look->cached_room ? 2 * look->cached_room : 256;
	uint32_t *grown;

	if (look->nr_cached == look->cached_room) {
		grown = realloc(look->cached, room * sizeof(*grown));
		if (!grown) {
			look->out_of_memory = true;
			return;
		}
		look->cached = grown;
		look->cached_room = room;
	}
	look->cached[look->nr_cached++] = obj_slab(obj);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Of all nodes: a slab number is of one node, so others do no harm. */
static void collect_cached(struct slab_look *look, const struct machine *m,
			   cachep_t cachep)
{
	uint32_t nodes = machine_nr_nodes(m);

	look->nr_cached = 0;
	for (uint32_t cpu = 0; cpu < machine_nr_cpus(m); cpu++)
		kmem_visit_cpu_array(m, cachep, cpu, add_cached, look);
	for (uint32_t node = 0; node < nodes; node++) {
		kmem_visit_shared(m, cachep, node, add_cached, look);
		for (uint32_t other = 0; other < nodes; other++)
			kmem_visit_alien(m, cachep, node, other, add_cached,
					 look);
	}
	if (look->nr_cached)
		qsort(look->cached, look->nr_cached, sizeof(*look->cached),
		      by_number);
}

static uint32_t count_cached(const struct slab_look *look, uint32_t slab)
{
	size_t low = 0, high = look->nr_cached, middle;
	uint32_t nr = 0;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (look->cached[middle] < slab)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + nr < look->nr_cached && look->cached[low + nr] == slab)
		nr++;
	return nr;
}

bool slab_look_at(struct slab_look *look, const struct machine *m,
		  cachep_t cachep, uint32_t node)
{
	static const enum slab_state lists[] = { SLABS_PARTIAL, SLABS_FULL,
						 SLABS_FREE };
	look->nr = 0;
	look->out_of_memory = false;
	collect_cached(look, m, cachep);
	for (int i = 0; i < 3; i++)
		kmem_visit_slabs(m, cachep, node, lists[i], add_slab, look);
	for (size_t i = 0; i < look->nr; i++)
		look->slabs[i].live =
			look->slabs[i].view.inuse -
			count_cached(look, look->slabs[i].view.slab);
	return !look->out_of_memory;
}

void slab_look_release(struct slab_look *look)
{
	free(look->slabs);
	free(look->cached);
}
