/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the engine (source.c) and the workloads (gen_*.c).
 *
 * Each simulated CPU is an actor: the engine calls step for the CPU that is
 * next in time (ties: the lower number); the step emits events, all at that
 * time, and says when the CPU acts again. So events come in time order
 * whatever a workload does. A new workload is a file with a struct workload,
 * its line in source.c, and nothing else.
 */
#ifndef WORKLOADS_GEN_H
#define WORKLOADS_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/random.h"
#include "workloads/source.h"

#define GEN_KMALLOC EVENT_NO_CACHE
/* The most events of one step. */
#define GEN_STEP_EVENTS 64

/* A place in the kernel that allocates or frees. */
struct gen_site {
	const char *name;
	uint32_t cache; /* index of the workload's, or GEN_KMALLOC */
	uint32_t gfp;   /* of allocations: enum event_gfp */
};

struct gen_cpu {
	uint64_t time_ns; /* when it acts next */
	uint32_t cpu;
};

struct gen {
	struct random random;
	uint64_t now_ns;
	uint32_t cpus;
	bool failed; /* out of memory: the stream ends */

	const struct gen_site *sites;
	uint32_t nr_caches;     /* of the workload's; start may lower it */
	struct gen_cpu *agenda; /* a heap of all CPUs */
	struct event pending[GEN_STEP_EVENTS];
	uint32_t nr_pending, nr_taken;
	uint32_t *free_slots; /* a stack: last in, first out */
	uint32_t nr_free, nr_slots, slot_room;
	char **tasks; /* owned, and its strings */
	uint32_t nr_tasks, task_room;
};

struct workload_ops {
	const struct workload_cache *caches;
	uint32_t nr_caches;
	const struct gen_site *sites;
	uint32_t nr_sites;
	/*
	 * Start: values are within their ranges. Return: the state, or NULL,
	 * with a clause in @error unless memory was short.
	 */
	void *(*start)(struct gen *gen, const uint32_t *values, char *error,
		       size_t error_bytes);
	/* Return: nanoseconds until the CPU acts again, 1 or more. */
	uint64_t (*step)(void *state, struct gen *gen, uint32_t cpu);
	void (*stop)(void *state);
};

/* Numbers for sites[], in events: 0 stands for unknown. */
static inline uint32_t gen_call_site(uint32_t site)
{
	return site + 1;
}

/*
 * A task's number for events. Return: 0 when out of memory, which gen->failed
 * tells then.
 */
uint32_t gen_task(struct gen *gen, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Each emits one event now on @cpu. Return: the new object's slot. */
uint32_t gen_alloc(struct gen *gen, uint32_t cpu, uint32_t task, uint32_t site,
		   uint32_t bytes);
void gen_free(struct gen *gen, uint32_t cpu, uint32_t task, uint32_t site,
	      uint32_t slot);

/* A first in, first out queue of frees to come (RCU); grows as needed. */
struct gen_late {
	uint64_t due_ns;
	uint32_t slot;
	uint32_t site;
};

struct gen_queue {
	struct gen_late *ring;
	uint32_t head, nr, room; /* room: a power of two, or 0 */
};

/* @due_ns never falls from one call to the next. */
void gen_queue_add(struct gen *gen, struct gen_queue *queue,
		   const struct gen_late *late);
/* The next one that is due by now, or NULL; valid until the next addition. */
const struct gen_late *gen_queue_due(const struct gen *gen,
				     struct gen_queue *queue);
void gen_queue_release(struct gen_queue *queue);

extern const struct workload workload_forkstorm;
extern const struct workload workload_prodcons;
extern const struct workload workload_fileserver;
extern const struct workload workload_fragment;
extern const struct workload workload_zipf;

#endif
