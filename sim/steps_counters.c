/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * validate --steps --events: the machine was driven by the kmem events alone,
 * so its counters are compared with what the step lines add up to.
 *
 * Caches with operations that have no event (bulk calls) are told apart: of
 * those the events cannot give all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/steps.h"

enum {
	ALLOCHIT,
	ALLOCMISS,
	FREEHIT,
	FREEMISS,
	REMOTEFREES,
	ALIENOVERFLOW,
	GROWN,
	REAPED,
	DESTROYED,
	NR_COUNTERS
};

static const char *const words[NR_COUNTERS] = {
	"allochit",      "allocmiss", "freehit", "freemiss", "remotefrees",
	"alienoverflow", "grown",     "reaped",  "destroyed"
};

static const int counter_of_kind[NR_PREDICTED_KINDS] = {
	[STEP_HIT] = ALLOCHIT + 1,      [STEP_MISS] = ALLOCMISS + 1,
	[STEP_FREEHIT] = FREEHIT + 1,   [STEP_FREEMISS] = FREEMISS + 1,
	[STEP_ALIEN] = REMOTEFREES + 1, [STEP_OVERFLOW] = ALIENOVERFLOW + 1,
	[STEP_GROW] = GROWN + 1,        [STEP_DESTROY] = DESTROYED + 1,
};

struct cache_counters {
	uint64_t real[NR_COUNTERS], model[NR_COUNTERS];
	uint64_t untraced; /* operations without an event */
};

struct totals {
	uint64_t real, model, differences;
};

static void count_real(const struct steps *s, struct cache_counters *caches)
{
	for (uint32_t i = s->ops.first; i < s->ops.end; i++) {
		const struct step_line *line = &s->trace->lines[i];
		struct cache_counters *c;

		if (line->kind >= NR_PREDICTED_KINDS ||
		    s->position_of[line->cache] == STEP_NONE ||
		    i < s->ready[line->cache])
			continue;
		c = &caches[s->position_of[line->cache]];
		if (line->kind == STEP_REAPED)
			c->real[REAPED] +=
				(uint64_t)step_value(line, STEP_KEY_FREED, 0);
		else if (counter_of_kind[line->kind])
			c->real[counter_of_kind[line->kind] - 1]++;
	}
	for (uint32_t i = 0; i < s->ops.nr; i++) {
		const struct step_op *op = &s->ops.ops[i];

		if (op->kind != STEP_OP_REAP && op->kmem == STEP_NONE &&
		    s->position_of[op->cache] != STEP_NONE &&
		    op->at >= s->ready[op->cache])
			caches[s->position_of[op->cache]].untraced++;
	}
}

static void count_model(const struct steps *s, struct cache_counters *caches)
{
	for (uint32_t i = 0; i < s->nr_chain; i++) {
		uint64_t *model = caches[i].model;
		struct slabinfo info;

		kmem_slabinfo(s->m, s->chain[i], &info);
		model[ALLOCHIT] = info.cpu.allochit;
		model[ALLOCMISS] = info.cpu.allocmiss;
		model[FREEHIT] = info.cpu.freehit;
		model[FREEMISS] = info.cpu.freemiss;
		model[REMOTEFREES] = info.cpu.remotefrees;
		model[ALIENOVERFLOW] = info.node.alienoverflow;
		model[GROWN] = info.node.grown;
		model[REAPED] = info.node.reaped;
		model[DESTROYED] = info.node.destroyed;
	}
}

static void add_up(const struct steps *s, const struct cache_counters *caches,
		   bool traced, struct totals *totals)
{
	for (uint32_t i = 0; i < s->nr_chain; i++) {
		if ((caches[i].untraced == 0) != traced)
			continue;
		for (int k = 0; k < NR_COUNTERS; k++) {
			uint64_t real = caches[i].real[k];
			uint64_t model = caches[i].model[k];

			totals[k].real += real;
			totals[k].model += model;
			totals[k].differences += real > model ? real - model :
								model - real;
		}
	}
}

static void print_table(const struct totals *totals, const char *title)
{
	printf("%s\n%-16s %9s %9s %22s\n", title, "counter", "model", "real",
	       "sum of |differences|");
	for (int k = 0; k < NR_COUNTERS; k++)
		printf("%-16s %9" PRIu64 " %9" PRIu64 " %22" PRIu64 "\n",
		       words[k], totals[k].model, totals[k].real,
		       totals[k].differences);
	printf("\n");
}

static void print_json(const struct totals *totals, const char *name)
{
	printf("\"%s\":{", name);
	for (int k = 0; k < NR_COUNTERS; k++)
		printf("%s\"%s\":{\"model\":%" PRIu64 ",\"real\":%" PRIu64
		       ",\"differences\":%" PRIu64 "}",
		       k ? "," : "", words[k], totals[k].model, totals[k].real,
		       totals[k].differences);
	printf("}");
}

bool steps_print_counters(const struct steps *s, bool json)
{
	struct cache_counters *caches =
		calloc(s->nr_chain + 1, sizeof(*caches));
	struct totals traced[NR_COUNTERS] = { 0 }, others[NR_COUNTERS] = { 0 };
	const char *comma = "";

	if (!caches)
		return false;
	count_real(s, caches);
	count_model(s, caches);
	add_up(s, caches, true, traced);
	add_up(s, caches, false, others);
	if (!json) {
		print_table(traced, "caches whose operations all have events");
		print_table(others, "caches with operations that have none");
	} else {
		printf("{\"schema\":1,");
		print_json(traced, "traced_caches");
		printf(",");
		print_json(others, "other_caches");
		printf(",\"others\":[");
	}
	for (uint32_t i = 0; i < s->nr_chain; i++) {
		const char *name =
			s->trace->names.strings[s->name_of[s->chain[i]]];

		if (!caches[i].untraced)
			continue;
		if (json)
			printf("%s{\"cache\":\"%s\",\"untraced\":%" PRIu64 "}",
			       comma, name, caches[i].untraced);
		else
			printf("  %s: %" PRIu64 " operations without event\n",
			       name, caches[i].untraced);
		comma = ",";
	}
	if (json)
		printf("]}\n");
	free(caches);
	return true;
}
