/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of /proc/slabinfo, as their kernels printed them, into tables.
 */
#define _POSIX_C_SOURCE 200809L

#include "tests/trace_fixture.h"
#include "traces/slabinfo_file.h"

#include <errno.h>

static struct slabinfo_file file;
static struct trace_error error;

static int read_text(const char *text)
{
	char path[512];

	write_file(scratch(path, "slabinfo"), text, strlen(text));
	return slabinfo_file_read(path, &file, &error);
}

static int release(void **state)
{
	(void)state;
	slabinfo_file_release(&file);
	return 0;
}

#define HEAD_21 "slabinfo - version: 2.1\n# name <active_objs> ...\n"

static void plain_2_1(void **state)
{
	const struct slabinfo_row *row;

	(void)state;
	assert_int_equal(
		read_text(HEAD_21
			  "dentry  4536 4557 192 21 1 : tunables 120 60 8 : "
			  "slabdata 216 217 7\n"),
		0);
	assert_string_equal(file.version, "2.1");
	assert_false(file.slub);
	row = slabinfo_file_find(&file, "dentry");
	assert_non_null(row);
	assert_int_equal(row->active_objs, 4536);
	assert_int_equal(row->num_objs, 4557);
	assert_int_equal(row->objsize, 192);
	assert_int_equal(row->objperslab, 21);
	assert_int_equal(row->pagesperslab, 1);
	assert_int_equal(row->limit, 120);
	assert_int_equal(row->batchcount, 60);
	assert_int_equal(row->shared, 8);
	assert_int_equal(row->active_slabs, 216);
	assert_int_equal(row->num_slabs, 217);
	assert_int_equal(row->shared_avail, 7);
	assert_false(row->has_stats);
	assert_int_equal(slabinfo_row_in_use(row), -1);
	assert_null(slabinfo_file_find(&file, "dentr"));
}

/* In use: 6542 + 22 + 3 - 6476 - 1 - 82 = 8. */
static void statistics_2_1(void **state)
{
	const struct slabinfo_row *row;

	(void)state;
	assert_int_equal(
		read_text(
			HEAD_21
			"maple_node 304 304 256 16 1 : tunables 120 60 8 : slabdata "
			"19 19 106 : globalstat 304 305 19 2 0 4 3 82 5 : cpustat "
			"6542 22 6476 1\n"),
		0);
	row = &file.rows[0];
	assert_true(row->has_stats);
	assert_int_equal(row->listallocs, 304);
	assert_int_equal(row->maxobjs, 305);
	assert_int_equal(row->grown, 19);
	assert_int_equal(row->reaped, 2);
	assert_int_equal(row->maxfreeable, 4);
	assert_int_equal(row->nodeallocs, 3);
	assert_int_equal(row->remotefrees, 82);
	assert_int_equal(row->alienoverflow, 5);
	assert_int_equal(row->allochit, 6542);
	assert_int_equal(row->freemiss, 1);
	assert_int_equal(slabinfo_row_in_use(row), 8);
}

/* The seventh number of 2.0 is the free limit, not nodeallocs. */
static void statistics_2_0(void **state)
{
	(void)state;
	assert_int_equal(
		read_text(
			"slabinfo - version: 2.0 (statistics)\n"
			"size-40 2088 9760 64 61 1 : tunables 32 16 8 : slabdata 160 "
			"160 0 : globalstat 3324 2010 160 0 0 0 173 : cpustat 5675 "
			"213 3945 2\n"),
		0);
	assert_string_equal(file.version, "2.0");
	assert_int_equal(file.rows[0].nodeallocs, 0);
	/* 5675 + 213 - 3945 - 2 */
	assert_int_equal(slabinfo_row_in_use(&file.rows[0]), 1941);
}

/*
 * From 4.20 on (kmalloc-rcl-*), an allocation from another node that adds a
 * slab is not in nodeallocs. A mempool's 4096-byte cache on a recorded machine:
 * 38 objects in use, none in an array; 82 + 0 - 45 - 2 - 16 = 19 by the
 * counters; of 101 slabs grown, misses (82, each of one object a slab) cannot
 * have added 19. dentry: 2 of 42 node allocations on slabs of 21 were the
 * first, rounded down: 42 / 20. names: one freed more than counted as
 * allocated; nothing is in use.
 */
