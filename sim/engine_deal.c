/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See engine_deal.h. */
#include "sim/engine_deal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/inspect.h"

#define NO_ID 0

/* A slot of the trace: the object that is in it, as dealt. */
struct dealt_slot {
	uint32_t id; /* NO_ID: nothing */
	uint32_t cpu;
	uint32_t window; /* in which it was allocated, */
	uint32_t at;     /* as the CPU's event of this number */
};

struct dealer {
	const struct replay *replay;
	uint32_t nr_cpus, nr_slots; /* slots: of the trace */
	struct hand *hands;         /* two a CPU: windows take turns */
	struct dealt_slot *slots;
	uint32_t *next_id; /* lists of slots not in use */
	uint32_t free_ids, nr_ids;
	uint32_t window;   /* being dealt */
	uint32_t nr_dealt; /* events in it */
	uint64_t dealt_ns; /* time of the last of them */
};

static struct hand *hand_of(const struct dealer *dealer, uint32_t cpu,
			    uint32_t window)
{
	return &dealer->hands[2 * (size_t)cpu + (window & 1)];
}

const struct hand *dealt_hand(const struct dealer *dealer, uint32_t cpu)
{
	return hand_of(dealer, cpu, dealer->window - 1);
}

uint32_t dealt_events(const struct dealer *dealer)
{
	return dealer->nr_dealt;
}

uint64_t dealt_ns(const struct dealer *dealer)
{
	return dealer->dealt_ns;
}

/* --- hands ----------------------------------------------------------------- */

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

static bool add_stop(struct hand *hand, uint32_t cpu, uint32_t past)
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
	hand->stops[hand->nr_stops++] = (struct stop){ hand->nr, cpu, past };
	return true;
}

/* --- slots ----------------------------------------------------------------- */

static uint32_t take_id(struct dealer *dealer, struct hand *hand)
{
	uint32_t id = hand->freed_first;

	if (id != NO_ID) {
		hand->freed_first = dealer->next_id[id];
		return id;
	}
	id = dealer->free_ids;
	if (id == NO_ID)
		return dealer->nr_ids++;
	dealer->free_ids = dealer->next_id[id];
	return id;
}

static void give_id(struct dealer *dealer, struct hand *hand, uint32_t id)
{
	if (hand->freed_first == NO_ID)
		hand->freed_last = id;
	dealer->next_id[id] = hand->freed_first;
	hand->freed_first = id;
}

/* Slots freed in a window that has been dealt are anyone's in the next. */
static void collect_ids(struct dealer *dealer, struct hand *hand)
{
	if (hand->freed_first == NO_ID)
		return;
	dealer->next_id[hand->freed_last] = dealer->free_ids;
	dealer->free_ids = hand->freed_first;
	hand->freed_first = NO_ID;
}

/* --- dealing --------------------------------------------------------------- */

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

static int deal_free(struct dealer *dealer, struct hand *hand, uint32_t cpu,
		     struct event *event)
{
	struct dealt_slot *slot = &dealer->slots[event->slot];

	if (slot->id == NO_ID) {
		event->slot = empty_id(cpu);
		return 0;
	}
	if (slot->cpu != cpu && slot->window == dealer->window &&
	    !add_stop(hand, slot->cpu, slot->at))
		return -ENOMEM;
	event->slot = slot->id;
	give_id(dealer, hand, slot->id);
	slot->id = NO_ID;
	return 0;
}

static int deal_slot(struct dealer *dealer, struct hand *hand, uint32_t cpu,
		     struct event *event, struct trace_error *error)
{
	struct dealt_slot *slot;

	if (event->slot >= dealer->nr_slots)
		return bad_event(event, error);
	if (event->op == EVENT_FREE)
		return deal_free(dealer, hand, cpu, event);
	slot = &dealer->slots[event->slot];
	if (slot->id != NO_ID)
		return bad_event(event, error);
	*slot = (struct dealt_slot){ take_id(dealer, hand), cpu, dealer->window,
				     hand->nr };
	event->slot = slot->id;
	return 0;
}

static bool has_slot(const struct event *event)
{
	return event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC ||
	       event->op == EVENT_FREE;
}

int deal(struct dealer *dealer, const struct event *traced,
	 struct trace_error *error)
{
	struct event *event;
	struct hand *hand;
	uint32_t cpu;
	int code;

	if (traced->cpu >= replay_header(dealer->replay)->cpus)
		return bad_event(traced, error);
	cpu = replay_cpu_of(dealer->replay, traced->cpu);
	hand = hand_of(dealer, cpu, dealer->window);
	if (hand->nr == hand->max && !grow_hand(hand))
		return -ENOMEM;
	event = &hand->events[hand->nr];
	*event = *traced;
	if (has_slot(event)) {
		code = deal_slot(dealer, hand, cpu, event, error);
		if (code)
			return code;
	}
	hand->nr++;
	dealer->nr_dealt++;
	dealer->dealt_ns = traced->time_ns;
	return 0;
}

bool deal_action(struct dealer *dealer, uint32_t cpu, size_t number)
{
	if (!add_stop(hand_of(dealer, cpu, dealer->window), STOP_ACTION,
		      (uint32_t)number))
		return false;
	dealer->nr_dealt++;
	return true;
}

void deal_prefetch(const struct dealer *dealer, const struct event *event)
{
	if (event->slot < dealer->nr_slots)
		__builtin_prefetch(&dealer->slots[event->slot], 1);
}

void deal_next_window(struct dealer *dealer)
{
	dealer->window++;
	dealer->nr_dealt = 0;
	for (uint32_t cpu = 0; cpu < dealer->nr_cpus; cpu++) {
		struct hand *next = hand_of(dealer, cpu, dealer->window);

		collect_ids(dealer, hand_of(dealer, cpu, dealer->window - 1));
		next->nr = 0;
		next->nr_stops = 0;
	}
}

/* --- made and gone --------------------------------------------------------- */

struct dealer *dealer_create(struct replay *replay, uint32_t window)
{
	struct dealer *dealer = calloc(1, sizeof(*dealer));
	uint64_t nr_ids;

	if (!dealer)
		return NULL;
	dealer->replay = replay;
	dealer->nr_cpus = machine_nr_cpus(replay_machine(replay));
	dealer->nr_slots = replay_header(replay)->nr_slots;
	dealer->window = 1;
	dealer->nr_ids = empty_id(dealer->nr_cpus); /* the first behind */
	/* live ones, those freed in two windows, and the empty ones */
	nr_ids = (uint64_t)dealer->nr_slots + 2 * (uint64_t)window +
		 dealer->nr_cpus + 2;
	dealer->hands =
		calloc(2 * (size_t)dealer->nr_cpus, sizeof(*dealer->hands));
	dealer->slots =
		calloc((size_t)dealer->nr_slots + 1, sizeof(*dealer->slots));
	dealer->next_id = calloc(nr_ids, sizeof(*dealer->next_id));
	if (nr_ids < UINT32_MAX && dealer->hands && dealer->slots &&
	    dealer->next_id && replay_more_slots(replay, (uint32_t)nr_ids))
		return dealer;
	dealer_destroy(dealer);
	return NULL;
}

void dealer_destroy(struct dealer *dealer)
{
	if (!dealer)
		return;
	for (size_t i = 0; dealer->hands && i < 2 * (size_t)dealer->nr_cpus;
	     i++) {
		free(dealer->hands[i].events);
		free(dealer->hands[i].stops);
	}
	free(dealer->hands);
	free(dealer->slots);
	free(dealer->next_id);
	free(dealer);
}
