/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows about the slabs of a chosen cache, one by one, and about its alien
 * arrays: who holds each object of each slab, and how many wait for other
 * nodes (tables slab_sample and alien_stat).
 */
#ifndef SIM_SLAB_MAP_H
#define SIM_SLAB_MAP_H

#include "sim/picture.h"
#include "sim/results.h"

/* Memory is kept from cache to cache; begin with zeroes. */
struct slab_map {
	struct picture picture;
	char *text;
	size_t room;
};

/* An alien array as it was stored last. */
struct alien_seen {
	int64_t avail, limit; /* -1: there is none */
};

/* Of what the rows are; @nodes: handles, by node; all borrowed. */
struct slab_map_place {
	int64_t sample, cache;
	const int64_t *nodes;
};

/*
 * slab_map_text - where the objects of a slab are, in the order of their index
 * @slab: of @map->picture. Return: runs of objects as slab_sample.obj_map has
 * them, "12l 4c0 3f"; borrowed until the next call. NULL: no memory.
 */
const char *slab_map_text(struct slab_map *map,
			  const struct picture_slab *slab);

/*
 * slab_map_store - store the slabs of a cache, and alien arrays that changed
 * @aliens: [node][other node], nodes squared of them; updated.
 * Return: false: no memory.
 */
bool slab_map_store(struct slab_map *map, struct results *results,
		    const struct machine *m, cachep_t cachep,
		    const struct slab_map_place *place,
		    struct alien_seen *aliens);
void slab_map_release(struct slab_map *map);

#endif
