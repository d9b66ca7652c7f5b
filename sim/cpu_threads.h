/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread of the host for each simulated CPU.
 *
 * A thread sleeps until it is given a job or a call. A job is a stretch of the
 * CPU's own operations. A call is something that only this CPU may do (its
 * arrays are its own): it waits in the CPU's mailbox until the CPU looks there,
 * between two operations or while it waits for something that takes long,
 * never while it waits for a spin lock: interrupts are off then.
 *
 * There may be many more threads than the host has CPUs: who waits sleeps.
 */
#ifndef SIM_CPU_THREADS_H
#define SIM_CPU_THREADS_H

#include "model/locks.h"

struct cpu_threads;

/*
 * cpu_threads_create - a sleeping thread for each CPU of the machine, and one
 * more, the reaper, which goes by the number after the last CPU's
 *
 * Where the host has a CPU for each, each thread is pinned to one; where it
 * has several memory nodes, threads of simulated node n run on the host's node
 * n (modulo its nodes), and what they touch first lies there.
 * Return: owned (cpu_threads_destroy); NULL: no memory, or no more threads.
 */
struct cpu_threads *cpu_threads_create(struct machine *m);
/* All jobs must have ended. */
void cpu_threads_destroy(struct cpu_threads *threads);

/* How the threads lie on the host. */
struct cpu_threads_host {
	bool pinned;
	uint32_t host_cpus;  /* that may be used */
	uint32_t host_nodes; /* with memory; 1: no choice */
};
void cpu_threads_host(const struct cpu_threads *threads,
		      struct cpu_threads_host *host);

typedef void cpu_job_fn(void *arg, uint32_t cpu);
/* Give a CPU that has no job one. @arg: borrowed until it ends. */
void cpu_threads_start(struct cpu_threads *threads, uint32_t cpu,
		       cpu_job_fn *job, void *arg);
/* Until the CPU has no job. */
void cpu_threads_wait(struct cpu_threads *threads, uint32_t cpu);

/* Let @cpu do @fn, and wait until it has: slab_lock_ops' call. */
void cpu_threads_call(struct cpu_threads *threads, uint32_t cpu,
		      slab_call_fn *fn, void *data);

/* Does what waits in the mailbox of the calling thread's CPU. */
void cpu_threads_poll(struct cpu_threads *threads, uint32_t cpu);

#endif
