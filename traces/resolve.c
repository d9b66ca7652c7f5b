/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The resolver. Invariant: @live holds every object that the events so far
 * allocated and did not free; those of the traced allocator itself are there
 * with OWN_SLOT and have no events. A slot is in use exactly while a pointer
 * leads to it.
 */
#include "traces/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/gfp.h"
#include "traces/own_call_sites.h"
#include "traces/page_fields.h"

#define OWN_SLOT EVENT_NO_SLOT
/* kmalloc(0) returns this; as little an object as NULL is. */
#define ZERO_SIZE_PTR 16

bool resolver_init(struct resolver *resolver, struct trace_counts *counts)
{
	memset(resolver, 0, sizeof(*resolver));
	resolver->counts = counts;
	if (!identity_init(&resolver->identity))
		return false;
	resolver->identity.call_sites = &resolver->call_sites;
	return old_objs_init(&resolver->old) &&
	       dict_init(&resolver->call_sites) &&
	       dict_init(&resolver->tasks) && dict_init(&resolver->gfps) &&
	       ptr_map_init(&resolver->live);
}

void resolver_release(struct resolver *resolver)
{
	event_store_release(&resolver->events);
	identity_release(&resolver->identity);
	infer_release(&resolver->infer);
	old_objs_release(&resolver->old);
	cache_hints_release(&resolver->hints);
	dict_release(&resolver->call_sites);
	dict_release(&resolver->tasks);
	dict_release(&resolver->gfps);
	ptr_map_release(&resolver->live);
	free(resolver->slot_alloc);
	free(resolver->free_slots);
	free(resolver->own_site);
	free(resolver->gfp_bits);
	free(resolver->shapes);
	free(resolver->threads);
	memset(resolver, 0, sizeof(*resolver));
}

int resolver_read_hints(struct resolver *resolver, const char *map_path,
			const char *slabinfo_path, struct trace_error *error)
{
	if (!map_path && !slabinfo_path)
		return 0;
	resolver->identity.hints = &resolver->hints;
	return cache_hints_read(&resolver->hints, map_path, slabinfo_path,
				error);
}

/* --- shapes --- */

/* In .found of struct shape_numbers. */
enum {
	FOUND_CALL_SITE = 1 << 0,
	FOUND_GFP = 1 << 1,
	FOUND_NAME = 1 << 2,
	FOUND_EVENT = 1 << 3,
	FOUND_UNKNOWN = 1 << 4,
};

/* --- dictionaries --- */

static bool task_number(struct resolver *r, const struct ftrace_line *line,
			uint32_t *number)
{
	uint32_t *memo = &r->task_memo[line->cpu % RESOLVE_TASK_MEMO];

	/* mostly, a CPU runs what it ran before */
	if (r->tasks.sizes[*memo] != line->task.bytes ||
	    memcmp(r->tasks.strings[*memo], line->task.text,
		   line->task.bytes) != 0)
		*memo = dict_add(&r->tasks, line->task.text, line->task.bytes);
	*number = *memo;
	if (*memo != DICT_NONE)
		return true;
	*memo = 0;
	return false;
}

static bool add_call_site(struct resolver *r, struct ftrace_text site,
			  uint32_t *number)
{
	uint32_t before = r->call_sites.nr;

	*number = dict_add(&r->call_sites, site.text, site.bytes);
	if (*number == DICT_NONE ||
	    !array_reach(&r->own_site, &r->site_room, *number, 1))
		return false;
	if (r->call_sites.nr != before)
		r->own_site[*number] =
			own_call_site(site.text, site.bytes) ||
			cache_map_own(&r->hints.map,
				      r->call_sites.strings[*number]);
	return true;
}

static bool find_call_site(struct resolver *r, const struct ftrace_line *line,
			   struct shape_numbers *shape)
{
	if (shape->found & FOUND_CALL_SITE)
		return true;
	shape->found |= FOUND_CALL_SITE;
	return !line->call_site.text ||
	       add_call_site(r, line->call_site, &shape->call_site);
}

static bool is_own(const struct resolver *r, uint32_t call_site)
{
	return call_site && r->own_site[call_site];
}

static bool find_gfp(struct resolver *r, const struct ftrace_line *line,
		     struct shape_numbers *shape)
{
	uint32_t before = r->gfps.nr, number;

	if (shape->found & FOUND_GFP)
		return true;
	shape->found |= FOUND_GFP;
	if (!line->gfp.text || !line->gfp.bytes)
		return true;
	number = dict_add(&r->gfps, line->gfp.text, line->gfp.bytes);
	if (number == DICT_NONE ||
	    !array_reach(&r->gfp_bits, &r->gfp_room, number, 1))
		return false;
	if (r->gfps.nr != before)
		r->gfp_bits[number] =
			(uint8_t)gfp_parse(line->gfp.text, line->gfp.bytes);
	shape->gfp = r->gfp_bits[number];
	return true;
}

