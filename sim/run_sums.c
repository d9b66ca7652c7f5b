/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See run_sums.h; the names are those of v_sample and v_cpu. */
#include "sim/run_sums.h"

#include <math.h>

/* What the ratios are made of. */
struct parts {
	int64_t cached_bytes, stuck_bytes, used_slab_bytes;
	int64_t allochit, allocs, freehit, frees, remotefrees;
};

static double percent(int64_t part, int64_t of)
{
	return of ? 100.0 * (double)part / (double)of : NAN;
}

/* Return: was there ever a slab? */
static bool add_node(struct run_summary *sums, struct parts *parts,
		     const struct cache_info *info, const int64_t *row)
{
	int64_t bytes = (int64_t)info->buffer_bytes, num = info->num;
	int64_t used =
		row[NODE_COLUMN_slabs_full] + row[NODE_COLUMN_slabs_partial];
	int64_t free = row[NODE_COLUMN_slabs_free];
	int64_t stuck = row[NODE_COLUMN_free_objs] - free * num;

	sums->pages += (uint64_t)(used + free) << info->gfporder;
	sums->live_objs += (uint64_t)row[NODE_COLUMN_live_objs];
	sums->cached_objs += (uint64_t)row[NODE_COLUMN_cached_objs];
	sums->free_objs += (uint64_t)row[NODE_COLUMN_free_objs];
	sums->live_bytes += (uint64_t)(row[NODE_COLUMN_live_objs] * bytes);
	sums->requested_bytes += (uint64_t)row[NODE_COLUMN_requested_bytes];
	sums->grown += (uint64_t)row[NODE_COLUMN_grown];
	sums->reaped += (uint64_t)row[NODE_COLUMN_reaped];
	sums->alienoverflow += (uint64_t)row[NODE_COLUMN_alienoverflow];
	parts->cached_bytes += row[NODE_COLUMN_cached_objs] * bytes;
	parts->stuck_bytes += stuck * bytes;
	parts->used_slab_bytes += used * num * bytes;
	return row[NODE_COLUMN_grown] > 0;
}

static void add_cpu(struct parts *parts, const int64_t *row)
{
	parts->allochit += row[CPU_COLUMN_allochit];
	parts->allocs += row[CPU_COLUMN_allochit] + row[CPU_COLUMN_allocmiss];
	parts->freehit += row[CPU_COLUMN_freehit];
	parts->frees += row[CPU_COLUMN_freehit] + row[CPU_COLUMN_freemiss];
	parts->remotefrees += row[CPU_COLUMN_remotefrees];
}

static void add_cache(struct run_summary *sums, struct parts *parts,
		      const struct sampler *sampler, const struct machine *m,
		      cachep_t cachep)
{
	struct cache_info info;
	bool used = false;

	kmem_cache_info(m, cachep, &info);
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++)
		used |= add_node(sums, parts, &info,
				 sampler_node_row(sampler, cachep, node));
	for (uint32_t cpu = 0; cpu < machine_nr_cpus(m); cpu++)
		add_cpu(parts, sampler_cpu_row(sampler, cachep, cpu));
	sums->nr_caches++;
	sums->used_caches += used;
}

void run_sums_take(struct run_summary *sums, const struct sampler *sampler,
		   const struct machine *m)
{
	struct parts parts = { 0 };
	struct node_pages pages;

	*sums = (struct run_summary){ .samples = sampler_nr_samples(sampler) };
	for (cachep_t c = machine_first_cache(m); c != CACHE_NULL;
	     c = machine_next_cache(m, c)) {
		/* one made after the last sample is of no row */
		if (sampler_cache(sampler, c))
			add_cache(sums, &parts, sampler, m, c);
	}
	for (uint32_t node = 0; node < machine_nr_nodes(m); node++) {
		machine_node_pages(m, node, &pages);
		sums->peak_pages += pages.peak_pages;
	}
	sums->internal_frag_pct =
		percent((int64_t)(sums->live_bytes - sums->requested_bytes),
			(int64_t)sums->live_bytes);
	sums->slab_frag_pct = percent(parts.stuck_bytes, parts.used_slab_bytes);
	sums->cached_pct =
		percent(parts.cached_bytes,
			(int64_t)sums->live_bytes + parts.cached_bytes);
	sums->alloc_hit_pct = percent(parts.allochit, parts.allocs);
	sums->free_hit_pct = percent(parts.freehit, parts.frees);
	sums->remote_free_pct =
		percent(parts.remotefrees, parts.frees + parts.remotefrees);
}
