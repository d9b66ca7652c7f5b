/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading trace.dat. The file holds one stream of records for each CPU of
 * each buffer (the top one and named ones); they are merged by time, and where
 * times are equal in the order of buffers and CPUs, which is what trace-cmd
 * report prints.
 *
 * All of it runs in a child process (isolate.h).
 */
#include "traces/have.h"
#include "traces/read_tracedat.h"

#include <errno.h>

#include "traces/error.h"

#ifndef HAVE_LIBTRACECMD

int import_tracedat(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error)
{
	(void)options;
	(void)report;
	(void)result;
	return trace_fail(error, -EBADMSG,
			  "%s: this is a trace.dat of trace-cmd, and slabsim "
			  "was built without libtracecmd: install "
			  "libtracecmd-dev, libtracefs-dev and "
			  "libtraceevent-dev and run make again, or import "
			  "what \"trace-cmd report\" prints",
			  lines_name(lines));
}

#else

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trace-cmd.h>

#include "traces/isolate.h"
#include "traces/spool.h"
#include "traces/tracedat_event.h"

/*
 * The library has these but not in its header (1.3), and later ones may not
 * have them at all: then the clock is taken to be in nanoseconds, the kernel
 * is unknown, and losses are those that the records tell.
 */
extern const char *tracecmd_get_trace_clock(struct tracecmd_input *)
	__attribute__((weak));
extern const char *tracecmd_get_cpustats(struct tracecmd_input *)
	__attribute__((weak));
extern const char *tracecmd_get_uname(struct tracecmd_input *)
	__attribute__((weak));

#define MAX_BUFFERS 1024
#define MAX_CPUS 65535

struct source {
	int fd;
	const char *name;
};

/* The records of one CPU in one buffer. */
struct stream {
	struct tracecmd_input *handle;
	struct tep_record *record; /* the next one; owned */
	uint32_t number;           /* in the order of buffers and CPUs */
	int cpu;
	bool kmem;           /* has had an event of ours */
	uint64_t lost;       /* as told so far */
	uint64_t gaps;       /* losses without a number */
	uint64_t stats_lost; /* as the recorder counted at its end */
	bool has_stats;
};

struct tracedat {
	struct tracecmd_input *top;
	struct tracecmd_input **buffers; /* @top and the named ones */
	int nr_buffers;
	int cpus;
	struct stream *streams;
	uint32_t nr_streams;
	struct stream **heap; /* those with a record, the earliest first */
	uint32_t nr_heap;
	uint64_t announced; /* events by the recorder's statistics */
	struct tracedat_decoder decoder;
};

/* --- the streams, merged --- */

static bool is_before(const struct stream *a, const struct stream *b)
{
	if (a->record->ts != b->record->ts)
		return a->record->ts < b->record->ts;
	return a->number < b->number;
}

/* The entry at @at may be too late for its place: move it down. */
static void sift_down(struct tracedat *dat, uint32_t at)
{
	struct stream *moved = dat->heap[at];

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= dat->nr_heap)
			break;
		if (child + 1 < dat->nr_heap &&
		    is_before(dat->heap[child + 1], dat->heap[child]))
			child++;
		if (is_before(moved, dat->heap[child]))
			break;
		dat->heap[at] = dat->heap[child];
		at = child;
	}
	dat->heap[at] = moved;
}

static void start_heap(struct tracedat *dat)
{
	for (uint32_t i = 0; i < dat->nr_streams; i++) {
		struct stream *stream = &dat->streams[i];

		stream->record =
			tracecmd_read_cpu_first(stream->handle, stream->cpu);
		if (stream->record)
			dat->heap[dat->nr_heap++] = stream;
	}
	for (uint32_t i = dat->nr_heap / 2; i-- > 0;)
		sift_down(dat, i);
}

/* Let go of the earliest record. */
static void step(struct tracedat *dat)
{
	struct stream *stream = dat->heap[0];

	tracecmd_free_record(stream->record);
	stream->record = tracecmd_read_data(stream->handle, stream->cpu);
	if (!stream->record)
		dat->heap[0] = dat->heap[--dat->nr_heap];
	if (dat->nr_heap)
		sift_down(dat, 0);
}

/* --- losses --- */

static void make_loss(struct ftrace_line *line, uint64_t lost, bool uncounted)
{
	memset(line, 0, sizeof(*line));
	line->kind = FTRACE_LOST;
	line->lost = lost;
	line->lost_uncounted = uncounted;
}

/*
 * The kernel knows of a gap before this record: how many, or just that. Those
 * are counted at the end.
 */
