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
/* The value of a pointer, or NULL; valid until the next change of the map. */
uint32_t *ptr_map_find(const struct ptr_map *map, uint64_t ptr);
/* Have the processor fetch what looking for @ptr will need; no more. */
void ptr_map_prefetch(const struct ptr_map *map, uint64_t ptr);
/* @ptr must not be in the map. Return: false when out of memory. */
bool ptr_map_add(struct ptr_map *map, uint64_t ptr, uint32_t value);
/* @value: what ptr_map_find returned. */
void ptr_map_remove(struct ptr_map *map, const uint32_t *value);

#endif
