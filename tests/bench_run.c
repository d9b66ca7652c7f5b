/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the database and its samples cost a run.
 *
 *	bench_run TRACE.slt DATABASE NODES CPUS STEPS KEYFRAME ROUNDS
 *
 * In pairs: the trace read and replayed, nothing kept; the same run into a new
 * DATABASE, from opening it to reading the summary back. Prints "rows
 * plain_ms with_ms plain_cpu_ms with_cpu_ms": the least of all rounds, by the
 * clock and in CPU time of all threads.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/run.h"
#include "tests/bench.h"

struct bench {
	const char *trace, *database;
	struct machine_config machine;
	uint64_t steps, rows;
	uint32_t keyframe;
};

struct times {
	double wall_ms, cpu_ms;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_run: %s\n", what);
	exit(2);
}

static struct slt_reader *open_trace(const struct bench *bench)
{
	struct trace_error error;
	struct slt_reader *reader = slt_open(bench->trace, &error);

	if (!reader)
		die(error.text);
	return reader;
}

static void replay_plain(struct bench *bench)
{
	static struct event events[4096];
	struct trace_error error;
	struct slt_reader *reader = open_trace(bench);
	struct replay *replay = replay_create(slt_header(reader),
					      &bench->machine, NULL, &error);
	int nr;

	if (!replay)
		die(error.text);
	while ((nr = slt_read(reader, events, 4096, &error)) > 0) {
		if (replay_events(replay, events, (size_t)nr, &error))
			die(error.text);
	}
	if (nr < 0)
		die(error.text);
	replay_destroy(replay);
	slt_close(reader);
}

static void replay_into_database(struct bench *bench)
{
	struct run_options run = {
		.reader = open_trace(bench),
		.machine = bench->machine,
		.steps = bench->steps,
		.keyframe = bench->keyframe,
		.facts = { .config_json = "{}", .machine = "", .profile = "" },
	};
	struct run_outcome outcome;

	run.results = results_open(bench->database);
	if (!run.results)
		die("out of memory");
	if (run_trace(&run, &outcome))
		die(outcome.error);
	if (results_settle(run.results))
		die("cannot write the database");
	results_close(run.results);
	slt_close(run.reader);
	bench->rows = outcome.nr_rows;
}

static void time_it(void (*work)(struct bench *), struct bench *bench,
		    struct times *least)
{
	double wall_ms = bench_now_ms(CLOCK_MONOTONIC);
	double cpu_ms = bench_now_ms(CLOCK_PROCESS_CPUTIME_ID);

	work(bench);
	wall_ms = bench_now_ms(CLOCK_MONOTONIC) - wall_ms;
	cpu_ms = bench_now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_ms;
	if (wall_ms < least->wall_ms)
		least->wall_ms = wall_ms;
	if (cpu_ms < least->cpu_ms)
		least->cpu_ms = cpu_ms;
}

int main(int argc, char **argv)
{
	struct times plain = { HUGE_VAL, HUGE_VAL }, with = plain;
	struct bench bench = {
		.machine = { .profile = &slab_profile_2_6_36,
			     .node_pages = 1048576 },
	};

	if (argc != 8)
		die("expected TRACE.slt DATABASE NODES CPUS STEPS KEYFRAME "
		    "ROUNDS");
	bench.trace = argv[1];
	bench.database = argv[2];
	bench.machine.nr_nodes = (uint32_t)atoi(argv[3]);
	bench.machine.nr_cpus = (uint32_t)atoi(argv[4]);
	bench.steps = (uint64_t)atoll(argv[5]);
	bench.keyframe = (uint32_t)atoi(argv[6]);
	for (int i = 0; i < atoi(argv[7]); i++) {
		time_it(replay_plain, &bench, &plain);
		unlink(bench.database);
		time_it(replay_into_database, &bench, &with);
	}
	printf("%" PRIu64 " %.1f %.1f %.1f %.1f\n", bench.rows, plain.wall_ms,
	       with.wall_ms, plain.cpu_ms, with.cpu_ms);
	return 0;
}
