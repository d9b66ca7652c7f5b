/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a failing stream short, and showing it.
 *
 * Chunks are left out, half the stream first, then ever smaller ones, as long
 * as what remains still fails (with whatever sentence: a shorter failure is
 * the better one); at single steps it goes round until none can be spared.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/stream.h"

/* The stream without @nr steps from @at on. */
static struct stream without(const struct stream *stream, uint32_t at,
			     uint32_t nr)
{
	struct stream shorter = { 0 };

	for (uint32_t i = 0; i < stream->nr; i++) {
		if (i < at || i >= at + nr)
			stream_append(&shorter, &stream->step[i]);
	}
	return shorter;
}

/* Replaces the stream by a shorter one, if that fails; cuts what follows. */
static bool try_shorter(const struct world_config *config,
			struct stream *stream, uint32_t at, uint32_t nr,
			struct difference *d)
{
	struct stream shorter = without(stream, at, nr);
	struct difference why;
	uint32_t failed_at = stream_run(config, &shorter, &why);

	if (failed_at == UINT32_MAX) {
		stream_release(&shorter);
		return false;
	}
	stream_release(stream);
	*stream = shorter;
	stream->nr = failed_at;
	*d = why;
	return true;
}

/* A step of time spared, its ticks added to the next one's. */
static bool try_later(const struct world_config *config, struct stream *stream,
		      uint32_t at, struct difference *d)
{
	uint32_t next = at + 1;

	if (at >= stream->nr || stream->step[at].kind != STEP_TIME)
		return false;
	while (next < stream->nr && stream->step[next].kind != STEP_TIME)
		next++;
	if (next == stream->nr)
		return false;
	stream->step[next].number += stream->step[at].number;
	if (try_shorter(config, stream, at, 1, d))
		return true;
	stream->step[next].number -= stream->step[at].number;
	return false;
}

/* One round with chunks of one size. Return: whether any could go. */
static bool leave_out(const struct world_config *config, struct stream *stream,
		      uint32_t chunk, struct difference *d)
{
	uint32_t end = stream->nr;
	bool any = false;

	/* from the end: what is late depends on what is early */
	while (end > 0) {
		uint32_t at = end > chunk ? end - chunk : 0;

		if (try_shorter(config, stream, at, end - at, d) ||
		    (chunk == 1 && try_later(config, stream, at, d)))
			any = true;
		end = at < stream->nr ? at : stream->nr;
	}
	return any;
}

/* Compares everything, every time, when the stream is short enough for it. */
static struct world_config with_full_every(const struct world_config *config,
					   uint32_t nr_steps)
{
	struct world_config thorough = *config;

	if (nr_steps <= 50)
		thorough.full_every = 1;
	return thorough;
}

void stream_shrink(const struct world_config *config, struct stream *stream,
		   struct difference *d)
{
	uint32_t chunk = stream->nr / 2 + 1;
	bool any = true;

	while (chunk > 1 || any) {
		struct world_config thorough =
			with_full_every(config, stream->nr);

		any = leave_out(&thorough, stream, chunk, d);
		if (chunk > stream->nr)
			chunk = stream->nr;
		chunk = chunk > 1 ? chunk / 2 : 1;
	}
}

/* --- showing -------------------------------------------------------------- */

static void print_flags(uint32_t flags, FILE *out)
{
	static const struct {
		uint32_t flag;
		const char *word;
	} words[] = {
		{ SLAB_HWCACHE_ALIGN, "HWALIGN" },
		{ SLAB_RECLAIM_ACCOUNT, "RECLAIM" },
		{ SLAB_DESTROY_BY_RCU, "RCU" },
		{ SLAB_MEM_SPREAD, "SPREAD" },
		{ SLAB_NOLEAKTRACE, "NOLEAK" },
		{ SLAB_CACHE_DMA, "DMA" },
	};
	const char *separator = "";

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(flags & words[i].flag))
			continue;
		fprintf(out, "%s%s", separator, words[i].word);
		separator = "|";
	}
	if (!*separator)
		fputc('-', out);
}

