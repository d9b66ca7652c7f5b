/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See trace_rows.h; the pass is that of "slabsim info".
 */
#include "sim/trace_rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/cli.h"
#include "sim/info_pass.h"

static bool is_empty(const struct info_row *row)
{
	return !row->allocs && !row->inferred_allocs && !row->frees &&
	       !row->implicit_frees;
}

static void store_call_sites(struct results *results,
			     const struct trace_header *header,
			     const struct info *info)
{
	const struct info_row *row;

	for (uint32_t i = 0; i < header->nr_call_sites; i++) {
		row = &info->rows[BY_CALL_SITE][i];
		if (!is_empty(row))
			results_add_call_site(results, header->call_sites[i],
					      row);
	}
}

/* A row for each power of two that objects lived. */
static void store_lifetimes(struct results *results, const char *cache,
			    const struct lifetimes *lifetimes)
{
	uint64_t from, nr;

	for (unsigned int power = 0; power < 64; power++) {
		nr = lifetimes_power(lifetimes, power);
		from = power ? UINT64_C(1) << power : 0;
		if (nr)
			results_add_lifetime(results, cache, from,
					     power < 62 ? UINT64_C(2) << power :
							  INT64_MAX,
					     nr);
	}
}

static void store_all_lifetimes(struct results *results,
				const struct trace_header *header,
				const struct info *info)
{
	char name[32];

	store_lifetimes(results, "", &info->lifetimes);
	for (uint32_t i = 0; i < header->nr_caches + NR_KMALLOC_SIZES; i++) {
		if (!info->cache_lifetimes[i])
			continue;
		snprintf(name, sizeof(name), "kmalloc-%" PRIu32,
			 info_kmalloc_size(i < header->nr_caches ?
						   0 :
						   i - header->nr_caches));
		store_lifetimes(results,
				i < header->nr_caches ? header->caches[i].name :
							name,
				info->cache_lifetimes[i]);
	}
}

int trace_rows_store(struct results *results, struct slt_reader *reader)
{
	const struct trace_header *header = slt_header(reader);
	struct trace_error error = { "" };
	struct info info = { 0 };
	int code;

	if (results_has_call_sites(results))
		return EXIT_OK;
	code = info_read(reader, &info);
	if (!code) {
		store_call_sites(results, header, &info);
		store_all_lifetimes(results, header, &info);
		if (slt_seek_event(reader, 0, &error)) {
			talk("%s", error.text);
			code = EXIT_BAD_INPUT;
		}
	}
	info_release(&info);
	return code;
}
