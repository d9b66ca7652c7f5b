/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An explanation in sentences, or as JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explain.h"
#include "sim/frame.h"
#include "sim/json.h"

#define PATH_LINES 20
#define HOLDERS_SHOWN 12

/* Live objects that the same task took at the same place. */
struct holder {
	const struct actor *first; /* the oldest of them */
	uint64_t nr;
};

/* --- who holds the live objects -------------------------------------------- */

static bool is_live(const struct explanation *e, uint32_t index)
{
	const struct picture_slab *slab;

	if (e->slab == PICTURE_NO_SLAB)
		return false;
	slab = &e->picture.slabs[e->slab];
	return e->picture.objects[slab->first + index].place == OBJECT_LIVE;
}

static bool same_holder(const struct actor *a, const struct actor *b)
{
	return !a->number == !b->number &&
	       (!a->number || (strcmp(a->call_site, b->call_site) == 0 &&
			       strcmp(a->task, b->task) == 0));
}

static int by_number_of(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? 1 : -1;
	return x->first->number < y->first->number ?
		       -1 :
		       x->first->number > y->first->number;
}

static void add_holder(struct holder *holders, size_t *nr,
		       const struct actor *actor)
{
	for (size_t i = 0; i < *nr; i++) {
		if (!same_holder(holders[i].first, actor))
			continue;
		holders[i].nr++;
		if (actor->number < holders[i].first->number)
			holders[i].first = actor;
		return;
	}
	holders[(*nr)++] = (struct holder){ actor, 1 };
}

/* Owned (free); the most objects first. NULL: no memory, or nobody. */
static struct holder *holders_of(const struct explanation *e, size_t *nr)
{
	struct holder *holders = calloc(e->nr_objects + 1, sizeof(*holders));

	*nr = 0;
	for (uint32_t i = 0; holders && i < e->nr_objects; i++) {
		if (is_live(e, i))
			add_holder(holders, nr, &e->objects[i].last_alloc);
	}
	if (*nr)
		qsort(holders, *nr, sizeof(*holders), by_number_of);
	return holders;
}

static void sum_history(const struct explanation *e, uint64_t *allocs,
			uint64_t *frees)
{
	*allocs = *frees = 0;
	for (uint32_t i = 0; i < e->nr_objects; i++) {
		*allocs += e->objects[i].allocs;
		*frees += e->objects[i].frees;
	}
}

/* --- in sentences ---------------------------------------------------------- */

static void print(const char *first, const char *next, const char *text)
{
	struct frame frame = { .columns = 80 };

	frame_wrap(&frame, first, next, text);
	for (size_t i = 0; i < frame.nr; i++)
		printf("%s\n", frame.lines[i].text);
	frame_release(&frame);
}

static void print_sentence(void *arg, const char *sentence)
{
	(void)arg;
	print("  - ", "    ", sentence);
}

/* "event 12: cpu1, dup_task_struct, bash-123" */
static void actor_words(const struct step_source *source,
			const struct actor *actor, char *text, size_t bytes)
{
	char site[100], task[100], cpu[32] = "", line[40] = "";

	if (!actor->number) {
		snprintf(text, bytes, "before the first %s", source->unit);
		return;
	}
	text_visible(actor->call_site, site, sizeof(site));
	text_visible(actor->task, task, sizeof(task));
	if (actor->cpu >= 0)
		snprintf(cpu, sizeof(cpu), ", cpu%" PRId64, actor->cpu);
	if (actor->line)
		snprintf(line, sizeof(line), ", line %" PRIu64, actor->line);
	snprintf(text, bytes, "%s %" PRIu64 "%s%s%s%s%s%s", source->unit,
		 actor->number, line, cpu, *site ? ", " : "", site,
		 *task ? ", " : "", task);
}

