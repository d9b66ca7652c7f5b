/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading CTF: a graph of libbabeltrace2, source.ctf.fs -> filter.utils.muxer
 * -> a sink that sends what it gets. All of it runs in a child process
 * (isolate.h).
 */
#define _GNU_SOURCE
#include "traces/have.h"
#include "traces/read_ctf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/ctf_files.h"
#include "traces/error.h"

struct lines *ctf_open(const char *path, int *code, struct trace_error *error)
{
	struct stat st;
	char *metadata = NULL;
	struct lines *lines;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		metadata = ctf_find_metadata(path);
	lines = lines_open(metadata ? metadata : path, code, error);
	free(metadata);
	return lines;
}

#ifndef HAVE_BABELTRACE

int import_ctf(struct lines *lines, const struct import_options *options,
	       struct import_report *report, struct import_result *result,
	       struct trace_error *error)
{
	(void)options;
	(void)report;
	(void)result;
	return trace_fail(error, -EBADMSG,
			  "%s: this is CTF, and slabsim was built without "
			  "libbabeltrace2: install libbabeltrace2-dev and run "
			  "make again, or import what \"babeltrace2\" prints",
			  lines_name(lines));
}

#else

#include <stdio.h>

#include "traces/ctf_event.h"
#include "traces/isolate.h"

struct source {
	const char *directory;
};

struct sink {
	struct isolate_pipe *pipe;
	struct isolate_facts *facts;
	int code; /* of isolate_put */
};

/* --- what the trace says of itself --- */

static const char *environment(const bt_trace *trace, const char *name)
{
	const bt_value *value =
		bt_trace_borrow_environment_entry_value_by_name_const(trace,
								      name);

	return value && bt_value_is_string(value) ? bt_value_string_get(value) :
						    NULL;
}

/* perf says release and machine, LTTng kernel_release. */
static void take_kernel(const bt_trace *trace, struct isolate_facts *facts)
{
	const char *release = environment(trace, "release");
	const char *machine = environment(trace, "machine");

	if (!release)
		release = environment(trace, "kernel_release");
	if (release)
		snprintf(facts->kernel, sizeof(facts->kernel),
			 "Linux %.31s%s%.11s", release, machine ? " " : "",
			 machine ? machine : "");
}

static void take_facts(const bt_stream *stream, struct isolate_facts *facts)
{
	const bt_clock_class *clock =
		bt_stream_class_borrow_default_clock_class_const(
			bt_stream_borrow_class_const(stream));
	const char *name = clock ? bt_clock_class_get_name(clock) : NULL;

	if (name && !*facts->clock)
		snprintf(facts->clock, sizeof(facts->clock), "%.15s", name);
	if (!*facts->kernel)
		take_kernel(bt_stream_borrow_trace_const(stream), facts);
}

/* --- the sink --- */

static void take_message(struct sink *sink, const bt_message *message)
{
	struct ctf_texts texts;
	struct ftrace_line line;

	switch (bt_message_get_type(message)) {
	case BT_MESSAGE_TYPE_STREAM_BEGINNING:
		take_facts(bt_message_stream_beginning_borrow_stream_const(
				   message),
			   sink->facts);
		return;
	case BT_MESSAGE_TYPE_EVENT:
		ctf_decode(message, &texts, &line);
		break;
	default:
		if (!ctf_lost(message, &line))
			return;
	}
	if (sink->code == 0)
		sink->code = isolate_put(sink->pipe, &line);
}

static bt_graph_simple_sink_component_consume_func_status
consume(bt_message_iterator *iterator, void *data)
{
	struct sink *sink = data;
	bt_message_array_const messages;
	uint64_t nr;
	bt_message_iterator_next_status status =
		bt_message_iterator_next(iterator, &messages, &nr);

	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		return (bt_graph_simple_sink_component_consume_func_status)
			status;
	for (uint64_t i = 0; i < nr; i++) {
		take_message(sink, messages[i]);
		bt_message_put_ref(messages[i]);
	}
	return sink->code ?
		       BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_ERROR :
		       BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_OK;
}

/* --- the graph --- */

static const bt_plugin *plugin(const char *name)
{
	const bt_plugin *found = NULL;

	if (bt_plugin_find(name, BT_TRUE, BT_TRUE, BT_TRUE, BT_TRUE, BT_FALSE,
			   &found) != BT_PLUGIN_FIND_STATUS_OK)
		return NULL;
	return found;
}

