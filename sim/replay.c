/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay: the loop that drives a machine with a trace's events.
 *
 * The clock is looked at only when it matters: allocation and free do not read
 * it, so it is advanced when a timer is due (one comparison with the event's
 * time), before a cache is created, and when the caller asks. A slot holds
 * all that its free needs; the next events' slots are prefetched.
 */
#include "sim/replay_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "model/inspect.h"
#include "model/preload.h"
#include "traces/error.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* Far enough ahead to hide a miss of the host's cache, near enough to stay. */
#define PREFETCH_AHEAD 12

/* The model's request bits are the trace's: some moved, some have no say. */
#define GFP_SAME (EVENT_GFP_DMA | EVENT_GFP_THISNODE)
#define GFP_MOVED (EVENT_GFP_RECLAIMABLE | EVENT_GFP_ACCOUNT)
#define GFP_MOVED_BY 2
_Static_assert((int)EVENT_GFP_DMA == (int)GFP_DMA &&
		       (int)EVENT_GFP_THISNODE == (int)GFP_THISNODE,
	       "these are the same");
_Static_assert(EVENT_GFP_RECLAIMABLE << GFP_MOVED_BY == (int)GFP_RECLAIMABLE &&
		       EVENT_GFP_ACCOUNT << GFP_MOVED_BY == (int)GFP_ACCOUNT,
	       "these are moved");

/*
 * What a slot holds that is no object of the machine: handles of slab 0, which
 * no slab has. So a free has one question to ask on its way.
 */
#define OBJ_LARGE ((obj_t)1 << 16) /* pages of a large kmalloc */
#define OBJ_OLD ((obj_t)2 << 16)   /* older than the start; with its node */

/* The code is known where this is inlined, so a good event pays no test of it. */
static inline int bad_event(struct trace_error *error, const char *what)
{
	trace_fail(error, -EBADMSG, "%s: the trace file contradicts itself",
		   what);
	return -EBADMSG;
}

/*
 * Which event that was, the last one counted: from 1, as "slabsim step" and
 * "explain" count. Out of the way of all that succeed.
 */
static int at_event(const struct replay *replay, struct trace_error *error,
		    int code)
{
	uint64_t number = replay->counts.events + replay->counts.skipped_events;
	struct trace_error what = *error;

	return trace_fail(error, code, "event %" PRIu64 ": %s", number,
			  what.text);
}

static uint64_t tick_of(const struct replay *replay, uint64_t time_ns)
{
	return replay->start_tick + time_ns / NS_PER_SECOND * replay->hz +
	       time_ns % NS_PER_SECOND * replay->hz / NS_PER_SECOND;
}

uint64_t replay_time_of(const struct replay *replay, uint64_t tick)
{
	uint64_t ticks = tick > replay->start_tick ? tick - replay->start_tick :
						     0;

	return ticks / replay->hz * NS_PER_SECOND +
	       (ticks % replay->hz * NS_PER_SECOND + replay->hz - 1) /
		       replay->hz;
}

/* The earliest time whose tick is that of the machine's next timer. */
static uint64_t timer_ns(const struct replay *replay)
{
	uint64_t tick = machine_next_timer(replay->m);

	return tick == UINT64_MAX ? UINT64_MAX : replay_time_of(replay, tick);
}

void replay_set_wake(struct replay *replay)
{
	const struct action *action = replay_next_action(replay);

	replay->wake_ns = timer_ns(replay);
	if (action && action->time_ns < replay->wake_ns)
		replay->wake_ns = action->time_ns;
}

void replay_pass_time(struct replay *replay, uint64_t time_ns)
{
	uint64_t tick = tick_of(replay, time_ns);

	if (tick > machine_now(replay->m))
		machine_advance(replay->m, tick);
}

void replay_advance(struct replay *replay, uint64_t time_ns)
{
	const struct action *action;

	while ((action = replay_next_action(replay)) != NULL &&
	       action->time_ns <= time_ns)
		replay_act(replay, time_ns);
	replay_pass_time(replay, time_ns);
	replay_set_wake(replay);
}

void replay_finish(struct replay *replay, uint64_t time_ns)
{
	while (replay_next_action(replay))
		replay_act(replay, time_ns);
	replay_advance(replay, time_ns);
}

