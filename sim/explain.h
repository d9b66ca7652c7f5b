/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an event went as it did, and the history of its object's slab. The first
 * pass finds which slab it is, the second follows that slab from the start.
 */
#ifndef SIM_EXPLAIN_H
#define SIM_EXPLAIN_H

#include "sim/picture.h"
#include "sim/timeline.h"

/* Who did something; number 0: nobody known. Texts borrowed of the source. */
struct actor {
	uint64_t number; /* of the event, from 1 */
	uint64_t line;   /* of a scenario; 0: a trace */
	int64_t cpu;
	uint64_t time_ns;
	const char *call_site, *task; /* "" unknown; any bytes */
};

/* An object of the slab, since the slab was grown (or the start). */
struct object_history {
	uint64_t allocs, frees;
	struct actor last_alloc, last_free; /* number 0: none */
};

struct explanation {
	char what[600]; /* visible */
	struct actor self;
	bool is_free;
	cachep_t cachep;  /* CACHE_NULL: none, or it is gone */
	char cache[128];  /* any bytes */
	struct path path; /* owned */
	int outcome;      /* enum slab_event_kind; -1: no object was moved */
	int miss_class;   /* index of MISS_STATS; -1: none, or no miss */
	/* of the object, when there is an outcome with one */
	bool has_object;
	uint64_t grow_number;
	uint32_t nodeid, index;
	struct actor grown;             /* number 0: before the start */
	struct object_history *objects; /* owned; nr_objects of them */
	uint32_t nr_objects;
	struct picture picture; /* after the event */
	size_t slab;            /* in it; PICTURE_NO_SLAB: given back by it */
};

/*
 * explain_event - find out about event @number, from 1
 * Return: an enum exit_code, the reason being in the source's error.
 * explanation_release in any case.
 */
int explain_event(struct timeline *timeline, uint64_t number,
		  struct explanation *explanation);
void explanation_release(struct explanation *explanation);

/* Print it. @json: one object. */
void explain_print(const struct step_source *source,
		   const struct explanation *explanation, bool json);

#define MISS_CLASSES 5
struct miss_class {
	const char *name, *text;
};
extern const struct miss_class miss_classes[MISS_CLASSES];

#endif
