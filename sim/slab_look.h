/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The slabs of a cache on a node, one by one, with how many objects of each
 * are live: out of the slab and in no array. Which ones, sim/picture.h knows;
 * this is cheaper.
 */
#ifndef SIM_SLAB_LOOK_H
#define SIM_SLAB_LOOK_H

#include "model/inspect.h"

struct slab_seen {
	struct slab_view view;
	uint32_t live;
};

/* Memory is kept from look to look; begin with zeroes. */
struct slab_look {
	struct slab_seen *slabs; /* partial, full, free; in list order */
	size_t nr, room;
	uint32_t *cached; /* slab numbers of the objects in arrays, sorted */
	size_t nr_cached, cached_room;
	bool out_of_memory;
};

/* Return: false: no memory. */
bool slab_look_at(struct slab_look *look, const struct machine *m,
		  cachep_t cachep, uint32_t node);
void slab_look_release(struct slab_look *look);

#endif
