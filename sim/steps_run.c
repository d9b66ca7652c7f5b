/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of a step trace, one after the other, on the model.
 *
 * Order. Lines are in the order in which they were written, which is not quite
 * that of the effects. An operation takes effect at the line written under the
 * lock it needs (step_op.at). A miss that grew decided so before its line: it
 * had found the node empty, and was on its way to new pages since. So before
 * another CPU puts objects there, misses that did grow, of CPUs that wrote
 * nothing in between, come first (`reordered`).
 *
 * A pass of the reaper goes through the caches in the order of the chain,
 * while others go on; caches of which it wrote nothing lie between those of
 * which it did, at even intervals.
 *
 * Looked up instead of predicted, because the dump does not have it: the
 * colour of a node's first new slab, and whether its shared array was touched
 * before the first pass that looks.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/steps.h"

/*
 * A pass runs with interrupts off for most of its time: ticks are counted when
 * it lets them.
 */
#define PASS_LATENCY_NS 200000

static const struct step_line *line_at(const struct steps *s, uint32_t line)
{
	return &s->trace->lines[line];
}

static bool counted(const struct steps *s)
{
	return s->drive == STEP_BY_STEPS;
}

/* The lines of an operation against what the model did. */
static void match_op(struct steps *s, const struct step_op *op)
{
	uint32_t lines[256], nr = 0;

	for (uint32_t line = op->first; line != STEP_NONE && nr < 256;
	     line = s->ops.next[line])
		lines[nr++] = line;
	if (counted(s))
		steps_match(s, lines, nr);
	s->nr_predicted = 0;
}

/* --- allocations --- */

static void look_up_colour(struct steps *s, const struct step_op *op)
{
	const struct step_line *grow = line_at(s, op->grow);
	uint32_t node = (uint32_t)step_value(grow, STEP_KEY_NODE, 0);
	struct step_place *place = step_place_of(s, op->cache, node);
	int64_t taken = step_value(grow, STEP_KEY_ACTIVE, 0);
	struct cache_info info;
	uint64_t offset;

	if (place->colour_known || taken < 1)
		return;
	place->colour_known = true;
	kmem_cache_info(s->m, place->cachep, &info);
	/* the last one taken is the first one handed out */
	offset =
		op->ptr - grow->ptr - (uint64_t)(taken - 1) * info.buffer_bytes;
	if (offset % info.colour_off_bytes == 0 &&
	    offset / info.colour_off_bytes < info.colour) {
		kmem_preload_colour(s->m, place->cachep, node,
				    (uint32_t)(offset / info.colour_off_bytes));
		s->counts.looked_up_colour++;
	}
}

static obj_t allocate(struct steps *s, const struct step_op *op)
{
	cachep_t cachep = s->cachep_of[op->cache];
	obj_t obj;

	s->grown = 0;
	obj = kmem_cache_alloc_node(s->m, op->cpu, cachep, 0, op->node);
	if (s->grown && op->grow != STEP_NONE)
		step_objs_grown(s, s->grown, line_at(s, op->grow)->ptr);
	if (obj)
		step_objs_allocated(s,
				    step_place_of(s, op->cache, obj_node(obj)),
				    obj, op->ptr);
	else
		s->counts.failed_allocs++;
	return obj;
}

static void remember_early(struct steps *s, const struct step_op *op)
{
	uint32_t *ops = realloc(s->early.ops,
				(s->early.nr + 1) * sizeof(*s->early.ops));

	if (!ops)
		return; /* it stays wrong */
	s->early.ops = ops;
	s->early.ops[s->early.nr++] = (uint32_t)(op - s->ops.ops);
	s->nr_conflicts++;
}

static void run_alloc(struct steps *s, struct step_op *op)
{
	op->done = true;
	if (op->grow != STEP_NONE)
		look_up_colour(s, op);
	allocate(s, op);
	if (op->grow != STEP_NONE && !s->grown && counted(s) && !op->late)
		remember_early(s, op);
}

/* --- frees --- */

/* The object's node, which its address would tell. */
static uint32_t node_of_free(const struct steps *s, const struct step_op *op)
{
	const struct step_line *first = line_at(s, op->first);
	uint32_t own = s->cpu_node[op->cpu];
	int64_t node = step_value(first, STEP_KEY_SLABNODE, own);

	return node >= 0 && node < s->nr_nodes ? (uint32_t)node : own;
}

static uint32_t avail_for(const struct steps *s, const struct step_op *op,
			  uint32_t node)
{
	cachep_t cachep = s->cachep_of[op->cache];
	struct cpu_state state;

	if (node != s->cpu_node[op->cpu])
		return (uint32_t)kmem_alien_avail(s->m, cachep,
						  s->cpu_node[op->cpu], node);
	kmem_cpu_state(s->m, cachep, op->cpu, &state);
	return state.avail;
}

