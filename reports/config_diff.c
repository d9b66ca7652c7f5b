/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See config_diff.h. */
#include "reports/config_diff.h"

#include "reports/config_diff.sql.h"
#include "reports/text.h"

static void copy_text(sqlite3_stmt *row, int column, char *out, size_t bytes)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	text_visible(text ? text : "-", out, bytes);
}

static void bind_text(sqlite3_stmt *query, const char *name, const char *text)
{
	sqlite3_bind_text(query, sqlite3_bind_parameter_index(query, name),
			  text, -1, SQLITE_STATIC);
}

void config_diff(struct report *report, const char *a, const char *b,
		 config_diff_fn *tell, void *context)
{
	sqlite3_stmt *query = report_prepare(report, config_diff_sql);
	char key[80], in_a[100], in_b[100];

	if (!query)
		return;
	bind_text(query, ":a", a);
	bind_text(query, ":b", b);
	while (report_step(report, query)) {
		copy_text(query, 0, key, sizeof(key));
		copy_text(query, 1, in_a, sizeof(in_a));
		copy_text(query, 2, in_b, sizeof(in_b));
		tell(context, key, in_a, in_b);
	}
	sqlite3_finalize(query);
}
