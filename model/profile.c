/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles. A new kernel version or architecture is a new table here; if
 * it needs new code as well, the code asks the profile, never the version.
 *
 * A profile is an era (what the version decides), an architecture (what the
 * word, the page and the line decide) and a build (SMP or not, debug or not).
 * Eras other than 2.6.14-3.12 were fitted to published dumps, not read in
 * source: docs/PROFILES.md says how well. Sizes of internal structures there
 * are those of 2.6.36 with the architecture's words: they only decide in which
 * general cache the allocator's own arrays and lists live.
 */
#include "model/profile.h"

#include <stdbool.h>
#include <string.h>

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off: what follows are tables */

/* --- general caches ------------------------------------------------------- */

/* 96 exists where lines are shorter than 64 bytes, 192 where than 128. */
#define TO_128K 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072
#define TO_4M TO_128K, 262144, 524288, 1048576, 2097152, 4194304

static const uint32_t to_4m_l1_32[] = { 32, 64, 96, 128, 192, TO_4M };
static const uint32_t to_4m_l1_64[] = { 32, 64, 128, 192, TO_4M };
static const uint32_t to_4m_from_64[] = { 64, 128, 192, TO_4M };
static const uint32_t to_128k_l1_32[] = { 32, 64, 96, 128, 192, TO_128K };
static const uint32_t to_128k_l1_64[] = { 32, 64, 128, 192, TO_128K };
static const uint32_t to_128k_l1_128[] = { 32, 64, 128, TO_128K };
/* pages of 16 KB have no room for the trifles */
static const uint32_t to_128k_ia64[] = { 64, 128, TO_128K };

/* Above 8 KB the page allocator serves. */
static const uint32_t to_8k[] = { 32,  64,   96,   128,  192, 256,
				  512, 1024, 2048, 4096, 8192 };

#define GENERAL(sizes) .general_bytes = sizes, .nr_general = NR(sizes)

#define UP_TO_4M .max_order = 10, .max_object_bytes = 4194304

/* --- tunables ------------------------------------------------------------- */

/* The one row that knows the page: objects above it. */
#define LIMITS(page)                                           \
	{ 131072, 1 }, { page, 8 }, { 1024, 24 }, { 256, 54 }, \
	{                                                      \
		0, 120                                         \
	}

static const struct slab_limit_row limits_4k[] = { LIMITS(4096) };
static const struct slab_limit_row limits_16k[] = { LIMITS(16384) };

#define TUNABLES(rows)                                             \
	.limits = rows, .nr_limits = NR(rows), .shared_factor = 8, \
	.alien_limit = 12, .batch_refill_limit = 16

/* --- pages and words ------------------------------------------------------ */

#define PAGES_4K                                                           \
	.page_bytes = 4096, .break_order = 1, .node_span_frames = 1048576, \
	TUNABLES(limits_4k)

#define PAGES_16K                                                           \
	.page_bytes = 16384, .break_order = 1, .node_span_frames = 1048576, \
	TUNABLES(limits_16k)

/* Descriptors may go off-slab from this part of a page. */
#define OFF_SLAB_8TH(page) .off_slab_min_bytes = (page) / 8
#define OFF_SLAB_32ND(page) .off_slab_min_bytes = (page) / 32

#define WORDS_64 .word_bytes = 8, .kmem_cache_bytes = 208

#define WORDS_32 .word_bytes = 4, .kmem_cache_bytes = 136

/* --- architectures -------------------------------------------------------- */

#define X86_64                                                          \
	WORDS_64, PAGES_4K, OFF_SLAB_8TH(4096),                         \
		.hz = 1000, .cache_line_bytes = 64, .general_align = 8, \
		.zone_dma = 1, .page_offset = 0xffff880000000000

/* The line of the processor it was built for: 32 P3, 64 K7/K8, 128 P4. */
#define I386(line)                                                        \
	WORDS_32, PAGES_4K, OFF_SLAB_8TH(4096),                           \
		.hz = 1000, .cache_line_bytes = line, .general_align = 4, \
		.zone_dma = 1, .page_offset = 0xc0000000

