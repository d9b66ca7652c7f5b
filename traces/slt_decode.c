/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns to events. slt_decoder_start unpacks a block and reads its table of
 * shapes; slt_decode then walks all columns at once, an event after the other,
 * right into the caller's array. Each column ends with PADDING zeroes, so that
 * a varint can be read without looking where the column ends; whether it went
 * too far is seen after it.
 */
#include "traces/slt_block.h"

#include <stdlib.h>
#include <string.h>

#include "traces/slt_pack.h"

#define PADDING 16

/* What an operation does to its slot. */
enum slot_use { SLOT_NONE, SLOT_TAKEN, SLOT_FREED, SLOT_PAGE };

/* What the events of a shape share. */
struct shape {
	struct event common;
	uint32_t group;
	enum slot_use use;
};

/* The allocations of a group of this block, in @recent. */
struct group {
	uint32_t start, next, end;
};

struct column {
	const uint8_t *p, *end;
};

struct slt_decoder {
	const struct trace_header *header;
	struct slt_unpacker *unpacker;
	struct shape *shapes; /* SLT_BLOCK_EVENTS of room */
	uint32_t nr_shapes;
	uint32_t *group_of; /* of each cache + 1: the group + 1; 0: none yet */
	struct group *groups;
	uint32_t nr_groups;
	uint32_t *recent; /* slots of the block's allocations, by group */
	uint32_t *freed;  /* a stack of slots */
	uint32_t nr_freed, far;
	uint32_t page;         /* the page frame read last */
	uint32_t *task_of_cpu; /* header->cpus of them */
	uint64_t now_ns, unit, max_steps;
	size_t index, nr; /* of the next event; in the block */
	size_t task_change;
	struct column columns[SLT_NR_COLUMNS];
	uint8_t *data; /* what the columns point to */
	size_t data_room;
};

static bool allocate(struct slt_decoder *d)
{
	const size_t nr = SLT_BLOCK_EVENTS;

	d->unpacker = slt_unpacker_create();
	d->shapes = malloc(nr * sizeof(*d->shapes));
	d->group_of =
		calloc((size_t)d->header->nr_caches + 1, sizeof(*d->group_of));
	d->groups = malloc(nr * sizeof(*d->groups));
	d->recent = malloc(nr * sizeof(*d->recent));
	d->freed = malloc(nr * sizeof(*d->freed));
	d->task_of_cpu = calloc(d->header->cpus, sizeof(*d->task_of_cpu));
	return d->unpacker && d->shapes && d->group_of && d->groups &&
	       d->recent && d->freed && d->task_of_cpu;
}

struct slt_decoder *slt_decoder_create(const struct trace_header *header)
{
	struct slt_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->header = header;
	if (allocate(decoder))
		return decoder;
	slt_decoder_destroy(decoder);
	return NULL;
}

void slt_decoder_destroy(struct slt_decoder *decoder)
{
	if (!decoder)
		return;
	slt_unpacker_destroy(decoder->unpacker);
	free(decoder->shapes);
	free(decoder->group_of);
	free(decoder->groups);
	free(decoder->recent);
	free(decoder->freed);
	free(decoder->task_of_cpu);
	free(decoder->data);
	free(decoder);
}

/* --- the columns --- */

static bool make_room(struct slt_decoder *d, size_t bytes)
{
	uint8_t *data;

	if (bytes <= d->data_room)
		return true;
	data = realloc(d->data, bytes);
	if (!data)
		return false;
	d->data = data;
	d->data_room = bytes;
	return true;
}

/* Room for all columns, if they may be as long as they say. */
static bool measure(struct slt_decoder *d, const uint8_t *heads, size_t nr)
{
	size_t sum = 0;

	for (size_t i = 0; i < SLT_NR_COLUMNS; i++) {
		size_t bytes = get_le(heads + i * SLT_COLUMN_HEAD_BYTES, 4);

		/* the table of shapes has a head of its own */
		if (bytes > nr * SLT_COLUMN_EVENT_BYTES + PADDING)
			return false;
		sum += bytes + PADDING;
	}
	return make_room(d, sum);
}

