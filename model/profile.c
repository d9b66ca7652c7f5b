/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles. A new kernel version or architecture is a new table here; if
 * it needs new code as well, the code asks the profile, never the version.
 */
#include "model/profile.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const uint32_t general_bytes_x86_64[] = {
	32,    64,    128,    192,    256,    512,     1024,	2048,	 4096,
	8192,  16384, 32768,  65536,  131072, 262144,  524288,	1048576, 2097152,
	4194304,
};

static const struct slab_limit_row limits_2_6[] = {
	{ 131072, 1 }, { 4096, 8 }, { 1024, 24 }, { 256, 54 }, { 0, 120 },
};

/* What both builds of 2.6.36 share. */
#define PROFILE_2_6_36 \
	.hz = 1000, \
	.page_bytes = 4096, \
	.word_bytes = 8, \
	.cache_line_bytes = 64, \
	.max_cpus = 64, \
	.max_nodes = 64, \
	.slab_bytes = 48, \
	.bufctl_bytes = 4, \
	.array_cache_bytes = 24, \
	.kmem_list3_bytes = 104, \
	.kmem_cache_bytes = 208, \
	.max_order = 10, \
	.break_order = 1, \
	.max_object_bytes = 4194304, \
	.off_slab_min_bytes = 512, \
	.general_bytes = general_bytes_x86_64, \
	.nr_general = NR(general_bytes_x86_64), \
	.general_align = 8, \
	.zone_dma = 1, \
	.limits = limits_2_6, \
	.nr_limits = NR(limits_2_6), \
	.shared_factor = 8, \
	.alien_limit = 12, \
	.batch_refill_limit = 16, \
	.page_offset = 0xffff880000000000, \
	.node_span_frames = 1048576

const struct slab_profile slab_profile_2_6_36 = {
	.name = "2.6.36-x86_64",
	PROFILE_2_6_36,
	.limit_cap = UINT32_MAX,
};

const struct slab_profile slab_profile_2_6_36_debug = {
	.name = "2.6.36-x86_64-debug",
	PROFILE_2_6_36,
	.debug = 1,
	.limit_cap = 32,
	.uninit_byte = 0x5a,
};
