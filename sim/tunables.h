/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunables that a run sets: "--set CACHE.limit=60" and [set] of a machine file.
 *
 * They are written as a user writes them to /proc/slabinfo: on CPU 0 before the
 * first event, cache by cache in the order of that file; to a cache that the
 * trace creates later, right after its creation, on the CPU that creates it.
 * CACHE may be "*": every cache, but for what is set by its name. A tunable that
 * is not set stays; batchcount, where only the limit is set, becomes half of
 * it, rounded up, as the kernel's own default does.
 */
#ifndef SIM_TUNABLES_H
#define SIM_TUNABLES_H

#include <stdio.h>

#include "model/slab.h"
#include "traces/slt.h"

enum tunable { TUNABLE_LIMIT, TUNABLE_BATCHCOUNT, TUNABLE_SHARED, NR_TUNABLES };

struct cache_tunables {
	char *cache;                /* owned */
	int64_t value[NR_TUNABLES]; /* -1: not set */
};

/* Of a limit, and of batchcount x shared: 4 MiB of pointers, kmalloc's most. */
#define TUNABLES_MAX_OBJS 524288

/*
 * tunables_possible - can a cache be tuned to these?
 * What the kernel would ignore without a word is a mistake here. Return: false
 * with a sentence in @error.
 */
bool tunables_possible(const int64_t value[NR_TUNABLES], char *error,
		       size_t error_bytes);

/* Begin with zeroes. */
struct tunables {
	struct cache_tunables *list; /* owned, by name */
	uint32_t nr, room;
};

/*
 * tunables_set - one of them
 * @name: "CACHE.limit", "CACHE.batchcount" or "CACHE.shared".
 * Return: false with a sentence in @error; also for what is set already.
 */
bool tunables_set(struct tunables *tunables, const char *name,
		  const char *value, char *error, size_t error_bytes);
/* The same as "CACHE.limit=60". */
bool tunables_set_text(struct tunables *tunables, const char *text, char *error,
		       size_t error_bytes);
/* Of what @others set, take what is not set here. Return: false for no memory. */
bool tunables_default_to(struct tunables *tunables,
			 const struct tunables *others);
void tunables_release(struct tunables *tunables);

/*
 * tunables_of - what is set for a cache of that name
 * @value: -1 where nothing is. Return: false: nothing at all.
 */
bool tunables_of(const struct tunables *tunables, const char *name,
		 int64_t value[NR_TUNABLES]);

/*
 * tunables_check - would all of it be accepted?
 * @of: where they were set, before a colon in @error. @m: with the caches that are there at the start. Names must be those of its
 * caches, or of caches that the trace creates; numbers make sense together.
 * Return: false with a sentence in @error, and the nearest name.
 */
bool tunables_check(const struct tunables *tunables, const char *of,
		    const struct trace_header *header, const struct machine *m,
		    char *error, size_t error_bytes);

/*
 * tunables_apply, tunables_apply_all - write them to one cache, to all
 * Return: false when the machine has no memory for the new arrays.
 */
bool tunables_apply(const struct tunables *tunables, struct machine *m,
		    uint32_t cpu, cachep_t cachep);
bool tunables_apply_all(const struct tunables *tunables, struct machine *m);

/* As a member of a JSON object after a comma; nothing if nothing is set. */
void tunables_print_json(FILE *out, const struct tunables *tunables);

#endif
