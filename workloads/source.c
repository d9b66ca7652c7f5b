/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of the workloads: whose turn it is, slots, strings. Invariant:
 * the agenda is a heap by (time, CPU) with every CPU in it once.
 */
#include "workloads/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/gen.h"

/* So many steps without an event are a workload that has stopped. */
#define IDLE_STEPS_MAX (1u << 24)

struct event_source {
	const struct workload *workload;
	void *state;
	const char **call_sites;
	uint64_t first_ns;
	bool started;
	struct gen gen;
};

static const struct workload *const workloads[] = {
	&workload_forkstorm, &workload_prodcons, &workload_fileserver,
	&workload_fragment,  &workload_zipf,
};

#define NR_WORKLOADS (sizeof(workloads) / sizeof(workloads[0]))

const struct workload *const *workload_list(size_t *nr)
{
	*nr = NR_WORKLOADS;
	return workloads;
}

const struct workload *workload_find(const char *name)
{
	for (size_t i = 0; i < NR_WORKLOADS; i++) {
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	}
	return NULL;
}

/* --- strings --- */

static bool add_task(struct gen *gen, const char *text)
{
	size_t bytes = strlen(text) + 1;

	if (gen->nr_tasks == gen->task_room) {
		uint32_t room = gen->task_room ? 2 * gen->task_room : 64;
		char **tasks = realloc(gen->tasks, room * sizeof(*tasks));

		if (!tasks)
			return false;
		gen->tasks = tasks;
		gen->task_room = room;
	}
	gen->tasks[gen->nr_tasks] = malloc(bytes);
	if (!gen->tasks[gen->nr_tasks])
		return false;
	memcpy(gen->tasks[gen->nr_tasks++], text, bytes);
	return true;
}

uint32_t gen_task(struct gen *gen, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (add_task(gen, text))
		return gen->nr_tasks - 1;
	gen->failed = true;
	return 0;
}

static bool name_call_sites(struct event_source *source)
{
	const struct workload_ops *ops = source->workload->ops;

	source->call_sites =
		malloc((ops->nr_sites + (size_t)1) * sizeof(char *));
	if (!source->call_sites)
		return false;
	source->call_sites[0] = "";
	for (uint32_t i = 0; i < ops->nr_sites; i++)
		source->call_sites[gen_call_site(i)] = ops->sites[i].name;
	return true;
}

/* --- slots and events --- */

static uint32_t take_slot(struct gen *gen)
{
	uint32_t *free_slots, room;

	if (gen->nr_free)
		return gen->free_slots[--gen->nr_free];
	if (gen->nr_slots < gen->slot_room)
		return gen->nr_slots++;
	room = gen->slot_room ? 2 * gen->slot_room : 1024;
	free_slots =
		room < EVENT_NO_SLOT / 4 ?
			realloc(gen->free_slots, room * sizeof(*free_slots)) :
			NULL;
	if (!free_slots) {
		gen->failed = true;
		return 0;
	}
	gen->free_slots = free_slots;
	gen->slot_room = room;
	return gen->nr_slots++;
}

static struct event *emit(struct gen *gen, uint32_t cpu, uint32_t task,
			  uint32_t site)
{
	/* an overflow is a bug of the workload: its last event is lost */
	uint32_t at = gen->nr_pending < GEN_STEP_EVENTS ? gen->nr_pending++ :
							  GEN_STEP_EVENTS - 1;
	struct event *event = &gen->pending[at];

	memset(event, 0, sizeof(*event));
	event->time_ns = gen->now_ns;
	event->cpu = (uint16_t)cpu;
	event->node = -1;
	event->task = task;
	event->cache = gen->sites[site].cache;
	event->call_site = gen_call_site(site);
	return event;
}

uint32_t gen_alloc(struct gen *gen, uint32_t cpu, uint32_t task, uint32_t site,
		   uint32_t bytes)
{
	bool kmalloc = gen->sites[site].cache == GEN_KMALLOC;
	struct event *event = emit(gen, cpu, task, site);

	event->op = kmalloc ? EVENT_KMALLOC : EVENT_ALLOC;
	event->slot = take_slot(gen);
	event->bytes_req = bytes;
	event->gfp = gen->sites[site].gfp;
	return event->slot;
}

void gen_free(struct gen *gen, uint32_t cpu, uint32_t task, uint32_t site,
	      uint32_t slot)
{
	struct event *event = emit(gen, cpu, task, site);

	event->op = EVENT_FREE;
	event->slot = slot;
	if (gen->sites[site].cache == GEN_KMALLOC)
		event->flags = EVENT_BY_KFREE;
	/* as many as slots at most, for which there is room */
	gen->free_slots[gen->nr_free++] = slot;
}

/* --- late frees --- */

static bool grow_queue(struct gen_queue *queue)
{
	uint32_t room = queue->room ? 2 * queue->room : 64;
	struct gen_late *ring = malloc(room * sizeof(*ring));

	if (!ring)
		return false;
	for (uint32_t i = 0; i < queue->nr; i++)
		ring[i] = queue->ring[(queue->head + i) & (queue->room - 1)];
	free(queue->ring);
	queue->ring = ring;
	queue->room = room;
	queue->head = 0;
	return true;
}

