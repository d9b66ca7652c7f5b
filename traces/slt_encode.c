/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events to columns. Three steps a block: number the shapes in the order of
 * their first use, renumber them by frequency, write the columns. To change
 * what is written, change slt_decode.c with it and make a new version.
 *
 * The encoder plays the decoder's part while it writes: @freed and the groups
 * here hold exactly what they will hold there, so it knows what the decoder
 * can work out for itself.
 */
#include "traces/slt_block.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/event_shapes.h"
#include "traces/huge.h"
#include "traces/slt_pack.h"

#define TABLE_SLOTS (2 * SLT_BLOCK_EVENTS)
/* Slots beyond are always written in full: no table of that size. */
#define MAX_TRACKED (1u << 26)

/* What an event, or a shape, may need in each column. */
static const uint8_t event_bytes[SLT_NR_COLUMNS] = {
	[SLT_SHAPES] = SLT_COLUMN_EVENT_BYTES,
	[SLT_SHAPE] = 1,
	[SLT_SHAPE_WIDE] = 3, /* varint of 15 bits */
	[SLT_TIME] = 1,
	[SLT_TIME_WIDE] = VARINT_MAX_BYTES,
	[SLT_CPU] = 1,
	[SLT_CPU_WIDE] = 3, /* of 16 */
	[SLT_TASK] = 8,     /* of 15 and of 32 */
	[SLT_ALLOC] = 1,
	[SLT_FREE] = 1,
	[SLT_FREE_WIDE] = 3, /* of 15 */
	[SLT_FAR] = 5,       /* of 33 */
};
#define COLUMNS_EVENT_BYTES (SLT_COLUMN_EVENT_BYTES + VARINT_MAX_BYTES + 27)

struct shape {
	struct event common; /* what its events share; the rest is zero */
	uint32_t uses;
	uint32_t group;  /* of its cache */
	uint32_t number; /* in the file */
};

/* The allocation that a slot's object comes from, if of this block. */
struct slot_state {
	uint32_t block; /* number of the block, as counted here */
	uint32_t group;
	uint32_t position; /* among the allocations of its group */
};

struct group_of {
	uint32_t block, group;
};

struct slt_encoder {
	struct slt_packer *packer; /* borrowed */
	uint32_t block; /* counts blocks from 1: stamps need no clearing */
	uint32_t nr_shapes;

	struct group_of *groups; /* of each cache + 1 */
	uint32_t group_room, nr_groups;
	struct slot_state *slots;
	uint32_t slot_room;
	uint32_t nr_freed;
	uint32_t far;  /* the slot written last */
	uint32_t page; /* the page frame written last */

	uint32_t max_cpu;    /* of the block before: what is to be reset */
	size_t task_changed; /* the event before */

	uint8_t *columns[SLT_NR_COLUMNS]; /* where each begins */
	uint8_t *ends[SLT_NR_COLUMNS];    /* and how far it has come */

	uint32_t task_of_cpu[SLT_MAX_CPUS];
	uint16_t table[TABLE_SLOTS]; /* number of a shape + 1, 0: empty */
	uint16_t shape_of[SLT_BLOCK_EVENTS]; /* of each event */
	uint32_t order[SLT_BLOCK_EVENTS];    /* shapes by frequency */
	uint32_t group_allocs[SLT_BLOCK_EVENTS];
	uint32_t freed[SLT_BLOCK_EVENTS]; /* a stack of slots */
	struct shape shapes[SLT_BLOCK_EVENTS];
	uint8_t bytes[(size_t)SLT_BLOCK_EVENTS * COLUMNS_EVENT_BYTES];
};

struct slt_encoder *slt_encoder_create(struct slt_packer *packer)
{
	/* the columns in the encoder itself: few huge pages for all of it */
	struct slt_encoder *encoder = huge_alloc(sizeof(*encoder));
	uint8_t *column;