static bool tell_gap(struct stream *stream, struct ftrace_line *line)
{
	long long missed = stream->record->missed_events;

	if (missed == 0)
		return false;
	make_loss(line, missed < 0 ? 0 : (uint64_t)missed, missed < 0);
	line->cpu = (uint16_t)stream->cpu;
	line->lost_placed = true;
	stream->gaps += missed < 0;
	stream->lost += line->lost;
	return true;
}

/*
 * Behind the last record: what the recorder counted and no gap told. Gaps
 * without a number count one each where it left no statistics.
 */
static bool tell_rest(const struct stream *stream, struct ftrace_line *line)
{
	uint64_t lost = stream->lost + stream->gaps;

	if (stream->stats_lost > lost)
		lost = stream->stats_lost;
	if (lost == stream->lost)
		return false;
	make_loss(line, lost - stream->lost, !stream->has_stats);
	return true;
}

static struct stream *stream_of(struct tracedat *dat,
				const struct tracecmd_input *handle, int cpu)
{
	for (uint32_t i = 0; i < dat->nr_streams; i++) {
		if (dat->streams[i].handle == handle &&
		    dat->streams[i].cpu == cpu)
			return &dat->streams[i];
	}
	return NULL;
}

/* A line of the statistics: "overrun: 4992". */
static void take_stat(struct tracedat *dat, struct stream *stream,
		      const char *line)
{
	uint64_t number;

	if (sscanf(line, "overrun: %" SCNu64, &number) == 1 ||
	    sscanf(line, "commit overrun: %" SCNu64, &number) == 1 ||
	    sscanf(line, "dropped events: %" SCNu64, &number) == 1)
		stream->stats_lost += number;
	/* those left in the buffer, and those that the recorder took */
	else if (sscanf(line, "entries: %" SCNu64, &number) == 1 ||
		 sscanf(line, "read events: %" SCNu64, &number) == 1)
		dat->announced += number;
}

/* "CPU: 3\nentries: 2\noverrun: 0\n...", for each CPU of the top buffer. */
static void read_stats(struct tracedat *dat)
{
	const char *text =
		tracecmd_get_cpustats ? tracecmd_get_cpustats(dat->top) : NULL;
	struct stream *stream = NULL;

	for (; text && *text; text += strcspn(text, "\n"), text += *text != 0) {
		int cpu;

		if (sscanf(text, "CPU: %d", &cpu) == 1) {
			stream = stream_of(dat, dat->top, cpu);
			if (stream)
				stream->has_stats = true;
		} else if (stream) {
			take_stat(dat, stream, text);
		}
	}
}

/* --- the records --- */

/* How many CPUs the machine had, and how many events the recorder saw. */
static int put_announcement(const struct tracedat *dat,
			    struct isolate_pipe *pipe)
{
	struct ftrace_line line = {
		.kind = FTRACE_ENTRIES,
		.cpus = (uint32_t)dat->cpus,
		.entries_in = dat->announced,
		.entries_written = dat->announced,
	};

	return isolate_put(pipe, &line);
}

static int put_record(struct tracedat *dat, struct isolate_pipe *pipe,
		      struct trace_error *error)
{
	struct stream *stream = dat->heap[0];
	struct ftrace_line line;

	if (tell_gap(stream, &line) && isolate_put(pipe, &line) != 0)
		return -EPIPE;
	if (!tracedat_decode(&dat->decoder, stream->record, &line))
		return trace_fail(error, -ENOMEM, "out of memory");
	stream->kmem = stream->kmem || line.kind < FTRACE_OTHER;
	return isolate_put(pipe, &line);
}

static int put_all(struct tracedat *dat, struct isolate_pipe *pipe,
		   struct trace_error *error)
{
	int code = put_announcement(dat, pipe);

	for (; code == 0 && dat->nr_heap; step(dat))
		code = put_record(dat, pipe, error);
	for (uint32_t i = 0; code == 0 && i < dat->nr_streams; i++) {
		struct ftrace_line line;

		if (tell_rest(&dat->streams[i], &line))
			code = isolate_put(pipe, &line);
	}
	return code;
}

/* --- opening --- */

static const char *clock_of(struct tracecmd_input *handle)
{
	const char *clock = tracecmd_get_trace_clock ?
				    tracecmd_get_trace_clock(handle) :
				    NULL;

	return clock ? clock : "";
}

/* Clocks that count something, and not nanoseconds. */
static bool is_ticks(const char *clock)
{
	return strcmp(clock, "x86-tsc") == 0 || strcmp(clock, "counter") == 0 ||
	       strcmp(clock, "uptime") == 0 || strcmp(clock, "ppc-tb") == 0;
}

