/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fork storm. On every CPU a parent forks children as long as fewer than
 * "hold" of its own are alive or unreaped. A child (moved to another CPU in
 * migrate_pct cases) waits run_us, replaces its memory by exec in exec_pct
 * cases, and exits; zombie_us later its parent reaps it. What a kernel leaves
 * to RCU (task_struct, signal_cache, pid, cred) is freed rcu_us after that,
 * in rcu_cross_pct cases on another CPU.
 *
 * The objects of a process are those that Linux 6.1 was seen to allocate for
 * a fork of a small static program with 10 VMAs: 15 anon_vma_chain, 10
 * vm_area_struct, 5 anon_vma, 3 maple_node (2 of them given back at the end of
 * the fork), one each of task_struct, cred, files, fs, sighand, signal, mm and
 * pid: 82 events, where 85 were counted.
 *
 * A job (fork, exec, exit, reap) is a list of operations on the numbered
 * objects of one process, made once by plan_*; a step performs one operation.
 */
#include "workloads/gen.h"

#include <stdlib.h>
#include <string.h>

enum {
	C_TASK,
	C_CRED,
	C_FILES,
	C_FS,
	C_SIGHAND,
	C_SIGNAL,
	C_MM,
	C_MAPLE,
	C_VMA,
	C_CHAIN,
	C_ANON,
	C_PID,
	C_NAMES,
	NR_CACHES,
};

static const struct workload_cache caches[NR_CACHES] = {
	[C_TASK] = { "task_struct", 3072, 3072, 0 },
	[C_CRED] = { "cred_jar", 136, 192, CACHE_DEF_HWALIGN },
	[C_FILES] = { "files_cache", 704, 704, CACHE_DEF_HWALIGN },
	[C_FS] = { "fs_cache", 56, 64, CACHE_DEF_HWALIGN },
	[C_SIGHAND] = { "sighand_cache", 2080, 2112,
			CACHE_DEF_HWALIGN | CACHE_DEF_RCU },
	[C_SIGNAL] = { "signal_cache", 1000, 1024, CACHE_DEF_HWALIGN },
	[C_MM] = { "mm_struct", 920, 960, CACHE_DEF_HWALIGN },
	[C_MAPLE] = { "maple_node", 256, 256, 0 },
	[C_VMA] = { "vm_area_struct", 144, 144, 0 },
	[C_CHAIN] = { "anon_vma_chain", 64, 64, 0 },
	[C_ANON] = { "anon_vma", 96, 96, CACHE_DEF_RCU },
	[C_PID] = { "pid", 112, 128, CACHE_DEF_HWALIGN },
	[C_NAMES] = { "names_cache", 4096, 4096, CACHE_DEF_HWALIGN },
};

enum {
	A_TASK,
	A_CRED,
	A_FILES,
	A_FS,
	A_SIGHAND,
	A_SIGNAL,
	A_MM,
	A_MAPLE,
	A_VMA,
	A_CHAIN,
	A_ANON_CHAIN,
	A_ANON,
	A_PID,
	A_NAMES,
	A_EXEC_MM,
	A_EXEC_VMA,
	F_TASK,
	F_CRED,
	F_FILES,
	F_FS,
	F_SIGHAND,
	F_SIGNAL,
	F_MM,
	F_MAPLE,
	F_MAPLE_SPARE,
	F_VMA,
	F_CHAIN,
	F_ANON_CHAIN,
	F_ANON,
	F_PID,
	F_NAMES,
	NR_SITES,
};

