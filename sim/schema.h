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

/* Tables of nothing but numbers: those of the homes, and these. */
enum number_table {
	NODE_PAGES = NR_STAT_HOMES,
	PAGE_ORDERS,
	OCCUPANCY,
	REAP_PASSES,
	NR_NUMBER_TABLES
};

/* How rows are added to them: ids of other tables come first. */
struct number_table_sql {
	const char *insert;
	const char *insert_many; /* ROWS_AT_ONCE rows */
	int nr_columns;          /* behind the ids */
};
#define ROWS_AT_ONCE 16
extern const struct number_table_sql schema_number_tables[NR_NUMBER_TABLES];

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
