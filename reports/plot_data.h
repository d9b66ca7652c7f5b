/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of a query as gnuplot reads them, and as a person does.
 *
 * Numbers go into the script as they are; a text becomes its number in the
 * array NAMES, so that no name is ever part of a line of data. For a column
 * "x" the script also gets MAX_x.
 */
#ifndef REPORTS_PLOT_DATA_H
#define REPORTS_PLOT_DATA_H

#include <stdio.h>

#include "reports/db.h"

#define PLOT_MAX_COLUMNS 16

struct plot_data {
	char *block, *tsv; /* owned */
	size_t block_bytes, tsv_bytes;
	FILE *block_out, *tsv_out; /* while rows are added */
	size_t nr_rows;
	int nr_columns;
	char columns[PLOT_MAX_COLUMNS][32];
	double highest[PLOT_MAX_COLUMNS];
	char **names; /* owned */
	size_t nr_names;
};

/* Return: false: no memory. Release in both cases. */
bool plot_data_begin(struct plot_data *data);
/* All rows of @query. Return: 0 or a code of @report. */
int plot_data_add(struct plot_data *data, struct report *report,
		  sqlite3_stmt *query);
/* No more rows: now @block and @tsv hold them. Return: 0 or a code. */
int plot_data_end(struct plot_data *data, struct report *report);
void plot_data_release(struct plot_data *data);

/* NAMES, NR_NAMES, NR_ROWS, MAX_*, and the rows as $data. */
void plot_data_print(const struct plot_data *data, FILE *script);

#endif
