/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See plot_data.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/plot_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"

bool plot_data_begin(struct plot_data *data)
{
	*data = (struct plot_data){ .nr_rows = 0 };
	data->block_out = open_memstream(&data->block, &data->block_bytes);
	data->tsv_out = open_memstream(&data->tsv, &data->tsv_bytes);
	return data->block_out && data->tsv_out;
}

static int no_memory(struct report *report)
{
	return report_fail(report, -ENOMEM, "out of memory");
}

static void take_columns(struct plot_data *data, sqlite3_stmt *query)
{
	if (data->nr_columns)
		return;
	data->nr_columns = sqlite3_column_count(query);
	if (data->nr_columns > PLOT_MAX_COLUMNS)
		data->nr_columns = PLOT_MAX_COLUMNS;
	for (int i = 0; i < data->nr_columns; i++) {
		snprintf(data->columns[i], sizeof(data->columns[i]), "%s",
			 sqlite3_column_name(query, i));
		fprintf(data->tsv_out, "%s%s", i ? "\t" : "", data->columns[i]);
	}
	putc('\n', data->tsv_out);
}

/* The number of @name, from 1; 0: no memory. */
static size_t number_of(struct plot_data *data, const char *name)
{
	char **grown;

	for (size_t i = 0; i < data->nr_names; i++) {
		if (!strcmp(data->names[i], name))
			return i + 1;
	}
	grown = realloc(data->names, (data->nr_names + 1) * sizeof(*grown));
	if (!grown)
		return 0;
	data->names = grown;
	grown[data->nr_names] = strdup(name);
	return grown[data->nr_names] ? ++data->nr_names : 0;
}

static bool add_text(struct plot_data *data, const char *text)
{
	char visible[200];
	size_t number;

	text_visible(text, visible, sizeof(visible));
	number = number_of(data, visible);
	fprintf(data->block_out, "%zu", number);
	fputs(visible, data->tsv_out);
	return number != 0;
}

static void add_number(struct plot_data *data, sqlite3_stmt *query, int i)
{
	double number = sqlite3_column_double(query, i);
	FILE *const outs[] = { data->block_out, data->tsv_out };

	for (int o = 0; o < 2; o++) {
		if (sqlite3_column_type(query, i) == SQLITE_INTEGER)
			fprintf(outs[o], "%lld",
				(long long)sqlite3_column_int64(query, i));
		else
			fprintf(outs[o], "%.9g", number);
	}
	if (number > data->highest[i])
		data->highest[i] = number;
}

static bool add_value(struct plot_data *data, sqlite3_stmt *query, int i)
{
	if (i) {
		putc(' ', data->block_out);
		putc('\t', data->tsv_out);
	}
	switch (sqlite3_column_type(query, i)) {
	case SQLITE_NULL:
		fputs("NaN", data->block_out);
		return true;
	case SQLITE_TEXT:
		return add_text(data,
				(const char *)sqlite3_column_text(query, i));
	default:
		add_number(data, query, i);
		return true;
	}
}

int plot_data_add(struct plot_data *data, struct report *report,
		  sqlite3_stmt *query)
{
	take_columns(data, query);
	while (report_step(report, query)) {
		for (int i = 0; i < data->nr_columns; i++) {
			if (!add_value(data, query, i))
				return no_memory(report);
		}
		putc('\n', data->block_out);
		putc('\n', data->tsv_out);
		data->nr_rows++;
	}
	return report->error.code;
}

/* fclose also tells whether a stream ran out of memory. */
static bool end_stream(FILE **stream)
{
	bool whole = *stream && !ferror(*stream);

	if (*stream && fclose(*stream))
		whole = false;
	*stream = NULL;
	return whole;
}

int plot_data_end(struct plot_data *data, struct report *report)
{
	bool block = end_stream(&data->block_out);
	bool tsv = end_stream(&data->tsv_out);

	return block && tsv ? report->error.code : no_memory(report);
}

void plot_data_release(struct plot_data *data)
{
	end_stream(&data->block_out);
	end_stream(&data->tsv_out);
	for (size_t i = 0; i < data->nr_names; i++)
		free(data->names[i]);
	free(data->names);
	free(data->block);
	free(data->tsv);
}

void plot_data_print(const struct plot_data *data, FILE *script)
{
	fprintf(script, "NR_NAMES = %zu\narray NAMES[%zu]\n", data->nr_names,
		data->nr_names ? data->nr_names : 1);
	for (size_t i = 0; i < data->nr_names; i++) {
		fprintf(script, "NAMES[%zu] = ", i + 1);
		text_print_gnuplot(script, data->names[i]);
		putc('\n', script);
	}
	fprintf(script, "NR_ROWS = %zu\n", data->nr_rows);
	for (int i = 0; i < data->nr_columns; i++)
		fprintf(script, "MAX_%s = %.17g\n", data->columns[i],
			data->highest[i]);
	fprintf(script, "$data << end_of_data\n%send_of_data\n", data->block);
}
