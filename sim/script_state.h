/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario while it runs: what script.c (the file, its lines, its outputs)
 * and script_ops.c (the operations) share.
 */
#ifndef SIM_SCRIPT_STATE_H
#define SIM_SCRIPT_STATE_H

#include "model/slab.h"
#include "sim/outfile.h"
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
};

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

#endif
