/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import: a recording in, a .slt file out, every line accounted for.
 */
#ifndef TRACES_IMPORT_H
#define TRACES_IMPORT_H

#include <signal.h>

#include "traces/slt.h"

struct import_options {
	bool strict;              /* unknown and implicit frees are errors */
	uint64_t max_loss;        /* lost + unparsed lines tolerated */
	uint64_t clock_hz;        /* of a clock without unit; 0: none given */
	bool implicit_on_new_cpu; /* CPU of implicit frees: the new alloc's */
	enum trace_infer infer;   /* what to put in; TRACE_INFER_FREES is 0 */
	const char *slabinfo;     /* of the traced machine: a path, or NULL */
	bool old_objs; /* find out about older objects, also without slabinfo */
	const char *cache_map;    /* names of caches: a path, or NULL */
	const char *kernel;       /* the traced one, where known; or NULL */
	unsigned int jobs; /* threads: 2 or more: two for text; else one */
	/* Looked at now and then; not 0: give up, leave nothing. Or NULL. */
	const volatile sig_atomic_t *stop;
	/* Called now and then with bytes read of the total; may be NULL. */
	void (*progress)(void *arg, uint64_t done_bytes, uint64_t total_bytes);
	void *progress_arg;
};

#define IMPORT_UNPARSED_SHOWN 3

/* What the import has to say besides the file. */
struct import_report {
	struct trace_counts counts;
	uint64_t unparsed_line[IMPORT_UNPARSED_SHOWN];
	char unparsed_text[IMPORT_UNPARSED_SHOWN][160];
	uint32_t nr_unparsed_shown;
	char warnings[1024]; /* sentences, newline separated; "" none */
};

/*
 * trace_import - read @in (text, plain or .xz, or a scenario), write @out
 *
 * @in: "-" is the standard input.
 * Return: 0; -EBADMSG bad or lossy input over the limit (no @out is left);
 * -EINTR stopped; -EIO and other errnos for I/O. @error holds the one line to
 * print. @report is filled in as far as the import came.
 */
int trace_import(const char *in, const char *out,
		 const struct import_options *options,
		 struct import_report *report, struct trace_error *error);

#endif
