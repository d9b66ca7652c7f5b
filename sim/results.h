/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results of runs: writing the SQLite file that docs/DATABASE.md
 * describes.
 *
 * A run is begun by a transaction of its own, as "partial"; its rows follow in
 * batches; the last transaction makes it "complete". So the file is valid at
 * every moment, whatever ends the program.
 *
 * All this happens on a thread of its own, from the opening of the file on;
 * only functions that say so wait for it. Errors are sticky: after the first
 * one nothing is written any more, and results_error tells, as soon as it
 * happened.
 */
#ifndef SIM_RESULTS_H
#define SIM_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/inspect.h"
#include "sim/columns.h"
#include "sim/database.h"
#include "sim/engine.h"
#include "sim/info_pass.h"
#include "sim/picture.h"
#include "sim/replay.h"
#include "sim/spread.h"
#include "sim/timing.h"
#include "traces/slt.h"

struct results;

/*
 * results_open - a database to add runs to, made when missing
 *
 * The first run that is begun opens it; before, nothing is looked at. A file
 * that is no database of slabsim is left as it is: results_error.
 * Return: owned (results_close); NULL: no memory.
 */
struct results *results_open(const char *path);
/* Gives up what was not committed. */
void results_close(struct results *results);
/* 0 as long as nothing went wrong; else its code, with @error filled in. */
int results_error(const struct results *results, struct database_error *error);

/* Of a run, the same for everyone who repeats it. Borrowed strings. */
struct run_facts {
	const char *config_json;
	const char *machine; /* "nodes=2,cpus=4,pages=1048576" */
	const char *profile;
	uint32_t nodes, cpus;
	uint64_t node_pages;
	uint32_t hz, page_bytes;
};

/* Of a run, true of this one only. Borrowed strings; NULL: unknown. */
struct host_facts {
	const char *command_line;
	const char *trace_path;
	const char *label;
	const char *engine;
	const char *started_at; /* UTC, "2010-10-20T20:30:22Z" */
	const char *host;
	const char *compiler;
};

/* Store trace and run, as partial, and commit. */
void results_begin_run(struct results *results,
		       const struct trace_header *header,
		       const struct run_facts *run,
		       const struct host_facts *host);
/* Waits. The number in the file of the run that was begun; 0: it is not there. */
int64_t results_run_id(struct results *results);

/*
 * Rows of the run. Rows that others refer to are named by handles, which the
 * functions return: 1, 2, 3 ... in each table.
 */
int64_t results_add_node(struct results *results, uint32_t node,
			 uint64_t limit_pages);
int64_t results_add_cpu(struct results *results, uint32_t cpu, int64_t node);

struct cache_row {
	int64_t chain_position; /* from the chain's tail; -1: never created */
	const struct cache_info *info; /* NULL: never created */
	const struct cache_def *def;   /* NULL: not of the trace */
	const char *slabp_cache;       /* name, or NULL */
	const char *identity;          /* word for enum cache_identity */
	uint32_t page_bytes;
};
int64_t results_add_cache(struct results *results, const struct cache_row *row);

struct sample_row {
	uint64_t k; /* 0, 1, 2 ... */
	uint64_t time_ns;
	uint64_t tick;
	uint64_t events; /* replayed so far */
	uint64_t failed_allocs;
	bool keyframe;
};
int64_t results_add_sample(struct results *results,
			   const struct sample_row *row);
/*
 * results_add_stat - a row of cache_stat, cpu_stat or node_stat
 * @place: handle of the CPU or node; not used for a cache.
 * @values: in the order of the home's columns.
 */
void results_add_stat(struct results *results, enum stat_home home,
		      int64_t sample, int64_t cache, int64_t place,
		      const int64_t *values);
void results_add_node_pages(struct results *results, int64_t sample,
			    int64_t node, const struct node_pages *pages);
void results_add_page_order(struct results *results, int64_t sample,
			    int64_t node, uint32_t order, uint32_t free_blocks);

/* Each time that cache_reap ran. */
struct reap_pass_row {
	uint64_t tick, time_ns;
	int64_t cpu;    /* handle */
	uint64_t slabs; /* that it gave back */
};
void results_add_reap_pass(struct results *results,
			   const struct reap_pass_row *row);

