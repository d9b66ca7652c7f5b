/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pipe holds frames: a struct frame, then its texts back to back (task,
 * call site, name, flags). The last frame is of kind FRAME_END and followed by
 * a struct ending. No such frame: the child died.
 *
 * A library that goes on for CHILD_SECONDS of processor time without a record
 * hangs, and is killed.
 */
#define _GNU_SOURCE
#include "traces/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/error.h"

#define CHILD_SECONDS 60
#define BUFFER_BYTES (256u << 10)
#define PIPE_BYTES (1 << 20)
#define NR_TEXTS 4
#define FRAME_END 255

enum { FRAME_TICKS = 1, FRAME_UNCOUNTED = 2, FRAME_PLACED = 4 };

struct frame {
	uint64_t time, ptr, entries_in, entries_written, lost;
	uint32_t bytes_req, bytes_alloc, cpus;
	uint16_t text_bytes[NR_TEXTS];
	uint16_t has_text; /* bit by bit: not NULL */
	uint16_t cpu;
	int16_t node;
	uint8_t kind, flags;
};

struct ending {
	int32_t code;
	struct trace_error error;
	struct isolate_facts facts;
};

#define FRAME_MAX (sizeof(struct frame) + (size_t)NR_TEXTS * FTRACE_TEXT_MAX)

/* --- the child --- */

struct isolate_pipe {
	int fd;
	size_t used;
	char *buffer;
};

static void keep_alive(void)
{
	const struct itimerval limit = {
		.it_value = { .tv_sec = CHILD_SECONDS },
	};

	setitimer(ITIMER_PROF, &limit, NULL);
}

static int flush(struct isolate_pipe *out)
{
	const char *bytes = out->buffer;

	keep_alive();
	while (out->used) {
		ssize_t n = write(out->fd, bytes, out->used);

		if (n < 0)
			return -EPIPE;
		bytes += n;
		out->used -= (size_t)n;
	}
	return 0;
}

static void append(struct isolate_pipe *out, const void *bytes, size_t nr)
{
	memcpy(out->buffer + out->used, bytes, nr);
	out->used += nr;
}

int isolate_put(struct isolate_pipe *pipe, const struct ftrace_line *record)
{
	const struct ftrace_text *texts[NR_TEXTS] = {
		&record->task, &record->call_site, &record->name, &record->gfp
	};
	struct frame frame;

	if (pipe->used + FRAME_MAX > BUFFER_BYTES && flush(pipe) != 0)
		return -EPIPE;
	memset(&frame, 0, sizeof(frame));
	frame.time = record->time;
	frame.ptr = record->ptr;
	frame.entries_in = record->entries_in;
	frame.entries_written = record->entries_written;
	frame.lost = record->lost;
	frame.bytes_req = record->bytes_req;
	frame.bytes_alloc = record->bytes_alloc;
	frame.cpus = record->cpus;
	frame.cpu = record->cpu;
	frame.node = record->node;
	frame.kind = (uint8_t)record->kind;
	frame.flags = (uint8_t)((record->ticks ? FRAME_TICKS : 0) |
				(record->lost_uncounted ? FRAME_UNCOUNTED : 0) |
				(record->lost_placed ? FRAME_PLACED : 0));
	for (int i = 0; i < NR_TEXTS; i++) {
		size_t bytes = texts[i]->bytes;

		if (!texts[i]->text)
			continue;
		frame.has_text = (uint16_t)(frame.has_text | 1u << i);
		frame.text_bytes[i] = (uint16_t)(bytes < FTRACE_TEXT_MAX ?
							 bytes :
							 FTRACE_TEXT_MAX);
	}
	append(pipe, &frame, sizeof(frame));
	for (int i = 0; i < NR_TEXTS; i++) {
		if (frame.text_bytes[i])
			append(pipe, texts[i]->text, frame.text_bytes[i]);
	}
	return 0;
}

/* gcc says it with a macro, clang with a question. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

/* Libraries print to stderr what is said here in a better way. */
static void be_quiet(void)
{
#ifndef SANITIZED /* its reports are to be seen */
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0)
		dup2(null, STDERR_FILENO);
#endif
}

