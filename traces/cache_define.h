/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache definition made from what a trace shows of a cache's objects.
 */
#ifndef TRACES_CACHE_DEFINE_H
#define TRACES_CACHE_DEFINE_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/event.h"
#include "traces/slabinfo_file.h"

/* What was seen of one cache. */
struct cache_seen {
	uint32_t min_req, max_req; /* bytes asked for */
	uint32_t traced_bytes;     /* bytes given, of the largest request */
	/* objects by how they were identified, enum cache_identity */
	uint64_t identified[IDENTITY_GIVEN + 1];
	uint64_t by_slabinfo; /* of those given; the others: by the map */
};

/*
 * cache_define - choose size, flags and the reason for them
 * @def: name is set; size_bytes, flags, traced_bytes, identity and reason
 * (owned) are filled in.
 * @row: of the traced machine's slabinfo, or NULL. A cache of which nothing
 * was seen is made from it alone.
 * @slub: the traced kernel had SLUB, whose sizes say nothing about SLAB's.
 * Return: false when out of memory.
 */
bool cache_define(struct cache_def *def, const struct cache_seen *seen,
		  const struct slabinfo_row *row, bool slub);

#endif
