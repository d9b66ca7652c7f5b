/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario as a trace, so that one can be run like the other. Allocations
 * and frees become events, `create` cache definitions with their place and
 * CPU, one tick a millisecond. What only looks (snap, geom, dump, slabinfo,
 * trace) is counted and left out; what a trace has no events for (shrink,
 * tune, CPUs going and coming ...) is refused: a trace that silently did
 * something else would be worse than none. Whether an allocation succeeds is
 * not known here: a free of one that fails is the run's no-op.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/import_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/dict.h"
#include "traces/error.h"
#include "traces/ptr_map.h"
#include "traces/slt_format.h"
#include "workloads/scenario.h"

#define TICK_NS 1000000

struct scenario_import {
	struct lines *lines;
	struct import_report *report;
	struct trace_counts *counts;
	struct trace_error *error;
	struct trace_header *header;
	struct event_store *events;

	bool machine, smp; /* those lines have been seen */
	uint32_t nodes;
	uint64_t now_ns;
	struct dict names; /* of caches; number n is cache n - 1 */
	uint32_t cache_room;
	struct ptr_map live;  /* the scenario's id -> slot */
	uint32_t *slot_cache; /* cache of the object in each slot */
	uint32_t *free_slots; /* last in, first out */
	uint32_t nr_free, slot_room;
};

static int out_of_memory(struct scenario_import *import)
{
	return trace_fail(import->error, -ENOMEM, "%s: out of memory",
			  lines_name(import->lines));
}

static int fail_at(struct scenario_import *import, const struct scenario_op *op,
		   const char *what)
{
	return trace_fail(import->error, -EBADMSG, "%s:%" PRIu64 ": %s",
			  lines_name(import->lines), op->line, what);
}

static struct event new_event(const struct scenario_import *import,
			      const struct scenario_op *op,
			      enum event_op event_op)
{
	return (struct event){
		.time_ns = import->now_ns,
		.slot = EVENT_NO_SLOT,
		.cache = EVENT_NO_CACHE,
		.cpu = (uint16_t)op->cpu,
		.node = -1,
		.op = (uint8_t)event_op,
	};
}

static int add_event(struct scenario_import *import, const struct event *event)
{
	if (!event_store_add(import->events, event))
		return out_of_memory(import);
	import->counts->events++;
	return 0;
}

/* --- caches --- */

static bool add_cache(struct scenario_import *import,
		      const struct scenario_op *op)
{
	struct trace_header *header = import->header;
	struct cache_def *def;

	if (!array_reach(&header->caches, &import->cache_room,
			 header->nr_caches, sizeof(*def)))
		return false;
	def = &header->caches[header->nr_caches];
	*def = (struct cache_def){
		.name = strdup(op->name),
		.size_bytes = (uint32_t)op->size,
		.align_bytes = (uint32_t)op->align,
		.flags = op->flags,
		.when = import->smp ? CACHE_AT_EVENT : CACHE_BEFORE_SMP,
		.identity = IDENTITY_GIVEN,
		.reason = strdup("created by the scenario"),
	};
	header->nr_caches++;
	return def->name && def->reason;
}

static int take_create(struct scenario_import *import,
		       const struct scenario_op *op)
{
	struct event event = new_event(import, op, EVENT_CREATE);
	uint32_t before = import->names.nr;

	if (op->size > UINT32_MAX || op->align > UINT32_MAX)
		return fail_at(import, op,
			       "size and alignment must be below 4 GiB");
	if (!import->smp && op->cpu != 0)
		return fail_at(import, op, "before smp there is no CPU but 0");
	if (dict_add(&import->names, op->name, strlen(op->name)) == DICT_NONE)
		return out_of_memory(import);
	if (import->names.nr == before)
		return fail_at(import, op,
			       "a cache of this name exists already; a trace "
			       "cannot say so");
	if (!add_cache(import, op))
		return out_of_memory(import);
	if (!import->smp) {
		/* it has no event: the run creates it before it starts */
		import->counts->events++;
		return 0;
	}
	event.cache = import->header->nr_caches - 1;
	return add_event(import, &event);
}

/* --- objects --- */

static bool take_slot(struct scenario_import *import, uint32_t *slot)
{
	struct trace_header *header = import->header;

	if (import->nr_free) {
		*slot = import->free_slots[--import->nr_free];
		return true;
	}
	if (header->nr_slots == import->slot_room) {
		uint32_t room = import->slot_room ? 2 * import->slot_room :
						    1024;
		uint32_t *cache =
			realloc(import->slot_cache, room * sizeof(*cache));
		uint32_t *slots;

		if (!cache)
			return false;
		import->slot_cache = cache;
		slots = realloc(import->free_slots, room * sizeof(*slots));
		if (!slots)
			return false;
		import->free_slots = slots;
		import->slot_room = room;
	}
	*slot = header->nr_slots++;
	return true;
}

