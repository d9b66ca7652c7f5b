/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import and decoding, beside the peer that anybody would write first: getline
 * and sscanf, which parses the same lines, resolves nothing, writes nothing.
 *
 *	bench_import TRACE.txt SCRATCH.slt ROUNDS
 *
 * Prints "lines import_ns parse_ns peer_ns events bytes_per_event decode_ns
 * speedup control": CPU time (user and system) a line of the whole import with
 * one thread, of its reading and parsing alone, of the peer, an event decoded;
 * how many times as fast (by the clock on the wall) two threads import; and
 * how many times as much two threads do that only count, which is what the
 * machine has to give. Each the best of ROUNDS, taken in turns so that a busy
 * machine slows all of them.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench.h"
#include "traces/import.h"
#include "traces/line_memo.h"
#include "traces/lines.h"
#include "traces/text.h"

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_import: %s\n", what);
	exit(2);
}

static void import(const char *in, const char *out, unsigned int jobs)
{
	const struct import_options options = { .jobs = jobs };
	struct import_report report;
	struct trace_error error;

	if (trace_import(in, out, &options, &report, &error))
		die(error.text);
}

/* Lines read and parsed, and nothing made of them. */
static void parse(const char *path)
{
	struct text_reader reader = { .shape = TEXT_FTRACE,
				      .memo = line_memo_create(0) };
	struct trace_error error;
	struct ftrace_line parsed;
	struct line line;
	int code;
	struct lines *lines = lines_open(path, &code, &error);

	if (!lines)
		die(error.text);
	while ((code = lines_next(lines, &line, &error)) > 0)
		text_parse(&reader, line.text, line.bytes, &parsed);
	if (code)
		die(error.text);
	lines_close(lines);
	line_memo_destroy(reader.memo);
}

/* --- the peer --- */

static int peer_line(const char *line)
{
	char comm[64], flags[16], event[64], site[256], gfp[256], name[64];
	unsigned long long ptr;
	unsigned int cpu, req, alloc;
	int pid, fields, node;
	double seconds;

	if (sscanf(line, " %63[^-]-%d [%u] %15s %lf: %63[^:]:%n", comm, &pid,
		   &cpu, flags, &seconds, event, &fields) < 6)
		return 0;
	line += fields;
	if (strcmp(event, "kfree") == 0)
		return sscanf(line, " call_site=%255s ptr=%llx", site, &ptr) ==
		       2;
	if (strcmp(event, "kmem_cache_free") == 0)
		return sscanf(line, " call_site=%255s ptr=%llx name=%63s", site,
			      &ptr, name) == 3;
	return sscanf(line,
		      " call_site=%255s ptr=%llx bytes_req=%u bytes_alloc=%u"
		      " gfp_flags=%255s node=%d",
		      site, &ptr, &req, &alloc, gfp, &node) >= 5;
}

static uint64_t peer(const char *path, uint64_t *parsed)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	uint64_t lines = 0;

	if (!file)
		die("cannot open the trace");
	for (*parsed = 0; getline(&line, &room, file) > 0; lines++)
		*parsed += (uint64_t)peer_line(line);
	free(line);
	fclose(file);
	return lines;
}

/* --- decoding --- */

static uint64_t decode(const char *path)
{
	static struct event events[4096];
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(path, &error);
	uint64_t nr = 0;
	int n;

	if (!reader)
		die(error.text);
	while ((n = slt_read(reader, events, 4096, &error)) > 0)
		nr += (uint64_t)n;
	if (n < 0)
		die(error.text);
	slt_close(reader);
	return nr;
}

/* --- what a second thread can give --- */

static void *count(void *arg)
{
	for (volatile int i = 0; i < 10000000; i++)
		;
	return arg;
}

static void count_twice(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, count, NULL) != 0)
		die("no second thread");
	count(NULL);
	pthread_join(thread, NULL);
}

/* --- taking turns --- */

struct best {
	double import, parse, peer, decode; /* CPU time */
	double one, two;                    /* by the clock: one job, two */
	double count_one, count_two;        /* likewise: threads that count */
};

static void keep_best(double *best, clockid_t clock, double start_ns)
{
	double ns = bench_now_ns(clock) - start_ns;

	if (*best <= 0 || ns < *best)
		*best = ns;
}

static void take_turn(const char *in, const char *out, struct best *best,
		      uint64_t *lines, uint64_t *events)
{
	const clockid_t cpu = CLOCK_PROCESS_CPUTIME_ID, wall = CLOCK_MONOTONIC;
	double start_ns = bench_now_ns(wall);
	uint64_t parsed;

	count(NULL);
	keep_best(&best->count_one, wall, start_ns);
	start_ns = bench_now_ns(wall);
	count_twice();
	keep_best(&best->count_two, wall, start_ns);
	start_ns = bench_now_ns(wall);
	import(in, out, 2);
	keep_best(&best->two, wall, start_ns);
	start_ns = bench_now_ns(cpu);
	parse(in);
	keep_best(&best->parse, cpu, start_ns);
	start_ns = bench_now_ns(cpu);
	*lines = peer(in, &parsed);
	keep_best(&best->peer, cpu, start_ns);
	if (!*lines || !parsed)
		die("nothing was parsed");
	start_ns = bench_now_ns(cpu);
	import(in, out, 1);
	keep_best(&best->import, cpu, start_ns);
	start_ns = bench_now_ns(wall);
	import(in, out, 1);
	keep_best(&best->one, wall, start_ns);
	/* decoding is short: more turns for it */
	for (int turn = 0; turn < 5; turn++) {
		start_ns = bench_now_ns(cpu);
		*events = decode(out);
		keep_best(&best->decode, cpu, start_ns);
	}
}

int main(int argc, char **argv)
{
	struct best best = { 0 };
	uint64_t lines = 0, events = 0;
	struct stat st;
	int rounds;

	if (argc != 4)
		die("expected TRACE.txt SCRATCH.slt ROUNDS");
	rounds = atoi(argv[3]);
	for (int i = 0; i < rounds; i++)
		take_turn(argv[1], argv[2], &best, &lines, &events);
	if (stat(argv[2], &st) != 0 || !lines || !events)
		die("nothing was imported");
	printf("%" PRIu64 " %.0f %.0f %.0f %" PRIu64 " %.2f %.1f %.2f %.2f\n",
	       lines, best.import / (double)lines, best.parse / (double)lines,
	       best.peer / (double)lines, events,
	       (double)st.st_size / (double)events,
	       best.decode / (double)events, best.one / best.two,
	       2 * best.count_one / best.count_two);
	return 0;
}
