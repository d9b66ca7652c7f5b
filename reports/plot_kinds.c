/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of pictures. A new one is a query, a script and a row here.
 */
#include "reports/plot.h"

#include "reports/plot_alien.gp.h"
#include "reports/plot_alien.sql.h"
#include "reports/plot_arrays.gp.h"
#include "reports/plot_arrays.sql.h"
#include "reports/plot_arrays_cache.sql.h"
#include "reports/plot_fragmentation.gp.h"
#include "reports/plot_fragmentation.sql.h"
#include "reports/plot_fragmentation_cache.sql.h"
#include "reports/plot_growth.gp.h"
#include "reports/plot_growth.sql.h"
#include "reports/plot_growth_cache.sql.h"
#include "reports/plot_heatmap.gp.h"
#include "reports/plot_heatmap.sql.h"
#include "reports/plot_hits.gp.h"
#include "reports/plot_hits.sql.h"
#include "reports/plot_lifetimes.gp.h"
#include "reports/plot_lifetimes.sql.h"
#include "reports/plot_locks.gp.h"
#include "reports/plot_locks.sql.h"
#include "reports/plot_memory.gp.h"
#include "reports/plot_memory.sql.h"
#include "reports/plot_memory_cache.sql.h"
#include "reports/plot_misses.gp.h"
#include "reports/plot_misses.sql.h"
#include "reports/plot_occupancy.gp.h"
#include "reports/plot_occupancy.sql.h"
#include "reports/plot_runs.gp.h"
#include "reports/plot_runs.sql.h"
#include "reports/plot_runs_cache.sql.h"
#include "reports/plot_slabmap.gp.h"
#include "reports/plot_slabmap.sql.h"
#include "reports/plot_top.gp.h"
#include "reports/plot_top.sql.h"

#define NO_SAMPLES "it ended before its first sample"
#define NEEDS_SLABS                                      \
	"it stored no slabs of this cache then; run it " \
	"again with \"slabsim run --slabs CACHE TRACE\""

#define NEEDS_STEPS                                             \
	"of more than two nodes, which ones exchanged objects " \
	"is stored on request; run it again with \"slabsim "    \
	"run --steps 1-N TRACE\", N its number of events"

const struct plot_kind plot_kinds[] = {
	{ "memory", "Slab memory",
	  "slabs by list state, live and cached bytes, over time", "",
	  plot_memory_sql, plot_memory_cache_sql, plot_memory_gp,
	  PLOT_CACHE | PLOT_OVER_TIME, NO_SAMPLES },
	{ "fragmentation", "Slab fragmentation",
	  "free slots of used slabs, by cache", "; of one cache: by node",
	  plot_fragmentation_sql, plot_fragmentation_cache_sql,
	  plot_fragmentation_gp, PLOT_CACHE | PLOT_TOP | PLOT_OVER_TIME,
	  NO_SAMPLES },
	{ "heatmap", "Slab occupancy", "live objects of each slab over time",
	  " (run --slabs)", plot_heatmap_sql, NULL, plot_heatmap_gp,
	  PLOT_CACHE | PLOT_NEEDS_CACHE | PLOT_OVER_TIME, NEEDS_SLABS },
	{ "slabmap", "Slabs", "slabs at a time: live, in whose array, free",
	  " (run --slabs)", plot_slabmap_sql, NULL, plot_slabmap_gp,
	  PLOT_CACHE | PLOT_NEEDS_CACHE | PLOT_AT, NEEDS_SLABS },
	{ "hits", "Allocations", "hits and misses of the busiest caches",
	  " (--top)", plot_hits_sql, NULL, plot_hits_gp,
	  PLOT_CACHE | PLOT_AT | PLOT_TOP, "it made no allocation by then" },
	{ "misses", "Misses", "why allocations missed, by cache", " (--top)",
	  plot_misses_sql, NULL, plot_misses_gp,
	  PLOT_CACHE | PLOT_AT | PLOT_TOP,
	  "no allocation missed by then, or a slabsim made it that did not "
	  "tell why" },
	{ "arrays", "Arrays of CPUs",
	  "objects in the array_cache of each CPU over time", "",
	  plot_arrays_sql, plot_arrays_cache_sql, plot_arrays_gp,
	  PLOT_CACHE | PLOT_OVER_TIME, NO_SAMPLES },
	{ "alien", "Remote frees", "remote frees, node by node",
	  " (more than two: run --steps)", plot_alien_sql, NULL, plot_alien_gp,
	  PLOT_CACHE | PLOT_AT | PLOT_NODES,
	  "its machine has one node, so no free is remote" },
	{ "lifetimes", "Lifetimes", "how long objects of the trace lived",
	  " (run --call-sites)", plot_lifetimes_sql, NULL, plot_lifetimes_gp,
	  PLOT_CACHE,
	  "no lifetimes of this trace's objects are stored; run it again with "
	  "\"slabsim run --call-sites TRACE\"" },
	{ "growth", "Slabs grown and reaped",
	  "slabs added and given back by the reaper, over time", "",
	  plot_growth_sql, plot_growth_cache_sql, plot_growth_gp,
	  PLOT_CACHE | PLOT_OVER_TIME | PLOT_PASSES, NO_SAMPLES },
	{ "occupancy", "Occupancy at the end",
	  "histogram of slabs by the share of their slots that is live", "",
	  plot_occupancy_sql, NULL, plot_occupancy_gp, PLOT_CACHE,
	  "it has no slabs at its end, or did not come there" },
	{ "top", "Largest caches",
	  "live, cached and free bytes of the largest caches", " (--top)",
	  plot_top_sql, NULL, plot_top_gp, PLOT_CACHE | PLOT_AT | PLOT_TOP,
	  "no cache has a slab then" },
	{ "locks", "Locks of a run with threads",
	  "how often each was taken and waited for", " (run --engine threads)",
	  plot_locks_sql, NULL, plot_locks_gp, PLOT_CACHE | PLOT_TOP,
	  "it ran without threads; run it with \"slabsim run --engine threads "
	  "--order free TRACE\"" },
	{ "runs", "Slab memory", "slabs and live bytes of runs overlaid",
	  " (--run A --run B)", plot_runs_sql, plot_runs_cache_sql,
	  plot_runs_gp, PLOT_CACHE | PLOT_RUNS | PLOT_OVER_TIME, NO_SAMPLES },
};

const char *plot_remedy(struct report *report, const struct plot_kind *kind)
{
	if (kind->options & PLOT_NODES &&
	    report_number(report, "SELECT nodes FROM run WHERE id = :run") > 2)
		return NEEDS_STEPS;
	return kind->remedy;
}

const size_t nr_plot_kinds = sizeof(plot_kinds) / sizeof(plot_kinds[0]);
