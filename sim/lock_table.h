/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks of a machine whose CPUs are threads: a mutex for each lock that
 * model/locks.h names, which counts how often it was taken, how often somebody
 * had to wait for it, and how long.
 *
 * Tests take single classes out, put delays in, and let the order be checked.
 */
#ifndef SIM_LOCK_TABLE_H
#define SIM_LOCK_TABLE_H

#include "model/locks.h"
#include "sim/cpu_threads.h"

struct lock_options {
	bool concurrent;       /* CPUs run at once: slab_lock_ops */
	bool check_order;      /* always in builds with SLABSIM_DEBUG */
	uint32_t skip_classes; /* bits: these locks are not taken */
	bool interrupts_on;  /* who waits for a spin lock answers calls, too */
	uint32_t delay_seed; /* not 0: random delays before and in locks */
	/* the order was broken; NULL: told on stderr, and the program aborts */
	void (*on_disorder)(void *arg, const char *sentence);
	void *on_disorder_arg;
	uint32_t nr_more_caches; /* that will be created */
};

struct lock_table;

/*
 * lock_table_create - make the locks and hang them into the machine
 * @threads: borrowed; its mailboxes carry calls, and are looked into while the
 * chain's lock is waited for. No CPU may be running, here or in destroy.
 * Return: owned (lock_table_destroy), or NULL: no memory, or a machine that
 * cannot have them (machine_set_locks).
 */
struct lock_table *lock_table_create(struct machine *m,
				     struct cpu_threads *threads,
				     const struct lock_options *options);
void lock_table_destroy(struct lock_table *table);

/* What the machine calls, with the table as the argument: for tests. */
const struct slab_lock_ops *lock_table_ops(const struct lock_table *table);

struct lock_counts {
	uint64_t acquisitions;
	uint64_t contended; /* of these, had to wait; a failed try: of neither */
	uint64_t wait_ns;   /* of the host */
};
/* Every lock that was taken at all. No CPU may be running. */
typedef void lock_visit_fn(void *arg, const struct slab_lock *lock,
			   const struct lock_counts *counts);
void lock_table_visit(const struct lock_table *table, lock_visit_fn *visit,
		      void *arg);

/* "chain", "alien", "list", "pages", "pool". */
const char *lock_class_name(enum slab_lock_class class);

#endif
