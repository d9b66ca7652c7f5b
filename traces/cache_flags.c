/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of cache flags. Its rows are made from cache-flags.csv when the
 * program is built; the csv is sorted by name, as bytes, for the search here.
 */
#include "traces/cache_flags.h"

#include <string.h>

#include "traces/event.h"

static const struct flags_row {
	const char *name;
	uint32_t flags;
} rows[] = {
#include "traces/cache_flags_table.inc"
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

bool cache_flags_find(const char *name, uint32_t *flags)
{
	size_t low = 0, high = NR_ROWS;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, rows[middle].name);

		if (order == 0) {
			*flags = rows[middle].flags;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

const char *cache_flags_name(size_t row)
{
	return row < NR_ROWS ? rows[row].name : NULL;
}
