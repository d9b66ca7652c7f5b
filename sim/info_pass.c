/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the events. A table of slots holds what is to be known of
 * each live object until its free. Invariant: the slot's cache_row is
 * NO_OBJECT exactly while nothing lives in it.
 */
#include "sim/info_pass.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/interrupt.h"

#define BLOCK_EVENTS 4096
#define NO_OBJECT UINT32_MAX

struct object {
	uint64_t time_ns;
	uint32_t cache_row, call_site, task;
	uint32_t bytes_alloc;
	uint16_t cpu;
	bool inferred;
};

struct pass {
	const struct trace_header *header;
	struct info *info;
	struct object *objects;
	bool slub;
};

/* --- lifetimes --- */

static unsigned int log2_floor(uint64_t ns)
{
	unsigned int power = 0;

	while (ns >>= 1)
		power++;
	return power;
}

/* Below 16 ns the buckets of a power are fewer: the rest stay empty. */
static unsigned int bucket_of(uint64_t ns)
{
	unsigned int power = log2_floor(ns);
	uint64_t rest = ns ? ns - (UINT64_C(1) << power) : 0;
	uint64_t step = power >= 4 ? rest >> (power - 4) : rest << (4 - power);

	return power * LIFETIME_STEPS + (unsigned int)step;
}

static uint64_t bucket_start(unsigned int bucket)
{
	unsigned int power = bucket / LIFETIME_STEPS;
	uint64_t step = bucket % LIFETIME_STEPS, start = UINT64_C(1) << power;

	return start + (power >= 4 ? step << (power - 4) : step >> (4 - power));
}

uint64_t lifetimes_median(const struct lifetimes *lifetimes)
{
	uint64_t seen = 0;

	for (unsigned int i = 0; i < LIFETIME_BUCKETS; i++) {
		seen += lifetimes->buckets[i];
		if (seen && seen >= lifetimes->nr - lifetimes->nr / 2)
			return bucket_start(i);
	}
	return 0;
}

uint64_t lifetimes_power(const struct lifetimes *lifetimes, unsigned int power)
{
	uint64_t nr = 0;

	for (unsigned int i = 0; i < LIFETIME_STEPS; i++)
		nr += lifetimes->buckets[power * LIFETIME_STEPS + i];
	return nr;
}

static bool note_lifetime(struct info *info, uint32_t cache_row, uint64_t ns)
{
	struct lifetimes **own = &info->cache_lifetimes[cache_row];
	unsigned int bucket = bucket_of(ns);

	if (!*own)
		*own = calloc(1, sizeof(**own));
	if (!*own)
		return false;
	(*own)->nr++;
	(*own)->buckets[bucket]++;
	info->lifetimes.nr++;
	info->lifetimes.buckets[bucket]++;
	return true;
}

/* --- bytes --- */

/* 8, 16, 32, 64, 96, 128, 192, 256, then powers of two. */
uint32_t info_kmalloc_size(uint32_t i)
{
	static const uint32_t small[] = { 8, 16, 32, 64, 96, 128, 192, 256 };

	return i < 8 ? small[i] : UINT32_C(512) << (i - 8);
}

/*
 * A trace file keeps what kmallocs asked for, not what they were given: the
 * sizes of the traced kind of allocator tell. SLAB has none below 32 and, as
 * 96 is aligned to the cache line, gives 128 for it.
 */
static uint32_t kmalloc_class(bool slub, uint32_t bytes_req)
{
	uint32_t i = slub ? 0 : 2;

	while (i + 1 < NR_KMALLOC_SIZES &&
	       (info_kmalloc_size(i) < bytes_req || (!slub && i == 4)))
		i++;
	return i;
}

static uint32_t cache_bytes(const struct cache_def *def)
{
	uint32_t align = def->flags & CACHE_DEF_HWALIGN ? 64 : 8;

	if (def->traced_bytes)
		return def->traced_bytes;
	return def->size_bytes > UINT32_MAX - align ?
		       def->size_bytes :
		       (def->size_bytes + align - 1) / align * align;
}

