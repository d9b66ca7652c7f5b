/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A database that is new: made whole when slabsim is built
 * (sim/tools/schema_image.c), since to have SQLite make its hundred tables,
 * indexes and views takes as long as thousands of rows.
 */
#ifndef SIM_FRESH_FILE_H
#define SIM_FRESH_FILE_H

#include <stdbool.h>

/*
 * fresh_file_make - put a database without rows where there is no file
 *
 * Others see no file or all of it, whatever happens meanwhile.
 * Return: false: there is a file, or it cannot be made like this here (some
 * file systems have no unnamed files); nothing is left behind.
 */
bool fresh_file_make(const char *path);

#endif
