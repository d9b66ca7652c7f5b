/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's summary: what ran, what was lost, the numbers that matter. */
#include <inttypes.h>
#include <math.h>

#include "reports/heading.h"
#include "reports/losses.sql.h"
#include "reports/page_private.h"
#include "reports/run_summary.h"
#include "reports/text.h"

static void print_fact(FILE *out, const char *what, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "<div><dt>%s</dt><dd>", what);
	text_print_html(out, text);
	fputs("</dd></div>\n", out);
}

static void print_heading(FILE *out, const struct heading *heading)
{
	char text[64];

	fputs("<dl class=\"facts\">\n", out);
	print_fact(out, "Simulated", heading->simulated);
	print_fact(out, "Traced", heading->traced);
	print_fact(out, "Trace", heading->source);
	print_fact(out, "Label", heading->label);
	text_duration(heading->time_ns, text, sizeof(text));
	print_fact(out, "Simulated time", text);
	snprintf(text, sizeof(text), "%" PRIu64, heading->events);
	print_fact(out, "Events replayed", text);
	if (!heading->complete)
		print_fact(out, "Partial run",
			   *heading->stop_reason ? heading->stop_reason :
						   "why, is not known");
	fputs("</dl>\n", out);
}

static void print_losses(FILE *out, struct report *report)
{
	sqlite3_stmt *query = report_prepare(report, losses_sql);
	size_t nr = 0;

	fputs("<h3>Losses</h3>\n", out);
	while (query && report_step(report, query)) {
		fputs(nr++ ? "" : "<ul class=\"losses\">\n", out);
		fprintf(out, "<li><b>%lld ",
			(long long)sqlite3_column_int64(query, 1));
		text_print_html(out,
				(const char *)sqlite3_column_text(query, 0));
		fputs("</b>: ", out);
		text_print_html(out,
				(const char *)sqlite3_column_text(query, 2));
		fputs("</li>\n", out);
	}
	sqlite3_finalize(query);
	fputs(nr ? "</ul>\n" :
		   "<p>None: nothing was lost, skipped or guessed.</p>\n",
	      out);
}

static void print_figure(FILE *out, const char *what, const char *number,
			 const char *unit)
{
	fprintf(out,
		"<div class=\"figure\"><b>%s</b> <span>%s</span>"
		"<small>%s</small></div>\n",
		number, unit, what);
}

static void print_count(FILE *out, const char *what, uint64_t count,
			const char *unit)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, count);
	print_figure(out, what, text, unit);
}

static void print_ratio(FILE *out, const char *what, double ratio)
{
	char text[32] = "\xe2\x80\x93";

	if (!isnan(ratio))
		snprintf(text, sizeof(text), "%.1f", ratio);
	print_figure(out, what, text, isnan(ratio) ? "none" : "%");
}

static void print_figures(FILE *out, const struct run_summary *sums)
{
	fputs("<div class=\"figures\">\n", out);
	print_ratio(out, "of local allocations served by a CPU's array",
		    sums->alloc_hit_pct);
	print_ratio(out, "of local frees kept by a CPU's array",
		    sums->free_hit_pct);
	print_ratio(out, "of frees are of another node's object",
		    sums->remote_free_pct);
	print_count(out, "in slabs at the end", sums->pages, "pages");
	print_count(out, "at the peak, nodes added up", sums->peak_pages,
		    "pages");
	print_count(out, "live at the end", sums->live_objs, "objects");
	print_count(out, "cached in arrays", sums->cached_objs, "objects");
	print_count(out, "free in slabs", sums->free_objs, "objects");
	print_count(out, "grown", sums->grown, "slabs");
	print_count(out, "taken back by the reaper", sums->reaped, "slabs");
	print_ratio(out, "of live slots' bytes nobody asked for",
		    sums->internal_frag_pct);
	print_ratio(out, "of slots in used slabs are free",
		    sums->slab_frag_pct);
	fputs("</div>\n", out);
}

void page_summary(FILE *out, struct report *report)
{
	struct run_summary sums;
	struct heading heading;

	if (heading_read(report, &heading) || run_summary_read(report, &sums))
		return;
	fputs("<section id=\"summary\"><h2>Summary</h2>\n", out);
	print_heading(out, &heading);
	print_figures(out, &sums);
	print_losses(out, report);
	fputs("</section>\n", out);
}
