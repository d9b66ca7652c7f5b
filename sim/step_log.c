/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See step_log.h. The machine is observed while events of the window are
 * replayed, and they are replayed one at a time, so each step knows its event.
 * Reaping that an event's time brings about counts as the event's.
 */
#include "sim/step_log.h"

#include <stdlib.h>

#include "model/observe.h"

struct step_log {
	struct results *results;
	struct replay *replay;
	struct sampler *sampler;
	uint64_t first, last; /* the window */
	uint64_t done;        /* events before the next one */
	uint64_t time_ns;     /* of the event being replayed */
	uint64_t seq;         /* steps of it so far */
};

struct step_log *step_log_create(struct results *results, struct replay *replay,
				 struct sampler *sampler, uint64_t first,
				 uint64_t last)
{
	struct step_log *log = calloc(1, sizeof(*log));

	if (log)
		*log = (struct step_log){ .results = results,
					  .replay = replay,
					  .sampler = sampler,
					  .first = first,
					  .last = last };
	return log;
}

void step_log_destroy(struct step_log *log)
{
	free(log);
}

/* From the first slab that the cache grew, 1; 0: no slab in this. */
static uint64_t grow_number(const struct machine *m,
			    const struct slab_event *event)
{
	struct obj_place place;
	obj_t obj = event->obj ? event->obj : (obj_t)event->slab << 32;

	if (!obj)
		return 0;
	obj_locate(m, obj, &place);
	return place.grow_number;
}

static void on_step(void *arg, const struct machine *m,
		    const struct slab_event *event)
{
	struct step_log *log = arg;
	bool of_cache = event->cachep != CACHE_NULL;
	struct step_row row = {
		.event = log->done + 1,
		.seq = log->seq++,
		.time_ns = log->time_ns,
		.tick = machine_now(m),
		.kind = slab_event_word(event->kind),
		.cpu = sampler_cpu(log->sampler, event->cpu),
		.node = sampler_node(log->sampler, event->node),
		.cache = of_cache ? sampler_cache(log->sampler, event->cachep) :
				    0,
		.objs = event->nr ? event->nr : event->obj != 0,
		.grow_number = grow_number(m, event),
	};

	results_add_step(log->results, &row);
}

static int replay_watched(struct step_log *log, const struct event *event,
			  struct trace_error *error)
{
	int result;

	log->time_ns = event->time_ns;
	log->seq = 0;
	machine_observe(replay_machine(log->replay), SLAB_EVENT_ALL, on_step,
			log);
	result = replay_events(log->replay, event, 1, error);
	machine_observe(replay_machine(log->replay), 0, NULL, NULL);
	log->done++;
	return result;
}

/* How many of @nr events, the next ones, come before the window or after. */
static size_t count_unwatched(const struct step_log *log, size_t nr)
{
	if (log->done + 1 > log->last || log->done + nr < log->first)
		return nr;
	return log->done + 1 < log->first ?
		       (size_t)(log->first - 1 - log->done) :
		       0;
}

int step_log_replay(struct step_log *log, const struct event *events, size_t nr,
		    struct trace_error *error)
{
	size_t unwatched;
	int result = 0;

	while (nr && !result) {
		unwatched = count_unwatched(log, nr);
		if (unwatched) {
			result = replay_events(log->replay, events, unwatched,
					       error);
			log->done += unwatched;
		} else {
			result = replay_watched(log, events, error);
			unwatched = 1;
		}
		events += unwatched;
		nr -= unwatched;
	}
	return result;
}
