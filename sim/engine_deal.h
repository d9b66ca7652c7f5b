/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Free order: the events of a window dealt out to the CPUs.
 *
 * Dealing resolves the only dependency there is: who frees an object that
 * another CPU allocates in the same window has a "stop" there, and waits until
 * that CPU is past the allocation. Slots are dealt anew, too: the trace's are
 * reused across CPUs, which would be a dependency of its own. A slot freed
 * within the window is reused by the CPU that freed it, after it; one freed
 * before, by anyone.
 */
#ifndef SIM_ENGINE_DEAL_H
#define SIM_ENGINE_DEAL_H

#include "sim/replay.h"

struct stop {
	uint32_t at;   /* own events before it */
	uint32_t cpu;  /* who must be past, or STOP_ACTION */
	uint32_t past; /* its event of this number; the action's */
};
#define STOP_ACTION UINT32_MAX /* not to wait, but to do an action */

/* What a CPU has to do in a window. */
struct hand {
	struct event *events;
	struct stop *stops;
	uint32_t nr, max, nr_stops, max_stops;
	uint32_t freed_first, freed_last; /* slots freed by it; 0: none */
};

struct dealer;

/*
 * dealer_create - for windows of at most @window events
 * @replay, borrowed, gets slots for what is dealt: replay_more_slots. Return:
 * owned (dealer_destroy), or NULL for no memory.
 */
struct dealer *dealer_create(struct replay *replay, uint32_t window);
void dealer_destroy(struct dealer *dealer);

/*
 * deal - into the hand of its CPU, with its slot as dealt
 * Return: 0; -ENOMEM or -EBADMSG with @error filled in.
 */
int deal(struct dealer *dealer, const struct event *event,
	 struct trace_error *error);
/* An action for a CPU, between its events. Return: false for no memory. */
bool deal_action(struct dealer *dealer, uint32_t cpu, size_t number);
/* @event will be dealt soon: its slot is needed then. */
void deal_prefetch(const struct dealer *dealer, const struct event *event);
/* Of the window being dealt, actions too. The time is that of the last event of all. */
uint32_t dealt_events(const struct dealer *dealer);
uint64_t dealt_ns(const struct dealer *dealer);

/* The window is dealt, and the next one begins; the one before has ended. */
void deal_next_window(struct dealer *dealer);
/* A CPU's hand in the window dealt last; until the next is. */
const struct hand *dealt_hand(const struct dealer *dealer, uint32_t cpu);

#endif
