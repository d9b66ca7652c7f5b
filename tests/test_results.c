/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database as such: its schema, its dictionary, the sums and ratios of
 * the views (worked out by hand below), and files that are not ours.
 */
#define _POSIX_C_SOURCE 200809L

#include "tests/results_fixture.h"

#include <errno.h>

#include "reports/db.h"
#include "sim/schema.h"

static struct trace_header tiny_header(void)
{
	struct trace_header header = {
		.cpus = 2, .nr_events = 7, .end_ns = 1000, .span_ns = 1000
	};

	strcpy(header.format, "ftrace");
	strcpy(header.digest, "00ff");
	strcpy(header.source, "tiny.txt");
	return header;
}

static const struct run_facts facts = {
	.config_json = "{}",
	.machine = "nodes=2,cpus=2",
	.profile = "p",
	.nodes = 2,
	.cpus = 2,
	.node_pages = 100,
	.hz = 1000,
	.page_bytes = 4096,
};
static const struct host_facts host = { .command_line = "slabsim run" };

static struct results *begin(const char *path)
{
	struct trace_header header = tiny_header();
	struct results *results = open_results(path);

	results_begin_run(results, &header, &facts, &host);
	assert_true(results_run_id(results) > 0);
	return results;
}

/* --- schema -------------------------------------------------------------- */

