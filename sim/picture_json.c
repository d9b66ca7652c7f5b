/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See picture_json.h. */
#define _POSIX_C_SOURCE 200809L

#include "sim/picture_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/slab.h"

/* --- who holds what ------------------------------------------------------ */

bool picture_holders_add(struct picture_holders *holders,
			 const struct machine *m, obj_t obj, uint64_t id)
{
	size_t room = holders->room ? 2 * holders->room : 256;
	struct picture_holder *grown;
	struct obj_place place;

	if (holders->nr == holders->room) {
		grown = realloc(holders->holders, room * sizeof(*grown));
		if (!grown)
			return false;
		holders->holders = grown;
		holders->room = room;
	}
	obj_locate(m, obj, &place);
	holders->holders[holders->nr++] = (struct picture_holder){
		.slab = obj_slab(obj), .index = place.index, .id = id
	};
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct picture_holder *x = a, *y = b;

	if (x->slab != y->slab)
		return x->slab < y->slab ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void picture_holders_sort(struct picture_holders *holders)
{
	if (holders->nr)
		qsort(holders->holders, holders->nr, sizeof(*holders->holders),
		      by_place);
}

void picture_holders_release(struct picture_holders *holders)
{
	free(holders->holders);
}

static const struct picture_holder *
find_holder(const struct picture_holders *holders, uint32_t slab,
	    uint32_t index)
{
	const struct picture_holder wanted = { .slab = slab, .index = index };

	if (!holders->nr)
		return NULL;
	return bsearch(&wanted, holders->holders, holders->nr, sizeof(wanted),
		       by_place);
}

/* --- writing ------------------------------------------------------------- */

static void print_info(FILE *out, const struct cache_info *info)
{
	fprintf(out,
		"\"size\":%" PRIu64 ",\"slot\":%" PRIu64 ",\"num\":%" PRIu32
		",\"pages\":%" PRIu64 ",\"off_slab\":%s",
		(uint64_t)info->user_bytes, (uint64_t)info->buffer_bytes,
		info->num, (uint64_t)1 << info->gfporder,
		info->off_slab ? "true" : "false");
}

#define PRINT_COUNTER(name, text) \
	fprintf(out, ",\"" #name "\":%" PRIu64, counters->name);

static void print_counters(FILE *out, const struct cpu_stats *counters)
{
	CPU_STATS(PRINT_COUNTER)
}

static void print_node_counters(FILE *out, const struct node_stats *counters)
{
	NODE_STATS(PRINT_COUNTER)
}

/* ,"avail":2,"limit":12,"objs":["0:1.7",...]: from the bottom to the top. */
static void print_array(FILE *out, const struct picture *picture,
			const struct picture_array *array)
{
	const struct picture_entry *entry;

	fprintf(out, ",\"limit\":%" PRId64 ",\"touched\":%s,\"objs\":[",
		array->limit, array->touched ? "true" : "false");
	for (int64_t i = 0; i < array->avail; i++) {
		entry = &picture->entries[array->first + (size_t)i];
		fprintf(out, "%s\"%" PRIu32 ":%" PRIu64 ".%" PRIu32 "\"",
			i ? "," : "", entry->nodeid, entry->grow_number,
			entry->index);
	}
	fputc(']', out);
}

static void print_cpus(FILE *out, const struct picture *picture,
		       const struct machine *m)
{
	const struct picture_array *array;
	const char *comma = "";

	for (uint32_t cpu = 0; cpu < picture->nr_cpus; cpu++) {
		array = picture_cpu(picture, cpu);
		if (array->avail < 0)
			continue;
		fprintf(out,
			"%s{\"cpu\":%" PRIu32 ",\"node\":%" PRIu32
			",\"batch\":%" PRIu32,
			comma, cpu, machine_cpu_node(m, cpu),
			array->batchcount);
		print_array(out, picture, array);
		print_counters(out, kmem_cpu_stats(m, picture->cachep, cpu));
		fputc('}', out);
		comma = ",";
	}
}

static void print_aliens(FILE *out, const struct picture *picture,
			 uint32_t node)
{
	const struct picture_array *array;
	const char *comma = "";

	for (uint32_t other = 0; other < picture->nr_nodes; other++) {
		array = picture_alien(picture, node, other);
		if (array->avail < 0)
			continue;
		fprintf(out, "%s{\"for\":%" PRIu32, comma, other);
		print_array(out, picture, array);
		fputc('}', out);
		comma = ",";
	}
}

static void print_nodes(FILE *out, const struct picture *picture,
			const struct machine *m)
{
	const struct picture_array *shared;

	for (uint32_t node = 0; node < picture->nr_nodes; node++) {
		shared = picture_shared(picture, node);
		fprintf(out,
			"%s{\"node\":%" PRIu32 ",\"shared\":", node ? "," : "",
			node);
		if (shared->avail < 0) {
			fputs("null", out);
		} else {
			fprintf(out, "{\"avail\":%" PRId64, shared->avail);
			print_array(out, picture, shared);
			fputc('}', out);
		}
		fputs(",\"aliens\":[", out);
		print_aliens(out, picture, node);
		fputc(']', out);
		print_node_counters(out,
				    kmem_node_stats(m, picture->cachep, node));
		fputc('}', out);
	}
}

/* "f": free; "l7": live, the scenario's object 7; "c1.5": in CPU 1's array. */
static void print_object(FILE *out, const struct picture_object *object,
			 const struct picture_holder *holder)
{
	fprintf(out, "\"%c", picture_letter(object));
	if (object->place == OBJECT_LIVE && holder)
		fprintf(out, "%" PRIu64, holder->id);
	if (object->place > OBJECT_LIVE)
		fprintf(out, "%u.%" PRIu32, (unsigned int)object->where,
			object->position);
	fputc('"', out);
}

static void print_slab(FILE *out, const struct picture *picture,
		       const struct picture_slab *slab,
		       const struct picture_holders *holders)
{
	fprintf(out,
		"{\"node\":%" PRIu32 ",\"list\":\"%s\",\"slab\":%" PRIu64
		",\"next\":%" PRId64 ",\"objs\":[",
		slab->view.nodeid, slab_list_word(slab->list),
		slab->view.grow_number, slab->view.first_free);
	for (uint32_t i = 0; i < picture->info.num; i++) {
		if (i)
			fputc(',', out);
		print_object(out, &picture->objects[slab->first + i],
			     find_holder(holders, slab->view.slab, i));
	}
	fputs("]}", out);
}

char *picture_json(const struct picture *picture, const struct machine *m,
		   const struct picture_holders *holders)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	fputc('{', out);
	print_info(out, &picture->info);
	fputs(",\"cpus\":[", out);
	print_cpus(out, picture, m);
	fputs("],\"nodes\":[", out);
	print_nodes(out, picture, m);
	fputs("],\"slabs\":[", out);
	for (size_t i = 0; i < picture->nr_slabs; i++) {
		if (i)
			fputc(',', out);
		print_slab(out, picture, &picture->slabs[i], holders);
	}
	fputs("]}", out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
