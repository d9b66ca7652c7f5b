/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump as the start of a run: the pieces of validate --steps, put together. */
#include "sim/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "traces/error.h"

struct state {
	struct step_trace trace;
	struct steps steps;
	bool has_end;
};

struct state *state_read(const char *path, int *code, struct trace_error *error)
{
	struct state *state = calloc(1, sizeof(*state));
	struct trace_error why;
	struct steps *s;

	*code = trace_fail(error, -ENOMEM, "out of memory");
	if (!state)
		return NULL;
	*code = step_trace_read(path, &state->trace, error);
	s = &state->steps;
	s->trace = &state->trace;
	if (!*code && !steps_find_dump(s, &why))
		*code = trace_fail(error, -EBADMSG, "%s: %s", path, why.text);
	if (*code) {
		state_destroy(state);
		return NULL;
	}
	state->has_end = steps_find_end(s, error);
	return state;
}

void state_destroy(struct state *state)
{
	if (!state)
		return;
	steps_place_release(&state->steps);
	state->steps.m = NULL; /* borrowed */
	steps_end_run(&state->steps);
	step_trace_release(&state->trace);
	free(state);
}

uint64_t state_time_ns(const struct state *state)
{
	const struct step_line *lines = state->trace.lines;
	size_t i = state->steps.dump;

	while (i + 1 < state->trace.nr && lines[i].kind != STEP_DUMP_END)
		i++;
	return lines[i].time_ns;
}

static bool same_shape(const struct steps *s, const struct machine *m,
		       struct trace_error *error)
{
	bool same = machine_nr_cpus(m) == s->nr_cpus &&
		    machine_nr_nodes(m) == s->nr_nodes;

	for (uint32_t cpu = 0; same && cpu < s->nr_cpus; cpu++)
		same = machine_cpu_node(m, cpu) == s->cpu_node[cpu];
	if (!same)
		snprintf(error->text, sizeof(error->text),
			 "the state is of a machine with %u nodes and %u CPUs: "
			 "give that with --machine",
			 s->nr_nodes, s->nr_cpus);
	return same;
}

bool state_create_caches(struct state *state, struct machine *m,
			 struct trace_error *error)
{
	struct steps *s = &state->steps;

	s->m = m;
	s->profile = machine_profile(m);
	step_clock_set(&s->clock, s->trace, s->profile->hz, s->dump);
	s->clock.base = (int64_t)machine_now(m);
	return steps_shape(s, error) && same_shape(s, m, error) &&
	       steps_caches(s, error);
}

struct keeping {
	struct warm *warm;
	cachep_t cachep;
	bool ok;
};

static void keep(void *arg, obj_t obj)
{
	struct keeping *keeping = arg;

	keeping->ok = keeping->ok &&
		      warm_keep(keeping->warm, keeping->cachep, obj);
}

static struct warm *objs_in_use(struct steps *s)
{
	struct keeping keeping = { .warm = warm_of_nothing(s->m), .ok = true };

	for (uint32_t i = 0; keeping.warm && i < s->nr_chain * s->nr_nodes;
	     i++) {
		keeping.cachep = s->places[i].cachep;
		step_objs_visit_in_use(s, &s->places[i], keep, &keeping);
	}
	if (keeping.ok)
		return keeping.warm;
	warm_destroy(keeping.warm);
	return NULL;
}

struct warm *state_fill(struct state *state, struct trace_error *error)
{
	struct steps *s = &state->steps;
	struct warm *warm;

	machine_forget(s->m);
	if (!steps_place_read(s, error) || !step_objs_init(s) ||
	    !steps_place_all(s, error))
		return NULL;
	machine_start_reaping(s->m);
	warm = objs_in_use(s);
	if (!warm)
		snprintf(error->text, sizeof(error->text), "out of memory");
	return warm;
}

bool state_compare(struct state *state, struct step_end *end)
{
	struct steps *s = &state->steps;

	if (!state->has_end)
		return false;
	for (uint32_t i = s->end_dump; i < s->trace->nr; i++) {
		if (s->trace->lines[i].kind == STEP_DUMP_CACHE)
			steps_compare_end(s, i);
	}
	*end = s->end;
	return true;
}
