/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of "slabsim run" that choose the engine. */
#ifndef SIM_ENGINE_OPTIONS_H
#define SIM_ENGINE_OPTIONS_H

#include <argp.h>
#include <stdio.h>

#include "sim/engine.h"

struct engine_choice {
	bool threads;
	bool free;
	bool order_said;
	uint32_t window;  /* 0: not said */
	uint32_t repeats; /* 0: not said */
};

/* The parser's input is a struct engine_choice. */
extern const struct argp engine_argp;
void engine_choice_options(const struct engine_choice *choice,
			   struct engine_options *options);
/*
 * What of it decides the results, as members of a JSON object, each after a
 * comma: nothing, but in free order.
 */
void engine_print_json(FILE *out, const struct engine_choice *choice);

#endif
