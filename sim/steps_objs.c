/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which object of the model is which address of the recording.
 *
 * Objects of slabs that grew under our eyes have addresses from the start:
 * the model's offset in the slab, behind the recorded address of the slab.
 * Objects of the dump have none until they are handed out or freed. Then
 * their slab has an address too, and from there on an object with an address
 * in that slab is taken from it: two objects of which nothing is known are
 * exchanged for that (both are in use, so the lists do not notice).
 */
#include <stdlib.h>
#include <string.h>

#include "sim/steps.h"

struct obj_record {
	uint32_t ident;  /* 0: no address */
	uint32_t number; /* + 1, as an unknown object of the start; 0: none */
	bool in_use;
};

struct slab_record {
	uint64_t base; /* 0: not known */
	uint32_t num;
	uint32_t place; /* index */
	uint32_t next;  /* slab of the same place, 0: none */
	bool grown_here;
	struct obj_record objs[];
};

struct ident {
	uint64_t ptr;
	obj_t obj; /* OBJ_NULL: none any more */
};

struct step_objs {
	struct slab_record **slabs; /* [slab number] */
	uint32_t nr_slabs;
	uint32_t *first; /* [place] newest slab */
	struct ident *idents;
	uint32_t nr_idents, ident_room;
	struct ptr_map by_ptr;  /* -> ident */
	struct ptr_map by_base; /* -> slab number */
};

static void out_of_memory(void)
{
	/* a few megabytes: not worth a way back through every step */
	abort();
}

bool step_objs_init(struct steps *s)
{
	struct step_objs *o = calloc(1, sizeof(*o));

	s->objs = o;
	if (!o)
		return false;
	o->first = calloc((size_t)s->nr_chain * s->nr_nodes + 1,
			  sizeof(*o->first));
	o->nr_idents = 1; /* number 0 is none */
	return o->first && ptr_map_init(&o->by_ptr) &&
	       ptr_map_init(&o->by_base);
}

void step_objs_release(struct steps *s)
{
	struct step_objs *o = s->objs;

	if (!o)
		return;
	for (uint32_t i = 0; i < o->nr_slabs; i++)
		free(o->slabs[i]);
	free(o->slabs);
	free(o->first);
	free(o->idents);
	ptr_map_release(&o->by_ptr);
	ptr_map_release(&o->by_base);
	free(o);
	s->objs = NULL;
}

static struct slab_record *record_at(const struct step_objs *o, uint32_t slab)
{
	return slab < o->nr_slabs ? o->slabs[slab] : NULL;
}

static struct obj_record *object(const struct step_objs *o, obj_t obj)
{
	struct slab_record *record = record_at(o, obj_slab(obj));

	return record && obj_index(obj) < record->num ?
		       &record->objs[obj_index(obj)] :
		       NULL;
}

/* --- slabs --- */

static struct slab_record *new_record(struct steps *s,
				      const struct step_place *place,
				      uint32_t slab, uint32_t num)
{
	struct step_objs *o = s->objs;
	struct slab_record *record =
		calloc(1, sizeof(*record) + num * sizeof(record->objs[0]));

	if (slab >= o->nr_slabs) {
		uint32_t nr = 2 * slab + 64;
		void *slabs = realloc(o->slabs, nr * sizeof(*o->slabs));

		if (!slabs)
			out_of_memory();
		o->slabs = slabs;
		memset(o->slabs + o->nr_slabs, 0,
		       (nr - o->nr_slabs) * sizeof(*o->slabs));
		o->nr_slabs = nr;
	}
	if (!record)
		out_of_memory();
	record->num = num;
	record->place = (uint32_t)(place - s->places);
	record->next = o->first[record->place];
	o->first[record->place] = slab;
	o->slabs[slab] = record;
	return record;
}

void step_objs_slab(struct steps *s, uint32_t slab, uint32_t num, bool in_use,
		    const struct step_place *place)
{
	struct slab_record *record = new_record(s, place, slab, num);

	for (uint32_t i = 0; i < num; i++)
		record->objs[i].in_use = in_use;
}

