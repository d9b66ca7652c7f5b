/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the import see what the traced machine counted?
 *
 *	build/tests/bench_stats DIRECTORY...
 *
 * DIRECTORY: trace.txt.xz (or report.txt.xz, .zst) and slabinfo.t0, slabinfo.t1 of a
 * kernel with statistics, which a process read while recording: it wrote
 * "slabinfo end t0.0" into the trace after reading the first, "slabinfo begin
 * t1.0" before reading the second. Between the two, the imported allocations
 * and frees of each cache are compared with the differences of the counters.
 * Prints the caches that differ, and how many do not: the table of
 * docs/COUNTER-CHECKS.md. Needs recordings that are not part of the project, so it
 * is no test.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/import.h"
#include "traces/lines.h"
#include "traces/slabinfo_file.h"

/* One cache of slabinfo, between the markers. */
struct tally {
	uint64_t allocs, inferred_allocs, frees, older, inferred_frees;
};

struct window {
	uint64_t begin_ns, end_ns; /* as the recording prints time */
};

struct measuring {
	struct slabinfo_file t0, t1;
	struct tally *tallies; /* of each row of t1 */
	struct tally unnamed;
	struct window window;
	uint32_t *row_of_slot;
};

#define NO_ROW UINT32_MAX

static void die(const char *where, const char *what)
{
	fprintf(stderr, "bench_stats: %s: %s\n", where, what);
	exit(1);
}

/* "     5.963990: tracing_mark..." back from the text of a marker. */
static uint64_t time_before(const char *text, const char *marker)
{
	const char *colon = marker;
	unsigned long long seconds;
	char *end;

	while (colon > text && *colon != ']')
		colon--;
	while (*colon && (*colon < '0' || *colon > '9' || (colon[-1] != ' ')))
		colon++;
	seconds = strtoull(colon, &end, 10);
	if (*end != '.')
		return 0;
	return (uint64_t)seconds * 1000000000 +
	       (uint64_t)strtoull(end + 1, NULL, 10) * 1000;
}

static void find_markers(const char *path, struct window *window)
{
	struct trace_error error;
	char text[1024];
	int code;
	struct lines *lines = lines_open(path, &code, &error);
	struct line line;

	if (!lines)
		die(path, error.text);
	while ((code = lines_next(lines, &line, &error)) > 0) {
		const char *marker;

		snprintf(text, sizeof(text), "%.*s", (int)line.bytes,
			 line.text);
		marker = strstr(text, "slabinfo end t0.0");
		if (marker)
			window->begin_ns = time_before(text, marker);
		marker = strstr(text, "slabinfo begin t1.0");
		if (marker)
			window->end_ns = time_before(text, marker);
	}
	if (code || !window->begin_ns || !window->end_ns)
		die(path, "no markers t0 and t1, or no times");
	lines_close(lines);
}

/* --- events --- */

static uint32_t row_named(const struct measuring *m, const char *name)
{
	for (uint32_t i = 0; i < m->t1.nr; i++) {
		if (strcmp(m->t1.rows[i].name, name) == 0)
			return i;
	}
	return NO_ROW;
}

/* The general cache of Linux 6.1's SLAB for a request. */
static uint32_t kmalloc_row(const struct measuring *m,
			    const struct event *event)
{
	static const struct {
		uint32_t bytes;
		const char *name;
	} sizes[] = {
		{ 32, "32" },   { 64, "64" },   { 96, "96" },   { 128, "128" },
		{ 192, "192" }, { 256, "256" }, { 512, "512" }, { 1024, "1k" },
		{ 2048, "2k" }, { 4096, "4k" }, { 8192, "8k" },
	};
	char name[32];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (event->bytes_req > sizes[i].bytes)
			continue;
		snprintf(name, sizeof(name), "kmalloc-%s%s",
			 event->gfp & EVENT_GFP_RECLAIMABLE ? "rcl-" : "",
			 sizes[i].name);
		return row_named(m, name);
	}
	return NO_ROW;
}

static struct tally *tally_of(struct measuring *m, uint32_t row)
{
	return row == NO_ROW ? &m->unnamed : &m->tallies[row];
}

static void take_event(struct measuring *m, const struct trace_header *header,
		       const struct event *event)
{
	uint64_t time_ns = event->time_ns + header->first_ns;
	bool counts = time_ns >= m->window.begin_ns &&
		      time_ns < m->window.end_ns;
	uint32_t row = NO_ROW;
	struct tally *tally;

	if (event->op == EVENT_KMALLOC)
		row = kmalloc_row(m, event);
	else if (event->op == EVENT_FREE)
		row = m->row_of_slot[event->slot];
	else if (event->cache != EVENT_NO_CACHE)
		row = row_named(m, header->caches[event->cache].name);
	tally = tally_of(m, row);
	if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC) {
		m->row_of_slot[event->slot] = row;
		if (event->flags & EVENT_INFERRED)
			tally->inferred_allocs += counts;
		else
			tally->allocs += counts;
	} else if (event->flags & EVENT_IMPLICIT) {
		tally->inferred_frees += counts;
	} else {
		tally->frees += counts;
		tally->older += counts && event->op == EVENT_FREE_UNKNOWN;
	}
}

