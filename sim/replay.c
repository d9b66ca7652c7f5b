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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "model/preload.h"
#include "sim/slab_flags.h"
#include "sim/state.h"
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

/* --- creation ------------------------------------------------------------ */

/* What the kernel would stop at is bad input here. */
static bool creatable(const struct replay *replay, const struct cache_def *d)
{
	return d->size_bytes <= machine_profile(replay->m)->max_object_bytes &&
	       (d->align_bytes & (d->align_bytes - 1)) == 0;
}

static bool create_cache(struct replay *replay, uint32_t def, uint32_t cpu)
{
	const struct cache_def *d = &replay->header->caches[def];
	uint32_t word = machine_profile(replay->m)->word_bytes;
	/* no memory for a cache is a result, whatever its creator wanted */
	uint32_t flags = slab_flags_of(d->flags) & ~(uint32_t)SLAB_PANIC;
	size_t bytes = strlen(d->name) + sizeof(":traced");
	char *name;

	/* the dump has it, with what the trace could only guess */
	if (replay->from_state) {
		replay->caches[def] = kmem_cache_find(replay->m, d->name);
		if (replay->caches[def] != CACHE_NULL)
			return true;
	}
	name = creatable(replay, d) ? malloc(bytes) : NULL;
	if (!name)
		return false;
	snprintf(name, bytes, "%s%s", d->name,
		 kmem_cache_find(replay->m, d->name) == CACHE_NULL ? "" :
								     ":traced");
	replay->caches[def] =
		kmem_cache_create(replay->m, cpu, name,
				  d->size_bytes < word ? word : d->size_bytes,
				  d->align_bytes, flags);
	free(name);
	return replay->caches[def] != CACHE_NULL;
}

static bool create_caches(struct replay *replay, enum cache_when when,
			  struct trace_error *error)
{
	for (uint32_t i = 0; i < replay->header->nr_caches; i++) {
		if (replay->header->caches[i].when != when)
			continue;
		if (create_cache(replay, i, 0))
			continue;
		snprintf(error->text, sizeof(error->text),
			 "cache '%.200s' of %u bytes cannot be created: the "
			 "simulated machine is out of memory, or no slab holds "
			 "such an object",
			 replay->header->caches[i].name,
			 replay->header->caches[i].size_bytes);
		return false;
	}
	return true;
}

static bool boot(struct replay *replay, const struct machine_config *config,
		 struct state *state, struct trace_error *error)
{
	replay->m = machine_create(config);
	if (!replay->m || !create_caches(replay, CACHE_BEFORE_SMP, error) ||
	    !machine_smp_init(replay->m)) {
		if (!error->text[0])
			snprintf(error->text, sizeof(error->text),
				 "the machine cannot boot with %llu pages a "
				 "node",
				 (unsigned long long)config->node_pages);
		return false;
	}
	if (state && !state_create_caches(state, replay->m, error))
		return false;
	replay->from_state = state != NULL;
	return create_caches(replay, CACHE_AT_START, error);
}

/* Where each trace CPU runs, and how many share with an earlier one. */
static bool map_cpus(struct replay *replay, uint32_t nr_cpus,
		     const struct replay_options *options)
{
	bool *taken = calloc(nr_cpus, sizeof(*taken));

	if (!taken)
		return false;
	for (uint32_t i = 0; i < replay->nr_cpus; i++) {
		uint32_t cpu = options && options->cpu_map ?
				       options->cpu_map[i] :
				       i % nr_cpus;

		replay->cpu_of[i] = (uint16_t)cpu;
		replay->counts.folded_cpus += taken[cpu];
		taken[cpu] = true;
	}
	free(taken);
	return true;
}

static bool no_arrays(struct trace_error *error, const char *of)
{
	snprintf(error->text, sizeof(error->text),
		 "the simulated machine is out of memory for the arrays of %s",
		 of);
	return false;
}

static bool warm_up(struct replay *replay, const struct replay_options *options,
		    struct trace_error *error)
{
	if (options && options->reap_by_hand)
		machine_stop_reaping(replay->m);
	if (options && options->state) {
		replay->warm = state_fill(options->state, error);
		return replay->warm != NULL;
	}
	if (!options || !options->slabinfo_before)
		return true;
	if (options->slabinfo_tunables &&
	    !warm_tune(replay->m, replay->header, replay->caches,
		       options->slabinfo_before))
		return no_arrays(error, "slabinfo's tunables");
	replay->warm = warm_start(replay->m, replay->header, replay->caches,
				  options->slabinfo_before, options->demands);
	if (!replay->warm)
		snprintf(error->text, sizeof(error->text),
			 "no memory for the objects of the warm start");
	return replay->warm != NULL;
}

static bool tune(struct replay *replay, struct trace_error *error)
{
	return !replay->tunables ||
	       tunables_apply_all(replay->tunables, replay->m) ||
	       no_arrays(error, "--set or [set]");
}

static bool tables_init(struct replay *replay, uint32_t nr_cpus,
			const struct replay_options *options)
{
	const struct trace_header *h = replay->header;

	/* one more than needed: none of them is an empty allocation */
	replay->slots = calloc((size_t)h->nr_slots + 1, sizeof(*replay->slots));
	replay->cpu_of = calloc((size_t)h->cpus + 1, sizeof(*replay->cpu_of));
	replay->caches =
		calloc((size_t)h->nr_caches + 1, sizeof(*replay->caches));
	if (!replay->slots || !replay->cpu_of || !replay->caches)
		return false;
	for (uint32_t i = 0; i < h->nr_caches; i++)
		replay->caches[i] = CACHE_NULL;
	return map_cpus(replay, nr_cpus, options);
}

struct replay *replay_create(const struct trace_header *header,
			     const struct machine_config *config,
			     const struct replay_options *options,
			     struct trace_error *error)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	error->text[0] = '\0';
	if (!replay)
		return NULL;
	replay->header = header;
	replay->nr_slots = header->nr_slots;
	replay->nr_cpus = header->cpus;
	replay->nr_caches = header->nr_caches;
	replay->hz = config->profile->hz;
	replay->start_tick = options ? options->start_tick : 0;
	replay->tunables = options ? options->tunables : NULL;
	if (!tables_init(replay, config->nr_cpus, options)) {
		snprintf(error->text, sizeof(error->text),
			 "no memory for %u slots", header->nr_slots);
	} else if (boot(replay, config, options ? options->state : NULL,
			error)) {
		/* the reaper finds its rhythm before there is anything to reap */
		replay_advance(replay, 0);
		if (tune(replay, error) && warm_up(replay, options, error)) {
			if (!options || !options->actions ||
			    replay_actions_create(replay, options->actions)) {
				replay_set_wake(replay);
				return replay;
			}
			snprintf(error->text, sizeof(error->text),
				 "no memory for actions");
		}
	}
	replay_destroy(replay);
	return NULL;
}

void replay_destroy(struct replay *replay)
{
	if (!replay)
		return;
	warm_destroy(replay->warm);
	machine_destroy(replay->m);
	replay_actions_destroy(replay);
	free(replay->slots);
	free(replay->cpu_of);
	free(replay->caches);
	free(replay);
}

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
	if (!create_cache(replay, event->cache, cpu) || !replay->tunables ||
	    tunables_apply(replay->tunables, replay->m, cpu,
			   replay->caches[event->cache]))
		return 0;
	no_arrays(error, "--set or [set]");
	return -EBADMSG;
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
