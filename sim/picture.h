/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One cache as a picture has it: the arrays of CPUs and nodes with their
 * objects, the lists of slabs, and where each object of a slab is. Whoever
 * draws (a terminal, a page) needs nothing of the machine besides.
 */
#ifndef SIM_PICTURE_H
#define SIM_PICTURE_H

#include "model/inspect.h"

/* Where an object is. Live: in no slab and in no array. */
enum object_place {
	OBJECT_FREE,
	OBJECT_LIVE,
	OBJECT_IN_CPU,
	OBJECT_IN_SHARED,
	OBJECT_IN_ALIEN,
};

struct picture_object {
	uint8_t place;     /* enum object_place */
	uint16_t where;    /* CPU, or node of the array; else 0 */
	uint32_t position; /* from the array's bottom; else 0 */
};

struct picture_slab {
	struct slab_view view;
	enum slab_state list;
	uint32_t position; /* from the head of its list */
	uint32_t live, cached, free;
	size_t first; /* its info.num objects are picture.objects[first...] */
};

/* The letter of its place: f, l, c (a CPU's array), s (shared), a (alien). */
char picture_letter(const struct picture_object *object);

#define PICTURE_NO_SLAB SIZE_MAX

struct picture_entry {
	uint64_t grow_number;
	uint32_t nodeid, index;
	size_t slab; /* in picture.slabs; PICTURE_NO_SLAB: left out there */
};

struct picture_array {
	enum object_place place; /* OBJECT_IN_... */
	uint32_t where;          /* CPU or node */
	uint32_t for_node;       /* of an alien array */
	int64_t avail;           /* -1: there is no such array */
	int64_t limit;           /* -1 the same */
	uint32_t batchcount;     /* of a CPU's */
	bool touched;            /* since cache_reap looked: CPUs and shared */
	size_t first; /* from the bottom: picture.entries[first ... + avail) */
};

/* Memory is kept from picture to picture; begin with zeroes. */
struct picture {
	cachep_t cachep;
	struct cache_info info; /* borrowed name */
	uint32_t nr_cpus, nr_nodes;
	struct node_state *nodes; /* how many slabs there are in all, too */
	/* partial, full, free; in list order, node after node */
	struct picture_slab *slabs;
	size_t nr_slabs;
	struct picture_object *objects;
	size_t nr_objects;
	struct picture_array *arrays; /* see picture_cpu and so on */
	size_t nr_arrays;
	struct picture_entry *entries;
	size_t nr_entries;
	/* private */
	struct picture_key *keys;
	size_t room_slabs, room_objects, room_entries, room_keys;
	bool out_of_memory;
};

/*
 * picture_take - look at a cache
 * @max_slabs: the first so many of each list of each node; 0: all.
 * Return: false: the host has no memory; nothing in @picture is of use then.
 */
bool picture_take(struct picture *picture, const struct machine *m,
		  cachep_t cachep, size_t max_slabs);
void picture_release(struct picture *picture);

/* The arrays; borrowed. A node has none for itself. */
const struct picture_array *picture_cpu(const struct picture *picture,
					uint32_t cpu);
const struct picture_array *picture_shared(const struct picture *picture,
					   uint32_t node);
const struct picture_array *picture_alien(const struct picture *picture,
					  uint32_t node, uint32_t for_node);

#endif
