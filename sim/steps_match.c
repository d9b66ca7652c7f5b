/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the model did, in the words of the recording, and the comparison: a
 * recorded line is right when the model took such a step in that operation
 * and every number of the line is the model's. A slab's address is no such
 * number (pages are not part of the model): it is compared on its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/steps.h"

static void put(struct step_line *line, enum step_key key, uint64_t value)
{
	line->keys[line->nr_values] = (uint8_t)key;
	line->values[line->nr_values++] = (int64_t)value;
}

/* Return: false when the event is none that the recording has a line for. */
static bool say_alloc(const struct slab_event *event, struct step_line *line)
{
	switch (event->kind) {
	case SLAB_EVENT_HIT:
		line->kind = STEP_HIT;
		put(line, STEP_KEY_AVAIL, event->left);
		return true;
	case SLAB_EVENT_MISS:
		line->kind = STEP_MISS;
		put(line, STEP_KEY_AVAIL, event->left);
		return true;
	case SLAB_EVENT_NODEALLOC:
		line->kind = STEP_NODEALLOC;
		put(line, STEP_KEY_NODE, event->node);
		return true;
	case SLAB_EVENT_REFILL_SHARED:
		line->kind = STEP_REFILL;
		line->shared = true;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_GOT, event->nr);
		put(line, STEP_KEY_BATCH, event->of);
		put(line, STEP_KEY_LEFT, event->left);
		return true;
	case SLAB_EVENT_REFILL:
		line->kind = STEP_REFILL;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_GOT, event->nr);
		put(line, STEP_KEY_SHORT, event->of);
		put(line, STEP_KEY_FREE_OBJECTS, event->left);
		return true;
	case SLAB_EVENT_GROW:
		line->kind = STEP_GROW;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_NUM, event->nr);
		put(line, STEP_KEY_ACTIVE, event->of);
		put(line, STEP_KEY_FREE_OBJECTS, event->left);
		return true;
	default:
		return false;
	}
}

static bool say_flush(const struct slab_event *event, struct step_line *line)
{
	switch (event->kind) {
	case SLAB_EVENT_FLUSH_SHARED:
		line->kind = STEP_FLUSH;
		line->shared = true;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_BATCH, event->nr);
		put(line, STEP_KEY_SHAREDAVAIL, event->left);
		return true;
	case SLAB_EVENT_FLUSH:
		line->kind = STEP_FLUSH;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_BATCH, event->nr);
		put(line, STEP_KEY_FREE_OBJECTS, event->left);
		put(line, STEP_KEY_FREE_LIMIT, event->of);
		return true;
	case SLAB_EVENT_ALIEN_OVERFLOW:
		line->kind = STEP_OVERFLOW;
		put(line, STEP_KEY_SLABNODE, event->node);
		put(line, STEP_KEY_N, event->left);
		return true;
	case SLAB_EVENT_ALIEN_TO_SHARED:
		line->kind = STEP_TO_SHARED;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_MOVED, event->nr);
		put(line, STEP_KEY_LEFT, event->left);
		return true;
	case SLAB_EVENT_DRAIN:
		line->kind = STEP_DRAIN;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_TOFREE, event->nr);
		put(line, STEP_KEY_AVAIL, event->nr + event->left);
		put(line, STEP_KEY_LIMIT, event->of);
		put(line, STEP_KEY_ALL, 0);
		return true;
	case SLAB_EVENT_REAPED:
		line->kind = STEP_REAPED;
		put(line, STEP_KEY_NODE, event->node);
		put(line, STEP_KEY_FREED, event->nr);
		return true;
	default:
		return false;
	}
}

/* Frees: the recording says what the array held before. */
static bool say_free(const struct steps *s, const struct slab_event *event,
		     struct step_line *line)
{
	switch (event->kind) {
	case SLAB_EVENT_FREEHIT:
		line->kind = STEP_FREEHIT;
		put(line, STEP_KEY_AVAIL, s->avail_before);
		return true;
	case SLAB_EVENT_FREEMISS:
		line->kind = STEP_FREEMISS;
		put(line, STEP_KEY_AVAIL, s->avail_before);
		return true;
	case SLAB_EVENT_ALIEN:
		line->kind = STEP_ALIEN;
		put(line, STEP_KEY_NODE, s->cpu_node[event->cpu]);
		put(line, STEP_KEY_SLABNODE, event->node);
		put(line, STEP_KEY_AVAIL, s->avail_before);
		put(line, STEP_KEY_LIMIT, s->profile->alien_limit);
		return true;
	default:
		return false;
	}
}

static void slab_gone(struct steps *s, const struct slab_event *event,
		      struct step_line *line)
{
	bool grown_here;