	if (!encoder)
		return NULL;
	encoder->packer = packer;
	column = encoder->bytes;
	for (size_t i = 0; i < SLT_NR_COLUMNS; i++) {
		encoder->columns[i] = column;
		column += (size_t)SLT_BLOCK_EVENTS * event_bytes[i];
	}
	return encoder;
}

void slt_encoder_destroy(struct slt_encoder *encoder)
{
	if (!encoder)
		return;
	free(encoder->groups);
	free(encoder->slots);
	huge_free(encoder, sizeof(*encoder));
}

/* --- shapes --- */

/* The group of a cache: its objects' allocations are counted together. */
static bool find_group(struct slt_encoder *e, uint32_t cache, uint32_t *group)
{
	uint32_t index = cache + 1; /* 0: kmalloc */

	if (!array_reach(&e->groups, &e->group_room, index, sizeof(*e->groups)))
		return false;
	if (e->groups[index].block != e->block) {
		e->groups[index].block = e->block;
		e->groups[index].group = e->nr_groups++;
	}
	*group = e->groups[index].group;
	return true;
}

static bool add_shape(struct slt_encoder *e, const struct event *event)
{
	struct shape *shape = &e->shapes[e->nr_shapes++];

	*shape = (struct shape){ .common = event_shape(event) };
	return find_group(e, event->cache, &shape->group);
}

static bool count_shapes(struct slt_encoder *e, const struct event *events,
			 size_t nr)
{
	memset(e->table, 0, sizeof(e->table));
	e->nr_shapes = 0;
	e->nr_groups = 0;
	for (size_t i = 0; i < nr; i++) {
		uint32_t at = event_shape_hash(&events[i]) % TABLE_SLOTS, n;

		for (; (n = e->table[at]); at = (at + 1) % TABLE_SLOTS) {
			if (event_same_shape(&e->shapes[n - 1].common,
					     &events[i]))
				break;
		}
		if (!n) {
			if (!add_shape(e, &events[i]))
				return false;
			n = e->nr_shapes;
			e->table[at] = (uint16_t)n;
		}
		e->shapes[n - 1].uses++;
		e->shape_of[i] = (uint16_t)(n - 1);
	}
	return true;
}

/*
 * By falling number of uses, ties by first use: a counting sort would be
 * faster, but shapes are few. A merge, because it keeps ties in order.
 */
static void sort_shapes(const struct shape *shapes, uint32_t *order,
			uint32_t *spare, uint32_t nr)
{
	uint32_t half = nr / 2, a = 0, b = half;

	if (nr < 2)
		return;
	sort_shapes(shapes, order, spare, half);
	sort_shapes(shapes, order + half, spare, nr - half);
	memcpy(spare, order, nr * sizeof(*order));
	for (uint32_t i = 0; i < nr; i++) {
		bool first = b == nr ||
			     (a < half &&
			      shapes[spare[a]].uses >= shapes[spare[b]].uses);

		order[i] = spare[first ? a++ : b++];
	}
}

static void number_shapes(struct slt_encoder *e)
{
	for (uint32_t i = 0; i < e->nr_shapes; i++)
		e->order[i] = i;
	/* nothing has been freed yet: its room is free */
	sort_shapes(e->shapes, e->order, e->freed, e->nr_shapes);
	for (uint32_t i = 0; i < e->nr_shapes; i++)
		e->shapes[e->order[i]].number = i;
}

/* --- the table --- */

static void put_byte(struct slt_encoder *e, enum slt_column column,
		     uint32_t value)
{
	*e->ends[column]++ = (uint8_t)value;
}

static void put_number(struct slt_encoder *e, enum slt_column column,
		       uint64_t value)
{
	e->ends[column] = put_varint(e->ends[column], value);
}

/* The coarsest of a few units that all times of the block are multiples of. */
static uint32_t time_unit(const struct event *events, size_t nr)
{
	size_t i = 0;

	while (i < nr && events[i].time_ns % 1000000 == 0)
		i++;
	if (i == nr)
		return 1000000;
	for (i = 0; i < nr; i++) {
		if (events[i].time_ns % 1000)
			return 1;
	}
	return 1000;
}

