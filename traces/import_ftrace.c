/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of text of traces: counts every line, brings times to nanoseconds since
 * the first event, hands kmem events to the resolver. Whatever a line is, it
 * is counted somewhere: as an event, as lost, or as unparsed.
 */
#include "traces/import_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traces/error.h"
#include "traces/ftrace.h"
#include "traces/line_memo.h"
#include "traces/losses.h"
#include "traces/parse_ahead.h"
#include "traces/record_reader.h"
#include "traces/resolve.h"
#include "traces/slt_format.h"

struct ftrace_import {
	struct lines *lines;
	struct record_reader *reader; /* NULL: the lines are the records */
	struct text_reader text;      /* of the lines */
	const struct import_options *options;
	struct import_report *report;
	struct trace_counts *counts; /* of the report */
	struct trace_error *error;
	struct resolver resolver;
	struct trace_header *header;

	bool started, ticks;  /* an event was seen; what its time was */
	bool steady;          /* started, and no place of a loss is open */
	uint64_t first, last; /* times as they stand in the trace */
	struct losses losses;
	uint64_t announced; /* entries in the buffer by the header */
	uint64_t lost_uncounted, empty_gfp, empty_names;
	uint64_t numeric_gfp, bare_sites;
	uint64_t first_unknown, first_implicit; /* lines, for --strict */
	bool end_cut; /* the last line has no newline */
};

static int out_of_memory(struct ftrace_import *import)
{
	const struct resolver *resolver = &import->resolver;
	int failed = event_store_error(&resolver->events);
	int code = import_check_store(failed ? failed : resolver->infer.error,
				      import->error);

	if (code)
		return code;
	return trace_fail(import->error, -ENOMEM, "%s: out of memory",
			  lines_name(import->lines));
}

static int fail_at(struct ftrace_import *import, const struct line *line,
		   const char *what)
{
	return trace_fail(import->error, -EBADMSG, "%s:%" PRIu64 ": %s",
			  lines_name(import->lines), line->number, what);
}

static void note_unparsed(struct ftrace_import *import, const struct line *line)
{
	struct import_report *report = import->report;
	uint32_t shown = report->nr_unparsed_shown;

	import->counts->unparsed++;
	if (shown == IMPORT_UNPARSED_SHOWN)
		return;
	report->unparsed_line[shown] = line->number;
	trace_quote(report->unparsed_text[shown],
		    sizeof(report->unparsed_text[shown]), line->text,
		    line->bytes);
	report->nr_unparsed_shown++;
}

/* --- time --- */

/* @steps of a clock of @hz steps a second, in ns; false: over the limit. */
static bool scale(uint64_t steps, uint64_t hz, uint64_t *ns)
{
	uint64_t seconds = steps / hz, rest = steps % hz;

	/* beyond 18 GHz, exactness gives way to 64 bits */
	while (hz > UINT64_MAX / 1000000000) {
		hz /= 2;
		rest /= 2;
	}
	if (seconds >= SLT_MAX_TIME_NS / 1000000000)
		return false;
	*ns = seconds * 1000000000 + rest * 1000000000 / hz;
	return true;
}

static int start_clock(struct ftrace_import *import, const struct line *line,
		       const struct ftrace_line *parsed)
{
	import->started = true;
	import->ticks = parsed->ticks;
	import->first = parsed->time;
	import->last = parsed->time;
	import->header->first_ns = parsed->time;
	if (!parsed->ticks) {
		if (import->options->clock_hz)
			import_warn(import->report,
				    "the trace's clock is in seconds: "
				    "--clock-hz is not used");
		return 0;
	}
	snprintf(import->header->clock, sizeof(import->header->clock), "ticks");
	if (!import->options->clock_hz)
		return fail_at(import, line,
			       "the trace's clock has no unit (x86-tsc, "
			       "counter or uptime): say how many ticks it has "
			       "a second with --clock-hz");
	if (!scale(parsed->time, import->options->clock_hz,
		   &import->header->first_ns))
		import->header->first_ns = 0;
	return 0;
}

