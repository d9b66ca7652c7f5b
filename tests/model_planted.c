/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property tests find what they are for: each rule of the naive allocator
 * that tests/lib/naive.h lists is made wrong in turn; random streams must find
 * the difference, and shrink it to a few lines that still show it.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/worlds.h"

#define NR_STEPS 1500
#define NR_SEEDS 120
/*
 * Most need less than ten steps. Where it takes many to bring about just the
 * right shortage, one stream in a few gets that short.
 */
#define SHORT 20

/* Return: whether a stream with this seed finds the bug, and gets short. */
static bool find_and_shrink(const struct world_config *config, uint64_t seed,
			    struct stream *stream)
{
	struct generator_limits limits = { NR_STEPS, false };
	struct difference d = { "" };

	if (stream_generate(config, seed, &limits, stream, &d) != UINT32_MAX) {
		assert_string_not_equal(d.text, "");
		stream_shrink(config, stream, &d);
		assert_string_not_equal(d.text, "");
		if (stream->nr <= SHORT)
			return true;
	}
	stream_release(stream);
	return false;
}

/* What is left fails with the bug, and only with it. */
static void shows_the_bug(struct world_config *config, struct stream *stream)
{
	struct difference d;

	config->full_every = 1;
	assert_int_not_equal(stream_run(config, stream, &d), UINT32_MAX);
	config->bug = NAIVE_NO_BUG;
	assert_int_equal(stream_run(config, stream, &d), UINT32_MAX);
}

static void plant(enum naive_bug bug)
{
	/* small constants hide what needs a long array */
	static const enum world_name names[] = { WORLD_SMALL_2X4,
						 WORLD_SMALL_4X8, WORLD_4X8 };
	struct world_profiles profiles;

	world_profiles_init(&profiles);
	for (uint64_t seed = 1; seed <= NR_SEEDS; seed++) {
		struct world_config config =
			world_of(names[seed % 3], &profiles);
		struct stream stream = { 0 };

		config.bug = bug;
		config.full_every = 16;
		if (!find_and_shrink(&config, seed, &stream))
			continue;
		shows_the_bug(&config, &stream);
		stream_release(&stream);
		return;
	}
	fail_msg("%d streams did not find it", NR_SEEDS);
}

#define PLANT(NAME, text)                      \
	static void plant_##NAME(void **state) \
	{                                      \
		(void)state;                   \
		plant(NAIVE_##NAME);           \
	}
NAIVE_BUGS(PLANT)

/* A shrunk stream reads as a scenario. Worked out by hand. */
static void prints_the_language_of_scenarios(void **state)
{
	static const char expected[] =
		"# here; profile 2.6.36-x86_64\n"
		"machine nodes=2 cpus=4 pages=100 alien=0\n"
		"smp\n"
		"create 0 c1 100 64 HWALIGN|RCU\n"
		"create 0 c2 100 0 -\n"
		"T 700\n"
		"an 3 c1 5 1\n"
		"kd 2 33 6\n"
		"# page request number 2 from now on fails\n"
		"tune 0 c1 4 2 0\n"
		"T 1000\n"
		"f 0 5\n"
		"offline 0 3\n"
		"limit 1 50\n";
	struct step steps[] = {
		{ .kind = STEP_SMP },
		{ .kind = STEP_CREATE,
		  .name = "c1",
		  .size = 100,
		  .align = 64,
		  .flags = SLAB_DESTROY_BY_RCU | SLAB_HWCACHE_ALIGN },
		{ .kind = STEP_CREATE, .name = "c2", .size = 100 },
		{ .kind = STEP_TIME, .number = 700 },
		{ .kind = STEP_ALLOC_NODE,
		  .cpu = 3,
		  .name = "c1",
		  .slot = 5,
		  .node = 1 },
		{ .kind = STEP_KMALLOC_DMA, .cpu = 2, .size = 33, .slot = 6 },
		{ .kind = STEP_FAIL_PAGE, .number = 2 },
		{ .kind = STEP_TUNE, .name = "c1", .limit = 4, .batchcount = 2 },
		{ .kind = STEP_TIME, .number = 300 },
		{ .kind = STEP_FREE, .slot = 5 },
		{ .kind = STEP_OFFLINE, .other_cpu = 3 },
		{ .kind = STEP_LIMIT, .node = 1, .number = 50 },
	};
	const struct stream stream = { steps, sizeof(steps) / sizeof(steps[0]),
				       0 };
	const struct world_config config = {
		.title = "here",
		.profile = &slab_profile_2_6_36,
		.nodes = 2,
		.cpus = 4,
		.pages = 100,
		.noalien = true,
	};
	char text[1000] = "";
	FILE *out = tmpfile();
	size_t nr;

	(void)state;
	assert_non_null(out);
	stream_print(&config, &stream, "", out);
	rewind(out);
	nr = fread(text, 1, sizeof(text) - 1, out);
	text[nr] = '\0';
	fclose(out);
	assert_string_equal(text, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_the_language_of_scenarios),
#define PLANT_UNIT(NAME, text) \
	{ "found and shrunk: " text, plant_##NAME, NULL, NULL, NULL },
		NAIVE_BUGS(PLANT_UNIT)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
