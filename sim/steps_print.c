/* SPDX-License-Identifier: GPL-2.0-or-later */
/* validate --steps: the result as a table or as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "reports/text.h"
#include "sim/json.h"
#include "sim/steps.h"

static const char *const table_words[] = {
#define STEP_TABLE_WORDS(NAME, words) words,
	STEP_TABLES(STEP_TABLE_WORDS)
};

void step_end_print(const struct step_end *end)
{
	printf("%-24s %9s %9s\n", "the dump at the end", "entries", "right");
	for (int i = 0; i < NR_STEP_TABLES; i++)
		printf("%-24s %9" PRIu64 " %9" PRIu64 "\n", table_words[i],
		       end->entries[i], end->right[i]);
}

void step_end_print_json(const struct step_end *end)
{
	printf(",\"final\":{");
	for (int i = 0; i < NR_STEP_TABLES; i++)
		printf("%s\"%s\":{\"entries\":%" PRIu64 ",\"right\":%" PRIu64
		       "}",
		       i ? "," : "", table_words[i], end->entries[i],
		       end->right[i]);
	printf("}");
}

static uint64_t sum(const uint64_t *numbers)
{
	uint64_t total = 0;

	for (int i = 0; i < NR_PREDICTED_KINDS; i++)
		total += numbers[i];
	return total;
}

void steps_print_table(const struct steps *s)
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
	step_end_print(&s->end);
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

void steps_print_json(const struct steps *s, const char *path)
{
	const struct step_counts *c = &s->counts;

	printf("{\"schema\":1,\"trace\":");
	text_print_json(stdout, path);
	json_text("profile", s->profile->name);
	json_number("nodes", s->nr_nodes);
	json_number("cpus", s->nr_cpus);
	json_number("lines", sum(c->lines));
	json_number("right", sum(c->right));
	json_number("not_seen", sum(c->unseen));
	print_kinds("lines_by_kind", c->lines);
	print_kinds("right_by_kind", c->right);
	print_kinds("not_seen_by_kind", c->unseen);
	step_end_print_json(&s->end);
	json_number("addresses", c->addresses);
	json_number("right_addresses", c->right_addresses);
	json_number("slab_addresses", c->slab_addresses);
	json_number("right_slab_addresses", c->right_slab_addresses);
	json_number("looked_up_touched", c->looked_up_touched);
	json_number("looked_up_colours", c->looked_up_colour);
	json_number("reordered", c->reordered);
	json_number("unplaced_frees", c->unplaced_frees);
	json_number("failed_allocs", c->failed_allocs);
	json_number("stray_lines", s->ops.stray);
	json_number("unparsed_lines", s->trace->unparsed);
	printf("}\n");
}
