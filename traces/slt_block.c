/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of events. Each block stands alone: shapes and the last task of each
 * CPU start afresh, the first event's time is absolute. The decoder trusts
 * nothing: the CRC proves that bytes are as written, not who wrote them.
 */
#include "traces/slt_block.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

/* What the events of a shape share; the rest of it is zero. */
static struct event shape_of(const struct event *event)
{
	return (struct event){
		.bytes_req = event->bytes_req,
		.cache = event->cache,
		.gfp = event->gfp,
		.call_site = event->call_site,
		.node = event->node,
		.op = event->op,
		.flags = event->flags,
	};
}

/* --- encoding --- */

#define SHAPE_SLOTS (4 * SLT_BLOCK_EVENTS)

struct slt_encoder {
	struct event shapes[SLT_BLOCK_EVENTS];
	uint16_t table[SHAPE_SLOTS]; /* number of a shape + 1, 0: empty */
	uint32_t nr_shapes;
	uint32_t task_of_cpu[SLT_MAX_CPUS];
	uint32_t max_cpu; /* of the block before: what is to be reset */
};

struct slt_encoder *slt_encoder_create(void)
{
	return calloc(1, sizeof(struct slt_encoder));
}

void slt_encoder_destroy(struct slt_encoder *encoder)
{
	free(encoder);
}

static bool same_shape(const struct event *a, const struct event *b)
{
	return a->bytes_req == b->bytes_req && a->cache == b->cache &&
	       a->gfp == b->gfp && a->call_site == b->call_site &&
	       a->node == b->node && a->op == b->op && a->flags == b->flags;
}

static uint32_t shape_place(const struct event *event)
{
	uint64_t hash = event->call_site;

	hash = hash << 20 ^ event->cache;
	hash = hash << 13 ^ event->bytes_req;
	hash ^= (uint64_t)event->op << 40 ^ (uint64_t)event->gfp << 48 ^
		(uint64_t)event->flags << 56 ^ (uint64_t)event->node << 32;
	return (uint32_t)(hash * 0x9e3779b97f4a7c15 >> 40) % SHAPE_SLOTS;
}

static uint8_t *put_shape(const struct event *shape, uint8_t *out)
{
	*out++ = shape->op;
	*out++ = shape->flags;
	out = put_varint(out, shape->gfp);
	out = put_varint(out, shape->bytes_req);
	out = put_varint(out, (uint32_t)(shape->cache + 1));
	out = put_varint(out, (uint64_t)(shape->node + 1));
	return put_varint(out, shape->call_site);
}

/* The number of the event's shape, with the shape itself if it is new. */
static uint8_t *put_shape_number(struct slt_encoder *encoder,
				 const struct event *event, uint8_t *out)
{
	uint32_t at = shape_place(event);

	for (; encoder->table[at]; at = (at + 1) % SHAPE_SLOTS) {
		uint32_t number = encoder->table[at] - 1u;

		if (same_shape(&encoder->shapes[number], event))
			return put_varint(out, number);
	}
	out = put_varint(out, encoder->nr_shapes);
	encoder->shapes[encoder->nr_shapes++] = shape_of(event);
	encoder->table[at] = (uint16_t)encoder->nr_shapes;
	return put_shape(event, out);
}

/* The coarsest of a few units that all times of the block are multiples of. */
static uint32_t time_unit(const struct event *events, size_t nr)
{
	uint32_t unit = 1000000;

	for (size_t i = 0; i < nr; i++) {
		while (events[i].time_ns % unit)
			unit /= 1000;
	}
	return unit;
}

static uint8_t *put_event(struct slt_encoder *encoder,
			  const struct event *event, uint64_t steps,
			  uint8_t *out)
{
	uint32_t *task = &encoder->task_of_cpu[event->cpu];
	uint32_t new_task = event->task != *task;

	out = put_shape_number(encoder, event, out);
	out = put_varint(out, steps);
	out = put_varint(out, (uint32_t)event->cpu << 1 | new_task);
	if (new_task)
		out = put_varint(out, event->task);
	*task = event->task;
	if (event->cpu > encoder->max_cpu)
		encoder->max_cpu = event->cpu;
	return put_varint(out, (uint32_t)(event->slot + 1));
}

size_t slt_encode(struct slt_encoder *encoder, const struct event *events,
		  size_t nr, uint8_t *out)
{
	uint32_t unit = time_unit(events, nr);
	uint64_t before = events[0].time_ns;
	uint8_t *p = out + SLT_BLOCK_HEAD_BYTES;
	size_t bytes;
	uint32_t crc;

	memset(encoder->table, 0, sizeof(encoder->table));
	memset(encoder->task_of_cpu, 0,
	       (encoder->max_cpu + 1) * sizeof(encoder->task_of_cpu[0]));
	encoder->nr_shapes = 0;
	encoder->max_cpu = 0;
	p = put_varint(p, unit);
	p = put_varint(p, before);
	for (size_t i = 0; i < nr; i++) {
		p = put_event(encoder, &events[i],
			      (events[i].time_ns - before) / unit, p);
		before = events[i].time_ns;
	}
	bytes = (size_t)(p - out) - SLT_BLOCK_HEAD_BYTES;
	put_le(out, nr, 4);
	put_le(out + 4, bytes, 4);
	crc = lzma_crc32(out, 8, 0);
	crc = lzma_crc32(out + SLT_BLOCK_HEAD_BYTES, bytes, crc);
	put_le(out + 8, crc, 4);
	return SLT_BLOCK_HEAD_BYTES + bytes;
}

