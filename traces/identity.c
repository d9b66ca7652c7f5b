/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity of objects. Reading fills two dictionaries, of names and of keys;
 * a key remembers the one name its objects had so far, or that they had
 * several. Finishing goes over the events once, to count those of each shape;
 * the rest is about shapes: allocations in the order of their first event (a
 * cache is defined at its first), then frees of unknown objects. The cache of
 * another free is that of the object in its slot.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/cache_define.h"
#include "traces/error.h"
#include "traces/site_names.h"

/* key_name: a name's number, or: */
#define KEY_UNNAMED UINT32_MAX
#define KEY_AMBIGUOUS (UINT32_MAX - 1)

/* In .flags of an EVENT_ALLOC, until the end: its free has named it. */
#define NAMED_BY_FREE 0x80

/* key_given */
#define GIVEN_BY_MAP 1
#define GIVEN_BY_SLABINFO 2

bool identity_init(struct identity *identity)
{
	memset(identity, 0, sizeof(*identity));
	return dict_init(&identity->names) && dict_init(&identity->keys);
}

void identity_release(struct identity *identity)
{
	dict_release(&identity->names);
	dict_release(&identity->keys);
	free(identity->key_name);
	free(identity->key_given);
	free(identity->seen);
	free(identity->renamed);
	memset(identity, 0, sizeof(*identity));
}

static bool grow_keys(struct identity *identity)
{
	uint32_t room = identity->keys.room;
	uint32_t *names = realloc(identity->key_name, room * sizeof(*names));

	if (!names)
		return false;
	identity->key_name = names;
	if (!array_resize(&identity->key_given, identity->key_room, room, 1))
		return false;
	for (uint32_t i = identity->key_room; i < room; i++)
		names[i] = KEY_UNNAMED;
	identity->key_room = room;
	return true;
}

bool identity_intern(struct identity *identity, const char *name, size_t bytes,
		     uint32_t *number)
{
	*number = dict_add(&identity->names, name, bytes);
	return *number < IDENTITY_BY_KEY &&
	       array_reach(&identity->seen, &identity->seen_room, *number,
			   sizeof(*identity->seen));
}

/* Note the sizes of an allocation of cache @name. */
static void see_sizes(struct identity *identity, uint32_t name,
		      uint32_t key_number)
{
	struct cache_seen *seen = &identity->seen[name];
	struct identity_key key;

	memcpy(&key, identity->keys.strings[key_number], sizeof(key));
	if (!seen->max_req || key.bytes_req < seen->min_req)
		seen->min_req = key.bytes_req;
	if (key.bytes_req < seen->max_req ||
	    (key.bytes_req == seen->max_req &&
	     key.bytes_alloc <= seen->traced_bytes))
		return;
	seen->max_req = key.bytes_req;
	seen->traced_bytes = key.bytes_alloc;
}

/* A new key: does the map name it? Then nothing else will. */
static bool ask_map(struct identity *identity, const struct identity_key *key,
		    uint32_t number)
{
	const char *name;

	if (!identity->hints)
		return true;
	name = cache_map_find(&identity->hints->map, key->bytes_req,
			      key->bytes_alloc,
			      identity->call_sites->strings[key->call_site]);
	if (!name)
		return true;
	if (!identity_intern(identity, name, strlen(name),
			     &identity->key_name[number]))
		return false;
	identity->key_given[number] = GIVEN_BY_MAP;
	see_sizes(identity, identity->key_name[number], number);
	return true;
}

bool identity_key(struct identity *identity, const struct identity_key *key,
		  uint32_t *cache)
{
	uint32_t before = identity->keys.nr;
	uint32_t number =
		dict_add(&identity->keys, (const char *)key, sizeof(*key));

	if (number >= IDENTITY_BY_KEY)
		return false;
	*cache = IDENTITY_BY_KEY | number;
	if (number >= identity->key_room && !grow_keys(identity))
		return false;
	return identity->keys.nr == before || ask_map(identity, key, number);
}

/* The first object of this key and name; ones like it follow. */
static bool rename_shape(struct identity *identity, struct event_shapes *shapes,
			 struct event named, uint32_t name,
			 struct renamed *renamed)
{
	uint32_t key = named.cache & ~IDENTITY_BY_KEY;