/* A time of the trace, since its first event; false: over the limit. */
static bool since_first(const struct ftrace_import *import, uint64_t time,
			uint64_t *time_ns)
{
	*time_ns = time > import->first ? time - import->first : 0;
	return (!import->ticks ||
		scale(*time_ns, import->options->clock_hz, time_ns)) &&
	       *time_ns <= SLT_MAX_TIME_NS;
}

/* What the next event has to begin or to end. */
static int become_steady(struct ftrace_import *import, const struct line *line,
			 const struct ftrace_line *parsed)
{
	uint64_t time_ns;
	int code = import->started ? 0 : start_clock(import, line, parsed);

	if (code == 0 && since_first(import, parsed->time, &time_ns))
		losses_close(&import->losses, time_ns);
	import->steady = true;
	return code;
}

/* The time of an event since the first; times never go back. */
static int take_time(struct ftrace_import *import, const struct line *line,
		     const struct ftrace_line *parsed, uint64_t *time_ns)
{
	if (!import->steady) {
		int code = become_steady(import, line, parsed);

		if (code)
			return code;
	}
	if (parsed->time < import->last)
		return fail_at(import, line,
			       "time goes back: an event is earlier than the "
			       "one before it");
	import->last = parsed->time;
	/* of every event: not by a call */
	*time_ns = parsed->time - import->first;
	if (import->ticks ? !since_first(import, parsed->time, time_ns) :
			    *time_ns > SLT_MAX_TIME_NS)
		return fail_at(import, line,
			       "time is more than 292 years after the first "
			       "event's");
	return 0;
}

/* --- lines --- */

static bool is_digit(struct ftrace_text text)
{
	return text.text[0] >= '0' && text.text[0] <= '9';
}

/* "0xffffffff811b1abb" or without "0x": no symbol was known. */
static bool is_address(struct ftrace_text site)
{
	return site.bytes > 4 && (memcmp(site.text, "0x", 2) == 0 ||
				  memcmp(site.text, "ffff", 4) == 0);
}

static int take_kmem(struct ftrace_import *import, const struct line *line,
		     const struct ftrace_line *parsed, uint64_t time_ns)
{
	const struct trace_counts *counts = import->counts;

	if (parsed->hidden_ptr)
		return fail_at(import, line,
			       "pointers are hidden as (____ptrval____), so "
			       "objects cannot be told apart: record again "
			       "when the system is up for longer, or boot it "
			       "with no_hash_pointers, or use trace-cmd");
	import->empty_gfp += parsed->gfp.text && !parsed->gfp.bytes;
	import->empty_names += parsed->name.text && !parsed->name.bytes;
	import->numeric_gfp += parsed->gfp.bytes && is_digit(parsed->gfp);
	import->bare_sites += is_address(parsed->call_site);
	if (!resolver_take(&import->resolver, parsed, time_ns))
		return out_of_memory(import);
	if (counts->unknown_frees && !import->first_unknown)
		import->first_unknown = line->number;
	if (counts->implicit_frees && !import->first_implicit)
		import->first_implicit = line->number;
	return 0;
}

static int take_event(struct ftrace_import *import, const struct line *line,
		      const struct ftrace_line *parsed)
{
	uint64_t time_ns = 0;
	int code;

	if (import->started && parsed->ticks != import->ticks) {
		note_unparsed(import, line);
		return 0;
	}
	code = take_time(import, line, parsed, &time_ns);
	if (code)
		return code;
	import->counts->events++;
	if (!losses_note_event(&import->losses, parsed->cpu, time_ns))
		return out_of_memory(import);
	if (parsed->kind != FTRACE_OTHER)
		return take_kmem(import, line, parsed, time_ns);
	import->counts->other++;
	return 0;
}

static void take_entries(struct ftrace_import *import,
			 const struct ftrace_line *parsed)
{
	if (parsed->cpus > import->header->cpus)
		import->header->cpus = parsed->cpus;
	import->announced += parsed->entries_in;
	if (parsed->entries_written > parsed->entries_in)
		import->counts->lost +=
			parsed->entries_written - parsed->entries_in;
}

