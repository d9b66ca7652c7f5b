/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mixture of caches and lifetimes. Which cache an object comes from is drawn
 * by Zipf's law: the n-th has weight 1 / n^skew. How long it lives is one of
 * "classes" lifetimes, each twice the one before: class k is drawn in one of
 * 2^(k+1) cases and has live / classes places; a new object of the class
 * takes a random place, and whoever was there is freed. So class k lives for
 * 2^(k+1) x live / classes allocations on average, and at most "live" objects
 * are there at a time.
 *
 * Places belong to CPUs; in remote_pct cases a CPU takes the place of another
 * CPU's object, and frees that.
 */
#include "workloads/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/zipf.h"

#define NR_CACHES 16

static const struct workload_cache caches[NR_CACHES] = {
	{ "anon_vma_chain", 64, 64, 0 },
	{ "vm_area_struct", 144, 144, 0 },
	{ "filp", 224, 256, CACHE_DEF_HWALIGN },
	{ "dentry", 192, 192, CACHE_DEF_RECLAIM },
	{ "anon_vma", 96, 96, CACHE_DEF_RCU },
	{ "maple_node", 256, 256, 0 },
	{ "skbuff_head_cache", 208, 256, CACHE_DEF_HWALIGN },
	{ "cred_jar", 136, 192, CACHE_DEF_HWALIGN },
	{ "inode_cache", 576, 576, CACHE_DEF_RECLAIM },
	{ "buffer_head", 104, 104, CACHE_DEF_RECLAIM },
	{ "radix_tree_node", 576, 576, CACHE_DEF_RECLAIM },
	{ "pid", 112, 128, CACHE_DEF_HWALIGN },
	{ "ext4_inode_cache", 1096, 1096, CACHE_DEF_RECLAIM },
	{ "signal_cache", 1000, 1024, CACHE_DEF_HWALIGN },
	{ "task_struct", 3072, 3072, 0 },
	{ "names_cache", 4096, 4096, CACHE_DEF_HWALIGN },
};

/* Site n allocates from cache n, site NR_CACHES + n frees into it. */
static const struct gen_site sites[2 * NR_CACHES] = {
	{ "anon_vma_clone+0x61/0x1b0", 0, 0 },
	{ "vm_area_dup+0x20/0x90", 1, 0 },
	{ "__alloc_file+0x20/0xb0", 2, EVENT_GFP_ZERO },
	{ "__d_alloc+0x29/0x1d0", 3, 0 },
	{ "anon_vma_fork+0x50/0x130", 4, 0 },
	{ "mas_alloc_nodes+0x71/0x230", 5, 0 },
	{ "__alloc_skb+0x130/0x170", 6, 0 },
	{ "prepare_creds+0x21/0xc0", 7, 0 },
	{ "alloc_inode+0x7f/0xb0", 8, 0 },
	{ "alloc_buffer_head+0x19/0x60", 9, EVENT_GFP_ZERO },
	{ "radix_tree_node_alloc.constprop.0+0x8a/0xc0", 10, EVENT_GFP_ATOMIC },
	{ "alloc_pid+0x4e/0x360", 11, 0 },
	{ "ext4_alloc_inode+0x1f/0x180", 12, 0 },
	{ "copy_process+0x779/0x1660", 13, EVENT_GFP_ZERO },
	{ "copy_process+0x1c4/0x1660", 14, 0 },
	{ "getname_flags+0x2b/0x180", 15, 0 },
	{ "unlink_anon_vmas+0x69/0x1b0", 0, 0 },
	{ "vm_area_free+0x13/0x20", 1, 0 },
	{ "file_free_rcu+0x29/0x50", 2, 0 },
	{ "__d_free+0x17/0x20", 3, 0 },
	{ "__put_anon_vma+0x26/0x90", 4, 0 },
	{ "mt_destroy_walk.isra.0+0x26f/0x360", 5, 0 },
	{ "kfree_skbmem+0x49/0x80", 6, 0 },
	{ "put_cred_rcu+0x4f/0x60", 7, 0 },
	{ "i_callback+0x26/0x40", 8, 0 },
	{ "free_buffer_head+0x1c/0x50", 9, 0 },
	{ "radix_tree_node_rcu_free+0x6c/0x70", 10, 0 },
	{ "put_pid.part.0+0x35/0x60", 11, 0 },
	{ "ext4_free_in_core_inode+0x20/0x50", 12, 0 },
	{ "__put_task_struct+0xa7/0xf0", 13, 0 },
	{ "free_task+0x34/0x50", 14, 0 },
	{ "putname+0x4c/0x60", 15, 0 },
};

enum {
	P_CPUS,
	P_CACHES,
	P_SKEW,
	P_LIVE,
	P_CLASSES,
	P_REMOTE,
	P_EVENT,
	NR_PARAMS
};

