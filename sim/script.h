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
	const char *prefix;   /* of the outputs; NULL: there are none */
	const char *log_path; /* NULL: no log */
	const char *db;       /* store a lesson in this database; NULL: no */
	uint64_t until_line;  /* stop after this line; 0: at the end */
	bool debug;           /* on the machine with CONFIG_DEBUG_SLAB */
	bool narrate;         /* tell a lesson on stdout */
};

/*
 * script_run - run a scenario
 *
 * The outputs appear only when the whole script ran; a stale file that this
 * script does not make is removed. Stopped by until_line, it ends there with a
 * snapshot labelled "until". Claims of a lesson that fail are printed, each with
 * its line; the lesson goes on, and its outputs are written all the same.
 * The database gets its rows at the end, all or none.
 * Return: an enum exit_code, EXIT_REGRESSION when a claim failed; the reason
 * of a failure has been printed.
 */
int script_run(const struct script_options *options);

#endif
