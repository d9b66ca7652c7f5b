/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The naive allocator against the recordings, by way of the model: both run
 * every script of tests/golden and must agree in everything at each of its
 * snapshots. The model reproduces the recordings byte for byte
 * (test_golden.sh), so where they reach, the naive allocator does, too.
 * time limit: 300 s.
 *
 * Bytes poked into memory are the debug build's business: not done here.
 */
#define _POSIX_C_SOURCE 200809L

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/slab_flags.h"
#include "tests/lib/stream.h"
#include "workloads/scenario.h"

static enum step_kind kind_of(enum scenario_kind kind)
{
	switch (kind) {
	case OP_CREATE:
		return STEP_CREATE;
	case OP_TIME:
		return STEP_TIME;
	case OP_ALLOC:
		return STEP_ALLOC;
	case OP_ALLOC_NODE:
		return STEP_ALLOC_NODE;
	case OP_ALLOC_THISNODE:
		return STEP_ALLOC_THISNODE;
	case OP_FREE:
	case OP_KFREE:
		return STEP_FREE;
	case OP_KMALLOC:
		return STEP_KMALLOC;
	case OP_KMALLOC_NODE:
		return STEP_KMALLOC_NODE;
	case OP_KMALLOC_DMA:
		return STEP_KMALLOC_DMA;
	case OP_SHRINK:
		return STEP_SHRINK;
	case OP_DESTROY:
		return STEP_DESTROY;
	case OP_TUNE:
		return STEP_TUNE;
	case OP_LIMIT:
		return STEP_LIMIT;
	case OP_OFFLINE:
		return STEP_OFFLINE;
	case OP_ONLINE:
		return STEP_ONLINE;
	default:
		return STEP_SMP;
	}
}

static void do_op(struct world *w, const struct scenario_op *op)
{
	struct step step = {
		.kind = kind_of(op->kind),
		.cpu = op->cpu,
		.other_cpu = op->other_cpu,
		.node = op->node,
		.slot = (uint32_t)op->id,
		.flags = slab_flags_of(op->flags),
		.size = op->size,
		.align = op->align,
		.limit = op->limit,
		.batchcount = op->batchcount,
		.shared = op->shared,
	};

	assert_in_range(op->id, 0, NR_SLOTS - 1);
	memcpy(step.name, op->name, sizeof(op->name));
	if (op->kind == OP_TIME)
		step.number = op->tick - w->n->now;
	else
		step.number = op->pages;
	world_step(w, &step);
}

/* What a script prints or pokes; the end of a section is compared. */
static bool is_quiet(struct world *w, enum scenario_kind kind)
{
	switch (kind) {
	case OP_SNAP:
		world_compare(w);
		return true;
	case OP_NONE:
	case OP_GEOM:
	case OP_DUMP:
	case OP_SLABINFO:
	case OP_TRACE:
	case OP_POKE:
	case OP_POKEFREE:
		return true;
	default:
		return false;
	}
}

/* A script while it runs. */
struct run {
	struct world_config config;
	struct world world;
	bool booted;
	uint64_t line;
	uint64_t nr_ops;
};

static void run_op(struct run *run, const struct scenario_op *op)
{
	if (op->kind == OP_MACHINE) {
		run->config.nodes = op->nodes;
		run->config.cpus = op->cpus;
		run->config.pages = op->pages;
		run->config.mask_early = op->mask_early;
		run->config.noalien = op->noaliencache;
		world_begin(&run->world, &run->config);
		run->booted = true;
		assert_true(run->world.failed || run->world.m);
	} else if (!is_quiet(&run->world, op->kind)) {
		do_op(&run->world, op);
		run->nr_ops++;
	}
}

static void run_lines(struct run *run, FILE *in)
{
	char text[300], error[200];

	while (!run->world.failed && fgets(text, sizeof(text), in)) {
		struct scenario_op op;

		text[strcspn(text, "\n")] = '\0';
		run->line++;
		if (!scenario_parse(text, run->line, &op, error, sizeof(error)))
			fail_msg("line %u: %s", (unsigned int)run->line, error);
		/* world_begin sets the place to jump to; a panic ends here */
		if (run->booted && setjmp(run->world.panicked))
			break;
		run_op(run, &op);
	}
	if (run->booted && !run->world.failed)
		world_compare(&run->world);
}

static FILE *open_script(const char *path)
{
	char command[300];

	if (!strstr(path, ".gz"))
		return fopen(path, "r");
	snprintf(command, sizeof(command), "gzip -dc '%s'", path);
	return popen(command, "r");
}

static void run_script(const char *path, const struct slab_profile *profile)
{
	struct run *run = calloc(1, sizeof(*run));
	FILE *in = open_script(path);

	assert_non_null(run);
	assert_non_null(in);
	run->config = (struct world_config){
		.title = path,
		.profile = profile,
		.full_every = UINT32_MAX, /* at each snapshot instead */
	};
	run_lines(run, in);
	if (strstr(path, ".gz"))
		assert_int_equal(pclose(in), 0);
	else
		fclose(in);
	if (run->world.failed)
		print_message("# %s, %s, line %u: %s\n", path, profile->name,
			      (unsigned int)run->line, run->world.d.text);
	assert_false(run->world.failed);
	assert_true(run->booted);
	world_end(&run->world);
	free(run);
}

/* Of each script, or of those that were recorded in the debug build, too. */
static void run_scripts(const struct slab_profile *profile)
{
	glob_t found;
	uint32_t nr = 0;

	assert_int_equal(glob("tests/golden/*.ops", 0, NULL, &found), 0);
	assert_int_equal(
		glob("tests/golden/*.ops.gz", GLOB_APPEND, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char debug[400];
		int stem = (int)strcspn(found.gl_pathv[i], ".");
		glob_t recorded;

		snprintf(debug, sizeof(debug), "%.*s.debug.snap.csv*", stem,
			 found.gl_pathv[i]);
		if (profile->debug && glob(debug, 0, NULL, &recorded))
			continue;
		if (profile->debug)
			globfree(&recorded);
		run_script(found.gl_pathv[i], profile);
		nr++;
	}
	globfree(&found);
	assert_in_range(nr, profile->debug ? 15 : 30, 1000);
}

static void agrees_on_all_scripts(void **state)
{
	(void)state;
	run_scripts(&slab_profile_2_6_36);
}

static void agrees_on_all_scripts_in_the_debug_build(void **state)
{
	(void)state;
	run_scripts(&slab_profile_2_6_36_debug);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_on_all_scripts),
		cmocka_unit_test(agrees_on_all_scripts_in_the_debug_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
