/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dump at the end against the machine, table by table, each cache when its
 * turn comes: other CPUs go on meanwhile. What the dump has no line for is 0
 * there: lines that would hold nothing but zeroes are left out of it.
 */
#include "sim/steps.h"

static void score(struct steps *s, enum step_table table, int64_t real,
		  int64_t model, int64_t tolerance)
{
	int64_t difference = real > model ? real - model : model - real;

	s->end.entries[table]++;
	s->end.right[table] += difference <= tolerance;
}

/* The dump's line of a kind for (cache, first key, second key), or NULL. */
static const struct step_line *dump_line(const struct steps *s, uint32_t first,
					 enum step_kind kind, enum step_key key,
					 uint32_t value, enum step_key key2,
					 uint32_t value2)
{
	const struct step_line *lines = s->trace->lines;

	for (uint32_t i = first; i < s->trace->nr; i++) {
		if (lines[i].kind == STEP_DUMP_END ||
		    (lines[i].kind == STEP_DUMP_CACHE && i != first))
			break;
		if (lines[i].kind == kind &&
		    step_value(&lines[i], key, -1) == value &&
		    step_value(&lines[i], key2, -1) == value2)
			return &lines[i];
	}
	return NULL;
}

static int64_t or_zero(const struct step_line *line, enum step_key key)
{
	return line ? step_value(line, key, 0) : 0;
}

static void compare_cpu(struct steps *s, uint32_t first, uint32_t cpu)
{
	uint32_t name = s->trace->lines[first].cache;
	const struct step_line *line = dump_line(
		s, first, STEP_DUMP_CPU, STEP_KEY_CPU, cpu, STEP_KEY_CPU, cpu);
	struct cpu_state state;

	kmem_cpu_state(s->m, s->cachep_of[name], cpu, &state);
	score(s, STEP_TABLE_CPU_AVAIL, or_zero(line, STEP_KEY_AVAIL),
	      state.avail, 0);
	score(s, STEP_TABLE_CPU_TOUCHED, or_zero(line, STEP_KEY_TOUCHED),
	      state.touched, 0);
}

static void compare_aliens(struct steps *s, uint32_t first, uint32_t node)
{
	uint32_t name = s->trace->lines[first].cache;

	for (uint32_t other = 0; other < s->nr_nodes; other++) {
		int64_t avail =
			kmem_alien_avail(s->m, s->cachep_of[name], node, other);
		const struct step_line *line;

		if (avail < 0)
			continue;
		line = dump_line(s, first, STEP_DUMP_ALIEN, STEP_KEY_NODE, node,
				 STEP_KEY_FOR, other);
		score(s, STEP_TABLE_ALIEN_AVAIL, or_zero(line, STEP_KEY_AVAIL),
		      avail, 0);
	}
}

static void compare_flags(struct steps *s, const struct step_line *line,
			  const struct node_state *state)
{
	int64_t now = (int64_t)step_tick(&s->clock, line->time_ns);

	score(s, STEP_TABLE_FREE_TOUCHED,
	      step_value(line, STEP_KEY_FREE_TOUCHED, 0), state->free_touched,
	      0);
	score(s, STEP_TABLE_NEXT_REAP,
	      step_value(line, STEP_KEY_NEXT_REAP, 0) + now,
	      (int64_t)state->next_reap, 2);
	score(s, STEP_TABLE_FREE_LIMIT,
	      step_value(line, STEP_KEY_FREE_LIMIT, 0),
	      (int64_t)state->free_limit, 0);
}

static void compare_node(struct steps *s, uint32_t first, uint32_t node)
{
	uint32_t name = s->trace->lines[first].cache;
	const struct step_line *line = dump_line(s, first, STEP_DUMP_NODE,
						 STEP_KEY_NODE, node,
						 STEP_KEY_NODE, node);
	struct node_state state;
	int64_t slabs;

	kmem_node_state(s->m, s->cachep_of[name], node, &state);
	if (line)
		compare_flags(s, line, &state);
	slabs = or_zero(line, STEP_KEY_FULL) + or_zero(line, STEP_KEY_PARTIAL) +
		or_zero(line, STEP_KEY_FREE);
	score(s, STEP_TABLE_SHARED_AVAIL, or_zero(line, STEP_KEY_SHARED),
	      state.shared_avail < 0 ? 0 : state.shared_avail, 0);
	score(s, STEP_TABLE_FREE_OBJECTS, or_zero(line, STEP_KEY_FREE_OBJECTS),
	      (int64_t)state.free_objects, 0);
	score(s, STEP_TABLE_SLABS, slabs,
	      (int64_t)(state.slabs_full + state.slabs_partial +
			state.slabs_free),
	      0);
	score(s, STEP_TABLE_FULL, or_zero(line, STEP_KEY_FULL),
	      (int64_t)state.slabs_full, 0);
	score(s, STEP_TABLE_PARTIAL, or_zero(line, STEP_KEY_PARTIAL),
	      (int64_t)state.slabs_partial, 0);
	score(s, STEP_TABLE_FREE, or_zero(line, STEP_KEY_FREE),
	      (int64_t)state.slabs_free, 0);
}

void steps_compare_end(struct steps *s, uint32_t line)
{
	if (s->cachep_of[s->trace->lines[line].cache] == CACHE_NULL)
		return;
	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++)
		compare_cpu(s, line, cpu);
	for (uint32_t node = 0; node < s->nr_nodes; node++) {
		compare_aliens(s, line, node);
		compare_node(s, line, node);
	}
}
