/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One event of a CTF trace made into what a line of text would have said.
 * Only for builds with libbabeltrace2.
 */
#ifndef TRACES_CTF_EVENT_H
#define TRACES_CTF_EVENT_H

#include <babeltrace2/babeltrace.h>

#include "traces/ftrace.h"

/* Room for texts that the event does not hold as such. */
struct ctf_texts {
	char task[80], call_site[20], gfp[20];
};

/*
 * ctf_decode - an event message; texts are in @texts or as long-lived as it
 * An event of ours that lacks a field, or has one of a strange type, is
 * FTRACE_UNPARSED.
 */
void ctf_decode(const bt_message *message, struct ctf_texts *texts,
		struct ftrace_line *line);

/* ctf_lost - messages about discarded events and packets; false: another */
bool ctf_lost(const bt_message *message, struct ftrace_line *line);

#endif
