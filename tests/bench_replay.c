/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The replay loop alone: events are decoded before the clock starts.
 *
 *	bench_replay TRACE.slt NODES CPUS ROUNDS
 *
 * Prints "events ns_min ns_median" (ns an event, over ROUNDS machines). Under
 * callgrind, tests/bench.sh counts the instructions inside replay_events.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/replay.h"
#include "tests/bench.h"

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_replay: %s\n", what);
	exit(2);
}

static struct event *decode(struct slt_reader *reader, uint64_t nr)
{
	struct event *events = malloc((nr + 1) * sizeof(*events));
	struct trace_error error;
	uint64_t done = 0;

	while (events && done < nr) {
		size_t max = nr - done < 4096 ? (size_t)(nr - done) : 4096;
		int got = slt_read(reader, events + done, max, &error);

		if (got <= 0)
			die("the trace is shorter than it says");
		done += (uint64_t)got;
	}
	return events;
}

static double one_round(const struct trace_header *header,
			const struct machine_config *config,
			const struct event *events)
{
	struct trace_error error;
	struct replay *replay = replay_create(header, config, NULL, &error);
	double start_ns, end_ns;

	if (!replay)
		die(error.text);
	start_ns = bench_now_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (replay_events(replay, events, header->nr_events, &error))
		die(error.text);
	end_ns = bench_now_ns(CLOCK_PROCESS_CPUTIME_ID);
	replay_destroy(replay);
	return (end_ns - start_ns) / (double)header->nr_events;
}

int main(int argc, char **argv)
{
	struct machine_config config = {
		.profile = &slab_profile_2_6_36,
		.node_pages = 1048576,
	};
	const struct trace_header *header;
	struct trace_error error;
	struct slt_reader *reader;
	struct event *events;
	double *ns;
	int rounds;

	if (argc != 5)
		die("expected TRACE.slt NODES CPUS ROUNDS");
	reader = slt_open(argv[1], &error);
	if (!reader)
		die(error.text);
	config.nr_nodes = (uint32_t)atoi(argv[2]);
	config.nr_cpus = (uint32_t)atoi(argv[3]);
	rounds = atoi(argv[4]);
	header = slt_header(reader);
	events = decode(reader, header->nr_events);
	ns = calloc((size_t)rounds, sizeof(*ns));
	for (int i = 0; i < rounds; i++)
		ns[i] = one_round(header, &config, events);
	qsort(ns, (size_t)rounds, sizeof(*ns), bench_by_value);
	printf("%" PRIu64 " %.1f %.1f\n", header->nr_events, ns[0],
	       ns[rounds / 2]);
	free(ns);
	free(events);
	slt_close(reader);
	return 0;
}
