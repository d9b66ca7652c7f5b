/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file is, by its first bytes: one that can be imported, or one that
 * is known by sight and refused with the reason.
 */
#ifndef TRACES_SNIFF_H
#define TRACES_SNIFF_H

#include <stddef.h>

enum sniff_format {
	SNIFF_FTRACE,
	SNIFF_SCENARIO,
	SNIFF_REFUSED,
};

/*
 * sniff - the format of a text that begins with @bytes bytes at @text
 * @why: for SNIFF_REFUSED, a clause: "this is a trace.dat of trace-cmd";
 * a literal, never NULL then.
 */
enum sniff_format sniff(const char *text, size_t bytes, const char **why);

#endif
