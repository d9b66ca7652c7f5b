/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/cache_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/cli.h"

bool cache_names_know(const struct trace_header *header,
		      const struct machine *m, const char *name)
{
	if (kmem_cache_find(m, name) != CACHE_NULL)
		return true;
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		if (!strcmp(header->caches[i].name, name))
			return true;
	}
	return false;
}

bool cache_names_nearest(const struct trace_header *header,
			 const struct machine *m, const char *name, char *near,
			 size_t near_bytes)
{
	size_t nr = 0;
	const char **names =
		calloc((size_t)header->nr_caches + machine_cache_bound(m) + 1,
		       sizeof(*names));
	const char *nearest = NULL;
	struct cache_info info;

	for (cachep_t c = machine_first_cache(m); names && c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		kmem_cache_info(m, c, &info);
		names[nr++] = info.name;
	}
	for (uint32_t i = 0; names && i < header->nr_caches; i++)
		names[nr++] = header->caches[i].name;
	if (names)
		nearest = suggest(name, names, nr);
	snprintf(near, near_bytes, "%s", nearest ? nearest : "");
	free(names);
	return nearest != NULL;
}
