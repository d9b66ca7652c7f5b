/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags of the kernel's caches, by name: what a trace does not say.
 */
#ifndef TRACES_CACHE_FLAGS_H
#define TRACES_CACHE_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * cache_flags_find - the creation flags of a cache of Linux 6.1
 * @flags: enum cache_def_flags, of HWALIGN, RECLAIM, RCU and CTOR only.
 * Return: false when the table does not know the name.
 */
bool cache_flags_find(const char *name, uint32_t *flags);

/* The table's rows in order, for its test; NULL behind the last. */
const char *cache_flags_name(size_t row);

#endif
