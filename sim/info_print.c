/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures and tables of "slabsim info". Percentages are made of integers at
 * the last moment, and rows are sorted by (events, number), so that the same
 * trace prints the same text everywhere.
 */
#include "sim/info_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"

static const char *const key_words[NR_INFO_KEYS] = {
	[BY_CACHE] = "cache",
	[BY_CPU] = "cpu",
	[BY_CALL_SITE] = "callsite",
	[BY_TASK] = "task",
};

bool info_key_parse(const char *word, enum info_key *key)
{
	for (int i = 0; i < NR_INFO_KEYS; i++) {
		if (strcmp(key_words[i], word) == 0) {
			*key = (enum info_key)i;
			return true;
		}
	}
	return false;
}

/* --- figures --- */

/* As perf kmem: 100 - 100 * requested / allocated. */
static double fragmentation_pct(const struct info_row *row)
{
	if (!row->bytes_alloc)
		return 0;
	return 100.0 -
	       100.0 * (double)row->bytes_req / (double)row->bytes_alloc;
}

/* Below zero where caches gave less than was asked for: then not text. */
static int64_t wasted_bytes(const struct info_row *row)
{
	return (int64_t)(row->bytes_alloc - row->bytes_req);
}

void info_print_figures(const struct info *info)
{
	const struct info_row *total = &info->total;
	char median[64];

	printf("\nas perf kmem counts (allocations that were traced):\n");
	printf("%14" PRIu64 "  bytes requested\n", total->bytes_req);
	printf("%14" PRIu64 "  bytes allocated\n", total->bytes_alloc);
	printf("%14" PRIu64 "  bytes freed\n", total->bytes_freed);
	printf("%14" PRIu64 "  bytes allocated, net\n",
	       total->bytes_alloc - total->bytes_freed);
	printf("%14" PRId64 "  bytes wasted: internal fragmentation "
	       "%.6f%%\n",
	       wasted_bytes(total), fragmentation_pct(total));
	printf("%14" PRIu64 "  ping-pong: objects freed on another CPU\n",
	       total->ping_pong);
	if (info->guessed_allocs)
		printf("%14" PRIu64 "  of the allocations have their bytes "
		       "from a table of sizes\n",
		       info->guessed_allocs);
	text_duration(lifetimes_median(&info->lifetimes), median,
		      sizeof(median));
	if (info->lifetimes.nr)
		printf("%14" PRIu64 "  lifetimes known, median %s\n",
		       info->lifetimes.nr, median);
}

/* --- pages --- */

static bool any_pages(const struct info_pages *pages)
{
	return pages->allocs || pages->frees || pages->batched_frees;
}

/* An event is of 2^order pages. */
static struct info_pages sum_pages(const struct info *info)
{
	struct info_pages sum = { 0, 0, 0 };

	for (unsigned int order = 0; order <= EVENT_MAX_ORDER; order++) {
		sum.allocs += info->pages[order].allocs << order;
		sum.frees += info->pages[order].frees << order;
		sum.batched_frees += info->pages[order].batched_frees << order;
	}
	return sum;
}

void info_print_pages(const struct info *info)
{
	struct info_pages sum = sum_pages(info);

	printf("\nof the page allocator (not simulated):\n"
	       "%-10s %14s %14s %14s\n",
	       "order", "allocated", "freed", "freed in batch");
	for (unsigned int order = 0; order <= EVENT_MAX_ORDER; order++) {
		const struct info_pages *pages = &info->pages[order];

		if (any_pages(pages))
			printf("%-10u %14" PRIu64 " %14" PRIu64 " %14" PRIu64
			       "\n",
			       order, pages->allocs, pages->frees,
			       pages->batched_frees);
	}
	printf("%-10s %14" PRIu64 " %14" PRIu64 " %14" PRIu64 "\n",
	       "all, pages", sum.allocs, sum.frees, sum.batched_frees);
}

/* --- rows --- */

