/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user knows: map files and slabinfo of the traced machine, alone and
 * in an import.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"
#include "traces/cache_map.h"

#include <errno.h>

#define AT(cpu, us, rest) \
	"              sh-72      [00" #cpu "] .....     5." us ": " rest "\n"
#define ALLOC(us, ptr, site, req, alloc)                                      \
	AT(0, us,                                                             \
	   "kmem_cache_alloc: call_site=" site " ptr=" ptr " bytes_req=" #req \
	   " bytes_alloc=" #alloc                                             \
	   " gfp_flags=GFP_KERNEL node=-1 accounted=false")
#define FREE(us, ptr, name) \
	AT(0, us,           \
	   "kmem_cache_free: call_site=killer+0x3/0x4 ptr=" ptr " name=" name)

static struct imported i;
static struct cache_map map;
static struct trace_error error;

static int release(void **state)
{
	(void)state;
	imported_release(&i);
	cache_map_release(&map);
	return 0;
}

static int read_map(const char *text)
{
	char path[512];

	write_file(scratch(path, "map"), text, strlen(text));
	return cache_map_read(path, &map, &error);
}

static void first_line_that_fits(void **state)
{
	(void)state;
	assert_int_equal(read_map("# caches of 5.4\n"
				  "\n"
				  "192 192 __d_alloc dentry   # by function\n"
				  "*   192 f*o+0x10/* exact_site\n"
				  "64  *   ?bc        three_letters\n"
				  "*   *   *          rest\n"),
			 0);
	assert_int_equal(map.nr, 4);
	assert_string_equal(cache_map_find(&map, 192, 192,
					   "__d_alloc+0x2b/0x190"),
			    "dentry");
	assert_string_equal(cache_map_find(&map, 7, 192, "foo+0x10/0x20"),
			    "exact_site");
	assert_string_equal(cache_map_find(&map, 7, 192, "foo+0x11/0x20"),
			    "rest");
	assert_string_equal(cache_map_find(&map, 64, 1, "abc+0x1/0x2"),
			    "three_letters");
	assert_string_equal(cache_map_find(&map, 64, 1, "abbc+0x1/0x2"),
			    "rest");
}

static void nothing_fits(void **state)
{
	(void)state;
	assert_int_equal(read_map("192 192 __d_alloc dentry\n"), 0);
	assert_null(cache_map_find(&map, 192, 192, "__d_alloc_x+0x1/0x2"));
	assert_null(cache_map_find(&map, 191, 192, "__d_alloc+0x1/0x2"));
	assert_null(cache_map_find(&map, 192, 192, ""));
}

static void bad_lines(void **state)
{
	static const char *const lines[] = {
		"192 192 dentry\n", "192 192 a b c\n",      "x 192 a b\n",
		"192 -1 a b\n",     "192 4294967296 a b\n", "192 1* a b\n",
		"* 1 a -\n",
	};
	char text[256];

	(void)state;
	for (size_t k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
		snprintf(text, sizeof(text), "# one\n%s", lines[k]);
		assert_int_equal(read_map(text), -EBADMSG);
		assert_non_null(strstr(error.text, "map:2: "));
	}
	assert_int_equal(cache_map_read("/nonexistent/map", &map, &error),
			 -ENOENT);
}

static struct import_options with(char path[512], const char *name,
				  const char *text, bool slabinfo)
{
	struct import_options options = { .infer = TRACE_INFER_ALL };

	write_file(scratch(path, name), text, strlen(text));
	if (slabinfo)
		options.slabinfo = path;
	else
		options.cache_map = path;
	return options;
}

/* SLUB merged two caches: its one name is wrong for one of them. */
static void map_overrides_names(void **state)
{
	char path[512];
	struct import_options options =
		with(path, "map", "* * getname_flags names_cache\n", false);

	(void)state;
	import_text(&i,
		    ALLOC("000000", "a1", "getname_flags+0x2b/0x1", 4096, 4096)
			    ALLOC("000001", "a2", "other+0x2b/0x1", 4096, 4096)
				    FREE("000002", "a1", "merged")
					    FREE("000003", "a2", "merged"),
		    &options);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.header->nr_caches, 2);
	assert_string_equal(i.header->caches[0].name, "names_cache");
	assert_int_equal(i.header->caches[0].identity, IDENTITY_GIVEN);
	assert_int_equal(i.header->caches[0].size_bytes, 4096);
	assert_non_null(
		strstr(i.header->caches[0].reason, "1 given by the map"));
	assert_string_equal(i.header->caches[1].name, "merged");
	assert_int_equal(i.events[2].cache, 0);
	assert_int_equal(i.events[3].cache, 1);
}

#define SLABINFO                                                         \
	"slabinfo - version: 2.1\n"                                      \
	"names_cache 1 1 4096 1 1 : tunables 24 12 8 : slabdata 1 1 0\n" \
	"pid 1 32 128 32 1 : tunables 120 60 8 : slabdata 1 1 0\n"       \
	"bio-96 1 32 128 32 1 : tunables 120 60 8 : slabdata 1 1 0\n"    \
	"kmalloc-4k 1 1 4096 1 1 : tunables 24 12 8 : slabdata 1 1 0\n"  \
	"old_ones 9 10 400 10 1 : tunables 54 27 8 : slabdata 1 1 0\n"

