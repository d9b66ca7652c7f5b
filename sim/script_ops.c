/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of a scenario. Each is checked against the state of the
 * script (slots, CPUs, names) before the machine sees it, so that a faulty
 * script is a message with its line and never a broken machine.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/script_output.h"
#include "sim/script_state.h"
#include "sim/slab_flags.h"

/* Slot numbers below this; a table of them is kept. */
#define MAX_SLOT ((uint64_t)1 << 27)

/* --- checks: each says what is wrong and returns false ------------------- */

static bool cpu_ok(const struct script *script, uint32_t cpu)
{
	if (cpu < machine_nr_cpus(script->m) &&
	    machine_cpu_online(script->m, cpu))
		return true;
	return script_fault(script, "CPU %u is not online", cpu);
}

static bool node_ok(const struct script *script, uint32_t node)
{
	if (node < machine_nr_nodes(script->m))
		return true;
	return script_fault(script,
			    "node %u does not exist: the machine has %u", node,
			    machine_nr_nodes(script->m));
}

/* What an operation names, it is about. */
static bool cache_ok(struct script *script, const char *name, cachep_t *cachep)
{
	*cachep = kmem_cache_find(script->m, name);
	script->cachep = *cachep;
	if (*cachep != CACHE_NULL)
		return true;
	return script_fault(script, "there is no cache '%s'", name);
}

static bool slots_grow(const struct script *script, struct slot **slots,
		       uint64_t *nr_slots, uint64_t id)
{
	uint64_t nr = *nr_slots ? *nr_slots : 1024;
	struct slot *grown;

	while (nr <= id)
		nr *= 2;
	grown = realloc(*slots, nr * sizeof(*grown));
	if (!grown)
		return script_fault(script, "no memory for slot %" PRIu64, id);
	memset(grown + *nr_slots, 0, (nr - *nr_slots) * sizeof(*grown));
	*slots = grown;
	*nr_slots = nr;
	return true;
}

/* An empty slot for a new object. */
static bool slot_ok(struct script *script, uint64_t id)
{
	if (id >= MAX_SLOT)
		return script_fault(script,
				    "slot %" PRIu64 " is too large: slots are "
				    "below %" PRIu64,
				    id, MAX_SLOT);
	if (id >= script->nr_slots &&
	    !slots_grow(script, &script->slots, &script->nr_slots, id))
		return false;
	if (script->slots[id].obj)
		return script_fault(
			script, "slot %" PRIu64 " still holds an object", id);
	return true;
}

/* --- operations ---------------------------------------------------------- */

static bool op_smp(struct script *script, const struct scenario_op *op)
{
	(void)op;
	if (script->smp)
		return script_fault(script, "the other CPUs are up already");
	if (!cpu_ok(script, 0)) /* it brings up the others */
		return false;
	script->smp = true;
	/* a CPU that finds no memory stays offline: a result, not a fault */
	machine_smp_init(script->m);
	return true;
}

static bool op_create(struct script *script, const struct scenario_op *op)
{
	const struct slab_profile *p = machine_profile(script->m);
	cachep_t cachep;

	if (!cpu_ok(script, op->cpu))
		return false;
	if (op->size < p->word_bytes || op->size > p->max_object_bytes)
		return script_fault(script,
				    "size %" PRIu64 " is out of range: "
				    "expected %u to %" PRIu64 " bytes",
				    op->size, p->word_bytes,
				    p->max_object_bytes);
	if ((op->align & (op->align - 1)) || op->align > p->max_object_bytes)
		return script_fault(script,
				    "align %" PRIu64 " is not a power of two "
				    "up to %" PRIu64,
				    op->align, p->max_object_bytes);
	cachep = kmem_cache_create(script->m, op->cpu, op->name, op->size,
				   op->align, slab_flags_of(op->flags));
	script->cachep = cachep;
	fprintf(outfile_stream(&script->snap), "create,%" PRIu64 ",%s,%s\n",
		op->line, op->name, cachep == CACHE_NULL ? "fail" : "ok");
	return true;
}

static bool op_time(struct script *script, const struct scenario_op *op)
{
	if (op->tick < machine_now(script->m))
		return script_fault(script,
				    "time would go back from tick %" PRIu64
				    " to %" PRIu64,
				    machine_now(script->m), op->tick);
	machine_advance(script->m, op->tick);
	return true;
}