static int add_object(struct scenario_import *import,
		      const struct scenario_op *op, uint32_t cache,
		      uint32_t bytes_req)
{
	bool on_node = op->kind == OP_ALLOC_NODE ||
		       op->kind == OP_ALLOC_THISNODE ||
		       op->kind == OP_KMALLOC_NODE;
	struct event event = new_event(import, op,
				       cache == EVENT_NO_CACHE ? EVENT_KMALLOC :
								 EVENT_ALLOC);
	uint32_t slot;

	if (ptr_map_find(&import->live, op->id))
		return fail_at(import, op, "the slot holds an object already");
	if (on_node && op->node >= import->nodes)
		return fail_at(import, op, "the machine has no such node");
	if (!take_slot(import, &slot) ||
	    !ptr_map_add(&import->live, op->id, slot))
		return out_of_memory(import);
	event.slot = slot;
	event.cache = cache;
	event.bytes_req = bytes_req;
	if (on_node)
		event.node = (int16_t)op->node;
	if (op->kind == OP_ALLOC_THISNODE)
		event.gfp = EVENT_GFP_THISNODE;
	if (op->kind == OP_KMALLOC_DMA)
		event.gfp = EVENT_GFP_DMA;
	import->slot_cache[slot] = cache;
	import->counts->allocs++;
	return add_event(import, &event);
}

static int take_alloc(struct scenario_import *import,
		      const struct scenario_op *op)
{
	uint32_t number = dict_find(&import->names, op->name, strlen(op->name));
	struct cache_def *def;

	if (number == DICT_NONE || number == 0)
		return fail_at(import, op,
			       "the scenario has not created this cache; a "
			       "trace cannot name others");
	def = &import->header->caches[number - 1];
	def->allocs++;
	return add_object(import, op, number - 1, def->size_bytes);
}

static int take_kmalloc(struct scenario_import *import,
			const struct scenario_op *op)
{
	if (op->size > UINT32_MAX)
		return fail_at(import, op, "size must be below 4 GiB");
	if (op->size)
		return add_object(import, op, EVENT_NO_CACHE,
				  (uint32_t)op->size);
	/* touches no cache, leaves the slot empty */
	import->counts->events++;
	import->counts->failed_allocs++;
	return 0;
}

static int take_free(struct scenario_import *import,
		     const struct scenario_op *op)
{
	const uint32_t *found = ptr_map_find(&import->live, op->id);
	struct event event = new_event(import, op, EVENT_FREE);

	if (!found) {
		/* of an empty slot: a no-op, as kfree(NULL) is */
		import->counts->events++;
		import->counts->null_frees++;
		return 0;
	}
	event.slot = *found;
	event.cache = import->slot_cache[event.slot];
	if (op->kind == OP_KFREE)
		event.flags = EVENT_BY_KFREE;
	if (event.cache != EVENT_NO_CACHE)
		import->header->caches[event.cache].frees++;
	ptr_map_remove(&import->live, found);
	import->free_slots[import->nr_free++] = event.slot;
	import->counts->frees++;
	return add_event(import, &event);
}

/* --- the rest of the language --- */

static int take_machine(struct scenario_import *import,
			const struct scenario_op *op)
{
	if (import->machine)
		return fail_at(import, op, "a second machine line");
	if (op->cpus == 0 || op->cpus > UINT16_MAX || op->nodes == 0 ||
	    op->nodes > INT16_MAX)
		return fail_at(import, op,
			       "a machine has 1 to 65535 CPUs and 1 to 32767 "
			       "nodes");
	import->machine = true;
	import->nodes = op->nodes;
	import->header->cpus = op->cpus;
	return 0;
}

static int take_time(struct scenario_import *import,
		     const struct scenario_op *op)
{
	if (op->tick > SLT_MAX_TIME_NS / TICK_NS)
		return fail_at(import, op, "time is after 292 years");
	if (op->tick * TICK_NS < import->now_ns)
		return fail_at(import, op, "time goes back");
	import->now_ns = op->tick * TICK_NS;
	return 0;
}

static bool is_object_op(enum scenario_kind kind)
{
	return kind >= OP_ALLOC && kind <= OP_KFREE;
}

static int check_op(struct scenario_import *import,
		    const struct scenario_op *op)
{
	if (!import->machine && op->kind != OP_MACHINE)
		return fail_at(import, op, "the first line must be a machine");
	if (op->kind != OP_MACHINE && op->cpu >= import->header->cpus)
		return fail_at(import, op, "the machine has no such CPU");
	if (!import->smp && (is_object_op(op->kind) || op->kind == OP_TIME))
		return fail_at(import, op,
			       "an operation before smp, which a trace cannot "
			       "say: a trace begins with all CPUs up");
	return 0;
}

