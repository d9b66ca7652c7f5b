/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which cache an object belongs to. In this order: the name in its allocation
 * event (kernels from 6.18), the name in its own later free, the name that all
 * named objects with the same key have, the only cache of that size in the
 * machine's slabinfo, a name made of its size. A map file overrides all. A key is what
 * else an allocation says: bytes asked for, bytes given, class of the request
 * (DMA, reclaimable, accounted) and call site.
 *
 * While a trace is read, .cache of a shape of EVENT_ALLOC holds a name of ours
 * or a key (told apart by IDENTITY_BY_KEY), .cache of one of
 * EVENT_FREE_UNKNOWN a name or EVENT_NO_CACHE; identity_finish turns all of
 * them into numbers of cache definitions. The names of general caches ("kmalloc-64", "size-64") make an
 * EVENT_ALLOC an EVENT_KMALLOC.
 */
#ifndef TRACES_IDENTITY_H
#define TRACES_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/cache_define.h"
#include "traces/cache_map.h"
#include "traces/dict.h"
#include "traces/event_store.h"
#include "traces/slt.h"

/* What a shape became when its object turned out to be of a cache. */
struct renamed {
	uint32_t name; /* 0: it was not named yet */
	uint32_t shape;
	bool own_free;
};

struct identity {
	struct dict names;
	struct cache_seen *seen; /* of each name */
	uint32_t seen_room;
	struct dict keys;   /* of struct identity_key as bytes */
	uint32_t *key_name; /* of each key; see identity.c */
	uint8_t *key_given; /* of each key: its name is by the map, or slabinfo */
	uint32_t key_room;
	struct renamed *renamed; /* of each shape that was named */
	uint32_t renamed_room;
	const struct dict *call_sites; /* borrowed, for the map */
	/* Borrowed, or NULL: what the user knows. Set before the first key. */
	const struct cache_hints *hints;
};

struct identity_key {
	uint32_t bytes_req, bytes_alloc, gfp_class, call_site;
};

#define IDENTITY_BY_KEY 0x80000000u

/* Return: false when out of memory, here and below. */
bool identity_init(struct identity *identity);
void identity_release(struct identity *identity);

/* The .cache of an allocation that nothing names yet. */
bool identity_key(struct identity *identity, const struct identity_key *key,
		  uint32_t *cache);
/* The number of a name, for identity_name and unknown frees. */
bool identity_intern(struct identity *identity, const char *name, size_t bytes,
		     uint32_t *number);
/*
 * identity_name - an allocation's object turns out to be of the cache @name
 * @shape: of the allocation; becomes that of an allocation from the cache.
 * @own_free: its free says so, not the allocation itself.
 * Leaves objects alone that have a name, or are no EVENT_ALLOC. To say the
 * same again changes nothing.
 */
bool identity_name(struct identity *identity, struct event_shapes *shapes,
		   uint32_t *shape, uint32_t name, bool own_free);

/*
 * identity_finish - decide, define the caches, and put their numbers into
 * the shapes of the events
 * @nr_slots: slots the events use. @slub: as for cache_define.
 * @header: gets caches and nr_caches (owned by it).
 * @warnings: sentences, newline separated, as far as they fit.
 */
bool identity_finish(struct identity *identity, struct event_store *events,
		     uint32_t nr_slots, bool slub, struct trace_header *header,
		     char *warnings, size_t warnings_bytes);

/* Is it the name of a general (kmalloc) cache, in any kernel? */
bool identity_is_kmalloc_name(const char *name);

#endif
