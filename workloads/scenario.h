/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenario language: reading lines of a .ops file into operations. What
 * an operation does to a machine is the business of sim/script.c; making a
 * trace of one, of traces/import_scenario.c.
 */
#ifndef WORKLOADS_SCENARIO_H
#define WORKLOADS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/event.h"

enum scenario_kind {
	OP_NONE, /* a comment or an empty line */
	OP_MACHINE,
	OP_CREATE,
	OP_SMP,
	OP_TIME,
	OP_ALLOC,
	OP_ALLOC_NODE,
	OP_ALLOC_THISNODE,
	OP_FREE,
	OP_KMALLOC,
	OP_KMALLOC_NODE,
	OP_KMALLOC_DMA,
	OP_KFREE,
	OP_SHRINK,
	OP_DESTROY,
	OP_TUNE,
	OP_LIMIT,
	OP_OFFLINE,
	OP_ONLINE,
	OP_SNAP,
	OP_GEOM,
	OP_DUMP,
	OP_SLABINFO,
	OP_TRACE,
	OP_POKE,
	OP_POKEFREE,
};

#define SCENARIO_NAME_MAX 64

struct scenario_op {
	enum scenario_kind kind;
	uint64_t line;
	uint32_t cpu;
	char name[SCENARIO_NAME_MAX]; /* cache */
	char label[SCENARIO_NAME_MAX];
	uint64_t id; /* slot */
	uint64_t size, align;
	uint32_t flags; /* enum cache_def_flags */
	uint32_t node;
	uint32_t other_cpu; /* offline, online */
	uint64_t tick;
	bool on;                           /* trace 0|1 */
	uint64_t pages;                    /* limit, machine */
	int64_t limit, batchcount, shared; /* tune */
	int64_t offset;                    /* poke */
	uint8_t byte;
	/* machine */
	uint32_t nodes, cpus;
	bool mask_early, noaliencache;
};

/*
 * scenario_parse - one line (without its newline) into an operation
 * @line: its number, from 1, copied into @op.
 * Return: true; false with a sentence in @error (without file and line).
 */
bool scenario_parse(char *text, uint64_t line, struct scenario_op *op,
		    char *error, size_t error_bytes);

#endif
