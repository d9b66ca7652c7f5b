/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The schema as SQL text: sim/schema.c, sim/tables.sql and sim/views.sql.
 * A change of either raises SCHEMA_VERSION and is told in docs/DATABASE.md.
 */
#ifndef SIM_SCHEMA_H
#define SIM_SCHEMA_H

#include <stddef.h>

#include "sim/columns.h"

#define SCHEMA_APPLICATION_ID 0x534c4142 /* "SLAB" */
#define SCHEMA_VERSION 4

/*
 * What the tables of an older schema lack: the entry of version v, from 2 on,
 * leads there from v - 1. What is altogether new, schema_sql makes.
 */
extern const char *const schema_upgrades[SCHEMA_VERSION + 1];
/* Statements that make what is missing, views last; NULL ends them. */
extern const char *const schema_sql[];

/* The tables of sample rows, by home, and the statements that add rows. */
struct stat_table {
	const char *name;
	const char *insert_sql;      /* sample, cache, [place,] values ... */
	const char *insert_many_sql; /* so for ROWS_AT_ONCE rows */
	int nr_columns;
};
#define ROWS_AT_ONCE 16
extern const struct stat_table schema_stat_tables[NR_STAT_HOMES];

/* The dictionary: a row of metric_def for every column of numbers. */
struct metric {
	const char *name;
	const char *unit;
	const char *better; /* "lower", "higher" or "" (neither) */
	const char *description;
};
extern const struct metric schema_metrics[];
extern const size_t schema_nr_metrics;

#endif
