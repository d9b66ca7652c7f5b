/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dictionary of the database: unit, direction and meaning of every column
 * of numbers. A name means the same wherever it is; rows of what is compared
 * (reports/metric_list.h) come first. Counters and gauges get their text from
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
	{ "limit_objs", "objects", "", "tuned to: places of a CPU's array" },
	{ "batchcount_objs", "objects", "", "tuned to: moved at once" },
	{ "shared_factor", "batches", "",
	  "tuned to: places of a shared array, in batchcounts" },
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
	{ "slabs", "slabs", "",
	  "slabs with that many live objects, or given back by that pass" },
	{ "occupied_pct", "percent", "higher", "live objects, of the slots" },
	{ "objs", "objects", "",
	  "objects that the row is about: neighbours in a slab, moved, freed" },
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

	/* a trace, and what its import counted */
	{ "events", "events", "", "of a trace, to replay; of a run, replayed" },
	{ "first_ns", "nanoseconds", "", "the trace's clock at its first event" },
	{ "span_ns", "nanoseconds", "", "from the first to the last event" },
	{ "end_ns", "nanoseconds", "", "simulated time at the end" },
	{ "caches", "caches", "", "caches of the trace" },
	{ "peak_live_objs", "objects", "", "most objects live at once" },
	{ "live_at_end", "objects", "", "objects live at the end of the trace" },
	{ "event_lines", "lines", "", "lines of the recording with an event" },
	{ "other_events", "events", "", "of kinds that are not read" },
	{ "unparsed_lines", "lines", "lower", "lines that could not be read" },
	{ "own_dropped", "events", "", "of the recording program itself" },
	{ "allocs", "allocations", "", "allocations" },
	{ "frees", "frees", "", "frees" },
	{ "null_frees", "frees", "", "of no object at all" },
	{ "unknown_frees", "frees", "lower",
	  "of objects older than the trace, or untraced" },
	{ "implicit_frees", "frees", "lower",
	  "not traced: an address was allocated again" },
	{ "inferred_allocs", "allocations", "",
	  "not traced, put in: a later free proves them" },
	{ "page_allocs", "allocations", "", "of pages; not replayed" },
	{ "page_frees", "frees", "", "of pages; not replayed" },

	/* a run */
	{ "folded_cpus", "CPUs", "lower",
	  "CPUs of the trace that share a simulated one" },
	{ "folded_nodes", "allocations", "lower",
	  "asked for a node that the machine lacks" },
	{ "warm_frees", "frees", "", "of objects of the warm start" },
	{ "moved_events", "events", "",
	  "of a CPU that was offline, done by another" },
	{ "wall_ns", "nanoseconds", "lower", "of the host, for the run" },
	{ "sample_ns", "nanoseconds", "lower", "of these, for sampling" },

	/* a cache, as the trace has it and as it was made */
	{ "traced_bytes", "bytes", "", "slot of an object in the traced kernel" },
	{ "trace_allocs", "allocations", "", "of the trace, of this cache" },
	{ "trace_frees", "frees", "", "of the trace, of this cache" },
	{ "trace_unknown_frees", "frees", "", "of these, of older objects" },
	{ "trace_inferred_allocs", "allocations", "",
	  "of trace_allocs: not traced, put in" },
	{ "trace_inferred_frees", "frees", "",
	  "of trace_frees: not traced, put in" },
	{ "def_size_bytes", "bytes", "", "size to create it with" },
	{ "def_align_bytes", "bytes", "", "alignment to create it with" },
	{ "user_bytes", "bytes", "", "an object, as its user sees it" },
	{ "buffer_bytes", "bytes", "", "a slot: the object, aligned" },
	{ "objs_per_slab", "objects", "", "slots of a slab" },
	{ "pages_per_slab", "pages", "", "pages of a slab" },
	{ "mgmt_bytes", "bytes", "", "a slab's descriptor and free list" },
	{ "colours", "colours", "", "places where a slab's objects may begin" },
	{ "colour_off_bytes", "bytes", "", "from one such place to the next" },

	/* on request */
	{ "allocated_bytes", "bytes", "",
	  "slots, in the traced kernel, of the objects allocated there" },
	{ "ping_pong_objs", "objects", "lower", "freed on another CPU" },
	{ "from_ns", "nanoseconds", "", "lived at least so long" },
	{ "below_ns", "nanoseconds", "", "lived less long" },
	{ "oldest_ns", "nanoseconds", "",
	  "simulated time when the first of them was allocated" },
	{ "inuse_objs", "objects", "", "objects of the slab that are not free" },
	{ "operations", "operations", "", "whose time was taken" },
	{ "sum_ns", "nanoseconds", "lower", "simulated, of all operations" },
	{ "delay_ns", "nanoseconds", "lower",
	  "simulated, before they began: the CPU was busy" },
	{ "p50_ns", "nanoseconds", "lower", "half took no longer" },
	{ "p90_ns", "nanoseconds", "lower", "90 % took no longer" },
	{ "p99_ns", "nanoseconds", "lower", "99 % took no longer" },
	{ "p999_ns", "nanoseconds", "lower", "99.9 % took no longer" },
	{ "max_ns", "nanoseconds", "lower", "the longest" },
	{ "acquisitions", "acquisitions", "", "how often a lock was taken" },
	{ "contended", "acquisitions", "lower", "of these, had to wait" },
	{ "wait_ns", "nanoseconds", "lower",
	  "waited; simulated, or of the host in host_lock" },
	{ "max_wait_ns", "nanoseconds", "lower", "the longest wait" },
	{ "hold_ns", "nanoseconds", "lower", "the lock was held" },
	{ "window_events", "events", "", "that CPUs do before they meet again" },
	{ "threads", "threads", "", "of the host that ran the machine" },
	{ "runs", "runs", "", "of the same trace, that were compared" },
	{ "least", "as its counter", "", "lowest value of the counter in any of the runs" },
	{ "most", "as its counter", "", "highest value of the counter in any of the runs" },
};
const size_t schema_nr_metrics =
	sizeof(schema_metrics) / sizeof(schema_metrics[0]);
