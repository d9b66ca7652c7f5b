/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See heap.h. Where malloc is not glibc's own, nothing happens. */
#define _DEFAULT_SOURCE
#include "sim/heap.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "traces/huge.h"

#define HEAP_BYTES (4 * HUGE_BYTES)
/* Larger blocks have a mapping of their own. */
#define MAP_BYTES (1 << 20)

void heap_prepare(void)
{
#ifdef __GLIBC__
	char *from = sbrk(0);
	void *volatile block;

	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, HEAP_BYTES);
	mallopt(M_TRIM_THRESHOLD, 4 * HEAP_BYTES);
	mallopt(M_MMAP_THRESHOLD, MAP_BYTES);
	/* more than the first pages hold; volatile, or no compiler keeps it */
	block = malloc(MAP_BYTES / 2);
	huge_prefer(from, (size_t)((char *)sbrk(0) - from));
	free(block);
#endif
}
