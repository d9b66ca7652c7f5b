/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of megabytes. The kernel gives memory page by page, at the first
 * touch of each; in a virtual machine that can cost ten microseconds, as long
 * as reading fifty lines of a trace. Of huge pages there are 512 times fewer.
 * They are asked for, not insisted on.
 */
#ifndef TRACES_HUGE_H
#define TRACES_HUGE_H

#include <stddef.h>

#define HUGE_BYTES ((size_t)2 << 20) /* one of them, on most machines */

/* Ask for huge pages where memory that was not touched so far can have them. */
void huge_prefer(void *memory, size_t bytes);
/* Return: @bytes (not 0) of zeroes, for huge_free; or NULL. */
void *huge_alloc(size_t bytes);
/* @memory: of huge_alloc(@bytes), or NULL. */
void huge_free(void *memory, size_t bytes);

#endif