static int take_loss(struct ftrace_import *import,
		     const struct ftrace_line *parsed)
{
	uint64_t time_ns, events = parsed->lost_uncounted ? 0 : parsed->lost;

	import->counts->lost += parsed->lost;
	/* that of a place alone is in a sum, later */
	import->lost_uncounted += parsed->lost_uncounted && parsed->lost;
	if (!parsed->lost_placed)
		return 0;
	if (!losses_add(&import->losses, parsed->cpu, events))
		return out_of_memory(import);
	if (parsed->time && import->started &&
	    since_first(import, parsed->time, &time_ns))
		losses_close(&import->losses, time_ns);
	else
		import->steady = false;
	return 0;
}

static int take_parsed(struct ftrace_import *import, const struct line *line,
		       const struct ftrace_line *parsed)
{
	switch (parsed->kind) {
	case FTRACE_COMMENT:
		return 0;
	case FTRACE_ENTRIES:
		take_entries(import, parsed);
		return 0;
	case FTRACE_LOST:
		return take_loss(import, parsed);
	case FTRACE_UNPARSED:
		note_unparsed(import, line);
		return 0;
	default:
		return take_event(import, line, parsed);
	}
}

/* --- the end --- */

/* The header announced more events than there are lines: cut short. */
static void count_missing(struct ftrace_import *import)
{
	struct trace_counts *counts = import->counts;
	uint64_t there = counts->events + counts->unparsed;

	if (import->announced <= there)
		return;
	counts->lost += import->announced - there;
	import_warn(import->report,
		    "the header announces %" PRIu64 " events, %" PRIu64
		    " lines follow: the file was cut; the missing ones are "
		    "counted as lost",
		    import->announced, there);
}

static void warn_all(struct ftrace_import *import)
{
	struct import_report *report = import->report;

	if (import->end_cut && import->started)
		import_warn(report, "the last line has no newline: it may "
				    "have been cut");
	if (import->losses.not_kept)
		import_warn(report,
			    "events were lost in over %d places: of %" PRIu64
			    " the time is not kept",
			    LOSSES_MAX, import->losses.not_kept);
	if (import->lost_uncounted)
		import_warn(report,
			    "%" PRIu64 " times events were lost without a "
			    "number: each counted as one",
			    import->lost_uncounted);
	if (import->resolver.leaked)
		import_warn(report,
			    "%" PRIu64 " allocations of pointers still in "
			    "use: with --infer none the objects before them "
			    "stay allocated",
			    import->resolver.leaked);
	if (import->resolver.infer.forgotten)
		import_warn(report,
			    "over %u distinct pointers: %" PRIu64 " freed "
			    "ones were forgotten, allocations of theirs are "
			    "not inferred",
			    INFER_MAX_POINTERS / 2,
			    import->resolver.infer.forgotten);
	if (import->empty_gfp)
		import_warn(report,
			    "gfp_flags= is empty in %" PRIu64 " events (a bug "
			    "of kernel 6.1 with hash-ptr off): taken as none",
			    import->empty_gfp);
	if (import->numeric_gfp)
		import_warn(report,
			    "gfp_flags= is a number in %" PRIu64 " events: "
			    "read as kernels from 5.0 on number them",
			    import->numeric_gfp);
	if (import->bare_sites)
		import_warn(report,
			    "the call site is an address in %" PRIu64 " "
			    "events: the allocator's own allocations are not "
			    "recognised there",
			    import->bare_sites);
	if (import->empty_names)
		import_warn(report,
			    "name= is empty in %" PRIu64 " events (a bug of "
			    "kernel 6.1 with hash-ptr off): caches are named "
			    "by size",
			    import->empty_names);
}

static int check_strict(struct ftrace_import *import)
{
	const struct trace_counts *counts = import->counts;

	if (!import->options->strict ||
	    (!counts->unknown_frees && !counts->implicit_frees &&
	     !import->resolver.leaked))
		return 0;
	return trace_fail(import->error, -EBADMSG,
			  "%s: --strict: %" PRIu64 " frees of unknown objects "
			  "(first: line %" PRIu64 "), %" PRIu64
			  " implicit frees (first: line %" PRIu64 ")",
			  lines_name(import->lines), counts->unknown_frees,
			  import->first_unknown, counts->implicit_frees,
			  import->first_implicit);
}