static void child(isolate_produce *produce, void *arg, int fd)
{
	struct isolate_pipe out = { .fd = fd, .buffer = malloc(BUFFER_BYTES) };
	struct frame last = { .kind = FRAME_END };
	struct ending ending;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGPROF, SIG_DFL);
	be_quiet();
	keep_alive();
	if (!out.buffer)
		_exit(1);
	memset(&ending, 0, sizeof(ending));
	ending.code = produce(arg, &out, &ending.facts, &ending.error);
	if (flush(&out) != 0)
		_exit(1);
	append(&out, &last, sizeof(last));
	append(&out, &ending, sizeof(ending));
	_exit(flush(&out) != 0);
}

/* --- the parent --- */

struct isolated {
	pid_t pid;
	int fd;
	const char *library;
	const char *name; /* of the recording */
	char *buffer;
	size_t start, end;
	bool ended; /* @ending is filled in */
	struct ending ending;
};

/* What became of a child that has not said that it is at its end. */
static int died(struct isolated *isolated, struct trace_error *error)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(isolated->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	isolated->pid = 0;
	if (pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		return trace_fail(error, -EBADMSG,
				  "%s: damaged: %s does not come to an end "
				  "reading it",
				  isolated->name, isolated->library);
	if (pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
		return trace_fail(error, -EINTR, "%s: interrupted",
				  isolated->name);
	return trace_fail(error, -EBADMSG,
			  "%s: damaged: %s broke down reading it (%s %d)",
			  isolated->name, isolated->library,
			  WIFSIGNALED(status) ? "signal" : "exit status",
			  WIFSIGNALED(status) ? WTERMSIG(status) :
						WEXITSTATUS(status));
}

/* Have @wanted bytes in the buffer. Return: 0 or -errno. */
static int have(struct isolated *isolated, size_t wanted,
		struct trace_error *error)
{
	if (isolated->end - isolated->start >= wanted)
		return 0;
	memmove(isolated->buffer, isolated->buffer + isolated->start,
		isolated->end - isolated->start);
	isolated->end -= isolated->start;
	isolated->start = 0;
	while (isolated->end < wanted) {
		ssize_t n = read(isolated->fd, isolated->buffer + isolated->end,
				 BUFFER_BYTES - isolated->end);

		if (n < 0)
			return trace_fail(error, -errno, "%s: %s",
					  isolated->name,
					  errno == EINTR ? "interrupted" :
							   strerror(errno));
		if (n == 0)
			return died(isolated, error);
		isolated->end += (size_t)n;
	}
	return 0;
}

static int take_ending(struct isolated *isolated, struct trace_error *error)
{
	struct ending *ending = &isolated->ending;
	int code = have(isolated, sizeof(*ending), error);

	if (code)
		return code;
	memcpy(ending, isolated->buffer + isolated->start, sizeof(*ending));
	isolated->start += sizeof(*ending);
	isolated->ended = true;
	ending->error.text[sizeof(ending->error.text) - 1] = '\0';
	ending->facts.format[sizeof(ending->facts.format) - 1] = '\0';
	ending->facts.clock[sizeof(ending->facts.clock) - 1] = '\0';
	ending->facts.kernel[sizeof(ending->facts.kernel) - 1] = '\0';
	ending->facts.warning[sizeof(ending->facts.warning) - 1] = '\0';
	if (ending->code >= 0)
		return 0;
	*error = ending->error;
	return ending->code;
}

static bool makes_sense(const struct frame *frame)
{
	for (int i = 0; i < NR_TEXTS; i++) {
		if (frame->text_bytes[i] > FTRACE_TEXT_MAX)
			return false;
	}
	return frame->kind <= FTRACE_UNPARSED && frame->node >= -1 &&
	       frame->cpu < UINT16_MAX;
}

static void take_texts(struct isolated *isolated, const struct frame *frame,
		       struct ftrace_line *line)
{
	struct ftrace_text *texts[NR_TEXTS] = { &line->task, &line->call_site,
						&line->name, &line->gfp };

	for (int i = 0; i < NR_TEXTS; i++) {
		texts[i]->bytes = frame->text_bytes[i];
		if (frame->has_text & 1u << i)
			texts[i]->text = isolated->buffer + isolated->start;
		isolated->start += frame->text_bytes[i];
	}
	/* an event has a task, be it an empty one */
	if (!line->task.text)
		line->task.text = "";
}

static int next_frame(struct record_reader *reader, struct ftrace_line *line,
		      struct trace_error *error)
{
	struct isolated *isolated = reader->state;
	struct frame frame;
	size_t text_bytes = 0;
	int code;

	if (isolated->ended)
		return 0;
	code = have(isolated, sizeof(frame), error);
	if (code)
		return code;
	memcpy(&frame, isolated->buffer + isolated->start, sizeof(frame));
	isolated->start += sizeof(frame);
	if (frame.kind == FRAME_END)
		return take_ending(isolated, error);
	if (!makes_sense(&frame))
		return trace_fail(error, -EBADMSG,
				  "%s: damaged: %s makes no sense of it",
				  isolated->name, isolated->library);
	for (int i = 0; i < NR_TEXTS; i++)
		text_bytes += frame.text_bytes[i];
	code = have(isolated, text_bytes, error);
	if (code)
		return code;
	*line = (struct ftrace_line){
		.kind = (enum ftrace_kind)frame.kind,
		.time = frame.time,
		.ticks = frame.flags & FRAME_TICKS,
		.cpu = frame.cpu,
		.node = frame.node,
		.bytes_req = frame.bytes_req,
		.bytes_alloc = frame.bytes_alloc,
		.ptr = frame.ptr,
		.entries_in = frame.entries_in,
		.entries_written = frame.entries_written,
		.cpus = frame.cpus,
		.lost = frame.lost,
		.lost_uncounted = frame.flags & FRAME_UNCOUNTED,
		.lost_placed = frame.flags & FRAME_PLACED,
	};
	take_texts(isolated, &frame, line);
	return 1;
}

static int start(struct isolated *isolated, isolate_produce *produce, void *arg,
		 struct trace_error *error)
{
	int fds[2];

	isolated->buffer = malloc(BUFFER_BYTES);
	if (!isolated->buffer)
		return trace_fail(error, -ENOMEM, "out of memory");
	if (pipe2(fds, O_CLOEXEC) != 0)
		return trace_fail(error, -errno, "cannot make a pipe: %s",
				  strerror(errno));
	/* room to work ahead in; less of it is slower only */
	fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES);
	isolated->fd = fds[0];
	isolated->pid = fork();
	if (isolated->pid == 0) {
		close(fds[0]);
		child(produce, arg, fds[1]);
	}
	close(fds[1]);
	if (isolated->pid > 0)
		return 0;
	isolated->pid = 0;
	return trace_fail(error, -errno, "cannot start a process: %s",
			  strerror(errno));
}

static void stop(struct isolated *isolated)
{
	if (isolated->fd >= 0)
		close(isolated->fd);
	if (isolated->pid > 0) {
		kill(isolated->pid, SIGKILL);
		while (waitpid(isolated->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free(isolated->buffer);
}

static void take_facts(const struct isolate_facts *facts,
		       struct import_report *report,
		       struct trace_header *header)
{
	char allocator[8];

	snprintf(header->format, sizeof(header->format), "%s", facts->format);
	snprintf(header->clock, sizeof(header->clock), "%s", facts->clock);
	if (*facts->kernel) {
		/* what was there: "SLAB", "SLUB" or nothing */
		snprintf(allocator, sizeof(allocator), "%.6s", header->kernel);
		snprintf(header->kernel, sizeof(header->kernel), "%s%s%s",
			 facts->kernel, *allocator ? " " : "", allocator);
	}
	if (*facts->warning)
		import_warn(report, "%s", facts->warning);
}

int isolate_import(isolate_produce *produce, void *arg, const char *library,
		   struct lines *lines, const struct import_options *options,
		   struct import_report *report, struct import_result *result,
		   struct trace_error *error)
{
	struct isolated isolated = {
		.fd = -1,
		.library = library,
		.name = lines_name(lines),
	};
	struct record_reader reader = { next_frame, &isolated };
	int code = start(&isolated, produce, arg, error);

	if (code == 0)
		code = import_records(lines, &reader, options, report, result,
				      error);
	if (code == 0)
		take_facts(&isolated.ending.facts, report, &result->header);
	stop(&isolated);
	return code;
}
