/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time that the allocator takes, on the simulated clock: costs of its steps,
 * and waiting for its locks. docs/TIMING.md tells the model and its limits.
 *
 * It watches a machine (model/observe.h, model/locks.h) and changes nothing:
 * the allocator does what it does without it, in the order of the trace.
 */
#ifndef SIM_TIMING_H
#define SIM_TIMING_H

#include "model/locks.h"
#include "model/observe.h"
#include "sim/latency.h"
#include "sim/timing_costs.h"

enum timing_op { TIMING_ALLOC, TIMING_FREE, TIMING_REAP, NR_TIMING_OPS };

struct timing;

/*
 * timing_create - watch @m, in place of other observers
 * In front of the lock table that is there; NULL too when that is concurrent.
 * @start_tick: the tick of simulated time 0.
 * Return: owned (timing_destroy, while @m lives), or NULL for no memory.
 */
struct timing *timing_create(struct machine *m,
			     const struct timing_costs *costs,
			     uint64_t start_tick);
void timing_destroy(struct timing *timing);
/* The host had no memory for a lock or a histogram: figures lack something. */
bool timing_failed(const struct timing *timing);

/*
 * timing_begin, timing_end - around an operation of the trace
 * It begins at @time_ns, or when @cpu has done what it did before. The time to
 * the end is the latency of @op on @cachep; CACHE_NULL: it is not stored.
 */
void timing_begin(struct timing *timing, uint32_t cpu, uint64_t time_ns);
void timing_end(struct timing *timing, enum timing_op op, cachep_t cachep);
/* When the CPU has done all it was given. */
uint64_t timing_busy_until_ns(const struct timing *timing, uint32_t cpu);

/* NULL: there was none. TIMING_REAP, of passes over all caches: CACHE_NULL. */
const struct latency *timing_latency(const struct timing *timing,
				     enum timing_op op, cachep_t cachep);
const char *timing_op_word(enum timing_op op);

struct timing_lock {
	uint64_t free_ns; /* nobody holds it from then on */
	uint64_t taken_ns;
	uint64_t acquisitions, contended; /* contended: had to wait */
	uint64_t wait_ns, max_wait_ns, hold_ns;
};
/* Locks that were taken, by class, cache, node. */
typedef void timing_visit_fn(void *arg, const struct slab_lock *lock,
			     const struct timing_lock *counts);
void timing_visit(const struct timing *timing, timing_visit_fn *visit,
		  void *arg);

#endif