#define IA64                                                             \
	WORDS_64, PAGES_16K, OFF_SLAB_8TH(16384),                        \
		.hz = 1024, .cache_line_bytes = 128, .general_align = 8, \
		.zone_dma = 1, .page_offset = 0xe000000000000000,        \
		GENERAL(to_128k_ia64)

/* Doubles want 8 bytes; what DMA writes to must own its lines. */
#define ARM(line)                                                            \
	WORDS_32, PAGES_4K, .min_align_bytes = 8, .hz = 100,                 \
			    .cache_line_bytes = line, .general_align = line, \
			    .page_offset = 0xc0000000

/* A 32-bit router whose maker kept quiet: DMA wants 128 bytes for itself. */
#define ROUTER                                                           \
	WORDS_32, PAGES_4K, OFF_SLAB_8TH(4096),                          \
		.hz = 100, .cache_line_bytes = 32, .general_align = 128, \
		.page_offset = 0x80000000

/* --- builds --------------------------------------------------------------- */

/* With locks in the structures, or, on one CPU, without. */
#define SMP_64                                                    \
	.max_cpus = 64, .max_nodes = 64, .array_cache_bytes = 24, \
	.alien_cache_bytes = 24, .kmem_list3_bytes = 104

#define SMP_32                                                    \
	.max_cpus = 32, .max_nodes = 16, .array_cache_bytes = 20, \
	.alien_cache_bytes = 20, .kmem_list3_bytes = 56

#define UP_64                                                   \
	.max_cpus = 1, .max_nodes = 1, .array_cache_bytes = 16, \
	.kmem_list3_bytes = 96

#define UP_32                                                   \
	.max_cpus = 1, .max_nodes = 1, .array_cache_bytes = 16, \
	.kmem_list3_bytes = 52

#define PRODUCTION .debug_word_bytes = 8, .limit_cap = UINT32_MAX

/* Built with DEBUG, but without forcing red zones on every cache. */
#define LIMIT_32 .debug_word_bytes = 8, .limit_cap = 32

#define DEBUG(word)                                            \
	.debug = 1, .debug_word_bytes = word, .limit_cap = 32, \
	.uninit_byte = 0x5a

/* --- eras ----------------------------------------------------------------- */

#define UP_TO_128K .max_order = 5, .max_object_bytes = 131072

/* Reclaimable caches were like all others until about 2.6.6. */
#define ERA_2_5_75(descriptor, line)                             \
	UP_TO_128K, .slab_bytes = descriptor, .bufctl_bytes = 4, \
		    .mgmt_align_bytes = line, .reclaim_any_order = 1

#define ERA_2_6_7(descriptor, line)                              \
	UP_TO_128K, .slab_bytes = descriptor, .bufctl_bytes = 4, \
		    .mgmt_align_bytes = line

#define ERA_2_6_8(descriptor) \
	UP_TO_128K, .slab_bytes = descriptor, .bufctl_bytes = 2

#define ERA_2_6_14(descriptor) .slab_bytes = descriptor, .bufctl_bytes = 4

/* Release candidates of 3.13: half of the descriptor is in struct page. */
#define ERA_3_13 UP_TO_4M, .slab_bytes = 16, .bufctl_bytes = 4

/* All of it is, and indices are bytes. */
#define ERA_3_15 UP_TO_4M, .slab_bytes = 0, .bufctl_bytes = 1

/*
 * The last: no descriptor, arrays of CPUs in per-CPU memory, growth in two
 * steps. The cache descriptor is that of a kernel with statistics.
 */
