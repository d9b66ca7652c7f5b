/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the writer of results waits for the disk: counted where SQLite asks for
 * it. A wait too many costs a short run as much as all of its rows; one too few
 * risks runs that are in the file already.
 */
#define _POSIX_C_SOURCE 200809L

#include "tests/results_fixture.h"

#include <stdatomic.h>

/* --- counting ------------------------------------------------------------ */

#define MAX_METHODS 8

/* SQLite's own methods and ours in their place, by kind of file. */
static struct {
	const sqlite3_io_methods *real;
	sqlite3_io_methods counting;
} methods[MAX_METHODS];

static int (*real_open)(sqlite3_vfs *, const char *, sqlite3_file *, int,
			int *);
static atomic_int nr_syncs;

static int count_sync(sqlite3_file *file, int flags)
{
	nr_syncs++;
	for (int i = 0; i < MAX_METHODS; i++) {
		if (file->pMethods == &methods[i].counting)
			return methods[i].real->xSync(file, flags);
	}
	return SQLITE_MISUSE;
}

static int open_counted(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
			int flags, int *out_flags)
{
	int code = real_open(vfs, name, file, flags, out_flags);

	for (int i = 0; !code && file->pMethods && i < MAX_METHODS; i++) {
		if (methods[i].real && methods[i].real != file->pMethods)
			continue;
		methods[i].real = file->pMethods;
		methods[i].counting = *file->pMethods;
		methods[i].counting.xSync = count_sync;
		file->pMethods = &methods[i].counting;
		break;
	}
	return code;
}

static int count_syncs(void **state)
{
	static sqlite3_vfs vfs;

	(void)state;
	sqlite3_initialize();
	vfs = *sqlite3_vfs_find(NULL);
	real_open = vfs.xOpen;
	vfs.xOpen = open_counted;
	vfs.zName = "counted";
	return sqlite3_vfs_register(&vfs, 1);
}

static void settle(struct results *results)
{
	struct database_error error;

	results_settle(results);
	if (results_error(results, &error))
		fail_msg("%s", error.text);
}

/* --- runs ---------------------------------------------------------------- */

static void start_run(struct results *results)
{
	struct trace_header header = { .cpus = 1, .digest = "00ff" };
	const struct run_facts facts = { .config_json = "{}",
					 .machine = "m",
					 .profile = "p" };
	const struct host_facts host = { .command_line = "slabsim run" };

	results_begin_run(results, &header, &facts, &host);
}

static void begin_run(struct results *results)
{
	start_run(results);
	settle(results);
}

static void end_run(struct results *results)
{
	struct replay_counts counts = { 0 };
	struct run_end end = { .complete = true, .counts = &counts };

	results_finish(results, &end);
	settle(results);
}

static int syncs_of(void (*work)(struct results *), struct results *results)
{
	nr_syncs = 0;
	work(results);
	return nr_syncs;
}

static void add_row(struct results *results)
{
	static uint32_t node;

	results_add_node(results, node++, 100);
	results_commit(results);
	settle(results);
}

static void a_new_file_is_not_waited_for(void **state)
{
	struct results *results = open_results(scratch("new.db"));

	(void)state;
	assert_int_equal(syncs_of(begin_run, results), 0);
	assert_int_equal(syncs_of(add_row, results), 0);
	assert_int_equal(syncs_of(end_run, results), 0);
	results_close(results);
}

static void an_old_file_is_synced_by_every_commit(void **state)
{
	const char *path = scratch("old.db");
	struct results *results = open_results(path);

	(void)state;
	begin_run(results);
	end_run(results);
	results_close(results);
	results = open_results(path);
	assert_true(syncs_of(begin_run, results) > 1);
	assert_true(syncs_of(add_row, results) > 1);
	assert_true(syncs_of(end_run, results) > 1);
	results_close(results);
}

/* The file is as new, but what the other wrote is not ours to risk. */
static void a_commit_of_others_ends_that(void **state)
{
	const char *path = scratch("others.db");
	struct results *results = open_results(path), *other;

	(void)state;
	begin_run(results);
	assert_int_equal(syncs_of(add_row, results), 0);
	other = open_results(path);
	assert_true(syncs_of(begin_run, other) > 1);
	assert_true(syncs_of(add_row, results) > 1);
	assert_true(syncs_of(add_row, other) > 1);
	results_close(other);
	results_close(results);
}

/* Both saw no file; who comes second must not think it his own. */
static void only_one_of_two_made_it(void **state)
{
	const char *path = scratch("two.db");
	struct results *first = results_open(path);
	struct results *second = results_open(path);
	int syncs = 0;

	(void)state;
	/* whoever makes the file keeps it to himself until his run has begun */
	start_run(first);
	start_run(second);
	settle(first);
	settle(second);
	syncs += syncs_of(add_row, first) > 1;
	syncs += syncs_of(add_row, second) > 1;
	assert_int_equal(syncs, 2);
	results_close(first);
	results_close(second);
}

/* What others put into it before our first row is not ours to risk either. */
static void others_may_be_first(void **state)
{
	const char *path = scratch("first.db");
	struct database_error error;
	struct database *ours = database_open(path, NULL, 0, &error);
	struct results *other = open_results(path);

	(void)state;
	assert_non_null(ours);
	begin_run(other);
	nr_syncs = 0;
	assert_int_equal(database_run(ours, "DELETE FROM metric_def"), 0);
	assert_int_equal(database_commit(ours), 0);
	assert_true(nr_syncs > 1);
	database_close(ours);
	results_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file_is_not_waited_for),
		cmocka_unit_test(an_old_file_is_synced_by_every_commit),
		cmocka_unit_test(a_commit_of_others_ends_that),
		cmocka_unit_test(only_one_of_two_made_it),
		cmocka_unit_test(others_may_be_first),
	};

	return cmocka_run_group_tests(tests, count_syncs, NULL);
}