/* An allocation has come back: into its slot, the counts and the trace. */
static void allocated(struct script *script, const struct scenario_op *op,
		      cachep_t cachep, obj_t obj)
{
	struct cache_info info = { .name = "-" };
	struct slot *slot = &script->slots[op->id];

	script->cachep = cachep;
	script->nr_allocs++;
	if (!obj)
		script->nr_failed++;
	slot->obj = obj;
	slot->cachep = cachep;
	slot->kmalloc_bytes = (uint32_t)op->size;
	if (!script->tracing)
		return;
	if (cachep != CACHE_NULL)
		kmem_cache_info(script->m, cachep, &info);
	print_placement(outfile_stream(&script->trace), script->m, op->line,
			op->id, info.name, obj);
}

static bool op_alloc(struct script *script, const struct scenario_op *op)
{
	int node = op->kind == OP_ALLOC ? NUMA_NO_NODE : (int)op->node;
	uint32_t gfp = op->kind == OP_ALLOC_THISNODE ? GFP_THISNODE : 0;
	cachep_t cachep;

	if (!cpu_ok(script, op->cpu) || !cache_ok(script, op->name, &cachep) ||
	    !slot_ok(script, op->id))
		return false;
	if (op->kind != OP_ALLOC && !node_ok(script, op->node))
		return false;
	allocated(script, op, cachep,
		  kmem_cache_alloc_node(script->m, op->cpu, cachep, gfp, node));
	return true;
}

static bool op_kmalloc(struct script *script, const struct scenario_op *op)
{
	int node = op->kind == OP_KMALLOC_NODE ? (int)op->node : NUMA_NO_NODE;
	uint32_t gfp = op->kind == OP_KMALLOC_DMA ? GFP_DMA : 0;

	if (!cpu_ok(script, op->cpu) || !slot_ok(script, op->id))
		return false;
	if (op->kind == OP_KMALLOC_NODE && !node_ok(script, op->node))
		return false;
	allocated(script, op, kmalloc_cache(script->m, op->size, gfp),
		  kmalloc_node(script->m, op->cpu, op->size, gfp, node));
	return true;
}

/* f and kf: a slot remembers how its object was allocated. */
static bool op_free(struct script *script, const struct scenario_op *op)
{
	struct slot *slot;

	if (!cpu_ok(script, op->cpu))
		return false;
	script->nr_frees++;
	if (op->id >= script->nr_slots || !script->slots[op->id].obj)
		return true;
	slot = &script->slots[op->id];
	script->cachep = slot->cachep;
	if (op->kind == OP_FREE)
		slot->freed_address = obj_address(script->m, slot->obj);
	if (slot->kmalloc_bytes)
		kfree(script->m, op->cpu, slot->obj, slot->kmalloc_bytes);
	else
		kmem_cache_free(script->m, op->cpu, slot->cachep, slot->obj);
	slot->obj = OBJ_NULL;
	return true;
}

static bool op_shrink(struct script *script, const struct scenario_op *op)
{
	cachep_t cachep;

	if (!cpu_ok(script, op->cpu) || !cache_ok(script, op->name, &cachep))
		return false;
	fprintf(outfile_stream(&script->snap), "shrink,%" PRIu64 ",%s,%d\n",
		op->line, op->name,
		kmem_cache_shrink(script->m, op->cpu, cachep));
	return true;
}

/* The caches that the machine itself lives in cannot be taken from it. */
static bool destroy_ok(const struct script *script, cachep_t cachep)
{
	struct cache_info info;

	kmem_cache_info(script->m, cachep, &info);
	if (!info.general && strcmp(info.name, "kmem_cache") != 0)
		return true;
	return script_fault(script,
			    "cache '%s' belongs to the allocator itself",
			    info.name);
}

static bool op_destroy(struct script *script, const struct scenario_op *op)
{
	cachep_t cachep;
	bool gone;

	if (!cpu_ok(script, op->cpu) || !cache_ok(script, op->name, &cachep) ||
	    !destroy_ok(script, cachep))
		return false;
	gone = kmem_cache_destroy(script->m, op->cpu, cachep);
	fprintf(outfile_stream(&script->snap), "destroy,%" PRIu64 ",%s,%s\n",
		op->line, op->name, gone ? "ok" : "busy");
	return true;
}

/* An unknown name is an answer of /proc/slabinfo, not a faulty script. */
static bool op_tune(struct script *script, const struct scenario_op *op)
{
	cachep_t cachep = kmem_cache_find(script->m, op->name);
	bool ok;

	if (!cpu_ok(script, op->cpu))
		return false;
	script->cachep = cachep;
	ok = cachep != CACHE_NULL &&
	     slabinfo_write(script->m, op->cpu, cachep, op->limit,
			    op->batchcount, op->shared);
	fprintf(outfile_stream(&script->snap), "tune,%" PRIu64 ",%s,%s\n",
		op->line, op->name, ok ? "accepted" : "error");
	return true;
}