static const struct gen_site sites[NR_SITES] = {
	[A_TASK] = { "copy_process+0x1c4/0x1660", C_TASK, 0 },
	[A_CRED] = { "prepare_creds+0x21/0xc0", C_CRED, 0 },
	[A_FILES] = { "dup_fd+0x2c/0x310", C_FILES, 0 },
	[A_FS] = { "copy_fs_struct+0x1b/0x90", C_FS, 0 },
	[A_SIGHAND] = { "copy_process+0x6f6/0x1660", C_SIGHAND, 0 },
	[A_SIGNAL] = { "copy_process+0x779/0x1660", C_SIGNAL, EVENT_GFP_ZERO },
	[A_MM] = { "copy_process+0xd56/0x1660", C_MM, 0 },
	[A_MAPLE] = { "mas_alloc_nodes+0x71/0x230", C_MAPLE, 0 },
	[A_VMA] = { "vm_area_dup+0x20/0x90", C_VMA, 0 },
	[A_CHAIN] = { "anon_vma_clone+0x61/0x1b0", C_CHAIN, 0 },
	[A_ANON_CHAIN] = { "anon_vma_fork+0x8b/0x130", C_CHAIN, 0 },
	[A_ANON] = { "anon_vma_fork+0x50/0x130", C_ANON, 0 },
	[A_PID] = { "alloc_pid+0x4e/0x360", C_PID, 0 },
	[A_NAMES] = { "getname_flags+0x2b/0x180", C_NAMES, 0 },
	[A_EXEC_MM] = { "alloc_bprm+0x79/0x2c0", C_MM, 0 },
	[A_EXEC_VMA] = { "vm_area_alloc+0x19/0x50", C_VMA, 0 },
	[F_TASK] = { "free_task+0x34/0x50", C_TASK, 0 },
	[F_CRED] = { "put_cred_rcu+0x4f/0x60", C_CRED, 0 },
	[F_FILES] = { "put_files_struct+0xbf/0xd0", C_FILES, 0 },
	[F_FS] = { "exit_fs+0x7b/0x80", C_FS, 0 },
	[F_SIGHAND] = { "__cleanup_sighand+0x35/0x50", C_SIGHAND, 0 },
	[F_SIGNAL] = { "__put_task_struct+0xa7/0xf0", C_SIGNAL, 0 },
	[F_MM] = { "__mmdrop+0x8c/0xa0", C_MM, 0 },
	[F_MAPLE] = { "mt_destroy_walk.isra.0+0x26f/0x360", C_MAPLE, 0 },
	[F_MAPLE_SPARE] = { "mas_destroy+0x110/0x210", C_MAPLE, 0 },
	[F_VMA] = { "vm_area_free+0x13/0x20", C_VMA, 0 },
	[F_CHAIN] = { "unlink_anon_vmas+0x69/0x1b0", C_CHAIN, 0 },
	[F_ANON_CHAIN] = { "unlink_anon_vmas+0x146/0x1b0", C_CHAIN, 0 },
	[F_ANON] = { "__put_anon_vma+0x26/0x90", C_ANON, 0 },
	[F_PID] = { "put_pid.part.0+0x35/0x60", C_PID, 0 },
	[F_NAMES] = { "putname+0x4c/0x60", C_NAMES, 0 },
};

enum {
	P_CPUS,
	P_HOLD,
	P_VMAS,
	P_EXEC,
	P_MIGRATE,
	P_RUN,
	P_ZOMBIE,
	P_RCU,
	P_CROSS,
	P_EVENT,
	NR_PARAMS
};

static const struct workload_param params[NR_PARAMS] = {
	[P_CPUS] = { "cpus", "", 4, 1, 1024, "CPUs, each with a parent" },
	[P_HOLD] = { "hold", "", 8, 1, 4096,
		     "children of a parent, alive or unreaped, at most" },
	[P_VMAS] = { "vmas", "", 10, 2, 200, "VMAs of a process" },
	[P_EXEC] = { "exec_pct", "%", 50, 0, 100, "children that exec" },
	[P_MIGRATE] = { "migrate_pct", "%", 25, 0, 100,
			"children that run on another CPU" },
	[P_RUN] = { "run_us", "us", 500, 0, 100000000,
		    "from fork to a child's first turn" },
	[P_ZOMBIE] = { "zombie_us", "us", 200, 0, 100000000,
		       "from exit to the parent's wait" },
	[P_RCU] = { "rcu_us", "us", 8000, 0, 100000000,
		    "from call_rcu to the free" },
	[P_CROSS] = { "rcu_cross_pct", "%", 10, 0, 100,
		      "RCU frees that run on another CPU" },
	[P_EVENT] = { "event_ns", "ns", 2000, 2, 100000000,
		      "between two events of a busy CPU" },
};

enum op_kind { OP_GET, OP_PUT, OP_PUT_LATE };

struct op {
	uint8_t kind, site;
	uint16_t object; /* of the process */
};

struct plan {
	struct op *ops;
	uint32_t nr;
};

/* Numbers of a process's objects; those of its two memories follow. */
enum {
	O_TASK,
	O_CRED,
	O_FILES,
	O_FS,
	O_SIGHAND,
	O_SIGNAL,
	O_PID,
	O_SPARE1,
	O_SPARE2,
	O_NAMES,
	O_MEMORY
};

enum job {
	JOB_NONE,
	JOB_FORK,
	JOB_EXEC,
	JOB_EXIT,
	JOB_EXEC_EXIT,
	JOB_REAP,
	NR_JOBS
};

#define NO_PROCESS UINT32_MAX

struct process {
	uint64_t due_ns; /* not to be taken up before */
	uint32_t parent; /* CPU */
	uint32_t task;
	uint32_t next; /* in its queue */
	bool exec;     /* runs in its second memory */
};

