/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mapping of one huge page more than is wanted, and what stands over at both
 * ends given back: what is left begins where a huge page can.
 */
#define _DEFAULT_SOURCE
#include "traces/huge.h"

#include <stdint.h>
#include <sys/mman.h>

static size_t round_up(size_t bytes)
{
	return (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
}

void huge_prefer(void *memory, size_t bytes)
{
	size_t before = -(uintptr_t)memory % HUGE_BYTES;

	(void)bytes;
	(void)before;
#ifdef MADV_HUGEPAGE
	/* where it fails, pages are small: no harm */
	if (before < bytes)
		madvise((char *)memory + before, bytes - before, MADV_HUGEPAGE);
#endif
}

void *huge_alloc(size_t bytes)
{
	size_t wanted = round_up(bytes), before;
	void *memory = mmap(NULL, wanted + HUGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *start = memory;

	if (memory == MAP_FAILED)
		return NULL;
	before = round_up((uintptr_t)memory) - (uintptr_t)memory;
	if (before)
		munmap(start, before);
	start += before;
	munmap(start + wanted, HUGE_BYTES - before);
	huge_prefer(start, wanted);
	return start;
}

void huge_free(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, round_up(bytes));
}
