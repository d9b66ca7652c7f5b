/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of allocation flags. Kernels up to 4.5 print GFP_ZERO, later ones
 * __GFP_ZERO; a few have no "__" in any (GFP_DMA); some stand for several
 * bits. So "__" is skipped and the rest looked up; hex rests are not: the
 * numbers of the bits differ between kernels. Where there is nothing but a
 * number (binary recordings, trace-cmd report -R, options/fields), it is read
 * as kernels from 5.0 on number them; DMA is the same in all.
 */
#include "traces/gfp.h"

#include <string.h>

#include "traces/event.h"
#include "traces/scan.h"

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

uint32_t gfp_number(uint64_t number)
{
	static const struct {
		uint32_t theirs, ours;
	} bits[] = {
		{ 0x1, EVENT_GFP_DMA },
		{ 0x10, EVENT_GFP_RECLAIMABLE },
		{ 0x100, EVENT_GFP_ZERO },
		{ 0x200000, EVENT_GFP_THISNODE },
		{ 0x400000, EVENT_GFP_ACCOUNT },
	};
	/* __GFP_HIGH with waking kswapd but without waiting for it */
	const uint32_t atomic = 0x820, may_wait = 0x400;
	uint32_t result = 0;

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (number & bits[i].theirs)
			result |= bits[i].ours;
	}
	if ((number & atomic) == atomic && !(number & may_wait))
		result |= EVENT_GFP_ATOMIC;
	return result;
}

/* "0xcc0" or "3264": all of the text is a number. */
static bool is_number(const char *text, size_t bytes, uint64_t *number)
{
	struct cursor in = { text, text + bytes };
	bool hex = scan_take_word(&in, "0x");

	return (hex ? scan_hex(&in, number) :
		      scan_number(&in, UINT64_MAX, number)) &&
	       in.p == in.end;
}

uint32_t gfp_parse(const char *text, size_t bytes)
{
	uint32_t bits = 0;
	uint64_t number;

	if (!bytes)
		return 0;
	if (is_number(text, bytes, &number))
		return gfp_number(number);
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
