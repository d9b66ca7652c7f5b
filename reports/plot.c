/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drawing a kind: the words over the picture, the rows of its query, the theme
 * that all share, then the kind's own script. All are one script, so that what
 * is kept draws the same picture again.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/plot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/gnuplot.h"
#include "reports/heading.h"
#include "reports/plot_data.h"
#include "reports/plot_marks.h"
#include "reports/text.h"
#include "reports/theme.gp.h"

#define DEFAULT_TOP 8

const char *const plot_format_names[NR_PLOT_FORMATS] = {
	[PLOT_PNG] = "png",
	[PLOT_SVG] = "svg",
	[PLOT_PDF] = "pdf",
	[PLOT_DUMB] = "dumb",
};

/* --- reading ------------------------------------------------------------- */

static int add_run(struct report *report, const struct plot *plot,
		   struct plot_data *data)
{
	const char *cache_sql = plot->kind->cache_sql;
	sqlite3_stmt *query = report_prepare(
		report,
		report->cache && cache_sql ? cache_sql : plot->kind->sql);

	if (!query)
		return report->error.code;
	report_bind(query, ":top", plot->top ? plot->top : DEFAULT_TOP);
	plot_data_add(data, report, query);
	sqlite3_finalize(query);
	return report->error.code;
}

static int fail_empty(struct report *report, const struct plot *plot)
{
	return report_fail(report, -ENODATA,
			   "%s: run %lld has no data for "
			   "\"%s\": %s",
			   report->path, (long long)report->run_id,
			   plot->kind->name, plot_remedy(report, plot->kind));
}

static int read_data(struct report *report, const struct plot *plot,
		     struct plot_data *data)
{
	int64_t chosen = report->run_id;

	if (!plot_data_begin(data))
		return report_fail(report, -ENOMEM, "out of memory");
	if ((plot->kind->options & PLOT_NEEDS_CACHE) && !report->cache)
		return report_fail(report, -EINVAL,
				   "\"%s\" is of one cache: say which with "
				   "--cache NAME",
				   plot->kind->name);
	if (!plot->nr_runs)
		add_run(report, plot, data);
	for (size_t i = 0; i < plot->nr_runs && !report->error.code; i++) {
		report->run_id = plot->runs[i];
		add_run(report, plot, data);
	}
	report->run_id = chosen;
	plot_data_end(data, report);
	if (!report->error.code && !data->nr_rows)
		fail_empty(report, plot);
	return report->error.code;
}

/* --- writing ------------------------------------------------------------- */

/* @text cut to what fits into a line, at a character, with "..." */
static void shorten(const char *text, char *out, size_t out_bytes)
{
	text_visible(text, out, out_bytes - 3);
	if (strlen(out) < strlen(text))
		memcpy(out + strlen(out), "...", sizeof("..."));
}

static void print_title(FILE *script, const struct report *report,
			const struct plot *plot, const struct heading *heading)
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
	if (plot->nr_runs > 1)
		snprintf(text, sizeof(text), "%s%s%s: %zu runs",
			 plot->kind->title, *cache ? " of " : "", cache,
			 plot->nr_runs);
	else
		snprintf(text, sizeof(text), "%s%s%s: %s (run %lld)",
			 plot->kind->title, *cache ? " of " : "", cache,
			 subject, (long long)heading->run);
	text_set_gnuplot(script, "TITLE", text);
	/* Large, unless the line would not fit. */
	size = 1900 / text_width(text);
	fprintf(script, "TITLE_SIZE = %zu\n",
		size > 30 ? 30 :
		size < 16 ? 16 :
			    size);
}

static void print_words(FILE *script, const struct report *report,
			const struct plot *plot, const struct heading *heading)
{
	char text[400], source[64], losses[100];

	print_title(script, report, plot, heading);
	text_set_gnuplot(script, "SIMULATED", heading->simulated);
	shorten(*heading->label ? heading->source : "", source, sizeof(source));
	snprintf(text, sizeof(text), "%s%s%s", heading->traced,
		 *source ? ", " : "", source);
	text_set_gnuplot(script, "TRACED", text);
	shorten(heading->losses, losses, sizeof(losses));
	snprintf(text, sizeof(text), "%s%s%s%s",
		 heading->complete ? "" : "partial run",
		 !heading->complete && *losses ? "; " : "",
		 *losses ? "losses: " : "", losses);
	text_set_gnuplot(script, "NOTE", text);
	text_duration(heading->time_ns, text, sizeof(text));
	text_set_gnuplot(script, "AT", heading->k < 0 ? "" : text);
}