	if (identity->key_name[key] == KEY_UNNAMED)
		identity->key_name[key] = name;
	else if (identity->key_name[key] != name)
		identity->key_name[key] = KEY_AMBIGUOUS;
	see_sizes(identity, name, key);
	named.cache = name;
	if (renamed->own_free)
		named.flags |= NAMED_BY_FREE;
	renamed->shape = event_shapes_number(shapes, &named);
	renamed->name = renamed->shape != EVENT_SHAPE_NONE ? name : 0;
	return renamed->name != 0;
}

bool identity_name(struct identity *identity, struct event_shapes *shapes,
		   uint32_t *shape, uint32_t name, bool own_free)
{
	const struct event *alloc = &shapes->shapes[*shape];
	struct renamed *renamed;

	if (!array_reach(&identity->renamed, &identity->renamed_room, *shape,
			 sizeof(*identity->renamed)))
		return false;
	renamed = &identity->renamed[*shape];
	if (renamed->name != name || renamed->own_free != own_free) {
		if (alloc->op != EVENT_ALLOC ||
		    !(alloc->cache & IDENTITY_BY_KEY) ||
		    identity->key_given[alloc->cache & ~IDENTITY_BY_KEY])
			return true;
		renamed->own_free = own_free;
		if (!rename_shape(identity, shapes, *alloc, name, renamed))
			return false;
	}
	*shape = renamed->shape;
	return true;
}

bool identity_is_kmalloc_name(const char *name)
{
	static const char *const beginnings[] = { "kmalloc-", "dma-kmalloc-",
						  "size-" };

	for (size_t i = 0; i < 3; i++) {
		if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	}
	return false;
}

/* --- finishing --- */

/* In def_of: no definition yet; a general cache, which needs none. */
#define DEF_NONE UINT32_MAX
#define DEF_KMALLOC (UINT32_MAX - 1)

/* The events of a shape. */
struct shape_count {
	uint64_t nr;
	uint64_t frees, implicit_frees; /* of the objects it allocates */
};

struct finish {
	struct identity *identity;
	struct event_store *events;
	struct trace_header *header;
	uint32_t cache_room;
	uint32_t *def_of; /* definition of each name */
	uint32_t def_room;
	struct shape_count *counts; /* of each shape */
	uint32_t *order;            /* shapes by their first event */
	uint32_t nr_order;
	uint32_t *slot_shape; /* of the allocation in each slot */
};

/*
 * Could an unnamed object be of this cache? A cache's objects are all of one
 * size, so one that was seen with another size is out.
 */
static bool may_be(const struct identity *identity,
		   const struct slabinfo_row *row,
		   const struct identity_key *key)
{
	uint32_t name;

	if (row->objsize != key->bytes_alloc ||
	    identity_is_kmalloc_name(row->name))
		return false;
	name = dict_find(&identity->names, row->name, strlen(row->name));
	return name == DICT_NONE || name >= identity->seen_room ||
	       !identity->seen[name].max_req ||
	       (key->bytes_req >= identity->seen[name].min_req &&
		key->bytes_req <= identity->seen[name].max_req);
}

/*
 * A key that nothing names: by slabinfo, if one cache only is possible, or if
 * the call site tells which one of several.
 */
static bool ask_slabinfo(struct identity *identity, uint32_t number)
{
	const struct slabinfo_row *only = NULL;
	const struct slabinfo_file *file;
	struct identity_key key;
	const char *by_site;
	bool several = false;

	if (!identity->hints || identity->key_given[number])
		return true;
	file = &identity->hints->slabinfo;
	memcpy(&key, identity->keys.strings[number], sizeof(key));
	by_site = site_name(identity->call_sites->strings[key.call_site]);
	for (uint32_t i = 0; i < file->nr; i++) {
		if (!may_be(identity, &file->rows[i], &key))
			continue;
		several = only != NULL;
		only = &file->rows[i];
		if (by_site && strcmp(only->name, by_site) == 0)
			break;
	}
	if (!only || (several && (!by_site || strcmp(only->name, by_site))))
		return true;
	if (!identity_intern(identity, only->name, strlen(only->name),
			     &identity->key_name[number]))
		return false;
	identity->key_given[number] = GIVEN_BY_SLABINFO;
	see_sizes(identity, identity->key_name[number], number);
	return true;
}

