/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sample row holds: the counters of model/stats.h and the gauges
 * below, by home. The lists make the columns of cache_stat, cpu_stat and
 * node_stat, the order of the values in a row, and the check that every
 * column is in metric_def (sim/metrics.c). A column is added here (or there)
 * and in sim/metrics.c, and sim/sampler.c fills it in.
 */
#ifndef SIM_COLUMNS_H
#define SIM_COLUMNS_H

#include <stdint.h>

#include "model/stats.h"

/* Gauges of (cache, cpu). X(name, description) */
#define CPU_GAUGES(X) X(avail_objs, "objects in the CPU's array")

/* Gauges of (cache, node). */
#define NODE_GAUGES(X)                                                   \
	X(slabs_full, "slabs of the node without a free object")         \
	X(slabs_partial, "slabs of the node with used and free objects") \
	X(slabs_free, "slabs of the node with free objects only")        \
	X(free_objs, "free objects in the node's slabs")                 \
	X(live_objs, "objects of the node really in use")                \
	X(cached_objs,                                                   \
	  "free objects of the node in arrays of any CPU or node")       \
	X(shared_avail_objs, "objects in the node's shared array")       \
	X(requested_bytes, "bytes asked for by the node's live objects")

#define CACHE_COLUMNS(X) CACHE_STATS(X)
/* Classes of misses come last: schema 2 added them. */
#define CPU_COLUMNS(X) CPU_STATS(X) CPU_GAUGES(X) MISS_STATS(X)
#define NODE_COLUMNS(X) NODE_STATS(X) NODE_GAUGES(X)

#define CACHE_COLUMN_NUMBER(name, text) CACHE_COLUMN_##name,
#define CPU_COLUMN_NUMBER(name, text) CPU_COLUMN_##name,
#define NODE_COLUMN_NUMBER(name, text) NODE_COLUMN_##name,
enum cache_column { CACHE_COLUMNS(CACHE_COLUMN_NUMBER) NR_CACHE_COLUMNS };
enum cpu_column { CPU_COLUMNS(CPU_COLUMN_NUMBER) NR_CPU_COLUMNS };
enum node_column { NODE_COLUMNS(NODE_COLUMN_NUMBER) NR_NODE_COLUMNS };

/* No row is wider. */
#define MAX_STAT_COLUMNS 32

/* A value that is stored as NULL: there is no such thing to count. */
#define STAT_ABSENT INT64_MIN

enum stat_home { STAT_OF_CACHE, STAT_OF_CPU, STAT_OF_NODE, NR_STAT_HOMES };

#endif