static void run_free(struct steps *s, struct step_op *op)
{
	uint32_t node = node_of_free(s, op);
	struct step_place *place = step_place_of(s, op->cache, node);
	obj_t obj;

	op->done = true;
	/* by events alone: it was allocated by a call that has none */
	if (!counted(s) && !step_objs_in_use(s, op->ptr))
		allocate(s, op);
	obj = step_objs_freed(s, place, op->ptr);
	if (obj) {
		s->avail_before = avail_for(s, op, obj_node(obj));
		kmem_cache_free(s->m, op->cpu, s->cachep_of[op->cache], obj);
	} else {
		s->counts.unplaced_frees++;
	}
	match_op(s, op);
}

/* --- the reaper --- */

static void look_up_touched(struct steps *s, struct step_place *place,
			    const uint32_t *lines, uint32_t nr)
{
	struct node_state state;
	bool drained = false;

	if (place->touched_known)
		return;
	kmem_node_state(s->m, place->cachep, place->node, &state);
	place->touched_known = state.shared_touched > 0;
	/* an empty array is left alone, and so is its flag */
	if (state.next_reap > machine_now(s->m) || state.shared_avail <= 0 ||
	    place->touched_known)
		return;
	place->touched_known = true;
	for (uint32_t i = 0; i < nr; i++)
		drained |= line_at(s, lines[i])->kind == STEP_DRAIN &&
			   step_value(line_at(s, lines[i]), STEP_KEY_LIMIT,
				      -1) == state.shared_limit;
	s->counts.looked_up_touched++;
	if (!drained)
		kmem_preload_shared(s->m, place->cachep, place->node, NULL, 0,
				    true);
}

/*
 * Lines of caches that the pass has left behind, or that the dump did not
 * have: no step of the model stands against them.
 */
static void skip_strays(struct steps *s, uint32_t cpu, uint32_t position)
{
	uint32_t line = s->reap_line[cpu];

	for (; line != STEP_NONE; line = s->ops.next[line]) {
		const struct step_line *l = line_at(s, line);
		uint32_t of = s->position_of[l->cache];

		if (l->kind == STEP_REAP_END ||
		    (of != STEP_NONE && of >= position))
			break;
		s->ops.stray += of == STEP_NONE;
		if (of != STEP_NONE && counted(s))
			steps_match(s, &line, 1);
	}
	s->reap_line[cpu] = line;
}

/* The lines that the pass wrote of the cache it comes to. */
static uint32_t lines_of_cache(struct steps *s, uint32_t cpu, uint32_t name,
			       uint32_t *lines, uint32_t room)
{
	uint32_t nr = 0, line = s->reap_line[cpu];

	while (line != STEP_NONE && nr < room &&
	       line_at(s, line)->kind != STEP_REAP_END &&
	       line_at(s, line)->cache == name) {
		lines[nr++] = line;
		line = s->ops.next[line];
	}
	s->reap_line[cpu] = line;
	return nr;
}

static void reap_cache(struct steps *s, uint32_t cpu, uint64_t time_ns)
{
	cachep_t cachep = s->chain[s->reap_position[cpu]++];
	uint32_t name = s->name_of[cachep];
	uint32_t lines[256], nr;
	uint64_t now;

	skip_strays(s, cpu, s->position_of[name]);
	nr = lines_of_cache(s, cpu, name, lines, 256);
	if (nr)
		time_ns = line_at(s, lines[0])->time_ns;
	s->reap_time_ns[cpu] = time_ns;
	now = step_tick(&s->clock, time_ns - PASS_LATENCY_NS);
	machine_set_now(s->m,
			now > s->reap_tick[cpu] ? now : s->reap_tick[cpu]);
	look_up_touched(s, step_place_of(s, name, s->cpu_node[cpu]), lines, nr);
	machine_reap_cache(s->m, cpu, cachep);
	if (counted(s))
		steps_match(s, lines, nr);
	s->nr_predicted = 0;
}

static void reap_upto(struct steps *s, uint32_t cpu, uint32_t position,
		      uint64_t time_ns)
{
	while (s->reap_position[cpu] <= position &&
	       s->reap_position[cpu] < s->nr_chain)
		reap_cache(s, cpu, time_ns);
}

static void reap_begin(struct steps *s, uint32_t op, uint32_t line)
{
	const struct step_line *l = line_at(s, line);
	int64_t alien_node = step_value(l, STEP_KEY_ALIEN_NODE, 0);

	s->reap_op[l->cpu] = op;
	s->reap_position[l->cpu] = 0;
	s->reap_line[l->cpu] = s->ops.next[line];
	s->reap_time_ns[l->cpu] = l->time_ns;
	s->reap_tick[l->cpu] = step_tick_of_jiffies(
		&s->clock, step_value(l, STEP_KEY_JIFFIES, 0));
	if (alien_node >= 0 && alien_node < s->nr_nodes)
		machine_set_reap_node(s->m, l->cpu, (uint32_t)alien_node);
	machine_reap_begin(s->m, l->cpu);
}

static void reap_line(struct steps *s, uint32_t op, uint32_t line)
{
	const struct step_line *l = line_at(s, line);

	if (l->kind == STEP_REAP_BEGIN) {
		reap_begin(s, op, line);
	} else if (l->kind == STEP_REAP_END) {
		reap_upto(s, l->cpu, UINT32_MAX, l->time_ns);
		machine_reap_end(s->m, l->cpu);
		s->reap_op[l->cpu] = STEP_NONE;
	} else if (s->position_of[l->cache] != STEP_NONE) {
		reap_upto(s, l->cpu, s->position_of[l->cache], l->time_ns);
	}
}

