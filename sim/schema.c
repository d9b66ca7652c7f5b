/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of sample rows and the views that carry their values forward,
 * made of the column lists so that a counter is added in one place. All other
 * tables stand in sim/tables.sql, all other views in sim/views.sql.
 *
 * A row is stored only where a value changed since the row before. A view
 * takes, for every sample, the last row not after it: the index of the table
 * makes that one seek. CROSS JOIN is SQLite's way to say "in this order": left
 * to itself it reads all rows of a cache for each sample.
 */
#include "sim/schema.h"

#include "sim/tables.sql.h"
#include "sim/upgrade-2.sql.h"
#include "sim/upgrade-3.sql.h"
#include "sim/upgrade-4.sql.h"
#include "sim/views.sql.h"

const char *const schema_upgrades[SCHEMA_VERSION + 1] = {
	[2] = upgrade_2_sql,
	[3] = upgrade_3_sql,
	[4] = upgrade_4_sql,
};

/* clang-format off */

#define COLUMN(name, text) ", " #name " INTEGER"
#define INSERT_VALUE(name, text) ",?"
#define COUNT(name, text) +1
#define CARRIED(name, text) ", r." #name

#define TABLE(name, place_columns, columns)                                    \
	"CREATE TABLE IF NOT EXISTS " name " (sample_id INTEGER NOT NULL"                    \
	" REFERENCES sample(id), cache_id INTEGER NOT NULL"                    \
	" REFERENCES cache(id)" place_columns columns(COLUMN) ")"
#define PLACE(name) ", " name "_id INTEGER NOT NULL REFERENCES " name "(id)"

#define VIEW(table, keys, place, columns, and_row, and_latest)                 \
	"CREATE VIEW v_" table " AS SELECT s.run_id, s.id AS sample_id, s.k,"  \
	" s.time_ns, c.id AS cache_id" keys columns(CARRIED)                   \
	" FROM sample s CROSS JOIN cache c ON c.run_id = s.run_id" place       \
	" CROSS JOIN " table " r ON r.cache_id = c.id" and_row                 \
	" AND r.sample_id = (SELECT max(x.sample_id) FROM " table " x"         \
	" WHERE x.cache_id = c.id" and_latest " AND x.sample_id <= s.id)"

/*
 * v_cache_nodes, v_cache_cpus: a row a sample and cache. Sums, but for what is
 * a maximum: AGGREGATE(name) is "max" where IS_MAX_name is defined.
 */
#define IS_MAX_maxfreeable -, "max"
#define SECOND_OF(first, second, ...) second
#define SECOND(...) SECOND_OF(__VA_ARGS__)
#define AGGREGATE(name) SECOND(IS_MAX_##name, "sum", -)
#define SUM(name, text) ", " AGGREGATE(name) "(" #name ") AS " #name
#define SUMS(view, columns, table)                                             \
	"CREATE VIEW " view " AS SELECT run_id, sample_id, k, time_ns,"        \
	" cache_id" columns(SUM) " FROM v_" table                              \
	" GROUP BY run_id, sample_id, cache_id"

const char *const schema_sql[] = {
	tables_sql,
	TABLE("cache_stat", "", CACHE_COLUMNS),
	TABLE("cpu_stat", PLACE("cpu"), CPU_COLUMNS),
	TABLE("node_stat", PLACE("node"), NODE_COLUMNS),
	"CREATE UNIQUE INDEX IF NOT EXISTS cache_stat_at"
	" ON cache_stat(cache_id, sample_id)",
	"CREATE UNIQUE INDEX IF NOT EXISTS cpu_stat_at"
	" ON cpu_stat(cache_id, cpu_id, sample_id)",
	"CREATE UNIQUE INDEX IF NOT EXISTS node_stat_at"
	" ON node_stat(cache_id, node_id, sample_id)",
	VIEW("cache_stat", "", "", CACHE_COLUMNS, "", ""),
	VIEW("cpu_stat", ", p.id AS cpu_id, p.cpu, p.node_id",
	     " CROSS JOIN cpu p ON p.run_id = s.run_id", CPU_COLUMNS,
	     " AND r.cpu_id = p.id", " AND x.cpu_id = p.id"),
	VIEW("node_stat", ", n.id AS node_id, n.node",
	     " CROSS JOIN node n ON n.run_id = s.run_id", NODE_COLUMNS,
	     " AND r.node_id = n.id", " AND x.node_id = n.id"),
	SUMS("v_cache_nodes", NODE_COLUMNS, "node_stat"),
	SUMS("v_cache_cpus", CPU_COLUMNS, "cpu_stat"),
	views_sql,
	NULL,
};

/*
 * A statement of many rows costs less a row. OR FAIL: else SQLite prepares to
 * take back a part of them, which costs more than it saves. The transaction of
 * a failed statement is never committed, so no part is left.
 */
#define ROW(keys, columns) "(" keys columns(INSERT_VALUE) ")"
#define MORE_ROWS(keys, columns)                                               \
	"," ROW(keys, columns) "," ROW(keys, columns) "," ROW(keys, columns)   \
	"," ROW(keys, columns) "," ROW(keys, columns)
#define INSERT(name, keys, columns)                                            \
	"INSERT INTO " name " VALUES " ROW(keys, columns),                     \
	"INSERT OR FAIL INTO " name " VALUES " ROW(keys, columns)              \
	MORE_ROWS(keys, columns) MORE_ROWS(keys, columns)                      \
	MORE_ROWS(keys, columns)
_Static_assert(ROWS_AT_ONCE == 1 + 3 * 5, "as INSERT has");

#define NO_LIST(X)

const struct number_table_sql schema_number_tables[NR_NUMBER_TABLES] = {
	[STAT_OF_CACHE] = {
		INSERT("cache_stat", "?,?", CACHE_COLUMNS),
		CACHE_COLUMNS(COUNT)},
	[STAT_OF_CPU] = {
		INSERT("cpu_stat", "?,?,?", CPU_COLUMNS),
		CPU_COLUMNS(COUNT)},
	[STAT_OF_NODE] = {
		INSERT("node_stat", "?,?,?", NODE_COLUMNS),
		NODE_COLUMNS(COUNT)},
	[NODE_PAGES] = {
		INSERT("node_page_stat", "?,?, ?,?,?,?", NO_LIST), 4},
	[PAGE_ORDERS] = {
		INSERT("page_order_stat", "?,?, ?,?", NO_LIST), 2},
	[OCCUPANCY] = {
		INSERT("slab_occupancy", "?,?,?, ?,?", NO_LIST), 2},
	[REAP_PASSES] = {
		INSERT("reap_pass (run_id, cpu_id, tick, time_ns, slabs)",
		       "?,?, ?,?,?", NO_LIST), 3},
};
