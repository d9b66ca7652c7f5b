/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that read binary recordings can crash on a damaged one
 * (libtracecmd 1.3 does). They run in a child process, which sends records
 * through a pipe; what dies is the child, and the import says so. On two
 * processors it is faster as well.
 *
 * Rule: the parent trusts nothing that comes out of the pipe.
 */
#ifndef TRACES_ISOLATE_H
#define TRACES_ISOLATE_H

#include "traces/import_internal.h"
#include "traces/record_reader.h"

struct isolate_pipe;

/* What a library knows of the recording besides its records. */
struct isolate_facts {
	char format[32], clock[16];
	char kernel[56];   /* "Linux 6.1.192 x86_64"; "" unknown */
	char warning[256]; /* a sentence; "" none */
};

/*
 * In the child. Sends all records, in the order of time, and fills in @facts.
 * Return: 0, or -errno with @error filled in; or what isolate_put returned.
 */
typedef int isolate_produce(void *arg, struct isolate_pipe *pipe,
			    struct isolate_facts *facts,
			    struct trace_error *error);

/* In the child: send a record. Return: 0, or -EPIPE: nobody reads any more. */
int isolate_put(struct isolate_pipe *pipe, const struct ftrace_line *record);

/*
 * isolate_import - import_records of what @produce sends
 * @library: its name, for the message when it crashes.
 */
int isolate_import(isolate_produce *produce, void *arg, const char *library,
		   struct lines *lines, const struct import_options *options,
		   struct import_report *report, struct import_result *result,
		   struct trace_error *error);

#endif
