/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one sees of a stepper: the step in words, and the whole state. */
#ifndef SIM_STEP_VIEW_H
#define SIM_STEP_VIEW_H

#include "sim/frame.h"
#include "sim/stepper.h"

/* Where one is, the last step and its path (at most @max_path lines). */
void step_view_words(struct frame *frame, const struct stepper *stepper,
		     size_t max_path);
/* The cache one looks at: geometry, counters, picture. */
void step_view_cache(struct frame *frame, struct stepper *stepper,
		     size_t max_slabs);
/* What a lesson says now, and the next step. */
void step_view_next(struct frame *frame, const struct stepper *stepper);

#endif
