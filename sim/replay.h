/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay: a trace's events driven through a machine.
 *
 * Owns the machine and the table of slots. The rules (documented in
 * docs/TRACES.md): the machine boots, all CPUs up, the trace's caches are
 * created on CPU 0 at tick 0; tick = floor(time_ns * HZ / 10^9); timers due at
 * or before an event's tick run before it; RCU callbacks run after each event.
 */
#ifndef SIM_REPLAY_H
#define SIM_REPLAY_H

#include "model/slab.h"
#include "sim/actions.h"
#include "sim/tunables.h"
#include "sim/warm.h"
#include "traces/slt.h"

struct state;

struct replay_options {
	uint64_t start_tick; /* of the first event */
	/* trace CPU -> simulated CPU; NULL: c modulo the machine's CPUs */
	const uint32_t *cpu_map;
	/* what the machine holds before the first event; NULL: nothing */
	const struct slabinfo_file *slabinfo_before;
	/* or the dump of a real allocator's state; NULL: none. Borrowed */
	struct state *state;
	const struct warm_demands *demands; /* of the warm start; may be NULL */
	bool slabinfo_tunables; /* and set limit, batchcount, shared as there */
	/* what caches are tuned to; NULL: nothing. Borrowed, outlives it */
	const struct tunables *tunables;
	bool reap_by_hand; /* the reaper runs at replay_reap only */
	/* what is done to the machine on the way; NULL: nothing. Borrowed */
	const struct actions *actions;
};

/* What happened on the way; only rises. */
struct replay_counts {
	uint64_t events;         /* events replayed, of any kind */
	uint64_t skipped_events; /* before them: replay_skip_events */
	uint64_t allocs;         /* that the machine was asked for */
	uint64_t failed_allocs;  /* it could not satisfy: out of memory */
	uint64_t frees;          /* that it performed */
	uint64_t skipped_frees; /* of objects it never had: unknown or failed */
	uint64_t folded_cpus;   /* trace CPUs that share a simulated one */
	uint64_t folded_nodes;  /* requests for a node the machine lacks */
	/* kmallocs above the largest general cache: of @failed_allocs, or, up
	   to what kmalloc can give, served by the page allocator */
	uint64_t too_large;
	uint64_t warm_frees;   /* of @frees: of objects of the warm start */
	uint64_t page_events;  /* of the page allocator: nothing to do */
	uint64_t moved_events; /* of a CPU that was offline: done by another */
};

struct replay;

/*
 * replay_create - boot the machine and create the trace's caches
 * @header: borrowed, must outlive the replay.
 * Return: owned (replay_destroy), or NULL with @error filled in.
 */
struct replay *replay_create(const struct trace_header *header,
			     const struct machine_config *config,
			     const struct replay_options *options,
			     struct trace_error *error);
void replay_destroy(struct replay *replay);
struct machine *replay_machine(struct replay *replay);
const struct replay_counts *replay_counts(const struct replay *replay);
/* What the warm start did; NULL: there was none. Borrowed. */
const struct warm_report *replay_warm(const struct replay *replay);
/* The live object of a slot of the trace; OBJ_NULL: none. */
obj_t replay_object(const struct replay *replay, uint32_t slot);
/*
 * The machine's cache for a cache_def; CACHE_NULL: not (yet) created. A trace
 * cache whose name one of the machine's own caches bears is created as
 * "NAME:traced".
 */
cachep_t replay_cache(const struct replay *replay, uint32_t def);

/*
 * The cache of an event's object; CACHE_NULL: none of the machine's. Of a free
 * it is known before it, while the slot still holds the object.
 */
cachep_t replay_event_cache(const struct replay *replay,
			    const struct event *event);
/*
 * The simulated CPU of a traced one, whose number is below the trace's. While
 * that is offline, the next one of its node that is online, round the node; of
 * the next node, when there is none.
 */
uint32_t replay_cpu_of(const struct replay *replay, uint32_t traced_cpu);
/* What the replay was made of. Borrowed. */
const struct trace_header *replay_header(const struct replay *replay);

