/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table is read whole, then measured, then printed: cells are text from
 * the start, one allocation each.
 */
#include "reports/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"

#define CELL_BYTES 512
#define MAX_HEADING_LINES 4

struct table {
	sqlite3_stmt *query;
	int first; /* column shown: 1 when there is a _total */
	int nr_columns;
	char **cells;   /* by row, then column from 0; owned */
	bool *is_total; /* by row */
	size_t nr_rows, places;
	size_t *widths; /* by column */
	bool *is_text;  /* by column: to the left */
};

/* --- headings ------------------------------------------------------------ */

/* Line @line of a heading from the bottom, 0 the last word; "" above it. */
static void heading_line(const char *name, int line, char *out, size_t bytes)
{
	const char *end = name + strlen(name), *start;

	for (;; line--) {
		for (start = end; start > name && start[-1] != '_'; start--)
			;
		if (!line || start == name)
			break;
		end = start - 1;
	}
	if (line)
		start = end;
	snprintf(out, bytes, "%.*s", (int)(end - start), start);
	if (!strcmp(out, "pct"))
		snprintf(out, bytes, "%%");
}

static int heading_lines(const struct table *table)
{
	int lines, most = 1;

	for (int c = table->first; c < table->nr_columns; c++) {
		lines = 1;
		for (const char *p = sqlite3_column_name(table->query, c); *p;
		     p++)
			lines += *p == '_';
		most = lines > most ? lines : most;
	}
	return most > MAX_HEADING_LINES ? MAX_HEADING_LINES : most;
}

/* --- reading ------------------------------------------------------------- */

static char *read_cell(struct table *table, int column)
{
	char cell[CELL_BYTES];

	switch (sqlite3_column_type(table->query, column)) {
	case SQLITE_NULL:
		snprintf(cell, sizeof(cell), "-");
		break;
	case SQLITE_INTEGER:
		snprintf(cell, sizeof(cell), "%lld",
			 sqlite3_column_int64(table->query, column));
		break;
	case SQLITE_FLOAT:
		snprintf(cell, sizeof(cell), "%.1f",
			 sqlite3_column_double(table->query, column));
		break;
	default:
		text_visible((const char *)sqlite3_column_text(table->query,
							       column),
			     cell, sizeof(cell));
		table->is_text[column] = true;
	}
	return sqlite3_mprintf("%s", cell);
}

static bool grow_table(struct table *table)
{
	size_t places = table->places ? 2 * table->places : 64;
	size_t row = (size_t)table->nr_columns * sizeof(*table->cells);
	char **cells;
	bool *is_total;

	if (table->nr_rows < table->places)
		return true;
	cells = realloc(table->cells, places * row);
	if (!cells)
		return false;
	table->cells = cells;
	is_total = realloc(table->is_total, places * sizeof(*is_total));
	if (!is_total)
		return false;
	table->is_total = is_total;
	table->places = places;
	return true;
}

static bool read_row(struct table *table)
{
	char **row;
	size_t width;

	if (!grow_table(table))
		return false;
	row = table->cells + table->nr_rows * (size_t)table->nr_columns;
	memset(row, 0, (size_t)table->nr_columns * sizeof(*row));
	table->is_total[table->nr_rows++] = table->first &&
					    sqlite3_column_int(table->query, 0);
	for (int c = table->first; c < table->nr_columns; c++) {
		row[c] = read_cell(table, c);
		if (!row[c])
			return false;
		width = text_width(row[c]);
		if (width > table->widths[c])
			table->widths[c] = width;
	}
	return true;
}

static void measure_headings(struct table *table)
{
	char word[64];

	for (int c = table->first; c < table->nr_columns; c++) {
		for (int line = 0; line < MAX_HEADING_LINES; line++) {
			heading_line(sqlite3_column_name(table->query, c), line,
				     word, sizeof(word));
			if (strlen(word) > table->widths[c])
				table->widths[c] = strlen(word);
		}
	}
}

static bool start_table(struct table *table, struct report *report,
			const char *sql)
{
	*table = (struct table){ .query = report_prepare(report, sql) };
	if (!table->query)
		return false;
	table->nr_columns = sqlite3_column_count(table->query);
	table->first = !strcmp(sqlite3_column_name(table->query, 0), "_total");
	table->widths =
		calloc((size_t)table->nr_columns + 1, sizeof(*table->widths));
	table->is_text =
		calloc((size_t)table->nr_columns + 1, sizeof(*table->is_text));
	return table->widths && table->is_text;
}

static void release_table(struct table *table)
{
	for (size_t i = 0; i < table->nr_rows * (size_t)table->nr_columns; i++)
		sqlite3_free(table->cells[i]);
	free(table->cells);
	free(table->is_total);
	free(table->widths);
	free(table->is_text);
	sqlite3_finalize(table->query);
}

