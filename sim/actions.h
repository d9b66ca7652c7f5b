/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done to the machine while a trace is replayed: CPUs go down and come
 * up, caches are tuned and shrunk, nodes get other page limits. A file of lines
 * "TIME OPERATION", the operations being those of scenarios (docs/ACTIONS.md).
 */
#ifndef SIM_ACTIONS_H
#define SIM_ACTIONS_H

#include <stdio.h>

#include "model/slab.h"
#include "traces/slt.h"
#include "workloads/scenario.h"

struct action {
	uint64_t time_ns; /* simulated, since the first event */
	/* offline, online, tune, shrink or limit; of the line of that number */
	struct scenario_op op;
};

/* Begin with zeroes. */
struct actions {
	const char *path; /* borrowed */
	struct action *list;
	size_t nr; /* in order of time */
};

/*
 * actions_read - read the file, and check it for a machine of that size
 * That is: whether each action can be done, all before it having been.
 * @path: borrowed. Return: 0; -errno, of the file, -EBADMSG or -ENOMEM, with
 * @error filled in. actions_release in any case.
 */
int actions_read(struct actions *actions, const char *path, uint32_t nr_cpus,
		 uint32_t nr_nodes, struct trace_error *error);
void actions_release(struct actions *actions);

/* A sentence about a line into @error, made visible. Return: -EBADMSG. */
int actions_refuse(const struct actions *actions, uint64_t line,
		   struct trace_error *error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * actions_check_caches - is each cache there when its action comes?
 * @m: before the first event. @reader: at its first event, and so afterwards;
 * read only if an action names a cache that the trace creates on its way.
 * Return: 0; -EBADMSG or the reader's error, with @error filled in.
 */
int actions_check_caches(const struct actions *actions,
			 struct slt_reader *reader, const struct machine *m,
			 struct trace_error *error);

/* "offline", "online", "tune", "shrink", "limit". */
const char *action_word(const struct action *action);
/* The operation in words of a scenario: "tune 0 dentry 60 30 0". */
#define ACTION_TEXT_BYTES (SCENARIO_NAME_MAX + 80)
void action_describe(const struct action *action, char text[ACTION_TEXT_BYTES]);
/* As a member of a JSON object after a comma; nothing if there are none. */
void actions_print_json(FILE *out, const struct actions *actions);

#endif