void gen_queue_add(struct gen *gen, struct gen_queue *queue,
		   const struct gen_late *late)
{
	if (queue->nr == queue->room && !grow_queue(queue)) {
		gen->failed = true;
		return;
	}
	queue->ring[(queue->head + queue->nr) & (queue->room - 1)] = *late;
	queue->nr++;
}

const struct gen_late *gen_queue_due(const struct gen *gen,
				     struct gen_queue *queue)
{
	const struct gen_late *late;

	if (!queue->nr || queue->ring[queue->head].due_ns > gen->now_ns)
		return NULL;
	late = &queue->ring[queue->head];
	queue->head = (queue->head + 1) & (queue->room - 1);
	queue->nr--;
	return late;
}

void gen_queue_release(struct gen_queue *queue)
{
	free(queue->ring);
	memset(queue, 0, sizeof(*queue));
}

/* --- whose turn it is --- */

static bool earlier(const struct gen_cpu *a, const struct gen_cpu *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns :
					  a->cpu < b->cpu;
}

/* The root of the heap acts later now: let it sink. */
static void sink_root(struct gen *gen)
{
	struct gen_cpu entry = gen->agenda[0];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < gen->cpus) {
		if (child + 1 < gen->cpus &&
		    earlier(&gen->agenda[child + 1], &gen->agenda[child]))
			child++;
		if (!earlier(&gen->agenda[child], &entry))
			break;
		gen->agenda[at] = gen->agenda[child];
		at = child;
	}
	gen->agenda[at] = entry;
}

static void run_step(struct event_source *source)
{
	struct gen *gen = &source->gen;
	struct gen_cpu *next = &gen->agenda[0];
	uint64_t delay_ns;

	gen->now_ns = next->time_ns;
	gen->nr_pending = 0;
	gen->nr_taken = 0;
	delay_ns = source->workload->ops->step(source->state, gen, next->cpu);
	next->time_ns += delay_ns ? delay_ns : 1;
	sink_root(gen);
}

size_t event_source_next(struct event_source *source, struct event *events,
			 size_t max)
{
	struct gen *gen = &source->gen;
	uint32_t idle = 0;
	size_t nr = 0;

	while (nr < max) {
		if (gen->failed || idle == IDLE_STEPS_MAX)
			return 0;
		if (gen->nr_taken == gen->nr_pending) {
			run_step(source);
			idle++;
			continue;
		}
		idle = 0;
		events[nr] = gen->pending[gen->nr_taken++];
		if (!source->started)
			source->first_ns = events[nr].time_ns;
		source->started = true;
		events[nr++].time_ns -= source->first_ns;
	}
	return nr;
}

/* --- from beginning to end --- */

static bool start(struct event_source *source, const uint32_t *values,
		  uint64_t seed, char *error, size_t error_bytes)
{
	const struct workload_ops *ops = source->workload->ops;
	struct gen *gen = &source->gen;

	random_init(&gen->random, seed);
	gen->cpus = values[0];
	gen->sites = ops->sites;
	gen->nr_caches = ops->nr_caches;
	gen->agenda = calloc(gen->cpus, sizeof(*gen->agenda));
	if (!gen->agenda || !add_task(gen, "") || !name_call_sites(source))
		return false;
	/* sorted by (time, CPU), which makes a heap */
	for (uint32_t i = 0; i < gen->cpus; i++)
		gen->agenda[i].cpu = i;
	source->state = ops->start(gen, values, error, error_bytes);
	return source->state && !gen->failed;
}

struct event_source *event_source_create(const struct workload *workload,
					 const uint32_t *values, uint64_t seed,
					 char *error, size_t error_bytes)
{
	struct event_source *source = calloc(1, sizeof(*source));

	snprintf(error, error_bytes, "out of memory");
	if (!source)
		return NULL;
	source->workload = workload;
	if (start(source, values, seed, error, error_bytes))
		return source;
	event_source_destroy(source);
	return NULL;
}

void event_source_destroy(struct event_source *source)
{
	if (!source)
		return;
	if (source->state)
		source->workload->ops->stop(source->state);
	for (uint32_t i = 0; i < source->gen.nr_tasks; i++)
		free(source->gen.tasks[i]);
	free(source->gen.tasks);
	free(source->gen.agenda);
	free(source->gen.free_slots);
	free(source->call_sites);
	free(source);
}

const struct workload_cache *
event_source_caches(const struct event_source *source, uint32_t *nr)
{
	*nr = source->gen.nr_caches;
	return source->workload->ops->caches;
}

const char *const *event_source_call_sites(const struct event_source *source,
					   uint32_t *nr)
{
	*nr = source->workload->ops->nr_sites + 1;
	return source->call_sites;
}

const char *const *event_source_tasks(const struct event_source *source,
				      uint32_t *nr)
{
	*nr = source->gen.nr_tasks;
	return (const char *const *)source->gen.tasks;
}
