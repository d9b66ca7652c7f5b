/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inference of allocations; see the header.
 *
 * The place: directly after the latest allocation of the same cache on the CPU
 * of the free, if that is later than the previous free of the pointer (bulk
 * calls come right after a traced single one: the maple tree allocates one
 * node, then the rest in bulk); else directly before the free. The cache: that
 * named by the free; else that of the object freed before at the pointer, as
 * it is likelier that a slab stayed with its cache than not.
 *
 * The table of freed pointers is as large as the distinct pointers, up to a
 * limit; an entry stays when its pointer is allocated again, because the next
 * free replaces it.
 */
#include "traces/infer.h"

#include <stdlib.h>
#include <string.h>

#include "traces/identity.h"

#define FIRST_ROOM 4096
/* Entries looked at for a pointer before it is said not to be there. */
#define WINDOW 16

enum { NOT_NAMED, NAMED_CACHE, NAMED_KMALLOC };

void infer_release(struct infer *infer)
{
	free(infer->freed);
	free(infer->records);
	memset(infer, 0, sizeof(*infer));
}

/* --- freed pointers --- */

static uint32_t home_of(const struct infer *infer, uint64_t ptr)
{
	return (uint32_t)(ptr * UINT64_C(0x9e3779b97f4a7c15) >> 32) &
	       (infer->room - 1);
}

static struct freed_pointer *freed_at(const struct infer *infer, uint32_t home,
				      uint32_t step)
{
	return &infer->freed[(home + step) & (infer->room - 1)];
}

void infer_prefetch(const struct infer *infer, uint64_t ptr)
{
	if (infer->room)
		__builtin_prefetch(freed_at(infer, home_of(infer, ptr), 0));
}

/* The pointer's entry or an unused one; NULL: neither in the window. */
static struct freed_pointer *find_freed(const struct infer *infer, uint64_t ptr)
{
	uint32_t home = home_of(infer, ptr);

	for (uint32_t i = 0; i < WINDOW; i++) {
		struct freed_pointer *at = freed_at(infer, home, i);

		if (at->ptr == ptr || !at->ptr)
			return at;
	}
	return NULL;
}

static struct freed_pointer *oldest_freed(const struct infer *infer,
					  uint64_t ptr)
{
	uint32_t home = home_of(infer, ptr);
	struct freed_pointer *oldest = freed_at(infer, home, 0);

	for (uint32_t i = 1; i < WINDOW; i++) {
		struct freed_pointer *at = freed_at(infer, home, i);

		if (at->index < oldest->index)
			oldest = at;
	}
	return oldest;
}

static void put_freed(struct infer *infer, uint64_t ptr, uint64_t index)
{
	struct freed_pointer *at = find_freed(infer, ptr);

	if (!at) {
		at = oldest_freed(infer, ptr);
		infer->forgotten++;
	} else if (!at->ptr) {
		infer->nr++;
	}
	at->ptr = ptr;
	at->index = index;
}

static bool grow_freed(struct infer *infer)
{
	struct infer old = *infer;

	infer->room = old.room ? 2 * old.room : FIRST_ROOM;
	infer->freed = calloc(infer->room, sizeof(*infer->freed));
	if (!infer->freed) {
		*infer = old;
		return false;
	}
	infer->nr = 0;
	for (uint32_t i = 0; i < old.room; i++) {
		if (old.freed[i].ptr)
			put_freed(infer, old.freed[i].ptr, old.freed[i].index);
	}
	free(old.freed);
	return true;
}

/* Room for one more; at the limit, old pointers make it. */
static bool make_room(struct infer *infer, uint64_t ptr)
{
	while (infer->room < INFER_MAX_POINTERS &&
	       (infer->nr >= infer->room / 2 || !find_freed(infer, ptr))) {
		if (!grow_freed(infer))
			return false;
	}
	return true;
}

/* --- proofs --- */

static bool add_record(struct infer *infer, uint64_t index, uint64_t prev_index,
		       uint8_t naming)
{
	if (infer->nr_records == infer->record_room) {
		size_t room = infer->record_room ? 2 * infer->record_room : 256;
		struct inferred *records =
			realloc(infer->records, room * sizeof(*records));

		if (!records)
			return false;
		infer->records = records;
		infer->record_room = room;
	}
	infer->records[infer->nr_records++] = (struct inferred){
		.free_index = index,
		.prev_index = prev_index,
		.cache = EVENT_NO_CACHE,
		.naming = naming,
	};
	return true;
}