/* Before anything is settled, so that the order of events does not matter. */
static bool ask_slabinfo_for_all(struct identity *identity)
{
	for (uint32_t i = 0; i < identity->keys.nr; i++) {
		/* number 0 is no key, as in any dictionary */
		if (i && identity->key_name[i] == KEY_UNNAMED &&
		    !ask_slabinfo(identity, i))
			return false;
	}
	return true;
}

/* The name of @nr allocations, one made of their size if need be. */
static bool settle_name(struct finish *f, const struct event *event,
			uint64_t nr, uint32_t *name, enum cache_identity *how)
{
	uint32_t key = event->cache & ~IDENTITY_BY_KEY;
	char text[32];

	if (!(event->cache & IDENTITY_BY_KEY)) {
		*name = event->cache;
		*how = event->flags & NAMED_BY_FREE ? IDENTITY_OWN_FREE :
						      IDENTITY_NAME;
		return true;
	}
	*name = f->identity->key_name[key];
	*how = f->identity->key_given[key] ? IDENTITY_GIVEN : IDENTITY_KEY;
	if (*name != KEY_UNNAMED && *name != KEY_AMBIGUOUS) {
		if (f->identity->key_given[key] == GIVEN_BY_SLABINFO)
			f->identity->seen[*name].by_slabinfo += nr;
		return true;
	}
	*how = IDENTITY_SIZE;
	snprintf(text, sizeof(text), "unnamed-%" PRIu32, event->bytes_req);
	if (!identity_intern(f->identity, text, strlen(text), name))
		return false;
	see_sizes(f->identity, *name, key);
	return true;
}

static bool grow_def_of(struct finish *f)
{
	uint32_t room = f->identity->names.room;
	uint32_t *def_of = realloc(f->def_of, room * sizeof(*def_of));

	if (!def_of)
		return false;
	for (uint32_t i = f->def_room; i < room; i++)
		def_of[i] = DEF_NONE;
	f->def_of = def_of;
	f->def_room = room;
	return true;
}

static bool add_def(struct finish *f, uint32_t name)
{
	struct trace_header *header = f->header;
	const char *text = f->identity->names.strings[name];

	if (identity_is_kmalloc_name(text)) {
		f->def_of[name] = DEF_KMALLOC;
		return true;
	}
	if (!array_reach(&header->caches, &f->cache_room, header->nr_caches,
			 sizeof(*header->caches)))
		return false;
	header->caches[header->nr_caches] =
		(struct cache_def){ .name = strdup(text) };
	if (!header->caches[header->nr_caches].name)
		return false;
	f->def_of[name] = header->nr_caches++;
	return true;
}

static bool settle_alloc(struct finish *f, struct event *event,
			 const struct shape_count *count)
{
	enum cache_identity how;
	struct cache_def *cache;
	uint32_t name, def;

	if (!settle_name(f, event, count->nr, &name, &how))
		return false;
	if (name >= f->def_room && !grow_def_of(f))
		return false;
	if (f->def_of[name] == DEF_NONE && !add_def(f, name))
		return false;
	f->identity->seen[name].identified[how] += count->nr;
	event->flags &= (uint8_t)~NAMED_BY_FREE;
	def = f->def_of[name];
	if (def == DEF_KMALLOC) {
		event->op = EVENT_KMALLOC;
		event->cache = EVENT_NO_CACHE;
		return true;
	}
	event->cache = def;
	cache = &f->header->caches[def];
	cache->allocs += count->nr;
	cache->frees += count->frees;
	cache->inferred_frees += count->implicit_frees;
	return true;
}

static const struct slabinfo_row *row_of(const struct identity *identity,
					 uint32_t name)
{
	return identity->hints ?
		       slabinfo_file_find(&identity->hints->slabinfo,
					  identity->names.strings[name]) :
		       NULL;
}

/* A cache of which the trace shows frees only: slabinfo can define it. */
static bool settle_unknown(struct finish *f, struct event *event, uint64_t nr)
{
	uint32_t name = event->cache, def;

	if (name == EVENT_NO_CACHE)
		return true;
	if (name >= f->def_room && !grow_def_of(f))
		return false;
	if (f->def_of[name] == DEF_NONE && row_of(f->identity, name)) {
		if (!add_def(f, name))
			return false;
		f->identity->seen[name].identified[IDENTITY_GIVEN] +=
			f->def_of[name] != DEF_KMALLOC;
	}
	def = f->def_of[name];
	event->cache = EVENT_NO_CACHE;
	if (def >= DEF_KMALLOC)
		return true;
	event->cache = def;
	f->header->caches[def].frees += nr;
	f->header->caches[def].unknown_frees += nr;
	return true;
}

