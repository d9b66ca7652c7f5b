/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Warm start: a machine filled before the first event with what the traced
 * machine's /proc/slabinfo showed then, and the objects that the trace frees
 * without having allocated them. The rules are in docs/TRACES.md.
 */
#ifndef SIM_WARM_H
#define SIM_WARM_H

#include "model/slab.h"
#include "traces/slabinfo_file.h"
#include "traces/slt.h"

/* What became of a slabinfo. */
struct warm_report {
	uint32_t rows;          /* with slabs */
	uint32_t created;       /* caches that the trace does not have */
	uint32_t refused;       /* rows that no cache could be made for */
	uint32_t estimated;     /* caches without statistics: arrays guessed */
	uint64_t slabs, objs;   /* put in; in use */
	uint64_t array_objs;    /* put into arrays */
	uint64_t missing_slabs; /* for which there were no pages, */
	uint64_t missing_objs;  /* and their objects */
};

/* Objects that the trace will free without having allocated them. */
struct warm_demand {
	uint32_t cache;     /* a cache_def; EVENT_NO_CACHE: kmalloc of */
	uint32_t bytes_req; /* so many bytes */
	uint32_t gfp;       /* enum gfp_flags */
	uint32_t node;      /* of the objects */
	uint64_t nr;
};

struct warm_demands {
	struct warm_demand *demands; /* owned by whoever made them */
	size_t nr;
};

struct warm;

/*
 * warm_start - fill the machine
 * @demands: which nodes should have objects in use, as far as there are as
 * many; NULL: nothing is known.
 * @caches: of each cache_def of @header, CACHE_NULL: none yet. Borrowed like
 * @header, as long as the result lives.
 * Return: owned (warm_destroy), or NULL when out of memory.
 */
struct warm *warm_start(struct machine *m, const struct trace_header *header,
			const cachep_t *caches,
			const struct slabinfo_file *slabinfo,
			const struct warm_demands *demands);
void warm_destroy(struct warm *warm);

/*
 * warm_of_nothing, warm_keep - objects in use that are put in otherwise
 * Return: owned, NULL when out of memory; false the same.
 */
struct warm *warm_of_nothing(struct machine *m);
bool warm_keep(struct warm *warm, cachep_t cachep, obj_t obj);
const struct warm_report *warm_report(const struct warm *warm);

/*
 * warm_take - an object of that cache that is older than the trace
 * @node: of the object, or of the CPU that frees it; objects of this node are
 * taken first.
 * Return: the youngest there is; OBJ_NULL: none (left).
 */
obj_t warm_take(struct warm *warm, cachep_t cachep, uint32_t node);

/*
 * warm_save, warm_restore - go back to before some were taken
 * Return: owned (free), NULL when out of memory.
 */
uint64_t *warm_save(const struct warm *warm);
void warm_restore(struct warm *warm, const uint64_t *saved);

/*
 * warm_cache_of_row - which cache of the machine a row of slabinfo is about
 * @caches: of each cache_def of @header. Several rows may be about one cache:
 * kmalloc-64 and kmalloc-rcl-64, where the profile has no such types.
 * Return: CACHE_NULL when there is none.
 */
cachep_t warm_cache_of_row(const struct machine *m,
			   const struct trace_header *header,
			   const cachep_t *caches,
			   const struct slabinfo_row *row);

/*
 * warm_tune - limit, batchcount and shared of all caches as slabinfo has them
 * Before warm_start: caches that it will create keep the defaults. Rows of a
 * SLUB kernel, which has no tunables, are left out. Return: false when the
 * machine is out of memory.
 */
bool warm_tune(struct machine *m, const struct trace_header *header,
	       const cachep_t *caches, const struct slabinfo_file *slabinfo);

#endif
