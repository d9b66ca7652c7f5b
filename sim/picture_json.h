/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The picture of a cache as JSON, as the table lesson_picture has it
 * (docs/DATABASE.md tells its members).
 */
#ifndef SIM_PICTURE_JSON_H
#define SIM_PICTURE_JSON_H

#include "sim/picture.h"

/* Who holds a live object: the number a scenario gave it. */
struct picture_holder {
	uint32_t slab, index;
	uint64_t id;
};

/* Sorted before use; begin with zeroes. */
struct picture_holders {
	struct picture_holder *holders; /* owned */
	size_t nr, room;
};

/* Return: false: no memory. */
bool picture_holders_add(struct picture_holders *holders,
			 const struct machine *m, obj_t obj, uint64_t id);
void picture_holders_sort(struct picture_holders *holders);
void picture_holders_release(struct picture_holders *holders);

/*
 * picture_json - write a picture
 * @m: whose cache it is: the counters are read from it.
 * Return: owned (free); NULL: no memory.
 */
char *picture_json(const struct picture *picture, const struct machine *m,
		   const struct picture_holders *holders);

#endif
