/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Free order: windows of events, dealt out to the CPUs.
 *
 * While the CPUs run through one window the next is dealt. Dealing resolves the
 * only dependency there is: who frees an object that another CPU allocates in
 * the same window has a "stop" there, and waits until that CPU is past the
 * allocation. Slots are dealt anew, too: the trace's are reused across CPUs,
 * which would be a dependency of its own. A slot freed within the window is
 * reused by the CPU that freed it, after it; one freed before, by anyone.
 *
 * Among them CPUs share nothing on the way but how far each has come.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/engine_private.h"

/* Events between two looks into the mailbox and two words of progress. */
#define STRIDE 128
/* As in replay.c: far enough ahead to hide a miss of the host's cache. */
#define PREFETCH_AHEAD 12
#define NO_ID 0

struct stop {
	uint32_t at;   /* own events before it */
	uint32_t cpu;  /* who must be past */
	uint32_t past; /* its event of this number */
};

/* What a CPU has to do in a window. */
struct hand {
	struct event *events;
	struct stop *stops;
	uint32_t nr, max, nr_stops, max_stops;
	uint32_t freed_first, freed_last; /* slots freed by it; NO_ID: none */
};

struct free_cpu {
	_Alignas(64) atomic_uint done; /* events of the window */
	struct free_order *order;
	struct replay *view;
	struct hand hands[2];
	int code;
	struct trace_error error;
};

/* A slot of the trace: the object that is in it, as dealt. */
struct dealt_slot {
	uint32_t id; /* NO_ID: nothing */
	uint32_t cpu;
	uint32_t window; /* in which it was allocated, */
	uint32_t at;     /* as the CPU's event of this number */
};

struct free_order {
	struct engine *engine;
	struct free_cpu *cpus;
	struct dealt_slot *slots;
	uint32_t *next_id; /* lists of slots not in use */
	uint32_t free_ids, nr_ids;
	uint32_t window;   /* being dealt */
	uint32_t nr_dealt; /* events in it */
	uint64_t dealt_ns; /* time of the last of them */
	bool running;      /* the window before it */
	bool reaping;
	uint64_t running_ns; /* where it ends */
};

static struct hand *dealt_hand(struct free_order *order, uint32_t cpu)
{
	return &order->cpus[cpu].hands[order->window & 1];
}

static struct hand *running_hand(struct free_order *order, uint32_t cpu)
{
	return &order->cpus[cpu].hands[(order->window - 1) & 1];
}

/* --- the CPUs --------------------------------------------------------------- */

/* First by spinning, then by giving way, then asleep: longer and longer. */
static void wait_a_moment(uint32_t *waits)
{
	struct timespec nap = { 0, 20000 };

	++*waits;
	if (*waits < 64)
		return;
	if (*waits < 80) {
		sched_yield();
		return;
	}
	for (uint32_t i = 80; i < *waits && nap.tv_nsec < 2000000; i += 4)
		nap.tv_nsec *= 2;
	nanosleep(&nap, NULL);
}

static void wait_at(struct free_order *order, uint32_t cpu,
		    const struct stop *stop)
{
	const atomic_uint *done = &order->cpus[stop->cpu].done;
	uint32_t waits = 0;

	while (atomic_load_explicit(done, memory_order_acquire) <= stop->past) {
		cpu_threads_poll(order->engine->threads, cpu);
		wait_a_moment(&waits);
	}
}

/* Up to event @end. The mailbox is looked into between any two strides. */
static void run_to(struct free_cpu *c, uint32_t cpu, const struct hand *hand,
		   uint32_t done, uint32_t end)
{
	while (done < end) {
		uint32_t nr = end - done < STRIDE ? end - done : STRIDE;

		cpu_threads_poll(c->order->engine->threads, cpu);
		if (!c->code)
			c->code = replay_events(c->view, hand->events + done,
						nr, &c->error);
		done += nr;
		atomic_store_explicit(&c->done, done, memory_order_release);
	}
}

