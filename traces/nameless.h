/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRACES_NAMELESS_H
#define TRACES_NAMELESS_H

/*
 * nameless_open - a temporary file without a name, in $TMPDIR or, where there
 * is none, /var/tmp, which is on a disk
 * Return: a descriptor, the caller's to close, or -1 with errno.
 */
int nameless_open(void);

#endif
