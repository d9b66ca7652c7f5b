/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing gnuplot scripts: what is to be said, the data of a query, then the
 * fixed part from a .gp file. The query's numbers are scaled here, so that
 * the axes carry one unit and few digits.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/plot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/gnuplot.h"
#include "reports/heading.h"
#include "reports/memory.gp.h"
#include "reports/memory.sql.h"
#include "reports/memory_cache.sql.h"
#include "reports/text.h"

#define MEMORY_COLUMNS 6

struct series {
	int64_t (*rows)[MEMORY_COLUMNS]; /* owned */
	size_t nr_rows, places;
	int64_t end_ns, top_bytes;
};

struct unit {
	const char *name;
	double size;
};

/* The largest unit of which there is at least one. */
static struct unit time_unit(int64_t ns)
{
	return ns >= 1000000000 ? (struct unit){ "s", 1e9 } :
	       ns >= 1000000    ? (struct unit){ "ms", 1e6 } :
	       ns >= 1000       ? (struct unit){ "us", 1e3 } :
				  (struct unit){ "ns", 1 };
}

static struct unit byte_unit(int64_t bytes)
{
	return bytes >= (int64_t)1 << 30 ? (struct unit){ "GiB", 1 << 30 } :
	       bytes >= 1 << 20          ? (struct unit){ "MiB", 1 << 20 } :
					   (struct unit){ "KiB", 1 << 10 };
}

/* --- reading ------------------------------------------------------------- */

static bool grow_series(struct series *series)
{
	size_t places = series->places ? 2 * series->places : 128;
	void *rows;

	if (series->nr_rows < series->places)
		return true;
	rows = realloc(series->rows, places * sizeof(*series->rows));
	if (!rows)
		return false;
	series->rows = rows;
	series->places = places;
	return true;
}

static bool read_row(struct series *series, sqlite3_stmt *query)
{
	int64_t *row, top;

	if (!grow_series(series))
		return false;
	row = series->rows[series->nr_rows++];
	for (int i = 0; i < MEMORY_COLUMNS; i++)
		row[i] = sqlite3_column_int64(query, i);
	top = row[1] + row[2] + row[3];
	series->end_ns = row[0];
	if (top > series->top_bytes)
		series->top_bytes = top;
	return true;
}

static int read_series(struct report *report, struct series *series)
{
	sqlite3_stmt *query;
	bool memory = true;

	*series = (struct series){ .rows = NULL };
	query = report_prepare(report,
			       report->cache ? memory_cache_sql : memory_sql);
	while (query && memory && report_step(report, query))
		memory = read_row(series, query);
	sqlite3_finalize(query);
	if (!memory)
		return report_fail(report, -ENOMEM, "out of memory");
	if (!series->nr_rows)
		return report_fail(report, -EBADMSG,
				   "%s: run %lld has no "
				   "samples to plot",
				   report->path, (long long)report->run_id);
	return report->error.code;
}

/* --- writing ------------------------------------------------------------- */

static void print_text(FILE *script, const char *name, const char *text)
{
	fprintf(script, "%s = ", name);
	text_print_gnuplot(script, text);
	putc('\n', script);
}

/* @text cut to what fits into a line, at a character, with "..." */
static void shorten(const char *text, char *out, size_t out_bytes)
{
	text_visible(text, out, out_bytes - 3);
	if (strlen(out) < strlen(text))
		memcpy(out + strlen(out), "...", sizeof("..."));
}

static void print_title(FILE *script, const struct report *report,
			const struct heading *heading)
{
	char text[256], subject[44], cache[40] = "";
	size_t size;

	shorten(*heading->label  ? heading->label :
		*heading->source ? heading->source :
				   "run",
		subject, sizeof(subject));
	if (report->cache) {
		text_visible(report->cache, text, sizeof(text));
		shorten(text, cache, sizeof(cache));
	}
	snprintf(text, sizeof(text), "Slab memory%s%s: %s (run %lld)",
		 *cache ? " of " : "", cache, subject, (long long)heading->run);
	print_text(script, "TITLE", text);
	/* Large, unless the line would not fit. */
	size = 1900 / text_width(text);
	fprintf(script, "TITLE_SIZE = %zu\n",
		size > 30 ? 30 :
		size < 16 ? 16 :
			    size);
}