static void run_window(void *arg, uint32_t cpu)
{
	struct free_order *order = arg;
	struct free_cpu *c = &order->cpus[cpu];
	const struct hand *hand = running_hand(order, cpu);
	uint32_t done = 0;

	for (uint32_t i = 0; i < hand->nr_stops; i++) {
		run_to(c, cpu, hand, done, hand->stops[i].at);
		done = hand->stops[i].at;
		wait_at(order, cpu, &hand->stops[i]);
	}
	run_to(c, cpu, hand, done, hand->nr);
}

/* --- the reaper ------------------------------------------------------------- */

static void reap_now(struct machine *m, uint32_t cpu, void *unused)
{
	(void)unused;
	machine_reap_due(m, cpu);
}

static bool timer_is_due(const struct free_order *order, uint32_t cpu)
{
	const struct replay *replay = order->engine->replay;

	return machine_cpu_timer(replay_machine(order->engine->replay), cpu) <=
	       replay_tick_of(replay, order->running_ns);
}

/* Has the CPU done all that comes before its timer? */
static bool timer_is_reached(struct free_order *order, uint32_t cpu)
{
	const struct hand *hand = running_hand(order, cpu);
	uint32_t done = atomic_load_explicit(&order->cpus[cpu].done,
					     memory_order_acquire);

	return !order->running || done >= hand->nr ||
	       replay_tick_of(order->engine->replay,
			      hand->events[done].time_ns) >=
		       machine_cpu_timer(replay_machine(order->engine->replay),
					 cpu);
}

/* The reaper's job, when a timer is due in the window. */
static void reap_window(void *arg, uint32_t reaper)
{
	const struct timespec nap = { 0, 100000 };
	struct free_order *order = arg;
	bool more = true;

	(void)reaper;
	while (more) {
		bool reaped = false;

		more = false;
		for (uint32_t cpu = 0; cpu < order->engine->nr_cpus; cpu++) {
			if (!timer_is_due(order, cpu))
				continue;
			more = true;
			if (!timer_is_reached(order, cpu))
				continue;
			cpu_threads_call(order->engine->threads, cpu, reap_now,
					 NULL);
			reaped = true;
		}
		if (more && !reaped)
			nanosleep(&nap, NULL);
	}
}

static void start_reaper(struct free_order *order)
{
	struct engine *engine = order->engine;

	for (uint32_t cpu = 0; cpu < engine->nr_cpus && !order->reaping; cpu++)
		order->reaping = timer_is_due(order, cpu);
	if (order->reaping)
		cpu_threads_start(engine->threads, engine->nr_cpus, reap_window,
				  order);
}

/* --- windows ---------------------------------------------------------------- */

static int end_window(struct free_order *order, struct trace_error *error)
{
	struct engine *engine = order->engine;

	if (order->reaping)
		cpu_threads_wait(engine->threads, engine->nr_cpus);
	order->reaping = false;
	if (!order->running)
		return 0;
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++) {
		if (running_hand(order, cpu)->nr)
			cpu_threads_wait(engine->threads, cpu);
	}
	order->running = false;
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++) {
		if (!order->cpus[cpu].code)
			continue;
		*error = order->cpus[cpu].error;
		return order->cpus[cpu].code;
	}
	return 0;
}

/* Slots freed in a window that has been dealt are anyone's in the next. */
static void collect_ids(struct free_order *order, struct hand *hand)
{
	if (hand->freed_first == NO_ID)
		return;
	order->next_id[hand->freed_last] = order->free_ids;
	order->free_ids = hand->freed_first;
	hand->freed_first = NO_ID;
}

static void start_window(struct free_order *order)
{
	struct engine *engine = order->engine;

	order->window++;
	order->nr_dealt = 0;
	order->running = true;
	order->running_ns = order->dealt_ns;
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++) {
		struct hand *next = dealt_hand(order, cpu);

		collect_ids(order, running_hand(order, cpu));
		next->nr = 0;
		next->nr_stops = 0;
		atomic_store_explicit(&order->cpus[cpu].done, 0,
				      memory_order_relaxed);
	}
	start_reaper(order);
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++) {
		if (running_hand(order, cpu)->nr)
			cpu_threads_start(engine->threads, cpu, run_window,
					  order);
	}
}

