/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What engine.c, engine_strict.c and engine_free.c offer each other. */
#ifndef SIM_ENGINE_PRIVATE_H
#define SIM_ENGINE_PRIVATE_H

#include "sim/cpu_threads.h"
#include "sim/engine.h"

struct strict;
struct free_order;

struct engine {
	struct replay *replay;
	const struct trace_header *header;
	struct engine_options options;
	struct cpu_threads *threads;
	struct lock_table *locks;
	uint32_t nr_cpus;
	struct timing *timing; /* NULL: nobody asked */
	struct strict *strict; /* one of them: the order's own */
	struct free_order *free;
};

struct strict *strict_create(struct engine *engine);
void strict_destroy(struct strict *strict);
int strict_events(struct strict *strict, const struct event *events, size_t nr,
		  struct trace_error *error);
void strict_advance(struct strict *strict, uint64_t time_ns);
void strict_finish(struct strict *strict, uint64_t time_ns);

struct free_order *free_order_create(struct engine *engine);
void free_order_destroy(struct free_order *order);
int free_order_events(struct free_order *order, const struct event *events,
		      size_t nr, struct trace_error *error);
int free_order_advance(struct free_order *order, uint64_t time_ns,
		       struct trace_error *error);
int free_order_finish(struct free_order *order, uint64_t time_ns,
		      struct trace_error *error);

#endif
