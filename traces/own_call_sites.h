/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of the kernel's allocator that allocate for the allocator.
 */
#ifndef TRACES_OWN_CALL_SITES_H
#define TRACES_OWN_CALL_SITES_H

#include <stdbool.h>
#include <stddef.h>

/* Is "cache_grow_begin+0x1f/0x2a0" (or without the offsets) one of them? */
bool own_call_site(const char *call_site, size_t bytes);

#endif