struct chain {
	uint32_t first, last;
};

struct cpu {
	enum job job;
	uint32_t process, at; /* of the job, and the next operation */
	uint32_t parent_task, softirq_task;
	struct chain unused, ready, zombies;
	struct gen_queue late;
};

struct storm {
	uint32_t values[NR_PARAMS];
	uint32_t nr_objects; /* of a process */
	struct plan plans[NR_JOBS];
	struct op *ops; /* of all plans */
	struct process *processes;
	uint32_t *slots; /* nr_objects for each process */
	struct cpu *cpus;
};

/* --- plans --- */

static void plan_op(struct plan *plan, enum op_kind kind, uint32_t site,
		    uint32_t object)
{
	plan->ops[plan->nr++] =
		(struct op){ (uint8_t)kind, (uint8_t)site, (uint16_t)object };
}

/* mm, maple node, VMAs; every other VMA is anonymous: 3 chains and an anon. */
static uint32_t memory_objects(uint32_t vmas)
{
	return 2 + vmas + vmas / 2 * 4;
}

static void plan_get_memory(struct plan *plan, uint32_t vmas, uint32_t object,
			    bool exec)
{
	plan_op(plan, OP_GET, exec ? A_EXEC_MM : A_MM, object++);
	plan_op(plan, OP_GET, A_MAPLE, object++);
	for (uint32_t i = 0; i < vmas; i++) {
		plan_op(plan, OP_GET, exec ? A_EXEC_VMA : A_VMA, object++);
		if (i % 2 == 0)
			continue;
		plan_op(plan, OP_GET, A_CHAIN, object++);
		plan_op(plan, OP_GET, A_CHAIN, object++);
		plan_op(plan, OP_GET, A_ANON, object++);
		plan_op(plan, OP_GET, A_ANON_CHAIN, object++);
	}
}

static void plan_put_memory(struct plan *plan, uint32_t vmas, uint32_t object)
{
	uint32_t at = object + 2;

	for (uint32_t i = 0; i < vmas; i++) {
		at++;
		if (i % 2 == 0)
			continue;
		plan_op(plan, OP_PUT, F_CHAIN, at);
		plan_op(plan, OP_PUT, F_CHAIN, at + 1);
		plan_op(plan, OP_PUT, F_ANON, at + 2);
		plan_op(plan, OP_PUT, F_ANON_CHAIN, at + 3);
		at += 4;
	}
	at = object + 2;
	for (uint32_t i = 0; i < vmas; i++) {
		plan_op(plan, OP_PUT, F_VMA, at);
		at += i % 2 == 0 ? 1 : 5;
	}
	plan_op(plan, OP_PUT, F_MAPLE, object + 1);
	plan_op(plan, OP_PUT, F_MM, object);
}

static void plan_fork(struct plan *plan, uint32_t vmas)
{
	plan_op(plan, OP_GET, A_TASK, O_TASK);
	plan_op(plan, OP_GET, A_CRED, O_CRED);
	plan_op(plan, OP_GET, A_FILES, O_FILES);
	plan_op(plan, OP_GET, A_FS, O_FS);
	plan_op(plan, OP_GET, A_SIGHAND, O_SIGHAND);
	plan_op(plan, OP_GET, A_SIGNAL, O_SIGNAL);
	plan_op(plan, OP_GET, A_MAPLE, O_SPARE1);
	plan_op(plan, OP_GET, A_MAPLE, O_SPARE2);
	plan_get_memory(plan, vmas, O_MEMORY, false);
	plan_op(plan, OP_PUT, F_MAPLE_SPARE, O_SPARE2);
	plan_op(plan, OP_PUT, F_MAPLE_SPARE, O_SPARE1);
	plan_op(plan, OP_GET, A_PID, O_PID);
}

static void plan_exec(struct plan *plan, uint32_t vmas)
{
	uint32_t new = O_MEMORY + memory_objects(vmas);

	plan_op(plan, OP_GET, A_NAMES, O_NAMES);
	plan_get_memory(plan, vmas, new, true);
	plan_put_memory(plan, vmas, O_MEMORY);
	plan_op(plan, OP_PUT, F_NAMES, O_NAMES);
}

static void plan_exit(struct plan *plan, uint32_t vmas, uint32_t memory)
{
	plan_put_memory(plan, vmas, memory);
	plan_op(plan, OP_PUT, F_FILES, O_FILES);
	plan_op(plan, OP_PUT, F_FS, O_FS);
}

