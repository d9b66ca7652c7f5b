/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine with threads: the events of a replay performed by a thread for
 * each simulated CPU, under the allocator's own locks.
 *
 *   strict  the CPUs take turns, in the order of the trace: the machine goes
 *           through the very states that the serial replay takes it through
 *   free    a window of events at a time, each CPU runs through its own as fast
 *           as it can, and waits only where it frees what another CPU
 *           allocates within the window; at the end of the window they meet
 *
 * A thread of its own, the reaper, sees to it that each CPU's cache_reap runs
 * when it is due in simulated time; the CPU itself runs it. So with actions
 * (sim/actions.h): the CPU that an action names does it, others by its calls.
 */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include "sim/lock_table.h"
#include "sim/replay.h"
#include "sim/timing.h"

enum engine_kind { ENGINE_SERIAL, ENGINE_STRICT, ENGINE_FREE };

#define ENGINE_WINDOW 65536
#define ENGINE_MAX_WINDOW (1 << 24)

struct engine_options {
	enum engine_kind kind;
	uint32_t window;           /* events; free order */
	uint32_t repeats;          /* runs in all; free order */
	struct lock_options locks; /* tests change them */
};

struct engine;

/*
 * engine_create - threads and locks for a replay that has not begun
 * @replay: borrowed. Return: owned (engine_destroy), or NULL with
 * @error filled in.
 */
struct engine *engine_create(struct replay *replay,
			     const struct engine_options *options,
			     struct trace_error *error);
void engine_destroy(struct engine *engine);
/* Strict order: let @timing, borrowed, watch the events. Before the first. */
void engine_set_timing(struct engine *engine, struct timing *timing);

/*
 * engine_events - replay the next events: as replay_events
 * In free order they may still be running when it returns; @events may go.
 */
int engine_events(struct engine *engine, const struct event *events, size_t nr,
		  struct trace_error *error);
/*
 * engine_advance - let all events so far end, and time reach @time_ns
 * No CPU runs afterwards: the machine may be looked at. Return: as above.
 */
int engine_advance(struct engine *engine, uint64_t time_ns,
		   struct trace_error *error);

/*
 * engine_finish - the trace has ended: as engine_advance, and actions of later
 * times are done, too
 */
int engine_finish(struct engine *engine, uint64_t time_ns,
		  struct trace_error *error);

const struct lock_table *engine_locks(const struct engine *engine);
void engine_host(const struct engine *engine, struct cpu_threads_host *host);

#endif
