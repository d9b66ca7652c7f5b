/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See slab_map.h. A slab is a few runs of objects of the same state: after a
 * refill its objects lie side by side in one array. So a text of runs is
 * short where a row an object would be hundreds.
 */
#include "sim/slab_map.h"

#include <stdlib.h>

/* No run is longer: count, letter, CPU or node, blank. */
#define RUN_BYTES 24

/* --- text ---------------------------------------------------------------- */

static bool make_room(struct slab_map *map)
{
	size_t room = (size_t)map->picture.info.num * RUN_BYTES + 1;
	char *grown;

	if (room <= map->room)
		return true;
	grown = realloc(map->text, room);
	if (!grown)
		return false;
	map->text = grown;
	map->room = room;
	return true;
}

static char *put_number(char *at, uint32_t number)
{
	char digits[10];
	size_t nr = 0;

	do {
		digits[nr++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (nr)
		*at++ = digits[--nr];
	return at;
}

static char *put_run(char *at, uint32_t nr, const struct picture_object *object)
{
	at = put_number(at, nr);
	*at++ = picture_letter(object);
	if (object->place > OBJECT_LIVE)
		at = put_number(at, object->where);
	return at;
}

static bool same_holder(const struct picture_object *a,
			const struct picture_object *b)
{
	return a->place == b->place && a->where == b->where;
}

const char *slab_map_text(struct slab_map *map, const struct picture_slab *slab)
{
	const struct picture_object *objects =
		&map->picture.objects[slab->first];
	uint32_t num = map->picture.info.num, begin = 0;
	char *at;

	if (!make_room(map))
		return NULL;
	at = map->text;
	for (uint32_t i = 1; i <= num; i++) {
		if (i < num && same_holder(&objects[i], &objects[begin]))
			continue;
		if (begin)
			*at++ = ' ';
		at = put_run(at, i - begin, &objects[begin]);
		begin = i;
	}
	*at = '\0';
	return map->text;
}

/* --- rows ---------------------------------------------------------------- */

static bool store_slabs(struct slab_map *map, struct results *results,
			const struct slab_map_place *place)
{
	const struct picture_slab *slab;
	struct slab_place row = { .sample = place->sample,
				  .cache = place->cache };
	const char *text;

	for (size_t i = 0; i < map->picture.nr_slabs; i++) {
		slab = &map->picture.slabs[i];
		row.node = place->nodes[slab->view.nodeid];
		text = slab_map_text(map, slab);
		if (!text)
			return false;
		results_add_slab(results, &row, slab, text);
	}
	return true;
}

static void store_aliens(const struct picture *picture, struct results *results,
			 const struct slab_map_place *place,
			 struct alien_seen *aliens)
{
	const struct picture_array *array;
	struct slab_place row = { .sample = place->sample,
				  .cache = place->cache };
	struct alien_seen *seen = aliens;

	for (uint32_t node = 0; node < picture->nr_nodes; node++) {
		row.node = place->nodes[node];
		for (uint32_t other = 0; other < picture->nr_nodes; other++) {
			array = picture_alien(picture, node, other);
			if (seen->avail != array->avail ||
			    seen->limit != array->limit)
				results_add_alien(results, &row,
						  place->nodes[other],
						  array->avail, array->limit);
			*seen++ = (struct alien_seen){ array->avail,
						       array->limit };
		}
	}
}

bool slab_map_store(struct slab_map *map, struct results *results,
		    const struct machine *m, cachep_t cachep,
		    const struct slab_map_place *place,
		    struct alien_seen *aliens)
{
	if (!picture_take(&map->picture, m, cachep, 0) ||
	    !store_slabs(map, results, place))
		return false;
	store_aliens(&map->picture, results, place, aliens);
	return true;
}

void slab_map_release(struct slab_map *map)
{
	picture_release(&map->picture);
	free(map->text);
}
