/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and printing headings; see heading.h for the rule.
 */
#include "reports/heading.h"

#include <string.h>

#include "reports/heading.sql.h"
#include "reports/losses.sql.h"
#include "reports/text.h"

static void copy_text(sqlite3_stmt *row, int column, char *out, size_t bytes)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	text_visible(text ? text : "", out, bytes);
}

/* All that was set, where it is short. */
static void describe_tuned(sqlite3_stmt *row, char *out, size_t bytes)
{
	char text[64];

	copy_text(row, 16, text, sizeof(text));
	if (!*text)
		*out = '\0';
	else if (strlen(text) < 40)
		snprintf(out, bytes, ", %s", text);
	else
		snprintf(out, bytes, ", caches tuned");
}

static void describe_simulated(sqlite3_stmt *row, struct heading *heading)
{
	char profile[64], tuned[80];
	int64_t nodes = sqlite3_column_int64(row, 4);
	int64_t cpus = sqlite3_column_int64(row, 5);

	copy_text(row, 3, profile, sizeof(profile));
	describe_tuned(row, tuned, sizeof(tuned));
	snprintf(heading->simulated, sizeof(heading->simulated),
		 "SLAB %s, %lld node%s%s, %lld CPU%s%s", profile,
		 (long long)nodes, text_plural((unsigned long long)nodes),
		 sqlite3_column_int(row, 17) ? " at given distances" : "",
		 (long long)cpus, text_plural((unsigned long long)cpus), tuned);
}

void heading_kernel(const char *kernel, char *out, size_t out_bytes)
{
	char word[80] = "";

	text_visible(kernel ? kernel : "", word, sizeof(word));
	if (!*word)
		snprintf(out, out_bytes, "Linux, version not in the trace");
	else if (!strcmp(word, "SLAB") || !strcmp(word, "SLUB"))
		snprintf(out, out_bytes,
			 "Linux with %s, version not in the "
			 "trace",
			 word);
	else
		snprintf(out, out_bytes, "%s", word);
}

static void describe_traced(sqlite3_stmt *row, struct heading *heading)
{
	char kernel[130], format[40];
	int64_t cpus = sqlite3_column_int64(row, 8);

	heading_kernel((const char *)sqlite3_column_text(row, 6), kernel,
		       sizeof(kernel));
	copy_text(row, 7, format, sizeof(format));
	snprintf(heading->traced, sizeof(heading->traced), "%s; %s, %lld CPU%s",
		 kernel, format, (long long)cpus,
		 text_plural((unsigned long long)cpus));
}

static void read_row(sqlite3_stmt *row, struct heading *heading)
{
	char status[16];

	heading->run = sqlite3_column_int64(row, 0);
	copy_text(row, 1, status, sizeof(status));
	heading->complete = !strcmp(status, "complete");
	copy_text(row, 2, heading->stop_reason, sizeof(heading->stop_reason));
	describe_simulated(row, heading);
	describe_traced(row, heading);
	copy_text(row, 10, heading->label, sizeof(heading->label));
	copy_text(row, 11, heading->source, sizeof(heading->source));
	heading->last_k = sqlite3_column_int64(row, 12);
	heading->k = sqlite3_column_type(row, 13) == SQLITE_NULL ?
			     -1 :
			     sqlite3_column_int64(row, 13);
	heading->time_ns = (uint64_t)sqlite3_column_int64(row, 14);
	heading->events = (uint64_t)sqlite3_column_int64(row, 15);
}

static void read_losses(struct report *report, struct heading *heading)
{
	sqlite3_stmt *losses = report_prepare(report, losses_sql);
	size_t used = 0, left;

	while (losses && report_step(report, losses)) {
		left = sizeof(heading->losses) - used;
		if (left < 2)
			break;
		used += (size_t)snprintf(heading->losses + used, left,
					 "%s%lld %s", used ? ", " : "",
					 sqlite3_column_int64(losses, 1),
					 sqlite3_column_text(losses, 0));
		if (used >= sizeof(heading->losses))
			used = sizeof(heading->losses) - 1;
	}
	sqlite3_finalize(losses);
}

int heading_read(struct report *report, struct heading *heading)
{
	sqlite3_stmt *query = report_prepare(report, heading_sql);

	memset(heading, 0, sizeof(*heading));
	if (query && report_step(report, query))
		read_row(query, heading);
	sqlite3_finalize(query);
	read_losses(report, heading);
	return report->error.code;
}

void heading_print(FILE *out, const struct heading *heading)
{
	char time[40];

	fprintf(out, "run        %lld%s%s%s%s%s\n", (long long)heading->run,
		*heading->label ? " " : "", heading->label,
		heading->complete ? "" : ", partial",
		*heading->stop_reason ? ": " : "", heading->stop_reason);
	fprintf(out, "simulated  %s\n", heading->simulated);
	fprintf(out, "traced     %s%s%s\n", heading->traced,
		*heading->source ? ", " : "", heading->source);
	if (heading->k >= 0) {
		text_duration(heading->time_ns, time, sizeof(time));
		fprintf(out,
			"at         %s, after %llu events (sample %lld of "
			"%lld)\n",
			time, (unsigned long long)heading->events,
			(long long)heading->k, (long long)heading->last_k);
	}
	if (*heading->losses)
		fprintf(out, "losses     %s\n", heading->losses);
}
