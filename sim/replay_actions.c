/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions of a replay (sim/actions.h). Each is done by the CPU it names, on
 * its own thread where it has one. What can go wrong now is the simulated
 * machine's memory: a result, kept in the outcome, and no error.
 *
 * The events of a CPU that is offline must be done by somebody. A kernel would
 * have moved its tasks, but the trace does not say where: they are done by the
 * CPU that stands in for it, and counted.
 */
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "model/locks.h"
#include "sim/replay_state.h"

bool replay_actions_create(struct replay *replay, const struct actions *list)
{
	size_t cpus = (size_t)replay->nr_cpus + 1;
	struct replay_actions *actions = calloc(1, sizeof(*actions));

	replay->actions = actions;
	if (!actions)
		return false;
	actions->list = list;
	actions->outcomes = calloc(list->nr + 1, sizeof(*actions->outcomes));
	actions->home_of = malloc(cpus * sizeof(*actions->home_of));
	if (!actions->outcomes || !actions->home_of)
		return false;
	memcpy(actions->home_of, replay->cpu_of,
	       cpus * sizeof(*actions->home_of));
	return true;
}

void replay_actions_destroy(struct replay *replay)
{
	if (!replay->actions)
		return;
	free(replay->actions->outcomes);
	free(replay->actions->home_of);
	free(replay->actions);
}

/* --- who stands in -------------------------------------------------------- */

/* The next CPU of a node that is online, from @cpu on and round; or nr_cpus. */
static uint32_t next_online(const struct machine *m, uint32_t cpu,
			    uint32_t node)
{
	uint32_t nr = machine_nr_cpus(m);

	for (uint32_t i = 0; i < nr; i++) {
		uint32_t other = (cpu + i) % nr;

		if (machine_cpu_node(m, other) == node &&
		    machine_cpu_online(m, other))
			return other;
	}
	return nr;
}

/* Nodes in the order in which the allocator falls back to them. */
static uint32_t stand_in(const struct machine *m, uint32_t cpu)
{
	uint32_t nr_nodes = machine_nr_nodes(m);
	uint32_t home = machine_cpu_node(m, cpu), found = cpu;

	for (uint32_t i = 0; i < nr_nodes; i++) {
		found = next_online(m, cpu, zonelist_node(m, home, i));
		if (found < machine_nr_cpus(m))
			break;
	}
	return found;
}

void replay_route(struct replay *replay)
{
	struct replay_actions *actions = replay->actions;

	actions->nr_away = 0;
	for (uint32_t i = 0; i < replay->nr_cpus; i++) {
		uint16_t home = actions->home_of[i];

		replay->cpu_of[i] = (uint16_t)stand_in(replay->m, home);
		actions->nr_away += replay->cpu_of[i] != home;
	}
}

/* --- doing ---------------------------------------------------------------- */

static enum action_result tune(struct machine *m, const struct scenario_op *op)
{
	cachep_t cachep = kmem_cache_find(m, op->name);

	if (cachep == CACHE_NULL)
		return ACTION_NOT_DONE;
	return slabinfo_write(m, op->cpu, cachep, op->limit, op->batchcount,
			      op->shared) ?
		       ACTION_DONE :
		       ACTION_NO_MEMORY;
}

static enum action_result shrink(struct machine *m,
				 const struct scenario_op *op)
{
	cachep_t cachep = kmem_cache_find(m, op->name);

	if (cachep == CACHE_NULL)
		return ACTION_NOT_DONE;
	kmem_cache_shrink(m, op->cpu, cachep);
	return ACTION_DONE;
}

/* A CPU that was to be online may have found no memory to come up. */
static enum action_result do_action(struct machine *m,
				    const struct scenario_op *op)
{
	if (op->kind == OP_LIMIT) {
		machine_limit_pages(m, op->node, op->pages);
		return ACTION_DONE;
	}
	if (!machine_cpu_online(m, op->cpu))
		return ACTION_NOT_DONE;
	switch (op->kind) {
	case OP_TUNE:
		return tune(m, op);
	case OP_SHRINK:
		return shrink(m, op);
	case OP_ONLINE:
		return machine_cpu_up(m, op->cpu, op->other_cpu) ?
			       ACTION_DONE :
			       ACTION_NO_MEMORY;
	default:
		if (!machine_cpu_online(m, op->other_cpu))
			return ACTION_NOT_DONE;
		machine_cpu_down(m, op->cpu, op->other_cpu);
		return ACTION_DONE;
	}
}

const struct action_outcome *replay_outcomes(const struct replay *replay)
{
	return replay->actions ? replay->actions->outcomes : NULL;
}

const struct action *replay_next_action(const struct replay *replay)
{
	const struct replay_actions *actions = replay->actions;

	if (!actions || actions->next == actions->list->nr)
		return NULL;
	return &actions->list->list[actions->next];
}

size_t replay_begin_action(struct replay *replay)
{
	struct replay_actions *actions = replay->actions;
	struct action_outcome *outcome = &actions->outcomes[actions->next];

	outcome->tick = machine_now(replay->m);
	outcome->events = replay->counts.events;
	return actions->next++;
}

void replay_perform(const struct replay *replay, size_t number)
{
	const struct replay_actions *actions = replay->actions;

	actions->outcomes[number].result =
		do_action(replay->m, &actions->list->list[number].op);
}

struct call {
	const struct replay *replay;
	size_t number;
};

static void answer(struct machine *m, uint32_t cpu, void *data)
{
	const struct call *call = data;

	(void)m;
	(void)cpu;
	replay_perform(call->replay, call->number);
}

/* By the CPU itself; nobody waits for one that is not online. */
static void call_cpu(struct machine *m, uint32_t cpu, struct call *call)
{
	void *arg;
	const struct slab_lock_ops *ops = machine_locks(m, &arg);

	if (ops && ops->call && machine_cpu_online(m, cpu))
		ops->call(arg, cpu, answer, call);
	else
		answer(m, cpu, call);
}

void replay_act(struct replay *replay, uint64_t end_ns)
{
	const struct action *action = replay_next_action(replay);
	struct call call = { .replay = replay };

	replay_pass_time(replay,
			 action->time_ns < end_ns ? action->time_ns : end_ns);
	call.number = replay_begin_action(replay);
	call_cpu(replay->m, action->op.cpu, &call);
	machine_rcu_process(replay->m);
	replay_route(replay);
}
