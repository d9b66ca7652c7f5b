/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page's table of caches: the rows of "show caches", which page_table.js
 * makes sortable. Without JavaScript it is a table.
 */
#include <stdbool.h>
#include <string.h>

#include "reports/caches.sql.h"
#include "reports/page_private.h"
#include "reports/text.h"

/* "frag_slab_pct": "frag slab" over "%". */
static void print_heading(FILE *out, const char *name)
{
	static const char *const units[][2] = { { "_pct", "%" },
						{ "_bytes", "bytes" } };
	size_t bytes = strlen(name), end = bytes;
	const char *unit = "";

	for (int i = 0; i < 2; i++) {
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
		fputs("<th scope=\"row\">", out);
		text_print_html(out, (const char *)sqlite3_column_text(query,
								       column));
		fputs("</th>", out);
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

void page_caches(FILE *out, struct report *report)
{
	sqlite3_stmt *query = report_prepare(report, caches_sql);
	int nr;

	if (!query)
		return;
	nr = sqlite3_column_count(query);
	fputs("<section id=\"caches\"><h2>Caches</h2>\n"
	      "<p>At the end of the run; caches that never grew a slab are left "
	      "out.</p>\n"
	      "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"Table of caches\"><table class=\"sortable\">"
	      "<thead><tr>",
	      out);
	for (int i = 1; i < nr; i++)
		print_heading(out, sqlite3_column_name(query, i));
	fputs("</tr></thead>", out);
	print_rows(out, report, query, nr);
	fputs("</table></div></section>\n", out);
	sqlite3_finalize(query);
}