void replay_reap(struct replay *replay, uint32_t traced_cpu, uint64_t time_ns)
{
	struct machine *m = replay->m;
	uint32_t cpu;

	if (traced_cpu >= replay->nr_cpus)
		return;
	cpu = replay->cpu_of[traced_cpu];
	replay_advance(replay, time_ns);
	machine_reap(m, cpu);
	machine_rcu_process(m);
}

/* --- looking --------------------------------------------------------------- */

struct machine *replay_machine(struct replay *replay)
{
	return replay->m;
}

const struct replay_counts *replay_counts(const struct replay *replay)
{
	return &replay->counts;
}

const struct warm_report *replay_warm(const struct replay *replay)
{
	return replay->warm ? warm_report(replay->warm) : NULL;
}

obj_t replay_object(const struct replay *replay, uint32_t slot)
{
	return replay->slots[slot].obj;
}

cachep_t replay_cache(const struct replay *replay, uint32_t def)
{
	return replay->caches[def];
}

static cachep_t slot_cache(const struct replay *replay, uint32_t slot)
{
	struct obj_place place;

	if (slot >= replay->nr_slots || !obj_slab(replay->slots[slot].obj))
		return CACHE_NULL;
	obj_locate(replay->m, replay->slots[slot].obj, &place);
	return place.cachep;
}

/* Of which cache an event's object is; CACHE_NULL: nobody knows. */
static cachep_t named_cache(const struct replay *replay,
			    const struct event *event)
{
	if (event->cache < replay->nr_caches)
		return replay->caches[event->cache];
	return kmalloc_cache(replay->m, event->bytes_req, replay_gfp(event));
}

cachep_t replay_event_cache(const struct replay *replay,
			    const struct event *event)
{
	if (event_is_page(event))
		return CACHE_NULL;
	return event->op == EVENT_FREE ? slot_cache(replay, event->slot) :
					 named_cache(replay, event);
}

/* --- seen from several threads -------------------------------------------- */

uint32_t replay_cpu_of(const struct replay *replay, uint32_t traced_cpu)
{
	return replay->cpu_of[traced_cpu];
}

uint64_t replay_wake_ns(const struct replay *replay)
{
	return replay->wake_ns;
}

uint64_t replay_tick_of(const struct replay *replay, uint64_t time_ns)
{
	return tick_of(replay, time_ns);
}

bool replay_more_slots(struct replay *replay, uint32_t nr_slots)
{
	struct replay_slot *slots =
		calloc((size_t)nr_slots + 1, sizeof(*slots));

	if (!slots)
		return false;
	free(replay->slots);
	replay->slots = slots;
	replay->nr_slots = nr_slots;
	return true;
}

struct replay *replay_view(const struct replay *replay)
{
	struct replay *view = malloc(sizeof(*view));

	if (!view)
		return NULL;
	*view = *replay;
	view->counts = (struct replay_counts){ 0 };
	view->wake_ns = UINT64_MAX;
	return view;
}

void replay_take_counts(struct replay *replay, struct replay *view)
{
	struct replay_counts *to = &replay->counts, *from = &view->counts;

	to->events += from->events;
	to->allocs += from->allocs;
	to->failed_allocs += from->failed_allocs;
	to->frees += from->frees;
	to->skipped_frees += from->skipped_frees;
	to->folded_nodes += from->folded_nodes;
	to->too_large += from->too_large;
	to->page_events += from->page_events;
	to->moved_events += from->moved_events;
	*from = (struct replay_counts){ 0 };
}

const struct trace_header *replay_header(const struct replay *replay)
{
	return replay->header;
}

/* --- the loop ------------------------------------------------------------ */

uint32_t replay_gfp(const struct event *event)
{
	return (event->gfp & GFP_SAME) | (event->gfp & GFP_MOVED)
						 << GFP_MOVED_BY;
}

/* A request for a node of a larger machine goes to one this machine has. */
static int node_of(struct replay *replay, const struct event *event)
{
	uint32_t nr_nodes = machine_nr_nodes(replay->m);

	if (event->node < 0)
		return NUMA_NO_NODE;
	replay->counts.folded_nodes += (uint32_t)event->node >= nr_nodes;
	return (int)((uint32_t)event->node % nr_nodes);
}

static void count_alloc(struct replay *replay, obj_t obj)
{
	replay->counts.allocs++;
	if (!obj)
		replay->counts.failed_allocs++;
}

/* No general cache is large enough: the page allocator's, or nobody's. */
static obj_t large_kmalloc(struct replay *replay, uint32_t bytes)
{
	replay->counts.too_large++;
	return bytes && bytes <= machine_profile(replay->m)->max_object_bytes ?
		       OBJ_LARGE :
		       OBJ_NULL;
}

