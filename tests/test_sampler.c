/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples of a real trace: what the views carry forward is what full sampling
 * stores; sampling changes nothing; the database agrees with the machine.
 */
#define _POSIX_C_SOURCE 200809L

#include "tests/results_fixture.h"

#include "sim/cli.h"
#include "sim/run.h"
#include "sim/sampler.h"
#include "traces/import.h"

#define TRACE "traces/samples/fork-100k/trace.txt.xz"

static char slt_path[4096];

static int import_once(void **state)
{
	struct import_options options = { .strict = false };
	struct import_report report;
	struct trace_error error = { "" };

	(void)state;
	snprintf(slt_path, sizeof(slt_path), "%s", scratch("sampler.slt"));
	if (trace_import(TRACE, slt_path, &options, &report, &error))
		fail_msg("%s", error.text);
	return 0;
}

static struct slt_reader *open_slt(void)
{
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(slt_path, &error);

	if (!reader)
		fail_msg("%s", error.text);
	return reader;
}

static const struct machine_config config = {
	.profile = &slab_profile_2_6_36,
	.nr_nodes = 2,
	.nr_cpus = 4,
	.node_pages = 1 << 20,
};

/* The trace run into a new database of that name; its path stays valid. */
static void run_into(char *path, const char *name, uint64_t steps,
		     uint32_t keyframe)
{
	struct run_options options = {
		.reader = open_slt(),
		.machine = config,
		.steps = steps,
		.keyframe = keyframe,
		.facts = { .config_json = "{}",
			   .machine = "m",
			   .profile = "p",
			   .nodes = 2,
			   .cpus = 4,
			   .hz = 1000,
			   .page_bytes = 4096 },
	};
	struct run_outcome outcome;

	snprintf(path, 4096, "%s", scratch(name));
	options.results = open_results(path);
	if (run_trace(&options, &outcome) != EXIT_OK)
		fail_msg("%s", outcome.error);
	results_close(options.results);
	slt_close(options.reader);
}

/* A database of another run beside the first, as "other". */
static sqlite3 *open_both(const char *path, const char *other)
{
	sqlite3 *db = open_db(path);
	char *sql = sqlite3_mprintf("ATTACH %Q AS other", other);

	run_sql_in(db, sql);
	sqlite3_free(sql);
	return db;
}

/* Rows of a view that the other database does not have. */
static void assert_same(sqlite3 *db, const char *what)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM (SELECT %s"
		 " EXCEPT SELECT %s)",
		 what, what);
	/* the second FROM names the other file */
	char *from = strstr(strstr(sql, "EXCEPT"), "FROM ") + 5;

	memmove(from + 6, from, strlen(from) + 1);
	memcpy(from, "other.", 6);
	assert_sql(db, sql, "0");
}

/*
 * With a keyframe every sample, everything is stored; with one every 10th,
 * less; with none but the first, least. The views show no difference.
 */