static int write_script(struct report *report, const struct plot *plot,
			const struct plot_data *data, FILE *script)
{
	struct heading heading;

	if (heading_read(report, &heading))
		return report->error.code;
	text_set_gnuplot(script, "FORMAT", plot_format_names[plot->format]);
	print_words(script, report, plot, &heading);
	plot_data_print(data, script);
	if (plot_marks_print(report, plot, script))
		return report->error.code;
	fputs(theme_gp, script);
	fputs(plot->kind->gp, script);
	if (fflush(script) || ferror(script))
		return report_fail(report, -EIO,
				   "cannot write the script of "
				   "the plot: %s",
				   strerror(errno));
	return 0;
}

/* --- keeping ------------------------------------------------------------- */

static int keep_file(struct report *report, const char *name,
		     const char *suffix, const char *text, size_t bytes)
{
	char path[4096];
	FILE *file;
	bool whole;

	snprintf(path, sizeof(path), "%s%s", name, suffix);
	file = fopen(path, "w");
	if (!file)
		return report_fail(report, -EIO, "%s: %s", path,
				   strerror(errno));
	whole = fwrite(text, 1, bytes, file) == bytes;
	if (fclose(file) || !whole) {
		remove(path);
		return report_fail(report, -EIO, "%s: cannot be written", path);
	}
	return 0;
}

static void forget_file(const char *name, const char *suffix)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", name, suffix);
	remove(path);
}

static int keep(struct report *report, const char *name, const char *script,
		size_t script_bytes, const struct plot_data *data)
{
	if (keep_file(report, name, ".gp", script, script_bytes))
		return report->error.code;
	if (keep_file(report, name, ".tsv", data->tsv, data->tsv_bytes))
		forget_file(name, ".gp");
	return report->error.code;
}

/* --- drawing ------------------------------------------------------------- */

static int draw_text(struct report *report, const char *text, size_t bytes,
		     FILE *picture)
{
	FILE *script = tmpfile();

	if (!script)
		return report_fail(report, -EIO, "no temporary file: %s",
				   strerror(errno));
	if (fwrite(text, 1, bytes, script) == bytes)
		gnuplot_draw(report, script, picture);
	else
		report_fail(report, -EIO, "temporary file: %s",
			    strerror(errno));
	fclose(script);
	return report->error.code;
}

static int draw_data(struct report *report, const struct plot *plot,
		     const struct plot_data *data, FILE *picture)
{
	size_t bytes = 0;
	char *text = NULL;
	FILE *script = open_memstream(&text, &bytes);

	if (!script)
		return report_fail(report, -ENOMEM, "out of memory");
	write_script(report, plot, data, script);
	if (fclose(script))
		report_fail(report, -ENOMEM, "out of memory");
	if (!report->error.code)
		draw_text(report, text, bytes, picture);
	if (!report->error.code && plot->keep)
		keep(report, plot->keep, text, bytes, data);
	free(text);
	return report->error.code;
}

int plot_draw_to(struct report *report, const struct plot *plot, FILE *picture)
{
	struct plot_data data;

	if (!read_data(report, plot, &data))
		draw_data(report, plot, &data, picture);
	plot_data_release(&data);
	return report->error.code;
}

int plot_draw(struct report *report, const struct plot *plot, const char *out)
{
	FILE *picture = tmpfile();

	if (!picture)
		return report_fail(report, -EIO, "no temporary file: %s",
				   strerror(errno));
	if (!plot_draw_to(report, plot, picture) &&
	    gnuplot_deliver(report, picture, out) && plot->keep) {
		forget_file(plot->keep, ".gp");
		forget_file(plot->keep, ".tsv");
	}
	fclose(picture);
	return report->error.code;
}
