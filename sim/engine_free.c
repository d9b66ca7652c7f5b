/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Free order: the CPUs run through windows of events, and meet at their ends.
 *
 * While the CPUs run through one window the next is dealt (engine_deal.h). On
 * the way they share nothing but how far each has come.
 *
 * Before an action they meet. Tuning and shrinking is then done by a CPU while
 * all go on with the events behind it; hotplug while nobody runs, as by the
 * kernel's stop_machine: whose events are whose changes.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/inspect.h"
#include "sim/engine_deal.h"
#include "sim/engine_private.h"
#include "traces/error.h"

/* Events between two looks into the mailbox and two words of progress. */
#define STRIDE 128
/* As in replay.c: far enough ahead to hide a miss of the host's cache. */
#define PREFETCH_AHEAD 12

struct free_cpu {
	_Alignas(64) atomic_uint done; /* events of the window */
	struct free_order *order;
	struct replay *view;
	int code;
	struct trace_error error;
};

struct free_order {
	struct engine *engine;
	struct free_cpu *cpus;
	struct dealer *dealer;
	uint64_t action_ns; /* of the next action */
	bool running;       /* the window dealt last */
	bool reaping;
	uint64_t running_ns; /* where it ends */
};

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
	const struct hand *hand = dealt_hand(order->dealer, cpu);
	uint32_t done = 0;

	for (uint32_t i = 0; i < hand->nr_stops; i++) {
		run_to(c, cpu, hand, done, hand->stops[i].at);
		done = hand->stops[i].at;
		if (hand->stops[i].cpu == STOP_ACTION)
			replay_perform(order->engine->replay,
				       hand->stops[i].past);
		else
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
	const struct hand *hand = dealt_hand(order->dealer, cpu);
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

/* Has the CPU anything to do in the window dealt last? */
static bool has_work(const struct free_order *order, uint32_t cpu)
{
	const struct hand *hand = dealt_hand(order->dealer, cpu);

	return hand->nr || hand->nr_stops;
}

static int end_window(struct free_order *order, struct trace_error *error)
{
	struct engine *engine = order->engine;

	if (order->reaping)
		cpu_threads_wait(engine->threads, engine->nr_cpus);
	order->reaping = false;
	if (!order->running)
		return 0;
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++) {
		if (has_work(order, cpu))
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

static void start_window(struct free_order *order)
{
	struct engine *engine = order->engine;

	deal_next_window(order->dealer);
	order->running = true;
	order->running_ns = dealt_ns(order->dealer);
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++)
		atomic_store_explicit(&order->cpus[cpu].done, 0,
				      memory_order_relaxed);
	start_reaper(order);
	for (uint32_t cpu = 0; cpu < engine->nr_cpus; cpu++) {
		if (has_work(order, cpu))
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

/* --- events ----------------------------------------------------------------- */

/* Everything dealt so far is done. */
static int meet(struct free_order *order, struct trace_error *error)
{
	int code = 0;

	if (dealt_events(order->dealer))
		code = turn_window(order, error);
	if (!code)
		code = end_window(order, error);
	return code;
}

/* All CPUs have reached @time_ns, and none runs. */
static int reach(struct free_order *order, uint64_t time_ns,
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

/* By its CPU, among the events to come; hotplug at once. */
static int do_action(struct free_order *order, const struct action *action,
		     uint64_t end_ns, struct trace_error *error)
{
	struct replay *replay = order->engine->replay;
	const struct scenario_op *op = &action->op;
	bool among = (op->kind == OP_TUNE || op->kind == OP_SHRINK) &&
		     machine_cpu_online(replay_machine(replay), op->cpu);
	bool room = replay_reserve(replay);

	if (room && among)
		room = deal_action(order->dealer, op->cpu,
				   replay_begin_action(replay));
	else if (room)
		replay_act(replay, end_ns);
	if (room)
		return 0;
	return trace_fail(error, -ENOMEM, "no memory for an action");
}

static void look_for_action(struct free_order *order)
{
	const struct action *action = replay_next_action(order->engine->replay);

	order->action_ns = action ? action->time_ns : UINT64_MAX;
}

/* Those of up to @upto_ns; none after @end_ns by the clock. */
static int due_actions(struct free_order *order, uint64_t upto_ns,
		       uint64_t end_ns, struct trace_error *error)
{
	int code = 0;

	while (!code && order->action_ns <= upto_ns &&
	       order->action_ns != UINT64_MAX) {
		const struct action *action =
			replay_next_action(order->engine->replay);

		code = reach(order,
			     action->time_ns < end_ns ? action->time_ns :
							end_ns,
			     error);
		if (!code)
			code = do_action(order, action, end_ns, error);
		look_for_action(order);
	}
	return code;
}

/* A cache comes into being while nobody runs: its own tables may move. */
static int create_cache(struct free_order *order, const struct event *event,
			struct trace_error *error)
{
	struct replay *replay = order->engine->replay;
	int code = reach(order, event->time_ns, error);

	if (!code && !replay_reserve_creation(replay, event))
		code = trace_fail(error, -ENOMEM, "no memory for a cache");
	return code ? code : replay_events(replay, event, 1, error);
}

static int deal_or_create(struct free_order *order, const struct event *event,
			  struct trace_error *error)
{
	int code;

	if (event->time_ns >= order->action_ns) {
		code = due_actions(order, event->time_ns, event->time_ns,
				   error);
		if (code)
			return code;
	}
	if (event->op == EVENT_CREATE)
		return create_cache(order, event, error);
	code = deal(order->dealer, event, error);
	if (!code &&
	    dealt_events(order->dealer) == order->engine->options.window)
		code = turn_window(order, error);
	return code;
}

int free_order_events(struct free_order *order, const struct event *events,
		      size_t nr, struct trace_error *error)
{
	int code = 0;

	for (size_t i = 0; i < nr && !code; i++) {
		if (i + PREFETCH_AHEAD < nr)
			deal_prefetch(order->dealer,
				      &events[i + PREFETCH_AHEAD]);
		code = deal_or_create(order, &events[i], error);
	}
	if (code == -ENOMEM && !error->text[0])
		snprintf(error->text, sizeof(error->text),
			 "no memory for a window of events");
	return code;
}

int free_order_advance(struct free_order *order, uint64_t time_ns,
		       struct trace_error *error)
{
	int code = due_actions(order, time_ns, time_ns, error);

	return code ? code : reach(order, time_ns, error);
}

int free_order_finish(struct free_order *order, uint64_t time_ns,
		      struct trace_error *error)
{
	int code = due_actions(order, UINT64_MAX, time_ns, error);

	return code ? code : reach(order, time_ns, error);
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

	if (!order)
		return NULL;
	order->engine = engine;
	order->dealer = dealer_create(engine->replay, engine->options.window);
	look_for_action(order);
	if (order->dealer && make_cpus(order))
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
	     cpu++)
		free(order->cpus[cpu].view);
	free(order->cpus);
	dealer_destroy(order->dealer);
	free(order);
}