bool infer_note_free(struct infer *infer, uint64_t ptr, uint64_t index,
		     bool known, const char *name)
{
	struct freed_pointer *at;
	uint8_t naming = NOT_NAMED;

	if (!make_room(infer, ptr))
		return false;
	at = find_freed(infer, ptr);
	if (name)
		naming = identity_is_kmalloc_name(name) ? NAMED_KMALLOC :
							  NAMED_CACHE;
	if (!known && at && at->ptr &&
	    !add_record(infer, index, at->index, naming))
		return false;
	put_freed(infer, ptr, index);
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
	struct infer *infer;
	const struct trace_header *header;
	struct object *objects;    /* of each slot */
	struct moment *last_alloc; /* of each (cache, CPU); position 0: none */
	struct inferred **by_prev; /* the records by prev_index */
	size_t next_prev, next_free; /* the records that come next */
};

static int compare_prev(const void *a, const void *b)
{
	const struct inferred *x = *(struct inferred *const *)a;
	const struct inferred *y = *(struct inferred *const *)b;

	if (x->prev_index != y->prev_index)
		return x->prev_index < y->prev_index ? -1 : 1;
	return 0; /* a free is the previous one of one other at most */
}

static bool places_init(struct places *places, struct infer *infer,
			const struct trace_header *header)
{
	size_t nr_caches = header->nr_caches, cpus = header->cpus;

	*places = (struct places){ .infer = infer, .header = header };
	places->objects =
		calloc((size_t)header->nr_slots + 1, sizeof(*places->objects));
	places->last_alloc =
		calloc(nr_caches * cpus + 1, sizeof(*places->last_alloc));
	places->by_prev =
		malloc((infer->nr_records + 1) * sizeof(*places->by_prev));
	if (!places->objects || !places->last_alloc || !places->by_prev)
		return false;
	for (size_t i = 0; i < infer->nr_records; i++)
		places->by_prev[i] = &infer->records[i];
	qsort(places->by_prev, infer->nr_records, sizeof(*places->by_prev),
	      compare_prev);
	return true;
}

static void places_release(struct places *places)
{
	free(places->objects);
	free(places->last_alloc);
	free(places->by_prev);
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

/* This event is the first free: it was an object of which kind? */
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
	const struct moment *last;
	struct object object;

	if (event->cache != EVENT_NO_CACHE) {
		object = object_of(places, event->cache);
		set_object(record, &object);
	} else if (record->naming == NAMED_CACHE ||
		   (record->naming == NAMED_KMALLOC &&
		    record->op != EVENT_KMALLOC)) {
		record->op = 0; /* of a cache that nothing defines */
	}
	record->cpu = event->cpu;
	record->position = record->free_index;
	record->time_ns = event->time_ns;
	if (record->op != EVENT_ALLOC)
		return;
	last = last_alloc(places, record->cache, event->cpu);
	if (last->position <= record->prev_index + 1)
		return;
	record->position = last->position;
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
	struct places *places = arg;
	struct infer *infer = places->infer;
	struct inferred *itself = NULL;

	if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC) {
		look_at_alloc(places, event, index);
		return true;
	}
	if (places->next_free < infer->nr_records &&
	    infer->records[places->next_free].free_index == index) {
		itself = &infer->records[places->next_free++];
		place(places, itself, event);
	}
	if (places->next_prev < infer->nr_records &&
	    places->by_prev[places->next_prev]->prev_index == index)
		learn_previous(places, places->by_prev[places->next_prev++],
			       event, itself);
	return true;
}

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

static bool find_places(struct infer *infer, const struct event_store *events,
			const struct trace_header *header)
{
	struct places places;
	bool done = places_init(&places, infer, header) &&
		    for_all(events, look_at, &places);

	places_release(&places);
	return done;
}

/* --- the second pass: the new sequence --- */

struct weaver {
	struct infer *infer;
	struct inferred **order; /* the placed records by position */
	size_t nr, next_order, next_free;
	struct event_store out;
	uint32_t *new_slot;   /* of each old slot, while in use */
	uint32_t *free_slots; /* a stack: last in, first out */
	uint32_t nr_free, nr_slots;
};

static int compare_position(const void *a, const void *b)
{
	const struct inferred *x = *(struct inferred *const *)a;
	const struct inferred *y = *(struct inferred *const *)b;

	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	/* behind the event before comes earlier than before the one there */
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->free_index != y->free_index)
		return x->free_index < y->free_index ? -1 : 1;
	return 0;
}