/* A miss is counted before anyone knows what the refill will bring. */
static void print_class(const struct explanation *e)
{
	bool failed = e->outcome == SLAB_EVENT_FAIL;
	char text[300];

	if (failed)
		print("", "",
		      e->miss_class < 0 ?
			      "The allocation failed. It counts as a failed one, "
			      "not as a miss: it did not ask the CPU's array." :
			      "The allocation failed. It counts as a failed one, "
			      "and as a miss that no refill could serve "
			      "(refillfail).");
	else if (e->outcome == SLAB_EVENT_NODEALLOC && e->miss_class >= 0)
		print("", "", "No refill could serve the miss (refillfail).");
	if (e->miss_class < 0)
		return;
	snprintf(text, sizeof(text), "The miss counts as %s: %s.",
		 miss_classes[e->miss_class].name,
		 miss_classes[e->miss_class].text);
	print("", "", text);
}

static const char *times(char text[32], uint64_t nr)
{
	if (nr == 1)
		return "once";
	snprintf(text, 32, "%" PRIu64 " times", nr);
	return text;
}

/* What there is to say when no object went anywhere. */
static void print_nothing(const struct step_source *source,
			  const struct explanation *e)
{
	char text[300];

	if (e->outcome == SLAB_EVENT_FAIL)
		snprintf(text, sizeof(text),
			 "No object: the simulated machine "
			 "has no memory for it.");
	else if (e->is_free)
		snprintf(text, sizeof(text),
			 "The simulated machine has no such object: nothing is "
			 "freed.");
	else if (e->self.number > step_source_units(source))
		snprintf(
			text, sizeof(text),
			"An action is no event: there is no object to follow.");
	else
		snprintf(text, sizeof(text),
			 "This %s neither allocates nor frees an object of a "
			 "cache.",
			 source->unit);
	print("", "", text);
}

static void print_object(const struct step_source *source,
			 const struct explanation *e)
{
	const struct object_history *object = &e->objects[e->index];
	const struct actor *before = e->is_free ? &object->last_alloc :
						  &object->last_free;
	char text[600], who[300], a[32], f[32];

	snprintf(text, sizeof(text),
		 "The object is %u:%" PRIu64 ".%u: number %u in slab %" PRIu64
		 " of node %u. By now it was allocated %s and freed %s.",
		 e->nodeid, e->grow_number, e->index, e->index, e->grow_number,
		 e->nodeid, times(a, object->allocs), times(f, object->frees));
	print("", "", text);
	actor_words(source, before, who, sizeof(who));
	if (before->number || (e->is_free && object->frees > object->allocs)) {
		snprintf(text, sizeof(text), "It was %s by %s.",
			 e->is_free ? "allocated" : "freed last",
			 before->number ? who : "somebody before the start");
		print("", "", text);
	} else if (!e->is_free) {
		print("", "", "Nobody had it before.");
	}
}

static void print_slab(const struct step_source *source,
		       const struct explanation *e)
{
	const struct picture_slab *slab;
	char text[600], who[300], a[32], f[32];
	uint64_t allocs, frees;

	actor_words(source, &e->grown, who, sizeof(who));
	sum_history(e, &allocs, &frees);
	snprintf(text, sizeof(text),
		 "The slab was added %s%s. Since then its %u %s "
		 "allocated %s and freed %s.",
		 e->grown.number ? "by " : "", who, e->nr_objects,
		 e->nr_objects == 1 ? "object was" : "objects were",
		 times(a, allocs), times(f, frees));
	print("", "", text);
	if (e->slab == PICTURE_NO_SLAB) {
		print("", "", "It has been given back in the same step.");
		return;
	}
	slab = &e->picture.slabs[e->slab];
	snprintf(text, sizeof(text),
		 "Now it is number %u on the %s list: %u live object%s, %u in "
		 "arrays, %u free.",
		 slab->position + 1, slab_list_word(slab->list), slab->live,
		 text_plural(slab->live), slab->cached, slab->free);
	print("", "", text);
}

static void print_holders(const struct step_source *source,
			  const struct explanation *e)
{
	size_t nr;
	struct holder *holders = holders_of(e, &nr);
	char text[500], who[300];

	if (nr)
		puts("\nWho holds its live objects:");
	for (size_t i = 0; i < nr && i < HOLDERS_SHOWN; i++) {
		actor_words(source, holders[i].first, who, sizeof(who));
		snprintf(text, sizeof(text), "%" PRIu64 ": since %s%s",
			 holders[i].nr, who,
			 holders[i].nr > 1 ? " (the first of them)" : "");
		print("  ", "      ", text);
	}
	if (nr > HOLDERS_SHOWN)
		printf("  and %zu others\n", nr - HOLDERS_SHOWN);
	free(holders);
}

