/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stepping through a trace: events read in blocks, wherever one is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/replay.h"
#include "sim/setup.h"
#include "sim/step_source.h"

#define BLOCK_EVENTS 4096

struct step_trace {
	struct step_source source;
	struct slt_reader *reader;
	const struct trace_header *header;
	struct replay *replay;
	uint64_t skip_before_ns; /* such events are in the state at the start */
	struct event events[BLOCK_EVENTS];
	uint64_t first; /* number of events[0] */
	size_t nr;      /* of events that are here */
	uint64_t next;  /* the event that the reader reads next */
	struct event last;
};

static struct step_trace *trace_of(struct step_source *source)
{
	return (struct step_trace *)source;
}

static int failed(struct step_trace *trace, const struct trace_error *error)
{
	snprintf(trace->source.error, sizeof(trace->source.error), "%s",
		 error->text);
	return EXIT_BAD_INPUT;
}

/* Event @number to trace->events[number - trace->first]. */
static int fetch(struct step_trace *trace, uint64_t number)
{
	struct trace_error error = { "" };
	int nr;

	if (number >= trace->first && number - trace->first < trace->nr)
		return EXIT_OK;
	if (number != trace->next &&
	    slt_seek_event(trace->reader, number, &error))
		return failed(trace, &error);
	nr = slt_read(trace->reader, trace->events, BLOCK_EVENTS, &error);
	if (nr < 0)
		return failed(trace, &error);
	trace->first = number;
	trace->nr = (size_t)nr;
	trace->next = number + (uint64_t)nr;
	if (nr == 0) {
		snprintf(error.text, sizeof(error.text),
			 "the trace ends before event %" PRIu64, number + 1);
		return failed(trace, &error);
	}
	return EXIT_OK;
}

/* Events of before the start are known to the replay, no more. */
static int replay_some(struct step_trace *trace, const struct event *events,
		       size_t nr)
{
	struct trace_error error = { "" };
	size_t skipped = 0;

	while (skipped < nr && events[skipped].time_ns < trace->skip_before_ns)
		skipped++;
	if ((skipped &&
	     replay_skip_events(trace->replay, events, skipped, &error)) ||
	    replay_events(trace->replay, events + skipped, nr - skipped,
			  &error))
		return failed(trace, &error);
	return EXIT_OK;
}

static int run_fast(struct step_source *source, uint64_t from, uint64_t to)
{
	struct step_trace *trace = trace_of(source);

	while (from < to) {
		uint64_t nr;
		int code = fetch(trace, from);

		if (code)
			return code;
		nr = trace->first + trace->nr - from;
		if (nr > to - from)
			nr = to - from;
		code = replay_some(trace, trace->events + (from - trace->first),
				   nr);
		if (code)
			return code;
		from += nr;
	}
	return EXIT_OK;
}

static void tell_about(struct step_trace *trace, const struct event *event)
{
	struct step_source *source = &trace->source;

	source->cachep = replay_event_cache(trace->replay, event);
	source->cpu = replay_cpu_of(trace->replay, event->cpu);
	source->call_site = trace->header->call_sites[event->call_site];
	source->task = trace->header->tasks[event->task];
	source->time_ns = event->time_ns;
	source->is_free = event->op == EVENT_FREE ||
			  event->op == EVENT_FREE_UNKNOWN;
}

static int run_watched(struct step_source *source, uint64_t number)
{
	struct step_trace *trace = trace_of(source);
	int code = fetch(trace, number);

	if (code)
		return code;
	trace->last = trace->events[number - trace->first];
	path_clear(&source->path);
	machine_observe(source->m, SLAB_EVENT_ALL, path_observe, &source->path);
	/* what comes before it decides who does it */
	if (trace->last.time_ns >= replay_wake_ns(trace->replay) &&
	    trace->last.time_ns >= trace->skip_before_ns)
		replay_advance(trace->replay, trace->last.time_ns);
	tell_about(trace, &trace->last);
	code = replay_some(trace, &trace->last, 1);
	machine_observe(source->m, 0, NULL, NULL);
	if (trace->last.op == EVENT_CREATE)
		source->cachep =
			replay_event_cache(trace->replay, &trace->last);
	source->shown = source->cachep;
	return code;
}

static void *save(struct step_source *source)
{
	return replay_save(trace_of(source)->replay);
}

static bool restore(struct step_source *source, const void *snapshot)
{
	return replay_restore(trace_of(source)->replay, snapshot);
}

static void drop(void *snapshot)
{
	replay_snapshot_release(snapshot);
}

static size_t snapshot_bytes(const void *snapshot)
{
	return replay_snapshot_bytes(snapshot);
}

