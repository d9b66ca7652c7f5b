/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is before a replay's first event: the machine, booted; the trace's
 * caches, tuned; the objects of a warm start; which CPU stands for which. A
 * cache that the trace creates later comes from here, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "model/preload.h"
#include "sim/replay_state.h"
#include "sim/slab_flags.h"
#include "sim/state.h"

/* What the kernel would stop at is bad input here. */
static bool creatable(const struct replay *replay, const struct cache_def *d)
{
	return d->size_bytes <= machine_profile(replay->m)->max_object_bytes &&
	       (d->align_bytes & (d->align_bytes - 1)) == 0;
}

static bool create_cache(struct replay *replay, uint32_t def, uint32_t cpu)
{
	const struct cache_def *d = &replay->header->caches[def];
	uint32_t word = machine_profile(replay->m)->word_bytes;
	/* no memory for a cache is a result, whatever its creator wanted */
	uint32_t flags = slab_flags_of(d->flags) & ~(uint32_t)SLAB_PANIC;
	size_t bytes = strlen(d->name) + sizeof(":traced");
	char *name;

	/* the dump has it, with what the trace could only guess */
	if (replay->from_state) {
		replay->caches[def] = kmem_cache_find(replay->m, d->name);
		if (replay->caches[def] != CACHE_NULL)
			return true;
	}
	name = creatable(replay, d) ? malloc(bytes) : NULL;
	if (!name)
		return false;
	snprintf(name, bytes, "%s%s", d->name,
		 kmem_cache_find(replay->m, d->name) == CACHE_NULL ? "" :
								     ":traced");
	replay->caches[def] =
		kmem_cache_create(replay->m, cpu, name,
				  d->size_bytes < word ? word : d->size_bytes,
				  d->align_bytes, flags);
	free(name);
	return replay->caches[def] != CACHE_NULL;
}

static bool create_caches(struct replay *replay, enum cache_when when,
			  struct trace_error *error)
{
	for (uint32_t i = 0; i < replay->header->nr_caches; i++) {
		if (replay->header->caches[i].when != when)
			continue;
		if (create_cache(replay, i, 0))
			continue;
		snprintf(error->text, sizeof(error->text),
			 "cache '%.200s' of %u bytes cannot be created: the "
			 "simulated machine is out of memory, or no slab holds "
			 "such an object",
			 replay->header->caches[i].name,
			 replay->header->caches[i].size_bytes);
		return false;
	}
	return true;
}

static bool boot(struct replay *replay, const struct machine_config *config,
		 struct state *state, struct trace_error *error)
{
	replay->m = machine_create(config);
	if (!replay->m || !create_caches(replay, CACHE_BEFORE_SMP, error) ||
	    !machine_smp_init(replay->m)) {
		if (!error->text[0])
			snprintf(error->text, sizeof(error->text),
				 "the machine cannot boot with %llu pages a "
				 "node",
				 (unsigned long long)config->node_pages);
		return false;
	}
	if (state && !state_create_caches(state, replay->m, error))
		return false;
	replay->from_state = state != NULL;
	return create_caches(replay, CACHE_AT_START, error);
}

/* Where each trace CPU runs, and how many share with an earlier one. */
static bool map_cpus(struct replay *replay, uint32_t nr_cpus,
		     const struct replay_options *options)
{
	bool *taken = calloc(nr_cpus, sizeof(*taken));

	if (!taken)
		return false;
	for (uint32_t i = 0; i < replay->nr_cpus; i++) {
		uint32_t cpu = options && options->cpu_map ?
				       options->cpu_map[i] :
				       i % nr_cpus;

		replay->cpu_of[i] = (uint16_t)cpu;
		replay->counts.folded_cpus += taken[cpu];
		taken[cpu] = true;
	}
	free(taken);
	return true;
}

static bool no_arrays(struct trace_error *error, const char *of)
{
	snprintf(error->text, sizeof(error->text),
		 "the simulated machine is out of memory for the arrays of %s",
		 of);
	return false;
}

static bool warm_up(struct replay *replay, const struct replay_options *options,
		    struct trace_error *error)
{
	if (options && options->reap_by_hand)
		machine_stop_reaping(replay->m);
	if (options && options->state) {
		replay->warm = state_fill(options->state, error);
		return replay->warm != NULL;
	}
	if (!options || !options->slabinfo_before)
		return true;
	if (options->slabinfo_tunables &&
	    !warm_tune(replay->m, replay->header, replay->caches,
		       options->slabinfo_before))
		return no_arrays(error, "slabinfo's tunables");
	replay->warm = warm_start(replay->m, replay->header, replay->caches,
				  options->slabinfo_before, options->demands);
	if (!replay->warm)
		snprintf(error->text, sizeof(error->text),
			 "no memory for the objects of the warm start");
	return replay->warm != NULL;
}

static bool tune(struct replay *replay, struct trace_error *error)
{
	return !replay->tunables ||
	       tunables_apply_all(replay->tunables, replay->m) ||
	       no_arrays(error, "--set or [set]");
}

bool replay_add_cache(struct replay *replay, uint32_t def, uint32_t cpu,
		      struct trace_error *error)
{
	return !create_cache(replay, def, cpu) || !replay->tunables ||
	       tunables_apply(replay->tunables, replay->m, cpu,
			      replay->caches[def]) ||
	       no_arrays(error, "--set or [set]");
}

static bool tables_init(struct replay *replay, uint32_t nr_cpus,
			const struct replay_options *options)
{
	const struct trace_header *h = replay->header;

	/* one more than needed: none of them is an empty allocation */
	replay->slots = calloc((size_t)h->nr_slots + 1, sizeof(*replay->slots));
	replay->cpu_of = calloc((size_t)h->cpus + 1, sizeof(*replay->cpu_of));
	replay->caches =
		calloc((size_t)h->nr_caches + 1, sizeof(*replay->caches));
	if (!replay->slots || !replay->cpu_of || !replay->caches)
		return false;
	for (uint32_t i = 0; i < h->nr_caches; i++)
		replay->caches[i] = CACHE_NULL;
	return map_cpus(replay, nr_cpus, options);
}

struct replay *replay_create(const struct trace_header *header,
			     const struct machine_config *config,
			     const struct replay_options *options,
			     struct trace_error *error)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	error->text[0] = '\0';
	if (!replay)
		return NULL;
	replay->header = header;
	replay->nr_slots = header->nr_slots;
	replay->nr_cpus = header->cpus;
	replay->nr_caches = header->nr_caches;
	replay->hz = config->profile->hz;
	replay->start_tick = options ? options->start_tick : 0;
	replay->tunables = options ? options->tunables : NULL;
	if (!tables_init(replay, config->nr_cpus, options)) {
		snprintf(error->text, sizeof(error->text),
			 "no memory for %u slots", header->nr_slots);
	} else if (boot(replay, config, options ? options->state : NULL,
			error)) {
		/* the reaper finds its rhythm before there is anything to reap */
		replay_advance(replay, 0);
		if (tune(replay, error) && warm_up(replay, options, error)) {
			if (!options || !options->actions ||
			    replay_actions_create(replay, options->actions)) {
				replay_set_wake(replay);
				return replay;
			}
			snprintf(error->text, sizeof(error->text),
				 "no memory for actions");
		}
	}
	replay_destroy(replay);
	return NULL;
}

void replay_destroy(struct replay *replay)
{
	if (!replay)
		return;
	warm_destroy(replay->warm);
	machine_destroy(replay->m);
	replay_actions_destroy(replay);
	free(replay->slots);
	free(replay->cpu_of);
	free(replay->caches);
	free(replay);
}
