/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario while it runs: what script.c (the file, its lines, its outputs),
 * script_ops.c (the operations) and script_lesson.c (what a lesson says and
 * claims) share. Whoever drives a scenario line by line, forward and back, uses
 * this too (step_scenario.c).
 */
#ifndef SIM_SCRIPT_STATE_H
#define SIM_SCRIPT_STATE_H

#include "model/slab.h"
#include "sim/outfile.h"
#include "sim/path.h"
#include "sim/script.h"
#include "sim/script_log.h"
#include "workloads/scenario.h"

struct slot {
	obj_t obj;
	cachep_t cachep;
	uint32_t kmalloc_bytes; /* 0: from kmem_cache_alloc */
	uint64_t freed_address; /* of the last object freed with f; 0: none */
};

struct script {
	const struct script_options *options;
	const struct slab_profile *profile;
	uint64_t line;
	struct machine *m;
	bool smp;
	bool tracing;
	struct slot *slots;
	uint64_t nr_slots;
	uint64_t nr_allocs, nr_frees, nr_failed;
	struct outfile snap, trace, slabinfo, log_file;
	struct script_log log;
	/* of the last operation: */
	cachep_t cachep; /* what it was about, or CACHE_NULL */
	struct path path;
	char messages[512]; /* "KIND NAME\n" for each diagnostic */
	bool watched;       /* path is recorded though this is no lesson */
	/* of a lesson: */
	bool lesson;     /* it has a title */
	FILE *narration; /* where it is told; NULL: nowhere. Borrowed */
	size_t said;     /* the column where its talk goes on; 0: none */
	uint64_t nr_claims, nr_failed_claims;
};

/*
 * script_line - one line of the file
 * @text: without its newline; is cut up. script->line: its number.
 * Return: false after a fault.
 */
bool script_line(struct script *script, char *text);
/* Watch script->m, as far as this script wants it watched. */
void script_watch(struct script *script);
/* Release all that a script owns, uncommitted outputs included. */
void script_release(struct script *script);

/*
 * script_fault - the one line that a faulty script gets, with file and line
 * Return: false, for the caller to return.
 */
bool script_fault(const struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * script_operation - check an operation and run it on the machine
 * @script: has its machine. Return: false after a fault.
 */
bool script_operation(struct script *script, const struct scenario_op *op);

/* What a lesson's comment says or claims. Return: false after a fault. */
bool script_lesson_line(struct script *script, const char *text);
/* Tell an operation that was run, and its path. */
void script_lesson_operation(struct script *script, const char *text);
/* The last word of a lesson. */
void script_lesson_end(struct script *script);

#endif
