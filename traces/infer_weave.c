/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inferred allocations put into the events; see infer.h.
 *
 * The place: directly after the latest allocation of the same cache on the CPU
 * of the free, if that is later than the previous free of the pointer (bulk
 * calls come right after a traced single one: the maple tree allocates one
 * node, then the rest in bulk); else directly before the free. The cache: that
 * named by the free; else that of the object freed before at the pointer, as
 * it is likelier that a slab stayed with its cache than not.
 *
 * Both passes go over the events in order, and meet each proof twice: at the
 * first free and at the second; at the place and at the second free. At the
 * first meeting it goes into a heap, whose top is the one whose second free
 * comes next. Before each pass, inferred_sort brings the proofs into the order
 * of their first meeting.
 */
#include "traces/infer.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

/* Calls @take for all events in order, until it returns false. */
static bool for_all(const struct event_store *store,
		    bool (*take)(void *arg, const struct event *event,
				 uint64_t index),
		    void *arg)
{
	struct event_cursor cursor = { .store = store };
	struct event events[64];
	uint64_t index = 0;
	int nr;

	while ((nr = event_cursor_read(&cursor, events, 64)) > 0) {
		int i = 0;

		while (i < nr && take(arg, &events[i], index)) {
			i++;
			index++;
		}
		if (i < nr)
			break;
	}
	event_cursor_release(&cursor);
	return nr == 0;
}

/* The records of a sorted store, the first in order first. */
struct coming {
	struct inferred_store *store;
	bool any;
	struct inferred next; /* where there is @any */
};

static void coming_step(struct coming *coming)
{
	coming->any = coming->store->nr;
	if (coming->any)
		coming->next = inferred_last(coming->store);
}

static bool coming_at(const struct coming *coming, uint64_t index)
{
	return coming->any && coming->next.at == index;
}

/* The open proof whose second free is the event of this index. */
static bool take_open(struct inferred_heap *open, uint64_t index,
		      struct inferred *record)
{
	if (!open->nr || open->records[0].free_index != index)
		return false;
	*record = inferred_pop(open, inferred_by_free);
	return true;
}

/* --- the first pass: what, and where --- */

/* What the object in a slot is. */
struct object {
	uint32_t cache, bytes_req, gfp;
	uint8_t op;
};

struct moment {
	uint64_t position, time_ns;
};

struct places {
	const struct trace_header *header;
	struct object *objects;    /* of each slot */
	struct moment *last_alloc; /* of each (cache, CPU); position 0: none */
	struct coming proofs;      /* by the first free */
	struct inferred_heap open;
	struct inferred_store *placed; /* what comes of it */
};

static bool places_init(struct places *places,
			const struct trace_header *header)
{
	size_t nr_caches = header->nr_caches, cpus = header->cpus;

	places->header = header;
	places->objects =
		calloc((size_t)header->nr_slots + 1, sizeof(*places->objects));
	places->last_alloc =
		calloc(nr_caches * cpus + 1, sizeof(*places->last_alloc));
	return places->objects && places->last_alloc;
}

static void places_release(struct places *places)
{
	free(places->objects);
	free(places->last_alloc);
	inferred_heap_release(&places->open);
}

static struct moment *last_alloc(const struct places *places, uint32_t cache,
				 uint32_t cpu)
{
	return &places->last_alloc[(size_t)cache * places->header->cpus + cpu];
}

static void set_object(struct inferred *record, const struct object *object)
{
	record->op = object->op;
	record->cache = object->cache;
	record->bytes_req = object->bytes_req;
	record->gfp = object->gfp;
}

/* A cache's object, by a name. */
static struct object object_of(const struct places *places, uint32_t cache)
{
	return (struct object){
		.op = EVENT_ALLOC,
		.cache = cache,
		.bytes_req = places->header->caches[cache].size_bytes,
	};
}

/*
 * This event is the first free: it was an object of which kind?
 * @itself: what was inferred of it, if it is a second free, too; or NULL.
 */
