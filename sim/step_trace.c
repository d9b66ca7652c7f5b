/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stepping through a trace: events read in blocks, wherever one is. What
 * --actions does goes with the event before which it is done; after the last
 * event each action is a step.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/replay.h"
#include "sim/setup.h"
#include "sim/step_source.h"

#define BLOCK_EVENTS 4096
#define ACTIONS_SHOWN 3 /* of those before an event */

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
	const struct actions *actions; /* NULL: none */
	/* what run_watched ran: the event, after so many actions; or an action */
	struct event last;
	size_t nr_acted;
	bool at_action;
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
	uint64_t units = step_source_units(source);

	if (units > to)
		units = to;
	while (from < units) {
		uint64_t nr;
		int code = fetch(trace, from);

		if (code)
			return code;
		nr = trace->first + trace->nr - from;
		if (nr > units - from)
			nr = units - from;
		code = replay_some(trace, trace->events + (from - trace->first),
				   nr);
		if (code)
			return code;
		from += nr;
	}
	for (; from < to; from++)
		replay_act(trace->replay, trace->header->end_ns);
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

/* The number of the first action that was not done. */
static size_t nr_done(const struct step_trace *trace)
{
	const struct action *next = replay_next_action(trace->replay);

	if (!trace->actions)
		return 0;
	return next ? (size_t)(next - trace->actions->list) :
		      trace->actions->nr;
}

static void tell_about_action(struct step_source *source,
			      const struct action *action, uint64_t end_ns)
{
	const struct scenario_op *op = &action->op;

	source->cachep = *op->name ? kmem_cache_find(source->m, op->name) :
				     CACHE_NULL;
	source->shown = source->cachep;
	source->cpu = op->kind == OP_LIMIT ? -1 : (int64_t)op->cpu;
	source->call_site = source->task = "";
	source->time_ns = action->time_ns < end_ns ? action->time_ns : end_ns;
	source->is_free = false;
}

static void watch_action(struct step_trace *trace)
{
	struct step_source *source = &trace->source;
	const struct action *action = replay_next_action(trace->replay);

	path_clear(&source->path);
	machine_observe(source->m, SLAB_EVENT_ALL, path_observe, &source->path);
	replay_act(trace->replay, trace->header->end_ns);
	machine_observe(source->m, 0, NULL, NULL);
	trace->nr_acted = 1;
	tell_about_action(source, action, trace->header->end_ns);
}

static int watch_event(struct step_trace *trace, uint64_t number)
{
	struct step_source *source = &trace->source;
	size_t done = nr_done(trace);
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
	trace->nr_acted = nr_done(trace) - done;
	tell_about(trace, &trace->last);
	code = replay_some(trace, &trace->last, 1);
	machine_observe(source->m, 0, NULL, NULL);
	if (trace->last.op == EVENT_CREATE)
		source->cachep =
			replay_event_cache(trace->replay, &trace->last);
	source->shown = source->cachep;
	return code;
}

static int run_watched(struct step_source *source, uint64_t number)
{
	struct step_trace *trace = trace_of(source);

	trace->at_action = number >= step_source_units(source);
	if (!trace->at_action)
		return watch_event(trace, number);
	watch_action(trace);
	return EXIT_OK;
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

/* "offline 0 3 (for 20 ms)", and whether it came to nothing. */
static void action_words(const struct step_trace *trace, size_t number,
			 char *text, size_t bytes)
{
	/* by enum action_result; as long as it is left, it is yet to come */
	static const char *const results[] = {
		"", "", ", no memory for it",
		", not done for want of that CPU or cache"
	};
	const struct action *action = &trace->actions->list[number];
	enum action_result result =
		number < nr_done(trace) ?
			replay_outcomes(trace->replay)[number].result :
			ACTION_LEFT;
	char raw[ACTION_TEXT_BYTES + 100], what[ACTION_TEXT_BYTES], when[32];

	action_describe(action, what);
	text_duration(action->time_ns, when, sizeof(when));
	snprintf(raw, sizeof(raw), "%s (of %s%s)", what, when, results[result]);
	text_visible(raw, text, bytes);
}

/* The first of @nr actions from @number on, with a word behind each. */
static size_t list_actions(const struct step_trace *trace, size_t number,
			   size_t nr, char *text, size_t bytes)
{
	size_t shown = nr > ACTIONS_SHOWN ? ACTIONS_SHOWN : nr, used = 0;

	for (size_t i = 0; i < shown; i++) {
		action_words(trace, number + i, text + used, bytes - used);
		used = strlen(text);
		snprintf(text + used, bytes - used, "%s",
			 i + 1 < nr ? ", " : ", then ");
		used = strlen(text);
	}
	if (nr > shown)
		snprintf(text + used, bytes - used, "%zu more, then ",
			 nr - shown);
	return strlen(text);
}

static void describe(struct step_source *source, char *text, size_t bytes)
{
	const struct step_trace *trace = trace_of(source);
	size_t number = nr_done(trace) - trace->nr_acted, used = 0;

	if (trace->at_action) {
		action_words(trace, number, text, bytes);
		return;
	}
	if (trace->nr_acted)
		used = list_actions(trace, number, trace->nr_acted, text,
				    bytes);
	words_of(trace, &trace->last, source->cachep, text + used,
		 bytes - used);
}

/* Who does an event is not known before the actions that come first. */
static void preview(struct step_source *source, uint64_t number, char *text,
		    size_t bytes)
{
	struct step_trace *trace = trace_of(source);
	const struct action *action = replay_next_action(trace->replay);
	const struct event *event;
	size_t used;

	text[0] = '\0';
	if (number >= source->nr)
		return;
	if (number >= step_source_units(source)) {
		action_words(trace, nr_done(trace), text, bytes);
		return;
	}
	if (fetch(trace, number))
		return;
	event = &trace->events[number - trace->first];
	if (action && action->time_ns <= event->time_ns) {
		used = list_actions(trace, nr_done(trace), 1, text, bytes);
		snprintf(text + used, bytes - used, "an event");
		return;
	}
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

/* *@time_ns: of the last event. Return: false: there is none. */
static bool last_event(struct step_trace *trace, uint64_t *time_ns, int *code)
{
	uint64_t events = trace->source.nr;

	*code = events ? fetch(trace, events - 1) : EXIT_OK;
	if (!events || *code)
		return false;
	*time_ns = trace->events[events - 1 - trace->first].time_ns;
	return true;
}

/*
 * Those later than the last event are steps behind it. Return: an enum
 * exit_code, the reason having been printed.
 */
static int add_actions(struct step_trace *trace, const struct actions *actions)
{
	struct step_source *source = &trace->source;
	struct trace_error error = { "" };
	uint64_t last_ns;
	int code;
	bool any;

	if (actions_check_caches(actions, trace->reader,
				 replay_machine(trace->replay), &error)) {
		talk("%s", error.text);
		return EXIT_BAD_INPUT;
	}
	trace->actions = actions;
	any = last_event(trace, &last_ns, &code);
	for (size_t i = 0; !code && i < actions->nr; i++)
		source->nr_after += !any || actions->list[i].time_ns > last_ns;
	source->nr += source->nr_after;
	if (code)
		talk("%s", source->error);
	return code;
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
	*code = trace->replay ? EXIT_OK : EXIT_BAD_INPUT;
	if (*code)
		talk("%s: %s", name, error.text);
	else if (options.actions)
		*code = add_actions(trace, options.actions);
	if (*code) {
		destroy(&trace->source);
		return NULL;
	}
	trace->source.m = replay_machine(trace->replay);
	return &trace->source;
}
