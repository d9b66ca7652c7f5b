/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See cpu_threads.h. A mail lies on the stack of its sender, who sleeps until
 * it is answered; the flag that there is one is all a poll reads.
 */
#define _GNU_SOURCE

#include "sim/cpu_threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "model/inspect.h"
#include "sim/host.h"
#include "traces/thread.h"

#define STACK_BYTES ((size_t)512 * 1024)

struct mail {
	struct mail *next;
	slab_call_fn *fn;
	void *data;
	bool answered;
};

struct cpu_thread {
	_Alignas(64) atomic_bool has_mail;
	struct cpu_threads *all;
	uint32_t cpu;
	bool started, quit;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work;   /* there is a job, a mail, or it is over */
	pthread_cond_t result; /* a job has ended, a mail is answered */
	struct mail *mails;    /* oldest first */
	cpu_job_fn *job;       /* NULL: none */
	void *arg;
};

struct cpu_threads {
	struct machine *m;
	uint32_t nr_cpus, nr_threads;
	struct cpu_threads_host host;
	cpu_set_t allowed;
	struct cpu_thread *cpus;
};

/* --- where on the host ---------------------------------------------------- */

static void look_at_host(struct cpu_threads *threads)
{
	CPU_ZERO(&threads->allowed);
	if (sched_getaffinity(0, sizeof(threads->allowed), &threads->allowed))
		CPU_SET(0, &threads->allowed);
	threads->host.host_cpus = (uint32_t)CPU_COUNT(&threads->allowed);
	threads->host.host_nodes = host_memory_nodes();
	threads->host.pinned = threads->host.host_nodes == 1 &&
			       threads->host.host_cpus >= threads->nr_cpus;
}

static void pin(const struct cpu_thread *c)
{
	const cpu_set_t *allowed = &c->all->allowed;
	uint32_t nr = c->cpu;
	cpu_set_t one;

	CPU_ZERO(&one);
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, allowed) || nr--)
			continue;
		CPU_SET(i, &one);
		break;
	}
	/* without leave to, the scheduler chooses: slower, not wrong */
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

static void settle_down(const struct cpu_thread *c)
{
	const struct cpu_threads_host *host = &c->all->host;

	if (c->cpu == c->all->nr_cpus)
		return; /* the reaper runs where there is room */
	if (host->host_nodes > 1)
		host_run_on_node(machine_cpu_node(c->all->m, c->cpu) %
				 host->host_nodes);
	else if (host->pinned)
		pin(c);
}

/* --- a thread -------------------------------------------------------------- */

/* With the mutex held, which is let go meanwhile. */
static void answer_mails(struct cpu_thread *c)
{
	while (c->mails) {
		struct mail *mail = c->mails;

		c->mails = mail->next;
		atomic_store_explicit(&c->has_mail, c->mails != NULL,
				      memory_order_relaxed);
		pthread_mutex_unlock(&c->mutex);
		mail->fn(c->all->m, c->cpu, mail->data);
		pthread_mutex_lock(&c->mutex);
		mail->answered = true;
		pthread_cond_broadcast(&c->result);
	}
}

/* With the mutex held, which is let go meanwhile. */
static void do_job(struct cpu_thread *c)
{
	pthread_mutex_unlock(&c->mutex);
	c->job(c->arg, c->cpu);
	pthread_mutex_lock(&c->mutex);
	c->job = NULL;
	pthread_cond_broadcast(&c->result);
}

static void *run_cpu(void *arg)
{
	struct cpu_thread *c = arg;

	settle_down(c);
	pthread_mutex_lock(&c->mutex);
	while (!c->quit) {
		if (c->mails)
			answer_mails(c);
		else if (c->job)
			do_job(c);
		else
			pthread_cond_wait(&c->work, &c->mutex);
	}
	pthread_mutex_unlock(&c->mutex);
	return NULL;
}

