/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file is, by its first bytes: one that can be imported, or one that
 * is known by sight and refused with the reason and the remedy.
 */
#ifndef TRACES_SNIFF_H
#define TRACES_SNIFF_H

#include <stddef.h>

#include "traces/text.h"

enum sniff_format {
	SNIFF_TEXT, /* of a trace, of some shape */
	SNIFF_SCENARIO,
	SNIFF_TRACEDAT, /* trace.dat of trace-cmd */
	SNIFF_PERFDATA, /* perf.data */
	SNIFF_CTF,      /* a file of a CTF trace */
	SNIFF_REFUSED,
};

struct sniffed {
	enum sniff_format format;
	enum text_shape shape; /* of SNIFF_TEXT */
	/* of SNIFF_REFUSED, a clause: "this is a perf.data"; a literal */
	const char *why;
};

/* sniff - what a file is that begins with @bytes bytes at @text, unpacked */
struct sniffed sniff(const char *text, size_t bytes);

#endif