/* The window before has ended, and the one dealt runs. */
static int turn_window(struct free_order *order, struct trace_error *error)
{
	int code = end_window(order, error);

	if (!code)
		start_window(order);
	return code;
}

/* --- dealing ---------------------------------------------------------------- */

static bool grow_hand(struct hand *hand)
{
	uint32_t max = hand->max ? hand->max * 2 : 1024;
	struct event *events =
		realloc(hand->events, max * sizeof(*hand->events));

	if (!events)
		return false;
	hand->events = events;
	hand->max = max;
	return true;
}

static bool add_stop(struct hand *hand, const struct dealt_slot *slot)
{
	if (hand->nr_stops == hand->max_stops) {
		uint32_t max = hand->max_stops ? hand->max_stops * 2 : 64;
		struct stop *stops =
			realloc(hand->stops, max * sizeof(*hand->stops));

		if (!stops)
			return false;
		hand->stops = stops;
		hand->max_stops = max;
	}
	hand->stops[hand->nr_stops++] =
		(struct stop){ hand->nr, slot->cpu, slot->at };
	return true;
}

static uint32_t take_id(struct free_order *order, struct hand *hand)
{
	uint32_t id = hand->freed_first;

	if (id != NO_ID) {
		hand->freed_first = order->next_id[id];
		return id;
	}
	id = order->free_ids;
	if (id == NO_ID)
		return order->nr_ids++;
	order->free_ids = order->next_id[id];
	return id;
}

static void give_id(struct free_order *order, struct hand *hand, uint32_t id)
{
	if (hand->freed_first == NO_ID)
		hand->freed_last = id;
	order->next_id[id] = hand->freed_first;
	hand->freed_first = id;
}

static int bad_event(const struct event *event, struct trace_error *error)
{
	snprintf(error->text, sizeof(error->text),
		 "an event at %llu ns: the trace file contradicts itself",
		 (unsigned long long)event->time_ns);
	return -EBADMSG;
}

/* Nothing is in the slot: the CPU's own empty one stands for it. */
static uint32_t empty_id(uint32_t cpu)
{
	return 1 + cpu;
}

static int deal_free(struct free_order *order, struct hand *hand, uint32_t cpu,
		     struct event *event)
{
	struct dealt_slot *slot = &order->slots[event->slot];

	if (slot->id == NO_ID) {
		event->slot = empty_id(cpu);
		return 0;
	}
	if (slot->cpu != cpu && slot->window == order->window &&
	    !add_stop(hand, slot))
		return -ENOMEM;
	event->slot = slot->id;
	give_id(order, hand, slot->id);
	slot->id = NO_ID;
	return 0;
}

/* Into the hand of its CPU, with its slot as dealt. */
static int deal(struct free_order *order, const struct event *traced,
		struct trace_error *error)
{
	uint32_t cpu = replay_cpu_of(order->engine->replay, traced->cpu);
	struct hand *hand = dealt_hand(order, cpu);
	struct event *event;

	if (hand->nr == hand->max && !grow_hand(hand))
		return -ENOMEM;
	event = &hand->events[hand->nr];
	*event = *traced;
	if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC ||
	    event->op == EVENT_FREE) {
		struct dealt_slot *slot;

		if (event->slot >= order->engine->header->nr_slots)
			return bad_event(traced, error);
		slot = &order->slots[event->slot];
		if (event->op == EVENT_FREE) {
			if (deal_free(order, hand, cpu, event))
				return -ENOMEM;
		} else if (slot->id != NO_ID) {
			return bad_event(traced, error);
		} else {
			*slot = (struct dealt_slot){ take_id(order, hand), cpu,
						     order->window, hand->nr };
			event->slot = slot->id;
		}
	}
	hand->nr++;
	order->nr_dealt++;
	order->dealt_ns = traced->time_ns;
	return 0;
}

/* Everything dealt so far is done. */
static int meet(struct free_order *order, struct trace_error *error)
{
	int code = 0;

	if (order->nr_dealt)
		code = turn_window(order, error);
	if (!code)
		code = end_window(order, error);
	return code;
}