static void count_shape(struct finish *f, uint32_t shape)
{
	if (!f->counts[shape].nr++)
		f->order[f->nr_order++] = shape;
}

static void count_record(struct finish *f, const struct event_record *record)
{
	const struct event *shape = &f->events->shapes.shapes[record->shape];
	struct shape_count *count;

	switch (shape->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		count_shape(f, record->shape);
		f->slot_shape[record->slot] = record->shape;
		break;
	case EVENT_FREE:
		count = &f->counts[f->slot_shape[record->slot]];
		if (shape->flags & EVENT_IMPLICIT)
			count->implicit_frees++;
		else
			count->frees++;
		break;
	default:
		count_shape(f, record->shape);
		break;
	}
}

static bool count_events(struct finish *f, uint32_t nr_slots)
{
	size_t nr_shapes = f->events->shapes.nr;

	f->counts = calloc(nr_shapes + 1, sizeof(*f->counts));
	f->order = malloc((nr_shapes + 1) * sizeof(*f->order));
	f->slot_shape = malloc((nr_slots + (size_t)1) * sizeof(uint32_t));
	if (!f->counts || !f->order || !f->slot_shape)
		return false;
	for (uint64_t i = 0; i < f->events->nr; i++)
		count_record(f, event_store_at(f->events, i));
	return true;
}

static bool settle_shapes(struct finish *f)
{
	struct event *shapes = f->events->shapes.shapes;

	for (uint32_t i = 0; i < f->nr_order; i++) {
		struct event *event = &shapes[f->order[i]];

		if (event->op == EVENT_ALLOC &&
		    !settle_alloc(f, event, &f->counts[f->order[i]]))
			return false;
	}
	for (uint32_t i = 0; i < f->nr_order; i++) {
		struct event *event = &shapes[f->order[i]];

		if (event->op == EVENT_FREE_UNKNOWN &&
		    !settle_unknown(f, event, f->counts[f->order[i]].nr))
			return false;
	}
	return true;
}

static void warn_sizes(const struct cache_def *def,
		       const struct cache_seen *seen, char *warnings,
		       size_t warnings_bytes)
{
	size_t used = strlen(warnings);
	char name[64];

	if (seen->min_req == seen->max_req)
		return;
	trace_quote(name, sizeof(name), def->name, strlen(def->name));
	if (used + 160 > warnings_bytes)
		return;
	snprintf(warnings + used, warnings_bytes - used,
		 "cache %s: %" PRIu32 " to %" PRIu32 " bytes asked for under "
		 "one name; %" PRIu32 " used\n",
		 name, seen->min_req, seen->max_req, seen->max_req);
}

static bool define_all(struct finish *f, bool slub, char *warnings,
		       size_t warnings_bytes)
{
	for (uint32_t name = 0; name < f->def_room; name++) {
		const struct cache_seen *seen;
		struct cache_def *def;

		if (f->def_of[name] >= DEF_KMALLOC)
			continue;
		def = &f->header->caches[f->def_of[name]];
		seen = &f->identity->seen[name];
		if (!cache_define(def, seen, row_of(f->identity, name), slub))
			return false;
		warn_sizes(def, seen, warnings, warnings_bytes);
	}
	return true;
}

bool identity_finish(struct identity *identity, struct event_store *events,
		     uint32_t nr_slots, bool slub, struct trace_header *header,
		     char *warnings, size_t warnings_bytes)
{
	struct finish f = {
		.identity = identity,
		.events = events,
		.header = header,
	};
	bool done;

	done = count_events(&f, nr_slots) && ask_slabinfo_for_all(identity) &&
	       grow_def_of(&f) && settle_shapes(&f) &&
	       define_all(&f, slub, warnings, warnings_bytes);
	free(f.counts);
	free(f.order);
	free(f.slot_shape);
	free(f.def_of);
	return done;
}
