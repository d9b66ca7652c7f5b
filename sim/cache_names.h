/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of caches that options may mean: the machine's, and the trace's. */
#ifndef SIM_CACHE_NAMES_H
#define SIM_CACHE_NAMES_H

#include "model/slab.h"
#include "traces/slt.h"

struct cache_names {
	const char **name; /* owned; the names are borrowed */
	size_t nr;
};

/* Without memory there are none. */
void cache_names_collect(struct cache_names *names,
			 const struct trace_header *header,
			 const struct machine *m);
void cache_names_release(struct cache_names *names);
/* Return: false with a sentence in @error, and the nearest name. */
bool cache_names_know(const struct cache_names *names, const char *name,
		      const char *option, char *error, size_t error_bytes);

#endif