void step_objs_base(struct steps *s, uint32_t slab, uint64_t base)
{
	struct slab_record *record = record_at(s->objs, slab);
	uint32_t *other = ptr_map_find(&s->objs->by_base, base);

	if (!base || !record)
		return;
	if (other) {
		record_at(s->objs, *other)->base = 0;
		*other = slab;
	} else if (!ptr_map_add(&s->objs->by_base, base, slab)) {
		out_of_memory();
	}
	record->base = base;
}

void step_objs_not_in_use(struct steps *s, obj_t obj, uint32_t number)
{
	struct obj_record *record = object(s->objs, obj);

	if (!record)
		return;
	record->in_use = false;
	record->number = number + 1;
}

/* --- addresses --- */

static void unbind(struct step_objs *o, obj_t obj)
{
	struct obj_record *record = object(o, obj);

	if (!record || !record->ident)
		return;
	o->idents[record->ident].obj = OBJ_NULL;
	record->ident = 0;
}

static uint32_t ident_of(struct step_objs *o, uint64_t ptr)
{
	uint32_t *found = ptr_map_find(&o->by_ptr, ptr);

	if (found)
		return *found;
	if (o->nr_idents >= o->ident_room) {
		uint32_t room = o->ident_room ? 2 * o->ident_room : 4096;
		void *idents = realloc(o->idents, room * sizeof(*o->idents));

		if (!idents)
			out_of_memory();
		o->idents = idents;
		o->ident_room = room;
	}
	o->idents[o->nr_idents] = (struct ident){ ptr, OBJ_NULL };
	if (!ptr_map_add(&o->by_ptr, ptr, o->nr_idents))
		out_of_memory();
	return o->nr_idents++;
}

/* @obj is what lies at @ptr; whatever was thought to lie there does not. */
static void bind(struct step_objs *o, obj_t obj, uint64_t ptr)
{
	uint32_t ident = ident_of(o, ptr);

	unbind(o, o->idents[ident].obj);
	unbind(o, obj);
	o->idents[ident].obj = obj;
	object(o, obj)->ident = ident;
}

/* An object of the slab that is in use, and of which nothing is known. */
static obj_t unknown_in(const struct steps *s, uint32_t slab)
{
	const struct slab_record *record = record_at(s->objs, slab);

	for (uint32_t i = 0; record && i < record->num; i++) {
		if (record->objs[i].in_use && !record->objs[i].ident)
			return kmem_preload_obj(s->m, slab, i);
	}
	return OBJ_NULL;
}

/* The same in any slab of the place; with an address or without one. */
static obj_t unknown_at(const struct steps *s, const struct step_place *place,
			bool without_base)
{
	uint32_t slab = s->objs->first[place - s->places];

	for (; slab; slab = record_at(s->objs, slab)->next) {
		obj_t obj = OBJ_NULL;

		if (!without_base || !record_at(s->objs, slab)->base)
			obj = unknown_in(s, slab);
		if (obj)
			return obj;
	}
	return OBJ_NULL;
}

/*
 * The object in use that is to be taken for the one at @ptr: of its slab, if
 * that is known; else of a slab whose address is not, @rather if it fits.
 * OBJ_NULL: there is none.
 */
static obj_t likely(struct steps *s, const struct step_place *place,
		    uint64_t ptr, obj_t rather)
{
	struct step_objs *o = s->objs;
	uint64_t base = step_slab_base(place, ptr);
	uint32_t *slab = ptr_map_find(&o->by_base, base);
	obj_t obj;

	if (slab)
		return rather && obj_slab(rather) == *slab ?
			       rather :
			       unknown_in(s, *slab);
	obj = rather && !record_at(o, obj_slab(rather))->base ?
		      rather :
		      unknown_at(s, place, true);
	if (obj)
		step_objs_base(s, obj_slab(obj), base);
	return obj;
}