static int replay_alloc(struct replay *replay, const struct event *event,
			uint32_t cpu, struct trace_error *error)
{
	uint32_t gfp = replay_gfp(event);
	struct replay_slot *slot;
	cachep_t cachep;

	if (event->slot >= replay->nr_slots ||
	    event->cache >= replay->nr_caches || replay->slots[event->slot].obj)
		return bad_event(error, "a bad allocation");
	slot = &replay->slots[event->slot];
	cachep = replay->caches[event->cache];
	slot->cachep = cachep;
	slot->kmalloc_bytes = 0;
	/* a creation that found no memory makes its allocations fail */
	if (cachep == CACHE_NULL)
		slot->obj = OBJ_NULL;
	else if (event->node < 0)
		slot->obj = kmem_cache_alloc(replay->m, cpu, cachep, gfp);
	else
		slot->obj = kmem_cache_alloc_node(replay->m, cpu, cachep, gfp,
						  node_of(replay, event));
	count_alloc(replay, slot->obj);
	return 0;
}

static int replay_kmalloc(struct replay *replay, const struct event *event,
			  uint32_t cpu, struct trace_error *error)
{
	uint32_t gfp = replay_gfp(event);
	struct replay_slot *slot;

	if (event->slot >= replay->nr_slots || replay->slots[event->slot].obj)
		return bad_event(error, "a bad kmalloc");
	slot = &replay->slots[event->slot];
	slot->kmalloc_bytes = event->bytes_req;
	slot->obj = kmalloc_node(replay->m, cpu, event->bytes_req, gfp,
				 node_of(replay, event));
	if (!slot->obj &&
	    kmalloc_cache(replay->m, event->bytes_req, gfp) == CACHE_NULL)
		slot->obj = large_kmalloc(replay, event->bytes_req);
	count_alloc(replay, slot->obj);
	return 0;
}

/* An object that is older than the start: the warm start made one like it. */
static void free_old(struct replay *replay, uint32_t cpu, cachep_t cachep,
		     uint32_t node)
{
	obj_t obj = OBJ_NULL;

	if (replay->warm && cachep != CACHE_NULL)
		obj = warm_take(replay->warm, cachep, node);
	if (!obj) {
		replay->counts.skipped_frees++;
		return;
	}
	kmem_cache_free(replay->m, cpu, cachep, obj);
	replay->counts.frees++;
	replay->counts.warm_frees++;
}

/* The slot's object is none of the machine's. */
static void free_other(struct replay *replay, struct replay_slot *slot,
		       uint32_t cpu)
{
	obj_t obj = slot->obj;

	slot->obj = OBJ_NULL;
	if (obj == OBJ_LARGE)
		replay->counts.frees++;
	else if (obj)
		free_old(replay, cpu, slot->cachep, obj_node(obj));
	else
		replay->counts.skipped_frees++;
}

static int replay_free(struct replay *replay, const struct event *event,
		       uint32_t cpu, struct trace_error *error)
{
	struct replay_slot *slot;

	if (event->slot >= replay->nr_slots)
		return bad_event(error, "a bad free");
	slot = &replay->slots[event->slot];
	if (!obj_slab(slot->obj)) {
		free_other(replay, slot, cpu);
		return 0;
	}
	if (slot->kmalloc_bytes)
		kfree(replay->m, cpu, slot->obj, slot->kmalloc_bytes);
	else
		kmem_cache_free(replay->m, cpu, slot->cachep, slot->obj);
	slot->obj = OBJ_NULL;
	replay->counts.frees++;
	return 0;
}

static void replay_free_unknown(struct replay *replay,
				const struct event *event, uint32_t cpu)
{
	/* .node: a traced CPU of the object's node, where that is known */
	uint32_t home = event->node >= 0 && (uint32_t)event->node <
						    replay->nr_cpus ?
				replay_home_of(replay, (uint32_t)event->node) :
				cpu;

	free_old(replay, cpu, named_cache(replay, event),
		 machine_cpu_node(replay->m, home));
}

static int replay_create_cache(struct replay *replay, const struct event *event,
			       uint32_t cpu, struct trace_error *error)
{
	if (event->cache >= replay->nr_caches ||
	    replay->caches[event->cache] != CACHE_NULL)
		return bad_event(error, "a bad creation");
	replay_advance(replay, event->time_ns);
	return replay_add_cache(replay, event->cache, cpu, error) ? 0 :
								    -EBADMSG;
}