static void print_alloc(const struct step *s, FILE *out)
{
	switch (s->kind) {
	case STEP_ALLOC:
		fprintf(out, "a %u %s %u", s->cpu, s->name, s->slot);
		break;
	case STEP_ALLOC_NODE:
	case STEP_ALLOC_THISNODE:
		fprintf(out, "%s %u %s %u %u",
			s->kind == STEP_ALLOC_NODE ? "an" : "ant", s->cpu,
			s->name, s->slot, s->node);
		break;
	case STEP_KMALLOC_NODE:
		fprintf(out, "kn %u %" PRIu64 " %u %u", s->cpu, s->size,
			s->slot, s->node);
		break;
	default:
		fprintf(out, "%s %u %" PRIu64 " %u",
			s->kind == STEP_KMALLOC ? "k" : "kd", s->cpu, s->size,
			s->slot);
	}
}

static void print_cache_step(const struct step *s, FILE *out)
{
	switch (s->kind) {
	case STEP_CREATE:
		fprintf(out, "create %u %s %" PRIu64 " %" PRIu64 " ", s->cpu,
			s->name, s->size, s->align);
		print_flags(s->flags, out);
		break;
	case STEP_TUNE:
		fprintf(out, "tune %u %s %" PRId64 " %" PRId64 " %" PRId64,
			s->cpu, s->name, s->limit, s->batchcount, s->shared);
		break;
	default:
		fprintf(out, "%s %u %s",
			s->kind == STEP_SHRINK ? "shrink" : "destroy", s->cpu,
			s->name);
	}
}

static void print_failures(const struct step *s, FILE *out)
{
	if (s->number)
		fprintf(out,
			"# page request number %" PRIu64 " from now on fails",
			s->number);
	else
		fputs("# page requests are served", out);
	if (s->per_million)
		fprintf(out, "; %u in a million fail (seed %" PRIu64 ")",
			s->per_million, s->seed);
}

static void print_step(const struct step *s, uint64_t now, FILE *out)
{
	switch (s->kind) {
	case STEP_SMP:
		fputs("smp", out);
		break;
	case STEP_CREATE:
	case STEP_TUNE:
	case STEP_SHRINK:
	case STEP_DESTROY:
		print_cache_step(s, out);
		break;
	case STEP_FREE:
	case STEP_KFREE:
		fprintf(out, "%s %u %u", s->kind == STEP_FREE ? "f" : "kf",
			s->cpu, s->slot);
		break;
	case STEP_OFFLINE:
	case STEP_ONLINE:
		fprintf(out, "%s %u %u",
			s->kind == STEP_ONLINE ? "online" : "offline", s->cpu,
			s->other_cpu);
		break;
	case STEP_TIME:
		fprintf(out, "T %" PRIu64, now);
		break;
	case STEP_LIMIT:
		fprintf(out, "limit %u %" PRIu64, s->node, s->number);
		break;
	case STEP_FAIL_PAGE:
		print_failures(s, out);
		break;
	case STEP_RCU:
		fputs("# all grace periods end", out);
		break;
	default:
		print_alloc(s, out);
	}
}

void stream_print(const struct world_config *config,
		  const struct stream *stream, const char *prefix, FILE *out)
{
	uint64_t now = 0;

	fprintf(out, "%s# %s; profile %s%s%s\n", prefix, config->title,
		config->profile->name,
		config->cpu_node ? ", CPUs on other nodes" : "",
		config->late_rcu ? ", late grace periods" : "");
	fprintf(out, "%smachine nodes=%u cpus=%u pages=%" PRIu64 "%s%s\n",
		prefix, config->nodes, config->cpus, config->pages,
		config->mask_early ? " mask=early" : "",
		config->noalien ? " alien=0" : "");
	for (uint32_t i = 0; i < stream->nr; i++) {
		const struct step *s = &stream->step[i];

		if (s->kind == STEP_TIME)
			now += s->number;
		fputs(prefix, out);
		print_step(s, now, out);
		fputc('\n', out);
	}
}