static void row_name(const struct trace_header *header, enum info_key key,
		     uint32_t i, char *out, size_t out_bytes)
{
	const char *text = NULL;

	if (key == BY_CPU)
		snprintf(out, out_bytes, "%" PRIu32, i);
	else if (key == BY_CACHE && i >= header->nr_caches + NR_KMALLOC_SIZES)
		snprintf(out, out_bytes, "(unknown)");
	else if (key == BY_CACHE && i >= header->nr_caches)
		snprintf(out, out_bytes, "kmalloc-%" PRIu32,
			 info_kmalloc_size(i - header->nr_caches));
	else if (key == BY_CACHE)
		text = header->caches[i].name;
	else
		text = key == BY_TASK ? header->tasks[i] :
					header->call_sites[i];
	if (text)
		snprintf(out, out_bytes, "%s", *text ? text : "(unknown)");
}

static uint64_t row_events(const struct info_row *row)
{
	return row->allocs + row->inferred_allocs + row->frees +
	       row->implicit_frees;
}

struct ranked {
	uint64_t events;
	uint32_t row;
};

static int by_events(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->events != b->events)
		return a->events > b->events ? -1 : 1;
	return a->row < b->row ? -1 : 1;
}

/* Rows that have events, the most first; owned, NULL without memory. */
static struct ranked *rank_rows(const struct info *info, enum info_key key,
				uint32_t *nr)
{
	struct ranked *ranked =
		malloc((info->nr_rows[key] + (size_t)1) * sizeof(*ranked));

	*nr = 0;
	for (uint32_t i = 0; ranked && i < info->nr_rows[key]; i++) {
		uint64_t events = row_events(&info->rows[key][i]);

		if (events)
			ranked[(*nr)++] = (struct ranked){ events, i };
	}
	if (*nr)
		qsort(ranked, *nr, sizeof(*ranked), by_events);
	return ranked;
}

static void print_row(const struct info *info, enum info_key key, uint32_t i,
		      const char *name)
{
	const struct info_row *row = &info->rows[key][i];
	char visible[256], median[64] = "-";
	size_t width;

	text_visible(name, visible, sizeof(visible));
	width = text_width(visible);
	if (key == BY_CACHE && info->cache_lifetimes[i])
		text_duration(lifetimes_median(info->cache_lifetimes[i]),
			      median, sizeof(median));
	printf("%s%*s  %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %13" PRIu64
	       " %6.2f %9" PRIu64,
	       visible, width < 28 ? (int)(28 - width) : 0, "", row->allocs,
	       row->frees, row->live, row->bytes_alloc, fragmentation_pct(row),
	       row->ping_pong);
	if (key == BY_CACHE)
		printf("  %s", median);
	printf("\n");
}

void info_print_table(const struct trace_header *header,
		      const struct info *info, enum info_key key, uint32_t top)
{
	uint32_t nr;
	struct ranked *ranked = rank_rows(info, key, &nr);

	printf("\n%-28s  %9s %9s %9s %13s %6s %9s%s\n", key_words[key],
	       "allocs", "frees", "live", "bytes", "frag%", "ping-pong",
	       key == BY_CACHE ? "  median life" : "");
	for (uint32_t i = 0; ranked && i < nr && (!top || i < top); i++) {
		char name[256];

		row_name(header, key, ranked[i].row, name, sizeof(name));
		print_row(info, key, ranked[i].row, name);
	}
	if (top && nr > top)
		printf("and %" PRIu32 " more (--top 0 shows all)\n", nr - top);
	free(ranked);
}

static void print_histogram(const char *name, const struct lifetimes *lives)
{
	char visible[256], from[64], median[64];

	text_visible(name, visible, sizeof(visible));
	text_duration(lifetimes_median(lives), median, sizeof(median));
	printf("\n%s: %" PRIu64 " lifetimes, median %s\n", visible, lives->nr,
	       median);
	for (unsigned int power = 0; power < 64; power++) {
		uint64_t nr = lifetimes_power(lives, power);

		if (!nr)
			continue;
		text_duration(UINT64_C(1) << power, from, sizeof(from));
		printf("%16s  %10" PRIu64 "  %5.1f%%\n", power ? from : "0 ns",
		       nr, 100.0 * (double)nr / (double)lives->nr);
	}
}

