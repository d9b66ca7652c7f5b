/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated machine beside a real one: what happened in each cache between
 * two readings of /proc/slabinfo, and the differences in total.
 */
#ifndef SIM_COMPARISON_H
#define SIM_COMPARISON_H

#include "model/inspect.h"
#include "sim/replay.h"
#include "traces/slabinfo_file.h"

/* What is compared, by its word in slabinfo. X(name, of_statistics, text) */
#define COMPARED(X)                                                         \
	X(allochit, 1, "allocations that an array served")                  \
	X(allocmiss, 1, "allocations that found the array empty")           \
	X(freehit, 1, "frees into an array with room")                      \
	X(freemiss, 1, "frees that found the array full")                   \
	X(remotefrees, 1, "frees of objects of another node")               \
	X(alienoverflow, 1, "frees that found the other node's array full") \
	X(grown, 1, "slabs added")                                          \
	X(num_slabs, 0, "slabs more at the end")                            \
	X(active_objs, 0, "objects more outside of slabs at the end")

#define COMPARED_ENUM(name, stats, text) COMPARED_##name,
enum compared { COMPARED(COMPARED_ENUM) NR_COMPARED };

struct comparison_row {
	char *name; /* owned: of the row, or rows: "kmalloc-64+kmalloc-rcl-64" */
	cachep_t cachep;
	bool has_stats;
	/* of its allocations the trace has nine in ten, or all but a few */
	bool traced;
	bool same_layout; /* object size, objects and pages of a slab */
	int64_t real[NR_COMPARED], predicted[NR_COMPARED];
	int64_t base[NR_COMPARED]; /* see struct comparison_total */
	int64_t real_allocs, predicted_allocs;
};

struct comparison_total {
	bool known; /* false: slabinfo has no statistics */
	int64_t real, predicted;
	uint64_t difference; /* sum of the caches' differences without sign */
	/* what a difference is a part of: @real; of slabs and objects, those
	   that are there at the end */
	int64_t base;
};

struct comparison {
	struct comparison_row *rows; /* owned; in the order of slabinfo */
	uint32_t nr;
	uint32_t untraced;      /* rows not traced */
	uint32_t other_layout;  /* rows with slabs of another layout */
	uint32_t without_cache; /* rows in use that the machine lacks */
	struct comparison_total totals[NR_COMPARED]; /* of rows that are traced */
	struct comparison_total all[NR_COMPARED];    /* of all rows */
};

/* The state of every cache of a machine; owned: free(). NULL: no memory. */
struct slabinfo *comparison_look(const struct machine *m);

/*
 * comparison_make - make the comparison
 * @before, @after: of the real machine. @start, @end: comparison_look of the
 * simulated one at these times (the same caches at both).
 * Return: false when out of memory; release @comparison only after true.
 */
bool comparison_make(const struct slabinfo_file *before,
		     const struct slabinfo_file *after, struct replay *replay,
		     const struct trace_header *header,
		     const struct slabinfo *start, const struct slabinfo *end,
		     struct comparison *comparison);
void comparison_release(struct comparison *comparison);

extern const char *const compared_names[NR_COMPARED];
extern const char *const compared_texts[NR_COMPARED];

/* The difference of @total as a percentage of its base; -1: of nothing. */
double comparison_percent(const struct comparison_total *total);

#endif
