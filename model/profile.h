/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel version and architecture as data.
 *
 * Every constant of mm/slab.c that a version, an architecture or a build
 * option decides stands here and nowhere else in the model. docs/PROFILES.md
 * says which kernels the profiles stand for and how well each fits dumps of
 * real machines.
 */
#ifndef MODEL_PROFILE_H
#define MODEL_PROFILE_H

#include <stddef.h>
#include <stdint.h>

/* Default limit of a cache by buffer size: the first row with size > above. */
struct slab_limit_row {
	uint64_t above_bytes;
	uint32_t limit;
};

struct slab_profile {
	const char *name;
	uint32_t hz;
	uint32_t page_bytes;
	uint32_t word_bytes;
	uint32_t cache_line_bytes;
	uint32_t min_align_bytes; /* of any object; 0: a word */
	/* NR_CPUS: sizes the cache descriptor; 1: a uniprocessor build */
	uint32_t max_cpus;
	uint32_t max_nodes;

	/* sizes of internal structures: they live in general caches */
	uint32_t slab_bytes;        /* struct slab, the slab descriptor */
	uint32_t bufctl_bytes;      /* one free-list index */
	uint32_t array_cache_bytes; /* header of an object array */
	uint32_t alien_cache_bytes; /* header of an alien one */
	uint32_t kmem_list3_bytes;  /* per-node list structure */
	uint32_t kmem_cache_bytes;  /* descriptor without per-CPU/node part */

	uint32_t max_order;          /* KMALLOC_MAX_ORDER */
	uint32_t break_order;        /* BREAK_GFP_ORDER_HI */
	uint64_t max_object_bytes;   /* KMALLOC_MAX_SIZE */
	uint32_t off_slab_min_bytes; /* page / 8: descriptor may go off-slab */
	/* what on-slab management is rounded to; 0: the cache's alignment */
	uint32_t mgmt_align_bytes;
	uint32_t reclaim_any_order; /* 1: RECLAIM_ACCOUNT has no say in it */

	const uint32_t *general_bytes; /* sizes of the general caches, rising */
	uint32_t nr_general;
	uint32_t general_align;
	uint32_t zone_dma;    /* 1: each general cache has a DMA twin */
	uint32_t kmalloc_rcl; /* 1: one for reclaimable objects */
	uint32_t kmalloc_cg;  /* 1: one for accounted objects */
	uint32_t kmalloc_k;   /* 1: kmalloc-1k, aligned to their own size;
				     0: size-1024 */

	const struct slab_limit_row *limits;
	uint32_t nr_limits;
	uint32_t shared_factor; /* of caches up to a page */
	uint32_t alien_limit;
	uint32_t batch_refill_limit; /* refill of an idle array */

	uint32_t debug;            /* CONFIG_DEBUG_SLAB: red zones, poison */
	uint32_t debug_word_bytes; /* a red word, and the user word */
	/* 1: a red word fills the alignment; 0: objects with more go without */
	uint32_t red_zone_any_align;
	uint32_t limit_cap;   /* highest default limit */
	uint32_t uninit_byte; /* what fresh list structures hold */

	/*
	 * Rules that later kernels changed. 0: as in 2.6.36. Each has one
	 * place in the code, or one file.
	 */
	/* no slab descriptor: indices of free objects lie in a free object,
	   at the end of the slab, or apart (geometry_index.c) */
	uint32_t index_lists;
	/* CPUs' arrays are per-CPU memory, no objects (tune_percpu.c,
	   boot_percpu.c) */
	uint32_t percpu_arrays;
	/* a miss takes from the slab it grew before that is on a list */
	uint32_t direct_growth;
	/* free_block releases slabs when all objects are back, the coldest */
	uint32_t late_release;
	uint32_t colour_first;  /* the colour advances before it is used */
	uint32_t line_over_red; /* HWCACHE_ALIGN keeps red zones away */
	uint32_t same_name_ok;  /* two caches may have one name */
	uint32_t busy_in_place; /* not destroyed: keeps its place in the chain */
	uint32_t timer_wheel;   /* timers are late by the wheel's coarseness */

	uint64_t page_offset;      /* address of node 0's frame 0 */
	uint64_t node_span_frames; /* frames between the nodes' first ones */
};

/* Linux 2.6.36, x86_64, SMP, NUMA, HZ 1000: the machine of the recordings. */
extern const struct slab_profile slab_profile_2_6_36;
/* The same with CONFIG_DEBUG_SLAB: red zones, poison, the last user's word. */
extern const struct slab_profile slab_profile_2_6_36_debug;
/*
 * Linux 6.1, x86_64, SMP, NUMA, HZ 250: the last SLAB. Sizes are those of a
 * kernel that counts statistics, as the recorded guests do; the others differ
 * in the size of kmem_cache alone.
 */
extern const struct slab_profile slab_profile_6_1;

/*
 * slab_profile_find - a profile by its name, such as "2.6.14-i386-l1_64"
 *
 * "6.1" means "6.1-x86_64": a name may end before the architecture where that
 * is x86_64.
 * Return: NULL when there is none of that name.
 */
const struct slab_profile *slab_profile_find(const char *name);

/*
 * slab_profile_at - all profiles in order of version, from @index 0
 * Return: NULL behind the last one.
 */
const struct slab_profile *slab_profile_at(size_t index);

#endif
