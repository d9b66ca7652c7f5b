/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pointer map. At most half full. Removal shifts later entries of the
 * same run back over the hole: an entry may move to the hole unless its own
 * place lies behind the hole.
 */
#include "traces/ptr_map.h"

#include <stdlib.h>
#include <string.h>

#include "traces/huge.h"

#define START_SLOTS ((size_t)1024)
/* A table that fills a huge page; from there on it doubles. */
#define HUGE_SLOTS (HUGE_BYTES / sizeof(struct ptr_entry))

static void free_entries(struct ptr_map *map)
{
	size_t slots = map->mask + 1;

	if (map->entries && slots >= HUGE_SLOTS)
		huge_free(map->entries, slots * sizeof(*map->entries));
	else
		free(map->entries);
}

static bool resize(struct ptr_map *map, size_t slots)
{
	struct ptr_map bigger = { 0 };

	bigger.entries = slots >= HUGE_SLOTS ?
				 huge_alloc(slots * sizeof(*bigger.entries)) :
				 calloc(slots, sizeof(*bigger.entries));
	if (!bigger.entries)
		return false;
	bigger.mask = slots - 1;
	for (bigger.shift = 64; slots > 1; slots /= 2)
		bigger.shift--;
	for (size_t i = 0; map->entries && i <= map->mask; i++) {
		if (map->entries[i].used)
			ptr_map_add(&bigger, map->entries[i].ptr,
				    map->entries[i].value);
	}
	free_entries(map);
	*map = bigger;
	return true;
}

bool ptr_map_init(struct ptr_map *map)
{
	memset(map, 0, sizeof(*map));
	return resize(map, START_SLOTS);
}

void ptr_map_release(struct ptr_map *map)
{
	free_entries(map);
	memset(map, 0, sizeof(*map));
}

static bool grow(struct ptr_map *map)
{
	size_t slots = 2 * (map->mask + 1);

	return resize(map, slots == 2 * START_SLOTS ? HUGE_SLOTS : slots);
}

bool ptr_map_add(struct ptr_map *map, uint64_t ptr, uint32_t value)
{
	size_t at;

	if (2 * (map->nr + 1) > map->mask && !grow(map))
		return false;
	at = ptr_map_place(map, ptr);
	while (map->entries[at].used)
		at = (at + 1) & map->mask;
	map->entries[at] = (struct ptr_entry){ ptr, value, 1 };
	map->nr++;
	return true;
}

void ptr_map_remove(struct ptr_map *map, const uint32_t *value)
{
	const struct ptr_entry *entry =
		(const void *)((const char *)value -
			       offsetof(struct ptr_entry, value));
	size_t hole = (size_t)(entry - map->entries);
	size_t at = hole;

	for (;;) {
		size_t home;

		at = (at + 1) & map->mask;
		if (!map->entries[at].used)
			break;
		home = ptr_map_place(map, map->entries[at].ptr);
		if (((at - home) & map->mask) < ((at - hole) & map->mask))
			continue;
		map->entries[hole] = map->entries[at];
		hole = at;
	}
	map->entries[hole].used = 0;
	map->nr--;
}
