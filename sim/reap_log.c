/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In free order the CPUs' clocks are apart: passes are sorted before they are
 * stored. Everywhere else they come in the order of (tick, CPU).
 */
#include "sim/reap_log.h"

#include <stdlib.h>

#include "model/observe.h"
#include "traces/array.h"

struct pass {
	uint64_t tick, slabs;
	uint32_t cpu;
};

struct reap_log {
	struct results *results;
	struct replay *replay;
	const struct sampler *sampler;
	struct pass *passes; /* owned */
	uint32_t nr, room;
	bool failed;
};

static void on_pass(void *arg, uint32_t cpu, uint64_t tick, uint64_t slabs)
{
	struct reap_log *log = arg;

	if (!array_reach(&log->passes, &log->room, log->nr,
			 sizeof(*log->passes)))
		log->failed = true;
	else
		log->passes[log->nr++] = (struct pass){ tick, slabs, cpu };
}

struct reap_log *reap_log_create(struct results *results, struct replay *replay,
				 const struct sampler *sampler)
{
	struct reap_log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->results = results;
	log->replay = replay;
	log->sampler = sampler;
	machine_observe_passes(replay_machine(replay), on_pass, log);
	return log;
}

void reap_log_destroy(struct reap_log *log)
{
	if (!log)
		return;
	machine_observe_passes(replay_machine(log->replay), NULL, NULL);
	free(log->passes);
	free(log);
}

static int by_tick(const void *left, const void *right)
{
	const struct pass *a = left, *b = right;

	if (a->tick != b->tick)
		return a->tick < b->tick ? -1 : 1;
	return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

bool reap_log_store(struct reap_log *log)
{
	if (log->nr)
		qsort(log->passes, log->nr, sizeof(*log->passes), by_tick);
	for (uint32_t i = 0; i < log->nr; i++) {
		const struct pass *pass = &log->passes[i];
		const struct reap_pass_row row = {
			.tick = pass->tick,
			.time_ns = replay_time_of(log->replay, pass->tick),
			.cpu = sampler_cpu(log->sampler, pass->cpu),
			.slabs = pass->slabs,
		};

		results_add_reap_pass(log->results, &row);
	}
	log->nr = 0;
	return !log->failed;
}
