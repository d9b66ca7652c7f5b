/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf is run three times: for what the file says of the machine, for the
 * events, and, where events were lost, for how many. It reads the file as
 * descriptor 3, so a name can be anything, and is asked for nanoseconds and
 * for no more than the import needs (no symbols, no call chains).
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/read_perfdata.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/command.h"
#include "traces/error.h"
#include "traces/spool.h"

#define INPUT "-f", "-i", COMMAND_INPUT

static char *const header_command[] = { "perf", "script", "--header-only",
					INPUT, NULL };
static char *const events_command[] = { "perf",
					"script",
					"--header",
					"--ns",
					"--show-lost-events",
					"-F",
					"comm,pid,tid,cpu,time,event,trace",
					INPUT,
					NULL };
static char *const stats_command[] = { "perf", "report", "--stats", INPUT,
				       NULL };

/*
 * Calls @take for each line that a command prints. Return: false where it
 * fails: what it would have told is not known then.
 */
static bool read_lines(char *const argv[], int input,
		       void (*take)(void *arg, const char *line), void *arg)
{
	struct command command;
	char complaint[16];
	char *line = NULL;
	size_t room = 0;
	FILE *out;

	if (command_start(&command, argv, input, NULL) != 0)
		return false;
	out = fdopen(command.out, "r");
	while (out && getline(&line, &room, out) >= 0)
		take(arg, line);
	free(line);
	if (out)
		fclose(out);
	else
		close(command.out);
	return command_end(&command, complaint, sizeof(complaint)) == 0;
}

/* --- the machine --- */

struct machine_facts {
	char release[32], arch[12], clock[16];
};

/* "# os release : 6.1.192", "# clockid: monotonic (1)" */
static void take_header_line(void *arg, const char *line)
{
	struct machine_facts *facts = arg;

	if (sscanf(line, "# os release : %31s", facts->release) != 1 &&
	    sscanf(line, "# arch : %11s", facts->arch) != 1)
		sscanf(line, "# clockid: %15s", facts->clock);
}

static void take_facts(int input, struct trace_header *header)
{
	struct machine_facts facts = { .clock = "perf" };
	char allocator[8];

	read_lines(header_command, input, take_header_line, &facts);
	snprintf(header->format, sizeof(header->format), "perf.data");
	snprintf(header->clock, sizeof(header->clock), "%s", facts.clock);
	if (!*facts.release)
		return;
	/* what was there: "SLAB", "SLUB" or nothing */
	snprintf(allocator, sizeof(allocator), "%.6s", header->kernel);
	snprintf(header->kernel, sizeof(header->kernel), "Linux %s%s%s%s%s",
		 facts.release, *facts.arch ? " " : "", facts.arch,
		 *allocator ? " " : "", allocator);
}

/* --- losses --- */

struct losses {
	bool kmem; /* in the statistics of one of our events */
	uint64_t samples;
};

/* "kmem:kfree stats:", and below it "    LOST_SAMPLES events:   305" */
static void take_stats_line(void *arg, const char *line)
{
	struct losses *losses = arg;
	uint64_t number;

	if (*line != ' ')
		losses->kmem = strncmp(line, "kmem:", 5) == 0;
	else if (losses->kmem &&
		 sscanf(line, " LOST_SAMPLES events: %" SCNu64, &number) == 1)
		losses->samples += number;
}

/*
 * The records of losses say what was lost before something was written again;
 * the counts of events, in files of perf from 6.1 on, what was lost in all.
 */
static void count_losses(int input, struct import_report *report)
{
	struct losses losses = { .kmem = false };

	if (!report->counts.lost)
		return;
	read_lines(stats_command, input, take_stats_line, &losses);
	if (losses.samples > report->counts.lost)
		report->counts.lost = losses.samples;
}

/* --- the events --- */

static int no_perf(const struct lines *lines, struct trace_error *error)
{
	return trace_fail(error, -EBADMSG,
			  "%s: this is a perf.data, and perf, which reads it, "
			  "is not here: install linux-perf (or linux-tools), "
			  "or import what \"perf script --ns -F "
			  "comm,pid,tid,cpu,time,event,trace\" prints",
			  lines_name(lines));
}

static int read_events(struct lines *lines, int input,
		       const struct import_options *options,
		       struct import_report *report,
		       struct import_result *result, struct trace_error *error)
{
	struct command command;
	char complaint[160];
	struct lines *text;
	int code = command_start(&command, events_command, input, error),
	    status;

	if (code == -ENOENT)
		return no_perf(lines, error);
	if (code)
		return code;
	text = lines_open_fd(command.out, lines_name(lines), &code, error);
	if (text)
		code = import_text(text, TEXT_PERF, options, report, result,
				   error);
	lines_close(text);
	status = command_end(&command, complaint, sizeof(complaint));
	/* a command that is not read to its end dies of that, rightly */
	if (status == 0 || (code && code != -EBADMSG) || status == -SIGPIPE)
		return code;
	return trace_fail(error, -EBADMSG,
			  "%s: damaged or truncated perf.data, or of a newer "
			  "perf: perf script fails (%s %d): %s",
			  lines_name(lines),
			  status < 0 ? "signal" : "exit status", abs(status),
			  complaint);
}

int import_perfdata(struct lines *lines, const struct import_options *options,
		    struct import_report *report, struct import_result *result,
		    struct trace_error *error)
{
	int input = spool(lines, error), code;

	if (input < 0)
		return input;
	code = read_events(lines, input, options, report, result, error);
	if (code == 0) {
		count_losses(input, report);
		take_facts(input, &result->header);
	}
	close(input);
	return code;
}
