/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See step_picture.h. Lines weigh what they tell: where there is no room for
 * all, empty arrays go first, then slabs far down their lists.
 */
#include "sim/step_picture.h"

#include <inttypes.h>
#include <string.h>

#include "reports/text.h"

#define LINE_BYTES 1024
#define WEIGHT_EMPTY 100 /* arrays; slabs: this less the place in the list */
#define WEIGHT_FILLED 200
#define SLAB_PREFIX 28 /* columns before a slab's objects */

const char step_picture_legend[] = STYLE_DIM
	"marks: " STYLE_LIVE "#" STYLE_DIM " live  " STYLE_CPU "0-9" STYLE_DIM
	" in that cpu's array  " STYLE_SHARED "S" STYLE_DIM
	" in a shared array  " STYLE_ALIEN "A" STYLE_DIM
	" alien  . free  " STYLE_PLAIN;

/* What is drawn, of what. */
struct drawing {
	struct frame *frame;
	const struct picture *p;
	const struct machine *m;
	const struct path *path;
};

/* --- what the last operation touched ------------------------------------- */

static bool uses_cpu_array(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_HIT || kind == SLAB_EVENT_MISS ||
	       kind == SLAB_EVENT_REFILL || kind == SLAB_EVENT_REFILL_SHARED ||
	       kind == SLAB_EVENT_FREEHIT || kind == SLAB_EVENT_FREEMISS ||
	       kind == SLAB_EVENT_FLUSH || kind == SLAB_EVENT_FLUSH_SHARED;
}

static bool uses_shared(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_REFILL_SHARED ||
	       kind == SLAB_EVENT_FLUSH_SHARED ||
	       kind == SLAB_EVENT_ALIEN_TO_SHARED;
}

static bool uses_alien(enum slab_event_kind kind)
{
	return kind == SLAB_EVENT_ALIEN || kind == SLAB_EVENT_ALIEN_OVERFLOW ||
	       kind == SLAB_EVENT_ALIEN_TO_SHARED;
}

static bool step_touched(const struct drawing *d, const struct slab_event *e,
			 const struct picture_array *array)
{
	if (e->cachep != d->p->cachep)
		return false;
	switch (array->place) {
	case OBJECT_IN_CPU:
		return uses_cpu_array(e->kind) && e->cpu == array->where;
	case OBJECT_IN_SHARED:
		return uses_shared(e->kind) && e->node == array->where;
	default:
		return uses_alien(e->kind) && e->node == array->for_node &&
		       machine_cpu_node(d->m, e->cpu) == array->where;
	}
}

static bool array_touched(const struct drawing *d,
			  const struct picture_array *array)
{
	for (size_t i = 0; i < d->path->nr; i++) {
		if (step_touched(d, &d->path->steps[i].event, array))
			return true;
	}
	return false;
}

static bool slab_touched(const struct drawing *d,
			 const struct picture_slab *slab)
{
	for (size_t i = 0; i < d->path->nr; i++) {
		const struct path_step *step = &d->path->steps[i];

		if (step->event.cachep == d->p->cachep &&
		    step->grow_number == slab->view.grow_number &&
		    step->nodeid == slab->view.nodeid)
			return true;
	}
	return false;
}

/* --- arrays -------------------------------------------------------------- */

/* "3.15", with the node before it when it is not the array's. */
static size_t put_entry(char *text, size_t bytes,
			const struct picture_entry *entry, uint32_t nodeid)
{
	char home[16] = "";
	int used;

	if (entry->nodeid != nodeid)
		snprintf(home, sizeof(home), "%u:", entry->nodeid);
	used = snprintf(text, bytes, " %s%" PRIu64 ".%u", home,
			entry->grow_number, entry->index);
	return (size_t)used < bytes ? (size_t)used : bytes - 1;
}

static void put_entries(char *text, size_t bytes, const struct picture *p,
			const struct picture_array *array, uint32_t nodeid,
			size_t columns)
{
	size_t used = 0, before;

	text[0] = '\0';
	for (int64_t i = array->avail; i-- > 0;) {
		before = used;
		used += put_entry(text + used, bytes - used,
				  &p->entries[array->first + (size_t)i],
				  nodeid);
		if (used + (i ? 4 : 0) > columns) {
			snprintf(text + before, bytes - before, " ...");
			return;
		}
	}
}

static const char *style_of(enum object_place place)
{
	switch (place) {
	case OBJECT_LIVE:
		return STYLE_LIVE;
	case OBJECT_IN_CPU:
		return STYLE_CPU;
	case OBJECT_IN_SHARED:
		return STYLE_SHARED;
	case OBJECT_IN_ALIEN:
		return STYLE_ALIEN;
	default:
		return STYLE_DIM;
	}
}