/* When a pass comes to a cache of which it wrote nothing. */
static uint64_t reap_time(const struct steps *s, uint32_t cpu,
			  uint32_t position)
{
	const struct step_line *next = line_at(s, s->reap_line[cpu]);
	uint32_t from = s->reap_position[cpu];
	uint32_t to = next->kind == STEP_REAP_END ? s->nr_chain :
						    s->position_of[next->cache];
	uint64_t before = s->reap_time_ns[cpu];

	if (position >= to || to <= from)
		return next->time_ns;
	return before + (next->time_ns - before) * (position - from + 1) /
				(to - from + 1);
}

/* Passes that are beyond the cache by now. */
static void catch_up_reapers(struct steps *s, uint32_t name, uint64_t now_ns)
{
	uint32_t position = s->position_of[name];

	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		if (s->reap_op[cpu] == STEP_NONE ||
		    s->reap_position[cpu] > position ||
		    s->reap_line[cpu] == STEP_NONE)
			continue;
		if (reap_time(s, cpu, position) < now_ns)
			reap_upto(s, cpu, position, now_ns);
	}
}

/* --- order --- */

/* Did the CPU of @line write nothing since @since? Then it may be under way. */
static bool under_way(const struct steps *s, uint32_t since, uint32_t line)
{
	for (uint32_t i = line - 1; i > since; i--) {
		if (line_at(s, i)->cpu == line_at(s, line)->cpu)
			return false;
	}
	return true;
}

/* The miss now, its lines when they come. */
static void run_early(struct steps *s, uint32_t i)
{
	struct step_op *op = &s->ops.ops[s->early.ops[i]];
	struct step_late *late = &s->early.late[i];

	op->late = i + 1;
	run_alloc(s, op);
	late->nr = s->nr_predicted < 8 ? s->nr_predicted : 8;
	memcpy(late->predicted, s->predicted,
	       late->nr * sizeof(late->predicted[0]));
	s->nr_predicted = 0;
	s->counts.reordered++;
}

/* Its slab joins the lists only now: so many objects are free then. */
static void match_late(struct steps *s, struct step_op *op)
{
	const struct step_late *late = &s->early.late[op->late - 1];
	const struct step_line *grow = line_at(s, op->grow);
	struct node_state state;

	kmem_node_state(s->m, s->cachep_of[op->cache],
			(uint32_t)step_value(grow, STEP_KEY_NODE, 0), &state);
	memcpy(s->predicted, late->predicted,
	       late->nr * sizeof(late->predicted[0]));
	s->nr_predicted = late->nr;
	for (uint32_t i = 0; i < late->nr; i++)
		step_set_value(&s->predicted[i], STEP_GROW,
			       STEP_KEY_FREE_OBJECTS,
			       (int64_t)state.free_objects);
	op->late = 0;
	match_op(s, op);
}

static void grow_first(struct steps *s, uint32_t line, uint32_t name,
		       uint32_t node)
{
	for (uint32_t i = 0; i < s->early.nr; i++) {
		struct step_op *op = &s->ops.ops[s->early.ops[i]];

		if (!op->done && op->cache == name && op->at > line &&
		    s->cpu_node[op->cpu] == node && under_way(s, line, op->at))
			run_early(s, i);
	}
}

static void run_op(struct steps *s, struct step_op *op, uint32_t line)
{
	if (op->late)
		match_late(s, op);
	if (op->done || s->cachep_of[op->cache] == CACHE_NULL)
		return;
	if (line < s->ready[op->cache]) {
		/* the dump of this cache has it already */
		op->done = true;
		s->before_dump++;
		return;
	}
	catch_up_reapers(s, op->cache, line_at(s, line)->time_ns);
	if (op->kind == STEP_OP_ALLOC) {
		run_alloc(s, op);
		match_op(s, op);
		return;
	}
	/* it puts objects where others look for them */
	if (counted(s) && op->at != op->first)
		grow_first(s, op->at, op->cache, node_of_free(s, op));
	run_free(s, op);
}

void steps_run(struct steps *s)
{
	machine_observe(s->m, SLAB_EVENT_ALL, steps_observe, s);
	for (uint32_t line = s->ops.first; line < s->ops.end; line++) {
		uint32_t op = s->ops.of_line[line];

		if (line_at(s, line)->kind == STEP_DUMP_CACHE &&
		    line > s->end_dump)
			steps_compare_end(s, line);
		if (op == STEP_NONE)
			continue;
		if (s->ops.ops[op].kind == STEP_OP_REAP)
			reap_line(s, op, line);
		else if (line ==
			 (counted(s) ? s->ops.ops[op].at : s->ops.ops[op].kmem))
			run_op(s, &s->ops.ops[op], line);
		machine_rcu_process(s->m);
	}
	machine_observe(s->m, 0, NULL, NULL);
}