static bool find_name(struct resolver *r, const struct ftrace_line *line,
		      struct shape_numbers *shape)
{
	if (shape->found & FOUND_NAME)
		return true;
	shape->found |= FOUND_NAME;
	return identity_intern(&r->identity, line->name.text, line->name.bytes,
			       &shape->name);
}

/* --- slots --- */

static bool grow_slots(struct resolver *r)
{
	uint32_t room = r->slot_room ? 2 * r->slot_room : 1024;
	uint64_t *slot_alloc =
		realloc(r->slot_alloc, room * sizeof(*slot_alloc));
	uint32_t *free_slots;

	if (!slot_alloc)
		return false;
	r->slot_alloc = slot_alloc;
	free_slots = realloc(r->free_slots, room * sizeof(*free_slots));
	if (!free_slots)
		return false;
	r->free_slots = free_slots;
	r->slot_room = room;
	return true;
}

static bool take_slot(struct resolver *r, uint32_t *slot)
{
	if (r->nr_free) {
		*slot = r->free_slots[--r->nr_free];
		return true;
	}
	if (r->nr_slots == r->slot_room &&
	    (r->slot_room >= EVENT_NO_SLOT / 4 || !grow_slots(r)))
		return false;
	*slot = r->nr_slots++;
	return true;
}

/* --- events --- */

static bool number_shape(struct resolver *r, const struct event *event,
			 uint32_t *number)
{
	*number = event_shapes_number(&r->events.shapes, event);
	return *number != EVENT_SHAPE_NONE;
}

/* Fill in what only a kmem_cache_alloc has: a key, and perhaps a name. */
static bool identify(struct resolver *r, const struct ftrace_line *line,
		     struct shape_numbers *shape, struct event *event)
{
	const struct identity_key key = {
		.bytes_req = line->bytes_req,
		.bytes_alloc = line->bytes_alloc,
		.gfp_class = shape->gfp &
			     (EVENT_GFP_DMA | EVENT_GFP_RECLAIMABLE |
			      EVENT_GFP_ACCOUNT),
		.call_site = shape->call_site,
	};

	if (!identity_key(&r->identity, &key, &event->cache) ||
	    !number_shape(r, event, &shape->event))
		return false;
	return !line->name.bytes ||
	       (find_name(r, line, shape) &&
		identity_name(&r->identity, &r->events.shapes, &shape->event,
			      shape->name, false));
}

/* Call site and flags are known by now. */
static bool find_alloc(struct resolver *r, const struct ftrace_line *line,
		       struct shape_numbers *shape)
{
	struct event event = {
		.bytes_req = line->bytes_req,
		.cache = EVENT_NO_CACHE,
		.gfp = shape->gfp,
		.call_site = shape->call_site,
		.node = line->node,
		.op = EVENT_KMALLOC,
	};

	if (shape->found & FOUND_EVENT)
		return true;
	shape->found |= FOUND_EVENT;
	if (line->kind == FTRACE_KMALLOC)
		return number_shape(r, &event, &shape->event);
	event.op = EVENT_ALLOC;
	return identify(r, line, shape, &event);
}

static struct event new_free(const struct ftrace_line *line,
			     const struct shape_numbers *shape,
			     enum event_op op)
{
	return (struct event){
		.cache = EVENT_NO_CACHE,
		.call_site = shape->call_site,
		.node = -1,
		.op = (uint8_t)op,
		.flags = line->kind == FTRACE_KFREE ? EVENT_BY_KFREE : 0,
	};
}

static bool find_free(struct resolver *r, const struct ftrace_line *line,
		      struct shape_numbers *shape)
{
	struct event event;

	if (shape->found & FOUND_EVENT)
		return true;
	shape->found |= FOUND_EVENT;
	event = new_free(line, shape, EVENT_FREE);
	return number_shape(r, &event, &shape->event);
}

/* Of an object older than the trace: the cache is what the free names. */
static bool find_unknown_free(struct resolver *r,
			      const struct ftrace_line *line,
			      struct shape_numbers *shape)
{
	struct event event;

	if (shape->found & FOUND_UNKNOWN)
		return true;
	shape->found |= FOUND_UNKNOWN;
	event = new_free(line, shape, EVENT_FREE_UNKNOWN);
	if (line->name.bytes) {
		if (!find_name(r, line, shape))
			return false;
		event.cache = shape->name;
	}
	return number_shape(r, &event, &shape->unknown);
}

/* The thread of the events; that of a known thread of lines is kept. */
static bool find_thread(struct resolver *r, const struct ftrace_line *line,
			uint32_t *thread)
{
	uint32_t task;

	if (!task_number(r, line, &task))
		return false;
	*thread = event_threads_number(&r->events.threads, task, line->cpu);
	if (*thread == EVENT_SHAPE_NONE)
		return false;
	if (!line->thread)
		return true;
	if (!array_reach(&r->threads, &r->thread_room, line->thread,
			 sizeof(*r->threads)))
		return false;
	r->threads[line->thread] = *thread + 1;
	return true;
}

