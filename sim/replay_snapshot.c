/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of a replay: the machine, the slots, and what else the loop changes. */
#include <stdlib.h>
#include <string.h>

#include "model/snapshot.h"
#include "sim/replay_state.h"

struct replay_snapshot {
	struct machine *m;
	struct replay_slot *slots;
	cachep_t *caches;
	uint64_t *warm; /* NULL: no warm start */
	uint32_t nr_slots;
	uint64_t wake_ns;
	size_t next_action;
	struct replay_counts counts;
};

static void *copy(const void *from, size_t bytes)
{
	void *to = malloc(bytes ? bytes : 1);

	if (to)
		memcpy(to, from, bytes);
	return to;
}

struct replay_snapshot *replay_save(const struct replay *replay)
{
	struct replay_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->nr_slots = replay->nr_slots;
	snapshot->wake_ns = replay->wake_ns;
	snapshot->counts = replay->counts;
	if (replay->actions)
		snapshot->next_action = replay->actions->next;
	snapshot->m = machine_clone(replay->m);
	snapshot->slots =
		copy(replay->slots, replay->nr_slots * sizeof(*replay->slots));
	snapshot->caches = copy(replay->caches,
				replay->nr_caches * sizeof(*replay->caches));
	if (replay->warm)
		snapshot->warm = warm_save(replay->warm);
	if (snapshot->m && snapshot->slots && snapshot->caches &&
	    !replay->warm == !snapshot->warm)
		return snapshot;
	replay_snapshot_release(snapshot);
	return NULL;
}

bool replay_restore(struct replay *replay,
		    const struct replay_snapshot *snapshot)
{
	if (!machine_restore(replay->m, snapshot->m))
		return false;
	memcpy(replay->slots, snapshot->slots,
	       replay->nr_slots * sizeof(*replay->slots));
	memcpy(replay->caches, snapshot->caches,
	       replay->nr_caches * sizeof(*replay->caches));
	if (replay->warm)
		warm_restore(replay->warm, snapshot->warm);
	replay->wake_ns = snapshot->wake_ns;
	replay->counts = snapshot->counts;
	if (replay->actions) {
		replay->actions->next = snapshot->next_action;
		replay_route(replay); /* by the CPUs that are online then */
	}
	return true;
}

void replay_snapshot_release(struct replay_snapshot *snapshot)
{
	if (!snapshot)
		return;
	machine_destroy(snapshot->m);
	free(snapshot->slots);
	free(snapshot->caches);
	free(snapshot->warm);
	free(snapshot);
}

size_t replay_snapshot_bytes(const struct replay_snapshot *snapshot)
{
	return machine_state_bytes(snapshot->m) +
	       snapshot->nr_slots * sizeof(*snapshot->slots);
}
