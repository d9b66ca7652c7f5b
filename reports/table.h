/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printing the rows of a query, whatever they are. Headings come from the
 * names of the columns: "live_objs" stands over two lines, a unit at the end
 * is the unit. A first column named _total marks the row of totals.
 */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include <stdio.h>

#include "reports/db.h"

/* Return: 0 or a code of @report. The number of rows but totals in @nr. */
int table_print(FILE *out, struct report *report, const char *sql, size_t *nr);

/* ,"@name":[{...}],"total":{...} - for the inside of an object. */
int table_print_json(FILE *out, struct report *report, const char *sql,
		     const char *name);

/* The same as CSV (RFC 4180, LF): a line of names, then the rows; no totals. */
int table_print_csv(FILE *out, struct report *report, const char *sql);

/* A cell of a query's row as JSON and as CSV. */
void table_json_value(FILE *out, sqlite3_stmt *query, int column);
void table_csv_value(FILE *out, sqlite3_stmt *query, int column);

#endif