/* --- printing ------------------------------------------------------------ */

static void print_cell(FILE *out, const struct table *table, int column,
		       const char *text)
{
	size_t width = table->widths[column], used = text_width(text);
	int blanks = width > used ? (int)(width - used) : 0;

	if (column > table->first)
		fputs("  ", out);
	if (!table->is_text[column])
		fprintf(out, "%*s%s", blanks, "", text);
	else if (column + 1 < table->nr_columns)
		fprintf(out, "%s%*s", text, blanks, "");
	else
		fputs(text, out);
}

static void print_headings(FILE *out, const struct table *table)
{
	char word[64];

	for (int line = heading_lines(table) - 1; line >= 0; line--) {
		for (int c = table->first; c < table->nr_columns; c++) {
			heading_line(sqlite3_column_name(table->query, c), line,
				     word, sizeof(word));
			print_cell(out, table, c, word);
		}
		putc('\n', out);
	}
}

static void print_rows(FILE *out, const struct table *table)
{
	char **row = table->cells;

	for (size_t r = 0; r < table->nr_rows; r++) {
		if (table->is_total[r])
			putc('\n', out);
		for (int c = table->first; c < table->nr_columns; c++)
			print_cell(out, table, c, row[c]);
		putc('\n', out);
		row += table->nr_columns;
	}
}

int table_print(FILE *out, struct report *report, const char *sql, size_t *nr)
{
	struct table table;
	bool memory = start_table(&table, report, sql);

	while (memory && report_step(report, table.query))
		memory = read_row(&table);
	if (!memory && !report->error.code)
		report_fail(report, -ENOMEM, "out of memory");
	if (!report->error.code) {
		measure_headings(&table);
		print_headings(out, &table);
		print_rows(out, &table);
	}
	*nr = 0;
	for (size_t r = 0; r < table.nr_rows; r++)
		*nr += !table.is_total[r];
	release_table(&table);
	return report->error.code;
}

void table_json_value(FILE *out, sqlite3_stmt *query, int column)
{
	switch (sqlite3_column_type(query, column)) {
	case SQLITE_NULL:
		fputs("null", out);
		break;
	case SQLITE_INTEGER:
		fprintf(out, "%lld", sqlite3_column_int64(query, column));
		break;
	case SQLITE_FLOAT:
		fprintf(out, "%.6g", sqlite3_column_double(query, column));
		break;
	default:
		text_print_json(out, (const char *)sqlite3_column_text(query,
								       column));
	}
}

static void print_json_row(FILE *out, sqlite3_stmt *query, int first)
{
	for (int c = first; c < sqlite3_column_count(query); c++) {
		fputs(c > first ? "," : "{", out);
		text_print_json(out, sqlite3_column_name(query, c));
		putc(':', out);
		table_json_value(out, query, c);
	}
	putc('}', out);
}

int table_print_json(FILE *out, struct report *report, const char *sql,
		     const char *name)
{
	sqlite3_stmt *query = report_prepare(report, sql);
	const char *comma = "";
	bool in_rows = true;
	int first;

	if (!query)
		return report->error.code;
	first = !strcmp(sqlite3_column_name(query, 0), "_total");
	fprintf(out, ",\"%s\":[", name);
	while (report_step(report, query)) {
		/* totals come last */
		in_rows = !first || !sqlite3_column_int(query, 0);
		fputs(in_rows ? comma : "],\"total\":", out);
		comma = ",";
		print_json_row(out, query, first);
	}
	if (in_rows)
		putc(']', out);
	sqlite3_finalize(query);
	return report->error.code;
}

void table_csv_value(FILE *out, sqlite3_stmt *query, int column)
{
	switch (sqlite3_column_type(query, column)) {
	case SQLITE_NULL:
		break;
	case SQLITE_TEXT:
		text_print_csv(out, (const char *)sqlite3_column_text(query,
								      column));
		break;
	default:
		table_json_value(out, query, column);
	}
}

int table_print_csv(FILE *out, struct report *report, const char *sql)
{
	sqlite3_stmt *query = report_prepare(report, sql);
	int first, nr;

	if (!query)
		return report->error.code;
	nr = sqlite3_column_count(query);
	first = !strcmp(sqlite3_column_name(query, 0), "_total");
	for (int c = first; c < nr; c++)
		fprintf(out, "%s%s", c > first ? "," : "",
			sqlite3_column_name(query, c));
	putc('\n', out);
	while (report_step(report, query)) {
		if (first && sqlite3_column_int(query, 0))
			continue;
		for (int c = first; c < nr; c++) {
			if (c > first)
				putc(',', out);
			table_csv_value(out, query, c);
		}
		putc('\n', out);
	}
	sqlite3_finalize(query);
	return report->error.code;
}
