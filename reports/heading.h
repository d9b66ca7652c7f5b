/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report is about. The kernel that was traced is not the one that is
 * simulated: every report says both.
 */
#ifndef REPORTS_HEADING_H
#define REPORTS_HEADING_H

#include <stdio.h>

#include "reports/db.h"

struct heading {
	int64_t run, last_k, k; /* k: -1 when no sample is chosen */
	uint64_t time_ns, events;
	bool complete;
	char stop_reason[256]; /* of a partial run; "" unknown */
	char label[128];       /* "" none */
	char source[256];      /* of the trace; "" unknown */
	char simulated[240];   /* "SLAB 2.6.36-x86_64, 2 nodes, 4 CPUs" */
	char traced[200];      /* "Linux 6.1; ftrace, 4 CPUs" */
	char losses[400];      /* "12 lost_events, 1 skipped_frees"; "" none */
};

/*
 * heading_read - the facts of the chosen run and sample
 * All text is made visible (text_visible). Return: 0 or a code.
 */
int heading_read(struct report *report, struct heading *heading);

/*
 * heading_kernel - a trace's word for its kernel as a person would say it
 * @kernel: its version, or "SLAB" or "SLUB" where only that could be told, or
 * "" or NULL.
 */
void heading_kernel(const char *kernel, char *out, size_t out_bytes);

/* A few lines over a table. */
void heading_print(FILE *out, const struct heading *heading);

#endif
