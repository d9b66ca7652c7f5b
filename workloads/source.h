/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workloads: endless streams of events made by small models of what kernels
 * do, each in a file gen_NAME.c. The same workload, parameters and seed give
 * the same events on every host: integers only, no clock, no addresses.
 *
 * Memory is bounded by the objects that live at one time, which the
 * parameters bound, and never by how many events were taken.
 */
#ifndef WORKLOADS_SOURCE_H
#define WORKLOADS_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

/* Rises when any workload gives other events than before. */
#define WORKLOAD_VERSION 1

/* Parameters are whole numbers. */
struct workload_param {
	const char *key;
	const char *unit; /* "" a plain number */
	uint32_t usual, least, most;
	const char *what;
};

#define WORKLOAD_PARAMS_MAX 16

struct workload_ops;

struct workload {
	const char *name;
	const char *summary;                 /* one line */
	const char *model;                   /* what happens, in sentences */
	const struct workload_param *params; /* [0] is the number of CPUs */
	uint32_t nr_params;
	const struct workload_ops *ops;
};

/* A cache that the workload's events name by its index. */
struct workload_cache {
	const char *name;
	uint32_t size_bytes;   /* to create it with */
	uint32_t traced_bytes; /* the slot's size as a real kernel traces it */
	uint32_t flags;        /* enum cache_def_flags */
};

/* All workloads, in the order they are listed. */
const struct workload *const *workload_list(size_t *nr);
/* NULL: there is none of that name. */
const struct workload *workload_find(const char *name);

struct event_source;

/*
 * event_source_create - start a workload
 * @values: of its parameters, within their ranges. @error: a clause when the
 * values do not go together, or memory is short.
 * Return: owned (event_source_destroy), or NULL.
 */
struct event_source *event_source_create(const struct workload *workload,
					 const uint32_t *values, uint64_t seed,
					 char *error, size_t error_bytes);
void event_source_destroy(struct event_source *source);
/*
 * event_source_next - the next events, in time order
 * Time 0 is the first event. Return: how many; 0: out of memory.
 */
size_t event_source_next(struct event_source *source, struct event *events,
			 size_t max);

/* What the events' numbers mean; all borrowed. [0] of the strings is "". */
const struct workload_cache *
event_source_caches(const struct event_source *source, uint32_t *nr);
const char *const *event_source_call_sites(const struct event_source *source,
					   uint32_t *nr);
const char *const *event_source_tasks(const struct event_source *source,
				      uint32_t *nr);

#endif
