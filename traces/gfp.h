/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's names of allocation flags, as the events print them.
 */
#ifndef TRACES_GFP_H
#define TRACES_GFP_H

#include <stddef.h>
#include <stdint.h>

/*
 * gfp_parse - "GFP_KERNEL|__GFP_ZERO" as bits of enum event_gfp
 *
 * Knows the names of all kernels since 2.6.31, with and without "__"; names
 * an allocator does not act on (and rests in hex) count for nothing. A text
 * that is a number ("0xcc0", "3264") goes to gfp_number().
 */
uint32_t gfp_parse(const char *text, size_t bytes);

/* gfp_number - flags as kernels 5.0 to 6.18 number them, as enum event_gfp */
uint32_t gfp_number(uint64_t number);

#endif
