/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording a live kernel, by one of three tools. What each part does to the
 * system is in record_*.c; nothing here knows how traces are read.
 */
#ifndef SIM_RECORD_H
#define SIM_RECORD_H

#include <stdbool.h>
#include <stdint.h>

enum record_tool { RECORD_TRACEFS, RECORD_TRACE_CMD, RECORD_PERF };

struct record {
	const char *out;     /* what the tool writes */
	const char *tracefs; /* where it is mounted */
	uint64_t buffer_kb;  /* of each CPU */
	char **command;      /* NULL-terminated */
};

/* What is known of losses afterwards. */
struct record_losses {
	bool known; /* false: @why says why not */
	uint64_t lost;
	char why[256];
};

/* The events; the last two only in kernels before 6.1. */
extern const char *const record_events[];
#define RECORD_NR_NEEDED 4
#define RECORD_NR_EVENTS 6

/*
 * record_tracefs - record @record->command through tracefs
 *
 * Refuses while someone else is tracing; leaves the settings as they were.
 * Return: an enum exit_code, what went wrong printed; @status of the command
 * as waitpid gives it.
 */
int record_tracefs(const struct record *record, struct record_losses *losses,
		   int *status);
/* The same through "trace-cmd record" and "perf record" from $PATH. */
int record_by_tool(enum record_tool tool, const struct record *record,
		   struct record_losses *losses, int *status);

/* Shell commands that do the same, on stdout. */
void record_print(enum record_tool tool, const struct record *record);

/* Run a command and wait. Return: false when it cannot be started (told). */
bool record_run(char *const *command, int *status);

#endif