static void uncounted_node_allocations(void **state)
{
	(void)state;
	assert_int_equal(
		read_text(
			HEAD_21
			"biovec-max 38 38 4096 1 1 : tunables 24 12 8 : "
			"slabdata 38 38 0 : globalstat 82 58 101 63 0 0 0 16 1 "
			": cpustat 0 82 45 2\n"
			"dentry 100 105 192 21 1 : tunables 120 60 8 : "
			"slabdata 5 5 0 : globalstat 168 9 10 0 0 0 42 0 0 "
			": cpustat 50 10 40 0\n"
			"names 9 9 4096 1 1 : tunables 24 12 8 : slabdata 9 9 "
			"0 : globalstat 5 9 5 0 0 0 0 0 0 : cpustat 10 5 16 0\n"
			"kmalloc-rcl-64 0 0 64 64 1 : tunables 120 60 8 : "
			"slabdata 0 0 0 : globalstat 0 0 0 0 0 0 0 0 0 : "
			"cpustat 0 0 0 0\n"),
		0);
	assert_int_equal(slabinfo_row_in_use(&file.rows[0]), 38);
	/* 50 + 10 + 42 - 40 = 62, and 10 grown - min(10, 168 / 21 = 8) = 2 */
	assert_int_equal(slabinfo_row_in_use(&file.rows[1]), 64);
	assert_int_equal(slabinfo_row_in_use(&file.rows[2]), 0);
	assert_int_equal(slabinfo_row_in_use(&file.rows[3]), 0);
}

/* 1.1 with everything: six numbers, then groups without words. */
static void version_1_1(void **state)
{
	const struct slabinfo_row *row;

	(void)state;
	assert_int_equal(
		read_text(
			"slabinfo - version: 1.1 (statistics) (SMP)\n"
			"kmem_cache 60 78 100 2 2 1 : 60 64 2 0 0 : 252 126 : "
			"10 2 3 0\n"),
		0);
	row = slabinfo_file_find(&file, "kmem_cache");
	assert_non_null(row);
	assert_int_equal(row->objsize, 100);
	assert_int_equal(row->active_slabs, 2);
	assert_int_equal(row->num_slabs, 2);
	assert_int_equal(row->pagesperslab, 1);
	assert_int_equal(row->objperslab, 39);
	assert_int_equal(row->maxobjs, 60);
	assert_int_equal(row->grown, 2);
	assert_int_equal(row->limit, 252);
	assert_int_equal(row->batchcount, 126);
	assert_int_equal(row->allocmiss, 2);
	assert_int_equal(slabinfo_row_in_use(row), 9);
}

static void names_with_blanks_and_colons(void **state)
{
	(void)state;
	assert_int_equal(
		read_text(
			HEAD_21
			"kmalloc-64(59:session-c1) 1 64 64 64 1 : tunables 0 0 0 : "
			"slabdata 1 1 0\n"
			"dm io 3 64 64 64 1 : tunables 0 0 0 : slabdata 1 1 0\n"),
		0);
	assert_string_equal(file.rows[0].name, "kmalloc-64(59:session-c1)");
	assert_string_equal(file.rows[1].name, "dm io");
	assert_int_equal(file.rows[1].active_objs, 3);
	assert_true(file.slub);
}

static void bad_lines(void **state)
{
	static const char *const lines[] = {
		"dentry 1 2 192 21\n",                /* too few */
		" 1 2 192 21 1\n",                    /* no name */
		"dentry 1 2 192 21 1 : tunables 1\n", /* too few */
		"dentry 1 2 192 21 1 : wonders 1 2 3\n",
		"dentry 1 2 -192 21 1\n",
		"dentry 3 2 192 21 1 : slabdata 1 1 0\n", /* more than all */
		"dentry 1 2 192 21 1 : slabdata 2 1 0\n",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), HEAD_21 "%s", lines[i]);
		assert_int_equal(read_text(text), -EBADMSG);
		assert_non_null(strstr(error.text, "slabinfo:3: expected"));
	}
	assert_int_equal(read_text("slabinfo - version: 3.0\n"), -EBADMSG);
	assert_non_null(strstr(error.text, ":1: expected slabinfo of version"));
	assert_int_equal(read_text(""), -EBADMSG);
	assert_non_null(strstr(error.text, "no rows"));
	assert_int_equal(slabinfo_file_read("/nonexistent/x", &file, &error),
			 -ENOENT);
}

/* The machine's own copy beside a bundled recording. */
static void a_whole_file(void **state)
{
	(void)state;
	assert_int_equal(
		slabinfo_file_read("traces/samples/fork-100k/slabinfo.t0",
				   &file, &error),
		0);
	assert_int_equal(file.nr, 145);
	assert_non_null(slabinfo_file_find(&file, "task_struct"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(plain_2_1, release),
		cmocka_unit_test_teardown(statistics_2_1, release),
		cmocka_unit_test_teardown(statistics_2_0, release),
		cmocka_unit_test_teardown(uncounted_node_allocations, release),
		cmocka_unit_test_teardown(version_1_1, release),
		cmocka_unit_test_teardown(names_with_blanks_and_colons,
					  release),
		cmocka_unit_test_teardown(bad_lines, release),
		cmocka_unit_test_teardown(a_whole_file, release),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("slabinfo_file", tests, NULL, NULL);
}
