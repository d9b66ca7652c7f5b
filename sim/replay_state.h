/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A replay's state: what replay.c (the loop) and replay_snapshot.c (copies of
 * all that the loop changes) share. A new field that the loop changes needs a
 * line in the latter.
 */
#ifndef SIM_REPLAY_STATE_H
#define SIM_REPLAY_STATE_H

#include "sim/replay.h"

struct replay_slot {
	obj_t obj;              /* or OBJ_NULL, OBJ_LARGE, OBJ_OLD */
	cachep_t cachep;        /* of kmalloc's only where it is OBJ_OLD */
	uint32_t kmalloc_bytes; /* 0: from kmem_cache_alloc */
};

struct replay {
	struct machine *m;
	struct warm *warm;               /* NULL: no warm start */
	const struct tunables *tunables; /* NULL: none; borrowed */
	bool from_state; /* caches may be there before the trace's */
	struct replay_slot *slots;
	uint16_t *cpu_of; /* trace CPU -> simulated CPU */
	cachep_t *caches; /* cache_def -> cache of the machine */
	uint64_t wake_ns; /* no timer is due before this time */
	uint64_t start_tick;
	uint64_t hz;
	uint32_t nr_slots, nr_cpus, nr_caches; /* of the trace */
	const struct trace_header *header;
	struct replay_counts counts;
};

#endif
