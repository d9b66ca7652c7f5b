/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache in characters: the arrays of CPUs and nodes, newest object first,
 * the lists of slabs, each object one mark.
 */
#ifndef SIM_STEP_PICTURE_H
#define SIM_STEP_PICTURE_H

#include "sim/frame.h"
#include "sim/path.h"
#include "sim/picture.h"

/* What the marks mean, in one line. */
extern const char step_picture_legend[];

/*
 * step_picture_draw - the cache's lines
 * @path: of the last operation: what it touched has '>' before it.
 */
void step_picture_draw(struct frame *frame, const struct picture *picture,
		       const struct machine *m, const struct path *path);

#endif