static bool unpack_columns(struct slt_decoder *d, const uint8_t *payload,
			   size_t bytes, size_t nr)
{
	const size_t heads_bytes =
		(size_t)SLT_NR_COLUMNS * SLT_COLUMN_HEAD_BYTES;
	const uint8_t *p = payload + heads_bytes, *end = payload + bytes;
	uint8_t *out;

	if (bytes < heads_bytes || !measure(d, payload, nr))
		return false;
	out = d->data;
	for (size_t i = 0; i < SLT_NR_COLUMNS; i++) {
		const uint8_t *head = payload + i * SLT_COLUMN_HEAD_BYTES;
		size_t size = get_le(head, 4), stored = get_le(head + 4, 4);

		if (stored > (size_t)(end - p) ||
		    !slt_unpack(d->unpacker, p, stored, out, size))
			return false;
		d->columns[i] = (struct column){ out, out + size };
		memset(out + size, 0, PADDING);
		out += size + PADDING;
		p += stored;
	}
	return p == end;
}

/* A varint of a column; false: it is not there, or more than @max. */
static bool get_number(struct column *column, uint64_t max, uint64_t *value)
{
	if (column->p >= column->end)
		return false;
	column->p = get_varint(column->p, value);
	return column->p <= column->end && *value <= max;
}

/* --- shapes --- */

static enum slot_use slot_use(const struct event *shape)
{
	switch (shape->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		return SLOT_TAKEN;
	case EVENT_FREE:
		return SLOT_FREED;
	default:
		return event_is_page(shape) &&
				       event_pfn(shape) != EVENT_NO_PFN ?
			       SLOT_PAGE :
			       SLOT_NONE;
	}
}

/* Only a file whose header counts events of pages has any. */
static bool page_valid(const struct trace_header *header,
		       const struct event *shape)
{
	const struct trace_counts *counts = &header->counts;

	return (counts->page_allocs || counts->page_frees) &&
	       shape->cache == EVENT_NO_CACHE && shape->flags == 0 &&
	       event_page_order(shape) <= EVENT_MAX_ORDER &&
	       event_page_migratetype(shape) <= EVENT_MAX_MIGRATETYPE;
}

/* Does the operation have what it needs, and are the numbers in range? */
static bool shape_valid(const struct trace_header *header,
			const struct event *shape)
{
	bool cache = shape->cache != EVENT_NO_CACHE;

	if (shape->call_site >= header->nr_call_sites ||
	    (cache && shape->cache >= header->nr_caches))
		return false;
	switch (shape->op) {
	case EVENT_ALLOC:
	case EVENT_CREATE:
		return cache;
	case EVENT_KMALLOC:
		return !cache;
	case EVENT_FREE:
	case EVENT_FREE_UNKNOWN:
		return true;
	case EVENT_PAGE_ALLOC:
	case EVENT_PAGE_FREE:
	case EVENT_PAGE_FREE_BATCHED:
		return page_valid(header, shape);
	default:
		return false;
	}
}

/* The group of a shape's cache; @uses more allocations if it is one. */
static void count_group(struct slt_decoder *d, struct shape *shape,
			uint32_t uses)
{
	uint32_t *group_of = &d->group_of[(uint32_t)(shape->common.cache + 1)];

	if (!*group_of) {
		d->groups[d->nr_groups++] = (struct group){ 0 };
		*group_of = d->nr_groups;
	}
	shape->group = *group_of - 1;
	if (shape->use == SLOT_TAKEN)
		d->groups[shape->group].end += uses;
}

static bool get_shape(struct slt_decoder *d, struct shape *shape,
		      uint64_t *uses)
{
	struct column *in = &d->columns[SLT_SHAPES];
	uint64_t gfp, bytes_req, cache, node, call_site;

	if (in->end - in->p < 2)
		return false;
	shape->common = (struct event){ .op = in->p[0], .flags = in->p[1] };
	in->p += 2;
	if (!get_number(in, UINT32_MAX, &gfp) ||
	    !get_number(in, UINT32_MAX, &bytes_req) ||
	    !get_number(in, UINT32_MAX, &cache) ||
	    !get_number(in, INT16_MAX + 1u, &node) ||
	    !get_number(in, UINT32_MAX, &call_site) ||
	    !get_number(in, SLT_BLOCK_EVENTS, uses))
		return false;
	shape->common.slot = EVENT_NO_SLOT;
	shape->common.gfp = (uint32_t)gfp;
	shape->common.bytes_req = (uint32_t)bytes_req;
	shape->common.cache = (uint32_t)cache - 1;
	shape->common.node = (int16_t)((int64_t)node - 1);
	shape->common.call_site = (uint32_t)call_site;
	shape->use = slot_use(&shape->common);
	return shape_valid(d->header, &shape->common);
}

