/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Setting a naive allocator against a machine. Each function returns true
 * when they are alike; else it leaves a sentence with the first difference,
 * the naive one's value as the expected one.
 *
 * Caches are matched by naive_cache.handle, which naive_match_chain sets.
 */
#ifndef TESTS_LIB_NAIVE_COMPARE_H
#define TESTS_LIB_NAIVE_COMPARE_H

#include "model/inspect.h"
#include "tests/lib/naive.h"

struct difference {
	char text[300];
};

/* Matches the caches of two freshly booted chains, by place and name. */
bool naive_match_chain(struct naive *n, const struct machine *m,
		       struct difference *d);

/* An object: cache, node, grow number, index, frame, offset; or none. */
bool naive_same_obj(struct naive_obj obj, const struct machine *m, obj_t got,
		    struct difference *d);
/* One cache: tunables, lists, arrays, gauges, counters. */
bool naive_same_cache(const struct naive *n, const struct naive_cache *c,
		      const struct machine *m, struct difference *d);
/* Its geometry, which never changes. */
bool naive_same_geometry(const struct naive_cache *c, const struct machine *m,
			 struct difference *d);
/* Everything: chain, geometry, caches and sums, pages, CPUs, clock. */
bool naive_same(const struct naive *n, const struct machine *m,
		struct difference *d);

#endif
