/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See cache_names.h. */
#include "sim/cache_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/cli.h"

void cache_names_collect(struct cache_names *names,
			 const struct trace_header *header,
			 const struct machine *m)
{
	struct cache_info info;

	names->nr = 0;
	names->name =
		calloc((size_t)header->nr_caches + machine_cache_bound(m) + 1,
		       sizeof(*names->name));
	if (!names->name)
		return;
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		kmem_cache_info(m, c, &info);
		names->name[names->nr++] = info.name;
	}
	for (uint32_t i = 0; i < header->nr_caches; i++)
		names->name[names->nr++] = header->caches[i].name;
}

void cache_names_release(struct cache_names *names)
{
	free(names->name);
}

bool cache_names_know(const struct cache_names *names, const char *name,
		      const char *option, char *error, size_t error_bytes)
{
	const char *near;

	for (size_t i = 0; i < names->nr; i++) {
		if (!strcmp(names->name[i], name))
			return true;
	}
	near = suggest(name, names->name, names->nr);
	snprintf(error, error_bytes,
		 "%s: no cache \"%.100s\" in this run%s%.100s%s", option, name,
		 near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "");
	return false;
}
