/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worst case of fragmentation. In each round one CPU fills one cache with
 * "objects" new objects and frees all but every keep-th of them: objects
 * allocated in a row lie in a row, so with keep at the number of objects a
 * slab holds, each slab stays, for the sake of one. The next round does the
 * same to the next cache, which cannot use the holes. After as many rounds as
 * there are caches a cache's turn comes again: first its pins are freed, then
 * it is filled anew. pause_us lies between rounds: time for cache_reap to
 * find nothing to give back.
 *
 * keep=0 is 4096 / size: one object a page. The slabs of most kernels and
 * sizes hold a little less than that (management takes its share) or are
 * larger than a page, so a slab may keep two or none; choose keep by
 * "slabsim run" to be exact.
 */
#include "workloads/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_CACHES 8

static const struct workload_cache caches[NR_CACHES] = {
	{ "vm_area_struct", 144, 144, 0 },
	{ "filp", 224, 256, CACHE_DEF_HWALIGN },
	{ "dentry", 192, 192, CACHE_DEF_RECLAIM },
	{ "buffer_head", 104, 104, CACHE_DEF_RECLAIM },
	{ "anon_vma", 96, 96, CACHE_DEF_RCU },
	{ "inode_cache", 576, 576, CACHE_DEF_RECLAIM },
	{ "cred_jar", 136, 192, CACHE_DEF_HWALIGN },
	{ "anon_vma_chain", 64, 64, 0 },
};

/* Sites 2 n and 2 n + 1 allocate from and free into cache n. */
static const struct gen_site sites[2 * NR_CACHES] = {
	{ "vm_area_alloc+0x19/0x50", 0, 0 },
	{ "vm_area_free+0x13/0x20", 0, 0 },
	{ "__alloc_file+0x20/0xb0", 1, EVENT_GFP_ZERO },
	{ "file_free_rcu+0x29/0x50", 1, 0 },
	{ "__d_alloc+0x29/0x1d0", 2, 0 },
	{ "__d_free+0x17/0x20", 2, 0 },
	{ "alloc_buffer_head+0x19/0x60", 3, EVENT_GFP_ZERO },
	{ "free_buffer_head+0x1c/0x50", 3, 0 },
	{ "anon_vma_fork+0x50/0x130", 4, 0 },
	{ "__put_anon_vma+0x26/0x90", 4, 0 },
	{ "alloc_inode+0x7f/0xb0", 5, 0 },
	{ "i_callback+0x26/0x40", 5, 0 },
	{ "prepare_creds+0x21/0xc0", 6, 0 },
	{ "put_cred_rcu+0x4f/0x60", 6, 0 },
	{ "anon_vma_clone+0x61/0x1b0", 7, 0 },
	{ "unlink_anon_vmas+0x69/0x1b0", 7, 0 },
};

enum { P_CPUS, P_CACHES, P_OBJECTS, P_KEEP, P_PAUSE, P_EVENT, NR_PARAMS };

static const struct workload_param params[NR_PARAMS] = {
	[P_CPUS] = { "cpus", "", 1, 1, 1024,
		     "CPUs; rounds go from one to "
		     "the next" },
	[P_CACHES] = { "caches", "", 4, 1, NR_CACHES, "caches in turn" },
	[P_OBJECTS] = { "objects", "", 20000, 1, 100000000,
			"allocated in a round" },
	[P_KEEP] = { "keep", "", 0, 0, 1000000,
		     "every so many-th object stays; 0: one a page" },
	[P_PAUSE] = { "pause_us", "us", 3000000, 0, 100000000,
		      "between rounds" },
	[P_EVENT] = { "event_ns", "ns", 500, 2, 100000000,
		      "between two events" },
};

enum phase { PHASE_UNPIN, PHASE_FILL, PHASE_PUNCH };

struct fragment {
	uint32_t values[NR_PARAMS];
	uint32_t cpu, cache; /* of this round */
	enum phase phase;
	uint32_t at; /* next object of the phase */
	uint32_t task;
	uint64_t start_ns; /* of this round */
	uint32_t *slots;   /* objects for each cache */
	bool filled[NR_CACHES];
};