#define ERA_6_1                                                              \
	PAGES_4K, UP_TO_4M, GENERAL(to_8k),                                  \
		.word_bytes = 8, .hz = 250, .cache_line_bytes = 64,          \
		.general_align = 8, .max_cpus = 64, .max_nodes = 64,         \
		.slab_bytes = 0, .bufctl_bytes = 1, .array_cache_bytes = 16, \
		.alien_cache_bytes = 24, .kmem_list3_bytes = 120,            \
		.kmalloc_k = 1, .kmalloc_rcl = 1, .index_lists = 1,          \
		.percpu_arrays = 1, .direct_growth = 1, .late_release = 1,   \
		.colour_first = 1, .line_over_red = 1, .same_name_ok = 1,    \
		.busy_in_place = 1, .timer_wheel = 1,                        \
		.page_offset = 0xffff888000000000

/* --- the profiles --------------------------------------------------------- */

static const struct slab_profile older[] = {
	{ .name = "2.5.75-x86_64",
	  ERA_2_5_75(40, 64),
	  X86_64,
	  SMP_64,
	  GENERAL(to_128k_l1_64),
	  PRODUCTION },
	{ .name = "2.5.75-x86_64-up-debug",
	  ERA_2_5_75(40, 64),
	  X86_64,
	  UP_64,
	  GENERAL(to_128k_l1_64),
	  DEBUG(8) },
	{ .name = "2.5.75-i386-l1_32",
	  ERA_2_5_75(24, 32),
	  I386(32),
	  SMP_32,
	  GENERAL(to_128k_l1_32),
	  PRODUCTION },
	{ .name = "2.5.75-i386-l1_32-up-debug",
	  ERA_2_5_75(24, 32),
	  I386(32),
	  UP_32,
	  GENERAL(to_128k_l1_32),
	  DEBUG(4) },
	{ .name = "2.5.75-i386-l1_64",
	  ERA_2_5_75(24, 64),
	  I386(64),
	  SMP_32,
	  GENERAL(to_128k_l1_64),
	  PRODUCTION },
	{ .name = "2.5.75-i386-l1_128",
	  ERA_2_5_75(24, 128),
	  I386(128),
	  SMP_32,
	  GENERAL(to_128k_l1_128),
	  PRODUCTION },
	{ .name = "2.6.7-ia64", ERA_2_6_7(40, 128), IA64, SMP_64, PRODUCTION },

	{ .name = "2.6.8-x86_64",
	  ERA_2_6_8(40),
	  X86_64,
	  SMP_64,
	  GENERAL(to_128k_l1_64),
	  PRODUCTION },
	{ .name = "2.6.8-i386-l1_32",
	  ERA_2_6_8(24),
	  I386(32),
	  SMP_32,
	  GENERAL(to_128k_l1_32),
	  PRODUCTION },
	{ .name = "2.6.8-i386-l1_64",
	  ERA_2_6_8(24),
	  I386(64),
	  SMP_32,
	  GENERAL(to_128k_l1_64),
	  PRODUCTION },
	{ .name = "2.6.8-i386-l1_128",
	  ERA_2_6_8(24),
	  I386(128),
	  SMP_32,
	  GENERAL(to_128k_l1_128),
	  PRODUCTION },
	{ .name = "2.6.8-i386-l1_128-limit_32",
	  ERA_2_6_8(24),
	  I386(128),
	  SMP_32,
	  GENERAL(to_128k_l1_128),
	  LIMIT_32 },
	{ .name = "2.6.8-ia64", ERA_2_6_8(40), IA64, SMP_64, PRODUCTION },

	{ .name = "2.6.14-x86_64",
	  ERA_2_6_14(48),
	  X86_64,
	  SMP_64,
	  UP_TO_128K,
	  GENERAL(to_128k_l1_64),
	  PRODUCTION },
	{ .name = "2.6.14-i386-l1_32",
	  ERA_2_6_14(28),
	  I386(32),
	  SMP_32,
	  UP_TO_128K,
	  GENERAL(to_128k_l1_32),
	  PRODUCTION },
	{ .name = "2.6.14-i386-l1_64",
	  ERA_2_6_14(28),
	  I386(64),
	  SMP_32,
	  UP_TO_128K,
	  GENERAL(to_128k_l1_64),
	  PRODUCTION },
	{ .name = "2.6.14-i386-l1_128",
	  ERA_2_6_14(28),
	  I386(128),
	  SMP_32,
	  UP_TO_128K,
	  GENERAL(to_128k_l1_128),
	  PRODUCTION },
	{ .name = "2.6.14-ia64",
	  ERA_2_6_14(48),
	  IA64,
	  SMP_64,
	  UP_TO_128K,
	  PRODUCTION },
	{ .name = "2.6.27-32bit-l1_32-up-debug",
	  ERA_2_6_14(28),
	  ROUTER,
	  UP_32,
	  UP_TO_4M,
	  GENERAL(to_4m_l1_32),
	  DEBUG(8) },
};

