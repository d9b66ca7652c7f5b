/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import: finds out what the file is, has it read, decides whether too much
 * is missing, and writes. Nothing is written before all is read and judged,
 * so a bad file leaves no trace of itself.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/error.h"
#include "traces/import_internal.h"
#include "traces/read_ctf.h"
#include "traces/read_perfdata.h"
#include "traces/read_tracedat.h"
#include "traces/sniff.h"

/* How many lines pass between two looks at the stop flag. */
#define TICK_LINES 16384

int import_tick_at(const struct lines *lines,
		   const struct import_options *options, uint64_t line,
		   uint64_t done_bytes, struct trace_error *error)
{
	if (line % TICK_LINES)
		return 0;
	if (options->stop && *options->stop)
		return trace_fail(error, -EINTR, "%s: interrupted",
				  lines_name(lines));
	if (options->progress)
		options->progress(options->progress_arg, done_bytes,
				  lines_total_bytes(lines));
	return 0;
}

int import_tick(const struct lines *lines, const struct import_options *options,
		uint64_t line, struct trace_error *error)
{
	if (line % TICK_LINES)
		return 0;
	return import_tick_at(lines, options, line, lines_done_bytes(lines),
			      error);
}

void import_warn(struct import_report *report, const char *format, ...)
{
	size_t used = strlen(report->warnings);
	size_t room = sizeof(report->warnings) - used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(report->warnings + used, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n + 2 > room)
		report->warnings[used] = '\0';
	else
		memcpy(report->warnings + used + n, "\n", 2);
}

static int read_all(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error)
{
	const char *text;
	size_t bytes;
	int code = lines_peek(lines, &text, &bytes, error);
	struct sniffed sniffed;

	if (code)
		return code;
	sniffed = sniff(text, bytes);
	switch (sniffed.format) {
	case SNIFF_TEXT:
		return import_text(lines, sniffed.shape, options, report,
				   result, error);
	case SNIFF_SCENARIO:
		return import_scenario(lines, options, report, result, error);
	case SNIFF_TRACEDAT:
		return import_tracedat(lines, options, report, result, error);
	case SNIFF_PERFDATA:
		return import_perfdata(lines, options, report, result, error);
	case SNIFF_CTF:
		return import_ctf(lines, options, report, result, error);
	default:
		return trace_fail(error, -EBADMSG,
				  "%s: %s; what can be imported is text of "
				  "ftrace (/sys/kernel/tracing/trace), "
				  "trace-cmd report, perf script and "
				  "babeltrace2, plain or .gz, .xz, .zst, and "
				  "scenarios",
				  lines_name(lines), sniffed.why);
	}
}

static int check_loss(const struct lines *lines,
		      const struct import_options *options,
		      const struct trace_counts *counts,
		      struct trace_error *error)
{
	if (counts->lost <= options->max_loss &&
	    counts->unparsed <= options->max_loss - counts->lost)
		return 0;
	return trace_fail(error, -EBADMSG,
			  "%s: %" PRIu64 " events lost and %" PRIu64
			  " lines not understood, over the limit of %" PRIu64
			  ": %saccept the loss with --max-loss %" PRIu64,
			  lines_name(lines), counts->lost, counts->unparsed,
			  options->max_loss,
			  counts->lost ? "record with a larger buffer, or " :
					 "",
			  counts->lost + counts->unparsed);
}

/* Text behind the last '/', cut to what fits. */
static void base_name(const char *path, char *out, size_t out_bytes)
{
	const char *slash = strrchr(path, '/');

	snprintf(out, out_bytes, "%s", slash ? slash + 1 : path);
}

int import_check_store(int store_error, struct trace_error *error)
{
	if (!store_error)
		return 0;
	return trace_fail(error, -store_error,
			  "cannot keep the events in a temporary file "
			  "(in $TMPDIR or /var/tmp): %s",
			  strerror(store_error));
}

struct stored_events {
	struct event_cursor cursor;
	const char *out;
	const struct import_options *options;
};

static int read_stored(void *arg, struct event *events, size_t most,
		       struct trace_error *error)
{
	struct stored_events *stored = arg;
	int nr = event_cursor_read(&stored->cursor, events, most);

	if (nr < 0)
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  stored->out);
	if (stored->options->stop && *stored->options->stop)
		return trace_fail(error, -EINTR, "%s: interrupted",
				  stored->out);
	return nr;
}

static int write_events(struct slt_writer *writer, const char *out,
			const struct import_options *options,
			const struct event_store *store,
			struct trace_error *error)
{
	struct stored_events stored = { { .store = store }, out, options };
	const struct slt_source source = { read_stored, &stored };
	int code = slt_append_from(writer, &source, options->jobs, error);

	event_cursor_release(&stored.cursor);
	/* if it failed, that is why the events were no good */
	return event_store_error(store) ?
		       import_check_store(event_store_error(store), error) :
		       code;
}

static int write_out(const char *out, const struct import_options *options,
		     struct import_result *result, struct trace_error *error)
{
	struct slt_writer *writer = slt_create(out, error);
	int code;

	if (!writer)
		return errno ? -errno : -EIO;
	code = slt_put_header(writer, &result->header, error);
	if (code == 0)
		code = write_events(writer, out, options, &result->events,
				    error);
	if (code == 0)
		return slt_commit(writer, &result->header, error);
	slt_abort(writer);
	return code;
}

static int same_file(const struct lines *lines, const char *out,
		     struct trace_error *error)
{
	struct stat a, b;

	if (fstat(lines_fd(lines), &a) != 0 || stat(out, &b) != 0 ||
	    a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return 0;
	return trace_fail(error, -EINVAL,
			  "%s: is the file that is imported; it is not "
			  "overwritten",
			  out);
}

static int import_lines(struct lines *lines, const char *in, const char *out,
			const struct import_options *options,
			struct import_report *report,
			struct import_result *result, struct trace_error *error)
{
	struct trace_header *header = &result->header;
	int code = same_file(lines, out, error);

	if (code == 0)
		code = read_all(lines, options, report, result, error);
	if (code == 0)
		code = check_loss(lines, options, &report->counts, error);
	if (code)
		return code;
	header->counts = report->counts;
	base_name(in, header->source, sizeof(header->source));
	if (options->kernel)
		snprintf(header->kernel, sizeof(header->kernel), "%s",
			 options->kernel);
	/* of a CTF trace it is over all of its files */
	if (!header->digest[0])
		lines_digest(lines, header->digest);
	return write_out(out, options, result, error);
}

int trace_import(const char *in, const char *out,
		 const struct import_options *options,
		 struct import_report *report, struct trace_error *error)
{
	struct import_result result;
	struct lines *lines;
	int code;

	memset(&result, 0, sizeof(result));
	memset(report, 0, sizeof(*report));
	lines = ctf_open(in, &code, error);
	if (!lines)
		return code;
	lines_stop_by(lines, options->stop);
	code = import_lines(lines, in, out, options, report, &result, error);
	event_store_release(&result.events);
	trace_header_release(&result.header);
	lines_close(lines);
	return code;
}
