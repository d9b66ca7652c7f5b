/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import and decoding, beside the peer that anybody would write first: getline
 * and sscanf, which parses the same lines, resolves nothing, writes nothing.
 *
 *	bench_import TRACE.txt SCRATCH.slt ROUNDS
 *
 * Prints "lines import_ns peer_ns events bytes_per_event decode_ns": CPU time
 * (user and system, all threads) a line, a line, an event: the best of ROUNDS,
 * taken in turns so that a busy machine slows all of them.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "traces/import.h"

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_import: %s\n", what);
	exit(2);
}

static void import(const char *in, const char *out)
{
	const struct import_options options = { .strict = false };
	struct import_report report;
	struct trace_error error;

	if (trace_import(in, out, &options, &report, &error))
		die(error.text);
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

static void keep_best(double *best, double start_ns)
{
	double ns = now_ns() - start_ns;

	if (*best <= 0 || ns < *best)
		*best = ns;
}

int main(int argc, char **argv)
{
	double import_ns = 0, peer_ns = 0, decode_ns = 0;
	uint64_t lines = 0, events = 0, parsed;
	struct stat st;
	int rounds;

	if (argc != 4)
		die("expected TRACE.txt SCRATCH.slt ROUNDS");
	rounds = atoi(argv[3]);
	for (int i = 0; i < rounds; i++) {
		double start_ns = now_ns();

		import(argv[1], argv[2]);
		keep_best(&import_ns, start_ns);
		start_ns = now_ns();
		lines = peer(argv[1], &parsed);
		keep_best(&peer_ns, start_ns);
		/* decoding is short: more turns for it */
		for (int turn = 0; turn < 5; turn++) {
			start_ns = now_ns();
			events = decode(argv[2]);
			keep_best(&decode_ns, start_ns);
		}
	}
	if (stat(argv[2], &st) != 0 || !lines || !events || !parsed)
		die("nothing was imported");
	printf("%" PRIu64 " %.0f %.0f %" PRIu64 " %.2f %.1f\n", lines,
	       import_ns / (double)lines, peer_ns / (double)lines, events,
	       (double)st.st_size / (double)events, decode_ns / (double)events);
	return 0;
}