void step_objs_allocated(struct steps *s, struct step_place *place, obj_t obj,
			 uint64_t ptr)
{
	struct step_objs *o = s->objs;
	struct obj_record *record = object(o, obj);
	obj_t better;

	if (!record)
		return;
	record->in_use = true;
	if (record->ident) {
		s->counts.addresses++;
		if (o->idents[record->ident].ptr == ptr) {
			s->counts.right_addresses++;
			return;
		}
		unbind(o, obj);
	} else if (s->learning && record->number &&
		   !place->ptrs[record->number - 1]) {
		place->ptrs[record->number - 1] = ptr;
	}
	better = likely(s, place, ptr, obj);
	bind(o, better ? better : obj, ptr);
}

static void remember_live(struct step_place *place, uint64_t ptr)
{
	if (place->nr_live == place->live_room) {
		uint32_t room = place->live_room ? 2 * place->live_room : 64;
		void *live = realloc(place->live, room * sizeof(*place->live));

		if (!live)
			out_of_memory();
		place->live = live;
		place->live_room = room;
	}
	place->live[place->nr_live++] = ptr;
}

obj_t step_objs_freed(struct steps *s, struct step_place *place, uint64_t ptr)
{
	struct step_objs *o = s->objs;
	uint32_t *ident = ptr_map_find(&o->by_ptr, ptr);
	obj_t obj = ident ? o->idents[*ident].obj : OBJ_NULL;

	if (!obj || !object(o, obj)->in_use) {
		if (!ident && s->learning)
			remember_live(place, ptr);
		obj = likely(s, place, ptr, OBJ_NULL);
		if (!obj)
			obj = unknown_at(s, place, false);
		if (!obj)
			return OBJ_NULL;
		bind(o, obj, ptr);
	}
	object(o, obj)->in_use = false;
	return obj;
}

void step_objs_visit_in_use(const struct steps *s,
			    const struct step_place *place, obj_visit_fn *visit,
			    void *arg)
{
	uint32_t slab = s->objs->first[place - s->places];

	for (; slab; slab = record_at(s->objs, slab)->next) {
		const struct slab_record *record = record_at(s->objs, slab);

		for (uint32_t i = 0; i < record->num; i++) {
			if (record->objs[i].in_use)
				visit(arg, kmem_preload_obj(s->m, slab, i));
		}
	}
}

bool step_objs_in_use(const struct steps *s, uint64_t ptr)
{
	const struct step_objs *o = s->objs;
	const uint32_t *ident = ptr_map_find(&o->by_ptr, ptr);

	return !ident || (o->idents[*ident].obj &&
			  object(o, o->idents[*ident].obj)->in_use);
}

/* --- slabs come and go --- */

void step_objs_grown(struct steps *s, uint32_t slab, uint64_t base)
{
	struct slab_record *record = record_at(s->objs, slab);

	step_objs_base(s, slab, base);
	record->grown_here = true;
	for (uint32_t i = 0; i < record->num; i++) {
		obj_t obj = kmem_preload_obj(s->m, slab, i);
		struct obj_place where;

		obj_locate(s->m, obj, &where);
		bind(s->objs, obj, base + where.offset_bytes);
	}
}

uint64_t step_objs_destroyed(struct steps *s, uint32_t slab, bool *grown_here)
{
	struct step_objs *o = s->objs;
	struct slab_record *record = record_at(o, slab);
	uint64_t base = record ? record->base : 0;
	uint32_t *link;

	*grown_here = record && record->grown_here;
	if (!record)
		return 0;
	for (uint32_t i = 0; i < record->num; i++)
		if (record->objs[i].ident)
			o->idents[record->objs[i].ident].obj = OBJ_NULL;
	if (base)
		ptr_map_remove(&o->by_base, ptr_map_find(&o->by_base, base));
	link = &o->first[record->place];
	while (*link != slab)
		link = &record_at(o, *link)->next;
	*link = record->next;
	free(record);
	o->slabs[slab] = NULL;
	return base;
}
