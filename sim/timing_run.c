/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See timing_run.h. */
#include "sim/timing_run.h"

#include <inttypes.h>

#include "model/inspect.h"

enum { KEY_TIMING = 768, KEY_COST };

static const struct argp_option options[] = {
	{ 0, 0, 0, 0, "Simulated time of the allocator (docs/TIMING.md):", 3 },
	{ "timing", KEY_TIMING, "FILE", OPTION_ARG_OPTIONAL,
	  "latencies of allocations and frees and waiting for locks, by costs "
	  "that are assumptions unless FILE, or the machine's file, gives them: "
	  "lines hit_ns = 15 below [cost]",
	  3 },
	{ "cost", KEY_COST, "NAME=VALUE", 0,
	  "the same with one of the costs changed, such as remote_ns=90", 3 },
	{ 0 },
};

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct timing_choice *choice = state->input;
	char error[512];

	switch (key) {
	case KEY_TIMING:
		choice->wanted = true;
		if (text && timing_costs_read(&choice->costs, text, error,
					      sizeof(error)))
			argp_error(state, "--timing: %s", error);
		return 0;
	case KEY_COST:
		choice->wanted = true;
		if (!timing_costs_set(&choice->costs, text, error,
				      sizeof(error)))
			argp_error(state, "--cost: %s", error);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp timing_argp = { options, parse_option, NULL, NULL,
				  NULL,    NULL,         NULL };

void timing_print_json(FILE *out, const struct timing_choice *choice)
{
	const char *name, *source;
	uint64_t value;

	if (!choice->wanted)
		return;
	fputs(",\"timing\":{", out);
	for (size_t i = 0;
	     timing_cost_at(&choice->costs, i, &name, &value, &source); i++)
		fprintf(out, "%s\"%s\":%" PRIu64, i ? "," : "", name, value);
	fputc('}', out);
}

/* --- events -------------------------------------------------------------- */

/* Of the operation that an event is; CACHE_NULL: none that is timed. */
static cachep_t cache_of(const struct replay *replay, const struct event *event)
{
	switch (event->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
	case EVENT_FREE:
		return replay_event_cache(replay, event);
	default:
		return CACHE_NULL;
	}
}

int timing_replay(struct timing *timing, struct replay *replay,
		  const struct event *events, size_t nr,
		  struct trace_error *error)
{
	const struct trace_header *header = replay_header(replay);
	int result = 0;

	for (size_t i = 0; i < nr && !result; i++) {
		const struct event *event = &events[i];
		cachep_t cachep = cache_of(replay, event);

		/* timers and actions first, in their own time */
		if (event->time_ns >= replay_wake_ns(replay))
			replay_advance(replay, event->time_ns);
		if (event->cpu < header->cpus)
			timing_begin(timing, replay_cpu_of(replay, event->cpu),
				     event->time_ns);
		result = replay_events(replay, event, 1, error);
		if (!result)
			timing_end(timing,
				   event->op == EVENT_FREE ? TIMING_FREE :
							     TIMING_ALLOC,
				   cachep);
	}
	return result;
}

/* --- rows ---------------------------------------------------------------- */

struct storing {
	struct results *results;
	const struct sampler *sampler;
};

static void store_lock(void *arg, const struct slab_lock *lock,
		       const struct timing_lock *counts)
{
	const struct storing *s = arg;
	bool of_cache = lock->cachep != CACHE_NULL;
	struct lock_wait_row row = {
		.class = lock_class_name(lock->class),
		.cache = of_cache ? sampler_cache(s->sampler, lock->cachep) : 0,
		.node = lock->class == SLAB_LOCK_CHAIN ?
				0 :
				sampler_node(s->sampler, lock->node),
		.other_node =
			lock->class == SLAB_LOCK_ALIEN ?
				sampler_node(s->sampler, lock->other_node) :
				0,
		.counts = counts,
	};

	results_add_lock_wait(s->results, &row);
}

static void store_latency(const struct timing *timing, const struct storing *s,
			  enum timing_op op, cachep_t cachep)
{
	const struct latency *latency = timing_latency(timing, op, cachep);

	if (latency)
		results_add_latency(s->results, timing_op_word(op),
				    cachep == CACHE_NULL ?
					    0 :
					    sampler_cache(s->sampler, cachep),
				    latency);
}

/* All caches' histograms in one. */
static void store_total(const struct timing *timing, const struct storing *s,
			enum timing_op op, const struct machine *m)
{
	struct latency total = { 0 };

	for (cachep_t c = 0; c < machine_cache_bound(m); c++)
		latency_merge(&total, timing_latency(timing, op, c));
	if (total.nr)
		results_add_latency(s->results, timing_op_word(op), 0, &total);
}

void timing_store(const struct timing *timing, const struct timing_costs *costs,
		  struct results *results, const struct sampler *sampler,
		  const struct machine *m)
{
	struct storing s = { results, sampler };
	const char *name, *source;
	uint64_t value;

	for (size_t i = 0; timing_cost_at(costs, i, &name, &value, &source);
	     i++)
		results_add_cost(results, name, value, source);
	store_total(timing, &s, TIMING_ALLOC, m);
	store_total(timing, &s, TIMING_FREE, m);
	store_latency(timing, &s, TIMING_REAP, CACHE_NULL);
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		store_latency(timing, &s, TIMING_ALLOC, c);
		store_latency(timing, &s, TIMING_FREE, c);
	}
	timing_visit(timing, store_lock, &s);
}
