/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stepping through a trace: events read in blocks, wherever one is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/replay.h"
#include "sim/step_source.h"

#define BLOCK_EVENTS 4096

struct step_trace {
	struct step_source source;
	struct slt_reader *reader;
	const struct trace_header *header;
	struct replay *replay;
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

static int run_fast(struct step_source *source, uint64_t from, uint64_t to)
{
	struct step_trace *trace = trace_of(source);
	struct trace_error error = { "" };

	while (from < to) {
		uint64_t nr;
		int code = fetch(trace, from);

		if (code)
			return code;
		nr = trace->first + trace->nr - from;
		if (nr > to - from)
			nr = to - from;
		if (replay_events(trace->replay,
				  trace->events + (from - trace->first), nr,
				  &error))
			return failed(trace, &error);
		from += nr;
	}
	return EXIT_OK;
}

/* Known before a free, when the slot still holds its object. */
static cachep_t cache_of(const struct step_trace *trace,
			 const struct event *event)
{
	switch (event->op) {
	case EVENT_FREE:
		return replay_slot_cache(trace->replay, event->slot);
	case EVENT_KMALLOC:
		return kmalloc_cache(trace->source.m, event->bytes_req,
				     event->gfp & GFP_DMA);
	default:
		return event->cache < trace->header->nr_caches ?
			       replay_cache(trace->replay, event->cache) :
			       CACHE_NULL;
	}
}

static int run_watched(struct step_source *source, uint64_t number)
{
	struct step_trace *trace = trace_of(source);
	struct trace_error error = { "" };
	int code = fetch(trace, number);

	if (code)
		return code;
	trace->last = trace->events[number - trace->first];
	source->cachep = cache_of(trace, &trace->last);
	source->cpu = replay_cpu(trace->replay, trace->last.cpu);
	path_clear(&source->path);
	machine_observe(source->m, SLAB_EVENT_ALL, path_observe, &source->path);
	code = replay_events(trace->replay, &trace->last, 1, &error);
	machine_observe(source->m, 0, NULL, NULL);
	if (trace->last.op == EVENT_CREATE)
		source->cachep = cache_of(trace, &trace->last);
	return code ? failed(trace, &error) : EXIT_OK;
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

static void describe(struct step_source *source, char *text, size_t bytes)
{
	static const char *const verbs[] = {
		[EVENT_ALLOC] = "allocates",
		[EVENT_FREE] = "frees",
		[EVENT_KMALLOC] = "kmallocs",
		[EVENT_FREE_UNKNOWN] = "frees an object older than the trace,",
		[EVENT_CREATE] = "creates",
	};
	const struct step_trace *trace = trace_of(source);
	const struct event *e = &trace->last;
	const char *site = trace->header->call_sites[e->call_site];
	const char *task = trace->header->tasks[e->task];
	struct cache_info info = { .name = "-" };
	char raw[400], when[32], size[32] = "", slot[32] = "", node[32] = "";

	if (source->cachep != CACHE_NULL)
		kmem_cache_info(source->m, source->cachep, &info);
	text_duration(e->time_ns, when, sizeof(when));
	if (e->op == EVENT_KMALLOC)
		snprintf(size, sizeof(size), " %u bytes:", e->bytes_req);
	if (e->slot != EVENT_NO_SLOT)
		snprintf(slot, sizeof(slot), ", slot %u", e->slot);
	if (e->node >= 0)
		snprintf(node, sizeof(node), ", on node %d", e->node);
	snprintf(raw, sizeof(raw),
		 "cpu%" PRId64 " %s%s %.64s%s%s (at %s%s%.60s%s%.60s)",
		 source->cpu, verbs[e->op], size, info.name, slot, node, when,
		 *site ? ", " : "", site, *task ? ", " : "", task);
	text_visible(raw, text, bytes);
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
	slt_close(trace->reader);
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
	.talk = no_talk,
	.destroy = destroy,
};

struct step_source *step_trace_open(const char *name, struct slt_reader *reader,
				    const struct machine_config *config,
				    int *code)
{
	struct step_trace *trace = calloc(1, sizeof(*trace));
	struct trace_error error = { "" };

	*code = EXIT_IO;
	if (!trace) {
		slt_close(reader);
		return NULL;
	}
	trace->reader = reader;
	trace->header = slt_header(reader);
	trace->source = (struct step_source){
		.ops = &trace_ops,
		.name = name,
		.unit = "event",
		.nr = trace->header->nr_events,
		.cachep = CACHE_NULL,
		.cpu = -1,
	};
	trace->replay = replay_create(trace->header, config, NULL, &error);
	if (!trace->replay) {
		talk("%s: %s", name, error.text);
		*code = EXIT_BAD_INPUT;
		destroy(&trace->source);
		return NULL;
	}
	trace->source.m = replay_machine(trace->replay);
	*code = EXIT_OK;
	return &trace->source;
}
