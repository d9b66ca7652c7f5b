/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of a machine. State refers to state by index, so a copy is a copy of
 * a few arrays: caches, objects and slabs bear the same numbers in both.
 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include "model/slab.h"

/*
 * machine_clone - a second machine in the same state
 *
 * It has the hooks (panic, diagnostic, constructors) of the first, but no
 * observer. Kept aside, it is a snapshot. Return: owned by the caller
 * (machine_destroy), or NULL when the host has no memory.
 */
struct machine *machine_clone(const struct machine *m);

/*
 * machine_restore - put a machine into the state of another
 * @snapshot: a clone of @m, earlier or later; stays as it is.
 *
 * @m keeps its observer. Return: false when the host has no memory; @m is
 * unchanged then.
 */
bool machine_restore(struct machine *m, const struct machine *snapshot);

/* Bytes of the host's memory that a machine's state takes, about. */
size_t machine_state_bytes(const struct machine *m);

#endif