static bool add_event(struct resolver *r, const struct ftrace_line *line,
		      uint64_t time_ns, uint32_t shape, uint32_t slot)
{
	uint32_t thread;

	if (line->thread < r->thread_room && r->threads[line->thread])
		thread = r->threads[line->thread] - 1;
	else if (!find_thread(r, line, &thread))
		return false;
	return event_store_put(&r->events, shape, slot, time_ns, thread);
}

/* Rule 2: the pointer is live still, so its free was not traced. */
static bool add_implicit_free(struct resolver *r,
			      const struct ftrace_line *line, uint64_t time_ns,
			      uint32_t slot)
{
	const struct event_record *alloc =
		event_store_at(&r->events, r->slot_alloc[slot]);
	const struct event event = {
		.time_ns = time_ns,
		.slot = slot,
		.cache = EVENT_NO_CACHE,
		.cpu = r->implicit_on_new_cpu ?
			       line->cpu :
			       r->events.threads.threads[alloc->thread].cpu,
		.node = -1,
		.op = EVENT_FREE,
		.flags = EVENT_IMPLICIT,
	};

	r->free_slots[r->nr_free++] = slot;
	return event_store_add(&r->events, &event);
}

/* Forget a live object at the pointer, if there is one. */
static bool clear_pointer(struct resolver *r, const struct ftrace_line *line,
			  uint64_t time_ns)
{
	const uint32_t *found = ptr_map_find(&r->live, line->ptr);
	uint32_t slot;

	if (!found)
		return true;
	slot = *found;
	ptr_map_remove(&r->live, found);
	if (r->how_far == TRACE_INFER_NONE) {
		r->leaked++; /* its slot stays in use to the end */
		return true;
	}
	r->counts->implicit_frees++;
	return slot == OWN_SLOT || add_implicit_free(r, line, time_ns, slot);
}

static bool add_alloc(struct resolver *r, const struct ftrace_line *line,
		      uint64_t time_ns, struct shape_numbers *shape)
{
	uint32_t slot;

	if (!take_slot(r, &slot) || !ptr_map_add(&r->live, line->ptr, slot))
		return false;
	r->slot_alloc[slot] = r->events.nr;
	return (line->node >= 0 ||
		old_objs_note_alloc(&r->old, line->ptr, line->cpu,
				    r->slot_alloc[slot])) &&
	       find_alloc(r, line, shape) &&
	       add_event(r, line, time_ns, shape->event, slot);
}

/*
 * SLAB has no general caches below 32 bytes nor one of 96 (on x86-64: the
 * latter is aligned to the line, so it gives 128); SLUB has.
 */
static void guess_kernel(struct resolver *r, const struct ftrace_line *line)
{
	uint32_t req = line->bytes_req, alloc = line->bytes_alloc;

	r->slub_sizes += alloc == 8 || alloc == 16 || alloc == 96;
	r->slab_sizes += (req <= 16 && alloc == 32) ||
			 (req > 64 && req <= 96 && alloc == 128);
}

const char *resolver_kernel(const struct resolver *resolver)
{
	if (resolver->identity.hints && resolver->identity.hints->slabinfo.nr)
		return resolver->identity.hints->slabinfo.slub ? "SLUB" :
								 "SLAB";
	if (!resolver->slab_sizes == !resolver->slub_sizes)
		return "";
	return resolver->slub_sizes ? "SLUB" : "SLAB";
}

static bool take_alloc(struct resolver *r, const struct ftrace_line *line,
		       uint64_t time_ns, struct shape_numbers *shape)
{
	if (line->ptr == 0 || line->ptr == ZERO_SIZE_PTR) {
		r->counts->failed_allocs++;
		return true;
	}
	r->counts->allocs++;
	if (line->kind == FTRACE_KMALLOC)
		guess_kernel(r, line);
	if (!find_call_site(r, line, shape) || !find_gfp(r, line, shape) ||
	    !clear_pointer(r, line, time_ns))
		return false;
	if (!is_own(r, shape->call_site))
		return add_alloc(r, line, time_ns, shape);
	r->counts->own_dropped++;
	return ptr_map_add(&r->live, line->ptr, OWN_SLOT);
}

/* A name in the free of an object is the object's. */
static bool learn_name(struct resolver *r, const struct ftrace_line *line,
		       struct shape_numbers *shape, uint32_t slot)
{
	struct event_record *alloc;

	if (!line->name.bytes)
		return true;
	if (!find_name(r, line, shape))
		return false;
	alloc = event_store_at(&r->events, r->slot_alloc[slot]);
	return identity_name(&r->identity, &r->events.shapes, &alloc->shape,
			     shape->name, true);
}

