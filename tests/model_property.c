/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random streams of operations: the model against the naive allocator, which
 * must agree after each operation (tests/lib/stream.h says in what).
 * time limit: 400 s.
 *
 * 1,000,000 operations altogether. Everything is compared and machine_check
 * asked after each operation in a fifth of them, and in a tenth after every
 * fourth; in the others after every 64th, because it takes far longer than an
 * operation. Half of the streams are cloned, restored and replayed on the way.
 *
 *	build/tests/model_property soak OPERATIONS SECONDS SEED
 *
 * goes on with other seeds (make soak). A failing stream is shrunk, printed,
 * and left in $TEST_TMP/failing.ops; $TEST_TMP/stream says which one was
 * running, should the test be killed.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/lib/worlds.h"

#define NR_STEPS 4000 /* of a stream */

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 10
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWER 10
#endif
#endif
#ifndef SLOWER
#define SLOWER 1
#endif

static FILE *open_scratch(const char *name)
{
	const char *dir = getenv("TEST_TMP");
	char path[4096];

	if (!dir)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "w");
}

static void save_failure(const struct world_config *config,
			 const struct stream *stream,
			 const struct difference *d)
{
	FILE *out = open_scratch("failing.ops");

	if (!out)
		return;
	fprintf(out, "# %s\n", d->text);
	stream_print(config, stream, "", out);
	fclose(out);
}

/* Shrinks a failing stream and shows it, every line a TAP comment. */
static void show_failure(const struct world_config *config, uint64_t seed,
			 struct stream *stream, struct difference *d)
{
	struct difference again = { "" };

	printf("# %s, seed %" PRIu64 ": failed at step %u: %s\n", config->title,
	       seed, stream->nr, d->text);
	if (stream_run(config, stream, &again) == UINT32_MAX) {
		printf("# not without clones and restores: not shrunk\n");
	} else {
		stream_shrink(config, stream, d);
		printf("# the same in %u steps: %s\n", stream->nr, d->text);
		stream_print(config, stream, "# ", stdout);
	}
	fflush(stdout);
	save_failure(config, stream, d);
}

static void remember_stream(const struct world_config *config, uint64_t seed)
{
	FILE *out = open_scratch("stream");

	if (!out)
		return;
	fprintf(out, "%s, seed %" PRIu64 ", %u steps\n", config->title, seed,
		NR_STEPS);
	fclose(out);
}

/* Return: operations done; 0: failed, and has been shown. */
static uint64_t one_stream(const struct world_config *config, uint64_t seed)
{
	struct generator_limits limits = { NR_STEPS, seed % 2 };
	struct stream stream = { 0 };
	struct difference d = { "" };
	uint64_t nr_done = 0;

	remember_stream(config, seed);
	if (stream_generate(config, seed, &limits, &stream, &d) == UINT32_MAX) {
		for (uint32_t i = 0; i < stream.nr; i++)
			nr_done += stream.step[i].done;
	} else {
		show_failure(config, seed, &stream, &d);
	}
	stream_release(&stream);
	return nr_done;
}

static void streams(enum world_name name, uint32_t full_every,
		    uint64_t nr_operations)
{
	struct world_profiles profiles;
	struct world_config config;
	uint64_t seed = 100000 * (1 + (uint64_t)name) + full_every;

	world_profiles_init(&profiles);
	config = world_of(name, &profiles);
	config.full_every = full_every;
	for (uint64_t done = 0; done < nr_operations / SLOWER; seed++) {
		uint64_t nr = one_stream(&config, seed);

		assert_true(nr > 0);
		done += nr;
	}
}

static void agree(enum world_name name)
{
	/* the larger, the longer it takes to look at all of it */
	switch (name) {
	case WORLD_8X16:
	case WORLD_2X4_DEBUG:
		streams(name, 4, 2000);
		streams(name, 64, 18000);
		break;
	case WORLD_4X8:
	case WORLD_3X6_ODD:
		streams(name, 4, 8000);
		streams(name, 64, 40000);
		break;
	case WORLD_SMALL_1X1:
	case WORLD_SMALL_1X4:
	case WORLD_SMALL_2X2:
	case WORLD_SMALL_2X4:
	case WORLD_SMALL_2X4_FEW_PAGES:
		streams(name, 1, 36000);
		streams(name, 64, 64000);
		break;
	default:
		streams(name, 1, 4000);
		streams(name, 4, 8000);
		streams(name, 64, 30000);
	}
}

#define WORLD_TEST(NAME, title)                \
	static void agree_##NAME(void **state) \
	{                                      \
		(void)state;                   \
		agree(WORLD_##NAME);           \
	}
WORLDS(WORLD_TEST)

/* --- make soak ------------------------------------------------------------ */

static int soak(uint64_t nr_operations, uint64_t seconds, uint64_t seed)
{
	struct world_profiles profiles;
	time_t end = time(NULL) + (time_t)seconds;
	uint64_t done = 0, nr_streams = 0;

	world_profiles_init(&profiles);
	while (done < nr_operations && time(NULL) < end) {
		struct world_config config = world_of(
			(enum world_name)(nr_streams % NR_WORLDS), &profiles);
		uint64_t nr;

		config.full_every = 256;
		nr = one_stream(&config, seed + nr_streams++);
		if (nr == 0)
			return 1;
		done += nr;
		if (nr_streams % 1000 == 0) {
			printf("%" PRIu64 " operations in %" PRIu64
			       " streams agree\n",
			       done, nr_streams);
			fflush(stdout);
		}
	}
	printf("%" PRIu64 " operations in %" PRIu64
	       " streams agree: seeds %" PRIu64 " to %" PRIu64 "\n",
	       done, nr_streams, seed, seed + nr_streams - 1);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define WORLD_UNIT(NAME, title)                                                \
	{ "model and naive allocator agree: " title, agree_##NAME, NULL, NULL, \
	  NULL },
		WORLDS(WORLD_UNIT)
	};

	if (argc == 5 && strcmp(argv[1], "soak") == 0)
		return soak(strtoull(argv[2], NULL, 10),
			    strtoull(argv[3], NULL, 10),
			    strtoull(argv[4], NULL, 10));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