static bool weaver_init(struct weaver *weaver, struct infer *infer,
			uint32_t nr_slots)
{
	size_t slots = (size_t)nr_slots + infer->nr_records + 1;

	*weaver = (struct weaver){ .infer = infer };
	weaver->order =
		malloc((infer->nr_records + 1) * sizeof(*weaver->order));
	weaver->new_slot = malloc(slots * sizeof(*weaver->new_slot));
	weaver->free_slots = malloc(slots * sizeof(*weaver->free_slots));
	if (!weaver->order || !weaver->new_slot || !weaver->free_slots)
		return false;
	for (size_t i = 0; i < infer->nr_records; i++) {
		if (infer->records[i].op)
			weaver->order[weaver->nr++] = &infer->records[i];
	}
	qsort(weaver->order, weaver->nr, sizeof(*weaver->order),
	      compare_position);
	return true;
}

static void weaver_release(struct weaver *weaver)
{
	free(weaver->order);
	free(weaver->new_slot);
	free(weaver->free_slots);
}

static uint32_t take_slot(struct weaver *weaver)
{
	return weaver->nr_free ? weaver->free_slots[--weaver->nr_free] :
				 weaver->nr_slots++;
}

static bool weave_inferred(struct weaver *weaver, struct inferred *record)
{
	struct event event;

	record->slot = take_slot(weaver);
	event = (struct event){
		.time_ns = record->time_ns,
		.slot = record->slot,
		.bytes_req = record->bytes_req,
		.cache = record->cache,
		.gfp = record->gfp,
		.cpu = record->cpu,
		.node = -1,
		.op = record->op,
		.flags = EVENT_INFERRED,
	};
	return event_store_add(&weaver->out, &event);
}

/* The record whose free this event is, if it has been placed. */
static const struct inferred *proof_of(struct weaver *weaver, uint64_t index)
{
	const struct infer *infer = weaver->infer;
	const struct inferred *record;

	if (weaver->next_free == infer->nr_records ||
	    infer->records[weaver->next_free].free_index != index)
		return NULL;
	record = &infer->records[weaver->next_free++];
	return record->op ? record : NULL;
}

static bool weave_event(struct weaver *weaver, const struct event *old,
			uint64_t index)
{
	const struct inferred *record = proof_of(weaver, index);
	struct event event = *old;

	if (record) {
		event.op = EVENT_FREE;
		event.slot = record->slot;
		event.cache = record->cache;
		weaver->free_slots[weaver->nr_free++] = record->slot;
	} else if (old->op == EVENT_FREE) {
		event.slot = weaver->new_slot[old->slot];
		weaver->free_slots[weaver->nr_free++] = event.slot;
	} else if (old->op == EVENT_ALLOC || old->op == EVENT_KMALLOC) {
		event.slot = take_slot(weaver);
		weaver->new_slot[old->slot] = event.slot;
	}
	return event_store_add(&weaver->out, &event);
}

static bool weave(void *arg, const struct event *event, uint64_t index)
{
	struct weaver *weaver = arg;

	while (weaver->next_order < weaver->nr &&
	       weaver->order[weaver->next_order]->position == index) {
		if (!weave_inferred(weaver,
				    weaver->order[weaver->next_order++]))
			return false;
	}
	return weave_event(weaver, event, index);
}

static void count_inferred(const struct weaver *weaver,
			   struct trace_header *header,
			   struct trace_counts *counts)
{
	counts->inferred_allocs += weaver->nr;
	for (size_t i = 0; i < weaver->nr; i++) {
		uint32_t cache = weaver->order[i]->cache;

		if (cache != EVENT_NO_CACHE)
			header->caches[cache].inferred_allocs++;
	}
}

bool infer_allocations(struct infer *infer, struct event_store *events,
		       struct trace_header *header, struct trace_counts *counts)
{
	struct weaver weaver;
	bool done;

	if (!infer->nr_records)
		return true;
	if (!find_places(infer, events, header))
		return false;
	done = weaver_init(&weaver, infer, header->nr_slots) &&
	       for_all(events, weave, &weaver) && !event_store_error(events);
	if (done) {
		header->nr_slots = weaver.nr_slots;
		count_inferred(&weaver, header, counts);
	}
	/* a store that failed is left for the caller to ask why */
	if (done || event_store_error(&weaver.out)) {
		event_store_release(events);
		*events = weaver.out;
	} else {
		event_store_release(&weaver.out);
	}
	weaver_release(&weaver);
	return done;
}