	line->kind = STEP_DESTROY;
	put(line, STEP_KEY_NODE, event->node);
	line->ptr = step_objs_destroyed(s, event->slab, &grown_here);
	if (!grown_here)
		line->ptr = 0;
}

static void new_slab(struct steps *s, const struct slab_event *event)
{
	struct cache_info info;

	kmem_cache_info(s->m, event->cachep, &info);
	s->grown = event->slab;
	step_objs_slab(s, event->slab, info.num, false,
		       step_place_of(s, s->name_of[event->cachep],
				     event->node));
}

/* slab_observe_fn */
void steps_observe(void *arg, const struct machine *m,
		   const struct slab_event *event)
{
	struct steps *s = arg;
	struct step_line line = { 0 };

	(void)m;
	if (event->cachep == CACHE_NULL)
		return;
	line.cache = s->name_of[event->cachep];
	if (event->kind == SLAB_EVENT_GROW)
		new_slab(s, event);
	if (event->kind == SLAB_EVENT_DESTROY)
		slab_gone(s, event, &line);
	else if (!say_alloc(event, &line) && !say_flush(event, &line) &&
		 !say_free(s, event, &line))
		return;
	if (s->nr_predicted == s->predicted_room) {
		uint32_t room = 2 * s->predicted_room + 64;
		void *new = realloc(s->predicted, room * sizeof(*s->predicted));

		if (!new)
			abort();
		s->predicted = new;
		s->predicted_room = room;
	}
	s->predicted[s->nr_predicted++] = line;
}

/*
 * What a refill fell short by, as logged: the kernel's counter, which has gone
 * to -1 when the batch ended before the slab did. Both mean nothing is missing.
 */
static int64_t logged(const struct step_line *line, unsigned int i)
{
	if (line->keys[i] == STEP_KEY_SHORT && line->values[i] == -1)
		return 0;
	return line->values[i];
}

static bool all_right(const struct step_line *line,
		      const struct step_line *predicted)
{
	if (line->shared != predicted->shared)
		return false;
	for (unsigned int i = 0; i < line->nr_values; i++) {
		enum step_key key = (enum step_key)line->keys[i];

		if (step_value(predicted, key, INT64_MIN) != logged(line, i))
			return false;
	}
	return true;
}

/* The first step of this kind that no line was found for yet. */
static struct step_line *find_predicted(struct steps *s,
					const struct step_line *line)
{
	for (uint32_t i = 0; i < s->nr_predicted; i++) {
		if (s->predicted[i].kind == line->kind &&
		    s->predicted[i].cache == line->cache)
			return &s->predicted[i];
	}
	return NULL;
}

static void print_line(const struct steps *s, const struct step_line *line,
		       const char *before)
{
	fprintf(stderr, "%s %s %s", before, step_word(line->kind),
		s->trace->names.strings[line->cache]);
	for (unsigned int i = 0; i < line->nr_values; i++)
		fprintf(stderr, " %s=%lld", step_key_word(line->keys[i]),
			(long long)line->values[i]);
	fprintf(stderr, "%s\n", line->shared ? " shared" : "");
}

static void complain(const struct steps *s, const struct step_line *line,
		     const struct step_line *predicted)
{
	char before[48];

	if (!s->verbose)
		return;
	snprintf(before, sizeof(before),
		 "line %llu:", (unsigned long long)line->number);
	print_line(s, line, before);
	if (predicted)
		print_line(s, predicted, "  predicted:");
}

static void match_one(struct steps *s, const struct step_line *line)
{
	struct step_line *predicted = find_predicted(s, line);

	s->counts.lines[line->kind]++;
	if (predicted && all_right(line, predicted))
		s->counts.right[line->kind]++;
	else
		complain(s, line, predicted);
	if (!predicted)
		return;
	if (line->kind == STEP_DESTROY && predicted->ptr) {
		s->counts.slab_addresses++;
		s->counts.right_slab_addresses += predicted->ptr == line->ptr;
	}
	predicted->kind = NR_STEP_KINDS; /* has its line */
}

/* The lines of an operation, or of a cache's part of it, against the model. */
void steps_match(struct steps *s, const uint32_t *lines, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (s->trace->lines[lines[i]].kind < NR_PREDICTED_KINDS)
			match_one(s, &s->trace->lines[lines[i]]);
	}
	for (uint32_t i = 0; i < s->nr_predicted; i++) {
		if (s->predicted[i].kind == NR_STEP_KINDS)
			continue;
		s->counts.unseen[s->predicted[i].kind]++;
		if (s->verbose)
			print_line(s, &s->predicted[i], "not seen:");
	}
	s->nr_predicted = 0;
}
