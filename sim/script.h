/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a scenario: its operations on a machine, its observations into
 * PREFIX.snap.csv, PREFIX.trace.csv and PREFIX.slabinfo.txt.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include <stdbool.h>

/*
 * script_run - run the scenario file @path
 * @prefix: of the outputs, which appear only when the whole script ran; a
 * stale file that this script does not make is removed.
 * @debug: on the machine with CONFIG_DEBUG_SLAB.
 * Return: an enum exit_code; the reason of a failure has been printed.
 */
int script_run(const char *path, const char *prefix, bool debug);

#endif