static void learn_previous(struct places *places, struct inferred *record,
			   const struct event *event,
			   const struct inferred *itself)
{
	struct object object;

	if (event->op == EVENT_FREE) {
		set_object(record, &places->objects[event->slot]);
	} else if (itself) {
		record->op = itself->op;
		record->cache = itself->cache;
		record->bytes_req = itself->bytes_req;
		record->gfp = itself->gfp;
	} else if (event->cache != EVENT_NO_CACHE) {
		object = object_of(places, event->cache);
		set_object(record, &object);
	}
}

/* This event is the second free: what was freed, and when was it allocated? */
static void place(struct places *places, struct inferred *record,
		  const struct event *event)
{
	uint64_t prev_index = record->at;
	const struct moment *last;
	struct object object;

	if (event->cache != EVENT_NO_CACHE) {
		object = object_of(places, event->cache);
		set_object(record, &object);
	} else if (record->naming == INFER_NAMED_CACHE ||
		   (record->naming == INFER_NAMED_KMALLOC &&
		    record->op != EVENT_KMALLOC)) {
		record->op = 0; /* of a cache that nothing defines */
	}
	record->cpu = event->cpu;
	record->at = record->free_index;
	record->time_ns = event->time_ns;
	if (record->op != EVENT_ALLOC)
		return;
	last = last_alloc(places, record->cache, event->cpu);
	if (last->position <= prev_index + 1)
		return;
	record->at = last->position;
	record->time_ns = last->time_ns;
}

static void look_at_alloc(struct places *places, const struct event *event,
			  uint64_t index)
{
	places->objects[event->slot] = (struct object){
		.op = event->op,
		.cache = event->cache,
		.bytes_req = event->bytes_req,
		.gfp = event->gfp & (EVENT_GFP_DMA | EVENT_GFP_RECLAIMABLE |
				     EVENT_GFP_ACCOUNT),
	};
	if (event->cache != EVENT_NO_CACHE)
		*last_alloc(places, event->cache, event->cpu) =
			(struct moment){ index + 1, event->time_ns };
}

static bool look_at(void *arg, const struct event *event, uint64_t index)
{
	struct inferred itself, *known = NULL;
	struct places *places = arg;

	if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC) {
		look_at_alloc(places, event, index);
		return true;
	}
	if (take_open(&places->open, index, &itself)) {
		place(places, &itself, event);
		known = &itself;
		if (itself.op && !inferred_add(places->placed, &itself))
			return false;
	}
	if (!coming_at(&places->proofs, index))
		return true;
	learn_previous(places, &places->proofs.next, event, known);
	if (!inferred_push(&places->open, inferred_by_free,
			   &places->proofs.next))
		return false;
	coming_step(&places->proofs);
	return true;
}

/* @proofs: by the first free. @placed: gets those that can be put in. */
static bool find_places(struct inferred_store *proofs,
			const struct event_store *events,
			const struct trace_header *header,
			struct inferred_store *placed)
{
	struct places places = { .placed = placed, .proofs.store = proofs };
	bool done = places_init(&places, header);

	coming_step(&places.proofs);
	done = done && for_all(events, look_at, &places);
	places_release(&places);
	return done;
}

/* --- the second pass: the new sequence --- */

struct weaver {
	struct coming placed; /* by their places */
	struct inferred_heap open;
	struct event_store *out;
	uint32_t *new_slot;   /* of each old slot, while in use */
	uint32_t *free_slots; /* a stack: last in, first out */
	uint32_t nr_free, nr_slots, free_room;
	struct trace_header *header;
	struct trace_counts *counts;
};

static uint32_t take_slot(struct weaver *weaver)
{
	return weaver->nr_free ? weaver->free_slots[--weaver->nr_free] :
				 weaver->nr_slots++;
}

static bool give_slot(struct weaver *weaver, uint32_t slot)
{
	if (!array_reach(&weaver->free_slots, &weaver->free_room,
			 weaver->nr_free, sizeof(*weaver->free_slots)))
		return false;
	weaver->free_slots[weaver->nr_free++] = slot;
	return true;
}

