/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run: a trace file replayed on a machine into a database, with samples.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "model/slab.h"
#include "reports/run_summary.h"
#include "sim/replay.h"
#include "sim/results.h"
#include "sim/run_details.h"
#include "sim/sample_plan.h"
#include "sim/steps.h"
#include "sim/timing_run.h"
#include "traces/slt.h"

struct run_options {
	struct slt_reader *reader;     /* at its first event; borrowed */
	struct results *results;       /* open; borrowed */
	struct machine_config machine; /* its panic hook is the run's */
	struct replay_options replay;
	struct engine_options engine;
	uint64_t skip_before_ns; /* events of replay.state's own time */
	uint64_t steps, step_ns; /* of the samples: one of them is 0 */
	uint32_t keyframe;
	struct run_details details; /* on request; borrowed */
	struct timing_choice timing;
	struct run_facts facts;
	struct host_facts host;
	/* Called a few times a second; may be NULL. */
	void (*progress)(void *arg, uint64_t events, uint64_t of_events);
	void *progress_arg;
};

struct run_outcome {
	int64_t run_id; /* 0: nothing was stored */
	bool complete;
	struct replay_counts counts;
	struct run_summary sums; /* of its last sample */
	bool warm;               /* there was a warm start: */
	struct warm_report warm_report;
	bool compared; /* replay.state has an end: */
	struct step_end end;
	struct spread spread; /* of engine.repeats runs */
	uint64_t actions_done;
	uint64_t end_ns;
	uint64_t wall_ns, sample_ns; /* of the host */
	uint64_t nr_rows;
	char error[512]; /* one line, "" none */
};

/*
 * run_trace - replay and store
 *
 * Return: EXIT_OK; EXIT_INTERRUPTED, EXIT_BAD_INPUT, EXIT_IO with a sentence
 * in the outcome; the run is in the database, partial unless EXIT_OK. A broken
 * invariant ends the program with EXIT_INVARIANT, the run being partial.
 */
int run_trace(const struct run_options *options, struct run_outcome *outcome);

#endif
