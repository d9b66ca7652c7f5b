/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointers of live objects -> a 32-bit value: open addressing with linear
 * probing; a removed pointer leaves no mark (what follows it moves up), so
 * long traces do not slow it down.
 */
#ifndef TRACES_PTR_MAP_H
#define TRACES_PTR_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ptr_entry {
	uint64_t ptr;
	uint32_t value;
	uint32_t used;
};

struct ptr_map {
	struct ptr_entry *entries;
	size_t nr, mask;
	unsigned int shift;
};

/* Return: false when out of memory. */
bool ptr_map_init(struct ptr_map *map);
void ptr_map_release(struct ptr_map *map);

static inline size_t ptr_map_place(const struct ptr_map *map, uint64_t ptr)
{
	return (size_t)(ptr * 0x9e3779b97f4a7c15 >> map->shift);
}

/* The value of a pointer, or NULL; valid until the next change of the map. */
static inline uint32_t *ptr_map_find(const struct ptr_map *map, uint64_t ptr)
{
	size_t at = ptr_map_place(map, ptr);

	for (; map->entries[at].used; at = (at + 1) & map->mask) {
		if (map->entries[at].ptr == ptr)
			return &map->entries[at].value;
	}
	return NULL;
}

/* Have the processor fetch what looking for @ptr will need; no more. */
static inline void ptr_map_prefetch(const struct ptr_map *map, uint64_t ptr)
{
	__builtin_prefetch(&map->entries[ptr_map_place(map, ptr)]);
}

/* @ptr must not be in the map. Return: false when out of memory. */
bool ptr_map_add(struct ptr_map *map, uint64_t ptr, uint32_t value);
/* @value: what ptr_map_find returned. */
void ptr_map_remove(struct ptr_map *map, const uint32_t *value);

#endif
