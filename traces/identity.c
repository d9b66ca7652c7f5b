/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity of objects. Reading fills two dictionaries, of names and of keys;
 * a key remembers the one name its objects had so far, or that they had
 * several. Finishing goes over the events twice: allocations in order (a
 * cache is defined at its first), then frees, whose cache is that of the
 * object in their slot.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/cache_define.h"
#include "traces/error.h"

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
	memset(identity, 0, sizeof(*identity));
}

static bool grow_keys(struct identity *identity)
{
	uint32_t room = identity->keys.room;
	uint32_t *names = realloc(identity->key_name, room * sizeof(*names));
	uint8_t *given;

	if (!names)
		return false;
	identity->key_name = names;
	given = realloc(identity->key_given, room);
	if (!given)
		return false;
	memset(given + identity->key_room, 0, room - identity->key_room);
	identity->key_given = given;
	for (uint32_t i = identity->key_room; i < room; i++)
		names[i] = KEY_UNNAMED;
	identity->key_room = room;
	return true;
}

static bool grow_seen(struct identity *identity)
{
	uint32_t room = identity->names.room;
	struct cache_seen *seen = realloc(identity->seen, room * sizeof(*seen));

	if (!seen)
		return false;
	memset(seen + identity->seen_room, 0,
	       (room - identity->seen_room) * sizeof(*seen));
	identity->seen = seen;
	identity->seen_room = room;
	return true;
}

bool identity_intern(struct identity *identity, const char *name, size_t bytes,
		     uint32_t *number)
{
	*number = dict_add(&identity->names, name, bytes);
	return *number < IDENTITY_BY_KEY &&
	       (*number < identity->seen_room || grow_seen(identity));
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

void identity_name(struct identity *identity, struct event *alloc,
		   uint32_t name, bool own_free)
{
	uint32_t key = alloc->cache & ~IDENTITY_BY_KEY;

	if (alloc->op != EVENT_ALLOC || !(alloc->cache & IDENTITY_BY_KEY) ||
	    identity->key_given[key])
		return;
	if (identity->key_name[key] == KEY_UNNAMED)
		identity->key_name[key] = name;
	else if (identity->key_name[key] != name)
		identity->key_name[key] = KEY_AMBIGUOUS;
	see_sizes(identity, name, key);
	alloc->cache = name;
	if (own_free)
		alloc->flags |= NAMED_BY_FREE;
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

struct finish {
	struct identity *identity;
	struct event_store *events;
	struct trace_header *header;
	uint32_t cache_room;
	uint32_t *def_of; /* definition of each name */
	uint32_t def_room;
	uint32_t *slot_cache;
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

/* A key that nothing names: by slabinfo, if one cache only is possible. */
static bool ask_slabinfo(struct identity *identity, uint32_t number)
{
	const struct slabinfo_row *only = NULL;
	const struct slabinfo_file *file;
	struct identity_key key;

	if (!identity->hints || identity->key_given[number])
		return true;
	file = &identity->hints->slabinfo;
	memcpy(&key, identity->keys.strings[number], sizeof(key));
	for (uint32_t i = 0; i < file->nr; i++) {
		if (!may_be(identity, &file->rows[i], &key))
			continue;
		if (only)
			return true;
		only = &file->rows[i];
	}
	if (!only)
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

/* The name of an allocation, one made of its size if need be. */
static bool settle_name(struct finish *f, const struct event *event,
			uint32_t *name, enum cache_identity *how)
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
		f->identity->seen[*name].by_slabinfo +=
			f->identity->key_given[key] == GIVEN_BY_SLABINFO;
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
	if (header->nr_caches == f->cache_room) {
		uint32_t room = f->cache_room ? 2 * f->cache_room : 64;
		struct cache_def *defs =
			realloc(header->caches, room * sizeof(*defs));

		if (!defs)
			return false;
		header->caches = defs;
		f->cache_room = room;
	}
	header->caches[header->nr_caches] =
		(struct cache_def){ .name = strdup(text) };
	if (!header->caches[header->nr_caches].name)
		return false;
	f->def_of[name] = header->nr_caches++;
	return true;
}

static bool settle_alloc(struct finish *f, struct event *event)
{
	enum cache_identity how;
	uint32_t name, def;

	if (!settle_name(f, event, &name, &how))
		return false;
	if (name >= f->def_room && !grow_def_of(f))
		return false;
	if (f->def_of[name] == DEF_NONE && !add_def(f, name))
		return false;
	f->identity->seen[name].identified[how]++;
	event->flags &= (uint8_t)~NAMED_BY_FREE;
	def = f->def_of[name];
	if (def == DEF_KMALLOC) {
		event->op = EVENT_KMALLOC;
		event->cache = EVENT_NO_CACHE;
		return true;
	}
	event->cache = def;
	f->header->caches[def].allocs++;
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
static bool settle_unknown(struct finish *f, struct event *event)
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
	event->cache = def >= DEF_KMALLOC ? EVENT_NO_CACHE : def;
	return true;
}

static bool settle_free(struct finish *f, struct event *event)
{
	if (event->op == EVENT_FREE)
		event->cache = f->slot_cache[event->slot];
	else if (!settle_unknown(f, event))
		return false;
	if (event->cache == EVENT_NO_CACHE)
		return true;
	if (event->flags & EVENT_IMPLICIT) {
		f->header->caches[event->cache].inferred_frees++;
		return true;
	}
	f->header->caches[event->cache].frees++;
	if (event->op == EVENT_FREE_UNKNOWN)
		f->header->caches[event->cache].unknown_frees++;
	return true;
}

static bool settle_events(struct finish *f)
{
	for (uint64_t i = 0; i < f->events->nr; i++) {
		struct event *event = event_store_at(f->events, i);

		if (event->op == EVENT_ALLOC && !settle_alloc(f, event))
			return false;
	}
	for (uint64_t i = 0; i < f->events->nr; i++) {
		struct event *event = event_store_at(f->events, i);

		if (event->op == EVENT_ALLOC || event->op == EVENT_KMALLOC)
			f->slot_cache[event->slot] = event->cache;
		else if (!event_is_page(event) && !settle_free(f, event))
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

	f.slot_cache = malloc((nr_slots + (size_t)1) * sizeof(uint32_t));
	done = f.slot_cache && ask_slabinfo_for_all(identity) &&
	       grow_def_of(&f) && settle_events(&f) &&
	       define_all(&f, slub, warnings, warnings_bytes);
	free(f.slot_cache);
	free(f.def_of);
	return done;
}
