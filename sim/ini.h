/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of sections: "[name]", below it lines "key = value". Where a line has
 * no "=", a ":" stands for it, so that rows as numactl prints them can be
 * pasted. Comments begin with # or ;. A section or a key given twice is refused.
 *
 * Own code, not libinih: as Debian builds it, that one tells a handler neither
 * the line's number nor an empty section, cuts lines at 200 bytes, and takes an
 * indented line for more of the one before.
 */
#ifndef SIM_INI_H
#define SIM_INI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One line; all texts are borrowed for the call. @key NULL: the section begins;
 * @section NULL too: the file ends.
 */
struct ini_line {
	const char *section, *key, *value;
	uint64_t number;
};

/* Return: false with what was expected in @what; the reader adds the place. */
typedef bool ini_take(void *arg, const struct ini_line *line, char *what,
		      size_t what_bytes);

/*
 * ini_read - hand each section and line of a file to @take
 * Return: 0; -EBADMSG or another negative errno with a sentence in @error that
 * names the file, and the line if it is one's.
 */
int ini_read(const char *path, ini_take *take, void *arg, char *error,
	     size_t error_bytes);

#endif
