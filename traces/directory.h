/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRACES_DIRECTORY_H
#define TRACES_DIRECTORY_H

/* Where the file of that path lies: owned (free), as open() wants it; NULL: no
 * memory. */
char *directory_of(const char *path);

#endif