/* The model's request bits (enum gfp_flags) for those of an event. */
uint32_t replay_gfp(const struct event *event);

/* For those who look ahead: no timer, no action is due before that time. */
uint64_t replay_wake_ns(const struct replay *replay);
/* For engines with threads (sim/engine.h): the tick of a time. */
uint64_t replay_tick_of(const struct replay *replay, uint64_t time_ns);
/* The earliest time of a tick; 0 for one before the first event's. */
uint64_t replay_time_of(const struct replay *replay, uint64_t tick);
/*
 * replay_more_slots - a larger table, empty, for slots with other numbers
 * Before the first event. Return: false for no memory.
 */
bool replay_more_slots(struct replay *replay, uint32_t nr_slots);
/*
 * replay_view - the same replay seen from one of several threads
 * It shares machine and slots and counts for itself; no time passes by it.
 * Return: owned (free), or NULL for no memory.
 */
struct replay *replay_view(const struct replay *replay);
/* Add what a view has counted to the replay, and count from 0 again. */
void replay_take_counts(struct replay *replay, struct replay *view);

/* Replay @nr events in order. Return: 0, or -EBADMSG with @error filled in. */
int replay_events(struct replay *replay, const struct event *events, size_t nr,
		  struct trace_error *error);
/*
 * replay_skip_events - events before the time that the warm start shows
 *
 * They are not replayed, but remembered: their objects are among those of the
 * warm start, and are freed as such later. To be called before replay_events.
 * Return: as there.
 */
int replay_skip_events(struct replay *replay, const struct event *events,
		       size_t nr, struct trace_error *error);
/*
 * replay_reap - cache_reap on a CPU of the trace, at a time
 * Of a recording that says when it ran; with reap_by_hand.
 */
void replay_reap(struct replay *replay, uint32_t traced_cpu, uint64_t time_ns);
/* Let simulated time reach @time_ns: timers run, actions are done. */
void replay_advance(struct replay *replay, uint64_t time_ns);
/* The trace has ended: the same, and actions of later times are done, too. */
void replay_finish(struct replay *replay, uint64_t time_ns);

/* --- actions -------------------------------------------------------------- */

enum action_result {
	ACTION_LEFT, /* its time has not come */
	ACTION_DONE,
	ACTION_NO_MEMORY, /* of the simulated machine */
	ACTION_NOT_DONE,  /* for want of a CPU or cache that had no memory */
};
struct action_outcome {
	enum action_result result;
	uint64_t tick;   /* when it was done, */
	uint64_t events; /* after so many */
};
/* What became of each action; borrowed. NULL: there are none. */
const struct action_outcome *replay_outcomes(const struct replay *replay);

/* The next action to do; NULL: none is left. Borrowed. */
const struct action *replay_next_action(const struct replay *replay);
/* Do it, after time has reached its own, or @end_ns if that is earlier. */
void replay_act(struct replay *replay, uint64_t end_ns);
/*
 * For engines whose CPUs run at once: the next action is begun, at the time
 * that the clock says, and done by its CPU at its leisure. Tuning and shrinking
 * only. Return: its number, for replay_perform.
 */
size_t replay_begin_action(struct replay *replay);
void replay_perform(const struct replay *replay, size_t number);
/*
 * replay_reserve, replay_reserve_creation - room for the arrays of the next
 * action, of a cache that an event creates (sim/replay_room.c)
 * Return: false for no memory.
 */
bool replay_reserve(struct replay *replay);
bool replay_reserve_creation(struct replay *replay, const struct event *event);

/*
 * replay_save - keep the state of a replay, to go back to it
 * Return: owned (replay_snapshot_release), or NULL when the host has no memory.
 */
struct replay_snapshot *replay_save(const struct replay *replay);
/* Return: false when the host has no memory; @replay is unchanged then. */
bool replay_restore(struct replay *replay,
		    const struct replay_snapshot *snapshot);
void replay_snapshot_release(struct replay_snapshot *snapshot);
/* Bytes of the host's memory that it takes, about. */
size_t replay_snapshot_bytes(const struct replay_snapshot *snapshot);

#endif