/* What a trace has no events for. */
static int refuse_op(struct scenario_import *import,
		     const struct scenario_op *op)
{
	static const struct {
		enum scenario_kind kind;
		const char *why;
	} refused[] = {
		{ OP_SHRINK, "shrink cannot be said by a trace" },
		{ OP_DESTROY, "destroy cannot be said by a trace" },
		{ OP_TUNE, "tune cannot be said by a trace" },
		{ OP_LIMIT, "limit cannot be said by a trace" },
		{ OP_OFFLINE, "offline cannot be said by a trace" },
		{ OP_ONLINE, "online cannot be said by a trace" },
		{ OP_POKE, "poke cannot be said by a trace" },
		{ OP_POKEFREE, "pokefree cannot be said by a trace" },
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (refused[i].kind == op->kind)
			return fail_at(import, op, refused[i].why);
	}
	return fail_at(import, op, "an operation that a trace cannot say");
}

static int take_op(struct scenario_import *import, const struct scenario_op *op)
{
	switch (op->kind) {
	case OP_NONE:
		return 0;
	case OP_MACHINE:
		return take_machine(import, op);
	case OP_CREATE:
		return take_create(import, op);
	case OP_SMP:
		if (import->smp)
			return fail_at(import, op, "a second smp line");
		import->smp = true;
		return 0;
	case OP_TIME:
		return take_time(import, op);
	case OP_ALLOC:
	case OP_ALLOC_NODE:
	case OP_ALLOC_THISNODE:
		return take_alloc(import, op);
	case OP_KMALLOC:
	case OP_KMALLOC_NODE:
	case OP_KMALLOC_DMA:
		return take_kmalloc(import, op);
	case OP_FREE:
	case OP_KFREE:
		return take_free(import, op);
	case OP_SNAP:
	case OP_GEOM:
	case OP_DUMP:
	case OP_SLABINFO:
	case OP_TRACE:
		import->counts->events++;
		import->counts->other++;
		return 0;
	default:
		return refuse_op(import, op);
	}
}

static int take_line(struct scenario_import *import, const struct line *line,
		     char *text)
{
	struct scenario_op op = { .kind = OP_NONE };
	char why[256], quoted[300];
	size_t bytes = line->bytes;
	int code;

	if (line->cut || memchr(line->text, '\0', bytes))
		return trace_fail(import->error, -EBADMSG,
				  "%s:%" PRIu64 ": not a line of a scenario",
				  lines_name(import->lines), line->number);
	memcpy(text, line->text, bytes);
	text[bytes] = '\0';
	if (!scenario_parse(text, line->number, &op, why, sizeof(why))) {
		trace_quote(quoted, sizeof(quoted), why, strlen(why));
		return trace_fail(import->error, -EBADMSG, "%s:%" PRIu64 ": %s",
				  lines_name(import->lines), line->number,
				  quoted);
	}
	if (op.kind == OP_NONE)
		return 0;
	code = check_op(import, &op);
	return code ? code : take_op(import, &op);
}

static int finish(struct scenario_import *import)
{
	struct trace_header *header = import->header;
	struct dict empty;

	if (!import->smp)
		return trace_fail(import->error, -EBADMSG,
				  "%s: a scenario without smp cannot be a "
				  "trace, which begins with all CPUs up",
				  lines_name(import->lines));
	if (!dict_init(&empty))
		return out_of_memory(import);
	header->call_sites = dict_take(&empty, &header->nr_call_sites);
	if (!dict_init(&empty))
		return out_of_memory(import);
	header->tasks = dict_take(&empty, &header->nr_tasks);
	header->span_ns = import->events->last_ns;
	header->end_ns = import->now_ns;
	header->scenario = true;
	snprintf(header->format, sizeof(header->format), "scenario");
	snprintf(header->clock, sizeof(header->clock), "ticks of 1 ms");
	import->counts->live_at_end = header->nr_slots - import->nr_free;
	return 0;
}

static int read_lines(struct scenario_import *import,
		      const struct import_options *options)
{
	char *text = malloc(LINE_MAX_BYTES + 1);
	struct line line;
	int code;

	if (!text)
		return out_of_memory(import);
	while ((code = lines_next(import->lines, &line, import->error)) > 0) {
		code = take_line(import, &line, text);
		if (code == 0)
			code = import_tick(import->lines, options, line.number,
					   import->error);
		if (code)
			break;
	}
	free(text);
	return code;
}

int import_scenario(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error)
{
	struct scenario_import import = {
		.lines = lines,
		.report = report,
		.counts = &report->counts,
		.error = error,
		.header = &result->header,
		.events = &result->events,
	};
	int code;

	if (!dict_init(&import.names) || !ptr_map_init(&import.live))
		code = out_of_memory(&import);
	else
		code = read_lines(&import, options);
	if (code == 0)
		code = finish(&import);
	dict_release(&import.names);
	ptr_map_release(&import.live);
	free(import.slot_cache);
	free(import.free_slots);
	return code;
}