static void put_table(struct slt_encoder *e, uint32_t unit)
{
	put_number(e, SLT_SHAPES, unit);
	put_number(e, SLT_SHAPES, e->nr_shapes);
	for (uint32_t i = 0; i < e->nr_shapes; i++) {
		const struct shape *shape = &e->shapes[e->order[i]];
		const struct event *common = &shape->common;

		put_byte(e, SLT_SHAPES, common->op);
		put_byte(e, SLT_SHAPES, common->flags);
		put_number(e, SLT_SHAPES, common->gfp);
		put_number(e, SLT_SHAPES, common->bytes_req);
		put_number(e, SLT_SHAPES, (uint32_t)(common->cache + 1));
		put_number(e, SLT_SHAPES, (uint32_t)(common->node + 1));
		put_number(e, SLT_SHAPES, common->call_site);
		put_number(e, SLT_SHAPES, shape->uses);
	}
}

/* --- columns of a byte an event: each in a loop of its own --- */

static void put_shapes(struct slt_encoder *e, size_t nr)
{
	uint8_t *out = e->ends[SLT_SHAPE];

	for (size_t i = 0; i < nr; i++) {
		uint32_t number = e->shapes[e->shape_of[i]].number;

		out[i] = (uint8_t)(number < SLT_WIDE ? number : SLT_WIDE);
		if (number >= SLT_WIDE)
			put_number(e, SLT_SHAPE_WIDE, number - SLT_WIDE);
	}
	e->ends[SLT_SHAPE] += nr;
}

static void put_times(struct slt_encoder *e, const struct event *events,
		      size_t nr, uint32_t unit)
{
	uint64_t before = events[0].time_ns;
	uint8_t *out = e->ends[SLT_TIME];

	for (size_t i = 0; i < nr; i++) {
		uint64_t step = events[i].time_ns - before;

		/* by constants: dividing by a variable takes far longer */
		if (unit == 1000)
			step /= 1000;
		else if (unit == 1000000)
			step /= 1000000;
		out[i] = (uint8_t)(step < SLT_WIDE ? step : SLT_WIDE);
		if (step >= SLT_WIDE)
			put_number(e, SLT_TIME_WIDE, step - SLT_WIDE);
		before = events[i].time_ns;
	}
	e->ends[SLT_TIME] += nr;
}

/* Events since the change before, and the new task. */
static void put_task(struct slt_encoder *e, const struct event *event,
		     size_t index)
{
	put_number(e, SLT_TASK, index - e->task_changed);
	put_number(e, SLT_TASK, event->task);
	e->task_changed = index;
	e->task_of_cpu[event->cpu] = event->task;
	if (event->cpu > e->max_cpu)
		e->max_cpu = event->cpu;
}

static void put_cpus(struct slt_encoder *e, const struct event *events,
		     size_t nr)
{
	uint8_t *out = e->ends[SLT_CPU];

	for (size_t i = 0; i < nr; i++) {
		uint32_t cpu = events[i].cpu;

		out[i] = (uint8_t)(cpu < SLT_WIDE ? cpu : SLT_WIDE);
		if (cpu >= SLT_WIDE)
			put_number(e, SLT_CPU_WIDE, cpu - SLT_WIDE);
		if (events[i].task != e->task_of_cpu[cpu])
			put_task(e, &events[i], i);
	}
	e->ends[SLT_CPU] += nr;
}

/* --- slots --- */

/* @before: what was written last of its kind. */
static void put_far(struct slt_encoder *e, uint32_t *before, uint32_t slot)
{
	int64_t step = (int64_t)slot - *before;

	put_number(e, SLT_FAR,
		   (uint64_t)step << 1 ^ (step < 0 ? UINT64_MAX : 0));
	*before = slot;
}

