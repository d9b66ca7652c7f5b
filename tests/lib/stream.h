/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams of operations, done by a machine and by the naive allocator, which
 * must agree after each: in the result, in the whole state of the cache it was
 * about, and, every so often (world_config.full_every), in everything; then
 * machine_check must be content, too.
 *
 * A step that makes no sense where it comes (CPU offline, slot empty ...) is
 * skipped, so any part of a stream is a stream: stream_shrink lives on that.
 */
#ifndef TESTS_LIB_STREAM_H
#define TESTS_LIB_STREAM_H

#include <setjmp.h>
#include <stdio.h>

#include "tests/lib/naive_compare.h"

enum step_kind {
	STEP_SMP,
	STEP_CREATE,
	STEP_DESTROY,
	STEP_SHRINK,
	STEP_TUNE,
	STEP_ALLOC,
	STEP_ALLOC_NODE,
	STEP_ALLOC_THISNODE,
	STEP_FREE,
	STEP_KMALLOC,
	STEP_KMALLOC_NODE,
	STEP_KMALLOC_DMA,
	STEP_KFREE,
	STEP_OFFLINE,
	STEP_ONLINE,
	STEP_TIME,
	STEP_LIMIT,
	STEP_FAIL_PAGE,
	STEP_RCU,
};

struct step {
	enum step_kind kind;
	uint32_t cpu;
	uint32_t other_cpu;
	uint32_t node;
	uint32_t slot;
	uint32_t flags; /* create */
	char name[NAIVE_NAME_BYTES];
	uint64_t size, align;
	int64_t limit, batchcount, shared; /* tune */
	uint64_t number; /* ticks from now, pages, or the n-th page request */
	uint32_t per_million; /* chance of a page request to fail */
	uint64_t seed;        /* of that chance */

	/* what came of it, in the last run */
	bool done; /* not skipped */
	cachep_t cachep;
	obj_t obj;       /* free: which */
	uint64_t result; /* an obj_t, a cachep_t or a bool */
};

struct stream {
	struct step *step;
	uint32_t nr, room;
};

struct world_config {
	const char *title;
	const struct slab_profile *profile;
	uint32_t nodes, cpus;
	const uint16_t *cpu_node; /* NULL: the usual */
	uint64_t pages;
	bool mask_early, noalien;
	bool late_rcu;       /* grace periods end at STEP_RCU only */
	uint32_t full_every; /* steps between two comparisons of everything */
	enum naive_bug bug;
};

struct slot {
	struct naive_obj obj;
	obj_t handle;
	uint64_t bytes; /* 0: not from kmalloc */
	uint32_t live;  /* its place in world.live */
};

#define NR_SLOTS 65536

struct world {
	const struct world_config *config;
	struct naive *n;
	struct machine *m;
	struct machine *twin; /* NULL, or a clone that does the same */
	struct slot *slots;
	uint32_t *live; /* numbers of the slots in use */
	uint32_t nr_live;
	uint64_t nr_done;
	bool smp; /* it comes but once */
	bool failed;
	struct difference d; /* why */
	jmp_buf panicked;
};

/* --- stream.c: a world and its steps -------------------------------------- */

/* Both boot, and must agree; world_end in any case. */
void world_begin(struct world *w, const struct world_config *config);
void world_end(struct world *w);
/*
 * The rest may panic: setjmp(w->panicked) first; then w->failed is set.
 */
void world_step(struct world *w, struct step *step);
/* Sets everything against everything. */
void world_compare(struct world *w);
/* The machine's part of a step that was done before. Return: its result. */
uint64_t machine_step(struct machine *m, const struct step *step);
void stream_append(struct stream *stream, const struct step *step);
void stream_release(struct stream *stream);
/*
 * stream_run - all steps on a fresh world
 * Return: the number of steps until the failure, with its sentence in @d;
 * UINT32_MAX: no failure.
 */
uint32_t stream_run(const struct world_config *config, struct stream *stream,
		    struct difference *d);

/* --- stream_generate.c ---------------------------------------------------- */

struct generator_limits {
	uint32_t nr_steps;
	bool clones; /* clone, restore and replay on the way, too */
};
/*
 * stream_generate - random steps, run as they are made
 * @stream: gets the steps; empty before. Return: as stream_run.
 */
uint32_t stream_generate(const struct world_config *config, uint64_t seed,
			 const struct generator_limits *limits,
			 struct stream *stream, struct difference *d);

/* --- stream_shrink.c ------------------------------------------------------ */

/*
 * stream_shrink - leave out steps as long as the stream fails
 * @d: gets the sentence of the last failure.
 */
void stream_shrink(const struct world_config *config, struct stream *stream,
		   struct difference *d);
/*
 * stream_print - the steps in the language of scenarios
 * What that cannot say (profile, injected failures) is said in comments.
 * @prefix: of each line.
 */
void stream_print(const struct world_config *config,
		  const struct stream *stream, const char *prefix, FILE *out);

#endif
