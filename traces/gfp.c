/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of allocation flags. Kernels up to 4.5 print GFP_ZERO, later ones
 * __GFP_ZERO; a few have no "__" in any (GFP_DMA); some stand for several
 * bits. So "__" is skipped and the rest looked up; hex rests are not: the
 * numbers of the bits differ between kernels.
 */
#include "traces/gfp.h"

#include <string.h>

#include "traces/event.h"

static const struct {
	const char *name;
	uint32_t bits;
} gfp_names[] = {
	{ "GFP_DMA", EVENT_GFP_DMA },
	{ "GFP_THISNODE", EVENT_GFP_THISNODE },
	{ "GFP_RECLAIMABLE", EVENT_GFP_RECLAIMABLE },
	/* for short-lived data, up to 4.9: a kind of GFP_RECLAIMABLE */
	{ "GFP_TEMPORARY", EVENT_GFP_RECLAIMABLE },
	{ "GFP_ACCOUNT", EVENT_GFP_ACCOUNT },
	{ "GFP_KERNEL_ACCOUNT", EVENT_GFP_ACCOUNT },
	{ "GFP_ATOMIC", EVENT_GFP_ATOMIC },
	{ "GFP_ZERO", EVENT_GFP_ZERO },
};

static uint32_t one_name(const char *text, size_t bytes)
{
	if (bytes > 2 && memcmp(text, "__", 2) == 0) {
		text += 2;
		bytes -= 2;
	}
	for (size_t i = 0; i < sizeof(gfp_names) / sizeof(gfp_names[0]); i++) {
		if (strlen(gfp_names[i].name) == bytes &&
		    memcmp(gfp_names[i].name, text, bytes) == 0)
			return gfp_names[i].bits;
	}
	return 0;
}

uint32_t gfp_parse(const char *text, size_t bytes)
{
	uint32_t bits = 0;

	for (;;) {
		const char *bar = bytes ? memchr(text, '|', bytes) : NULL;
		size_t length = bar ? (size_t)(bar - text) : bytes;

		bits |= one_name(text, length);
		if (!bar)
			return bits;
		text += length + 1;
		bytes -= length + 1;
	}
}
