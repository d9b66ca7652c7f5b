/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See slab_rows.h. Live objects that no event of the trace allocated (those of
 * the allocator itself, and of a warm start) are held by "".
 */
#include "sim/slab_rows.h"

#include <stdlib.h>
#include <string.h>

bool slab_rows_hold(struct slab_rows *rows, const struct holders *holders,
		    const struct replay *replay)
{
	int64_t nr = holders_list(holders, replay, &rows->holders);

	rows->nr_holders = nr < 0 ? 0 : (size_t)nr;
	return nr >= 0;
}

void slab_rows_release(struct slab_rows *rows)
{
	free(rows->holders);
	free(rows->slabs_with);
}

/* --- how full ------------------------------------------------------------ */

static bool make_room(struct slab_rows *rows, uint32_t live)
{
	size_t room = (size_t)live + 64;
	uint64_t *grown;

	if (live < rows->room)
		return true;
	grown = realloc(rows->slabs_with, room * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + rows->room, 0, (room - rows->room) * sizeof(*grown));
	rows->slabs_with = grown;
	rows->room = room;
	return true;
}

static bool store_occupancy(struct slab_rows *rows,
			    const struct slab_place *place)
{
	uint32_t live;

	for (size_t i = 0; i < rows->look->nr; i++) {
		live = rows->look->slabs[i].live;
		if (!make_room(rows, live))
			return false;
		rows->slabs_with[live]++;
	}
	for (size_t i = 0; i < rows->room; i++) {
		if (rows->slabs_with[i])
			results_add_occupancy(rows->results, place, (uint32_t)i,
					      rows->slabs_with[i]);
		rows->slabs_with[i] = 0;
	}
	return true;
}

/* --- who holds ----------------------------------------------------------- */

/* The first holder of the slab, or of a later one. */
static size_t first_holder(const struct slab_rows *rows, uint32_t slab)
{
	size_t low = 0, high = rows->nr_holders, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (rows->holders[middle].slab < slab)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* All that hold it; a rest without a known origin goes to "". */
static void store_pins(const struct slab_rows *rows,
		       const struct slab_place *place,
		       const struct slab_seen *seen)
{
	struct pin_row rest = { .grow_number = seen->view.grow_number,
				.call_site = "",
				.objs = seen->live };
	const struct holder *holder;

	for (size_t i = first_holder(rows, seen->view.slab);
	     i < rows->nr_holders && rows->holders[i].slab == seen->view.slab;
	     i++) {
		holder = &rows->holders[i];
		if (!*holder->call_site)
			continue;
		rest.objs -= holder->objs;
		results_add_pin(
			rows->results, place,
			&(struct pin_row){ .grow_number = rest.grow_number,
					   .call_site = holder->call_site,
					   .objs = holder->objs,
					   .knows_time = true,
					   .oldest_ns = holder->oldest_ns });
	}
	if (rest.objs)
		results_add_pin(rows->results, place, &rest);
}

bool slab_rows_store(struct slab_rows *rows, const struct slab_place *place)
{
	const struct slab_seen *seen;

	for (size_t i = 0; rows->holders && i < rows->look->nr; i++) {
		seen = &rows->look->slabs[i];
		if (seen->live && seen->live <= rows->max_live)
			store_pins(rows, place, seen);
	}
	return store_occupancy(rows, place);
}