/* --- decoding --- */

struct slt_decoder {
	const struct trace_header *header;
	struct event shapes[SLT_BLOCK_EVENTS];
	uint32_t nr_shapes;
	uint32_t *task_of_cpu; /* header->cpus of them */
};

struct slt_decoder *slt_decoder_create(const struct trace_header *header)
{
	struct slt_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->header = header;
	decoder->task_of_cpu = calloc(header->cpus, sizeof(uint32_t));
	if (decoder->task_of_cpu)
		return decoder;
	free(decoder);
	return NULL;
}

void slt_decoder_destroy(struct slt_decoder *decoder)
{
	if (!decoder)
		return;
	free(decoder->task_of_cpu);
	free(decoder);
}

static bool op_uses_slot(uint8_t op)
{
	return op == EVENT_ALLOC || op == EVENT_KMALLOC || op == EVENT_FREE;
}

/* Does the operation have what it needs, and are the numbers in range? */
static bool shape_valid(const struct trace_header *header,
			const struct event *shape)
{
	bool cache = shape->cache != EVENT_NO_CACHE;

	if (shape->call_site >= header->nr_call_sites ||
	    (cache && shape->cache >= header->nr_caches) ||
	    shape->flags & ~(EVENT_IMPLICIT | EVENT_BY_KFREE))
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
	default:
		return false;
	}
}

static const uint8_t *get_shape(struct slt_decoder *decoder, const uint8_t *in)
{
	struct event *shape;
	uint64_t gfp, bytes_req, cache, node, call_site;

	if (decoder->nr_shapes == SLT_BLOCK_EVENTS)
		return NULL;
	shape = &decoder->shapes[decoder->nr_shapes++];
	memset(shape, 0, sizeof(*shape));
	shape->op = *in++;
	shape->flags = *in++;
	in = get_varint(in, &gfp);
	in = get_varint(in, &bytes_req);
	in = get_varint(in, &cache);
	in = get_varint(in, &node);
	in = get_varint(in, &call_site);
	if (gfp > UINT32_MAX || bytes_req > UINT32_MAX || cache > UINT32_MAX ||
	    node > INT16_MAX + 1u || call_site > UINT32_MAX)
		return NULL;
	shape->gfp = (uint32_t)gfp;
	shape->bytes_req = (uint32_t)bytes_req;
	shape->cache = (uint32_t)cache - 1;
	shape->node = (int16_t)((int64_t)node - 1);
	shape->call_site = (uint32_t)call_site;
	return shape_valid(decoder->header, shape) ? in : NULL;
}

struct block_time {
	uint64_t now, unit, max_steps;
};

/*
 * One event. Reads at most 102 bytes (five varints and a shape of 52), so an
 * event that leads past the payload stays within the padding; the caller sees
 * that it went too far.
 */
static const uint8_t *get_event(struct slt_decoder *decoder, const uint8_t *in,
				struct block_time *time, struct event *event)
{
	const struct trace_header *header = decoder->header;
	uint64_t shape, steps, cpu, task, slot;

	in = get_varint(in, &shape);
	if (shape >= decoder->nr_shapes) {
		in = shape == decoder->nr_shapes ? get_shape(decoder, in) :
						   NULL;
		if (!in)
			return NULL;
	}
	*event = decoder->shapes[shape];
	in = get_varint(in, &steps);
	in = get_varint(in, &cpu);
	if (cpu >> 1 >= header->cpus || steps > time->max_steps)
		return NULL;
	if (cpu & 1) {
		in = get_varint(in, &task);
		if (task >= header->nr_tasks)
			return NULL;
		decoder->task_of_cpu[cpu >> 1] = (uint32_t)task;
	}
	in = get_varint(in, &slot);
	if (slot > header->nr_slots || (slot > 0) != op_uses_slot(event->op))
		return NULL;
	time->now += steps * time->unit;
	event->time_ns = time->now;
	event->cpu = (uint16_t)(cpu >> 1);
	event->task = decoder->task_of_cpu[cpu >> 1];
	event->slot = (uint32_t)slot - 1;
	return time->now <= header->end_ns ? in : NULL;
}

bool slt_decode(struct slt_decoder *decoder, const uint8_t *payload,
		size_t bytes, struct event *events, size_t nr,
		uint64_t *last_ns)
{
	const uint8_t *end = payload + bytes, *in = payload;
	struct block_time time;

	decoder->nr_shapes = 0;
	memset(decoder->task_of_cpu, 0,
	       decoder->header->cpus * sizeof(uint32_t));
	in = get_varint(in, &time.unit);
	in = get_varint(in, &time.now);
	if (time.unit == 0 || time.unit > 1000000 || time.now < *last_ns ||
	    time.now > decoder->header->end_ns)
		return false;
	/* no sum of two valid times and steps exceeds 64 bits */
	time.max_steps = SLT_MAX_TIME_NS / time.unit;
	for (size_t i = 0; i < nr; i++) {
		if (in >= end)
			return false;
		in = get_event(decoder, in, &time, &events[i]);
		if (!in)
			return false;
	}
	*last_ns = time.now;
	return in == end;
}
