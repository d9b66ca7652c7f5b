/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user knows of the traced machine's caches: a map file that names
 * them, a copy of /proc/slabinfo.
 *
 * A line of a map file:   BYTES_REQ BYTES_ALLOC CALL_SITE NAME
 * "*" for a number: any. CALL_SITE is a pattern with * and ?, for the call
 * site as traced or for its function alone. The first line that fits names
 * the object, whatever the trace calls it (merged caches of SLUB are called by
 * one name). "#" begins a comment. The name "-" (with "*" for both numbers)
 * says that the call site is the traced allocator's own: see own_call_sites.h.
 */
#ifndef TRACES_CACHE_MAP_H
#define TRACES_CACHE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/slabinfo_file.h"
#include "traces/slt.h"

struct cache_map_line {
	uint32_t bytes_req, bytes_alloc;
	bool any_req, any_alloc;
	char *call_site, *name; /* owned */
};

struct cache_map {
	struct cache_map_line *lines; /* owned */
	uint32_t nr;
};

/*
 * cache_map_read - read the map at @path
 * Return: 0, or -EBADMSG, -ENOMEM or an errno of I/O with @error filled in.
 * Release @map only after 0.
 */
int cache_map_read(const char *path, struct cache_map *map,
		   struct trace_error *error);
void cache_map_release(struct cache_map *map);

/* The name for such an allocation, or NULL. Borrowed. */
const char *cache_map_find(const struct cache_map *map, uint32_t bytes_req,
			   uint32_t bytes_alloc, const char *call_site);

/* Does a line say that the call site is the allocator's own? */
bool cache_map_own(const struct cache_map *map, const char *call_site);

/* What was given with the import, all zeroes when nothing was. */
struct cache_hints {
	struct cache_map map;
	struct slabinfo_file slabinfo;
};

/*
 * cache_hints_read - both files; either path may be NULL
 * Return: as cache_map_read; @hints may be released in any case.
 */
int cache_hints_read(struct cache_hints *hints, const char *map_path,
		     const char *slabinfo_path, struct trace_error *error);
void cache_hints_release(struct cache_hints *hints);

#endif
