/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An operation of a scenario as a sentence. */
#ifndef SIM_OP_WORDS_H
#define SIM_OP_WORDS_H

#include <stddef.h>

#include "workloads/scenario.h"

/* @text: of @bytes; names in it are visible text. "" for OP_NONE. */
void op_words(const struct scenario_op *op, char *text, size_t bytes);

#endif