void info_print_lifetimes(const struct trace_header *header,
			  const struct info *info)
{
	uint32_t nr;
	struct ranked *ranked = rank_rows(info, BY_CACHE, &nr);

	printf("\nlifetimes, from the time shown to below twice it:\n");
	if (info->lifetimes.nr)
		print_histogram("all", &info->lifetimes);
	for (uint32_t i = 0; ranked && i < nr; i++) {
		char name[256];

		row_name(header, BY_CACHE, ranked[i].row, name, sizeof(name));
		if (info->cache_lifetimes[ranked[i].row])
			print_histogram(name,
					info->cache_lifetimes[ranked[i].row]);
	}
	free(ranked);
}

/* --- JSON --- */

static void number(const char *key, uint64_t value)
{
	printf(",\"%s\":%" PRIu64, key, value);
}

static void json_row(const struct info_row *row)
{
	number("inferred_allocs", row->inferred_allocs);
	number("implicit_frees", row->implicit_frees);
	number("requested_bytes", row->bytes_req);
	number("allocated_bytes", row->bytes_alloc);
	number("freed_bytes", row->bytes_freed);
	printf(",\"wasted_bytes\":%" PRId64, wasted_bytes(row));
	printf(",\"internal_fragmentation_pct\":%.6f", fragmentation_pct(row));
	number("ping_pong_frees", row->ping_pong);
	number("live", row->live);
}

/* [n, ...]: the element k counts lifetimes from 2^k ns on. */
static void json_lifetimes(const struct lifetimes *lives)
{
	unsigned int powers = 64;

	number("lifetimes", lives ? lives->nr : 0);
	number("lifetime_median_ns", lives ? lifetimes_median(lives) : 0);
	printf(",\"lifetime_log2_ns\":[");
	while (powers && (!lives || !lifetimes_power(lives, powers - 1)))
		powers--;
	for (unsigned int i = 0; i < powers; i++)
		printf("%s%" PRIu64, i ? "," : "", lifetimes_power(lives, i));
	printf("]");
}

void info_json_figures(const struct info *info)
{
	const struct info_row *total = &info->total;

	number("requested_bytes", total->bytes_req);
	number("allocated_bytes", total->bytes_alloc);
	number("freed_bytes", total->bytes_freed);
	number("net_allocated_bytes", total->bytes_alloc - total->bytes_freed);
	printf(",\"wasted_bytes\":%" PRId64, wasted_bytes(total));
	printf(",\"internal_fragmentation_pct\":%.6f",
	       fragmentation_pct(total));
	number("ping_pong_frees", total->ping_pong);
	number("allocs_of_guessed_bytes", info->guessed_allocs);
	json_lifetimes(&info->lifetimes);
}

void info_json_pages(const struct info *info)
{
	struct info_pages sum = sum_pages(info);
	const char *comma = "";

	number("pages_allocated", sum.allocs);
	number("pages_freed", sum.frees);
	number("pages_freed_in_batch", sum.batched_frees);
	printf(",\"pages_by_order\":[");
	for (unsigned int order = 0; order <= EVENT_MAX_ORDER; order++) {
		const struct info_pages *pages = &info->pages[order];

		if (!any_pages(pages))
			continue;
		printf("%s{\"order\":%u", comma, order);
		number("allocs", pages->allocs);
		number("frees", pages->frees);
		number("batched_frees", pages->batched_frees);
		printf("}");
		comma = ",";
	}
	printf("]");
}

void info_json_cache(const struct info *info, uint32_t cache)
{
	json_row(&info->rows[BY_CACHE][cache]);
	json_lifetimes(info->cache_lifetimes[cache]);
}

void info_json_table(const struct trace_header *header, const struct info *info,
		     enum info_key key)
{
	uint32_t nr;
	struct ranked *ranked = rank_rows(info, key, &nr);

	printf(",\"by_%s\":[", key_words[key]);
	for (uint32_t i = 0; ranked && i < nr; i++) {
		const struct info_row *row = &info->rows[key][ranked[i].row];
		char name[1024];

		row_name(header, key, ranked[i].row, name, sizeof(name));
		printf("%s{\"%s\":", i ? "," : "", key_words[key]);
		if (key == BY_CPU)
			printf("%s", name);
		else
			text_print_json(stdout, name);
		number("allocs", row->allocs);
		number("frees", row->frees);
		number("unknown_frees", row->unknown_frees);
		json_row(row);
		if (key == BY_CACHE)
			json_lifetimes(info->cache_lifetimes[ranked[i].row]);
		printf("}");
	}
	printf("]");
	free(ranked);
}
