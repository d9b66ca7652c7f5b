/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Databases as a whole: taking runs out, bringing those of another file in.
 * Each is one transaction: it happens, or nothing does.
 */
#ifndef SIM_DB_EDIT_H
#define SIM_DB_EDIT_H

#include "sim/database.h"

/* Remove a run, and its trace if no other run is of it. */
int db_remove_run(struct database *database, int64_t run);

/* The lesson told in a file of that name, ".ops" or not; 0: there is none. */
int64_t db_find_lesson(struct database *database, const char *name);
int db_remove_lesson(struct database *database, int64_t lesson);

/*
 * db_merge - copy all runs and lessons of the file @from
 * Numbers of runs follow those that are there. Traces that are the same are
 * kept once. A lesson takes the place of the one of the same name, as it does
 * when told again. @error: of the other file, if it cannot be taken.
 * Return: 0, or the code of an error, which is in @error.
 */
int db_merge(struct database *database, const char *from,
	     struct database_error *error);

#endif
