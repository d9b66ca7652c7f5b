/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * validate --steps: one recording, run as often as it takes. A run shows which
 * misses were decided before another CPU's step (steps_run.c); the next one
 * knows. With --learn, the first one also learns addresses (steps_place.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/cli.h"
#include "sim/steps.h"

/* The panic hook of the machine. */
_Noreturn void steps_panic(void *arg, const char *sentence)
{
	(void)arg;
	talk("the model contradicts itself: %s", sentence);
	exit(EXIT_INVARIANT);
}

bool steps_find_dump(struct steps *s, struct trace_error *error)
{
	const struct step_line *lines = s->trace->lines;

	for (uint32_t i = 0; i < s->trace->nr; i++) {
		if (lines[i].kind != STEP_DUMP_BEGIN)
			continue;
		s->dump = i;
		if (step_value(&lines[i], STEP_KEY_JIFFIES, -1) >= 0)
			return true;
		snprintf(error->text, sizeof(error->text),
			 "line %llu: the dump does not say when it was made; "
			 "expected jiffies=",
			 (unsigned long long)lines[i].number);
		return false;
	}
	snprintf(
		error->text, sizeof(error->text),
		"no dump of the allocator's state; expected \"SL dump_begin\"");
	return false;
}

bool steps_find_end(struct steps *s, struct trace_error *error)
{
	for (uint32_t i = (uint32_t)s->trace->nr; i-- > s->dump + 1;) {
		if (s->trace->lines[i].kind != STEP_DUMP_BEGIN)
			continue;
		s->end_dump = i;
		return true;
	}
	snprintf(error->text, sizeof(error->text),
		 "no dump of the allocator's state at the end; expected \"SL "
		 "dump_begin\" twice");
	return false;
}

static bool find_ops(struct steps *s)
{
	uint32_t end = s->end_dump;

	while (end < s->trace->nr && s->trace->lines[end].kind != STEP_DUMP_END)
		end++;
	return step_ops_find(s->trace, s->dump, end, &s->ops);
}

void steps_end_run(struct steps *s)
{
	step_objs_release(s);
	step_ops_release(&s->ops);
	machine_destroy(s->m);
	free(s->cpu_node);
	free(s->cachep_of);
	free(s->name_of);
	free(s->position_of);
	free(s->chain);
	free(s->reap_op);
	free(s->reap_position);
	free(s->reap_line);
	free(s->reap_tick);
	free(s->reap_time_ns);
	free(s->predicted);
	free(s->ready);
	free(s->early.late);
}

/* One run from the dump to the end; s->places stay for another. */
static bool one_run(struct steps *s, struct trace_error *error)
{
	snprintf(error->text, sizeof(error->text), "out of memory");
	step_clock_set(&s->clock, s->trace, s->profile->hz, s->dump);
	s->early.late = calloc((size_t)s->early.nr + 1, sizeof(*s->early.late));
	if (!s->early.late || !find_ops(s) || !steps_start(s, error) ||
	    (!s->places && !steps_place_read(s, error)) || !step_objs_init(s) ||
	    !steps_place_all(s, error))
		return false;
	steps_run(s);
	return true;
}

/* A fresh start that knows what the run has shown. */
static void again(struct steps *s, const struct steps *fresh)
{
	struct step_early early = { s->early.ops, s->early.nr, NULL };
	struct step_place *places = s->places;

	steps_end_run(s);
	*s = *fresh;
	s->early = early;
	s->places = places;
}

/* Each early miss may uncover another one; there are few. */
#define MAX_RUNS 20

static bool run(struct steps *s, bool learn, struct trace_error *error)
{
	struct steps fresh = *s;
	bool learnt = !learn;

	for (int i = 0; i < MAX_RUNS; i++) {
		s->learning = !learnt && i == 0;
		if (!one_run(s, error))
			return false;
		if (!s->nr_conflicts && learnt)
			return true;
		learnt |= s->nr_conflicts == 0;
		if (i + 1 < MAX_RUNS)
			again(s, &fresh);
	}
	return true;
}

int validate_steps(const struct validate_steps_options *options)
{
	struct step_trace trace;
	struct trace_error error;
	struct steps s = {
		.trace = &trace,
		.profile = options->profile,
		.drive = options->events ? STEP_BY_EVENTS : STEP_BY_STEPS,
		.verbose = options->verbose,
	};
	int code = step_trace_read(options->path, &trace, &error);
	bool ok;

	if (code) {
		talk("%s", error.text);
		return exit_code_of(code);
	}
	ok = steps_find_dump(&s, &error) && steps_find_end(&s, &error) &&
	     run(&s, options->learn, &error);
	if (!ok)
		talk("%s: %s", options->path, error.text);
	else if (options->events)
		ok = steps_print_counters(&s, options->json);
	else if (options->json)
		steps_print_json(&s, options->path);
	else
		steps_print_table(&s);
	if (ok && trace.unparsed)
		talk("%s: %llu lines of steps could not be read, the first: %s",
		     options->path, (unsigned long long)trace.unparsed,
		     trace.first_unparsed ? trace.first_unparsed : "");
	steps_place_release(&s);
	steps_end_run(&s);
	free(s.early.ops);
	ok = ok && !trace.unparsed;
	step_trace_release(&trace);
	return ok ? EXIT_OK : EXIT_BAD_INPUT;
}