static bool op_limit(struct script *script, const struct scenario_op *op)
{
	if (!node_ok(script, op->node))
		return false;
	machine_limit_pages(script->m, op->node, op->pages);
	return true;
}

static bool op_offline(struct script *script, const struct scenario_op *op)
{
	if (!cpu_ok(script, op->cpu) || !cpu_ok(script, op->other_cpu))
		return false;
	if (op->cpu == op->other_cpu)
		return script_fault(script, "CPU %u cannot take itself down",
				    op->cpu);
	machine_cpu_down(script->m, op->cpu, op->other_cpu);
	return true;
}

static bool op_online(struct script *script, const struct scenario_op *op)
{
	if (!cpu_ok(script, op->cpu))
		return false;
	if (op->other_cpu >= machine_nr_cpus(script->m))
		return script_fault(script,
				    "CPU %u does not exist: the machine has "
				    "%u",
				    op->other_cpu, machine_nr_cpus(script->m));
	if (machine_cpu_online(script->m, op->other_cpu))
		return script_fault(script, "CPU %u is online already",
				    op->other_cpu);
	machine_cpu_up(script->m, op->cpu, op->other_cpu);
	return true;
}

static bool poke(const struct script *script, const struct scenario_op *op,
		 uint64_t address)
{
	if (machine_poke(script->m, address + (uint64_t)op->offset, op->byte))
		return true;
	return script_fault(
		script,
		script->profile->debug ?
			"there is no slab's memory at that offset" :
			"memory has contents in the debug build only: use --debug");
}

static bool op_poke(struct script *script, const struct scenario_op *op)
{
	if (op->id >= script->nr_slots || !script->slots[op->id].obj)
		return script_fault(script, "slot %" PRIu64 " holds no object",
				    op->id);
	return poke(script, op,
		    obj_address(script->m, script->slots[op->id].obj));
}

static bool op_pokefree(struct script *script, const struct scenario_op *op)
{
	if (op->id >= script->nr_slots || !script->slots[op->id].freed_address)
		return script_fault(script,
				    "no object of slot %" PRIu64 " was freed",
				    op->id);
	return poke(script, op, script->slots[op->id].freed_address);
}

static bool op_snap(struct script *script, const struct scenario_op *op)
{
	print_snap(outfile_stream(&script->snap), script->m, op->label);
	return true;
}

static bool op_geom(struct script *script, const struct scenario_op *op)
{
	FILE *out = outfile_stream(&script->snap);
	cachep_t cachep;

	if (op->name[0] == '\0') {
		print_geom_all(out, script->m, op->label);
		return true;
	}
	if (!cache_ok(script, op->name, &cachep))
		return false;
	print_geom(out, script->m, op->label, cachep);
	return true;
}

static bool op_dump(struct script *script, const struct scenario_op *op)
{
	cachep_t cachep;

	if (!cache_ok(script, op->name, &cachep))
		return false;
	print_dump(outfile_stream(&script->snap), script->m, op->label, cachep);
	return true;
}

static bool op_slabinfo(struct script *script, const struct scenario_op *op)
{
	FILE *out = outfile_stream(&script->slabinfo);

	fprintf(out, "== %s\n", op->label);
	print_slabinfo(out, script->m);
	return true;
}

static bool op_trace(struct script *script, const struct scenario_op *op)
{
	script->tracing = op->on;
	return true;
}

typedef bool op_fn(struct script *script, const struct scenario_op *op);

static op_fn *const op_table[] = {
	[OP_CREATE] = op_create,
	[OP_SMP] = op_smp,
	[OP_TIME] = op_time,
	[OP_ALLOC] = op_alloc,
	[OP_ALLOC_NODE] = op_alloc,
	[OP_ALLOC_THISNODE] = op_alloc,
	[OP_FREE] = op_free,
	[OP_KMALLOC] = op_kmalloc,
	[OP_KMALLOC_NODE] = op_kmalloc,
	[OP_KMALLOC_DMA] = op_kmalloc,
	[OP_KFREE] = op_free,
	[OP_SHRINK] = op_shrink,
	[OP_DESTROY] = op_destroy,
	[OP_TUNE] = op_tune,
	[OP_LIMIT] = op_limit,
	[OP_OFFLINE] = op_offline,
	[OP_ONLINE] = op_online,
	[OP_SNAP] = op_snap,
	[OP_GEOM] = op_geom,
	[OP_DUMP] = op_dump,
	[OP_SLABINFO] = op_slabinfo,
	[OP_TRACE] = op_trace,
	[OP_POKE] = op_poke,
	[OP_POKEFREE] = op_pokefree,
};

bool script_operation(struct script *script, const struct scenario_op *op)
{
	return op_table[op->kind](script, op);
}