static void a_new_file_is_ours(void **state)
{
	const char *path = scratch("new.db");
	struct results *results = begin(path);
	sqlite3 *db;

	(void)state;
	results_close(results);
	db = open_db(path);
	assert_sql(db, "PRAGMA application_id", "1397506370");
	assert_sql(db, "PRAGMA user_version", "4");
	assert_sql(db, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	assert_sql(db, "SELECT status FROM run", "partial");
	/* what older SQLite cannot read */
	assert_sql(db,
		   "SELECT count(*) FROM sqlite_master"
		   " WHERE sql LIKE '%STRICT%'",
		   "0");
	sqlite3_close(db);
	assert_int_equal(SCHEMA_APPLICATION_ID, REPORT_APPLICATION_ID);
	assert_int_equal(SCHEMA_VERSION, REPORT_SCHEMA_VERSION);
}

static void nothing_begun_leaves_no_file(void **state)
{
	const char *path = scratch("none.db");

	(void)state;
	results_close(open_results(path));
	assert_int_not_equal(access(path, F_OK), 0);
}

static struct database *open_database(const char *path)
{
	struct database_error error;
	struct database *database = database_open(path, NULL, 0, &error);

	if (!database)
		fail_msg("%s", error.text);
	return database;
}

static void nothing_committed_leaves_no_file(void **state)
{
	const char *path = scratch("none.db");

	(void)state;
	database_close(open_database(path));
	assert_int_not_equal(access(path, F_OK), 0);
}

/* The file was made by one, but is another's by now. */
static void what_others_committed_stays(void **state)
{
	const char *path = scratch("others.db");
	struct database *maker = open_database(path);
	sqlite3 *db;

	(void)state;
	results_close(begin(path));
	database_close(maker);
	db = open_db(path);
	assert_sql(db, "SELECT count(*) FROM run", "1");
	sqlite3_close(db);
}

static char *whole_schema(const char *path)
{
	sqlite3 *db = open_db(path);
	char *text;

	text = ask_text(db, "SELECT group_concat(line, char(10)) FROM ("
			    " SELECT type || ' ' || name || ' ' ||"
			    " coalesce(sql, '') AS line FROM sqlite_schema"
			    " UNION ALL SELECT name || unit || better ||"
			    " description FROM metric_def"
			    " UNION ALL SELECT application_id"
			    " FROM pragma_application_id"
			    " UNION ALL SELECT user_version"
			    " FROM pragma_user_version"
			    " UNION ALL SELECT page_size FROM pragma_page_size"
			    " UNION ALL SELECT integrity_check"
			    " FROM pragma_integrity_check)");
	sqlite3_close(db);
	return text;
}

/* One is put in place whole, the other made by SQLite: nobody can tell. */
static void both_ways_make_the_same_file(void **state)
{
	const char *path = scratch("whole.db");
	char *whole, *by_sqlite;
	FILE *file;

	(void)state;
	results_close(begin(path));
	whole = whole_schema(path);
	path = scratch("empty.db");
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	results_close(begin(path));
	by_sqlite = whole_schema(path);
	assert_string_equal(whole, by_sqlite);
	assert_non_null(strstr(whole, "v_frag"));
	free(whole);
	free(by_sqlite);
}

/* Views are compiled when used: use every one. */
static void every_view_works(void **state)
{
	const char *path = scratch("views.db");
	char sql[128];
	sqlite3_stmt *list;
	sqlite3 *db;
	int nr = 0;

	(void)state;
	results_close(begin(path));
	db = open_db(path);
	sqlite3_prepare_v2(db,
			   "SELECT name FROM sqlite_master"
			   " WHERE type = 'view'",
			   -1, &list, NULL);
	for (; sqlite3_step(list) == SQLITE_ROW; nr++) {
		snprintf(sql, sizeof(sql), "SELECT * FROM %s",
			 sqlite3_column_text(list, 0));
		run_sql_in(db, sql);
	}
	sqlite3_finalize(list);
	assert_true(nr >= 12);
	sqlite3_close(db);
}

/*
 * Not of the dictionary: keys, words, moments, places in an order, what a
 * machine or a host is, and yes or no.
 */
#define NOT_METRICS                                                       \
	"('id', 'run_id', 'trace_id', 'sample_id', 'cache_id', 'cpu_id'," \
	" 'node_id', 'other_node_id', 'lesson_id', 'k', 'seq', 'number'," \
	" 'event', 'step', 'line', 'time_ns', 'tick', 'end_tick', 'cpu'," \
	" 'node', 'array_node', 'other_node', 'nodes', 'cpus', 'hz',"     \
	" 'node_pages', 'page_bytes', 'host_cpus', 'host_nodes',"         \
	" 'chain_position', 'position', 'grow_number', 'frame',"          \
	" 'first_free', 'first_obj', 'in_order', 'keyframe', 'general',"  \
	" 'dma', 'off_slab', 'holds', 'pinned', 'model_version', 'seed'," \
	" 'value', 'count', 'state')"

/* Columns of views have no type: those that are texts in a table. */
#define WORDS                                                             \
	"SELECT t.name FROM sqlite_master n, pragma_table_info(n.name) t" \
	" WHERE n.type = 'table' AND t.type = 'TEXT'"

static void every_column_is_in_the_dictionary(void **state)
{
	const char *path = scratch("dictionary.db");
	sqlite3 *db;

	(void)state;
	results_close(begin(path));
	db = open_db(path);
	assert_sql(db,
		   "SELECT group_concat(m.name || '.' || c.name) FROM"
		   " sqlite_master m, pragma_table_info(m.name) c"
		   " WHERE m.type IN ('table', 'view') AND c.type <> 'TEXT'"
		   " AND c.name NOT IN (SELECT name FROM metric_def)"
		   " AND c.name NOT IN (" WORDS
		   ") AND c.name NOT IN " NOT_METRICS,
		   "NULL");
	assert_sql(db,
		   "SELECT count(*) FROM metric_def"
		   " WHERE unit = '' OR description = ''",
		   "0");
	/* and nothing else is */
	assert_sql(db,
		   "SELECT group_concat(d.name) FROM metric_def d WHERE"
		   " NOT EXISTS (SELECT 1 FROM sqlite_master m,"
		   " pragma_table_info(m.name) c WHERE c.name = d.name)",
		   "NULL");
	sqlite3_close(db);
}

static void rows_fit_the_widest_row(void **state)
{
	(void)state;
	for (int i = 0; i < NR_NUMBER_TABLES; i++)
		assert_true(schema_number_tables[i].nr_columns <=
			    MAX_STAT_COLUMNS);
}

static void runs_of_one_trace_share_its_row(void **state)
{
	const char *path = scratch("shared.db");
	struct trace_header header = tiny_header();
	struct results *results = begin(path);
	sqlite3 *db;

	(void)state;
	results_begin_run(results, &header, &facts, &host);
	assert_int_equal(results_run_id(results), 2);
	header.counts.lost = 1; /* the same bytes, read in another way */
	results_begin_run(results, &header, &facts, &host);
	assert_int_equal(results_run_id(results), 3);
	results_close(results);
	db = open_db(path);
	assert_sql(db, "SELECT group_concat(trace_id) FROM run", "1,1,2");
	sqlite3_close(db);
}

/* --- ratios, by hand ----------------------------------------------------- */

/*
 * One cache: slots of 100 bytes, 40 in a slab of one page. Two nodes.
 *
 * node 0: 2 full, 3 partial, 1 free slab: 240 slots. Free in slabs: the 40
 * of the free slab and 30 in partial ones. 150 live, 20 cached (240-70=170).
 * 150 live objects asked for 12000 bytes, in 15000 bytes of slots.
 *   internal 100*(15000-12000)/15000 = 20
 *   slab     30 of the 200 slots in full and partial slabs = 15
 *   cached   20 of 170 = 11.7647
 *   unused   100 - 100*12000/(6*4096=24576) = 51.1719
 *   fewest   150/40 -> 4 slabs, 4 pages; held 6
 *
 * node 1: nothing but one free slab. No live object, no used slab: NULL.
 *   unused   100
 *
 * Both: internal and slab as node 0; unused 100-100*12000/(7*4096) = 58.1473.
 */
static int64_t node_row[2][NR_NODE_COLUMNS];

static void fill_node_rows(void)
{
	int64_t *a = node_row[0], *b = node_row[1];

	memset(node_row, 0, sizeof(node_row));
	a[NODE_COLUMN_slabs_full] = 2;
	a[NODE_COLUMN_slabs_partial] = 3;
	a[NODE_COLUMN_slabs_free] = 1;
	a[NODE_COLUMN_free_objs] = 70;
	a[NODE_COLUMN_live_objs] = 150;
	a[NODE_COLUMN_cached_objs] = 20;
	a[NODE_COLUMN_shared_avail_objs] = 5;
	a[NODE_COLUMN_requested_bytes] = 12000;
	a[NODE_COLUMN_grown] = 6;
	a[NODE_COLUMN_alienoverflow] = 1;
	a[NODE_COLUMN_maxfreeable] = 2;
	b[NODE_COLUMN_slabs_free] = 1;
	b[NODE_COLUMN_free_objs] = 40;
	b[NODE_COLUMN_shared_avail_objs] = STAT_ABSENT;
	b[NODE_COLUMN_grown] = 3;
	b[NODE_COLUMN_reaped] = 2;
	b[NODE_COLUMN_destroyed] = 2;
	b[NODE_COLUMN_maxfreeable] = 3;
}

static const struct cache_info info = {
	.name = "buffer",
	.buffer_bytes = 100,
	.user_bytes = 96,
	.num = 40,
	.limit = 120,
	.batchcount = 60,
	.shared = 8,
};

/*
 * CPU 0: 90 hits, 10 misses; 30 free hits, 10 misses; 4 remote frees.
 * CPU 1: never used.
 *   alloc 90, free 75; remote 4 of 44 = 9.0909; overflow 1 of 4 = 25
 */
static void store_sample(struct results *results, const int64_t *node_ids,
			 const int64_t *cpu_ids)
{
	struct cache_row cache = { .chain_position = 0,
				   .info = &info,
				   .page_bytes = 4096 };
	struct sample_row sample = { .k = 0, .keyframe = true };
	struct node_pages pages = { 100, 6, 9, 12 };
	int64_t cpu[2][NR_CPU_COLUMNS] = { {
		[CPU_COLUMN_allochit] = 90,
		[CPU_COLUMN_allocmiss] = 10,
		[CPU_COLUMN_freehit] = 30,
		[CPU_COLUMN_freemiss] = 10,
		[CPU_COLUMN_remotefrees] = 4,
		[CPU_COLUMN_avail_objs] = 15,
	} };
	int64_t maxima[NR_CACHE_COLUMNS] = { 170, 200, 0 };
	int64_t cache_id = results_add_cache(results, &cache);
	int64_t id = results_add_sample(results, &sample);

	results_add_stat(results, STAT_OF_CACHE, id, cache_id, 0, maxima);
	for (int i = 0; i < 2; i++) {
		results_add_stat(results, STAT_OF_CPU, id, cache_id, cpu_ids[i],
				 cpu[i]);
		results_add_stat(results, STAT_OF_NODE, id, cache_id,
				 node_ids[i], node_row[i]);
		results_add_node_pages(results, id, node_ids[i], &pages);
	}
}

static sqlite3 *handmade(const char *name)
{
	const char *path = scratch(name);
	struct results *results = begin(path);
	int64_t nodes[2], cpus[2];

	fill_node_rows();
	for (uint32_t i = 0; i < 2; i++) {
		nodes[i] = results_add_node(results, i, 100);
		cpus[i] = results_add_cpu(results, i, nodes[i]);
	}
	store_sample(results, nodes, cpus);
	results_commit(results);
	assert_int_equal(results_settle(results), 0);
	results_close(results);
	return open_db(path);
}

static void fragmentation_is_as_defined(void **state)
{
	sqlite3 *db = handmade("frag.db");

	(void)state;
	assert_sql(db,
		   "SELECT printf('%.4f %.4f %.4f %.4f',"
		   " internal_frag_pct, slab_frag_pct, cached_pct,"
		   " unused_pct) FROM v_frag WHERE node = 0",
		   "20.0000 15.0000 11.7647 51.1719");
	assert_sql(db,
		   "SELECT pages || ' ' || fewest_pages FROM v_frag"
		   " WHERE node = 0",
		   "6 4");
	assert_sql(db,
		   "SELECT ((internal_frag_pct IS NULL)"
		   " + (slab_frag_pct IS NULL) + (cached_pct IS NULL))"
		   " || ' ' || unused_pct FROM v_frag WHERE node = 1",
		   "3 100.0");
	assert_sql(db,
		   "SELECT printf('%.4f %.4f %.4f %.4f',"
		   " internal_frag_pct, slab_frag_pct, cached_pct,"
		   " unused_pct) FROM v_frag_cache",
		   "20.0000 15.0000 11.7647 58.1473");
	assert_sql(db,
		   "SELECT printf('%.4f %.4f %.4f %.4f',"
		   " internal_frag_pct, slab_frag_pct, cached_pct,"
		   " unused_pct) FROM v_sample",
		   "20.0000 15.0000 11.7647 58.1473");
	assert_sql(db,
		   "SELECT full_pages || ' ' || partial_pages || ' ' ||"
		   " free_pages || ' ' || live_bytes FROM v_sample",
		   "2 3 2 15000");
	sqlite3_close(db);
}

static void hit_rates_are_as_defined(void **state)
{
	sqlite3 *db = handmade("hit.db");

	(void)state;
	assert_sql(db,
		   "SELECT printf('%.4f %.4f %.4f %.4f', alloc_hit_pct,"
		   " free_hit_pct, remote_free_pct, alien_overflow_pct)"
		   " FROM v_hit",
		   "90.0000 75.0000 9.0909 25.0000");
	assert_sql(db, "SELECT alloc_hit_pct FROM v_cpu WHERE cpu = 1", "NULL");
	assert_sql(db, "SELECT avail_bytes FROM v_cpu WHERE cpu = 0", "1500");
	sqlite3_close(db);
}

/* 7 slabs of 40: 280 slots, 110 free in slabs, so 170 are active. */
static void slabinfo_adds_nodes_and_cpus(void **state)
{
	sqlite3 *db = handmade("slabinfo.db");

	(void)state;
	assert_sql(db,
		   "SELECT active_objs || ' ' || num_objs || ' ' || objsize"
		   " || ' ' || objperslab || ' ' || pagesperslab || ' ' ||"
		   " tunable_limit || ' ' || batchcount || ' ' ||"
		   " sharedfactor || ' ' || active_slabs || ' ' ||"
		   " num_slabs || ' ' || sharedavail || ' ' || maxobjs ||"
		   " ' ' || grown || ' ' || reaped || ' ' || maxfreeable"
		   " || ' ' || remotefrees || ' ' || alienoverflow || ' '"
		   " || allochit || ' ' || allocmiss || ' ' || freehit ||"
		   " ' ' || freemiss FROM v_slabinfo",
		   "170 280 100 40 1 120 60 8 5 7 5 200 9 2 3 4 1 90 10 30 10");
	assert_sql(db,
		   "SELECT sum(in_use_pages) || ' ' || sum(peak_pages)"
		   " FROM v_node",
		   "12 18");
	sqlite3_close(db);
}

/* --- losses and names ---------------------------------------------------- */

static void losses_are_named_and_counted(void **state)
{
	const char *path = scratch("loss.db");
	struct trace_header header = tiny_header();
	struct results *results = open_results(path);
	struct replay_counts counts = { .skipped_frees = 5 };
	struct run_end end = { .complete = true, .counts = &counts };
	struct cache_def def = { .name = "guess",
				 .identity = IDENTITY_SIZE,
				 .reason = "r",
				 .allocs = 9 };
	struct cache_row row = { .chain_position = -1,
				 .def = &def,
				 .identity = "size" };
	struct trace_loss places[] = {
		{ .from_ns = 3, .until_ns = 5, .events = 4, .cpu = 1 },
		{ .from_ns = 0, .until_ns = 8, .events = 0, .cpu = 0 },
	};
	sqlite3 *db;

	(void)state;
	header.counts.lost = 12;
	header.losses = places;
	header.nr_losses = 2;
	results_begin_run(results, &header, &facts, &host);
	results_add_cache(results, &row);
	results_finish(results, &end);
	assert_int_equal(results_settle(results), 0);
	results_close(results);
	db = open_db(path);
	assert_sql(db,
		   "SELECT group_concat(kind || ' ' || count, ', ')"
		   " FROM v_loss WHERE count > 0",
		   "lost_events 12, guessed_allocs 9, skipped_frees 5, "
		   "uncreated_caches 1");
	/* four in one place, and one place without a number: 12 - 4 - 1 */
	assert_sql(db,
		   "SELECT group_concat(kind || ' ' || untimed) FROM v_loss",
		   "lost_events 7");
	assert_sql(db,
		   "SELECT group_concat(cpu || ' ' || after_ns || ' ' ||"
		   " time_ns || ' ' || ifnull(lost_events, '?'), ', ')"
		   " FROM (SELECT * FROM v_event_loss ORDER BY time_ns)",
		   "1 3 5 4, 0 0 8 ?");
	assert_sql(db, "SELECT status FROM run", "complete");
	sqlite3_close(db);
}

static void names_are_data(void **state)
{
	static const char name[] = "x'); DROP TABLE run; --\n%s`id`\"\xff";
	const char *path = scratch("names.db");
	struct results *results = begin(path);
	struct cache_info hostile = info;
	struct cache_row row = { .chain_position = 0,
				 .info = &hostile,
				 .page_bytes = 4096 };
	sqlite3 *db;
	char *got;

	(void)state;
	hostile.name = name;
	assert_true(results_add_cache(results, &row) > 0);
	results_commit(results);
	assert_int_equal(results_settle(results), 0);
	results_close(results);
	db = open_db(path);
	got = ask_text(db, "SELECT name FROM cache");
	assert_string_equal(got, name);
	free(got);
	assert_sql(db, "SELECT count(*) FROM run", "1");
	sqlite3_close(db);
}

/* --- files that are not ours --------------------------------------------- */

static int open_error(const char *path)
{
	struct trace_header header = tiny_header();
	struct results *results = results_open(path);
	int code;

	results_begin_run(results, &header, &facts, &host);
	code = results_settle(results);

	results_close(results);
	return code;
}

/* Both sides refuse with the code, and the file keeps its bytes. */
static void assert_refused(const char *path, int code)
{
	struct report_error report_error;

	assert_int_equal(open_error(path), code);
	assert_null(report_open(path, &report_error));
	assert_int_equal(report_error.code, code);
}

static void foreign_files_are_refused(void **state)
{
	char path[4096];
	sqlite3 *db;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch("foreign.db"));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run_sql_in(db, "CREATE TABLE diary (text)");
	sqlite3_close(db);
	assert_refused(path, -EBADMSG);
	db = open_db(path);
	assert_sql(db, "SELECT group_concat(name) FROM sqlite_master", "diary");
	sqlite3_close(db);

	snprintf(path, sizeof(path), "%s", scratch("text.db"));
	file = fopen(path, "w");
	fputs("these are not the bytes you are looking for\n", file);
	fclose(file);
	assert_refused(path, -EBADMSG);
}

