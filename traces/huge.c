/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _DEFAULT_SOURCE
#include "traces/huge.h"

#include <stdlib.h>
#include <sys/mman.h>

void *huge_alloc(size_t bytes)
{
	size_t rounded = (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	void *memory = aligned_alloc(HUGE_BYTES, rounded);

#ifdef MADV_HUGEPAGE
	/* where it fails, pages are small: no harm */
	if (memory)
		madvise(memory, rounded, MADV_HUGEPAGE);
#endif
	return memory;
}
