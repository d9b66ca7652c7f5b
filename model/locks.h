/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks of the allocator, as a table of operations that the caller hangs
 * into a machine. Without one a machine takes no locks and pays one test on
 * its slow paths; the hit paths never take any: an array of a CPU is touched
 * by that CPU alone (interrupts are off meanwhile, says the kernel).
 *
 * Order: whoever holds a lock takes only locks further down.
 *
 *   CHAIN   cache_chain_mutex: create, destroy, shrink, tune, hotplug; the
 *           reaper tries it and gives up
 *   ALIEN   of the alien array that node keeps for other_node; then
 *   LIST    list_lock of (cache, node): its slab lists, counters, shared array
 *           both of a cache with descriptors off-slab first, then
 *           both of a cache with descriptors on-slab: a slab that goes is
 *           freed under its list_lock, and its descriptor is an object too
 *   PAGES   of a node's page source; a leaf but for
 *   POOL    the simulator's own: records of slabs and arrays, numbers that
 *           caches share. The kernel has no such lock; a leaf.
 *
 * No lock is held while an object is allocated, but CHAIN.
 */
#ifndef MODEL_LOCKS_H
#define MODEL_LOCKS_H

#include "model/slab.h"

enum slab_lock_class {
	SLAB_LOCK_CHAIN,
	SLAB_LOCK_ALIEN,
	SLAB_LOCK_LIST,
	SLAB_LOCK_PAGES,
	SLAB_LOCK_POOL,
	NR_SLAB_LOCK_CLASSES
};

/* Fields without a meaning for the class are 0; cachep CACHE_NULL. */
struct slab_lock {
	enum slab_lock_class class;
	cachep_t cachep;     /* ALIEN, LIST */
	uint32_t node;       /* ALIEN, LIST, PAGES */
	uint32_t other_node; /* ALIEN: whose objects the array holds */
};

/* Something to be done by a CPU itself; @data is the caller's. */
typedef void slab_call_fn(struct machine *m, uint32_t cpu, void *data);

/* Called from outside the CPUs: no simulated CPU is the caller. */
#define SLAB_NO_CPU UINT32_MAX

struct slab_lock_ops {
	/*
	 * Several CPUs run at once. False: one at a time, by turns, each seeing
	 * all that was done before; the machine then does exactly what one
	 * without locks does.
	 */
	bool concurrent;
	/* @cpu: who runs. Locks do not nest within themselves. */
	void (*acquire)(void *arg, uint32_t cpu, const struct slab_lock *lock);
	/* Return: whether it was free, and is @cpu's now. */
	bool (*try_acquire)(void *arg, uint32_t cpu,
			    const struct slab_lock *lock);
	void (*release)(void *arg, uint32_t cpu, const struct slab_lock *lock);
	/*
	 * Let @target run @fn, on its own thread and between two operations of
	 * its own, and wait until it has. NULL: the caller's thread runs it, in
	 * the name of @target. Made with CHAIN held, or from SLAB_NO_CPU. Who
	 * waits for CHAIN must go on answering calls.
	 */
	void (*call)(void *arg, uint32_t target, slab_call_fn *fn, void *data);
};

/*
 * machine_set_locks - hang a table of locks into a machine, or take it out
 * @ops: borrowed; NULL: no locks any more. @arg: given to each operation.
 *
 * No CPU may be running. Locks are not part of a machine's copies.
 *
 * With a concurrent table, until it is taken out:
 *  - why misses miss is not found out: each counts as miss_other;
 *  - each CPU has a clock of its own, set by machine_reap_due and
 *    machine_settle;
 *  - slabs freed by RCU wait until machine_settle;
 *  - caches are created and destroyed, and the machine is inspected or
 *    checked, while no CPU runs; it is neither copied nor restored; tuning,
 *    shrinking and hotplug may happen at any time, within the room that
 *    machine_reserve made;
 *  - counters of bytes asked for are added up by machine_settle.
 * Return: false when the host has no memory, or when several CPUs cannot run
 * at once: contents of memory (debug profiles, constructors) have no locks.
 */
bool machine_set_locks(struct machine *m, const struct slab_lock_ops *ops,
		       void *arg);

/* The table that hangs in a machine, and its argument; NULL: none. Borrowed. */
const struct slab_lock_ops *machine_locks(const struct machine *m, void **arg);

/*
 * machine_reserve - room for arrays, so that making them moves no memory
 * @nr_entries: entries of arrays to come; @nr_arrays: shared and alien ones.
 * No CPU may be running. Return: false when the host has no memory.
 */
bool machine_reserve(struct machine *m, uint32_t nr_entries,
		     uint32_t nr_arrays);

/*
 * machine_settle - with a concurrent table, while no CPU runs: an instant
 * that all CPUs have reached
 * @tick: of the machine's clock, not before the present one.
 *
 * All that CPUs keep apart is added up, and a grace period of RCU is over.
 */
void machine_settle(struct machine *m, uint64_t tick);

/* The tick when the reap timer of @cpu is due; UINT64_MAX: it is not armed. */
uint64_t machine_cpu_timer(const struct machine *m, uint32_t cpu);

/*
 * machine_reap_due - cache_reap of @cpu, run by itself, with a concurrent table
 *
 * At the tick its timer is due, which is armed anew.
 */
void machine_reap_due(struct machine *m, uint32_t cpu);

/* The lock's place in the order above: those taken later have higher ones. */
uint32_t slab_lock_rank(const struct machine *m, const struct slab_lock *lock);

#endif
