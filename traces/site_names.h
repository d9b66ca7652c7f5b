/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source of the kernel says: functions that allocate from one cache
 * only, and which. Of several caches of a size that slabinfo shows, the one
 * named here is meant.
 */
#ifndef TRACES_SITE_NAMES_H
#define TRACES_SITE_NAMES_H

/*
 * site_name - the cache that the function of @call_site allocates from
 * @call_site: as traced, "alloc_vmap_area+0x83/0x5c0". Return: NULL unknown.
 */
const char *site_name(const char *call_site);

#endif