static const char *verb_of(const struct event *event)
{
	switch (event->op) {
	case EVENT_ALLOC:
		return "allocates from";
	case EVENT_FREE:
		return event->flags & EVENT_IMPLICIT ?
			       "frees (not traced, but it must have)" :
			       "frees an object of";
	case EVENT_KMALLOC:
		return "kmallocs";
	case EVENT_FREE_UNKNOWN:
		return "frees an object older than the trace, of";
	case EVENT_CREATE:
		return "creates";
	case EVENT_PAGE_ALLOC:
		return "allocates pages, without a cache";
	default:
		return "frees pages, without a cache";
	}
}

/* The cache of the machine, or how the trace calls one that is to come. */
static const char *name_of(const struct step_trace *trace,
			   const struct event *event, cachep_t cachep,
			   struct cache_info *info)
{
	if (event_is_page(event))
		return "";
	if (cachep != CACHE_NULL) {
		kmem_cache_info(trace->source.m, cachep, info);
		return info->name;
	}
	if (event->op != EVENT_FREE && event->cache < trace->header->nr_caches)
		return trace->header->caches[event->cache].name;
	return "no cache of this machine";
}

static void words_of(const struct step_trace *trace, const struct event *e,
		     cachep_t cachep, char *text, size_t bytes)
{
	const char *site = trace->header->call_sites[e->call_site];
	const char *task = trace->header->tasks[e->task];
	char raw[400], when[32], size[32] = "", node[32] = "";
	struct cache_info info;

	text_duration(e->time_ns, when, sizeof(when));
	if (e->op == EVENT_KMALLOC)
		snprintf(size, sizeof(size), " %u bytes:", e->bytes_req);
	if (e->node >= 0 && (e->op == EVENT_ALLOC || e->op == EVENT_KMALLOC))
		snprintf(node, sizeof(node), ", on node %d", e->node);
	snprintf(raw, sizeof(raw), "cpu%u %s%s %.64s%s (at %s%s%.60s%s%.60s)%s",
		 replay_cpu_of(trace->replay, e->cpu), verb_of(e), size,
		 name_of(trace, e, cachep, &info), node, when,
		 *site ? ", " : "", site, *task ? ", " : "", task,
		 e->time_ns < trace->skip_before_ns ?
			 "; it is part of the start" :
			 "");
	text_visible(raw, text, bytes);
}

static void describe(struct step_source *source, char *text, size_t bytes)
{
	const struct step_trace *trace = trace_of(source);

	words_of(trace, &trace->last, source->cachep, text, bytes);
}

static void preview(struct step_source *source, uint64_t number, char *text,
		    size_t bytes)
{
	struct step_trace *trace = trace_of(source);
	const struct event *event;

	text[0] = '\0';
	if (number >= source->nr || fetch(trace, number))
		return;
	event = &trace->events[number - trace->first];
	words_of(trace, event, replay_event_cache(trace->replay, event), text,
		 bytes);
}

static const char *no_talk(const struct step_source *source, uint64_t number)
{
	(void)source;
	(void)number;
	return "";
}

static void destroy(struct step_source *source)
{
	struct step_trace *trace = trace_of(source);

	replay_destroy(trace->replay);
	path_release(&source->path);
	free(trace);
}

static const struct step_source_ops trace_ops = {
	.run_fast = run_fast,
	.run_watched = run_watched,
	.save = save,
	.restore = restore,
	.drop = drop,
	.snapshot_bytes = snapshot_bytes,
	.describe = describe,
	.preview = preview,
	.talk = no_talk,
	.destroy = destroy,
};

static struct step_trace *trace_create(const char *name, struct setup *setup)
{
	struct step_trace *trace = calloc(1, sizeof(*trace));

	if (!trace)
		return NULL;
	trace->reader = setup->reader;
	trace->header = setup->header;
	trace->skip_before_ns = setup_skip_before_ns(setup);
	trace->source = (struct step_source){
		.ops = &trace_ops,
		.name = name,
		.unit = "event",
		.nr = setup->header->nr_events,
		.cachep = CACHE_NULL,
		.shown = CACHE_NULL,
		.cpu = -1,
		.call_site = "",
		.task = "",
	};
	return trace;
}

struct step_source *step_trace_open(const char *name, struct setup *setup,
				    void (*panic)(void *arg,
						  const char *sentence),
				    void *panic_arg, int *code)
{
	struct replay_options options = setup_replay(setup);
	struct step_trace *trace = trace_create(name, setup);
	struct machine_config config;
	struct trace_error error = { "" };

	*code = EXIT_IO;
	if (!trace) {
		talk("out of memory");
		return NULL;
	}
	setup_machine(setup, &config);
	config.panic = panic;
	config.panic_arg = panic_arg;
	trace->replay = replay_create(setup->header, &config, &options, &error);
	if (!trace->replay ||
	    (options.actions &&
	     actions_check_caches(options.actions, setup->reader,
				  replay_machine(trace->replay), &error))) {
		talk("%s: %s", name, error.text);
		*code = EXIT_BAD_INPUT;
		destroy(&trace->source);
		return NULL;
	}
	trace->source.m = replay_machine(trace->replay);
	*code = EXIT_OK;
	return &trace->source;
}