/* The free is an event by now: the last one. */
static bool note_free(struct resolver *r, const struct ftrace_line *line,
		      bool known)
{
	char name[64];
	size_t bytes = line->name.bytes;

	if (r->how_far != TRACE_INFER_ALL)
		return true;
	if (bytes >= sizeof(name))
		bytes = sizeof(name) - 1; /* its beginning is what matters */
	if (bytes)
		memcpy(name, line->name.text, bytes);
	name[bytes] = '\0';
	return infer_note_free(&r->infer, line->ptr, r->events.nr - 1, known,
			       bytes ? name : NULL);
}

static bool add_known_free(struct resolver *r, const struct ftrace_line *line,
			   uint64_t time_ns, struct shape_numbers *shape,
			   uint32_t slot)
{
	r->free_slots[r->nr_free++] = slot;
	return find_free(r, line, shape) &&
	       add_event(r, line, time_ns, shape->event, slot) &&
	       learn_name(r, line, shape, slot) && note_free(r, line, true);
}

static bool add_unknown_free(struct resolver *r, const struct ftrace_line *line,
			     uint64_t time_ns, struct shape_numbers *shape)
{
	r->counts->unknown_frees++;
	return find_unknown_free(r, line, shape) &&
	       add_event(r, line, time_ns, shape->unknown, EVENT_NO_SLOT) &&
	       old_objs_note_free(&r->old, line->ptr, r->events.nr - 1) &&
	       note_free(r, line, false);
}

static bool take_free(struct resolver *r, const struct ftrace_line *line,
		      uint64_t time_ns, struct shape_numbers *shape)
{
	uint32_t slot = EVENT_NO_SLOT;
	const uint32_t *found;

	if (line->ptr == 0 || line->ptr == ZERO_SIZE_PTR) {
		r->counts->null_frees++;
		return true;
	}
	r->counts->frees++;
	if (!find_call_site(r, line, shape))
		return false;
	found = ptr_map_find(&r->live, line->ptr);
	if (found) {
		slot = *found;
		ptr_map_remove(&r->live, found);
	}
	if (slot == OWN_SLOT && (found || is_own(r, shape->call_site))) {
		r->counts->own_dropped++;
		return true;
	}
	return found ? add_known_free(r, line, time_ns, shape, slot) :
		       add_unknown_free(r, line, time_ns, shape);
}

void resolver_prefetch(const struct resolver *resolver,
		       const struct ftrace_line *line)
{
	ptr_map_prefetch(&resolver->live, line->ptr);
	if (resolver->how_far == TRACE_INFER_ALL && line->kind >= FTRACE_FREE)
		infer_prefetch(&resolver->infer, line->ptr);
}

/* No object: it goes into the file as it is. */
static bool take_page(struct resolver *r, const struct ftrace_line *line,
		      uint64_t time_ns)
{
	static const uint8_t ops[] = {
		[FTRACE_PAGE_ALLOC] = EVENT_PAGE_ALLOC,
		[FTRACE_PAGE_FREE] = EVENT_PAGE_FREE,
		[FTRACE_PAGE_FREE_BATCHED] = EVENT_PAGE_FREE_BATCHED,
	};
	struct shape_numbers gfp = { 0 };
	struct event event = {
		.op = ops[line->kind],
		.time_ns = time_ns,
		.cpu = line->cpu,
		.cache = EVENT_NO_CACHE,
	};

	if (line->ptr == PAGE_FAILED) {
		r->counts->failed_allocs++;
		return true;
	}
	if (line->kind == FTRACE_PAGE_ALLOC)
		r->counts->page_allocs++;
	else
		r->counts->page_frees++;
	event_set_page(&event,
		       line->ptr == PAGE_NO_PFN ? EVENT_NO_PFN : line->ptr,
		       line->bytes_req, (int)line->bytes_alloc - 1);
	if (!task_number(r, line, &event.task) || !find_gfp(r, line, &gfp))
		return false;
	event.gfp = gfp.gfp;
	return event_store_add(&r->events, &event);
}

bool resolver_take(struct resolver *resolver, const struct ftrace_line *line,
		   uint64_t time_ns)
{
	struct shape_numbers none = { 0 }, *shape = &none;

	if (line->shape) {
		if (!array_reach(&resolver->shapes, &resolver->shape_room,
				 line->shape, sizeof(*resolver->shapes)))
			return false;
		shape = &resolver->shapes[line->shape];
	}
	if (line->kind == FTRACE_ALLOC || line->kind == FTRACE_KMALLOC)
		return take_alloc(resolver, line, time_ns, shape);
	if (page_is_kind(line->kind))
		return take_page(resolver, line, time_ns);
	return take_free(resolver, line, time_ns, shape);
}