#define PROFILE_2_6_36 \
	ERA_2_6_14(48), X86_64, SMP_64, UP_TO_4M, GENERAL(to_4m_l1_64)

const struct slab_profile slab_profile_2_6_36 = {
	.name = "2.6.36-x86_64",
	PROFILE_2_6_36,
	PRODUCTION,
};

const struct slab_profile slab_profile_2_6_36_debug = {
	.name = "2.6.36-x86_64-debug",
	PROFILE_2_6_36,
	DEBUG(8),
	.red_zone_any_align = 1,
};

static const struct slab_profile newer[] = {
	{ .name = "3.13-arm-l1_32-up",
	  ERA_3_13,
	  ARM(32),
	  OFF_SLAB_8TH(4096),
	  UP_32,
	  GENERAL(to_4m_l1_32),
	  PRODUCTION },
	{ .name = "3.15-arm-l1_64",
	  ERA_3_15,
	  ARM(64),
	  OFF_SLAB_32ND(4096),
	  SMP_32,
	  GENERAL(to_4m_from_64),
	  PRODUCTION },
};

const struct slab_profile slab_profile_6_1 = {
	.name = "6.1-x86_64",
	ERA_6_1,
	.kmem_cache_bytes = 216,
	PRODUCTION,
};

static const struct slab_profile newest[] = {
	{ .name = "6.1-x86_64-nostats",
	  ERA_6_1,
	  .kmem_cache_bytes = 120,
	  PRODUCTION },
	/* as distributions build it */
	{ .name = "6.1-x86_64-cg-dma",
	  ERA_6_1,
	  .kmem_cache_bytes = 120,
	  .kmalloc_cg = 1,
	  .zone_dma = 1,
	  PRODUCTION },
	{ .name = "6.1-x86_64-debug",
	  ERA_6_1,
	  .kmem_cache_bytes = 216,
	  DEBUG(8) },
};

/* clang-format on */

/* --- finding one ---------------------------------------------------------- */

struct group {
	const struct slab_profile *profiles;
	size_t nr;
};

/* In order of version. */
static const struct group groups[] = {
	{ older, NR(older) },
	{ &slab_profile_2_6_36, 1 },
	{ &slab_profile_2_6_36_debug, 1 },
	{ newer, NR(newer) },
	{ &slab_profile_6_1, 1 },
	{ newest, NR(newest) },
};

const struct slab_profile *slab_profile_at(size_t index)
{
	for (size_t i = 0; i < NR(groups); i++) {
		if (index < groups[i].nr)
			return &groups[i].profiles[index];
		index -= groups[i].nr;
	}
	return NULL;
}

/* Is @name the profile's, or all of it but the architecture? */
static bool is_named(const struct slab_profile *p, const char *name)
{
	size_t length = strlen(name);

	return strncmp(p->name, name, length) == 0 &&
	       (p->name[length] == '\0' ||
		strcmp(p->name + length, "-x86_64") == 0);
}

const struct slab_profile *slab_profile_find(const char *name)
{
	const struct slab_profile *p;

	for (size_t i = 0; (p = slab_profile_at(i)) != NULL; i++) {
		if (is_named(p, name))
			return p;
	}
	return NULL;
}
