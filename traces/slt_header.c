/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of a .slt file. Encoder and decoder stand side by side, a line
 * in one for a line in the other, in the same order.
 */
#include "traces/slt_format.h"

#include <stdlib.h>
#include <string.h>

/* The counts, in the order of the file; those of pages from version 3 on. */
#define NR_COUNTS 15
#define NR_PAGE_COUNTS 2

static void counts_list(struct trace_counts *counts, uint64_t *list[NR_COUNTS])
{
	uint64_t *const all[NR_COUNTS] = {
		&counts->events,          &counts->allocs,
		&counts->failed_allocs,   &counts->frees,
		&counts->null_frees,      &counts->unknown_frees,
		&counts->implicit_frees,  &counts->own_dropped,
		&counts->other,           &counts->lost,
		&counts->unparsed,        &counts->live_at_end,
		&counts->inferred_allocs, &counts->page_allocs,
		&counts->page_frees,
	};

	memcpy(list, all, sizeof(all));
}

static void put_cache(const struct cache_def *def, struct bytes *out)
{
	bytes_put_string(out, def->name);
	bytes_put_varint(out, def->size_bytes);
	bytes_put_varint(out, def->align_bytes);
	bytes_put_varint(out, def->flags);
	bytes_put_varint(out, def->traced_bytes);
	bytes_put_varint(out, def->when);
	bytes_put_varint(out, def->identity);
	bytes_put_string(out, def->reason);
	bytes_put_varint(out, def->allocs);
	bytes_put_varint(out, def->frees);
	bytes_put_varint(out, def->unknown_frees);
	bytes_put_varint(out, def->inferred_allocs);
	bytes_put_varint(out, def->inferred_frees);
}

static void get_cache(struct byte_reader *in, struct cache_def *def)
{
	def->name = byte_reader_string(in, SLT_MAX_STRING_BYTES);
	def->size_bytes = (uint32_t)byte_reader_varint(in, UINT32_MAX);
	def->align_bytes = (uint32_t)byte_reader_varint(in, UINT32_MAX);
	def->flags = (uint32_t)byte_reader_varint(in, UINT32_MAX);
	def->traced_bytes = (uint32_t)byte_reader_varint(in, UINT32_MAX);
	def->when = (enum cache_when)byte_reader_varint(in, CACHE_AT_EVENT);
	def->identity =
		(enum cache_identity)byte_reader_varint(in, IDENTITY_GIVEN);
	def->reason = byte_reader_string(in, SLT_MAX_STRING_BYTES);
	def->allocs = byte_reader_varint(in, UINT64_MAX);
	def->frees = byte_reader_varint(in, UINT64_MAX);
	def->unknown_frees = byte_reader_varint(in, UINT64_MAX);
	def->inferred_allocs = byte_reader_varint(in, UINT64_MAX);
	def->inferred_frees = byte_reader_varint(in, UINT64_MAX);
}

static void put_strings(char *const *strings, uint32_t nr, struct bytes *out)
{
	bytes_put_varint(out, nr);
	for (uint32_t i = 0; i < nr; i++)
		bytes_put_string(out, strings[i]);
}

/* An array of as many strings as the bytes that are left can hold. */
static char **get_strings(struct byte_reader *in, uint32_t *nr)
{
	uint64_t count = byte_reader_varint(in, (uint64_t)(in->end - in->p));
	char **strings;

	if (in->failed || count == 0 || count >= UINT32_MAX) {
		in->failed = true;
		return NULL;
	}
	strings = calloc(count, sizeof(*strings));
	in->failed = !strings;
	for (uint64_t i = 0; i < count && !in->failed; i++) {
		strings[i] = byte_reader_string(in, SLT_MAX_STRING_BYTES);
		*nr = (uint32_t)i + 1;
	}
	if (!in->failed && *strings[0] != '\0')
		in->failed = true; /* number 0 is "unknown" */
	return strings;
}

static void get_caches(struct byte_reader *in, struct trace_header *header)
{
	/* a cache takes thirteen bytes at least */
	uint64_t count =
		byte_reader_varint(in, (uint64_t)(in->end - in->p) / 13);

	if (in->failed || count == 0 || count >= UINT32_MAX) {
		in->failed = in->failed || count;
		return;
	}
	header->caches = calloc(count, sizeof(*header->caches));
	in->failed = !header->caches;
	for (uint64_t i = 0; i < count && !in->failed; i++) {
		get_cache(in, &header->caches[i]);
		header->nr_caches = (uint32_t)i + 1;
	}
}

/* Times as differences: until when to the one before, since when to that. */
static void put_losses(const struct trace_header *header, struct bytes *out)
{
	uint64_t before_ns = 0;

	bytes_put_varint(out, header->nr_losses);
	for (uint32_t i = 0; i < header->nr_losses; i++) {
		const struct trace_loss *loss = &header->losses[i];

		bytes_put_varint(out, loss->until_ns - before_ns);
		bytes_put_varint(out, loss->until_ns - loss->from_ns);
		bytes_put_varint(out, loss->cpu);
		bytes_put_varint(out, loss->events);
		before_ns = loss->until_ns;
	}
}