static void plan_reap(struct plan *plan)
{
	plan_op(plan, OP_PUT, F_SIGHAND, O_SIGHAND);
	plan_op(plan, OP_PUT_LATE, F_PID, O_PID);
	plan_op(plan, OP_PUT_LATE, F_SIGNAL, O_SIGNAL);
	plan_op(plan, OP_PUT_LATE, F_TASK, O_TASK);
	plan_op(plan, OP_PUT_LATE, F_CRED, O_CRED);
}

static bool make_plans(struct storm *storm)
{
	uint32_t vmas = storm->values[P_VMAS], memory = memory_objects(vmas);
	uint32_t longest = 2 * memory + 32;

	storm->nr_objects = O_MEMORY + 2 * memory;
	storm->ops = malloc((size_t)NR_JOBS * longest * sizeof(*storm->ops));
	if (!storm->ops)
		return false;
	for (uint32_t i = 0; i < NR_JOBS; i++)
		storm->plans[i].ops = storm->ops + (size_t)i * longest;
	plan_fork(&storm->plans[JOB_FORK], vmas);
	plan_exec(&storm->plans[JOB_EXEC], vmas);
	plan_exit(&storm->plans[JOB_EXIT], vmas, O_MEMORY);
	plan_exit(&storm->plans[JOB_EXEC_EXIT], vmas, O_MEMORY + memory);
	plan_reap(&storm->plans[JOB_REAP]);
	return true;
}

/* --- queues of processes --- */

static void push(struct storm *storm, struct chain *chain, uint32_t process)
{
	storm->processes[process].next = NO_PROCESS;
	if (chain->first == NO_PROCESS)
		chain->first = process;
	else
		storm->processes[chain->last].next = process;
	chain->last = process;
}

/* The first one, if its time has come. */
static uint32_t pop(struct storm *storm, struct chain *chain, uint64_t now_ns)
{
	uint32_t process = chain->first;

	if (process == NO_PROCESS || storm->processes[process].due_ns > now_ns)
		return NO_PROCESS;
	chain->first = storm->processes[process].next;
	return process;
}

/* --- steps --- */

static uint32_t other_cpu(struct gen *gen, uint32_t cpu)
{
	if (gen->cpus == 1)
		return cpu;
	return (cpu + 1 + random_below(&gen->random, gen->cpus - 1)) %
	       gen->cpus;
}

static void free_late(struct storm *storm, struct gen *gen, uint32_t cpu,
		      uint32_t site, uint32_t slot)
{
	struct gen_late late = {
		.due_ns = gen->now_ns + storm->values[P_RCU] * UINT64_C(1000),
		.slot = slot,
		.site = site,
	};

	if (random_pct(&gen->random, storm->values[P_CROSS]))
		cpu = other_cpu(gen, cpu);
	gen_queue_add(gen, &storm->cpus[cpu].late, &late);
}

static void perform(struct storm *storm, struct gen *gen, uint32_t cpu,
		    const struct op *op)
{
	struct cpu *c = &storm->cpus[cpu];
	size_t base = (size_t)c->process * storm->nr_objects;
	uint32_t *slot = &storm->slots[base + op->object];
	bool parent = c->job == JOB_FORK || c->job == JOB_REAP;
	uint32_t task = parent ? c->parent_task :
				 storm->processes[c->process].task;

	if (op->kind == OP_GET)
		*slot = gen_alloc(gen, cpu, task, op->site,
				  caches[sites[op->site].cache].size_bytes);
	else if (op->kind == OP_PUT)
		gen_free(gen, cpu, task, op->site, *slot);
	else
		free_late(storm, gen, cpu, op->site, *slot);
}

/* The job is done: what becomes of its process, and of the CPU. */
static void finish_job(struct storm *storm, struct gen *gen, uint32_t cpu)
{
	struct cpu *c = &storm->cpus[cpu];
	struct process *process = &storm->processes[c->process];
	enum job job = c->job;
	uint32_t to = cpu;

	c->at = 0;
	c->job = JOB_NONE;
	switch (job) {
	case JOB_FORK:
		if (random_pct(&gen->random, storm->values[P_MIGRATE]))
			to = other_cpu(gen, cpu);
		process->due_ns =
			gen->now_ns + storm->values[P_RUN] * UINT64_C(1000);
		push(storm, &storm->cpus[to].ready, c->process);
		return;
	case JOB_EXEC:
		c->job = JOB_EXEC_EXIT;
		return;
	case JOB_REAP:
		process->due_ns = 0;
		push(storm, &c->unused, c->process);
		return;
	default:
		process->due_ns =
			gen->now_ns + storm->values[P_ZOMBIE] * UINT64_C(1000);
		push(storm, &storm->cpus[process->parent].zombies, c->process);
	}
}

