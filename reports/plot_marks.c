/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See plot_marks.h. Rows are numbers only. A block is there in any case, so
 * that the theme can be written without asking.
 */
#include "reports/plot_marks.h"

#include "reports/plot_action_words.sql.h"
#include "reports/plot_actions.sql.h"
#include "reports/plot_losses.sql.h"
#include "reports/plot_passes.sql.h"
#include "reports/text.h"

#define MAX_SUMS 4

/* Rows of the chosen run, the @line-th; columns' sums are added to @sums. */
static void print_rows(struct report *report, const char *sql, int64_t line,
		       FILE *script, int64_t sums[MAX_SUMS])
{
	sqlite3_stmt *query = report_prepare(report, sql);

	if (query)
		report_bind(query, ":line", line);
	while (query && report_step(report, query)) {
		for (int i = 0; i < sqlite3_column_count(query); i++) {
			int64_t number = sqlite3_column_int64(query, i);

			fprintf(script, "%s%lld", i ? " " : "",
				(long long)number);
			sums[i] += number;
		}
		putc('\n', script);
	}
	sqlite3_finalize(query);
}

static int64_t trace_of(struct report *report, int64_t run)
{
	report->run_id = run;
	return report_number(report,
			     "SELECT trace_id FROM run WHERE id = :run");
}

/* Is the trace of the run @at also that of one before it? */
static bool is_again(struct report *report, const struct plot *plot, size_t at)
{
	int64_t trace = trace_of(report, plot->runs[at]);

	for (size_t i = 0; i < at; i++) {
		if (trace_of(report, plot->runs[i]) == trace)
			return true;
	}
	return false;
}

static void print_losses(struct report *report, const struct plot *plot,
			 FILE *script)
{
	int64_t chosen = report->run_id, sums[MAX_SUMS] = { 0 };

	fputs("$losses << END\n", script);
	for (size_t i = 0; i < plot->nr_runs; i++) {
		if (is_again(report, plot, i))
			continue;
		report->run_id = plot->runs[i];
		print_rows(report, plot_losses_sql, 0, script, sums);
	}
	report->run_id = chosen;
	if (!plot->nr_runs)
		print_rows(report, plot_losses_sql, 0, script, sums);
	fprintf(script,
		"END\nLOST = %lld\nLOST_PLACES = %lld\nLOST_UNNUMBERED = "
		"%lld\n",
		(long long)sums[1], (long long)sums[2], (long long)sums[3]);
}

static void print_action_words(struct report *report, int64_t actions,
			       int64_t not_done, bool which, FILE *script)
{
	sqlite3_stmt *query =
		which ? report_prepare(report, plot_action_words_sql) : NULL;
	const unsigned char *words = NULL;
	char text[200];
	size_t used;

	if (query && report_step(report, query))
		words = sqlite3_column_text(query, 0);
	used = (size_t)snprintf(text, sizeof(text), "%lld action%s%s%s",
				(long long)actions,
				text_plural((unsigned long long)actions),
				words ? ": " : "",
				words ? (const char *)words : "");
	if (not_done && used < sizeof(text))
		snprintf(text + used, sizeof(text) - used, " (%lld not done)",
			 (long long)not_done);
	sqlite3_finalize(query);
	text_set_gnuplot(script, "ACTION_WORDS", text);
}

static bool has_samples(struct report *report)
{
	return report_number(report, "SELECT EXISTS (SELECT 1 FROM sample"
				     " WHERE run_id = :run)");
}

/* Rows have the number of the run's line: of those that have samples. */
static void print_actions(struct report *report, const struct plot *plot,
			  FILE *script)
{
	int64_t chosen = report->run_id, sums[MAX_SUMS] = { 0 }, line = 0;

	fputs("$actions << END\n", script);
	for (size_t i = 0; i < plot->nr_runs; i++) {
		report->run_id = plot->runs[i];
		line += has_samples(report);
		print_rows(report, plot_actions_sql, line, script, sums);
	}
	report->run_id = chosen;
	if (!plot->nr_runs)
		print_rows(report, plot_actions_sql, ++line, script, sums);
	fprintf(script, "END\nACTIONS = %lld\nACTION_RUNS = %lld\n",
		(long long)sums[1], (long long)line);
	print_action_words(report, sums[1], sums[3], line == 1, script);
}

static void print_passes(struct report *report, FILE *script)
{
	int64_t sums[MAX_SUMS] = { 0 };

	fputs("$passes << END\n", script);
	print_rows(report, plot_passes_sql, 0, script, sums);
	fprintf(script,
		"END\nPASSES = %lld\nPASSES_GAVE = %lld\nONE_CACHE = %d\n",
		(long long)sums[1], (long long)sums[2], report->cache != NULL);
}

int plot_marks_print(struct report *report, const struct plot *plot,
		     FILE *script)
{
	if (plot->kind->options & PLOT_OVER_TIME) {
		print_losses(report, plot, script);
		print_actions(report, plot, script);
	}
	if (plot->kind->options & PLOT_PASSES)
		print_passes(report, script);
	return report->error.code;
}