static void take_events(struct measuring *m, const char *slt)
{
	struct trace_error error;
	struct slt_reader *reader = slt_open(slt, &error);
	const struct trace_header *header;
	struct event events[512];
	int n;

	if (!reader)
		die(slt, error.text);
	header = slt_header(reader);
	m->row_of_slot = calloc(header->nr_slots + 1, sizeof(uint32_t));
	if (!m->row_of_slot)
		die(slt, "out of memory");
	while ((n = slt_read(reader, events, 512, &error)) > 0) {
		for (int i = 0; i < n; i++) {
			if (!event_is_page(&events[i]))
				take_event(m, header, &events[i]);
		}
	}
	if (n < 0)
		die(slt, error.text);
	free(m->row_of_slot);
	slt_close(reader);
}

/* --- the table --- */

static int64_t difference(uint64_t later, uint64_t earlier)
{
	return (int64_t)(later - earlier);
}

/* All caches but that of bulk calls. */
struct sums {
	int64_t counted_allocs, counted_frees;
	uint64_t allocs, frees, older;
};

static void add_up(struct sums *sums, const char *cache, int64_t allocs,
		   int64_t frees, const struct tally *tally)
{
	if (strcmp(cache, "maple_node") == 0)
		return;
	sums->counted_allocs += allocs;
	sums->counted_frees += frees;
	sums->allocs += tally->allocs;
	sums->frees += tally->frees;
	sums->older += tally->older;
}

static void print_rows(struct measuring *m, const char *name)
{
	struct sums sums = { .allocs = m->unnamed.allocs,
			     .frees = m->unnamed.frees,
			     .older = m->unnamed.older };
	uint32_t equal = 0, unused = 0;

	for (uint32_t i = 0; i < m->t1.nr; i++) {
		const struct slabinfo_row *b = &m->t1.rows[i];
		const struct slabinfo_row *a =
			slabinfo_file_find(&m->t0, b->name);
		const struct tally *t = &m->tallies[i];
		int64_t allocs, frees;

		if (!a)
			die(name, "slabinfo.t0 and .t1 differ in their caches");
		allocs = difference(b->allochit + b->allocmiss,
				    a->allochit + a->allocmiss);
		frees = difference(b->freehit + b->freemiss + b->remotefrees,
				   a->freehit + a->freemiss + a->remotefrees);
		add_up(&sums, b->name, allocs, frees, t);
		if (!allocs && !frees && !t->allocs && !t->frees) {
			unused++;
		} else if ((uint64_t)allocs == t->allocs &&
			   (uint64_t)frees == t->frees) {
			equal++;
		} else {
			printf("| %s | %s | %" PRId64 " | %" PRIu64
			       " | %" PRIu64 " | %" PRId64 " | %" PRIu64
			       " | %" PRIu64 " | %" PRIu64 " |\n",
			       name, b->name, allocs, t->allocs,
			       t->inferred_allocs, frees, t->frees, t->older,
			       t->inferred_frees);
		}
	}
	printf("| %s | unnamed | | %" PRIu64 " | %" PRIu64 " | | %" PRIu64
	       " | %" PRIu64 " | %" PRIu64 " |\n",
	       name, m->unnamed.allocs, m->unnamed.inferred_allocs,
	       m->unnamed.frees, m->unnamed.older, m->unnamed.inferred_frees);
	printf("| %s | all but maple_node | %" PRId64 " | %" PRIu64
	       " | | %" PRId64 " | %" PRIu64 " | %" PRIu64 " | |\n",
	       name, sums.counted_allocs, sums.allocs, sums.counted_frees,
	       sums.frees, sums.older);
	printf("| %s | equal: %" PRIu32 ", unused: %" PRIu32
	       " | | | | | | | |\n",
	       name, equal, unused);
}

static void find_text(const char *directory, char *path, size_t path_bytes)
{
	static const char *const names[] = { "trace.txt.xz", "report.txt.xz",
					     "report.txt.zst" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, path_bytes, "%s/%s", directory, names[i]);
		if (access(path, R_OK) == 0)
			return;
	}
}

static void measure(const char *directory)
{
	struct import_options options = { .infer = TRACE_INFER_ALL };
	struct measuring m = { .unnamed = { 0 } };
	char path[1024], t0[1024], t1[1024];
	char slt[] = "/tmp/bench_stats-XXXXXX";
	const char *name = strrchr(directory, '/');
	struct import_report report;
	struct trace_error error;
	int fd = mkstemp(slt);

	if (fd < 0)
		die(slt, "cannot be made");
	close(fd);
	find_text(directory, path, sizeof(path));
	snprintf(t0, sizeof(t0), "%s/slabinfo.t0", directory);
	snprintf(t1, sizeof(t1), "%s/slabinfo.t1", directory);
	options.slabinfo = t1;
	if (slabinfo_file_read(t0, &m.t0, &error) ||
	    slabinfo_file_read(t1, &m.t1, &error) ||
	    trace_import(path, slt, &options, &report, &error))
		die(directory, error.text);
	find_markers(path, &m.window);
	m.tallies = calloc(m.t1.nr, sizeof(*m.tallies));
	if (!m.tallies)
		die(directory, "out of memory");
	take_events(&m, slt);
	unlink(slt);
	print_rows(&m, name ? name + 1 : directory);
	free(m.tallies);
	slabinfo_file_release(&m.t0);
	slabinfo_file_release(&m.t1);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		die("usage", "expected directories");
	puts("| recording | cache | counted allocs | traced | inferred "
	     "| counted frees | traced | of older | implicit |\n"
	     "|---|---|--:|--:|--:|--:|--:|--:|--:|");
	for (int i = 1; i < argc; i++)
		measure(argv[i]);
	return 0;
}
