/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists and arrays as text, for tests that expect a picture:
 *
 *	slabs   "2:5:3;1:7:-1"   grow number : inuse : index handed out next
 *	arrays  "2.3;1.0"        grow number . index, bottom to top
 *
 * An empty one is "-", an array that does not exist is "none".
 */
#ifndef TESTS_LIB_LOOK_H
#define TESTS_LIB_LOOK_H

#include "model/inspect.h"

struct look {
	char text[2000];
};

/* Each returns look->text. */
const char *look_slabs(struct look *look, const struct machine *m,
		       cachep_t cachep, uint32_t node, enum slab_state list);
const char *look_cpu(struct look *look, const struct machine *m,
		     cachep_t cachep, uint32_t cpu);
const char *look_shared(struct look *look, const struct machine *m,
			cachep_t cachep, uint32_t node);
const char *look_alien(struct look *look, const struct machine *m,
		       cachep_t cachep, uint32_t node, uint32_t for_node);
const char *look_obj(struct look *look, const struct machine *m, obj_t obj);

/* A machine of 2.6.36 with all its CPUs up and plenty of pages. */
struct machine *booted(uint32_t nodes, uint32_t cpus);
struct machine *booted_debug(uint32_t nodes, uint32_t cpus);
/*
 * A cache of 504-byte objects, seven a slab, on-slab: descriptor and indices
 * take 80 bytes, 7 colours of 64 bytes are left. Tuned as told.
 */
cachep_t sevens(struct machine *m, const char *name, int64_t limit,
		int64_t batchcount, int64_t shared);

/* machine_check has nothing to report; what it has is printed. */
bool in_order(const struct machine *m);

#endif
