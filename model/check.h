/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of machine_check share: where sentences go, and a map of
 * every object's whereabouts. Private to model/.
 */
#ifndef MODEL_CHECK_H
#define MODEL_CHECK_H

#include "model/inspect.h"
#include "model/internal.h"
#include "model/sentence.h"

/* A record of n units has at most this many times n indices behind it. */
#define OBJS_PER_UNIT (SLAB_UNIT_BYTES / sizeof(uint16_t))

/* Where an object was found; an object found nowhere is live. */
enum whereabouts { OBJ_LIVE, OBJ_FREE, OBJ_CACHED, OBJ_INTERNAL };

struct check {
	const struct machine *m;
	check_report_fn *report;
	void *arg;
	uint64_t nr_broken;
	bool *on_list;        /* by slab number */
	unsigned char *found; /* a byte an object: enum whereabouts */
};

/* The start of a sentence about a cache (and node; node UINT32_MAX: none). */
void broken_cache(const struct check *check, struct sentence *sentence,
		  cachep_t cachep, uint32_t node);
/* The end of any sentence: it is reported. */
void broken(struct check *check, struct sentence *sentence, const char *words);

/* check_lists.c: links, chains of free indices, counts; fills the map */
bool check_map_init(struct check *check);
void check_lists(struct check *check, cachep_t cachep, uint32_t node);
void check_rcu(struct check *check);
/* The byte of an object; NULL when there is no such object. */
unsigned char *check_obj(const struct check *check, cachep_t cachep, obj_t obj);

/* check_arrays.c: entries of arrays, objects that structures occupy */
void check_arrays(struct check *check, cachep_t cachep);
void check_internal(struct check *check, cachep_t cachep);

#endif
