/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be stepped through: a scenario's operations or a trace's events,
 * numbered from 0, on their machine; behind the events, what --actions does
 * after the last of them, each as one. A source runs them in order, and can be
 * put back to where it was.
 */
#ifndef SIM_STEP_SOURCE_H
#define SIM_STEP_SOURCE_H

#include "model/slab.h"
#include "sim/path.h"

struct step_source;

struct step_source_ops {
	/*
	 * Run operations @from up to, not including, @to; the state is the one
	 * after @from - 1. No promise which path is recorded then. Return: 0 or
	 * an enum exit_code, the reason having been put into source->error.
	 */
	int (*run_fast)(struct step_source *source, uint64_t from, uint64_t to);
	/* Run operation @number, and record its path and what it is about. */
	int (*run_watched)(struct step_source *source, uint64_t number);
	/* Return: owned (drop), or NULL when the host has no memory. */
	void *(*save)(struct step_source *source);
	bool (*restore)(struct step_source *source, const void *snapshot);
	void (*drop)(void *snapshot);
	size_t (*snapshot_bytes)(const void *snapshot);
	/* The last operation run_watched ran, in words. */
	void (*describe)(struct step_source *source, char *text, size_t bytes);
	/* Operation @number, which is the next to run, in words; "" at the end. */
	void (*preview)(struct step_source *source, uint64_t number, char *text,
			size_t bytes);
	/* What a lesson says about operation @number (nr: at its end); "". */
	const char *(*talk)(const struct step_source *source, uint64_t number);
	void (*destroy)(struct step_source *source);
};

struct step_source {
	const struct step_source_ops *ops;
	const char *name;  /* of the file */
	const char *unit;  /* "operation", "event" */
	uint64_t nr;       /* of operations */
	uint64_t nr_after; /* the last ones of these: actions, no events */
	struct machine *m; /* NULL before a scenario's machine is there */
	/* of the operation that run_watched ran: */
	struct path path;
	cachep_t cachep; /* what it was about, or CACHE_NULL */
	/* worth showing: that, or the last one before it, as far as known */
	cachep_t shown;
	int64_t cpu; /* who ran it; -1: none in particular */
	/* borrowed, "" where the source does not know; any bytes */
	const char *call_site, *task;
	uint64_t time_ns; /* since the first event; 0 in a scenario */
	uint64_t line;    /* of the scenario; 0 in a trace */
	bool is_free;     /* it frees an object */
	char error[512];
};

/* How many are no actions. */
static inline uint64_t step_source_units(const struct step_source *source)
{
	return source->nr - source->nr_after;
}

/* "event 5 of 10", "after the last event, action 1 of 2". @number: from 1. */
void step_source_place(const struct step_source *source, uint64_t number,
		       char *text, size_t bytes);
/* "10 events and, after them, 2 actions" */
void step_source_size(const struct step_source *source, char *text,
		      size_t bytes);

/*
 * Both return an owned source (source->ops->destroy) at its beginning, or NULL
 * when the reason has been printed, with *@code an enum exit_code.
 */
struct step_source *step_scenario_open(const char *path, bool debug, int *code);
struct setup;
/*
 * @setup: borrowed, as long as the source lives. A source has been stopped by a
 * broken invariant when @panic is called, which must not return.
 */
struct step_source *step_trace_open(const char *name, struct setup *setup,
				    void (*panic)(void *arg,
						  const char *sentence),
				    void *panic_arg, int *code);

#endif
