/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of caches in a replay: the machine's, and those the trace will create. */
#ifndef SIM_CACHE_NAMES_H
#define SIM_CACHE_NAMES_H

#include "model/slab.h"
#include "traces/slt.h"

/* Is there, or will there be, a cache of that name? */
bool cache_names_know(const struct trace_header *header,
		      const struct machine *m, const char *name);
/*
 * cache_names_nearest - the one that was meant, into @near
 * Return: false when none is near enough; @near is "" then.
 */
bool cache_names_nearest(const struct trace_header *header,
			 const struct machine *m, const char *name, char *near,
			 size_t near_bytes);

#endif
