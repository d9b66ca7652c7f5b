/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters of the allocator, each in the one list of its home.
 *
 * The lists make the structs, the database columns and the legends, so a
 * counter is added in one place. Names are those of /proc/slabinfo where it
 * has one. Counters only rise; gauges (numbers of slabs, of objects) are
 * computed when asked, see inspect.h.
 */
#ifndef MODEL_STATS_H
#define MODEL_STATS_H

#include <stdint.h>

/* Counters of (cache, cpu): the hit path touches these. X(name, description) */
#define CPU_STATS(X)                                                       \
	X(allochit, "local allocations served by the CPU's array")         \
	X(allocmiss, "local allocations that found the CPU's array empty") \
	X(freehit, "local frees that found room in the CPU's array")       \
	X(freemiss, "local frees that found the CPU's array full")         \
	X(remotefrees, "frees of objects of another node by this CPU")

/*
 * Counters of (cache, cpu) too, but beside the hit path's line: why the
 * allocmiss happened, one of them each time. The rules: model/misses.c.
 */
#define MISS_STATS(X)                                                    \
	X(miss_cold,                                                     \
	  "misses while the cache grew: more live than at any before")   \
	X(miss_reaped, "misses of an array that cache_reap had drained") \
	X(miss_capacity,                                                 \
	  "misses of objects that flushes had taken to the node")        \
	X(miss_stranded,                                                 \
	  "misses while free objects lay in arrays elsewhere or "        \
	  "on other nodes")                                              \
	X(miss_other, "all other misses; every miss of CPUs that run at once")

/* Counters of (cache, node): the list_lock or slow paths touch these. */
#define NODE_STATS(X)                                                         \
	X(listallocs, "objects moved from slabs of the node by refills")      \
	X(grown, "slabs added to the node")                                   \
	X(reaped, "slabs released by cache_reap on the node")                 \
	X(destroyed, "slabs released on the node, by whatever path")          \
	X(maxfreeable, "longest free list seen by a flush on the node")       \
	X(nodeallocs, "objects taken from the node's slabs without an array") \
	X(refillfail, "misses on the node's CPUs that no refill could serve") \
	X(alienoverflow, "full alien arrays met by frees on the node's CPUs") \
	X(requested_alloc_bytes,                                              \
	  "bytes asked of kmalloc, by the object's node")                     \
	X(requested_free_bytes,                                               \
	  "bytes given back by kfree, by the object's node")

/* Counters of the whole cache: maxima that no sum of parts can give. */
#define CACHE_STATS(X)                                              \
	X(num_active, "objects outside the slabs' free lists, now") \
	X(maxobjs, "the highest num_active so far")                 \
	X(error, "always 0, as in the kernel")

#define STATS_FIELD(name, text) uint64_t name;
struct cpu_stats {
	CPU_STATS(STATS_FIELD)
};
struct miss_stats {
	MISS_STATS(STATS_FIELD)
};
struct node_stats {
	NODE_STATS(STATS_FIELD)
};
struct cache_stats {
	CACHE_STATS(STATS_FIELD)
};

#endif