static void count_inferred(struct weaver *weaver, uint32_t cache)
{
	weaver->counts->inferred_allocs++;
	if (cache != EVENT_NO_CACHE)
		weaver->header->caches[cache].inferred_allocs++;
}

static bool weave_inferred(struct weaver *weaver)
{
	struct inferred *record = &weaver->placed.next;
	const struct event event = {
		.time_ns = record->time_ns,
		.slot = take_slot(weaver),
		.bytes_req = record->bytes_req,
		.cache = record->cache,
		.gfp = record->gfp,
		.cpu = record->cpu,
		.node = -1,
		.op = record->op,
		.flags = EVENT_INFERRED,
	};

	count_inferred(weaver, record->cache);
	record->at = event.slot;
	if (!event_store_add(weaver->out, &event) ||
	    !inferred_push(&weaver->open, inferred_by_free, record))
		return false;
	coming_step(&weaver->placed);
	return true;
}

static bool weave_event(struct weaver *weaver, const struct event *old,
			uint64_t index)
{
	struct event event = *old;
	struct inferred record;
	bool freed = old->op == EVENT_FREE;

	if (take_open(&weaver->open, index, &record)) {
		event.op = EVENT_FREE;
		event.slot = (uint32_t)record.at;
		event.cache = record.cache;
		freed = true;
	} else if (freed) {
		event.slot = weaver->new_slot[old->slot];
	} else if (old->op == EVENT_ALLOC || old->op == EVENT_KMALLOC) {
		event.slot = take_slot(weaver);
		weaver->new_slot[old->slot] = event.slot;
	}
	return event_store_add(weaver->out, &event) &&
	       (!freed || give_slot(weaver, event.slot));
}

static bool weave_at(void *arg, const struct event *event, uint64_t index)
{
	struct weaver *weaver = arg;

	while (coming_at(&weaver->placed, index)) {
		if (!weave_inferred(weaver))
			return false;
	}
	return weave_event(weaver, event, index);
}

/* @placed: by their places. @out: the new sequence. */
static bool weave(struct inferred_store *placed,
		  const struct event_store *events, struct trace_header *header,
		  struct trace_counts *counts, struct event_store *out)
{
	struct weaver weaver = { .placed.store = placed,
				 .out = out,
				 .header = header,
				 .counts = counts };
	bool done;

	coming_step(&weaver.placed);
	weaver.new_slot = malloc(((size_t)header->nr_slots + 1) *
				 sizeof(*weaver.new_slot));
	done = weaver.new_slot && for_all(events, weave_at, &weaver);
	header->nr_slots = weaver.nr_slots;
	free(weaver.new_slot);
	free(weaver.free_slots);
	inferred_heap_release(&weaver.open);
	return done;
}

/* --- all of it --- */

static void note_error(struct infer *infer, int error)
{
	if (!infer->error)
		infer->error = error;
}

/* Sort @from into a new store, and let go of it. */
static bool sort_into(struct infer *infer, struct inferred_store *from,
		      struct inferred_store *to)
{
	bool done = inferred_sort(from, to);

	note_error(infer, from->error);
	note_error(infer, to->error);
	inferred_store_release(from);
	return done;
}

bool infer_allocations(struct infer *infer, struct event_store *events,
		       struct trace_header *header, struct trace_counts *counts)
{
	struct inferred_store proofs = { .nr = 0 }, placed = { .nr = 0 };
	struct inferred_store places = { .nr = 0 };
	struct event_store out = { .nr = 0 };
	bool done;

	if (!infer->records.nr)
		return true;
	done = sort_into(infer, &infer->records, &proofs) &&
	       find_places(&proofs, events, header, &placed);
	note_error(infer, proofs.error);
	inferred_store_release(&proofs);
	done = sort_into(infer, &placed, &places) && done &&
	       weave(&places, events, header, counts, &out);
	note_error(infer, places.error);
	inferred_store_release(&places);
	note_error(infer, event_store_error(events));
	note_error(infer, event_store_error(&out));
	done = done && !infer->error;
	event_store_release(done ? events : &out);
	if (done)
		*events = out;
	return done;
}