void cpu_threads_poll(struct cpu_threads *threads, uint32_t cpu)
{
	struct cpu_thread *c = &threads->cpus[cpu];

	if (!atomic_load_explicit(&c->has_mail, memory_order_relaxed))
		return;
	pthread_mutex_lock(&c->mutex);
	answer_mails(c);
	pthread_mutex_unlock(&c->mutex);
}

/* --- from outside ---------------------------------------------------------- */

static bool start_thread(struct cpu_threads *threads, uint32_t cpu)
{
	struct cpu_thread *c = &threads->cpus[cpu];

	c->all = threads;
	c->cpu = cpu;
	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->result, NULL);
	/* the model nests, but not deeply */
	c->started = thread_start_small(&c->thread, STACK_BYTES, run_cpu, c);
	return c->started;
}

struct cpu_threads *cpu_threads_create(struct machine *m)
{
	struct cpu_threads *threads = calloc(1, sizeof(*threads));

	if (!threads)
		return NULL;
	threads->m = m;
	threads->nr_cpus = machine_nr_cpus(m);
	threads->nr_threads = threads->nr_cpus + 1;
	look_at_host(threads);
	threads->cpus =
		aligned_alloc(_Alignof(struct cpu_thread),
			      threads->nr_threads * sizeof(*threads->cpus));
	for (uint32_t i = 0; threads->cpus && i < threads->nr_threads; i++)
		threads->cpus[i] = (struct cpu_thread){ 0 };
	for (uint32_t i = 0; i < threads->nr_threads; i++) {
		if (threads->cpus && start_thread(threads, i))
			continue;
		cpu_threads_destroy(threads);
		return NULL;
	}
	return threads;
}

void cpu_threads_destroy(struct cpu_threads *threads)
{
	if (!threads)
		return;
	for (uint32_t i = 0; threads->cpus && i < threads->nr_threads; i++) {
		struct cpu_thread *c = &threads->cpus[i];

		if (!c->started)
			continue;
		pthread_mutex_lock(&c->mutex);
		c->quit = true;
		pthread_cond_signal(&c->work);
		pthread_mutex_unlock(&c->mutex);
		pthread_join(c->thread, NULL);
		pthread_mutex_destroy(&c->mutex);
		pthread_cond_destroy(&c->work);
		pthread_cond_destroy(&c->result);
	}
	free(threads->cpus);
	free(threads);
}

void cpu_threads_host(const struct cpu_threads *threads,
		      struct cpu_threads_host *host)
{
	*host = threads->host;
}

void cpu_threads_start(struct cpu_threads *threads, uint32_t cpu,
		       cpu_job_fn *job, void *arg)
{
	struct cpu_thread *c = &threads->cpus[cpu];

	pthread_mutex_lock(&c->mutex);
	/* who passes a turn on may do so a moment before it is at rest */
	while (c->job)
		pthread_cond_wait(&c->result, &c->mutex);
	c->job = job;
	c->arg = arg;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->mutex);
}

void cpu_threads_wait(struct cpu_threads *threads, uint32_t cpu)
{
	struct cpu_thread *c = &threads->cpus[cpu];

	pthread_mutex_lock(&c->mutex);
	while (c->job)
		pthread_cond_wait(&c->result, &c->mutex);
	pthread_mutex_unlock(&c->mutex);
}

void cpu_threads_call(struct cpu_threads *threads, uint32_t cpu,
		      slab_call_fn *fn, void *data)
{
	struct cpu_thread *c = &threads->cpus[cpu];
	struct mail mail = { .fn = fn, .data = data };
	struct mail **last = &c->mails;

	pthread_mutex_lock(&c->mutex);
	while (*last)
		last = &(*last)->next;
	*last = &mail;
	atomic_store_explicit(&c->has_mail, true, memory_order_relaxed);
	pthread_cond_signal(&c->work);
	while (!mail.answered)
		pthread_cond_wait(&c->result, &c->mutex);
	pthread_mutex_unlock(&c->mutex);
}