/* 4096: names_cache only. 112 of 128: pid or bio-96, cannot be told. */
static void slabinfo_names_by_size(void **state)
{
	char path[512];
	struct import_options options = with(path, "slabinfo", SLABINFO, true);

	(void)state;
	import_text(&i,
		    ALLOC("000000", "a1", "x+0x2b/0x1", 4096, 4096)
			    ALLOC("000001", "a2", "y+0x2b/0x1", 112, 128),
		    &options);
	assert_int_equal(i.code, 0);
	assert_string_equal(i.header->caches[0].name, "names_cache");
	assert_int_equal(i.header->caches[0].identity, IDENTITY_GIVEN);
	assert_non_null(strstr(i.header->caches[0].reason,
			       "the only cache in slabinfo that it can be"));
	assert_non_null(strstr(i.header->caches[0].reason,
			       "slabinfo: 4096 bytes, 1 in a slab of 1 pages"));
	assert_string_equal(i.header->caches[1].name, "unnamed-112");
	assert_string_equal(i.header->kernel, "SLAB");
}

/* 112 of 128 bytes: pid or bio-96; the function allocates pids only. */
static void call_site_tells_which(void **state)
{
	char path[512];
	struct import_options options = with(path, "slabinfo", SLABINFO, true);

	(void)state;
	import_text(&i, ALLOC("000000", "a1", "alloc_pid+0x2b/0x1", 112, 128),
		    &options);
	assert_int_equal(i.code, 0);
	assert_string_equal(i.header->caches[0].name, "pid");
	assert_int_equal(i.header->caches[0].identity, IDENTITY_GIVEN);
}

/* When bio-96's objects are known to be of 80 bytes, 112 must be a pid. */
static void slabinfo_excludes_known_sizes(void **state)
{
	char path[512];
	struct import_options options = with(path, "slabinfo", SLABINFO, true);

	(void)state;
	import_text(&i,
		    ALLOC("000000", "a2", "y+0x2b/0x1", 112, 128)
			    ALLOC("000001", "a3", "z+0x2b/0x1", 80, 128)
				    FREE("000002", "a3", "bio-96"),
		    &options);
	assert_string_equal(i.header->caches[0].name, "pid");
	assert_string_equal(i.header->caches[1].name, "bio-96");
}

/* Freed only: without slabinfo there is nothing to define it by. */
static void slabinfo_defines_what_is_only_freed(void **state)
{
	static const char text[] =
		ALLOC("000000", "a1", "x+0x2b/0x1", 4096, 4096)
			FREE("000001", "b1", "old_ones")
				FREE("000002", "b2", "strange");
	char path[512];
	struct import_options options = with(path, "slabinfo", SLABINFO, true);

	(void)state;
	import_text(&i, text, NULL);
	assert_int_equal(i.events[1].cache, EVENT_NO_CACHE);
	imported_release(&i);
	import_text(&i, text, &options);
	assert_int_equal(i.header->nr_caches, 2);
	assert_string_equal(i.header->caches[1].name, "old_ones");
	assert_int_equal(i.header->caches[1].size_bytes, 400);
	assert_int_equal(i.header->caches[1].identity, IDENTITY_GIVEN);
	assert_int_equal(i.header->caches[1].unknown_frees, 1);
	assert_non_null(
		strstr(i.header->caches[1].reason, "only freed in the trace"));
	assert_int_equal(i.events[1].op, EVENT_FREE_UNKNOWN);
	assert_int_equal(i.events[1].cache, 1);
	assert_int_equal(i.events[2].cache, EVENT_NO_CACHE);
}

/* Rule 10 for a kernel whose allocator has other functions. */
static void map_adds_own_call_sites(void **state)
{
	char path[512];
	struct import_options options =
		with(path, "map", "* * my_slab_* -\n* * * rest\n", false);

	(void)state;
	import_text(&i,
		    ALLOC("000000", "a1", "my_slab_grow+0x2b/0x1", 64, 64)
			    ALLOC("000001", "a2", "other+0x2b/0x1", 64, 64)
				    FREE("000002", "a1", "merged"),
		    &options);
	assert_int_equal(i.code, 0);
	assert_int_equal(i.header->counts.own_dropped, 2);
	assert_int_equal(i.nr, 1);
	assert_string_equal(i.header->caches[0].name, "rest");
}

static void bad_files_stop_the_import(void **state)
{
	char path[512];
	struct import_options options = with(path, "map", "1 2 3\n", false);

	(void)state;
	import_text(&i, ALLOC("000000", "a1", "x+0x2b/0x1", 4096, 4096),
		    &options);
	assert_int_equal(i.code, -EBADMSG);
	assert_non_null(strstr(i.error.text, "map:1: "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, release)
	const struct CMUnitTest tests[] = {
		TEST(first_line_that_fits),
		TEST(nothing_fits),
		TEST(bad_lines),
		TEST(map_overrides_names),
		TEST(slabinfo_names_by_size),
		TEST(call_site_tells_which),
		TEST(slabinfo_excludes_known_sizes),
		TEST(slabinfo_defines_what_is_only_freed),
		TEST(map_adds_own_call_sites),
		TEST(bad_files_stop_the_import),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cache_map", tests, NULL, NULL);
}
