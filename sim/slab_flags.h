/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for creation flags in scenarios and traces, as the model's bits. */
#ifndef SIM_SLAB_FLAGS_H
#define SIM_SLAB_FLAGS_H

#include "model/slab.h"
#include "traces/event.h"

static inline uint32_t slab_flags_of(uint32_t cache_def_flags)
{
	static const struct {
		uint32_t word, bit;
	} pairs[] = {
		{ CACHE_DEF_HWALIGN, SLAB_HWCACHE_ALIGN },
		{ CACHE_DEF_DMA, SLAB_CACHE_DMA },
		{ CACHE_DEF_RECLAIM, SLAB_RECLAIM_ACCOUNT },
		{ CACHE_DEF_PANIC, SLAB_PANIC },
		{ CACHE_DEF_RCU, SLAB_DESTROY_BY_RCU },
		{ CACHE_DEF_SPREAD, SLAB_MEM_SPREAD },
		{ CACHE_DEF_NOLEAK, SLAB_NOLEAKTRACE },
		{ CACHE_DEF_CTOR, SLAB_KEEPS_CONTENTS },
	};
	uint32_t flags = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (cache_def_flags & pairs[i].word)
			flags |= pairs[i].bit;
	}
	return flags;
}

#endif
