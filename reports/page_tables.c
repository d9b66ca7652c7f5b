/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page's tables: the rows of "show caches" and, of a run with timing, those
 * of "show latency", which page_table.js makes sortable. Without JavaScript they
 * are tables.
 */
#include <stdbool.h>
#include <string.h>

#include "reports/caches.sql.h"
#include "reports/costs.sql.h"
#include "reports/latency.sql.h"
#include "reports/page_private.h"
#include "reports/show.h"
#include "reports/text.h"

/* "frag_slab_pct": "frag slab" over "%". */
static void print_heading(FILE *out, const char *name)
{
	static const char *const units[][2] = { { "_pct", "%" },
						{ "_bytes", "bytes" },
						{ "_ns", "ns" } };
	size_t bytes = strlen(name), end = bytes;
	const char *unit = "";

	for (int i = 0; i < 3; i++) {
		size_t suffix = strlen(units[i][0]);

		if (bytes > suffix &&
		    !strcmp(name + bytes - suffix, units[i][0])) {
			end = bytes - suffix;
			unit = units[i][1];
		}
	}
	fputs("<th scope=\"col\">", out);
	for (size_t i = 0; i < end; i++)
		putc(name[i] == '_' ? ' ' : name[i], out);
	fprintf(out, "%s%s%s</th>", *unit ? " [" : "", unit, *unit ? "]" : "");
}

static void print_cell(FILE *out, sqlite3_stmt *query, int column)
{
	switch (sqlite3_column_type(query, column)) {
	case SQLITE_NULL:
		fputs("<td></td>", out);
		break;
	case SQLITE_FLOAT:
		fprintf(out, "<td>%.1f</td>",
			sqlite3_column_double(query, column));
		break;
	case SQLITE_INTEGER:
		fprintf(out, "<td>%lld</td>",
			(long long)sqlite3_column_int64(query, column));
		break;
	default:
		fputs(column == 1 ? "<th scope=\"row\">" : "<td>", out);
		text_print_html(out, (const char *)sqlite3_column_text(query,
								       column));
		fputs(column == 1 ? "</th>" : "</td>", out);
	}
}

static void print_row(FILE *out, sqlite3_stmt *query, int nr)
{
	fputs("<tr>", out);
	for (int i = 1; i < nr; i++)
		print_cell(out, query, i);
	fputs("</tr>\n", out);
}

/* The row of totals comes last. */
static void print_rows(FILE *out, struct report *report, sqlite3_stmt *query,
		       int nr)
{
	bool in_foot = false;

	fputs("<tbody>\n", out);
	while (report_step(report, query)) {
		if (!in_foot && sqlite3_column_int(query, 0)) {
			fputs("</tbody><tfoot>\n", out);
			in_foot = true;
		}
		print_row(out, query, nr);
	}
	fputs(in_foot ? "</tfoot>" : "</tbody>", out);
}

static void print_table(FILE *out, struct report *report, const char *sql,
			const char *label)
{
	sqlite3_stmt *query = report_prepare(report, sql);
	int nr;

	if (!query)
		return;
	nr = sqlite3_column_count(query);
	fprintf(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"%s\"><table class=\"sortable\"><thead><tr>",
		label);
	for (int i = 1; i < nr; i++)
		print_heading(out, sqlite3_column_name(query, i));
	fputs("</tr></thead>", out);
	print_rows(out, report, query, nr);
	fputs("</table></div>\n", out);
	sqlite3_finalize(query);
}

void page_caches(FILE *out, struct report *report)
{
	fputs("<section id=\"caches\"><h2>Caches</h2>\n"
	      "<p>At the end of the run; caches that never grew a slab are left "
	      "out.</p>\n",
	      out);
	print_table(out, report, caches_sql, "Table of caches");
	fputs("</section>\n", out);
}

/* What the latencies are made of, and where each number is from. */
static void print_costs(FILE *out, struct report *report)
{
	sqlite3_stmt *query = report_prepare(report, costs_sql);

	fputs("<h3>Costs of the steps</h3>\n<dl class=\"facts\">\n", out);
	while (query && report_step(report, query)) {
		fputs("<div><dt>", out);
		text_print_html(out,
				(const char *)sqlite3_column_text(query, 1));
		fprintf(out, "</dt><dd>%lld, ",
			(long long)sqlite3_column_int64(query, 2));
		text_print_html(out,
				(const char *)sqlite3_column_text(query, 3));
		fputs("</dd></div>\n", out);
	}
	fputs("</dl>\n", out);
	sqlite3_finalize(query);
}

void page_latency(FILE *out, struct report *report)
{
	if (!report_number(report, "SELECT EXISTS (SELECT 1 FROM latency"
				   " WHERE run_id = :run)"))
		return;
	fputs("<section id=\"latency\"><h2>Latencies</h2>\n"
	      "<p>Of the whole run, " TIMING_NOTE ".</p>\n",
	      out);
	print_table(out, report, latency_sql, "Table of latencies");
	print_costs(out, report);
	fputs("</section>\n", out);
}
