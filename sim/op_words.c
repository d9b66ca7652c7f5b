/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/op_words.h"

#include <inttypes.h>
#include <stdio.h>

#include "reports/text.h"

static int alloc_words(const struct scenario_op *op, const char *name,
		       char *text, size_t bytes)
{
	switch (op->kind) {
	case OP_ALLOC:
		return snprintf(text, bytes,
				"cpu%u allocates object %" PRIu64 " from %s",
				op->cpu, op->id, name);
	case OP_ALLOC_NODE:
	case OP_ALLOC_THISNODE:
		return snprintf(text, bytes,
				"cpu%u allocates object %" PRIu64
				" from %s, on node %u%s",
				op->cpu, op->id, name, op->node,
				op->kind == OP_ALLOC_THISNODE ? " or nowhere" :
								"");
	case OP_KMALLOC:
	case OP_KMALLOC_DMA:
		return snprintf(text, bytes,
				"cpu%u kmallocs %" PRIu64
				" bytes%s as object %" PRIu64,
				op->cpu, op->size,
				op->kind == OP_KMALLOC_DMA ? " for DMA" : "",
				op->id);
	case OP_KMALLOC_NODE:
		return snprintf(text, bytes,
				"cpu%u kmallocs %" PRIu64
				" bytes as object %" PRIu64 ", on node %u",
				op->cpu, op->size, op->id, op->node);
	case OP_FREE:
	case OP_KFREE:
		return snprintf(text, bytes, "cpu%u frees object %" PRIu64,
				op->cpu, op->id);
	default:
		return 0;
	}
}

static int cache_words(const struct scenario_op *op, const char *name,
		       char *text, size_t bytes)
{
	switch (op->kind) {
	case OP_CREATE:
		return snprintf(text, bytes,
				"cpu%u creates the cache %s, of objects of "
				"%" PRIu64 " bytes",
				op->cpu, name, op->size);
	case OP_SHRINK:
		return snprintf(text, bytes, "cpu%u shrinks %s", op->cpu, name);
	case OP_DESTROY:
		return snprintf(text, bytes, "cpu%u destroys the cache %s",
				op->cpu, name);
	case OP_TUNE:
		return snprintf(text, bytes,
				"%s is tuned: limit %" PRId64
				", batchcount %" PRId64 ", shared %" PRId64,
				name, op->limit, op->batchcount, op->shared);
	default:
		return 0;
	}
}

static int machine_words(const struct scenario_op *op, char *text, size_t bytes)
{
	switch (op->kind) {
	case OP_MACHINE:
		return snprintf(text, bytes,
				"a machine of %u node%s and %u CPU%s boots",
				op->nodes, text_plural(op->nodes), op->cpus,
				text_plural(op->cpus));
	case OP_SMP:
		return snprintf(text, bytes, "all CPUs come online");
	case OP_TIME:
		return snprintf(text, bytes, "time passes, to tick %" PRIu64,
				op->tick);
	case OP_LIMIT:
		return snprintf(text, bytes,
				"node %u may hold %" PRIu64 " pages", op->node,
				op->pages);
	case OP_OFFLINE:
		return snprintf(text, bytes, "cpu%u goes offline",
				op->other_cpu);
	case OP_ONLINE:
		return snprintf(text, bytes, "cpu%u comes online",
				op->other_cpu);
	case OP_POKE:
	case OP_POKEFREE:
		return snprintf(text, bytes,
				"somebody writes %#x at byte %" PRId64
				" of object %" PRIu64 "%s",
				op->byte, op->offset, op->id,
				op->kind == OP_POKEFREE ? ", which is free" :
							  "");
	default:
		return snprintf(text, bytes,
				"the scenario looks at the "
				"machine: nothing changes");
	}
}

void op_words(const struct scenario_op *op, char *text, size_t bytes)
{
	char name[80];

	text[0] = '\0';
	text_visible(op->name, name, sizeof(name));
	if (op->kind == OP_NONE || alloc_words(op, name, text, bytes) ||
	    cache_words(op, name, text, bytes))
		return;
	machine_words(op, text, bytes);
}
