/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop: decode a block of events, replay up to the time of the next
 * sample, sample, go on. Nothing asks per event whether a sample is due.
 *
 * Whatever ends a run early, a last sample and the reason are stored; the run
 * was "partial" in the database from its beginning.
 */
#include "sim/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/cli.h"
#include "sim/host.h"
#include "sim/interrupt.h"
#include "sim/reap_log.h"
#include "sim/run_sums.h"
#include "sim/sampler.h"
#include "sim/state.h"
#include "sim/step_log.h"
#include "sim/trace_rows.h"

#define BLOCK_EVENTS 4096
#define COMMIT_NS 2000000000
#define PROGRESS_NS 200000000
/* Simulated time passes in strides, to hear Ctrl-C in a long silence. */
#define STRIDE_NS 60000000000

struct run {
	const struct run_options *options;
	const struct trace_header *header;
	struct run_outcome *outcome;
	struct replay *replay;
	struct engine *engine; /* NULL: no threads */
	struct sampler *sampler;
	struct reap_log *reaps;
	struct step_log *steps;  /* NULL: nobody asked */
	struct timing *timing;   /* NULL: nobody asked */
	struct holders *holders; /* NULL: nobody asked */
	struct sample_plan plan;
	struct run_end end;
	uint64_t next_sample; /* its number in the plan */
	uint64_t time_ns;     /* reached so far */
	/* host clock; ending: when no event was left, 0 before */
	uint64_t started_ns, committed_ns, told_ns, ending_ns;
	struct event events[BLOCK_EVENTS];
};

static int run_failed(struct run *run, int code, const char *text)
{
	snprintf(run->outcome->error, sizeof(run->outcome->error), "%s", text);
	return code;
}

static int results_failed(struct run *run)
{
	struct database_error error;
	int code = results_error(run->options->results, &error);

	return code ? run_failed(run, exit_code_of(code), error.text) :
		      run_failed(run, EXIT_IO, "out of memory");
}

/* --- the end ------------------------------------------------------------- */

static void store_end(struct run *run, bool complete, const char *reason)
{
	struct run_outcome *outcome = run->outcome;

	outcome->counts = *replay_counts(run->replay);
	outcome->end_ns = run->time_ns;
	outcome->nr_rows = results_nr_rows(run->options->results);
	run->end = (struct run_end){
		.complete = complete,
		.reason = reason,
		.end_ns = run->time_ns,
		.end_tick = machine_now(replay_machine(run->replay)),
		.counts = &outcome->counts,
		.started_ns = run->started_ns,
		.ending_ns = run->ending_ns ? run->ending_ns : host_ns(),
		.sample_ns = outcome->sample_ns,
	};
	results_finish(run->options->results, &run->end);
	results_end(run->options->results);
}

/* What the run has to wait for its rows counts as sampling. */
static int wait_until_stored(struct run *run, int code)
{
	struct run_outcome *outcome = run->outcome;
	int failed = results_settle(run->options->results);

	outcome->run_id = results_run_id(run->options->results);
	outcome->wall_ns = run->end.wall_ns;
	outcome->sample_ns = run->end.sample_ns;
	if (failed && code != EXIT_BAD_INPUT)
		return results_failed(run);
	outcome->complete = code == EXIT_OK;
	return code;
}

/*
 * The machine's panic hook. The model is in no state to be asked anything, so
 * no last sample: what was sampled so far is kept, and the program ends.
 */
static void on_panic(void *arg, const char *sentence)
{
	struct run *run = arg;
	const struct replay_counts *counts;

	talk("the simulated machine is broken: %s", sentence);
	if (run->replay) {
		counts = replay_counts(run->replay);
		talk("at event %" PRIu64 ", tick %" PRIu64 "; this is a bug of "
		     "slabsim; the run is stored as partial",
		     counts->events, machine_now(replay_machine(run->replay)));
		if (run->sampler)
			store_end(run, false, sentence);
	}
	results_close(run->options->results);
	exit(EXIT_INVARIANT);
}

