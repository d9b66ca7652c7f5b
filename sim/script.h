/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a scenario: its operations on a machine, its observations into
 * PREFIX.snap.csv, PREFIX.trace.csv and PREFIX.slabinfo.txt.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

struct script_options {
	const char *path;     /* of the scenario */
	const char *prefix;   /* of the outputs */
	const char *log_path; /* NULL: no log */
	uint64_t until_line;  /* stop after this line; 0: at the end */
	bool debug;           /* on the machine with CONFIG_DEBUG_SLAB */
};

/*
 * script_run - run a scenario
 *
 * The outputs appear only when the whole script ran; a stale file that this
 * script does not make is removed. Stopped by until_line, it ends there with a
 * snapshot labelled "until".
 * Return: an enum exit_code; the reason of a failure has been printed.
 */
int script_run(const struct script_options *options);

#endif
