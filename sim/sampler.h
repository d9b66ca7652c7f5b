/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sampler: looks at every cache, CPU and node of a machine and stores
 * what changed since the last look. It pulls; the machine knows nothing of it.
 */
#ifndef SIM_SAMPLER_H
#define SIM_SAMPLER_H

#include "sim/holders.h"
#include "sim/replay.h"
#include "sim/results.h"

/*
 * Every so manieth sample stores a row of everything: by default the first and
 * the last one of a run of 100 steps. Readers need none of them, the views seek
 * the last row of a place: a keyframe is for those who join the tables
 * themselves. One in ten would be most rows of a run.
 */
#define SAMPLER_KEYFRAME 100

struct sampler;

/*
 * sampler_create - store the machine's nodes and CPUs, prepare for samples
 * @results: a run has begun. All three are borrowed and must outlive it.
 * @keyframe: every so manieth sample stores everything; 1: all do.
 * Return: owned (sampler_destroy); NULL: no memory.
 */
struct sampler *sampler_create(struct results *results, struct replay *replay,
			       const struct trace_header *header,
			       uint32_t keyframe);
void sampler_destroy(struct sampler *sampler);

/*
 * sampler_watch_slabs - store the slabs of some caches too, one by one
 * @names: of caches, "all" is all; @nr of them, borrowed. Before any sample.
 */
void sampler_watch_slabs(struct sampler *sampler, const char *const *names,
			 size_t nr);

/* Handles of rows; of a cache that no sample has met yet: 0. */
int64_t sampler_cache(const struct sampler *sampler, cachep_t cachep);
int64_t sampler_cpu(const struct sampler *sampler, uint32_t cpu);
int64_t sampler_node(const struct sampler *sampler, uint32_t node);

/*
 * What the last sample found, in the order of the columns, whether it stored
 * it or an earlier one had. Of a cache that it has met; borrowed.
 */
const int64_t *sampler_cpu_row(const struct sampler *sampler, cachep_t cachep,
			       uint32_t cpu);
const int64_t *sampler_node_row(const struct sampler *sampler, cachep_t cachep,
				uint32_t node);
uint64_t sampler_nr_samples(const struct sampler *sampler);

/*
 * sampler_take - store the state of the machine as it is now
 * @time_ns: the simulated time that the sample is labelled with.
 * Return: 0, -ENOMEM, or the code of an error of @results.
 */
int sampler_take(struct sampler *sampler, uint64_t time_ns);

/*
 * sampler_take_slabs - store how full the slabs were at the last sample
 * @holders: NULL, or who allocated: then stored for each slab with at most
 * @pins live objects.
 * Return: as sampler_take.
 */
int sampler_take_slabs(struct sampler *sampler, const struct holders *holders,
		       uint32_t pins);

/* Store the trace's caches that the machine never created, at the end. */
void sampler_add_uncreated(struct sampler *sampler);

#endif
