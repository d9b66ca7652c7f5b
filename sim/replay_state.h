/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A replay's state: what replay.c (the loop), replay_create.c (its beginning),
 * replay_actions.c and replay_snapshot.c (copies of all that the loop changes)
 * share. A new field that the loop changes needs a line in the last one.
 */
#ifndef SIM_REPLAY_STATE_H
#define SIM_REPLAY_STATE_H

#include "sim/replay.h"

struct replay_slot {
	obj_t obj;              /* or OBJ_NULL, OBJ_LARGE, OBJ_OLD */
	cachep_t cachep;        /* of kmalloc's only where it is OBJ_OLD */
	uint32_t kmalloc_bytes; /* 0: from kmem_cache_alloc */
};

/* Of a replay with actions; views share it, and look while nobody changes it. */
struct replay_actions {
	const struct actions *list; /* borrowed */
	struct action_outcome *outcomes;
	size_t next;       /* the first that was not done */
	uint16_t *home_of; /* replay.cpu_of, with all CPUs online */
	uint32_t nr_away;  /* traced CPUs whose own is offline */
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
	struct replay_actions *actions; /* NULL: none */
	struct replay_counts counts;
};

/* The simulated CPU of a traced one, whether it is online or not. */
static inline uint32_t replay_home_of(const struct replay *replay,
				      uint32_t traced_cpu)
{
	return replay->actions ? replay->actions->home_of[traced_cpu] :
				 replay->cpu_of[traced_cpu];
}

/* The earliest time whose tick is that of the machine's next timer. */
void replay_set_wake(struct replay *replay);
/* Timers up to @time_ns run; actions do not. */
void replay_pass_time(struct replay *replay, uint64_t time_ns);

/*
 * replay_add_cache - a cache that the trace creates now, on @cpu
 * Return: false, with @error filled in, for no memory of the arrays that it is
 * tuned to. That there is none for the cache is a result.
 */
bool replay_add_cache(struct replay *replay, uint32_t def, uint32_t cpu,
		      struct trace_error *error);

/* Return: false for no memory. */
bool replay_actions_create(struct replay *replay, const struct actions *list);
void replay_actions_destroy(struct replay *replay);
/* Each traced CPU to its own simulated one, or to who stands in for it. */
void replay_route(struct replay *replay);

#endif