/* A cache comes into being while nobody runs: tables may move. */
static int create_cache(struct free_order *order, const struct event *event,
			struct trace_error *error)
{
	int code = free_order_advance(order, event->time_ns, error);

	return code ? code :
		      replay_events(order->engine->replay, event, 1, error);
}

static void prefetch_slot(const struct free_order *order,
			  const struct event *event)
{
	if (event->slot < order->engine->header->nr_slots)
		__builtin_prefetch(&order->slots[event->slot], 1);
}

static int deal_or_create(struct free_order *order, const struct event *event,
			  struct trace_error *error)
{
	int code;

	if (event->cpu >= order->engine->header->cpus)
		return bad_event(event, error);
	if (event->op == EVENT_CREATE)
		return create_cache(order, event, error);
	code = deal(order, event, error);
	if (!code && order->nr_dealt == order->engine->options.window)
		code = turn_window(order, error);
	return code;
}

int free_order_events(struct free_order *order, const struct event *events,
		      size_t nr, struct trace_error *error)
{
	int code = 0;

	for (size_t i = 0; i < nr && !code; i++) {
		if (i + PREFETCH_AHEAD < nr)
			prefetch_slot(order, &events[i + PREFETCH_AHEAD]);
		code = deal_or_create(order, &events[i], error);
	}
	if (code == -ENOMEM)
		snprintf(error->text, sizeof(error->text),
			 "no memory for a window of events");
	return code;
}

int free_order_advance(struct free_order *order, uint64_t time_ns,
		       struct trace_error *error)
{
	struct engine *engine = order->engine;
	struct machine *m = replay_machine(engine->replay);
	int code = meet(order, error);

	if (code)
		return code;
	order->running_ns = time_ns;
	start_reaper(order);
	end_window(order, error);
	machine_settle(m, replay_tick_of(engine->replay, time_ns));
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++)
		replay_take_counts(engine->replay, order->cpus[cpu].view);
	return 0;
}

/* --- made and gone ---------------------------------------------------------- */

static bool make_cpus(struct free_order *order)
{
	uint32_t nr = order->engine->nr_cpus;

	order->cpus = aligned_alloc(_Alignof(struct free_cpu),
				    nr * sizeof(*order->cpus));
	if (!order->cpus)
		return false;
	memset(order->cpus, 0, nr * sizeof(*order->cpus));
	for (uint32_t cpu = 0; cpu < nr; cpu++) {
		order->cpus[cpu].order = order;
		order->cpus[cpu].view = replay_view(order->engine->replay);
		if (!order->cpus[cpu].view)
			return false;
	}
	return true;
}

struct free_order *free_order_create(struct engine *engine)
{
	struct free_order *order = calloc(1, sizeof(*order));
	/* live ones, those freed in two windows, and the empty ones */
	uint64_t nr_ids = (uint64_t)engine->header->nr_slots +
			  2 * (uint64_t)engine->options.window +
			  engine->nr_cpus + 2;

	if (!order)
		return NULL;
	order->engine = engine;
	order->window = 1;
	order->nr_ids = engine->nr_cpus + 1;
	order->slots = calloc((size_t)engine->header->nr_slots + 1,
			      sizeof(*order->slots));
	order->next_id = calloc(nr_ids, sizeof(*order->next_id));
	if (nr_ids < UINT32_MAX && order->slots && order->next_id &&
	    replay_more_slots(engine->replay, (uint32_t)nr_ids) &&
	    make_cpus(order))
		return order;
	free_order_destroy(order);
	return NULL;
}

void free_order_destroy(struct free_order *order)
{
	struct trace_error error;

	if (!order)
		return;
	end_window(order, &error);
	for (uint32_t cpu = 0; order->cpus && cpu < order->engine->nr_cpus;
	     cpu++) {
		struct free_cpu *c = &order->cpus[cpu];

		free(c->view);
		for (int i = 0; i < 2; i++) {
			free(c->hands[i].events);
			free(c->hands[i].stops);
		}
	}
	free(order->cpus);
	free(order->slots);
	free(order->next_id);
	free(order);
}
