/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict order: one turn after the other, as the trace has it.
 *
 * A turn is a stretch of events of one CPU, done by its thread, or the reaper's
 * when a timer or an action is due. Whoever's turn ends starts the next; everything that
 * passes between them does so under the mutexes of cpu_threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include "sim/engine_private.h"
#include "sim/timing_run.h"

struct strict {
	struct engine *engine;
	const struct event *events;
	size_t nr, pos;
	int code;
	struct trace_error *error;
	uint64_t advance_ns; /* where the reaper lets time go */
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool over; /* no turn is left */
};

static void event_turn(void *arg, uint32_t cpu);
static void reaper_turn(void *arg, uint32_t cpu);

struct strict *strict_create(struct engine *engine)
{
	struct strict *strict = calloc(1, sizeof(*strict));

	if (!strict)
		return NULL;
	strict->engine = engine;
	pthread_mutex_init(&strict->mutex, NULL);
	pthread_cond_init(&strict->ended, NULL);
	return strict;
}

void strict_destroy(struct strict *strict)
{
	if (!strict)
		return;
	pthread_mutex_destroy(&strict->mutex);
	pthread_cond_destroy(&strict->ended);
	free(strict);
}

/* A CPU that the trace lacks: any thread may tell of it. */
static uint32_t cpu_of_event(const struct strict *strict, size_t i)
{
	const struct engine *engine = strict->engine;

	if (strict->events[i].cpu >= engine->header->cpus)
		return 0;
	return replay_cpu_of(engine->replay, strict->events[i].cpu);
}

static bool timer_is_due(const struct strict *strict, size_t i)
{
	return strict->events[i].time_ns >=
	       replay_wake_ns(strict->engine->replay);
}

static void end_turns(struct strict *strict)
{
	pthread_mutex_lock(&strict->mutex);
	strict->over = true;
	pthread_cond_signal(&strict->ended);
	pthread_mutex_unlock(&strict->mutex);
}

static void next_turn(struct strict *strict)
{
	struct engine *engine = strict->engine;

	if (strict->code || strict->pos == strict->nr)
		end_turns(strict);
	else if (timer_is_due(strict, strict->pos))
		cpu_threads_start(engine->threads, engine->nr_cpus, reaper_turn,
				  strict);
	else
		cpu_threads_start(engine->threads,
				  cpu_of_event(strict, strict->pos), event_turn,
				  strict);
}

static void reaper_turn(void *arg, uint32_t cpu)
{
	struct strict *strict = arg;

	(void)cpu;
	replay_advance(strict->engine->replay,
		       strict->events[strict->pos].time_ns);
	next_turn(strict);
}

static int replay(struct strict *strict, const struct event *events, size_t nr)
{
	struct engine *engine = strict->engine;

	if (engine->timing)
		return timing_replay(engine->timing, engine->replay, events, nr,
				     strict->error);
	return replay_events(engine->replay, events, nr, strict->error);
}

static void event_turn(void *arg, uint32_t cpu)
{
	struct strict *strict = arg;
	size_t first = strict->pos, end = first + 1;

	while (end < strict->nr && cpu_of_event(strict, end) == cpu &&
	       !timer_is_due(strict, end))
		end++;
	strict->pos = end;
	strict->code = replay(strict, strict->events + first, end - first);
	next_turn(strict);
}

static void wait_for_end(struct strict *strict)
{
	pthread_mutex_lock(&strict->mutex);
	while (!strict->over)
		pthread_cond_wait(&strict->ended, &strict->mutex);
	strict->over = false;
	pthread_mutex_unlock(&strict->mutex);
}

int strict_events(struct strict *strict, const struct event *events, size_t nr,
		  struct trace_error *error)
{
	if (!nr)
		return 0;
	strict->events = events;
	strict->nr = nr;
	strict->pos = 0;
	strict->code = 0;
	strict->error = error;
	next_turn(strict);
	wait_for_end(strict);
	return strict->code;
}

static void advance_turn(void *arg, uint32_t cpu)
{
	struct strict *strict = arg;

	(void)cpu;
	replay_advance(strict->engine->replay, strict->advance_ns);
}

static void finish_turn(void *arg, uint32_t cpu)
{
	struct strict *strict = arg;

	(void)cpu;
	replay_finish(strict->engine->replay, strict->advance_ns);
}

static void take_turn(struct strict *strict, cpu_job_fn *turn, uint64_t time_ns)
{
	struct engine *engine = strict->engine;

	strict->advance_ns = time_ns;
	cpu_threads_start(engine->threads, engine->nr_cpus, turn, strict);
	cpu_threads_wait(engine->threads, engine->nr_cpus);
}

void strict_advance(struct strict *strict, uint64_t time_ns)
{
	take_turn(strict, advance_turn, time_ns);
}

void strict_finish(struct strict *strict, uint64_t time_ns)
{
	take_turn(strict, finish_turn, time_ns);
}
