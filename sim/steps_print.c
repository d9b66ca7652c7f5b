/* SPDX-License-Identifier: GPL-2.0-or-later */
/* validate --steps: the runs, and the result as a table or as JSON. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/state.h"
#include "sim/steps.h"

static const char *const table_words[] = {
#define STEP_TABLE_WORDS(NAME, words) words,
	STEP_TABLES(STEP_TABLE_WORDS)
};

const char *step_table_words(enum step_table table)
{
	return table_words[table];
}

/* --- runs --- */

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

/* --- printing --- */

static uint64_t sum(const uint64_t *numbers)
{
	uint64_t total = 0;

	for (int i = 0; i < NR_PREDICTED_KINDS; i++)
		total += numbers[i];
	return total;
}

static void print_table(const struct steps *s)
{
	const struct step_counts *c = &s->counts;

	printf("%-16s %9s %9s %9s %10s\n", "step", "lines", "right", "wrong",
	       "not seen");
	for (int i = 0; i < NR_PREDICTED_KINDS; i++) {
		if (c->lines[i] || c->unseen[i])
			printf("%-16s %9" PRIu64 " %9" PRIu64 " %9" PRIu64
			       " %10" PRIu64 "\n",
			       step_word((enum step_kind)i), c->lines[i],
			       c->right[i], c->lines[i] - c->right[i],
			       c->unseen[i]);
	}
	printf("%-16s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %10" PRIu64 "\n\n",
	       "all", sum(c->lines), sum(c->right),
	       sum(c->lines) - sum(c->right), sum(c->unseen));
	printf("%-24s %9s %9s\n", "the dump at the end", "entries", "right");
	for (int i = 0; i < NR_STEP_TABLES; i++)
		printf("%-24s %9" PRIu64 " %9" PRIu64 "\n", table_words[i],
		       s->end.entries[i], s->end.right[i]);
	printf("\naddresses handed out: %" PRIu64 " of %" PRIu64
	       " right; of slabs destroyed: %" PRIu64 " of %" PRIu64 "\n",
	       c->right_addresses, c->addresses, c->right_slab_addresses,
	       c->slab_addresses);
	printf("looked up, not predicted: %" PRIu64
	       " touched flags of shared arrays, %" PRIu64 " first colours\n",
	       c->looked_up_touched, c->looked_up_colour);
	printf("%" PRIu64 " misses taken before what came between their "
	       "decision and their line\n",
	       c->reordered);
	if (c->unplaced_frees || c->failed_allocs || s->ops.stray)
		printf("%" PRIu64 " frees without an object, %" PRIu64
		       " allocations without memory, %" PRIu64
		       " lines of no operation\n",
		       c->unplaced_frees, c->failed_allocs, s->ops.stray);
}

static void print_kinds(const char *name, const uint64_t *numbers)
{
	const char *comma = "";

	printf(",\"%s\":{", name);
	for (int i = 0; i < NR_PREDICTED_KINDS; i++) {
		printf("%s\"%s\":%" PRIu64, comma, step_word((enum step_kind)i),
		       numbers[i]);
		comma = ",";
	}
	printf("}");
}

static void print_json(const struct steps *s, const char *path)
{
	const struct step_counts *c = &s->counts;

	printf("{\"schema\":1,\"trace\":");
	text_print_json(stdout, path);
	printf(",\"profile\":\"%s\",\"nodes\":%u,\"cpus\":%u,\"lines\":%" PRIu64
	       ",\"right\":%" PRIu64 ",\"not_seen\":%" PRIu64,
	       s->profile->name, s->nr_nodes, s->nr_cpus, sum(c->lines),
	       sum(c->right), sum(c->unseen));
	print_kinds("lines_by_kind", c->lines);
	print_kinds("right_by_kind", c->right);
	print_kinds("not_seen_by_kind", c->unseen);
	printf(",\"final\":{");
	for (int i = 0; i < NR_STEP_TABLES; i++)
		printf("%s\"%s\":{\"entries\":%" PRIu64 ",\"right\":%" PRIu64
		       "}",
		       i ? "," : "", table_words[i], s->end.entries[i],
		       s->end.right[i]);
	printf("},\"addresses\":%" PRIu64 ",\"right_addresses\":%" PRIu64
	       ",\"slab_addresses\":%" PRIu64
	       ",\"right_slab_addresses\":%" PRIu64,
	       c->addresses, c->right_addresses, c->slab_addresses,
	       c->right_slab_addresses);
	printf(",\"looked_up_touched\":%" PRIu64
	       ",\"looked_up_colours\":%" PRIu64 ",\"reordered\":%" PRIu64
	       ",\"unplaced_frees\":%" PRIu64 ",\"failed_allocs\":%" PRIu64
	       ",\"stray_lines\":%" PRIu64 ",\"unparsed_lines\":%" PRIu64 "}\n",
	       c->looked_up_touched, c->looked_up_colour, c->reordered,
	       c->unplaced_frees, c->failed_allocs, s->ops.stray,
	       s->trace->unparsed);
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
		return code == -ENODATA || code == -EBADMSG ? EXIT_BAD_INPUT :
							      EXIT_IO;
	}
	ok = steps_find_dump(&s, &error) && steps_find_end(&s, &error) &&
	     run(&s, options->learn, &error);
	if (!ok)
		talk("%s: %s", options->path, error.text);
	else if (options->events)
		ok = steps_print_counters(&s, options->json);
	else if (options->json)
		print_json(&s, options->path);
	else
		print_table(&s);
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
