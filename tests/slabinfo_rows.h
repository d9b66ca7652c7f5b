/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/slabinfo/ in memory: rows of published /proc/slabinfo, the profile of
 * each machine, flags by name, and the misses that are known and explained.
 *
 * The files are our own and small, so tables have fixed sizes; a line that is
 * not understood fails the test that reads it.
 */
#ifndef TESTS_SLABINFO_ROWS_H
#define TESTS_SLABINFO_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/slab.h"

#define SLABINFO_DIR "tests/slabinfo/"
#define MAX_ROWS 256

struct row {
	char name[64];
	unsigned int objsize, num, pages, limit, batchcount, shared;
	int free_limit; /* -1: not printed */
};

struct dump {
	char file[64], era[32], profile[64];
	unsigned int cpus;
	struct row rows[MAX_ROWS];
	unsigned int nr;
};

struct name_flags {
	char name[64];
	uint32_t flags;
	bool align_size; /* aligned to its size; else to .align */
	unsigned int align;
	bool exact_size; /* the name tells the size before rounding */
};

/* A miss: what the model says where the row says otherwise. */
struct miss {
	char file[64], name[64];
	unsigned int objsize, num, pages, model_num, model_pages;
	char why[256];
};

static inline FILE *open_table(const char *name)
{
	char path[256];
	FILE *in;

	snprintf(path, sizeof(path), SLABINFO_DIR "%s", name);
	in = fopen(path, "r");
	if (!in)
		fail_msg("%s is missing", path);
	return in;
}

/* Statistics of kernels up to 2.6.13 end with the free limit, the seventh. */
static inline int read_free_limit(const char *line)
{
	const char *text = strstr(line, "globalstat");
	int limit = -1, end = 0;

	if (text &&
	    sscanf(text, "globalstat %*u %*u %*u %*u %*u %*u %d %n", &limit,
		   &end) == 1 &&
	    text[end] == ':')
		return limit;
	return -1;
}

static inline void read_row(const char *file, const char *line, struct row *row)
{
	if (sscanf(line, "%63s %*u %*u %u %u %u : tunables %u %u %u :",
		   row->name, &row->objsize, &row->num, &row->pages,
		   &row->limit, &row->batchcount, &row->shared) != 7)
		fail_msg("%s: not a row: %s", file, line);
	row->free_limit = read_free_limit(line);
}

static inline void read_dump(struct dump *dump)
{
	FILE *in = open_table(dump->file);
	char line[512];

	while (fgets(line, sizeof(line), in)) {
		assert_true(dump->nr < MAX_ROWS);
		read_row(dump->file, line, &dump->rows[dump->nr++]);
	}
	fclose(in);
}

/* Return: their number. */
static inline unsigned int read_machines(struct dump *dumps, unsigned int max)
{
	FILE *in = open_table("machines.csv");
	unsigned int nr = 0;
	char line[512];

	assert_non_null(fgets(line, sizeof(line), in));
	while (fgets(line, sizeof(line), in)) {
		struct dump *dump = &dumps[nr++];

		assert_true(nr <= max);
		if (sscanf(line, "%63[^,],%31[^,],%63[^,],%u", dump->file,
			   dump->era, dump->profile, &dump->cpus) != 4)
			fail_msg("machines.csv: %s", line);
		read_dump(dump);
	}
	fclose(in);
	return nr;
}

static inline void read_name_flags(const char *line, struct name_flags *n)
{
	unsigned int hwalign, reclaim, rcu, exact;
	char align[16];

	if (sscanf(line, "%63[^,],%u,%u,%u,%15[^,],%u,", n->name, &hwalign,
		   &reclaim, &rcu, align, &exact) != 6)
		fail_msg("flags.csv: %s", line);
	n->flags = (hwalign ? SLAB_HWCACHE_ALIGN : 0u) |
		   (reclaim ? SLAB_RECLAIM_ACCOUNT : 0u) |
		   (rcu ? SLAB_DESTROY_BY_RCU : 0u);
	n->exact_size = exact;
	n->align_size = strcmp(align, "size") == 0;
	if (!n->align_size)
		n->align = (unsigned int)strtoul(align, NULL, 10);
}

static inline unsigned int read_flags(struct name_flags *flags,
				      unsigned int max)
{
	FILE *in = open_table("flags.csv");
	unsigned int nr = 0;
	char line[512];

	assert_non_null(fgets(line, sizeof(line), in));
	while (fgets(line, sizeof(line), in)) {
		assert_true(nr < max);
		read_name_flags(line, &flags[nr++]);
	}
	fclose(in);
	return nr;
}

/* file,name,objsize,objperslab,pages,model's objperslab,model's pages,why */
static inline unsigned int read_misses(struct miss *misses, unsigned int max)
{
	FILE *in = open_table("misses.csv");
	unsigned int nr = 0;
	char line[512];

	assert_non_null(fgets(line, sizeof(line), in));
	while (fgets(line, sizeof(line), in)) {
		struct miss *m = &misses[nr++];

		assert_true(nr <= max);
		if (sscanf(line, "%63[^,],%63[^,],%u,%u,%u,%u,%u,%255[^\n]",
			   m->file, m->name, &m->objsize, &m->num, &m->pages,
			   &m->model_num, &m->model_pages, m->why) != 8)
			fail_msg("misses.csv: %s", line);
	}
	fclose(in);
	return nr;
}

#endif