static bool get_shapes(struct slt_decoder *d, uint64_t nr_shapes, size_t nr)
{
	uint64_t sum = 0;

	for (d->nr_shapes = 0; d->nr_shapes < nr_shapes; d->nr_shapes++) {
		struct shape *shape = &d->shapes[d->nr_shapes];
		uint64_t uses;

		if (!get_shape(d, shape, &uses) || uses > nr - sum)
			return false;
		sum += uses;
		count_group(d, shape, (uint32_t)uses);
	}
	return sum == nr;
}

static bool get_table(struct slt_decoder *d, size_t nr)
{
	struct column *in = &d->columns[SLT_SHAPES];
	uint64_t nr_shapes;
	bool valid;

	d->nr_groups = 0;
	d->nr_shapes = 0;
	valid = get_number(in, 1000000, &d->unit) && d->unit &&
		get_number(in, nr, &nr_shapes) && get_shapes(d, nr_shapes, nr);
	/* clean for the next block */
	for (uint32_t i = 0; i < d->nr_shapes; i++)
		d->group_of[(uint32_t)(d->shapes[i].common.cache + 1)] = 0;
	return valid && in->p == in->end;
}

/* From sizes of groups to where each begins and ends. */
static void place_groups(struct slt_decoder *d)
{
	uint32_t start = 0;

	for (uint32_t i = 0; i < d->nr_groups; i++) {
		struct group *group = &d->groups[i];

		group->start = start;
		group->next = start;
		group->end += start;
		start = group->end;
	}
}

/* Where the task changes next; without more changes, nowhere. */
static bool next_task_change(struct slt_decoder *d)
{
	struct column *in = &d->columns[SLT_TASK];
	uint64_t step;

	if (in->p == in->end) {
		d->task_change = SIZE_MAX;
		return true;
	}
	if (!get_number(in, SLT_BLOCK_EVENTS, &step))
		return false;
	d->task_change += step;
	return d->task_change < d->nr;
}

static size_t column_bytes(const struct slt_decoder *d, enum slt_column column)
{
	return (size_t)(d->columns[column].end - d->columns[column].p);
}

bool slt_decoder_start(struct slt_decoder *decoder, const uint8_t *payload,
		       size_t bytes, size_t nr, uint64_t first_ns)
{
	struct slt_decoder *d = decoder;

	d->index = 0;
	d->nr = nr;
	d->nr_freed = 0;
	d->far = 0;
	d->page = 0;
	d->task_change = 0;
	d->now_ns = first_ns;
	memset(d->task_of_cpu, 0, d->header->cpus * sizeof(uint32_t));
	if (first_ns > d->header->end_ns ||
	    !unpack_columns(d, payload, bytes, nr) || !get_table(d, nr))
		return false;
	/* no sum of two valid times and steps exceeds 64 bits */
	d->max_steps = SLT_MAX_TIME_NS / d->unit;
	place_groups(d);
	return column_bytes(d, SLT_SHAPE) == nr &&
	       column_bytes(d, SLT_TIME) == nr &&
	       column_bytes(d, SLT_CPU) == nr && next_task_change(d);
}

/* --- events --- */

/* The rest of a number that did not fit its byte. */
static bool get_wide(struct slt_decoder *d, enum slt_column column,
		     uint64_t max, uint64_t *value)
{
	if (!get_number(&d->columns[column], max, value))
		return false;
	*value += SLT_WIDE;
	return *value <= max;
}

/* @before: what was read last of its kind. @nr: it is less. */
static bool get_step(struct slt_decoder *d, uint32_t *before, uint64_t nr)
{
	uint64_t zigzag, far;

	if (!get_number(&d->columns[SLT_FAR], (uint64_t)UINT32_MAX << 1 | 1,
			&zigzag))
		return false;
	far = *before + (zigzag >> 1 ^ (zigzag & 1 ? UINT64_MAX : 0));
	if (far >= nr)
		return false;
	*before = (uint32_t)far;
	return true;
}

static bool get_far(struct slt_decoder *d, uint32_t *slot)
{
	if (!get_step(d, &d->far, d->header->nr_slots))
		return false;
	*slot = d->far;
	return true;
}

static bool get_page(struct slt_decoder *d, uint32_t *slot)
{
	if (!get_step(d, &d->page, UINT64_C(1) << 32))
		return false;
	*slot = d->page;
	return true;
}

static bool take_slot(struct slt_decoder *d, uint32_t group_number,
		      uint32_t *slot)
{
	struct column *in = &d->columns[SLT_ALLOC];
	struct group *group = &d->groups[group_number];

	if (in->p == in->end || group->next == group->end)
		return false;
	if (*in->p++) {
		if (!d->nr_freed)
			return false;
		*slot = d->freed[--d->nr_freed];
	} else if (!get_far(d, slot)) {
		return false;
	}
	d->recent[group->next++] = *slot;
	return true;
}

