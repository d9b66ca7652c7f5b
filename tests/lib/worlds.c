/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/worlds.h"

#include <string.h>

static const char *const titles[] = {
#define WORLD_TITLE(NAME, title) title,
	WORLDS(WORLD_TITLE)
};

static const uint32_t small_sizes[] = { 32,   64,   128,   256,  512,
					1024, 4096, 16384, 65536 };
static const struct slab_limit_row small_limits[] = { { 1024, 1 },
						      { 256, 2 },
						      { 0, 3 } };
static const uint16_t odd_nodes[] = { 1, 0, 1, 0, 1, 0 };

struct slab_profile small_profile(void)
{
	struct slab_profile p = slab_profile_2_6_36;

	p.name = "small constants";
	p.hz = 100;
	p.max_cpus = 8;
	p.max_order = 4;
	p.max_object_bytes = 65536;
	p.general_bytes = small_sizes;
	p.nr_general = sizeof(small_sizes) / sizeof(small_sizes[0]);
	p.limits = small_limits;
	p.nr_limits = sizeof(small_limits) / sizeof(small_limits[0]);
	p.shared_factor = 1;
	p.alien_limit = 2;
	p.batch_refill_limit = 1;
	return p;
}

/* No kernel was ever built like this; the rules do not mind. */
static struct slab_profile big_pages_profile(void)
{
	struct slab_profile p = slab_profile_2_6_36;

	p.name = "16 KB pages, 128-byte lines, 2-byte indices";
	p.page_bytes = 16384;
	p.cache_line_bytes = 128;
	p.off_slab_min_bytes = 2048;
	p.slab_bytes = 40;
	p.bufctl_bytes = 2;
	p.general_align = 16;
	p.break_order = 2;
	p.hz = 250;
	return p;
}

void world_profiles_init(struct world_profiles *profiles)
{
	profiles->small = small_profile();
	profiles->small_no_dma = small_profile();
	profiles->small_no_dma.zone_dma = 0;
	profiles->big_pages = big_pages_profile();
}

static void set_shape(struct world_config *w, uint32_t nodes, uint32_t cpus)
{
	w->nodes = nodes;
	w->cpus = cpus;
}

static void set_small(struct world_config *w, enum world_name name,
		      const struct world_profiles *profiles)
{
	w->profile = &profiles->small;
	switch (name) {
	case WORLD_SMALL_1X1:
		set_shape(w, 1, 1);
		break;
	case WORLD_SMALL_1X4:
		set_shape(w, 1, 4);
		break;
	case WORLD_SMALL_2X2:
		set_shape(w, 2, 2);
		w->profile = &profiles->small_no_dma;
		break;
	case WORLD_SMALL_2X4_FEW_PAGES:
		w->pages = 150;
		break;
	case WORLD_SMALL_4X8:
		set_shape(w, 4, 8);
		break;
	default:
		break;
	}
}

static void set_usual(struct world_config *w, enum world_name name,
		      const struct world_profiles *profiles)
{
	switch (name) {
	case WORLD_1X1:
		set_shape(w, 1, 1);
		break;
	case WORLD_1X4:
		set_shape(w, 1, 4);
		break;
	case WORLD_3X6_ODD:
		set_shape(w, 3, 6);
		w->cpu_node = odd_nodes;
		break;
	case WORLD_4X8:
		set_shape(w, 4, 8);
		break;
	case WORLD_8X16:
		set_shape(w, 8, 16);
		break;
	case WORLD_2X4_FEW_PAGES:
		w->pages = 330;
		break;
	case WORLD_2X4_BIG_PAGES:
		w->profile = &profiles->big_pages;
		break;
	case WORLD_2X4_DEBUG:
		w->profile = &slab_profile_2_6_36_debug;
		break;
	default:
		break;
	}
}

struct world_config world_of(enum world_name name,
			     const struct world_profiles *profiles)
{
	struct world_config w = {
		.title = titles[name],
		.profile = &slab_profile_2_6_36,
		.nodes = 2,
		.cpus = 4,
		.pages = 4000,
		.full_every = 1,
	};

	w.mask_early = name == WORLD_2X4_EARLY;
	w.noalien = name == WORLD_2X4_NOALIEN;
	w.late_rcu = name == WORLD_2X4_LATE_RCU;
	if (name >= WORLD_SMALL_1X1)
		set_small(&w, name, profiles);
	else
		set_usual(&w, name, profiles);
	return w;
}
