/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .slt, the compact trace file: header (definitions of caches, dictionaries,
 * counts, provenance) and events. Written by the import, read by everything
 * else. The format is versioned; a reader refuses what it does not know.
 */
#ifndef TRACES_SLT_H
#define TRACES_SLT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

/* What went wrong, for a person: one line naming file, line, expectation. */
struct trace_error {
	char text[512];
};

/* The facts of a trace as counted by its import. */
struct trace_counts {
	uint64_t events;        /* event lines of any kind */
	uint64_t allocs;        /* successful ones */
	uint64_t failed_allocs; /* returned NULL */
	uint64_t frees;         /* non-null ones */
	uint64_t null_frees;
	uint64_t unknown_frees;
	uint64_t implicit_frees;
	uint64_t own_dropped; /* the traced allocator's own */
	uint64_t other;       /* well-formed lines of other events */
	uint64_t lost;
	uint64_t unparsed;
	uint64_t live_at_end;
	uint64_t inferred_allocs; /* not traced, put in by the import */
	uint64_t page_allocs;     /* of the page allocator: lines, not pages */
	uint64_t page_frees;      /* batched ones, too */
};

/*
 * A place where the recording lost events: on this CPU, after one event that
 * it has and at or before another.
 */
struct trace_loss {
	uint64_t from_ns;  /* the CPU's last event before; 0: it had none */
	uint64_t until_ns; /* what the recording has next; >= from_ns */
	uint64_t events;   /* lost; 0: the tracer knew no number */
	uint32_t cpu;      /* of the traced machine */
};

/* What the import puts in where the trace proves that it is missing. */
enum trace_infer {
	TRACE_INFER_FREES, /* frees: of pointers that are allocated again */
	TRACE_INFER_ALL,   /* these, and allocations by later frees */
	TRACE_INFER_NONE,
};

struct trace_header {
	uint32_t cpus;      /* of the traced machine */
	uint32_t nr_slots;  /* slots needed: the peak of live objects */
	uint64_t nr_events; /* struct events in the file */
	uint64_t span_ns;   /* first to last event */
	uint64_t end_ns;    /* where simulated time ends; >= span_ns */
	uint64_t first_ns;  /* the trace's own time of the first event */
	char format[32];    /* "ftrace", "scenario" ... */
	char clock[16];     /* "local", "mono" ...; "" unknown */
	char kernel[64];    /* traced kernel as far as known; "" unknown */
	char source[256];   /* base name of the imported file */
	char digest[65];    /* of the imported bytes: traces/digest.h */
	bool scenario;      /* made from a scenario */
	uint8_t infer;      /* enum trace_infer: what was put in */
	struct trace_counts counts;
	struct cache_def *caches; /* owned */
	uint32_t nr_caches;
	char **call_sites; /* owned; [0] is "" */
	uint32_t nr_call_sites;
	char **tasks; /* owned; "comm-pid"; [0] is "" */
	uint32_t nr_tasks;
	/*
	 * As far as they are known, in the order of until_ns: of counts.lost
	 * more may have been lost, nobody knows when. One without a number
	 * counts as one there, or as what a total of the recorder leaves.
	 */
	struct trace_loss *losses; /* owned */
	uint32_t nr_losses;
};

/* Free what a header owns, and clear it. For whoever filled it in. */
void trace_header_release(struct trace_header *header);

struct slt_reader;

/*
 * slt_open - open a .slt file
 * Return: owned (slt_close), or NULL with @error filled in.
 */
struct slt_reader *slt_open(const char *path, struct trace_error *error);
void slt_close(struct slt_reader *reader);
/* Borrowed, valid until slt_close. */
const struct trace_header *slt_header(const struct slt_reader *reader);
/*
 * slt_read - decode the next events
 * Return: how many (0: the end), or -EBADMSG with @error filled in when the
 * file is truncated or corrupt.
 */
int slt_read(struct slt_reader *reader, struct event *events, size_t max,
	     struct trace_error *error);
/*
 * slt_seek_event, slt_seek_time - go on reading elsewhere
 *
 * The next event read is number @event (from 0), or the first one at or after
 * @time_ns; past the last one, reading is at its end. Only the block with the
 * event is read. To decode in parallel, open the file once a thread and have
 * each thread read its part. Return: 0 or -errno, as slt_read.
 */
int slt_seek_event(struct slt_reader *reader, uint64_t event,
		   struct trace_error *error);
int slt_seek_time(struct slt_reader *reader, uint64_t time_ns,
		  struct trace_error *error);
/* True when the file looks like .slt (by its magic). */
bool slt_probe(const char *path);

/* What slt_open_damaged found. */
struct slt_damage {
	uint64_t blocks, events; /* good ones */
	uint64_t events_lost;    /* as far as can be told */
	uint64_t gaps;           /* places where events are missing */
	uint64_t first_lost;     /* number of the first, from 1; 0: none */
	uint64_t last_known;     /* events up to the last good block's end */
	bool end_known; /* false: events may be missing behind last_known */
};

/*
 * slt_open_damaged - the blocks of a damaged file that are good
 *
 * slt_read gives the events of these: where some are missing, frees may lack
 * their allocations and slots their frees. Return: as slt_open; without its
 * header, nothing of a file can be read.
 */
struct slt_reader *slt_open_damaged(const char *path, struct slt_damage *damage,
				    struct trace_error *error);
/*
 * slt_salvage - the good blocks of a damaged file into a new one
 *
 * What is missing counts as lost, and its consequences as unknown and implicit
 * frees. Return: 0 or -errno with @error.
 */
int slt_salvage(const char *in, const char *out, struct slt_damage *damage,
		struct trace_error *error);

struct slt_writer;

/*
 * slt_create - start a file; it appears under @path only at slt_commit
 *
 * Events are appended in time order, then slt_commit writes @header (whose
 * nr_events it fills in) and moves the file into place; a file that was there
 * is replaced then, and only if it is a regular file. slt_abort leaves nothing
 * behind. Both release the writer, slt_commit also when it fails (it leaves
 * nothing behind then). Return: owned, or NULL with @error and errno set.
 */
struct slt_writer *slt_create(const char *path, struct trace_error *error);
/*
 * slt_put_header - write the header before the events
 *
 * Optional, and to be called before the first slt_append, by whoever knows the
 * header by then: it must be the same at slt_commit (but for nr_events). Of a
 * file that is cut short later, only one with the header first can be salvaged.
 */
int slt_put_header(struct slt_writer *writer, const struct trace_header *header,
		   struct trace_error *error);
int slt_append(struct slt_writer *writer, const struct event *events,
	       size_t count, struct trace_error *error);

/*
 * Where events come from: the next 1..@most of them; 0 at the end; -errno.
 * It may be called from another thread, by one at a time.
 */
struct slt_source {
	int (*read)(void *arg, struct event *events, size_t most,
		    struct trace_error *error);
	void *arg;
};

/*
 * slt_append_from - append all events of a source, and no others behind them
 * @jobs: threads that encode them, 1 or 2; the file is the same.
 * Return: 0 or -errno, as slt_append, or what the source failed with.
 */
int slt_append_from(struct slt_writer *writer, const struct slt_source *source,
		    unsigned int jobs, struct trace_error *error);
int slt_commit(struct slt_writer *writer, struct trace_header *header,
	       struct trace_error *error);
void slt_abort(struct slt_writer *writer);

#endif
