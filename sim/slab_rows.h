/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows about how full slabs are, and who holds those that hold little.
 */
#ifndef SIM_SLAB_ROWS_H
#define SIM_SLAB_ROWS_H

#include "sim/holders.h"
#include "sim/results.h"
#include "sim/slab_look.h"

struct slab_rows {
	struct results *results;
	const struct slab_look *look; /* at the cache and node to store */
	uint32_t max_live;      /* holders: of slabs with at most so many */
	struct holder *holders; /* by slab; NULL: nobody asked */
	size_t nr_holders;
	uint64_t *slabs_with; /* how many have so many live objects */
	size_t room;
};

/* Learn who holds what. Return: false: no memory. */
bool slab_rows_hold(struct slab_rows *rows, const struct holders *holders,
		    const struct replay *replay);
/* Return: false: no memory. */
bool slab_rows_store(struct slab_rows *rows, const struct slab_place *place);
void slab_rows_release(struct slab_rows *rows);

#endif