static void print_text(const struct step_source *source,
		       const struct explanation *e)
{
	char place[120], text[800];

	step_source_place(source, e->self.number, place, sizeof(place));
	snprintf(text, sizeof(text), "%s: %s", place, e->what);
	print("", "  ", text);
	path_tell(&e->path, source->m, e->cachep, PATH_LINES, print_sentence,
		  NULL);
	print_class(e);
	putchar('\n');
	if (!e->has_object) {
		print_nothing(source, e);
		return;
	}
	print_object(source, e);
	print_slab(source, e);
	print_holders(source, e);
}

/* --- as JSON --------------------------------------------------------------- */

static void json_actor(const char *name, const struct actor *actor)
{
	printf(",\"%s\":", name);
	if (!actor->number) {
		printf("null");
		return;
	}
	printf("{\"event\":%" PRIu64, actor->number);
	if (actor->line)
		json_number("line", actor->line);
	if (actor->cpu >= 0)
		json_number("cpu", (uint64_t)actor->cpu);
	json_number("time_ns", actor->time_ns);
	json_text("call_site", actor->call_site);
	json_text("task", actor->task);
	putchar('}');
}

static void json_sentence(void *arg, const char *sentence)
{
	const char **before = arg;

	printf("%s", *before);
	text_print_json(stdout, sentence);
	*before = ",";
}

static void json_object(const struct explanation *e)
{
	const struct object_history *object = &e->objects[e->index];

	printf(",\"object\":{\"node\":%u", e->nodeid);
	json_number("slab", e->grow_number);
	json_number("index", e->index);
	json_number("allocs", object->allocs);
	json_number("frees", object->frees);
	json_actor("last_alloc", &object->last_alloc);
	json_actor("last_free", &object->last_free);
	putchar('}');
}

static void json_holders(const struct explanation *e)
{
	size_t nr;
	struct holder *holders = holders_of(e, &nr);

	printf(",\"holders\":[");
	for (size_t i = 0; i < nr; i++) {
		printf("%s{\"objects\":%" PRIu64, i ? "," : "", holders[i].nr);
		json_actor("first", holders[i].first);
		putchar('}');
	}
	putchar(']');
	free(holders);
}

static void json_slab(const struct explanation *e)
{
	uint64_t allocs, frees;

	sum_history(e, &allocs, &frees);
	printf(",\"slab\":{\"objects\":%u", e->nr_objects);
	json_actor("grown", &e->grown);
	json_number("allocs", allocs);
	json_number("frees", frees);
	if (e->slab != PICTURE_NO_SLAB) {
		const struct picture_slab *slab = &e->picture.slabs[e->slab];

		json_text("list", slab_list_word(slab->list));
		json_number("position", slab->position);
		json_number("live", slab->live);
		json_number("cached", slab->cached);
		json_number("free", slab->free);
	}
	json_holders(e);
	putchar('}');
}

static void print_json(const struct step_source *source,
		       const struct explanation *e)
{
	const char *before = "";

	printf("{\"schema\":1");
	json_text("what", e->what);
	json_number("events", step_source_units(source));
	json_actor("actor", &e->self);
	if (e->cachep != CACHE_NULL)
		json_text("cache", e->cache);
	if (e->outcome >= 0)
		json_text("outcome",
			  slab_event_word((enum slab_event_kind)e->outcome));
	if (e->miss_class >= 0)
		json_text("miss_class", miss_classes[e->miss_class].name);
	printf(",\"path\":[");
	path_tell(&e->path, source->m, e->cachep, SIZE_MAX, json_sentence,
		  &before);
	putchar(']');
	if (e->has_object) {
		json_object(e);
		json_slab(e);
	}
	puts("}");
}

void explain_print(const struct step_source *source,
		   const struct explanation *explanation, bool json)
{
	if (json)
		print_json(source, explanation);
	else
		print_text(source, explanation);
}