static int replay_event(struct replay *replay, const struct event *event,
			struct trace_error *error)
{
	uint32_t cpu;

	if (event->cpu >= replay->nr_cpus)
		return bad_event(error, "a CPU the trace lacks");
	cpu = replay->cpu_of[event->cpu];
	switch (event->op) {
	case EVENT_ALLOC:
		return replay_alloc(replay, event, cpu, error);
	case EVENT_FREE:
		return replay_free(replay, event, cpu, error);
	case EVENT_KMALLOC:
		return replay_kmalloc(replay, event, cpu, error);
	case EVENT_FREE_UNKNOWN:
		replay_free_unknown(replay, event, cpu);
		return 0;
	case EVENT_CREATE:
		return replay_create_cache(replay, event, cpu, error);
	case EVENT_PAGE_ALLOC:
	case EVENT_PAGE_FREE:
	case EVENT_PAGE_FREE_BATCHED:
		replay->counts.page_events++;
		return 0;
	default:
		return bad_event(error, "an unknown operation");
	}
}

static void prefetch_slot(const struct replay *replay,
			  const struct event *event)
{
	if (event->slot < replay->nr_slots)
		__builtin_prefetch(&replay->slots[event->slot], 1);
}

/* Of events that were replayed; actions, which change it, come between. */
static void count_moved(struct replay *replay, const struct event *events,
			size_t nr)
{
	if (!replay->actions || !replay->actions->nr_away)
		return;
	for (size_t i = 0; i < nr; i++) {
		uint32_t cpu = events[i].cpu;

		replay->counts.moved_events +=
			!event_is_page(&events[i]) &&
			replay->cpu_of[cpu] != replay->actions->home_of[cpu];
	}
}

static int replay_all(struct replay *replay, const struct event *events,
		      size_t nr, struct trace_error *error)
{
	size_t counted = 0;

	for (size_t i = 0; i < nr; i++) {
		int result;

		if (i + PREFETCH_AHEAD < nr)
			prefetch_slot(replay, &events[i + PREFETCH_AHEAD]);
		if (events[i].time_ns >= replay->wake_ns) {
			count_moved(replay, events + counted, i - counted);
			counted = i;
			replay_advance(replay, events[i].time_ns);
		}
		result = replay_event(replay, &events[i], error);
		replay->counts.events++;
		if (result)
			return result;
		machine_rcu_process(replay->m);
	}
	count_moved(replay, events + counted, nr - counted);
	return 0;
}

int replay_events(struct replay *replay, const struct event *events, size_t nr,
		  struct trace_error *error)
{
	int result = replay_all(replay, events, nr, error);

	return result ? at_event(replay, error, result) : 0;
}

/* --- before the start ----------------------------------------------------- */

static int skip_alloc(struct replay *replay, const struct event *event,
		      struct trace_error *error)
{
	struct replay_slot *slot;
	uint32_t cpu = replay->cpu_of[event->cpu];

	if (event->slot >= replay->nr_slots)
		return bad_event(error, "a bad allocation");
	slot = &replay->slots[event->slot];
	slot->cachep = named_cache(replay, event);
	slot->kmalloc_bytes = 0;
	slot->obj = OBJ_OLD |
		    (event->node < 0 ? machine_cpu_node(replay->m, cpu) :
				       (uint32_t)node_of(replay, event));
	return 0;
}

static int skip_event(struct replay *replay, const struct event *event,
		      struct trace_error *error)
{
	if (event->cpu >= replay->nr_cpus)
		return bad_event(error, "a CPU the trace lacks");
	switch (event->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		return skip_alloc(replay, event, error);
	case EVENT_FREE:
		if (event->slot < replay->nr_slots)
			replay->slots[event->slot].obj = OBJ_NULL;
		return 0;
	case EVENT_CREATE:
		/* not replay_event: with one caller it is inlined */
		return replay_create_cache(replay, event,
					   replay->cpu_of[event->cpu], error);
	default:
		return 0;
	}
}

int replay_skip_events(struct replay *replay, const struct event *events,
		       size_t nr, struct trace_error *error)
{
	for (size_t i = 0; i < nr; i++) {
		int result = skip_event(replay, &events[i], error);

		replay->counts.skipped_events++;
		if (result)
			return at_event(replay, error, result);
	}
	return 0;
}