/* @left: of the header's lost events, those of no place yet. */
static void get_loss(struct byte_reader *in, const struct trace_header *header,
		     uint64_t before_ns, uint64_t *left,
		     struct trace_loss *loss)
{
	loss->until_ns = before_ns;
	loss->until_ns += byte_reader_varint(in, header->span_ns - before_ns);
	loss->from_ns = loss->until_ns;
	loss->from_ns -= byte_reader_varint(in, loss->until_ns);
	loss->cpu = (uint32_t)byte_reader_varint(in, header->cpus - 1);
	loss->events = byte_reader_varint(in, *left);
	*left -= loss->events;
}

static void get_losses(struct byte_reader *in, struct trace_header *header)
{
	/* a place takes four bytes at least */
	uint64_t count =
		byte_reader_varint(in, (uint64_t)(in->end - in->p) / 4);
	uint64_t before_ns = 0, left = header->counts.lost;

	if (in->failed || !count || count >= UINT32_MAX || !header->cpus) {
		in->failed = true;
		return;
	}
	header->losses = calloc(count, sizeof(*header->losses));
	in->failed = !header->losses;
	for (uint64_t i = 0; i < count && !in->failed; i++) {
		get_loss(in, header, before_ns, &left, &header->losses[i]);
		before_ns = header->losses[i].until_ns;
		header->nr_losses = (uint32_t)i + 1;
	}
}

static void get_text(struct byte_reader *in, char *text, size_t text_bytes)
{
	char *copy = byte_reader_string(in, text_bytes - 1);

	if (copy)
		strcpy(text, copy);
	free(copy);
}

uint32_t slt_header_version(const struct trace_header *header)
{
	const struct trace_counts *counts = &header->counts;

	if (header->nr_losses)
		return SLT_VERSION_LOSSES;
	return counts->page_allocs || counts->page_frees ? SLT_VERSION_PAGES :
							   SLT_VERSION_OLDEST;
}

static size_t counts_of_version(uint32_t version)
{
	return version < SLT_VERSION_PAGES ? NR_COUNTS - NR_PAGE_COUNTS :
					     NR_COUNTS;
}

void slt_header_encode(const struct trace_header *header, struct bytes *out)
{
	size_t nr_counts = counts_of_version(slt_header_version(header));
	struct trace_counts counts = header->counts;
	uint64_t *list[NR_COUNTS];

	bytes_put_varint(out, header->cpus);
	bytes_put_varint(out, header->nr_slots);
	bytes_put_varint(out, header->span_ns);
	bytes_put_varint(out, header->end_ns);
	bytes_put_varint(out, header->first_ns);
	bytes_put_varint(out, header->scenario);
	bytes_put_varint(out, header->infer);
	bytes_put_string(out, header->format);
	bytes_put_string(out, header->clock);
	bytes_put_string(out, header->kernel);
	bytes_put_string(out, header->source);
	bytes_put_string(out, header->digest);
	counts_list(&counts, list);
	for (size_t i = 0; i < nr_counts; i++)
		bytes_put_varint(out, *list[i]);
	put_strings(header->call_sites, header->nr_call_sites, out);
	put_strings(header->tasks, header->nr_tasks, out);
	bytes_put_varint(out, header->nr_caches);
	for (uint32_t i = 0; i < header->nr_caches; i++)
		put_cache(&header->caches[i], out);
	if (slt_header_version(header) >= SLT_VERSION_LOSSES)
		put_losses(header, out);
}

bool slt_header_decode(struct byte_reader *in, uint32_t version,
		       struct trace_header *header)
{
	uint64_t *list[NR_COUNTS];

	memset(header, 0, sizeof(*header));
	header->cpus = (uint32_t)byte_reader_varint(in, SLT_MAX_CPUS);
	header->nr_slots = (uint32_t)byte_reader_varint(in, UINT32_MAX - 1);
	header->span_ns = byte_reader_varint(in, SLT_MAX_TIME_NS);
	header->end_ns = byte_reader_varint(in, SLT_MAX_TIME_NS);
	header->first_ns = byte_reader_varint(in, UINT64_MAX);
	header->scenario = byte_reader_varint(in, 1);
	header->infer = (uint8_t)byte_reader_varint(in, TRACE_INFER_NONE);
	get_text(in, header->format, sizeof(header->format));
	get_text(in, header->clock, sizeof(header->clock));
	get_text(in, header->kernel, sizeof(header->kernel));
	get_text(in, header->source, sizeof(header->source));
	get_text(in, header->digest, sizeof(header->digest));
	counts_list(&header->counts, list);
	for (size_t i = 0; i < counts_of_version(version); i++)
		*list[i] = byte_reader_varint(in, UINT64_MAX);
	header->call_sites = get_strings(in, &header->nr_call_sites);
	header->tasks = get_strings(in, &header->nr_tasks);
	get_caches(in, header);
	if (version >= SLT_VERSION_LOSSES)
		get_losses(in, header);
	/* one content, one way to write it */
	return !in->failed && in->p == in->end && header->cpus &&
	       header->end_ns >= header->span_ns &&
	       slt_header_version(header) == version;
}

static void release_strings(char **strings, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		free(strings[i]);
	free(strings);
}

void trace_header_release(struct trace_header *header)
{
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		free(header->caches[i].name);
		free(header->caches[i].reason);
	}
	free(header->caches);
	release_strings(header->call_sites, header->nr_call_sites);
	release_strings(header->tasks, header->nr_tasks);
	free(header->losses);
	memset(header, 0, sizeof(*header));
}
