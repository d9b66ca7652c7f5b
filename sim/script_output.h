/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scenario prints of a machine: snapshots, geometry, list dumps,
 * slabinfo text, placements. The formats are described in docs/SCENARIOS.md.
 */
#ifndef SIM_SCRIPT_OUTPUT_H
#define SIM_SCRIPT_OUTPUT_H

#include <stdio.h>

#include "model/slab.h"

void print_snap(FILE *out, const struct machine *m, const char *label);
void print_geom(FILE *out, const struct machine *m, const char *label,
		cachep_t cachep);
void print_geom_all(FILE *out, const struct machine *m, const char *label);
void print_dump(FILE *out, const struct machine *m, const char *label,
		cachep_t cachep);
/* The text of /proc/slabinfo 2.1 with statistics. */
void print_slabinfo(FILE *out, const struct machine *m);
/* One line of the placement trace; @obj OBJ_NULL: the allocation failed. */
void print_placement(FILE *out, const struct machine *m, uint64_t line,
		     uint64_t id, const char *cache, obj_t obj);

#endif