/* --- samples ------------------------------------------------------------- */

static int advance(struct run *run, uint64_t time_ns)
{
	struct trace_error error = { "" };

	while (run->time_ns < time_ns && !interrupt_wanted()) {
		run->time_ns = time_ns - run->time_ns > STRIDE_NS ?
				       run->time_ns + STRIDE_NS :
				       time_ns;
		if (!run->engine)
			replay_advance(run->replay, run->time_ns);
		else if (engine_advance(run->engine, run->time_ns, &error))
			return run_failed(run, EXIT_BAD_INPUT, error.text);
	}
	/* in free order events may be under way, though time is there */
	if (run->options->engine.kind == ENGINE_FREE &&
	    engine_advance(run->engine, run->time_ns, &error))
		return run_failed(run, EXIT_BAD_INPUT, error.text);
	return EXIT_OK;
}

/* Store the state at run->time_ns; commit when the last time is long ago. */
static int sample_now(struct run *run)
{
	uint64_t began_ns = host_ns(), now_ns;

	if (!reap_log_store(run->reaps) ||
	    sampler_take(run->sampler, run->time_ns))
		return results_failed(run);
	now_ns = host_ns();
	if (now_ns - run->committed_ns > COMMIT_NS) {
		results_commit(run->options->results);
		run->committed_ns = now_ns;
	}
	run->outcome->sample_ns += now_ns - began_ns;
	return EXIT_OK;
}

/* The last sample follows actions of later times, too. */
static int finish_actions(struct run *run)
{
	struct trace_error error = { "" };

	if (interrupt_wanted() ||
	    run->next_sample < sample_plan_last(&run->plan))
		return EXIT_OK;
	if (!run->engine)
		replay_finish(run->replay, run->time_ns);
	else if (engine_finish(run->engine, run->time_ns, &error))
		return run_failed(run, EXIT_BAD_INPUT, error.text);
	return EXIT_OK;
}

/* Let time reach the next sample of the plan and take it. */
static int take_next_sample(struct run *run)
{
	int code =
		advance(run, sample_plan_time_ns(&run->plan, run->next_sample));

	if (!code)
		code = finish_actions(run);
	if (code)
		return code;
	if (interrupt_wanted())
		return EXIT_INTERRUPTED;
	run->next_sample++;
	return sample_now(run);
}

/* --- the loop ------------------------------------------------------------ */

/* The last sample follows everything, so before it no event is too late. */
static uint64_t next_sample_ns(const struct run *run)
{
	if (run->next_sample >= sample_plan_last(&run->plan))
		return UINT64_MAX;
	return sample_plan_time_ns(&run->plan, run->next_sample);
}

