/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dictionary of the database: unit, direction and meaning of every column
 * of numbers in stat tables and views. Counters and gauges get their text from
 * the column lists, unit and direction from here; a test finds what is missing.
 */
#include "sim/schema.h"

/* X(name): unit, better. */
#define UNIT_allochit "allocations", "higher"
#define UNIT_allocmiss "allocations", "lower"
#define UNIT_freehit "frees", "higher"
#define UNIT_freemiss "frees", "lower"
#define UNIT_remotefrees "frees", "lower"
#define UNIT_listallocs "objects", "lower"
#define UNIT_refillfail "allocations", "lower"
#define UNIT_grown "slabs", "lower"
#define UNIT_reaped "slabs", ""
#define UNIT_destroyed "slabs", ""
#define UNIT_maxfreeable "slabs", "lower"
#define UNIT_nodeallocs "objects", "lower"
#define UNIT_alienoverflow "frees", "lower"
#define UNIT_requested_alloc_bytes "bytes", ""
#define UNIT_requested_free_bytes "bytes", ""
#define UNIT_num_active "objects", ""
#define UNIT_maxobjs "objects", "lower"
#define UNIT_error "errors", "lower"
#define UNIT_miss_cold "allocations", ""
#define UNIT_miss_reaped "allocations", "lower"
#define UNIT_miss_capacity "allocations", "lower"
#define UNIT_miss_stranded "allocations", "lower"
#define UNIT_miss_other "allocations", "lower"
#define UNIT_avail_objs "objects", ""
#define UNIT_slabs_full "slabs", ""
#define UNIT_slabs_partial "slabs", "lower"
#define UNIT_slabs_free "slabs", "lower"
#define UNIT_free_objs "objects", "lower"
#define UNIT_live_objs "objects", ""
#define UNIT_cached_objs "objects", "lower"
#define UNIT_shared_avail_objs "objects", ""
#define UNIT_requested_bytes "bytes", ""

/* clang-format off */
#define METRIC(name, text) { #name, UNIT_##name, text },

const struct metric schema_metrics[] = {
	CACHE_COLUMNS(METRIC)
	CPU_COLUMNS(METRIC)
	NODE_COLUMNS(METRIC)
	{ "limit_pages", "pages", "", "page limit of the node" },
	{ "in_use_pages", "pages", "lower", "pages of the node in use" },
	{ "peak_pages", "pages", "lower", "the highest in_use_pages so far" },
	{ "touched_frames", "pages", "lower",
	  "page frames of the node ever handed out" },
	{ "failed_allocs", "allocations", "lower",
	  "the simulated machine was out of memory" },
	{ "skipped_frees", "frees", "", "of objects the machine never had" },
	{ "too_large", "allocations", "",
	  "kmallocs above the largest general cache" },
	{ "num_slabs", "slabs", "lower", "slabs on all three lists" },
	{ "active_slabs", "slabs", "", "slabs on the full and partial lists" },
	{ "active_objs", "objects", "",
	  "objects outside the slabs' free lists: live and cached" },
	{ "num_objs", "objects", "lower", "slots of all slabs" },
	{ "objsize", "bytes", "", "size of a slot" },
	{ "objperslab", "objects", "", "slots of a slab" },
	{ "pagesperslab", "pages", "", "pages of a slab" },
	{ "tunable_limit", "objects", "", "places of a CPU's array" },
	{ "batchcount", "objects", "", "objects moved by a refill or flush" },
	{ "sharedfactor", "batches", "",
	  "places of a shared array, in batchcounts" },
	{ "sharedavail", "objects", "", "objects in the shared arrays" },
	{ "full_pages", "pages", "", "pages of full slabs" },
	{ "partial_pages", "pages", "lower", "pages of partial slabs" },
	{ "free_pages", "pages", "lower", "pages of free slabs" },
	{ "pages", "pages", "lower", "pages of all slabs" },
	{ "fewest_pages", "pages", "",
	  "pages of the fewest slabs that could hold the live objects" },
	{ "slab_bytes", "bytes", "lower", "bytes of the pages of all slabs" },
	{ "live_bytes", "bytes", "", "slots of the live objects" },
	{ "cached_bytes", "bytes", "lower", "slots of the cached objects" },
	{ "free_bytes", "bytes", "lower", "slots of the free objects" },
	{ "avail_bytes", "bytes", "", "slots of the objects in CPU arrays" },
	{ "alloc_hit_pct", "percent", "higher",
	  "local allocations that found an object in the CPU's array" },
	{ "free_hit_pct", "percent", "higher",
	  "local frees that found room in the CPU's array" },
	{ "remote_free_pct", "percent", "lower",
	  "frees of objects of another node, of all frees" },
	{ "alien_overflow_pct", "percent", "lower",
	  "remote frees that found the alien array full" },
	{ "internal_frag_pct", "percent", "lower",
	  "bytes of live slots that nobody asked for" },
	{ "slab_frag_pct", "percent", "lower",
	  "free slots of the slabs that cannot be returned, of their slots" },
	{ "cached_pct", "percent", "lower",
	  "active objects that sit in arrays" },
	{ "miss_cold_pct", "percent", "", "miss_cold, of the misses" },
	{ "miss_reaped_pct", "percent", "", "miss_reaped, of the misses" },
	{ "miss_capacity_pct", "percent", "", "miss_capacity, of the misses" },
	{ "miss_stranded_pct", "percent", "", "miss_stranded, of the misses" },
	{ "miss_other_pct", "percent", "", "miss_other, of the misses" },
	{ "page_order", "order", "", "of a block of 2^page_order pages" },
	{ "free_blocks", "blocks", "lower",
	  "free blocks of one size that the page source holds" },
	{ "free_block_pages", "pages", "lower", "pages of these blocks" },
	{ "live_per_slab", "objects", "", "live objects in each of the slabs" },
	{ "slabs", "slabs", "", "slabs with that many live objects" },
	{ "occupied_pct", "percent", "higher", "live objects, of the slots" },
	{ "objs", "objects", "", "neighbours in a slab in the same state" },
	{ "alien_avail_objs", "objects", "lower",
	  "objects of another node in the alien array for it" },
	{ "alien_limit_objs", "objects", "", "places of the alien array" },
	{ "empty_pages", "pages", "lower",
	  "pages of slabs without a live object" },
	{ "pinned_pages", "pages", "lower",
	  "pages of slabs that one or two live objects hold" },
	{ "pinned_pct", "percent", "lower", "pinned_pages, of all pages" },
	{ "unused_pct", "percent", "lower",
	  "bytes of the slabs' pages that hold nothing asked for" },
	{ "lost_events", "events", "lower", "the tracer says it lost them" },
	{ "untimed", "events", "lower",
	  "of lost events, those of which it is not known when" },
	{ "after_ns", "nanoseconds", "",
	  "a CPU's last event before some were lost" },
};
const size_t schema_nr_metrics =
	sizeof(schema_metrics) / sizeof(schema_metrics[0]);
