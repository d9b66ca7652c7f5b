/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines that streams of operations run on: shapes, sizes, constants. */
#ifndef TESTS_LIB_WORLDS_H
#define TESTS_LIB_WORLDS_H

#include "tests/lib/stream.h"

/* X(NAME, title) */
#define WORLDS(X)                                                             \
	X(1X1, "1 node, 1 CPU")                                               \
	X(1X4, "1 node, 4 CPUs")                                              \
	X(2X4, "2 nodes, 4 CPUs")                                             \
	X(2X4_EARLY, "2 nodes, 4 CPUs, cpu sets complete early")              \
	X(2X4_NOALIEN, "2 nodes, 4 CPUs, no alien arrays")                    \
	X(2X4_FEW_PAGES, "2 nodes, 4 CPUs, few pages")                        \
	X(2X4_LATE_RCU, "2 nodes, 4 CPUs, late grace periods")                \
	X(3X6_ODD, "3 nodes, one without CPUs, CPU 0 on node 1")              \
	X(4X8, "4 nodes, 8 CPUs")                                             \
	X(8X16, "8 nodes, 16 CPUs")                                           \
	X(2X4_BIG_PAGES, "2 nodes, 4 CPUs, other pages, lines and indices")   \
	X(2X4_DEBUG, "2 nodes, 4 CPUs, debug build")                          \
	X(SMALL_1X1, "small constants, 1 node, 1 CPU")                        \
	X(SMALL_1X4, "small constants, 1 node, 4 CPUs")                       \
	X(SMALL_2X2, "small constants, 2 nodes, 2 CPUs, no DMA caches")       \
	X(SMALL_2X4, "small constants, 2 nodes, 4 CPUs")                      \
	X(SMALL_2X4_FEW_PAGES, "small constants, 2 nodes, 4 CPUs, few pages") \
	X(SMALL_4X8, "small constants, 4 nodes, 8 CPUs")

enum world_name {
#define WORLD_NAME(NAME, title) WORLD_##NAME,
	WORLDS(WORLD_NAME)
#undef WORLD_NAME
		NR_WORLDS
};

/*
 * The constants of 2.6.36 made small, "to give bugs a chance": limits of 1 to
 * 3, alien arrays of 2 places, shared ones of 1 or 2, no cache above 64 KB.
 */
struct slab_profile small_profile(void);

struct world_profiles {
	struct slab_profile small, small_no_dma, big_pages;
};
void world_profiles_init(struct world_profiles *profiles);

/* @profiles: borrowed by the result. */
struct world_config world_of(enum world_name name,
			     const struct world_profiles *profiles);

#endif