static const bt_component_source *add_source(bt_graph *graph,
					     const char *directory)
{
	const bt_plugin *ctf = plugin("ctf");
	const bt_component_class_source *class =
		ctf ? bt_plugin_borrow_source_component_class_by_name_const(
			      ctf, "fs") :
		      NULL;
	const bt_component_source *source = NULL;
	bt_value *params = bt_value_map_create(), *inputs = NULL;

	if (!class || !params ||
	    bt_value_map_insert_empty_array_entry(params, "inputs", &inputs) !=
		    BT_VALUE_MAP_INSERT_ENTRY_STATUS_OK ||
	    bt_value_array_append_string_element(inputs, directory) !=
		    BT_VALUE_ARRAY_APPEND_ELEMENT_STATUS_OK)
		return NULL;
	bt_graph_add_source_component(graph, class, "source", params,
				      BT_LOGGING_LEVEL_NONE, &source);
	return source;
}

static const bt_component_filter *add_muxer(bt_graph *graph)
{
	const bt_plugin *utils = plugin("utils");
	const bt_component_class_filter *class =
		utils ? bt_plugin_borrow_filter_component_class_by_name_const(
				utils, "muxer") :
			NULL;
	const bt_component_filter *muxer = NULL;

	if (class)
		bt_graph_add_filter_component(graph, class, "muxer", NULL,
					      BT_LOGGING_LEVEL_NONE, &muxer);
	return muxer;
}

/* Each stream is a port; the muxer grows an input when its last is taken. */
static bool connect(bt_graph *graph, const bt_component_source *source,
		    const bt_component_filter *muxer,
		    const bt_component_sink *sink)
{
	uint64_t nr = bt_component_source_get_output_port_count(source);

	for (uint64_t i = 0; i < nr; i++) {
		if (bt_graph_connect_ports(
			    graph,
			    bt_component_source_borrow_output_port_by_index_const(
				    source, i),
			    bt_component_filter_borrow_input_port_by_index_const(
				    muxer, i),
			    NULL) != BT_GRAPH_CONNECT_PORTS_STATUS_OK)
			return false;
	}
	return bt_graph_connect_ports(
		       graph,
		       bt_component_filter_borrow_output_port_by_index_const(
			       muxer, 0),
		       bt_component_sink_borrow_input_port_by_index_const(sink,
									  0),
		       NULL) == BT_GRAPH_CONNECT_PORTS_STATUS_OK;
}

static bool run(const char *directory, struct sink *sink)
{
	bt_graph *graph = bt_graph_create(0);
	const bt_component_source *source = NULL;
	const bt_component_filter *muxer = NULL;
	const bt_component_sink *end = NULL;

	if (graph)
		source = add_source(graph, directory);
	if (source)
		muxer = add_muxer(graph);
	if (!muxer ||
	    bt_graph_add_simple_sink_component(graph, "sink", NULL, consume,
					       NULL, sink, &end) !=
		    BT_GRAPH_ADD_COMPONENT_STATUS_OK ||
	    !connect(graph, source, muxer, end))
		return false;
	return bt_graph_run(graph) == BT_GRAPH_RUN_STATUS_OK;
}

/* The innermost cause of what the library complains about. */
static void get_cause(char *out, size_t out_bytes)
{
	const bt_error *error = bt_current_thread_take_error();
	const char *text = "no reason given";

	if (error && bt_error_get_cause_count(error))
		text = bt_error_cause_get_message(
			bt_error_borrow_cause_by_index(error, 0));
	trace_quote(out, out_bytes, text, strlen(text));
}

/* In the child, which ends with this: nothing is given back. */
static int produce(void *arg, struct isolate_pipe *pipe,
		   struct isolate_facts *facts, struct trace_error *error)
{
	const struct source *from = arg;
	struct sink sink = { .pipe = pipe, .facts = facts };
	char cause[200];

	snprintf(facts->format, sizeof(facts->format), "CTF");
	if (run(from->directory, &sink))
		return 0;
	if (sink.code)
		return sink.code;
	get_cause(cause, sizeof(cause));
	return trace_fail(error, -EBADMSG,
			  "%s: damaged or truncated CTF: libbabeltrace2 says: "
			  "%s",
			  from->directory, cause);
}

int import_ctf(struct lines *lines, const struct import_options *options,
	       struct import_report *report, struct import_result *result,
	       struct trace_error *error)
{
	char *directory = strdup(lines_name(lines));
	char *slash = directory ? strrchr(directory, '/') : NULL;
	struct source source = { slash ? directory : "." };
	int code;

	if (!directory)
		return trace_fail(error, -ENOMEM, "out of memory");
	if (slash)
		*slash = '\0';
	code = ctf_digest(source.directory, result->header.digest, error);
	if (code == 0)
		code = isolate_import(produce, &source, "libbabeltrace2", lines,
				      options, report, result, error);
	free(directory);
	return code;
}

#endif