static bool put_alloc(struct slt_encoder *e, uint32_t group, uint32_t slot)
{
	uint32_t position = e->group_allocs[group]++;
	bool near = e->nr_freed && e->freed[e->nr_freed - 1] == slot;

	*e->ends[SLT_ALLOC]++ = near;
	if (near)
		e->nr_freed--;
	else
		put_far(e, &e->far, slot);
	if (slot >= e->slot_room) {
		if (slot >= MAX_TRACKED)
			return true;
		if (!array_grow(&e->slots, &e->slot_room, slot,
				sizeof(*e->slots)))
			return false;
	}
	e->slots[slot] = (struct slot_state){ e->block, group, position };
	return true;
}

static void put_free(struct slt_encoder *e, uint32_t group, uint32_t slot)
{
	const struct slot_state none = { 0 }, *state = &none;
	uint32_t ago = 0;

	if (slot < e->slot_room)
		state = &e->slots[slot];
	if (state->block == e->block && state->group == group)
		ago = e->group_allocs[group] - state->position;
	*e->ends[SLT_FREE]++ = (uint8_t)(ago < SLT_WIDE ? ago : SLT_WIDE);
	if (ago >= SLT_WIDE)
		put_number(e, SLT_FREE_WIDE, ago - SLT_WIDE);
	if (!ago)
		put_far(e, &e->far, slot);
	e->freed[e->nr_freed++] = slot;
}

static bool put_slots(struct slt_encoder *e, const struct event *events,
		      size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t group = e->shapes[e->shape_of[i]].group;

		switch (events[i].op) {
		case EVENT_ALLOC:
		case EVENT_KMALLOC:
			if (!put_alloc(e, group, events[i].slot))
				return false;
			break;
		case EVENT_FREE:
			put_free(e, group, events[i].slot);
			break;
		case EVENT_PAGE_ALLOC:
		case EVENT_PAGE_FREE:
		case EVENT_PAGE_FREE_BATCHED:
			if (event_pfn(&events[i]) != EVENT_NO_PFN)
				put_far(e, &e->page, events[i].slot);
			break;
		default:
			break;
		}
	}
	return true;
}

static void start_block(struct slt_encoder *e)
{
	e->block++;
	e->nr_freed = 0;
	e->far = 0;
	e->page = 0;
	e->task_changed = 0;
	memset(e->task_of_cpu, 0, (e->max_cpu + 1) * sizeof(e->task_of_cpu[0]));
	e->max_cpu = 0;
	memcpy(e->ends, e->columns, sizeof(e->ends));
}

/* Heads of all columns, then their bytes. */
static size_t pack_columns(struct slt_encoder *e, uint8_t *out)
{
	uint8_t *p = out + (size_t)SLT_NR_COLUMNS * SLT_COLUMN_HEAD_BYTES;

	for (size_t i = 0; i < SLT_NR_COLUMNS; i++) {
		size_t bytes = (size_t)(e->ends[i] - e->columns[i]);
		size_t stored = slt_pack(e->packer, e->columns[i], bytes, p);

		put_le(out + i * SLT_COLUMN_HEAD_BYTES, bytes, 4);
		put_le(out + i * SLT_COLUMN_HEAD_BYTES + 4, stored, 4);
		p += stored;
	}
	return (size_t)(p - out);
}

size_t slt_encode(struct slt_encoder *encoder, const struct event *events,
		  size_t nr, uint8_t *out)
{
	uint32_t unit = time_unit(events, nr);

	start_block(encoder);
	if (!count_shapes(encoder, events, nr))
		return 0;
	number_shapes(encoder);
	memset(encoder->group_allocs, 0,
	       encoder->nr_groups * sizeof(encoder->group_allocs[0]));
	put_table(encoder, unit);
	put_shapes(encoder, nr);
	put_times(encoder, events, nr, unit);
	put_cpus(encoder, events, nr);
	if (!put_slots(encoder, events, nr))
		return 0;
	return pack_columns(encoder, out);
}