static bool collect_buffers(struct tracedat *dat)
{
	int named = tracecmd_buffer_instances(dat->top);

	if (named < 0 || named > MAX_BUFFERS)
		return false;
	dat->buffers = calloc((size_t)named + 1, sizeof(*dat->buffers));
	if (!dat->buffers)
		return false;
	dat->buffers[dat->nr_buffers++] = dat->top;
	for (int i = 0; i < named; i++) {
		struct tracecmd_input *handle =
			tracecmd_buffer_instance_handle(dat->top, i);

		if (!handle)
			return false;
		dat->buffers[dat->nr_buffers++] = handle;
	}
	return true;
}

static bool collect_streams(struct tracedat *dat)
{
	size_t nr = (size_t)dat->nr_buffers * (size_t)dat->cpus;

	dat->streams = calloc(nr, sizeof(*dat->streams));
	dat->heap = calloc(nr, sizeof(struct stream *));
	if (!dat->streams || !dat->heap)
		return false;
	for (int i = 0; i < dat->nr_buffers; i++) {
		for (int cpu = 0; cpu < dat->cpus; cpu++) {
			uint32_t number = dat->nr_streams++;

			dat->streams[number].handle = dat->buffers[i];
			dat->streams[number].cpu = cpu;
			dat->streams[number].number = number;
		}
	}
	read_stats(dat);
	return true;
}

static bool open_dat(struct tracedat *dat, int fd)
{
	/* what goes wrong is said by the parent, in one line */
	tracecmd_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	dat->top = tracecmd_open_fd(fd, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!dat->top)
		return false;
	dat->cpus = tep_get_cpus(tracecmd_get_tep(dat->top));
	if (dat->cpus < 1 || dat->cpus >= MAX_CPUS || !collect_buffers(dat) ||
	    !collect_streams(dat) ||
	    !tracedat_decoder_init(&dat->decoder, tracecmd_get_tep(dat->top),
				   is_ticks(clock_of(dat->top))))
		return false;
	start_heap(dat);
	return true;
}

/* --- what the file knows besides --- */

/* "Linux guest 6.1.192 x86_64": all but the machine's name. */
static void take_kernel(struct tracedat *dat, struct isolate_facts *facts)
{
	const char *text = tracecmd_get_uname ? tracecmd_get_uname(dat->top) :
						NULL;
	char system[8], release[32], machine[12] = "";

	if (!text ||
	    sscanf(text, "%7s %*s %31s %11s", system, release, machine) < 2)
		return;
	snprintf(facts->kernel, sizeof(facts->kernel), "%s %s%s%s", system,
		 release, *machine ? " " : "", machine);
}

static void warn_of_buffers(const struct tracedat *dat,
			    struct isolate_facts *facts)
{
	int with_kmem = 0;

	for (int i = 0; i < dat->nr_buffers; i++) {
		bool kmem = false;

		for (uint32_t s = 0; s < dat->nr_streams; s++)
			kmem |= dat->streams[s].kmem &&
				dat->streams[s].handle == dat->buffers[i];
		with_kmem += kmem;
	}
	if (with_kmem > 1)
		snprintf(facts->warning, sizeof(facts->warning),
			 "kmem events come from %d buffers of the file, merged "
			 "by time: an event recorded in two of them counts "
			 "twice",
			 with_kmem);
}

/* In the child, which ends with this: nothing is given back. */
static int produce(void *arg, struct isolate_pipe *pipe,
		   struct isolate_facts *facts, struct trace_error *error)
{
	struct tracedat dat = { .top = NULL };
	const struct source *source = arg;
	int code;

	if (!open_dat(&dat, source->fd))
		/* NOLINTNEXTLINE: leaks, the child ends */
		return trace_fail(error, -EBADMSG,
				  "%s: damaged or truncated trace.dat: "
				  "libtracecmd cannot read it",
				  source->name);
	code = put_all(&dat, pipe, error);
	snprintf(facts->format, sizeof(facts->format), "trace.dat");
	snprintf(facts->clock, sizeof(facts->clock), "%s", clock_of(dat.top));
	take_kernel(&dat, facts);
	warn_of_buffers(&dat, facts);
	return code;
}

int import_tracedat(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error)
{
	struct source source = { .name = lines_name(lines) };
	int code;

	source.fd = spool(lines, error);
	if (source.fd < 0)
		return source.fd;
	code = isolate_import(produce, &source, "libtracecmd", lines, options,
			      report, result, error);
	close(source.fd);
	return code;
}

#endif
