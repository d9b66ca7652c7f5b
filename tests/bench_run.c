/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the database and its samples cost a run.
 *
 *	bench_run TRACE.slt DATABASE NODES CPUS STEPS KEYFRAME ROUNDS
 *
 * In pairs: the trace read and replayed, nothing kept; the same run into a new
 * DATABASE. Each in a process of its own, as runs are: one that has run before
 * has its memory already. Prints "rows plain_ms with_ms plain_cpu_ms
 * with_cpu_ms": the least of all rounds, by the clock and in CPU time of all
 * threads, start and end of the process included. With "plain" or "with" for
 * ROUNDS it is such a process.
 */
#define _DEFAULT_SOURCE /* wait4 */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/heap.h"
#include "sim/run.h"
#include "tests/bench.h"

struct bench {
	const char *trace, *database;
	struct machine_config machine;
	uint64_t steps;
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

/* --- one run ------------------------------------------------------------- */

static struct slt_reader *open_trace(const struct bench *bench)
{
	struct trace_error error;
	struct slt_reader *reader = slt_open(bench->trace, &error);

	if (!reader)
		die(error.text);
	return reader;
}

static void replay_plain(const struct bench *bench)
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
	printf("0\n");
}

static void replay_into_database(const struct bench *bench)
{
	struct run_options run = {
		.reader = open_trace(bench),
		.results = results_open(bench->database),
		.machine = bench->machine,
		.steps = bench->steps,
		.keyframe = bench->keyframe,
		.facts = { .config_json = "{}", .machine = "", .profile = "" },
	};
	struct run_outcome outcome;

	if (!run.results)
		die("out of memory");
	if (run_trace(&run, &outcome))
		die(outcome.error);
	results_close(run.results);
	slt_close(run.reader);
	printf("%" PRIu64 "\n", outcome.nr_rows);
}

static int be_one(const struct bench *bench, const char *what)
{
	heap_prepare();
	if (!strcmp(what, "plain"))
		replay_plain(bench);
	else
		replay_into_database(bench);
	return 0;
}

/* --- many of them -------------------------------------------------------- */

static _Noreturn void become(char **argv, const char *what, int out)
{
	char copy[8];

	snprintf(copy, sizeof(copy), "%s", what);
	argv[7] = copy;
	dup2(out, STDOUT_FILENO);
	execv("/proc/self/exe", argv);
	die("cannot start a process");
}

/* Return: the number that it prints. */
static uint64_t time_one(char **argv, const char *what, struct times *least)
{
	double wall_ms = bench_now_ms(CLOCK_MONOTONIC), cpu_ms;
	char text[24] = "";
	struct rusage used;
	int out[2], status;
	pid_t child;

	if (pipe(out) || (child = fork()) < 0)
		die("cannot start a process");
	if (!child)
		become(argv, what, out[1]);
	close(out[1]);
	if (wait4(child, &status, 0, &used) != child || status)
		die("a run failed");
	wall_ms = bench_now_ms(CLOCK_MONOTONIC) - wall_ms;
	cpu_ms = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
		 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
	if (read(out[0], text, sizeof(text) - 1) < 1)
		die("a run says nothing");
	close(out[0]);
	least->wall_ms = fmin(least->wall_ms, wall_ms);
	least->cpu_ms = fmin(least->cpu_ms, cpu_ms);
	return strtoull(text, NULL, 10);
}

int main(int argc, char **argv)
{
	struct times plain = { HUGE_VAL, HUGE_VAL }, with = plain;
	struct bench bench = {
		.machine = { .profile = &slab_profile_2_6_36,
			     .node_pages = 1048576 },
	};
	uint64_t rows = 0;
	int rounds;

	if (argc != 8)
		die("expected TRACE.slt DATABASE NODES CPUS STEPS KEYFRAME "
		    "ROUNDS");
	bench.trace = argv[1];
	bench.database = argv[2];
	bench.machine.nr_nodes = (uint32_t)atoi(argv[3]);
	bench.machine.nr_cpus = (uint32_t)atoi(argv[4]);
	bench.steps = (uint64_t)atoll(argv[5]);
	bench.keyframe = (uint32_t)atoi(argv[6]);
	rounds = atoi(argv[7]);
	if (!rounds)
		return be_one(&bench, argv[7]);
	for (int i = 0; i < rounds; i++) {
		time_one(argv, "plain", &plain);
		unlink(bench.database);
		rows = time_one(argv, "with", &with);
	}
	printf("%" PRIu64 " %.1f %.1f %.1f %.1f\n", rows, plain.wall_ms,
	       with.wall_ms, plain.cpu_ms, with.cpu_ms);
	return 0;
}