/* --- on request (sim/results_detail.c) --- */

/* Handles of what the slabs of a row belong to. */
struct slab_place {
	int64_t sample, cache, node;
};
/* @obj_map: where its objects are (sim/slab_map.h). */
void results_add_slab(struct results *results, const struct slab_place *place,
		      const struct picture_slab *slab, const char *obj_map);
/*
 * The alien array of the place's node for objects of another one.
 * @other_node: handle; @avail, @limit: -1: there is none any more.
 */
void results_add_alien(struct results *results, const struct slab_place *place,
		       int64_t other_node, int64_t avail, int64_t limit);
/* @slabs slabs have @live live objects each. */
void results_add_occupancy(struct results *results,
			   const struct slab_place *place, uint32_t live,
			   uint64_t slabs);

struct pin_row {
	uint64_t grow_number;
	const char *call_site; /* "": not known */
	uint32_t objs;
	bool knows_time;
	uint64_t oldest_ns;
};
void results_add_pin(struct results *results, const struct slab_place *place,
		     const struct pin_row *row);

struct step_row {
	uint64_t event, seq, time_ns, tick;
	const char *kind;
	int64_t cpu, node, cache;   /* handles; 0: none */
	uint64_t objs, grow_number; /* 0: no slab */
};
void results_add_step(struct results *results, const struct step_row *row);

/* Rows of the run's trace. */
bool results_has_call_sites(struct results *results);
void results_add_call_site(struct results *results, const char *name,
			   const struct info_row *row);
void results_add_lifetime(struct results *results, const char *cache,
			  uint64_t from_ns, uint64_t below_ns, uint64_t objs);

/* --- of a run with threads (sim/results_engine.c) --- */

struct engine_row {
	const char *order;
	uint32_t window; /* events; 0: there is none */
	uint32_t threads;
	struct cpu_threads_host host;
};
void results_add_engine(struct results *results, const struct engine_row *row);
void results_add_lock(struct results *results, const struct machine *m,
		      const struct slab_lock *lock,
		      const struct lock_counts *counts);
void results_add_spread(struct results *results, const struct spread *spread);
/* --- of a run with timing (sim/results_timing.c) --- */

void results_add_cost(struct results *results, const char *name, uint64_t value,
		      const char *source);
/* @cache: handle; 0: of all. */
void results_add_latency(struct results *results, const char *op, int64_t cache,
			 const struct latency *latency);
struct lock_wait_row {
	const char *class;
	int64_t cache, node, other_node; /* handles; 0: none */
	const struct timing_lock *counts;
};
void results_add_lock_wait(struct results *results,
			   const struct lock_wait_row *row);

/* --- of a run with actions (sim/results_detail.c) --- */

/* @number: from 1. A result of ACTION_LEFT: the run ended before it. */
void results_add_action(struct results *results, uint64_t number,
			const struct action *action,
			const struct action_outcome *outcome);

/*
 * results_pass_on - the rows of a sample are complete
 * They are written while the caller goes on (sim/row_queue.h).
 */
void results_pass_on(struct results *results);

/* Make the rows so far permanent. */
void results_commit(struct results *results);

/* How a run ended; times are of the host's clock. */
struct run_end {
	bool complete;
	const char *reason; /* of a partial run; NULL: unknown */
	uint64_t end_ns;    /* simulated time reached */
	uint64_t end_tick;
	const struct replay_counts *counts;
	uint64_t started_ns;
	uint64_t ending_ns; /* when nothing was left but to write */
	uint64_t sample_ns; /* for sampling, before that */
	uint64_t wall_ns;   /* set: the whole run */
};
/*
 * results_finish - store how it ended, and commit
 * @end: borrowed until results_settle, which has waited for it; then sample_ns
 * is what sampling and writing took in all.
 */
void results_finish(struct results *results, struct run_end *end);
/* No run will follow: when all so far is done, the file is closed. */
void results_end(struct results *results);
/* Waits until all so far is done. Return: 0, or the code of the error. */
int results_settle(struct results *results);

/* Stat rows written so far, for measuring. */
uint64_t results_nr_rows(const struct results *results);

#endif
