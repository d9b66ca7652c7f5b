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
#define TIMING_COSTS(X)                                                      \
	X(hit_ns, 15,                                                        \
	  "near a measurement: mm/slab.c in userspace, 12.6 to 18.6 a step") \
	X(refill_ns, 20, "assumed")                                          \
	X(refill_obj_ns, 5, "assumed")                                       \
	X(transfer_obj_ns, 1, "assumed")                                     \
	X(flush_ns, 20, "assumed")                                           \
	X(flush_obj_ns, 8, "assumed")                                        \
	X(alien_ns, 15, "assumed")                                           \
	X(grow_ns, 100, "assumed")                                           \
	X(grow_obj_ns, 2, "assumed")                                         \
	X(destroy_ns, 60, "assumed")                                         \
	X(page_alloc_ns, 200, "assumed")                                     \
	X(lock_ns, 10, "assumed")                                            \
	X(reap_ns, 500, "assumed")                                           \
	X(remote_ns, 60, "assumed")                                          \
	X(remote_distance_pct, 100, "assumed")

struct timing_costs {
#define TIMING_COST(name, value, source) uint64_t name;
	TIMING_COSTS(TIMING_COST)
#undef TIMING_COST
	uint64_t given; /* bits, by place in the list: the user's number */
};

#define TIMING_COST_MAX 1000000000

void timing_costs_default(struct timing_costs *costs);
/*
 * timing_cost_set - one of them, as text
 * Return: false with a sentence in @error.
 */
bool timing_cost_set(struct timing_costs *costs, const char *name,
		     const char *text, char *error, size_t error_bytes);
/* The same as "name=value" or "name = value". */
bool timing_costs_set(struct timing_costs *costs, const char *text, char *error,
		      size_t error_bytes);
/*
 * timing_costs_read - lines name = value in a section [cost] of an INI file
 * The section may be [timing], its former name. Return: as ini_read.
 */
int timing_costs_read(struct timing_costs *costs, const char *path, char *error,
		      size_t error_bytes);
/* Of what is given in @others, take what is not given here. */
void timing_costs_default_to(struct timing_costs *costs,
			     const struct timing_costs *others);

/* The list by place: false behind its end. @source: "given" of the user's. */
bool timing_cost_at(const struct timing_costs *costs, size_t place,
		    const char **name, uint64_t *value, const char **source);

#endif