static const struct workload_param params[NR_PARAMS] = {
	[P_CPUS] = { "cpus", "", 4, 1, 1024, "CPUs" },
	[P_CACHES] = { "caches", "", NR_CACHES, 1, NR_CACHES,
		       "caches in the mixture" },
	[P_SKEW] = { "skew_pct", "%", 100, 0, 400,
		     "exponent of Zipf's law in hundredths; 0: all alike" },
	[P_LIVE] = { "live", "objects", 100000, 1, 1000000000,
		     "alive at a time, at most" },
	[P_CLASSES] = { "classes", "", 8, 1, 24,
			"lifetimes, each twice the one before" },
	[P_REMOTE] = { "remote_pct", "%", 10, 0, 100,
		       "objects freed by another CPU" },
	[P_EVENT] = { "event_ns", "ns", 1000, 2, 100000000,
		      "between two steps of a CPU" },
};

struct place {
	uint32_t slot; /* EVENT_NO_SLOT: empty */
	uint32_t cache;
};

struct mixture {
	uint32_t values[NR_PARAMS];
	struct zipf zipf;
	uint32_t per_class;   /* places of a class on a CPU */
	uint32_t *tasks;      /* of each CPU */
	struct place *places; /* by CPU, then by class */
};

/* Class k in one of 2^(k+1) cases; the last one takes what is left. */
static uint32_t draw_class(const struct mixture *mixture, struct gen *gen)
{
	uint64_t bits = random_next(&gen->random);
	uint32_t class = 0;

	while (bits & 1 && class + 1 < mixture->values[P_CLASSES]) {
		bits >>= 1;
		class ++;
	}
	return class;
}

static struct place *draw_place(struct mixture *mixture, struct gen *gen,
				uint32_t cpu)
{
	uint32_t class = draw_class(mixture, gen);
	size_t at;

	if (gen->cpus > 1 &&
	    random_pct(&gen->random, mixture->values[P_REMOTE]))
		cpu = (cpu + 1 + random_below(&gen->random, gen->cpus - 1)) %
		      gen->cpus;
	at = (size_t)cpu * mixture->values[P_CLASSES] + class;
	return &mixture->places[at * mixture->per_class +
				random_below(&gen->random, mixture->per_class)];
}

static uint64_t step(void *state, struct gen *gen, uint32_t cpu)
{
	struct mixture *mixture = state;
	struct place *place = draw_place(mixture, gen, cpu);
	uint32_t task = mixture->tasks[cpu];

	if (place->slot != EVENT_NO_SLOT)
		gen_free(gen, cpu, task, NR_CACHES + place->cache, place->slot);
	place->cache = zipf_draw(&mixture->zipf, &gen->random);
	place->slot = gen_alloc(gen, cpu, task, place->cache,
				caches[place->cache].size_bytes);
	return random_around(&gen->random, mixture->values[P_EVENT]);
}

static void stop(void *state)
{
	struct mixture *mixture = state;

	free(mixture->tasks);
	free(mixture->places);
	free(mixture);
}

static bool allocate(struct mixture *mixture, size_t nr)
{
	mixture->tasks = calloc(mixture->values[P_CPUS], sizeof(uint32_t));
	mixture->places = calloc(nr, sizeof(*mixture->places));
	for (size_t i = 0; mixture->places && i < nr; i++)
		mixture->places[i].slot = EVENT_NO_SLOT;
	return mixture->tasks && mixture->places;
}

static void *start(struct gen *gen, const uint32_t *values, char *error,
		   size_t error_bytes)
{
	uint32_t parts = values[P_CPUS] * values[P_CLASSES];
	struct mixture *mixture;

	if (values[P_LIVE] < parts) {
		snprintf(error, error_bytes,
			 "live=%u: cpus x classes = %u is the least",
			 values[P_LIVE], parts);
		return NULL;
	}
	mixture = calloc(1, sizeof(*mixture));
	if (!mixture)
		return NULL;
	memcpy(mixture->values, values, sizeof(mixture->values));
	mixture->per_class = values[P_LIVE] / parts;
	if (!allocate(mixture, (size_t)mixture->per_class * parts)) {
		stop(mixture);
		return NULL;
	}
	gen->nr_caches = values[P_CACHES];
	zipf_init(&mixture->zipf, values[P_CACHES], values[P_SKEW]);
	for (uint32_t i = 0; i < values[P_CPUS]; i++)
		mixture->tasks[i] = gen_task(gen, "mixture-%u", 1000 + i);
	return mixture;
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

const struct workload workload_zipf = {
	.name = "zipf",
	.summary = "caches by Zipf's law, lifetimes over powers of two",
	.model = "The n-th cache is drawn with weight 1 / n^skew. An object's "
		 "lifetime is of one of classes, each twice as long and half "
		 "as frequent as the one before: class k lives for 2^(k+1) x "
		 "live / classes allocations on average. In remote_pct cases "
		 "the object that makes room is one of another CPU.",
	.params = params,
	.nr_params = NR_PARAMS,
	.ops = &ops,
};