static uint32_t cache_row(const struct pass *pass, const struct event *event)
{
	if (event->op == EVENT_KMALLOC)
		return pass->header->nr_caches +
		       kmalloc_class(pass->slub, event->bytes_req);
	if (event->cache < pass->header->nr_caches)
		return event->cache;
	return pass->header->nr_caches + NR_KMALLOC_SIZES;
}

/* --- rows --- */

/* The rows that an event counts for: total and one by each key. */
struct row_set {
	struct info_row *row[NR_INFO_KEYS + 1];
};

static void find_rows(struct pass *pass, uint32_t cache, uint32_t cpu,
		      uint32_t call_site, uint32_t task, struct row_set *set)
{
	const uint32_t at[NR_INFO_KEYS] = { cache, cpu, call_site, task };

	set->row[NR_INFO_KEYS] = &pass->info->total;
	for (int key = 0; key < NR_INFO_KEYS; key++) {
		uint32_t last = pass->info->nr_rows[key] - 1;

		set->row[key] =
			&pass->info->rows[key][at[key] < last ? at[key] : last];
	}
}

uint32_t info_slot_bytes(const struct trace_header *header, bool slub,
			 const struct event *event)
{
	if (event->op == EVENT_KMALLOC)
		return info_kmalloc_size(kmalloc_class(slub, event->bytes_req));
	return cache_bytes(&header->caches[event->cache]);
}

static bool knows_bytes(const struct pass *pass, const struct event *event)
{
	return event->op == EVENT_ALLOC &&
	       pass->header->caches[event->cache].traced_bytes;
}

static void take_alloc(struct pass *pass, const struct event *event)
{
	struct object *object = &pass->objects[event->slot];
	struct row_set set;

	object->time_ns = event->time_ns;
	object->cache_row = cache_row(pass, event);
	object->call_site = event->call_site;
	object->task = event->task;
	object->cpu = event->cpu;
	object->inferred = event->flags & EVENT_INFERRED;
	object->bytes_alloc = info_slot_bytes(pass->header, pass->slub, event);
	pass->info->guessed_allocs += !knows_bytes(pass, event);
	find_rows(pass, object->cache_row, event->cpu, event->call_site,
		  event->task, &set);
	for (int i = 0; i <= NR_INFO_KEYS; i++) {
		set.row[i]->live++;
		if (object->inferred) {
			set.row[i]->inferred_allocs++;
			continue;
		}
		set.row[i]->allocs++;
		set.row[i]->bytes_req += event->bytes_req;
		set.row[i]->bytes_alloc += object->bytes_alloc;
	}
}

/* What the free means for the rows of the object's allocation. */
static bool end_object(struct pass *pass, const struct event *event)
{
	struct object *object = &pass->objects[event->slot];
	bool real = !(event->flags & EVENT_IMPLICIT);
	uint32_t cache = object->cache_row;
	struct row_set set;

	if (cache == NO_OBJECT)
		return true;
	find_rows(pass, cache, object->cpu, object->call_site, object->task,
		  &set);
	for (int i = 0; i <= NR_INFO_KEYS; i++) {
		set.row[i]->live--;
		if (!real)
			continue;
		/* perf kmem counts those of inferred objects too */
		set.row[i]->bytes_freed += object->bytes_alloc;
		set.row[i]->ping_pong += !object->inferred &&
					 object->cpu != event->cpu;
	}
	object->cache_row = NO_OBJECT;
	/* when what was not traced happened nobody knows */
	return !real || object->inferred ||
	       note_lifetime(pass->info, cache,
			     event->time_ns - object->time_ns);
}