static void draw_array(const struct drawing *d,
		       const struct picture_array *array, const char *name,
		       uint32_t nodeid)
{
	bool touched = array_touched(d, array);
	char entries[LINE_BYTES / 2], fill[32];

	if (array->avail < 0)
		return;
	snprintf(fill, sizeof(fill), "%" PRId64 "/%" PRId64, array->avail,
		 array->limit);
	put_entries(entries, sizeof(entries), d->p, array, nodeid,
		    d->frame->columns > 40 ? d->frame->columns - 27 : 13);
	frame_add(d->frame,
		  touched      ? FRAME_KEEP :
		  array->avail ? WEIGHT_FILLED :
				 WEIGHT_EMPTY,
		  "%s %s%-16s" STYLE_PLAIN "%8s%s%s" STYLE_PLAIN,
		  touched ? STYLE_BOLD ">" STYLE_PLAIN : " ",
		  style_of(array->place), name, fill,
		  array->avail ? style_of(array->place) : STYLE_DIM,
		  array->avail ? entries : " empty");
}

static void draw_arrays(const struct drawing *d, uint32_t node)
{
	char name[48];

	for (uint32_t cpu = 0; cpu < d->p->nr_cpus; cpu++) {
		if (machine_cpu_node(d->m, cpu) != node)
			continue;
		snprintf(name, sizeof(name), "cpu%u", cpu);
		draw_array(d, picture_cpu(d->p, cpu), name, node);
	}
	draw_array(d, picture_shared(d->p, node), "shared", node);
	for (uint32_t other = 0; other < d->p->nr_nodes; other++) {
		snprintf(name, sizeof(name), "alien for node%u", other);
		draw_array(d, picture_alien(d->p, node, other), name, other);
	}
}

/* --- slabs --------------------------------------------------------------- */

static char mark_of(const struct picture_object *object)
{
	switch ((enum object_place)object->place) {
	case OBJECT_LIVE:
		return '#';
	case OBJECT_IN_CPU:
		/* of a higher CPU: its array's line tells */
		return "0123456789+"[object->where < 10 ? object->where : 10];
	case OBJECT_IN_SHARED:
		return 'S';
	case OBJECT_IN_ALIEN:
		return 'A';
	default:
		return '.';
	}
}

/* Objects @from to @to with a style where it changes. */
static void put_marks(char *text, size_t bytes,
		      const struct picture_object *objects, uint32_t from,
		      uint32_t to)
{
	const char *style = "";
	size_t used = 0;

	for (uint32_t i = from; i < to && used + 4 < bytes; i++) {
		const char *wanted =
			style_of((enum object_place)objects[i].place);

		if (*wanted != *style)
			text[used++] = *wanted;
		style = wanted;
		text[used++] = mark_of(&objects[i]);
	}
	text[used++] = STYLE_PLAIN[0];
	text[used] = '\0';
}

static void draw_slab(const struct drawing *d, const struct picture_slab *slab)
{
	uint32_t num = d->p->info.num;
	size_t width = d->frame->columns > SLAB_PREFIX + 8 ?
			       d->frame->columns - SLAB_PREFIX :
			       8;
	bool touched = slab_touched(d, slab);
	unsigned int weight = touched ? FRAME_KEEP :
			      slab->position < WEIGHT_EMPTY ?
					WEIGHT_EMPTY - slab->position :
					1;
	char marks[LINE_BYTES / 2], head[64];

	snprintf(head, sizeof(head), "%-7s slab %-4" PRIu64 "%4u/%-3u",
		 slab_list_word(slab->list), slab->view.grow_number, slab->live,
		 num);
	for (uint32_t i = 0; i < num; i += (uint32_t)width) {
		uint32_t to = num - i < width ? num : i + (uint32_t)width;

		put_marks(marks, sizeof(marks), d->p->objects + slab->first, i,
			  to);
		frame_add(d->frame, weight, "%s %-25s %s",
			  touched && !i ? STYLE_BOLD ">" STYLE_PLAIN : " ",
			  i ? "" : head, marks);
	}
}

/* --- all of it ----------------------------------------------------------- */

static void draw_node(const struct drawing *d, uint32_t node)
{
	const struct node_state *n = &d->p->nodes[node];

	frame_add(d->frame, FRAME_KEEP,
		  STYLE_BOLD "node%u" STYLE_PLAIN "  slabs: %" PRIu64
			     " partial, %" PRIu64 " full, %" PRIu64
			     " free;  objects: %" PRIu64 " live, %" PRIu64
			     " cached, %" PRIu64 " free",
		  node, n->slabs_partial, n->slabs_full, n->slabs_free,
		  n->live_objs, n->cached_objs, n->free_objects);
	draw_arrays(d, node);
	for (size_t i = 0; i < d->p->nr_slabs; i++) {
		if (d->p->slabs[i].view.nodeid == node)
			draw_slab(d, &d->p->slabs[i]);
	}
}

void step_picture_draw(struct frame *frame, const struct picture *picture,
		       const struct machine *m, const struct path *path)
{
	const struct drawing drawing = { frame, picture, m, path };

	for (uint32_t node = 0; node < picture->nr_nodes; node++)
		draw_node(&drawing, node);
}
