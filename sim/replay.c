/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay: the loop that drives a machine with a trace's events.
 *
 * The clock is looked at only when it matters: allocation and free do not read
 * it, so it is advanced when a timer is due (one comparison with the event's
 * time), before a cache is created, and when the caller asks. A slot holds
 * all that its free needs; the next events' slots are prefetched.
 */
#include "sim/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/slab_flags.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* Far enough ahead to hide a miss of the host's cache, near enough to stay. */
#define PREFETCH_AHEAD 12

_Static_assert((int)EVENT_GFP_DMA == (int)GFP_DMA &&
		       (int)EVENT_GFP_THISNODE == (int)GFP_THISNODE,
	       "the model's request bits are the trace's lowest ones");
#define MODEL_GFP_BITS (GFP_DMA | GFP_THISNODE)

struct replay_slot {
	obj_t obj;
	cachep_t cachep;
	uint32_t kmalloc_bytes; /* 0: from kmem_cache_alloc */
};

struct replay {
	struct machine *m;
	struct warm *warm; /* NULL: no warm start */
	struct replay_slot *slots;
	uint16_t *cpu_of; /* trace CPU -> simulated CPU */
	cachep_t *caches; /* cache_def -> cache of the machine */
	uint64_t wake_ns; /* no timer is due before this time */
	uint64_t start_tick;
	uint64_t hz;
	uint32_t nr_slots, nr_cpus, nr_caches; /* of the trace */
	const struct trace_header *header;
	struct replay_counts counts;
};

static int bad_event(const struct replay *replay, struct trace_error *error,
		     const char *what)
{
	snprintf(error->text, sizeof(error->text),
		 "event %llu: %s: the trace file contradicts itself",
		 (unsigned long long)replay->counts.events, what);
	return -EBADMSG;
}

static uint64_t tick_of(const struct replay *replay, uint64_t time_ns)
{
	return replay->start_tick + time_ns / NS_PER_SECOND * replay->hz +
	       time_ns % NS_PER_SECOND * replay->hz / NS_PER_SECOND;
}

/* The earliest time whose tick is that of the machine's next timer. */
static void set_wake(struct replay *replay)
{
	uint64_t tick = machine_next_timer(replay->m);
	uint64_t ticks;

	if (tick == UINT64_MAX) {
		replay->wake_ns = UINT64_MAX;
		return;
	}
	ticks = tick > replay->start_tick ? tick - replay->start_tick : 0;
	replay->wake_ns = ticks / replay->hz * NS_PER_SECOND +
			  (ticks % replay->hz * NS_PER_SECOND + replay->hz -
			   1) / replay->hz;
}

void replay_advance(struct replay *replay, uint64_t time_ns)
{
	uint64_t tick = tick_of(replay, time_ns);

	if (tick > machine_now(replay->m))
		machine_advance(replay->m, tick);
	set_wake(replay);
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
	char *name = creatable(replay, d) ? malloc(bytes) : NULL;

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
		 struct trace_error *error)
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

static bool warm_up(struct replay *replay, const struct replay_options *options,
		    struct trace_error *error)
{
	if (!options || !options->slabinfo_before)
		return true;
	replay->warm = warm_start(replay->m, replay->header, replay->caches,
				  options->slabinfo_before);
	if (!replay->warm)
		snprintf(error->text, sizeof(error->text),
			 "no memory for the objects of the warm start");
	return replay->warm != NULL;
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
	if (!tables_init(replay, config->nr_cpus, options)) {
		snprintf(error->text, sizeof(error->text),
			 "no memory for %u slots", header->nr_slots);
	} else if (boot(replay, config, error) &&
		   warm_up(replay, options, error)) {
		replay_advance(replay, 0);
		return replay;
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

cachep_t replay_cache(const struct replay *replay, uint32_t def)
{
	return replay->caches[def];
}

/* --- the loop ------------------------------------------------------------ */

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

static int replay_alloc(struct replay *replay, const struct event *event,
			uint32_t cpu, struct trace_error *error)
{
	uint32_t gfp = event->gfp & MODEL_GFP_BITS;
	struct replay_slot *slot;
	cachep_t cachep;

	if (event->slot >= replay->nr_slots ||
	    event->cache >= replay->nr_caches || replay->slots[event->slot].obj)
		return bad_event(replay, error, "a bad allocation");
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
	uint32_t gfp = event->gfp & MODEL_GFP_BITS;
	struct replay_slot *slot;

	if (event->slot >= replay->nr_slots || replay->slots[event->slot].obj)
		return bad_event(replay, error, "a bad kmalloc");
	slot = &replay->slots[event->slot];
	slot->kmalloc_bytes = event->bytes_req;
	slot->obj = kmalloc_node(replay->m, cpu, event->bytes_req, gfp,
				 node_of(replay, event));
	count_alloc(replay, slot->obj);
	if (!slot->obj &&
	    kmalloc_cache(replay->m, event->bytes_req, gfp) == CACHE_NULL)
		replay->counts.too_large++;
	return 0;
}

static int replay_free(struct replay *replay, const struct event *event,
		       uint32_t cpu, struct trace_error *error)
{
	struct replay_slot *slot;

	if (event->slot >= replay->nr_slots)
		return bad_event(replay, error, "a bad free");
	slot = &replay->slots[event->slot];
	if (!slot->obj) {
		replay->counts.skipped_frees++;
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

/* An object older than the trace: a warm start may have made one like it. */
static void replay_free_unknown(struct replay *replay,
				const struct event *event, uint32_t cpu)
{
	obj_t obj = OBJ_NULL;

	if (replay->warm && event->cache < replay->nr_caches)
		obj = warm_take(replay->warm, event->cache,
				machine_cpu_node(replay->m, cpu));
	if (!obj) {
		replay->counts.skipped_frees++;
		return;
	}
	kmem_cache_free(replay->m, cpu, replay->caches[event->cache], obj);
	replay->counts.frees++;
	replay->counts.warm_frees++;
}

static int replay_create_cache(struct replay *replay, const struct event *event,
			       uint32_t cpu, struct trace_error *error)
{
	if (event->cache >= replay->nr_caches ||
	    replay->caches[event->cache] != CACHE_NULL)
		return bad_event(replay, error, "a bad creation");
	replay_advance(replay, event->time_ns);
	create_cache(replay, event->cache, cpu);
	return 0;
}

static int replay_event(struct replay *replay, const struct event *event,
			struct trace_error *error)
{
	uint32_t cpu;

	if (event->cpu >= replay->nr_cpus)
		return bad_event(replay, error, "a CPU the trace lacks");
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
		return bad_event(replay, error, "an unknown operation");
	}
}

static void prefetch_slot(const struct replay *replay,
			  const struct event *event)
{
	if (event->slot < replay->nr_slots)
		__builtin_prefetch(&replay->slots[event->slot], 1);
}

int replay_events(struct replay *replay, const struct event *events, size_t nr,
		  struct trace_error *error)
{
	for (size_t i = 0; i < nr; i++) {
		int result;

		if (i + PREFETCH_AHEAD < nr)
			prefetch_slot(replay, &events[i + PREFETCH_AHEAD]);
		if (events[i].time_ns >= replay->wake_ns)
			replay_advance(replay, events[i].time_ns);
		result = replay_event(replay, &events[i], error);
		replay->counts.events++;
		if (result)
			return result;
		machine_rcu_process(replay->m);
	}
	return 0;
}