/* How many of the events, which are in order of time, are at or before. */
static size_t count_until(const struct event *events, size_t nr,
			  uint64_t time_ns)
{
	size_t low = 0, high = nr, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (events[middle].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many of them are part of the state which the run started from. */
static size_t count_skipped(const struct run *run, const struct event *events,
			    size_t nr)
{
	uint64_t before_ns = run->options->skip_before_ns;

	return before_ns ? count_until(events, nr, before_ns - 1) : 0;
}

static int replay_some(struct run *run, const struct event *events, size_t nr,
		       struct trace_error *error)
{
	if (run->engine)
		return engine_events(run->engine, events, nr, error);
	if (run->timing)
		return timing_replay(run->timing, run->replay, events, nr,
				     error);
	if (run->steps)
		return step_log_replay(run->steps, events, nr, error);
	return replay_events(run->replay, events, nr, error);
}

static int replay_block(struct run *run, const struct event *events, size_t nr)
{
	struct trace_error error = { "" };
	size_t skipped = count_skipped(run, events, nr), left = nr - skipped;
	int result;

	if (!nr)
		return EXIT_OK;
	result = replay_skip_events(run->replay, events, skipped, &error);
	if (!result && left)
		result = replay_some(run, events + skipped, left, &error);
	if (result)
		return run_failed(run, EXIT_BAD_INPUT, error.text);
	if (run->holders)
		holders_note(run->holders, events + skipped, left);
	run->time_ns = events[nr - 1].time_ns;
	return EXIT_OK;
}

static int replay_with_samples(struct run *run, size_t nr)
{
	size_t done = 0, upto;
	int code;

	for (;;) {
		upto = count_until(run->events + done, nr - done,
				   next_sample_ns(run));
		code = replay_block(run, run->events + done, upto);
		done += upto;
		if (code || done == nr)
			return code;
		code = take_next_sample(run);
		if (code)
			return code;
	}
}

static void tell_progress(struct run *run)
{
	uint64_t now_ns;

	if (!run->options->progress)
		return;
	now_ns = host_ns();
	if (now_ns - run->told_ns < PROGRESS_NS)
		return;
	run->told_ns = now_ns;
	run->options->progress(run->options->progress_arg,
			       replay_counts(run->replay)->events,
			       run->header->nr_events);
}

static int replay_all(struct run *run)
{
	struct trace_error error = { "" };
	int nr, code = EXIT_OK;

	while (!code) {
		if (interrupt_wanted())
			return EXIT_INTERRUPTED;
		nr = slt_read(run->options->reader, run->events, BLOCK_EVENTS,
			      &error);
		if (nr < 0)
			return run_failed(run, EXIT_BAD_INPUT, error.text);
		if (!nr)
			break;
		code = replay_with_samples(run, (size_t)nr);
		tell_progress(run);
	}
	while (!code && run->next_sample <= sample_plan_last(&run->plan))
		code = take_next_sample(run);
	/* no other run says what it should be: it counts itself again */
	if (!code && run->options->engine.kind == ENGINE_FREE)
		machine_check(replay_machine(run->replay), on_panic, run);
	return code;
}

/* --- the run ------------------------------------------------------------- */

/* What was asked for besides samples. */
static int begin_details(struct run *run)
{
	const struct run_details *details = &run->options->details;

	sampler_watch_slabs(run->sampler, (const char *const *)details->slabs,
			    details->nr_slabs);
	if (details->first_step)
		run->steps = step_log_create(run->options->results, run->replay,
					     run->sampler, details->first_step,
					     details->last_step);
	if (run->options->timing.wanted)
		run->timing = timing_create(replay_machine(run->replay),
					    &run->options->timing.costs,
					    run->options->replay.start_tick);
	if (run->engine)
		engine_set_timing(run->engine, run->timing);
	if (details->pins)
		run->holders = holders_create(run->header);
	if ((details->first_step && !run->steps) ||
	    (run->options->timing.wanted && !run->timing) ||
	    (details->pins && !run->holders))
		return run_failed(run, EXIT_IO, "out of memory");
	if (details->call_sites)
		return trace_rows_store(run->options->results,
					run->options->reader);
	return EXIT_OK;
}

static int begin(struct run *run)
{
	const struct run_options *options = run->options;
	int code;

	results_begin_run(options->results, run->header, &options->facts,
			  &options->host);
	run->sampler = sampler_create(options->results, run->replay,
				      run->header, options->keyframe);
	if (run->sampler)
		run->reaps = reap_log_create(options->results, run->replay,
					     run->sampler);
	if (!run->reaps)
		return run_failed(run, EXIT_IO, "out of memory");
	code = begin_details(run);
	if (code)
		return code;
	run->next_sample = 1;
	return sample_now(run); /* sample 0: before the first event */
}

/* Once more from the start, for its counters alone. */
static int repeat_once(struct run *run)
{
	const struct run_options *options = run->options;
	struct trace_error error = { "" };
	struct engine *engine = NULL;
	struct replay *replay;
	int nr = -1;

	replay = replay_create(run->header, &options->machine, &options->replay,
			       &error);
	if (replay)
		engine = engine_create(replay, &options->engine, &error);
	if (engine && !slt_seek_event(options->reader, 0, &error)) {
		while ((nr = slt_read(options->reader, run->events,
				      BLOCK_EVENTS, &error)) > 0) {
			if (engine_events(engine, run->events, (size_t)nr,
					  &error))
				break;
		}
	}
	if (!nr && !engine_finish(engine, run->header->end_ns, &error))
		spread_note(&run->outcome->spread, replay_machine(replay));
	else
		nr = -1;
	engine_destroy(engine);
	replay_destroy(replay);
	return nr ? run_failed(run, EXIT_BAD_INPUT, error.text) : EXIT_OK;
}

/* The time it takes is not that of the run which is stored. */
static int repeat_run(struct run *run)
{
	uint32_t repeats = run->options->engine.repeats;
	uint64_t began_ns = host_ns(), took_ns;
	int code = EXIT_OK;

	spread_note(&run->outcome->spread, replay_machine(run->replay));
	for (uint32_t i = 1; i < repeats && !code && !interrupt_wanted(); i++)
		code = repeat_once(run);
	took_ns = host_ns() - began_ns;
	run->started_ns += took_ns;
	run->ending_ns += took_ns;
	return code;
}

static void store_lock(void *arg, const struct slab_lock *lock,
		       const struct lock_counts *counts)
{
	struct run *run = arg;

	results_add_lock(run->options->results, replay_machine(run->replay),
			 lock, counts);
}

static int store_engine(struct run *run)
{
	const struct engine_options *engine = &run->options->engine;
	bool free_order = engine->kind == ENGINE_FREE;
	struct engine_row row = {
		.order = free_order ? "free" : "strict",
		.window = free_order ? engine->window : 0,
		.threads = run->options->machine.nr_cpus + 1,
	};
	int code = EXIT_OK;

	engine_host(run->engine, &row.host);
	results_add_engine(run->options->results, &row);
	lock_table_visit(engine_locks(run->engine), store_lock, run);
	/* not when there is no file to tell it in */
	if (engine->repeats > 1 && !run->outcome->error[0] &&
	    !results_settle(run->options->results)) {
		code = repeat_run(run);
		results_add_spread(run->options->results,
				   &run->outcome->spread);
	}
	return code;
}

static void store_actions(struct run *run)
{
	const struct actions *actions = run->options->replay.actions;
	const struct action_outcome *outcomes = replay_outcomes(run->replay);

	for (size_t i = 0; outcomes && i < actions->nr; i++) {
		run->outcome->actions_done += outcomes[i].result == ACTION_DONE;
		results_add_action(run->options->results, i + 1,
				   &actions->list[i], &outcomes[i]);
	}
}

/* What a partial run says of itself, and the talk of the program. */
static int end(struct run *run, int code)
{
	const char *reason = run->outcome->error;
	struct trace_error error;
	int repeated = EXIT_OK;

	if (code == EXIT_INTERRUPTED)
		reason = "interrupted";
	/* As far as it came: the state at the last replayed event. */
	if (run->engine && code)
		engine_advance(run->engine, run->time_ns, &error);
	if (code == EXIT_INTERRUPTED || code == EXIT_BAD_INPUT)
		sample_now(run);
	run->ending_ns = host_ns();
	if (sampler_take_slabs(run->sampler, run->holders,
			       run->options->details.pins) &&
	    !code)
		code = results_failed(run);
	run_sums_take(&run->outcome->sums, run->sampler,
		      replay_machine(run->replay));
	sampler_add_uncreated(run->sampler);
	store_actions(run);
	if (run->engine)
		repeated = store_engine(run);
	if (!code)
		code = repeated;
	if (run->timing)
		timing_store(run->timing, &run->options->timing.costs,
			     run->options->results, run->sampler,
			     replay_machine(run->replay));
	if (run->timing && timing_failed(run->timing) && !code)
		code = run_failed(run, EXIT_IO, "out of memory for timing");
	store_end(run, code == EXIT_OK, reason);
	return code;
}

/* Free order knows nothing of slots as the trace has them. */
static const char *not_in_free_order(const struct run_options *options)
{
	if (options->details.pins)
		return "--pins";
	if (options->timing.wanted)
		return "--timing";
	if (options->replay.slabinfo_before)
		return "--slabinfo-before";
	return options->replay.state ? "--state" : NULL;
}

static int start_engine(struct run *run)
{
	const struct run_options *options = run->options;
	enum engine_kind kind = options->engine.kind;
	struct trace_error error = { "" };
	const char *refused = NULL;

	if (kind == ENGINE_SERIAL)
		return EXIT_OK;
	if (kind == ENGINE_FREE)
		refused = not_in_free_order(options);
	if (options->details.first_step)
		refused = "--steps";
	if (refused) {
		snprintf(run->outcome->error, sizeof(run->outcome->error),
			 "%s does not go with --engine threads%s", refused,
			 kind == ENGINE_FREE ? " --order free" : "");
		return EXIT_USAGE;
	}
	run->engine = engine_create(run->replay, &options->engine, &error);
	return run->engine ? EXIT_OK : run_failed(run, EXIT_USAGE, error.text);
}

static int check_actions(struct run *run)
{
	const struct actions *actions = run->options->replay.actions;
	struct trace_error error;

	if (actions &&
	    actions_check_caches(actions, run->options->reader,
				 replay_machine(run->replay), &error))
		return run_failed(run, EXIT_BAD_INPUT, error.text);
	return EXIT_OK;
}

static int boot_and_run(struct run *run)
{
	struct machine_config machine = run->options->machine;
	struct trace_error error = { "" };
	bool ended = false;
	int code;

	machine.panic = on_panic;
	machine.panic_arg = run;
	run->replay = replay_create(run->header, &machine,
				    &run->options->replay, &error);
	if (!run->replay)
		return run_failed(run, EXIT_BAD_INPUT, error.text);
	if (!run_details_check(&run->options->details, run->header,
			       replay_machine(run->replay), run->outcome->error,
			       sizeof(run->outcome->error))) {
		replay_destroy(run->replay);
		return EXIT_USAGE;
	}
	code = check_actions(run);
	if (!code)
		code = start_engine(run);
	if (code) {
		replay_destroy(run->replay);
		return code;
	}
	run->outcome->warm = replay_warm(run->replay) != NULL;
	if (run->outcome->warm)
		run->outcome->warm_report = *replay_warm(run->replay);
	code = begin(run);
	if (!code)
		code = replay_all(run);
	if (!code && run->options->replay.state)
		run->outcome->compared = state_compare(
			run->options->replay.state, &run->outcome->end);
	if (run->reaps) {
		ended = true;
		code = end(run, code);
	}
	/* meanwhile the last rows are being written */
	holders_destroy(run->holders);
	step_log_destroy(run->steps);
	reap_log_destroy(run->reaps);
	timing_destroy(run->timing);
	sampler_destroy(run->sampler);
	engine_destroy(run->engine);
	replay_destroy(run->replay);
	return ended ? wait_until_stored(run, code) : code;
}

int run_trace(const struct run_options *options, struct run_outcome *outcome)
{
	struct run *run = calloc(1, sizeof(*run));
	int code;

	*outcome = (struct run_outcome){ 0 };
	if (!run) {
		snprintf(outcome->error, sizeof(outcome->error),
			 "out of memory");
		return EXIT_IO;
	}
	run->options = options;
	run->outcome = outcome;
	run->header = slt_header(options->reader);
	run->plan = (struct sample_plan){
		.end_ns = run->header->end_ns,
		.steps = options->steps,
		.step_ns = options->step_ns,
	};
	run->started_ns = run->committed_ns = run->told_ns = host_ns();
	code = boot_and_run(run);
	free(run);
	return code;
}
