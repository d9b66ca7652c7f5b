/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run stores on request, besides samples of its counters: the options
 * and their check.
 */
#ifndef SIM_RUN_DETAILS_H
#define SIM_RUN_DETAILS_H

#include <argp.h>
#include <stdio.h>

#include "sim/replay.h"

struct run_details {
	char **slabs; /* caches whose slabs are stored, "all": all; owned */
	size_t nr_slabs;
	uint64_t first_step, last_step; /* events, from 1; 0: none */
	uint32_t pins;   /* who holds slabs of up to so many objects; 0: no */
	bool call_sites; /* what a pass over the trace tells */
};

/* The options; the parser's input is a struct run_details. */
extern const struct argp run_details_argp;
void run_details_release(struct run_details *details);

/* The details as members of a JSON object, each after a comma. */
void run_details_print_json(FILE *out, const struct run_details *details);

/*
 * run_details_check - are the caches there?
 * Return: false with a sentence in @error that names the nearest one.
 */
bool run_details_check(const struct run_details *details,
		       const struct trace_header *header,
		       const struct machine *m, char *error,
		       size_t error_bytes);

#endif
