// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The layout of slabs of Linux 6.1 against what real kernels of that version
 * made of their 145 caches: sizes, objects a slab, order, colours, tunables.
 * The data stands in tests/slabinfo/ (README.md there says where it is from);
 * flags come from traces/cache-flags.csv, by name.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "model/profile.h"
#include "sim/slab_flags.h"
#include "traces/cache_flags.h"

#define MAX_ROWS 200

struct row {
	char name[64];
	uint32_t req, objsize, num, pages, limit, batchcount, shared;
	/* of the state dump, where there is one */
	uint32_t colour, colour_off;
	bool has_colour;
};

struct rows {
	struct row rows[MAX_ROWS];
	size_t nr;
};

/* A field of a csv line; empty fields are 0. */
static const char *field(const char *line, unsigned n)
{
	while (n--)
		line = strchr(line, ',') + 1;
	return line;
}

static void read_rows(const char *path, struct rows *rows)
{
	FILE *file = fopen(path, "r");
	char line[300];

	assert_non_null(file);
	rows->nr = 0;
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		struct row *row = &rows->rows[rows->nr++];

		assert_true(rows->nr <= MAX_ROWS);
		memset(row, 0, sizeof(*row));
		sscanf(line, "%63[^,]", row->name);
		row->req = (uint32_t)strtoul(field(line, 1), NULL, 10);
		row->objsize = (uint32_t)strtoul(field(line, 3), NULL, 10);
		row->num = (uint32_t)strtoul(field(line, 4), NULL, 10);
		row->pages = (uint32_t)strtoul(field(line, 5), NULL, 10);
		row->limit = (uint32_t)strtoul(field(line, 6), NULL, 10);
		row->batchcount = (uint32_t)strtoul(field(line, 7), NULL, 10);
		row->shared = (uint32_t)strtoul(field(line, 8), NULL, 10);
	}
	fclose(file);
}

static struct row *find_row(struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->nr; i++) {
		if (strcmp(rows->rows[i].name, name) == 0)
			return &rows->rows[i];
	}
	return NULL;
}

static void read_colours(struct rows *rows)
{
	FILE *file = fopen("tests/slabinfo/caches-slab-6.1-dump.txt", "r");
	char line[300], name[64];
	size_t nr = 0;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		uint32_t colour, colour_off;
		struct row *row;

		assert_int_equal(sscanf(line,
					"%63s %*u %*u %*u %*u %*u %*u %u %u",
					name, &colour, &colour_off),
				 3);
		row = find_row(rows, name);
		assert_non_null(row);
		row->colour = colour;
		row->colour_off = colour_off;
		row->has_colour = true;
		nr++;
	}
	fclose(file);
	assert_int_equal(nr, rows->nr);
}

static struct machine *boot(const struct slab_profile *profile)
{
	struct machine_config config = {
		.profile = profile,
		.nr_nodes = 2,
		.nr_cpus = 4,
		.node_pages = 262144,
	};
	struct machine *m = machine_create(&config);

	assert_non_null(m);
	assert_true(machine_smp_init(m));
	return m;
}

/*
 * Alignments that creators ask for: their structures are declared so. The
 * dump's colour_off shows the first two; of the others one sees it only where
 * the debug build leaves the red zones away.
 */
static uint32_t align_of(const char *name)
{
	static const struct {
		const char *name;
		uint32_t align;
	} aligned[] = {
		{ "maple_node", 256 }, { "pool_workqueue", 256 },
		{ "task_struct", 64 }, { "net_namespace", 64 },
		{ "dio", 64 },
	};

	for (size_t i = 0; i < sizeof(aligned) / sizeof(aligned[0]); i++) {
		if (strcmp(aligned[i].name, name) == 0)
			return aligned[i].align;
	}
	return 0;
}

/* Would HWCACHE_ALIGN leave the size as it is? */
static bool line_fits(uint32_t size)
{
	uint32_t line = 64;

	while (size <= line / 2)
		line /= 2;
	return size % line == 0;
}

/*
 * The cache of that name: booted, or created as the kernel created it. Its
 * size is the one its allocations were traced with, else slabinfo's, which is
 * the aligned one already.
 */
static cachep_t cache_of(struct machine *m, const struct row *row)
{
	cachep_t cachep = kmem_cache_find(m, row->name);
	uint32_t flags = 0;

	if (cachep != CACHE_NULL)
		return cachep;
	cache_flags_find(row->name, &flags);
	if (!row->req && !line_fits(row->objsize))
		flags &= ~(uint32_t)CACHE_DEF_HWALIGN;
	return kmem_cache_create(m, 0, row->name,
				 row->req ? row->req : row->objsize,
				 align_of(row->name), slab_flags_of(flags));
}

static bool same(const struct row *row, const struct cache_info *info)
{
	return info->buffer_bytes == row->objsize && info->num == row->num &&
	       1u << info->gfporder == row->pages &&
	       info->limit == row->limit &&
	       info->batchcount == row->batchcount &&
	       info->shared == row->shared &&
	       (!row->has_colour ||
		(info->colour == row->colour &&
		 info->colour_off_bytes == row->colour_off));
}

/* Return: how many rows the machine does not reproduce. */
static unsigned differences(const struct slab_profile *profile,
			    const struct rows *created_by,
			    const struct rows *expected)
{
	struct machine *m = boot(profile);
	unsigned nr = 0;

	for (size_t i = 0; i < expected->nr; i++) {
		const struct row *row = &expected->rows[i];
		struct row *by = find_row((struct rows *)(uintptr_t)created_by,
					  row->name);
		struct cache_info info;
		cachep_t cachep = by ? cache_of(m, by) : CACHE_NULL;

		if (cachep == CACHE_NULL) {
			print_message("# %s: not created\n", row->name);
			nr++;
			continue;
		}
		kmem_cache_info(m, cachep, &info);
		if (same(row, &info))
			continue;
		print_message("# %s: %u bytes, %u in %u pages, colour %u\n",
			      row->name, (unsigned)info.buffer_bytes,
			      (unsigned)info.num, 1u << info.gfporder,
			      (unsigned)info.colour);
		print_message("#   real: %u bytes, %u in %u pages, colour %u\n",
			      row->objsize, row->num, row->pages, row->colour);
		nr++;
	}
	machine_destroy(m);
	return nr;
}

static void all_145_caches_lie_as_in_the_real_kernel(void **state)
{
	static struct rows rows;

	(void)state;
	read_rows("tests/slabinfo/caches-slab-6.1.csv", &rows);
	assert_int_equal(rows.nr, 145);
	read_colours(&rows);
	assert_int_equal(differences(&slab_profile_6_1, &rows, &rows), 0);
}

static void debug_sizes_follow_from_the_production_ones(void **state)
{
	static struct rows rows, debug;
	const struct slab_profile *profile =
		slab_profile_find("6.1-x86_64-debug");

	(void)state;
	assert_non_null(profile);
	read_rows("tests/slabinfo/caches-slab-6.1.csv", &rows);
	read_rows("tests/slabinfo/caches-slab-debug-6.1.csv", &debug);
	assert_int_equal(debug.nr, 145);
	assert_int_equal(differences(profile, &rows, &debug), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_145_caches_lie_as_in_the_real_kernel),
		cmocka_unit_test(debug_sizes_follow_from_the_production_ones),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