static void values_are_carried_forward(void **state)
{
	char full[4096], sparse[4096], sparsest[4096];
	const char *others[] = { sparse, sparsest };
	sqlite3 *db;

	(void)state;
	run_into(full, "full.db", 50, 1);
	run_into(sparse, "sparse.db", 50, 10);
	run_into(sparsest, "sparsest.db", 50, 1000);
	for (int i = 0; i < 2; i++) {
		db = open_both(full, others[i]);
		assert_same(db, "* FROM v_node_stat");
		assert_same(db, "* FROM v_cpu_stat");
		assert_same(db, "* FROM v_cache_stat");
		assert_same(db, "* FROM v_slabinfo");
		assert_same(db, "* FROM v_sample");
		/* every sample x cache x node of the full one is there */
		assert_sql(db,
			   "SELECT (SELECT count(*) FROM v_node_stat) ="
			   " (SELECT count(*) FROM other.v_node_stat)",
			   "1");
		assert_sql(db,
			   "SELECT (SELECT count(*) FROM node_stat) >"
			   " 2 * (SELECT count(*) FROM other.node_stat)",
			   "1");
		sqlite3_close(db);
	}
	db = open_db(full);
	assert_sql(db,
		   "SELECT count(*) = (SELECT count(*) FROM v_cpu_stat)"
		   " FROM cpu_stat",
		   "1");
	assert_sql(db, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	sqlite3_close(db);
}

/* Samples look, and do no more: few or many, the machine ends the same. */
static void sampling_changes_nothing(void **state)
{
	char few[4096], many[4096];
	sqlite3 *db;

	(void)state;
	run_into(few, "few.db", 1, 1);
	run_into(many, "many.db", 777, 10);
	db = open_both(few, many);
	assert_same(db, "cache_id, name, active_objs, num_objs, active_slabs,"
			" listallocs, grown, reaped, allochit, freemiss"
			" FROM v_slabinfo WHERE time_ns ="
			" (SELECT end_ns FROM run)");
	assert_sql(db, "SELECT max(k) FROM other.sample", "777");
	assert_sql(db, "SELECT max(k) FROM sample", "1");
	sqlite3_close(db);
}

/* The nodes' own count of pages is that of the slabs, at every sample. */
static void pages_are_accounted_for(void **state)
{
	char path[4096];
	sqlite3 *db;

	(void)state;
	run_into(path, "pages.db", 100, 10);
	db = open_db(path);
	assert_sql(db,
		   "SELECT count(*) FROM v_node"
		   " WHERE in_use_pages <> pages",
		   "0");
	/* slots are live, cached or free */
	assert_sql(db,
		   "SELECT count(*) FROM v_frag f JOIN cache c"
		   " ON c.id = f.cache_id WHERE f.live_objs + f.cached_objs"
		   " + f.free_objs <> (f.slabs_full + f.slabs_partial +"
		   " f.slabs_free) * c.objs_per_slab",
		   "0");
	/* allocations and frees of the replay are those of the counters */
	assert_sql(db,
		   "SELECT sum(requested_bytes) <= sum(live_bytes)"
		   " FROM v_sample",
		   "1");
	sqlite3_close(db);
}

/* --- against the machine itself ------------------------------------------ */

static void assert_line(sqlite3 *db, const char *name,
			const struct slabinfo *info)
{
	char *sql = sqlite3_mprintf(
		"SELECT active_objs || ' ' || num_objs ||"
		" ' ' || active_slabs || ' ' || num_slabs || ' ' || sharedavail"
		" || ' ' || listallocs || ' ' || maxobjs || ' ' || grown || ' '"
		" || reaped || ' ' || maxfreeable || ' ' || nodeallocs || ' '"
		" || remotefrees || ' ' || alienoverflow || ' ' || allochit ||"
		" ' ' || allocmiss || ' ' || freehit || ' ' || freemiss"
		" FROM v_slabinfo WHERE name = %Q"
		" AND sample_id = (SELECT max(id) FROM sample)",
		name);
	char *want = sqlite3_mprintf(
		"%llu %llu %llu %llu %llu %llu %llu %llu "
		"%llu %llu %llu %llu %llu %llu %llu %llu %llu",
		info->active_objs, info->num_objs, info->active_slabs,
		info->num_slabs, info->shared_avail, info->node.listallocs,
		info->cache.maxobjs, info->node.grown, info->node.reaped,
		info->node.maxfreeable, info->node.nodeallocs,
		info->cpu.remotefrees, info->node.alienoverflow,
		info->cpu.allochit, info->cpu.allocmiss, info->cpu.freehit,
		info->cpu.freemiss);

	assert_sql(db, sql, want);
	sqlite3_free(sql);
	sqlite3_free(want);
}

/* The whole trace without samples, on a machine that stays at hand. */
static struct replay *replay_whole(struct slt_reader *reader)
{
	static struct event events[4096];
	const struct trace_header *header = slt_header(reader);
	struct replay_options options = { 0 };
	struct trace_error error = { "" };
	struct replay *replay =
		replay_create(header, &config, &options, &error);
	int nr;

	assert_non_null(replay);
	while ((nr = slt_read(reader, events, 4096, &error)) > 0)
		assert_int_equal(
			replay_events(replay, events, (size_t)nr, &error), 0);
	replay_advance(replay, header->end_ns);
	return replay;
}

static void slabinfo_is_the_machines(void **state)
{
	struct slt_reader *reader = open_slt();
	struct replay *replay = replay_whole(reader);
	struct machine *m = replay_machine(replay);
	struct cache_info cache;
	struct slabinfo info;
	char path[4096];
	uint32_t position = 0;
	sqlite3 *db;

	(void)state;
	run_into(path, "machine.db", 10, 10);
	db = open_db(path);
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c), position++) {
		kmem_cache_info(m, c, &cache);
		kmem_slabinfo(m, c, &info);
		assert_line(db, cache.name, &info);
	}
	assert_true(position > 40);
	/* in the order of the chain */
	kmem_cache_info(m, machine_first_cache(m), &cache);
	assert_sql(db,
		   "SELECT name FROM v_slabinfo WHERE k = 0"
		   " ORDER BY chain_position DESC",
		   cache.name);
	sqlite3_close(db);
	replay_destroy(replay);
	slt_close(reader);
}

/* Sample 0 is the machine after boot; no event has touched it. */
static void sample_0_precedes_the_events(void **state)
{
	char path[4096];
	sqlite3 *db;

	(void)state;
	run_into(path, "first.db", 10, 10);
	db = open_db(path);
	assert_sql(db,
		   "SELECT events || ' ' || time_ns FROM sample"
		   " WHERE k = 0",
		   "0 0");
	assert_sql(db,
		   "SELECT events = (SELECT events FROM run) AND"
		   " time_ns = (SELECT end_ns FROM run) FROM sample"
		   " WHERE k = 10",
		   "1");
	assert_sql(db,
		   "SELECT count(*) FROM v_slabinfo WHERE k = 0 AND name"
		   " = 'vm_area_struct' AND allochit + allocmiss > 0",
		   "0");
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_carried_forward),
		cmocka_unit_test(sampling_changes_nothing),
		cmocka_unit_test(pages_are_accounted_for),
		cmocka_unit_test(slabinfo_is_the_machines),
		cmocka_unit_test(sample_0_precedes_the_events),
	};

	return cmocka_run_group_tests(tests, import_once, NULL);
}