static int finish(struct ftrace_import *import, struct import_result *result)
{
	struct trace_counts *counts = import->counts;
	struct resolver *resolver = &import->resolver;
	struct trace_header *header = &result->header;

	if (counts->events ==
	    counts->other + counts->page_allocs + counts->page_frees)
		return trace_fail(import->error, -EBADMSG,
				  "%s: no kmem events of objects in it "
				  "(%" PRIu64 " events of other kinds): record "
				  "kmem:kmem_cache_alloc, kmem_cache_free, "
				  "kmalloc and kfree",
				  lines_name(import->lines), counts->events);
	count_missing(import);
	warn_all(import);
	header->nr_slots = resolver->nr_slots;
	if (header->cpus < losses_nr_cpus(&import->losses))
		header->cpus = losses_nr_cpus(&import->losses);
	since_first(import, import->last, &header->span_ns);
	header->end_ns = header->span_ns;
	losses_take(&import->losses, header);
	snprintf(header->format, sizeof(header->format), "%s",
		 text_shape_name(import->text.shape));
	/* slots are live, or on the stack of free ones */
	counts->live_at_end = resolver->nr_slots - resolver->nr_free;
	snprintf(header->kernel, sizeof(header->kernel), "%s",
		 resolver_kernel(resolver));
	if (!identity_finish(
		    &resolver->identity, &resolver->events, resolver->nr_slots,
		    strcmp(header->kernel, "SLUB") == 0, header,
		    import->report->warnings, sizeof(import->report->warnings)))
		return out_of_memory(import);
	if (!old_objs_finish(&resolver->old, &resolver->events, header))
		return out_of_memory(import);
	header->infer = (uint8_t)resolver->how_far;
	if (!infer_allocations(&resolver->infer, &resolver->events, header,
			       counts))
		return out_of_memory(import);
	header->call_sites =
		dict_take(&resolver->call_sites, &header->nr_call_sites);
	header->tasks = dict_take(&resolver->tasks, &header->nr_tasks);
	result->events = resolver->events;
	memset(&resolver->events, 0, sizeof(resolver->events));
	return check_strict(import);
}

/*
 * Some lines are parsed before the first of them is taken, so that what their
 * pointers lead to is on its way from memory meanwhile.
 */
#define BATCH_LINES 16

struct batch {
	struct line lines[BATCH_LINES];
	struct ftrace_line parsed[BATCH_LINES];
	size_t nr;
	uint64_t done_bytes; /* of the file */
};

static void parse_next(struct ftrace_import *import, struct batch *batch)
{
	const struct line *line = &batch->lines[batch->nr];
	struct ftrace_line *parsed = &batch->parsed[batch->nr++];

	text_parse(&import->text, line->text, line->bytes, parsed);
	if (line->cut)
		parsed->kind = FTRACE_UNPARSED;
	if (parsed->kind < FTRACE_OTHER)
		resolver_prefetch(&import->resolver, parsed);
}

/* Lines that are there without reading, and at least one. */
static int fill_batch(struct ftrace_import *import, struct batch *batch)
{
	enum text_shape shape = import->text.shape;
	/* readers of other shapes may remember the task of one line only */
	size_t most = shape == TEXT_FTRACE || shape == TEXT_TRACE_CMD ?
			      BATCH_LINES :
			      1;
	int code = lines_next(import->lines, &batch->lines[0], import->error);

	batch->nr = 0;
	if (code <= 0)
		return code;
	do
		parse_next(import, batch);
	while (batch->nr < most &&
	       lines_next_held(import->lines, &batch->lines[batch->nr]));
	batch->done_bytes = lines_done_bytes(import->lines);
	return 1;
}

static int take_batch(struct ftrace_import *import, const struct batch *batch)
{
	int code = 0;

	for (size_t i = 0; i < batch->nr && code == 0; i++) {
		const struct line *line = &batch->lines[i];

		import->end_cut = !line->newline;
		code = take_parsed(import, line, &batch->parsed[i]);
		if (code == 0)
			code = import_tick_at(import->lines, import->options,
					      line->number, batch->done_bytes,
					      import->error);
	}
	return code;
}

