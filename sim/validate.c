/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps: both slabinfos are read, then the text's marks, then the trace is
 * imported (the first slabinfo helps to name objects); the machine is filled;
 * what is before the span is skipped, what is before the counted part of it
 * only replayed; the machine is looked at twice.
 */
#include "sim/validate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/demand.h"
#include "sim/interrupt.h"
#include "sim/open_trace.h"
#include "sim/time_option.h"
#include "traces/marks.h"

#define BLOCK_EVENTS 4096
#define LONG_RUN_NS UINT64_C(600000000000)

struct validating {
	const struct validate_options *options;
	struct validation *out;
	struct slabinfo_file before, after;
	struct trace_marks marks;
	size_t next_mark; /* of the reaper, to be looked at next */
	struct warm_demands demands;
	struct replay *replay;
	struct slabinfo *start, *end;
	struct event events[BLOCK_EVENTS];
};

static int read_slabinfo(const char *path, struct slabinfo_file *file)
{
	struct trace_error error = { "" };
	int code = slabinfo_file_read(path, file, &error);

	if (!code)
		return EXIT_OK;
	talk("%s", error.text);
	return code == -EBADMSG ? EXIT_BAD_INPUT : EXIT_IO;
}

static int read_marks(struct validating *v)
{
	struct trace_error error = { "" };
	int code;

	if (!strcmp(v->options->trace, "-") || slt_probe(v->options->trace))
		return EXIT_OK;
	code = trace_marks_read(v->options->trace, &v->marks, &error);
	if (!code)
		return EXIT_OK;
	talk("%s", error.text);
	return code == -EBADMSG ? EXIT_BAD_INPUT : EXIT_IO;
}

/* --- the span ------------------------------------------------------------- */

static int find_time(const struct validating *v, const char *option,
		     const char *text, enum mark_kind kind, bool last,
		     uint64_t *time_ns)
{
	const struct trace_mark *mark;

	if (text && time_parse(text, time_ns))
		return EXIT_OK;
	mark = trace_marks_find(&v->marks, kind, text, last);
	if (mark) {
		*time_ns = mark->time_ns;
		return EXIT_OK;
	}
	if (!text)
		return EXIT_OK;
	talk("%s: \"%s\" is neither a time such as 1.5s nor a marker "
	     "\"slabinfo %s %s\" in the trace",
	     option, text, kind == MARK_SLABINFO_END ? "end" : "begin", text);
	return EXIT_USAGE;
}

