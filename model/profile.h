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
	uint32_t zone_dma; /* 1: each general cache has a (DMA) twin */

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

	uint64_t page_offset;      /* address of node 0's frame 0 */
	uint64_t node_span_frames; /* frames between the nodes' first ones */
};

/* Linux 2.6.36, x86_64, SMP, NUMA, HZ 1000: the machine of the recordings. */
extern const struct slab_profile slab_profile_2_6_36;
/* The same with CONFIG_DEBUG_SLAB: red zones, poison, the last user's word. */
extern const struct slab_profile slab_profile_2_6_36_debug;

/*
 * slab_profile_find - a profile by its name, such as "2.6.14-i386-l1_64"
 * Return: NULL when there is none of that name.
 */
const struct slab_profile *slab_profile_find(const char *name);

/*
 * slab_profile_at - all profiles in order of version, from @index 0
 * Return: NULL behind the last one.
 */
const struct slab_profile *slab_profile_at(size_t index);

#endif
