/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps of the allocator cost: a table of numbers that a file or an
 * option changes, each with where it comes from.
 */
#ifndef SIM_TIMING_COSTS_H
#define SIM_TIMING_COSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, default, source of the default) */
#define TIMING_COSTS(X)                                                        \
	X(hit_ns, 15, "assumed, near what mm/slab.c took a step in userspace") \
	X(refill_ns, 20, "assumed")                                            \
	X(refill_obj_ns, 5, "assumed")                                         \
	X(transfer_obj_ns, 1, "assumed")                                       \
	X(flush_ns, 20, "assumed")                                             \
	X(flush_obj_ns, 8, "assumed")                                          \
	X(alien_ns, 15, "assumed")                                             \
	X(grow_ns, 100, "assumed")                                             \
	X(grow_obj_ns, 2, "assumed")                                           \
	X(destroy_ns, 60, "assumed")                                           \
	X(page_alloc_ns, 200, "assumed")                                       \
	X(lock_ns, 10, "assumed")                                              \
	X(reap_ns, 500, "assumed")                                             \
	X(remote_ns, 60, "assumed")                                            \
	X(remote_distance_pct, 100, "assumed: every other node is as far")

struct timing_costs {
#define TIMING_COST(name, value, source) uint64_t name;
	TIMING_COSTS(TIMING_COST)
#undef TIMING_COST
	uint64_t given; /* bits, by place in the list: the user's number */
};

#define TIMING_COST_MAX 1000000000

void timing_costs_default(struct timing_costs *costs);
/*
 * timing_costs_set - "name=value" or "name = value"
 * Return: false with a sentence in @error.
 */
bool timing_costs_set(struct timing_costs *costs, const char *text, char *error,
		      size_t error_bytes);
/*
 * timing_costs_read - lines name = value in a section [timing] of an INI file
 * Comments begin with # or ;. Return: 0; -EBADMSG or another negative errno
 * with a sentence in @error that names file and line.
 */
int timing_costs_read(struct timing_costs *costs, const char *path, char *error,
		      size_t error_bytes);

/* The list by place: false behind its end. @source: "given" of the user's. */
bool timing_cost_at(const struct timing_costs *costs, size_t place,
		    const char **name, uint64_t *value, const char **source);

#endif