static int find_span(struct validating *v)
{
	const struct validate_options *options = v->options;
	struct validation *out = v->out;
	int code;

	out->from_ns = 0;
	out->to_ns = out->header->end_ns;
	code = find_time(v, "--from", options->from, MARK_SLABINFO_END, false,
			 &out->from_ns);
	if (!code)
		code = find_time(v, "--to", options->to, MARK_SLABINFO_BEGIN,
				 true, &out->to_ns);
	if (code)
		return code;
	if (out->from_ns >= out->to_ns) {
		talk("nothing lies between the two readings: from %" PRIu64
		     " ns to %" PRIu64 " ns",
		     out->from_ns, out->to_ns);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* --- replaying ------------------------------------------------------------ */

static uint64_t start_ns(const struct validating *v)
{
	uint64_t from = v->out->from_ns, warm_up = v->options->warm_up_ns;

	return from > warm_up ? from - warm_up : 0;
}

/* The reaper's runs up to a time, where the trace says when. */
static void reap_until(struct validating *v, uint64_t time_ns)
{
	for (; v->out->reaps_traced && v->next_mark < v->marks.nr;
	     v->next_mark++) {
		const struct trace_mark *mark = &v->marks.marks[v->next_mark];

		if (mark->time_ns > time_ns)
			return;
		if (mark->kind != MARK_REAP || mark->time_ns < start_ns(v))
			continue;
		replay_reap(v->replay, mark->cpu, mark->time_ns);
		v->out->reaps += mark->time_ns >= v->out->from_ns;
	}
}

/* How many of the events are before a time. */
static size_t count_before(const struct event *events, size_t nr,
			   uint64_t time_ns)
{
	size_t i = 0;

	while (i < nr && events[i].time_ns < time_ns)
		i++;
	return i;
}

/* The next reaper run that a block of events must stop for. */
static uint64_t next_reap_ns(const struct validating *v)
{
	for (size_t i = v->next_mark; v->out->reaps_traced && i < v->marks.nr;
	     i++) {
		if (v->marks.marks[i].kind == MARK_REAP)
			return v->marks.marks[i].time_ns;
	}
	return UINT64_MAX;
}

static int look(struct validating *v, struct slabinfo **at, uint64_t time_ns)
{
	reap_until(v, time_ns);
	replay_advance(v->replay, time_ns);
	*at = comparison_look(replay_machine(v->replay));
	if (*at)
		return EXIT_OK;
	talk("out of memory");
	return EXIT_IO;
}

static int bad_trace(const struct trace_error *error)
{
	talk("%s", error->text);
	return EXIT_BAD_INPUT;
}

/* Events of the span, in pieces between runs of the reaper. */
static int replay_span(struct validating *v, const struct event *events,
		       size_t nr)
{
	struct trace_error error = { "" };

	while (nr) {
		size_t part;

		reap_until(v, events->time_ns);
		part = count_before(events, nr, next_reap_ns(v));
		if (replay_events(v->replay, events, part, &error))
			return bad_trace(&error);
		events += part;
		nr -= part;
	}
	return EXIT_OK;
}

static int take_block(struct validating *v, const struct event *events,
		      size_t nr)
{
	struct trace_error error = { "" };
	size_t part = count_before(events, nr, start_ns(v));
	int code;

	if (replay_skip_events(v->replay, events, part, &error))
		return bad_trace(&error);
	events += part;
	nr -= part;
	part = v->start ? 0 : count_before(events, nr, v->out->from_ns);
	code = replay_span(v, events, part);
	events += part;
	nr -= part;
	if (!code && nr && !v->start)
		code = look(v, &v->start, v->out->from_ns);
	/* events at the very end are in */
	part = count_before(events, nr, v->out->to_ns + 1);
	v->out->events += part;
	return code ? code : replay_span(v, events, part);
}

static int replay_all(struct validating *v)
{
	struct trace_error error = { "" };
	int nr, code = EXIT_OK;

	while (!code) {
		if (interrupt_wanted())
			return EXIT_INTERRUPTED;
		nr = slt_read(v->out->reader, v->events, BLOCK_EVENTS, &error);
		if (nr < 0)
			return bad_trace(&error);
		if (!nr || v->events[0].time_ns > v->out->to_ns)
			break;
		code = take_block(v, v->events, (size_t)nr);
	}
	if (!code && !v->start)
		code = look(v, &v->start, v->out->from_ns);
	return code ? code : look(v, &v->end, v->out->to_ns);
}

static void on_panic(void *arg, const char *sentence)
{
	(void)arg;
	talk("the simulated machine is broken: %s; this is a bug of slabsim",
	     sentence);
	exit(EXIT_INVARIANT);
}

/*
 * The traced machine's clock at the first event, as ticks: its reaper runs at
 * whole seconds of it. Beyond some minutes, it makes no difference when the
 * machine was booted.
 */
static uint64_t first_tick(const struct validating *v)
{
	uint64_t ns = v->out->header->first_ns % LONG_RUN_NS;

	return ns / 1000000 * v->out->profile->hz / 1000;
}

/* Where the objects must lie that the trace will free. */
static int read_demands(struct validating *v)
{
	const struct trace_header *header = v->out->header;
	const struct machine_spec *spec = &v->out->spec;
	struct trace_error error = { "" };
	uint32_t *nodes = calloc((size_t)header->cpus + 1, sizeof(*nodes));
	int code = -1;

	for (uint32_t i = 0; nodes && i < header->cpus; i++) {
		uint32_t cpu = i % spec->cpus;

		nodes[i] = spec->cpu_node ?
				   spec->cpu_node[cpu] :
				   (uint32_t)((uint64_t)cpu * spec->nodes /
					      spec->cpus);
	}
	if (nodes)
		code = demand_read(v->out->reader, start_ns(v), nodes,
				   &v->demands, &error);
	if (nodes && !code)
		code = slt_seek_event(v->out->reader, 0, &error);
	free(nodes);
	return code ? bad_trace(&error) : EXIT_OK;
}

static int run(struct validating *v)
{
	const struct replay_options replay_options = {
		.start_tick = first_tick(v),
		.slabinfo_before = &v->before,
		.demands = &v->demands,
		.slabinfo_tunables = true,
		.reap_by_hand = v->out->reaps_traced,
	};
	struct machine_config config;
	struct trace_error error = { "" };
	int code;

	machine_spec_config(&v->out->spec, v->out->profile, &config);
	config.panic = on_panic;
	v->replay =
		replay_create(v->out->header, &config, &replay_options, &error);
	if (!v->replay)
		return bad_trace(&error);
	v->out->warm = *replay_warm(v->replay);
	code = replay_all(v);
	if (code)
		return code;
	v->out->counts = *replay_counts(v->replay);
	if (comparison_make(&v->before, &v->after, v->replay, v->out->header,
			    v->start, v->end, &v->out->comparison))
		return EXIT_OK;
	talk("out of memory");
	return EXIT_IO;
}

static int choose_machine(struct validating *v)
{
	const struct slab_profile *named = v->options->profile;
	char text[64], error[512];

	snprintf(text, sizeof(text), "nodes=1,cpus=%u", v->out->header->cpus);
	if (!machine_spec_parse(v->options->machine ? v->options->machine :
						      text,
				&v->out->spec, error, sizeof(error))) {
		talk("--machine: %s", error);
		return EXIT_USAGE;
	}
	if (v->out->spec.tunables.nr) {
		talk("--machine: slabinfo has the tunables: no [set] in %s",
		     v->options->machine);
		return EXIT_USAGE;
	}
	v->out->profile = named                ? named :
			  v->out->spec.profile ? v->out->spec.profile :
						 &VALIDATE_PROFILE;
	return EXIT_OK;
}

static int prepare(struct validating *v)
{
	const struct validate_options *options = v->options;
	struct import_options import = options->import;
	int code = read_slabinfo(options->before, &v->before);

	if (!code)
		code = read_slabinfo(options->after, &v->after);
	if (!code)
		code = read_marks(v);
	if (code)
		return code;
	import.slabinfo = options->before;
	code = open_trace(options->trace, &import, options->quiet,
			  &v->out->reader);
	if (code)
		return code;
	v->out->header = slt_header(v->out->reader);
	v->out->slub = v->before.slub;
	v->out->reaps_traced =
		!options->simulate_reaper &&
		trace_marks_find(&v->marks, MARK_REAP, NULL, false) != NULL;
	code = choose_machine(v);
	return code ? code : find_span(v);
}

int validate(const struct validate_options *options, struct validation *out)
{
	struct validating *v = calloc(1, sizeof(*v));
	int code;

	*out = (struct validation){ .header = NULL };
	if (!v) {
		talk("out of memory");
		return EXIT_IO;
	}
	v->options = options;
	v->out = out;
	code = prepare(v);
	if (!code)
		code = read_demands(v);
	if (!code)
		code = run(v);
	replay_destroy(v->replay);
	free(v->start);
	free(v->end);
	free(v->demands.demands);
	trace_marks_release(&v->marks);
	slabinfo_file_release(&v->before);
	slabinfo_file_release(&v->after);
	free(v);
	return code;
}

void validation_release(struct validation *validation)
{
	comparison_release(&validation->comparison);
	machine_spec_release(&validation->spec);
	slt_close(validation->reader);
}