static bool stays(const struct fragment *fragment, uint32_t object)
{
	uint32_t keep = fragment->values[P_KEEP];

	if (!keep)
		keep = 4096 / caches[fragment->cache].traced_bytes;
	return object % keep == 0;
}

/* The next object the phase is about, or false: the phase is over. */
static bool seek(struct fragment *fragment)
{
	uint32_t nr = fragment->values[P_OBJECTS];

	if (fragment->phase == PHASE_UNPIN &&
	    !fragment->filled[fragment->cache])
		return false;
	while (fragment->at < nr && fragment->phase != PHASE_FILL &&
	       stays(fragment, fragment->at) !=
		       (fragment->phase == PHASE_UNPIN))
		fragment->at++;
	return fragment->at < nr;
}

static void act(struct fragment *fragment, struct gen *gen)
{
	uint32_t site = 2 * fragment->cache, object = fragment->at++;
	size_t base = (size_t)fragment->cache * fragment->values[P_OBJECTS];
	uint32_t *slot = &fragment->slots[base + object];

	if (fragment->phase == PHASE_FILL)
		*slot = gen_alloc(gen, fragment->cpu, fragment->task, site,
				  caches[fragment->cache].size_bytes);
	else
		gen_free(gen, fragment->cpu, fragment->task, site + 1, *slot);
}

static void next_phase(struct fragment *fragment, const struct gen *gen)
{
	fragment->at = 0;
	if (fragment->phase != PHASE_PUNCH) {
		fragment->phase++;
		return;
	}
	fragment->filled[fragment->cache] = true;
	fragment->phase = PHASE_UNPIN;
	fragment->cache = (fragment->cache + 1) % fragment->values[P_CACHES];
	fragment->cpu = (fragment->cpu + 1) % gen->cpus;
	fragment->start_ns =
		gen->now_ns + 1 + fragment->values[P_PAUSE] * UINT64_C(1000);
}

static uint64_t step(void *state, struct gen *gen, uint32_t cpu)
{
	struct fragment *fragment = state;

	if (gen->now_ns < fragment->start_ns)
		return fragment->start_ns - gen->now_ns;
	if (cpu != fragment->cpu)
		return 1000000; /* not its round: look again in 1 ms */
	if (!seek(fragment)) {
		next_phase(fragment, gen);
		return 1;
	}
	act(fragment, gen);
	return random_around(&gen->random, fragment->values[P_EVENT]);
}

static void stop(void *state)
{
	struct fragment *fragment = state;

	free(fragment->slots);
	free(fragment);
}

static void *start(struct gen *gen, const uint32_t *values, char *error,
		   size_t error_bytes)
{
	struct fragment *fragment = calloc(1, sizeof(*fragment));

	(void)error;
	(void)error_bytes;
	if (!fragment)
		return NULL;
	memcpy(fragment->values, values, sizeof(fragment->values));
	fragment->slots = calloc((size_t)values[P_CACHES] * values[P_OBJECTS],
				 sizeof(*fragment->slots));
	if (!fragment->slots) {
		stop(fragment);
		return NULL;
	}
	gen->nr_caches = values[P_CACHES];
	fragment->task = gen_task(gen, "fragment-1000");
	return fragment;
}

static const struct workload_ops ops = {
	.caches = caches,
	.nr_caches = NR_CACHES,
	.sites = sites,
	.nr_sites = 2 * NR_CACHES,
	.start = start,
	.step = step,
	.stop = stop,
};

const struct workload workload_fragment = {
	.name = "fragment",
	.summary = "worst case of fragmentation: one object pins each slab",
	.model = "In each round one CPU fills one cache with new objects and "
		 "frees all but every keep-th of them, so that slabs stay for "
		 "the sake of one object. The next round does it to the next "
		 "cache, which cannot use the holes. When a cache's turn "
		 "comes again its pins are freed before it is filled anew.",
	.params = params,
	.nr_params = NR_PARAMS,
	.ops = &ops,
};