static void newer_schemas_are_refused(void **state)
{
	char path[4096];
	sqlite3 *db;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch("newer.db"));
	results_close(begin(path));
	db = open_db(path);
	run_sql_in(db, "PRAGMA user_version = 99");
	sqlite3_close(db);
	assert_refused(path, -ENOTSUP);
}

static void directories_are_errors(void **state)
{
	(void)state;
	assert_int_equal(open_error("/"), -EIO);
	assert_int_equal(open_error("/nonexistent/run.db"), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file_is_ours),
		cmocka_unit_test(nothing_begun_leaves_no_file),
		cmocka_unit_test(nothing_committed_leaves_no_file),
		cmocka_unit_test(what_others_committed_stays),
		cmocka_unit_test(both_ways_make_the_same_file),
		cmocka_unit_test(every_view_works),
		cmocka_unit_test(every_column_is_in_the_dictionary),
		cmocka_unit_test(rows_fit_the_widest_row),
		cmocka_unit_test(runs_of_one_trace_share_its_row),
		cmocka_unit_test(fragmentation_is_as_defined),
		cmocka_unit_test(hit_rates_are_as_defined),
		cmocka_unit_test(slabinfo_adds_nodes_and_cpus),
		cmocka_unit_test(losses_are_named_and_counted),
		cmocka_unit_test(names_are_data),
		cmocka_unit_test(foreign_files_are_refused),
		cmocka_unit_test(newer_schemas_are_refused),
		cmocka_unit_test(directories_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
