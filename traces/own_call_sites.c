/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Own call sites: slab descriptors, object arrays, node lists and cache
 * descriptors come from the kernel's caches too, so a trace of a SLAB kernel
 * shows them. The simulated allocator makes its own, in its own way: these
 * are left out (and counted). The text of a trace does not say which
 * allocator the kernel had, nor need it: the functions exist only in
 * mm/slab.c, and a few that create caches in mm/slab_common.c, where they
 * allocate cache descriptors under every allocator.
 *
 * Data only; sorted by first kernel, then as they stand in the source.
 */
#include "traces/own_call_sites.h"

#include <string.h>

static const char *const names[] = {
	/* 2.6.31 .. 3.11 */
	"alloc_slabmgmt",
	"cache_grow",
	"slab_destroy",
	"alloc_arraycache",
	"alloc_alien_cache",
	"alloc_kmemlist",
	"do_tune_cpucache",
	"do_drain",
	"free_alien_cache",
	"cpuup_prepare",
	"cpuup_canceled",
	"kmem_cache_create",
	"__kmem_cache_destroy",
	"setup_cpu_cache",
	"init_list",
	"kmem_rcu_free",
	/* new in 3.12 .. 6.1 */
	"cache_grow_begin",
	"drain_freelist",
	"slabs_destroy",
	"free_block",
	"__alloc_alien_cache",
	"init_cache_node",
	"setup_kmem_cache_node",
	"create_cache",
	"kmem_cache_create_usercopy",
};

bool own_call_site(const char *call_site, size_t bytes)
{
	size_t length = 0;

	/* "+0x1f/0x2a0" goes, and what compilers append: ".isra.0" */
	while (length < bytes && call_site[length] != '+' &&
	       call_site[length] != '.')
		length++;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == length &&
		    memcmp(names[i], call_site, length) == 0)
			return true;
	}
	return false;
}
