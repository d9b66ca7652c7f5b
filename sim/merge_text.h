/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several texts of one recording (a file for each CPU) as one, in the order
 * of time. It has to happen before the import: what is an object is known by
 * its pointer, and an object of one CPU may be freed on another.
 */
#ifndef SIM_MERGE_TEXT_H
#define SIM_MERGE_TEXT_H

#include <stdint.h>
#include <stdio.h>

struct merge_counts {
	uint64_t events;
	uint32_t files_without_events;
};

/*
 * merge_texts - the lines of @nr files, by (time, order of the files)
 *
 * Lines that are no events stay behind the event before them. The headers
 * become one, with the sums of their entries. Stops when interrupt_wanted.
 * Return: an enum exit_code; what went wrong has been printed, but for write
 * errors, which @out keeps.
 */
int merge_texts(const char *const *paths, uint32_t nr, FILE *out,
		struct merge_counts *counts);

#endif