static void print_words(FILE *script, const struct report *report,
			const struct heading *heading)
{
	char text[400], source[64], losses[100];

	print_title(script, report, heading);
	print_text(script, "SIMULATED", heading->simulated);
	shorten(*heading->label ? heading->source : "", source, sizeof(source));
	snprintf(text, sizeof(text), "%s%s%s", heading->traced,
		 *source ? ", " : "", source);
	print_text(script, "TRACED", text);
	shorten(heading->losses, losses, sizeof(losses));
	snprintf(text, sizeof(text), "%s%s%s%s",
		 heading->complete ? "" : "partial run",
		 !heading->complete && *losses ? "; " : "",
		 *losses ? "losses: " : "", losses);
	print_text(script, "NOTE", text);
}

static void print_data(FILE *script, const struct series *series)
{
	int64_t end_ns = series->end_ns ? series->end_ns : 1;
	int64_t top_bytes = series->top_bytes ? series->top_bytes : 1024;
	struct unit time = time_unit(end_ns), bytes = byte_unit(top_bytes);
	int64_t *row;

	print_text(script, "TIME_UNIT", time.name);
	print_text(script, "BYTE_UNIT", bytes.name);
	fprintf(script, "TIME_END = %.9g\n", (double)end_ns / time.size);
	fprintf(script, "BYTES_TOP = %.9g\n",
		1.06 * (double)top_bytes / bytes.size);
	fprintf(script, "$memory << end_of_data\n");
	for (size_t i = 0; i < series->nr_rows; i++) {
		row = series->rows[i];
		fprintf(script, "%.9g", (double)row[0] / time.size);
		for (int c = 1; c < MEMORY_COLUMNS - 1; c++)
			fprintf(script, " %.9g", (double)row[c] / bytes.size);
		fprintf(script, " %lld\n", (long long)row[MEMORY_COLUMNS - 1]);
	}
	fprintf(script, "end_of_data\n");
}

static int write_script(struct report *report, enum plot_format format,
			const struct series *series, FILE *script)
{
	struct heading heading;

	if (heading_read(report, &heading))
		return report->error.code;
	print_text(script, "FORMAT", format == PLOT_SVG ? "svg" : "png");
	print_words(script, report, &heading);
	print_data(script, series);
	fputs(memory_gp, script);
	if (fflush(script) || ferror(script))
		return report_fail(report, -EIO,
				   "cannot write the script of "
				   "the plot: %s",
				   strerror(errno));
	return 0;
}

static FILE *open_script(struct report *report, const char *keep)
{
	FILE *script = keep ? fopen(keep, "w+") : tmpfile();

	if (!script)
		report_fail(report, -EIO, "%s: %s",
			    keep ? keep : "temporary file", strerror(errno));
	return script;
}

int plot_memory(struct report *report, enum plot_format format, const char *out,
		const char *keep)
{
	struct series series;
	FILE *script;

	if (!read_series(report, &series)) {
		script = open_script(report, keep);
		if (script && !write_script(report, format, &series, script))
			gnuplot_run(report, script, out);
		if (script)
			fclose(script);
		if (script && keep && report->error.code)
			remove(keep);
	}
	free(series.rows);
	return report->error.code;
}

int plot_memory_to(struct report *report, enum plot_format format,
		   FILE *picture)
{
	struct series series;
	FILE *script;

	if (!read_series(report, &series)) {
		script = open_script(report, NULL);
		if (script && !write_script(report, format, &series, script))
			gnuplot_draw(report, script, picture);
		if (script)
			fclose(script);
	}
	free(series.rows);
	return report->error.code;
}