static bool free_slot(struct slt_decoder *d, uint32_t group_number,
		      uint32_t *slot)
{
	struct column *in = &d->columns[SLT_FREE];
	const struct group *group = &d->groups[group_number];
	uint64_t ago;

	if (in->p == in->end)
		return false;
	ago = *in->p++;
	if (ago == SLT_WIDE &&
	    !get_wide(d, SLT_FREE_WIDE, SLT_BLOCK_EVENTS, &ago))
		return false;
	if (ago > group->next - group->start)
		return false;
	if (ago)
		*slot = d->recent[group->next - ago];
	else if (!get_far(d, slot))
		return false;
	d->freed[d->nr_freed++] = *slot;
	return true;
}

static bool change_task(struct slt_decoder *d, uint32_t cpu)
{
	uint64_t task;

	if (!get_number(&d->columns[SLT_TASK], UINT32_MAX, &task) ||
	    task >= d->header->nr_tasks)
		return false;
	d->task_of_cpu[cpu] = (uint32_t)task;
	return next_task_change(d);
}

static bool wide_time(struct slt_decoder *d, uint64_t *now_ns)
{
	uint64_t steps;

	if (!get_wide(d, SLT_TIME_WIDE, d->max_steps, &steps))
		return false;
	*now_ns += steps * d->unit;
	return *now_ns <= d->header->end_ns;
}

/* All columns used up: nothing was said that no event needed. */
static bool at_end(const struct slt_decoder *d)
{
	return d->task_change == SIZE_MAX && !column_bytes(d, SLT_SHAPE_WIDE) &&
	       !column_bytes(d, SLT_TIME_WIDE) &&
	       !column_bytes(d, SLT_CPU_WIDE) && !column_bytes(d, SLT_ALLOC) &&
	       !column_bytes(d, SLT_FREE) && !column_bytes(d, SLT_FREE_WIDE) &&
	       !column_bytes(d, SLT_FAR);
}

/*
 * The loop that all reading goes through: what changes with each event is in
 * local variables, because each byte read might else be one of the decoder's.
 */
static bool decode(struct slt_decoder *d, struct event *restrict events,
		   size_t nr)
{
	const uint8_t *shapes = d->columns[SLT_SHAPE].p + d->index;
	const uint8_t *times = d->columns[SLT_TIME].p + d->index;
	const uint8_t *cpus = d->columns[SLT_CPU].p + d->index;
	const uint32_t nr_shapes = d->nr_shapes, nr_cpus = d->header->cpus;
	const uint64_t unit = d->unit;
	uint64_t now_ns = d->now_ns;

	for (size_t i = 0; i < nr; i++) {
		uint64_t number = shapes[i], cpu = cpus[i];
		const struct shape *shape;
		uint32_t slot = EVENT_NO_SLOT;

		if (number == SLT_WIDE &&
		    !get_wide(d, SLT_SHAPE_WIDE, SLT_BLOCK_EVENTS, &number))
			return false;
		if (cpu == SLT_WIDE &&
		    !get_wide(d, SLT_CPU_WIDE, SLT_MAX_CPUS, &cpu))
			return false;
		if (number >= nr_shapes || cpu >= nr_cpus)
			return false;
		shape = &d->shapes[number];
		/* below SLT_WIDE, it is checked after the loop */
		if (times[i] != SLT_WIDE)
			now_ns += times[i] * unit;
		else if (!wide_time(d, &now_ns))
			return false;
		if (d->index + i == d->task_change &&
		    !change_task(d, (uint32_t)cpu))
			return false;
		if (shape->use == SLOT_TAKEN ?
			    !take_slot(d, shape->group, &slot) :
		    shape->use == SLOT_FREED ?
			    !free_slot(d, shape->group, &slot) :
			    shape->use == SLOT_PAGE && !get_page(d, &slot))
			return false;
		events[i] = shape->common;
		events[i].time_ns = now_ns;
		events[i].cpu = (uint16_t)cpu;
		events[i].task = d->task_of_cpu[cpu];
		events[i].slot = slot;
	}
	d->now_ns = now_ns;
	return now_ns <= d->header->end_ns;
}

bool slt_decode(struct slt_decoder *decoder, struct event *events, size_t nr)
{
	if (!decode(decoder, events, nr))
		return false;
	decoder->index += nr;
	return decoder->index < decoder->nr || at_end(decoder);
}
