/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room for arrays, before threads run that must not see them move (sim/replay.h).
 * It is reckoned at most: what is not needed is room for the next.
 */
#include "model/inspect.h"
#include "model/locks.h"
#include "sim/replay_state.h"

/* What arrays need of the machine's pools. */
struct room {
	uint64_t entries, arrays;
};

/* Blocks are powers of two, and each may leave a gap before it. */
static uint64_t block(uint64_t units)
{
	uint64_t size = 16;

	while (size < units)
		size *= 2;
	return 2 * size;
}

/* An array has one entry more than its limit: the object that it lives in. */
static uint64_t array(uint64_t limit)
{
	return block(limit + 1);
}

/* Of one cache: arrays for so many CPUs, shared and alien ones of the nodes. */
static void add_arrays(struct room *room, const struct machine *m,
		       uint64_t nr_cpus, uint64_t nr_nodes, uint64_t limit,
		       uint64_t shared_objs)
{
	uint64_t aliens = machine_nr_nodes(m);

	room->entries +=
		nr_cpus * array(limit) +
		nr_nodes * (array(shared_objs) +
			    aliens * array(machine_profile(m)->alien_limit));
	room->arrays += nr_nodes * (block(1) + block(aliens));
}

static bool reserve(struct machine *m, const struct room *room)
{
	return room->entries < UINT32_MAX && room->arrays < UINT32_MAX &&
	       machine_reserve(m, (uint32_t)room->entries,
			       (uint32_t)room->arrays);
}

/* A CPU that comes up gets arrays of every cache. */
static void add_online(struct room *room, const struct machine *m)
{
	struct cache_info info;

	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		kmem_cache_info(m, c, &info);
		add_arrays(room, m, 1, 1, info.limit,
			   (uint64_t)info.shared * info.batchcount);
	}
}

/* To tune a cache: new arrays of all. */
static void add_tuned(struct room *room, const struct machine *m,
		      const int64_t value[NR_TUNABLES])
{
	add_arrays(
		room, m, machine_nr_cpus(m), machine_nr_nodes(m),
		(uint64_t)value[TUNABLE_LIMIT],
		(uint64_t)(value[TUNABLE_SHARED] * value[TUNABLE_BATCHCOUNT]));
}

bool replay_reserve(struct replay *replay)
{
	const struct scenario_op *op = &replay_next_action(replay)->op;
	const int64_t value[NR_TUNABLES] = { op->limit, op->batchcount,
					     op->shared };
	struct room room = { 0, 0 };

	if (op->kind == OP_TUNE)
		add_tuned(&room, replay->m, value);
	else if (op->kind == OP_ONLINE)
		add_online(&room, replay->m);
	return reserve(replay->m, &room);
}

/* The kernel's own choice, at most. */
static void most_by_default(const struct slab_profile *profile,
			    int64_t value[NR_TUNABLES])
{
	value[TUNABLE_LIMIT] = 1;
	for (uint32_t i = 0; i < profile->nr_limits; i++) {
		if (profile->limits[i].limit > value[TUNABLE_LIMIT])
			value[TUNABLE_LIMIT] = profile->limits[i].limit;
	}
	value[TUNABLE_BATCHCOUNT] = (value[TUNABLE_LIMIT] + 1) / 2;
	value[TUNABLE_SHARED] = profile->shared_factor;
}

bool replay_reserve_creation(struct replay *replay, const struct event *event)
{
	const struct trace_header *header = replay->header;
	int64_t usual[NR_TUNABLES], set[NR_TUNABLES];
	struct room room = { 0, 0 };

	most_by_default(machine_profile(replay->m), usual);
	add_tuned(&room, replay->m, usual);
	if (replay->tunables && event->cache < header->nr_caches &&
	    tunables_of(replay->tunables, header->caches[event->cache].name,
			set)) {
		for (int k = 0; k < NR_TUNABLES; k++) {
			if (set[k] < 0)
				set[k] = usual[k];
		}
		add_tuned(&room, replay->m, set);
	}
	return reserve(replay->m, &room);
}
