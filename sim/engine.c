/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both orders have in common: threads, locks, and the choice. */
#include "sim/engine_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/inspect.h"

static uint32_t count_later_caches(const struct trace_header *header)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < header->nr_caches; i++)
		nr += header->caches[i].when == CACHE_AT_EVENT;
	return nr;
}

static bool start(struct engine *engine, struct replay *replay,
		  const struct engine_options *options)
{
	struct machine *m = replay_machine(replay);
	struct lock_options *locks = &engine->options.locks;

	engine->replay = replay;
	engine->header = replay_header(replay);
	engine->options = *options;
	engine->nr_cpus = machine_nr_cpus(m);
	locks->concurrent = options->kind == ENGINE_FREE;
	locks->nr_more_caches = count_later_caches(engine->header);
	engine->threads = cpu_threads_create(m);
	if (!engine->threads)
		return false;
	engine->locks = lock_table_create(m, engine->threads, locks);
	if (!engine->locks)
		return false;
	if (options->kind == ENGINE_FREE)
		engine->free = free_order_create(engine);
	else
		engine->strict = strict_create(engine);
	return engine->free || engine->strict;
}

struct engine *engine_create(struct replay *replay,
			     const struct engine_options *options,
			     struct trace_error *error)
{
	const struct machine *m = replay_machine(replay);
	const struct slab_profile *profile = machine_profile(m);
	struct engine *engine;

	if (options->kind == ENGINE_FREE && profile->debug) {
		snprintf(error->text, sizeof(error->text),
			 "--order free: contents of memory, which profile %s "
			 "keeps, have no locks",
			 profile->name);
		return NULL;
	}
	engine = calloc(1, sizeof(*engine));
	if (engine && start(engine, replay, options))
		return engine;
	snprintf(error->text, sizeof(error->text),
		 "no memory, or not enough threads, for %u CPUs at once",
		 machine_nr_cpus(m));
	engine_destroy(engine);
	return NULL;
}

void engine_destroy(struct engine *engine)
{
	if (!engine)
		return;
	strict_destroy(engine->strict);
	free_order_destroy(engine->free);
	lock_table_destroy(engine->locks);
	cpu_threads_destroy(engine->threads);
	free(engine);
}

void engine_set_timing(struct engine *engine, struct timing *timing)
{
	engine->timing = timing;
}

int engine_events(struct engine *engine, const struct event *events, size_t nr,
		  struct trace_error *error)
{
	return engine->strict ?
		       strict_events(engine->strict, events, nr, error) :
		       free_order_events(engine->free, events, nr, error);
}

int engine_advance(struct engine *engine, uint64_t time_ns,
		   struct trace_error *error)
{
	if (!engine->strict)
		return free_order_advance(engine->free, time_ns, error);
	strict_advance(engine->strict, time_ns);
	return 0;
}

int engine_finish(struct engine *engine, uint64_t time_ns,
		  struct trace_error *error)
{
	if (!engine->strict)
		return free_order_finish(engine->free, time_ns, error);
	strict_finish(engine->strict, time_ns);
	return 0;
}

const struct lock_table *engine_locks(const struct engine *engine)
{
	return engine->locks;
}

void engine_host(const struct engine *engine, struct cpu_threads_host *host)
{
	cpu_threads_host(engine->threads, host);
}
