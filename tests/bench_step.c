/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stepping back: how long from a key to the state before, anywhere in a trace.
 *
 *	bench_step TRACE.slt NODES CPUS STEPS
 *
 * The trace is run to its end once, taking snapshots. Then STEPS times: go to a
 * random place, and measure one step back with a picture of the cache. Prints
 * "events back_ms_median back_ms_max snapshots megabytes first_run_ms".
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/setup.h"
#include "sim/stepper.h"
#include "tests/bench.h"
#include "workloads/random.h"

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_step: %s\n", what);
	exit(2);
}

static void panic(void *arg, const char *sentence)
{
	(void)arg;
	die(sentence);
}

/* One step back from @position, and what one then looks at. */
static double step_back(struct stepper *s, uint64_t position)
{
	double start_ms;
	cachep_t cachep;

	if (stepper_goto(s, position))
		die(s->message);
	start_ms = bench_now_ms(CLOCK_PROCESS_CPUTIME_ID);
	if (stepper_command(s, "back"))
		die(s->message);
	cachep = stepper_cache(s);
	if (cachep != CACHE_NULL &&
	    !picture_take(&s->picture, s->source->m, cachep, 100))
		die("no memory for a picture");
	return bench_now_ms(CLOCK_PROCESS_CPUTIME_ID) - start_ms;
}

static void measure(struct stepper *s, size_t nr)
{
	double *ms = calloc(nr, sizeof(*ms)),
	       start_ms = bench_now_ms(CLOCK_PROCESS_CPUTIME_ID), first_ms;
	size_t snapshots, bytes;
	struct random random;
	uint64_t distance;

	random_init(&random, 1);
	if (!ms || stepper_goto(s, s->source->nr))
		die("cannot run to the end");
	first_ms = bench_now_ms(CLOCK_PROCESS_CPUTIME_ID) - start_ms;
	for (size_t i = 0; i < nr; i++)
		ms[i] = step_back(s, 1 + random_next(&random) % s->source->nr);
	qsort(ms, nr, sizeof(*ms), bench_by_value);
	timeline_costs(s->timeline, &snapshots, &bytes, &distance);
	printf("%" PRIu64 " %.2f %.2f %zu %zu %.0f\n", s->source->nr,
	       ms[nr / 2], ms[nr - 1], snapshots, bytes >> 20, first_ms);
	free(ms);
}

int main(int argc, char **argv)
{
	char machine[64];
	struct setup_options options = {
		.machine = machine,
		.profile = &slab_profile_2_6_36,
	};
	struct setup setup = { 0 };
	struct step_source *source;
	struct stepper stepper;
	int code;

	if (argc != 5)
		die("expected TRACE.slt NODES CPUS STEPS");
	snprintf(machine, sizeof(machine), "nodes=%s,cpus=%s", argv[2],
		 argv[3]);
	if (setup_open(&setup, &options, argv[1], true))
		return 2;
	source = step_trace_open(argv[1], &setup, panic, NULL, &code);
	if (!source || !stepper_init(&stepper, source))
		return 2;
	measure(&stepper, (size_t)strtoul(argv[4], NULL, 10));
	stepper_release(&stepper);
	setup_release(&setup);
	return 0;
}
