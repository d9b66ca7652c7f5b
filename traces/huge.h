/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for arrays of megabytes that will be written all over. The kernel
 * gives memory page by page, at the first touch of each; in a virtual machine
 * that can cost several microseconds, which was a tenth of an import. Of huge
 * pages there are 512 times fewer. They are asked for, not insisted on.
 */
#ifndef TRACES_HUGE_H
#define TRACES_HUGE_H

#include <stddef.h>

#define HUGE_BYTES ((size_t)2 << 20) /* one of them, on most machines */

/* Return: @bytes rounded up to huge pages, for free(); or NULL. */
void *huge_alloc(size_t bytes);

#endif