/* Children first, then the dead, then new ones. */
static bool choose_job(struct storm *storm, struct gen *gen, struct cpu *c)
{
	c->process = pop(storm, &c->ready, gen->now_ns);
	if (c->process != NO_PROCESS) {
		bool exec = random_pct(&gen->random, storm->values[P_EXEC]);

		c->job = exec ? JOB_EXEC : JOB_EXIT;
		return true;
	}
	c->job = JOB_REAP;
	c->process = pop(storm, &c->zombies, gen->now_ns);
	if (c->process != NO_PROCESS)
		return true;
	c->job = JOB_FORK;
	c->process = pop(storm, &c->unused, gen->now_ns);
	if (c->process != NO_PROCESS)
		return true;
	c->job = JOB_NONE;
	return false;
}

static uint64_t step(void *state, struct gen *gen, uint32_t cpu)
{
	struct storm *storm = state;
	struct cpu *c = &storm->cpus[cpu];
	const struct gen_late *late = gen_queue_due(gen, &c->late);
	const struct plan *plan;

	if (late) {
		gen_free(gen, cpu, c->softirq_task, late->site, late->slot);
	} else if (c->job == JOB_NONE && !choose_job(storm, gen, c)) {
		return 20000; /* idle */
	} else {
		plan = &storm->plans[c->job];
		perform(storm, gen, cpu, &plan->ops[c->at++]);
		if (c->at == plan->nr)
			finish_job(storm, gen, cpu);
	}
	return random_around(&gen->random, storm->values[P_EVENT]);
}

/* --- from beginning to end --- */

static void stop(void *state)
{
	struct storm *storm = state;

	for (uint32_t i = 0; storm->cpus && i < storm->values[P_CPUS]; i++)
		gen_queue_release(&storm->cpus[i].late);
	free(storm->cpus);
	free(storm->ops);
	free(storm->processes);
	free(storm->slots);
	free(storm);
}

static void start_cpu(struct storm *storm, struct gen *gen, uint32_t cpu)
{
	const struct chain none = { NO_PROCESS, NO_PROCESS };
	struct cpu *c = &storm->cpus[cpu];
	uint32_t hold = storm->values[P_HOLD];

	c->unused = c->ready = c->zombies = none;
	c->parent_task = gen_task(gen, "storm-%u", 1000 + cpu);
	c->softirq_task = gen_task(gen, "ksoftirqd/%u-%u", cpu, 10 + cpu);
	for (uint32_t i = 0; i < hold; i++) {
		uint32_t process = cpu * hold + i;

		storm->processes[process].parent = cpu;
		storm->processes[process].task =
			gen_task(gen, "child-%u", 3000 + process);
		push(storm, &c->unused, process);
	}
}

static void *start(struct gen *gen, const uint32_t *values, char *error,
		   size_t error_bytes)
{
	struct storm *storm = calloc(1, sizeof(*storm));
	size_t nr = (size_t)values[P_CPUS] * values[P_HOLD];

	(void)error;
	(void)error_bytes;
	if (!storm)
		return NULL;
	memcpy(storm->values, values, sizeof(storm->values));
	storm->cpus = calloc(values[P_CPUS], sizeof(*storm->cpus));
	storm->processes = calloc(nr, sizeof(*storm->processes));
	if (storm->cpus && storm->processes && make_plans(storm))
		storm->slots = calloc(nr, storm->nr_objects * sizeof(uint32_t));
	if (!storm->slots || !storm->cpus || !storm->processes) {
		stop(storm);
		return NULL;
	}
	for (uint32_t i = 0; i < values[P_CPUS]; i++)
		start_cpu(storm, gen, i);
	return storm;
}

static const struct workload_ops ops = {
	.caches = caches,
	.nr_caches = NR_CACHES,
	.sites = sites,
	.nr_sites = NR_SITES,
	.start = start,
	.step = step,
	.stop = stop,
};

const struct workload workload_forkstorm = {
	.name = "forkstorm",
	.summary = "fork, exec, exit and wait on every CPU",
	.model = "On every CPU a parent forks children while fewer than hold "
		 "of its own are alive or unreaped. A child waits run_us "
		 "(migrate_pct of them on another CPU), replaces its memory in "
		 "exec_pct cases, exits, and is reaped zombie_us later. What "
		 "the kernel leaves to RCU (task_struct, signal_cache, pid, "
		 "cred_jar) is freed rcu_us after that, rcu_cross_pct of it on "
		 "another CPU. The objects of a process are those of a small "
		 "static program on Linux 6.1.",
	.params = params,
	.nr_params = NR_PARAMS,
	.ops = &ops,
};