/* Lines that were parsed ahead. */
static int next_ahead(struct ftrace_import *import, struct parse_ahead *ahead,
		      struct batch *batch)
{
	int code = parse_ahead_next(ahead, batch->lines, batch->parsed,
				    BATCH_LINES, &batch->nr, import->error);

	if (code <= 0)
		return code;
	batch->done_bytes = parse_ahead_done_bytes(ahead);
	for (size_t i = 0; i < batch->nr; i++) {
		if (batch->parsed[i].kind < FTRACE_OTHER)
			resolver_prefetch(&import->resolver, &batch->parsed[i]);
	}
	return 1;
}

/* @ahead: who parses the lines; NULL: nobody else. */
static int take_lines(struct ftrace_import *import, struct parse_ahead *ahead)
{
	struct batch batch;
	int code;

	while ((code = ahead ? next_ahead(import, ahead, &batch) :
			       fill_batch(import, &batch)) > 0) {
		code = take_batch(import, &batch);
		if (code)
			return code;
	}
	return code;
}

/* A second thread parses; lines come in the same order. */
static int read_ahead(struct ftrace_import *import)
{
	struct parse_ahead *ahead =
		parse_ahead_start(import->lines, import->text.shape);
	int code;

	if (!ahead)
		return trace_fail(import->error, -ENOMEM,
				  "%s: cannot start a second thread",
				  lines_name(import->lines));
	code = take_lines(import, ahead);
	parse_ahead_stop(ahead);
	return code;
}

static int read_lines(struct ftrace_import *import)
{
	int code;

	if (import->options->jobs > 1)
		return read_ahead(import);
	import->text.memo = line_memo_create(0);
	code = take_lines(import, NULL);
	line_memo_destroy(import->text.memo);
	import->text.memo = NULL;
	return code;
}

/* A record is to messages what a line is, but has no text to show. */
static int read_records(struct ftrace_import *import)
{
	struct line line = { .text = "", .newline = true };
	struct ftrace_line record;
	int code;

	while ((code = import->reader->next(import->reader, &record,
					    import->error)) > 0) {
		line.number++;
		code = take_parsed(import, &line, &record);
		if (code == 0)
			code = import_tick(import->lines, import->options,
					   line.number, import->error);
		if (code)
			return code;
	}
	return code;
}

static int import_all(struct lines *lines, struct record_reader *reader,
		      enum text_shape shape,
		      const struct import_options *options,
		      struct import_report *report,
		      struct import_result *result, struct trace_error *error)
{
	struct ftrace_import import = {
		.lines = lines,
		.reader = reader,
		.text = { .shape = shape },
		.options = options,
		.report = report,
		.counts = &report->counts,
		.error = error,
		.header = &result->header,
	};
	int code;

	if (!resolver_init(&import.resolver, &report->counts)) {
		code = out_of_memory(&import);
	} else {
		import.resolver.implicit_on_new_cpu =
			options->implicit_on_new_cpu;
		import.resolver.how_far = options->infer;
		/* the user means to start a machine that has them */
		import.resolver.old.wanted = options->slabinfo != NULL ||
					     options->old_objs;
		code = resolver_read_hints(&import.resolver, options->cache_map,
					   options->slabinfo, error);
		if (code == 0)
			code = reader ? read_records(&import) :
					read_lines(&import);
		if (code == 0)
			code = finish(&import, result);
	}
	resolver_release(&import.resolver);
	losses_release(&import.losses);
	return code;
}

int import_records(struct lines *lines, struct record_reader *reader,
		   const struct import_options *options,
		   struct import_report *report, struct import_result *result,
		   struct trace_error *error)
{
	return import_all(lines, reader, TEXT_FTRACE, options, report, result,
			  error);
}

int import_text(struct lines *lines, enum text_shape shape,
		const struct import_options *options,
		struct import_report *report, struct import_result *result,
		struct trace_error *error)
{
	return import_all(lines, NULL, shape, options, report, result, error);
}