static bool take_free(struct pass *pass, const struct event *event)
{
	bool known = event->op == EVENT_FREE;
	uint32_t row = known ? pass->objects[event->slot].cache_row :
			       cache_row(pass, event);
	struct row_set set;

	find_rows(pass, row, event->cpu, event->call_site, event->task, &set);
	for (int i = 0; i <= NR_INFO_KEYS; i++) {
		if (event->flags & EVENT_IMPLICIT)
			set.row[i]->implicit_frees++;
		else
			set.row[i]->frees++;
		set.row[i]->unknown_frees += !known;
	}
	return !known || end_object(pass, event);
}

/* The reader has checked that slots and caches are within their bounds. */
static bool take_event(struct pass *pass, const struct event *event)
{
	switch (event->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		take_alloc(pass, event);
		return true;
	case EVENT_FREE:
	case EVENT_FREE_UNKNOWN:
		return take_free(pass, event);
	case EVENT_PAGE_ALLOC:
		pass->info->pages[event_page_order(event)].allocs++;
		return true;
	case EVENT_PAGE_FREE:
		pass->info->pages[event_page_order(event)].frees++;
		return true;
	case EVENT_PAGE_FREE_BATCHED:
		pass->info->pages[event_page_order(event)].batched_frees++;
		return true;
	default:
		return true;
	}
}

/* --- from beginning to end --- */

static int read_events(struct pass *pass, struct slt_reader *reader)
{
	struct trace_error error = { "" };
	struct event events[BLOCK_EVENTS];
	int nr;

	while ((nr = slt_read(reader, events, BLOCK_EVENTS, &error)) > 0) {
		for (int i = 0; i < nr; i++) {
			if (!take_event(pass, &events[i])) {
				talk("info: out of memory");
				return EXIT_IO;
			}
		}
		if (interrupt_wanted()) {
			talk("info: interrupted");
			return EXIT_INTERRUPTED;
		}
	}
	if (nr == 0)
		return EXIT_OK;
	talk("%s", error.text);
	return EXIT_BAD_INPUT;
}

static bool allocate(struct pass *pass)
{
	const struct trace_header *header = pass->header;
	struct info *info = pass->info;

	info->nr_rows[BY_CACHE] = header->nr_caches + NR_KMALLOC_SIZES + 1;
	info->nr_rows[BY_CPU] = header->cpus ? header->cpus : 1;
	info->nr_rows[BY_CALL_SITE] = header->nr_call_sites;
	info->nr_rows[BY_TASK] = header->nr_tasks;
	for (int key = 0; key < NR_INFO_KEYS; key++) {
		info->rows[key] =
			calloc(info->nr_rows[key], sizeof(*info->rows[key]));
		if (!info->rows[key])
			return false;
	}
	info->cache_lifetimes =
		calloc(info->nr_rows[BY_CACHE], sizeof(*info->cache_lifetimes));
	pass->objects =
		malloc((header->nr_slots + (size_t)1) * sizeof(*pass->objects));
	for (uint32_t i = 0; pass->objects && i < header->nr_slots; i++)
		pass->objects[i].cache_row = NO_OBJECT;
	return info->cache_lifetimes && pass->objects;
}

int info_read(struct slt_reader *reader, struct info *info)
{
	struct pass pass = { .header = slt_header(reader), .info = info };
	int code = EXIT_IO;

	memset(info, 0, sizeof(*info));
	pass.slub = strcmp(pass.header->kernel, "SLUB") == 0;
	if (allocate(&pass))
		code = read_events(&pass, reader);
	else
		talk("info: out of memory");
	free(pass.objects);
	return code;
}

void info_release(struct info *info)
{
	for (int key = 0; key < NR_INFO_KEYS; key++)
		free(info->rows[key]);
	for (uint32_t i = 0;
	     info->cache_lifetimes && i < info->nr_rows[BY_CACHE]; i++)
		free(info->cache_lifetimes[i]);
	free(info->cache_lifetimes);
	memset(info, 0, sizeof(*info));
}
