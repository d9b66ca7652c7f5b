/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The debug build (CONFIG_DEBUG_SLAB): red words around each object, poison
 * in it, the word of its last user behind it; and the diagnostics when any of
 * these is found changed.
 *
 *   | padding | red word 1 | object | padding | red word 2 | user |
 *                          ^ obj_offset        ^ buffer - 16  ^ buffer - 8
 *
 * with words of 8 bytes; old 32-bit kernels had words of 4 (a profile's
 * debug_word_bytes), which hold the low halves of the values here.
 *
 * Only what can be looked at later is written: red words, poison, user word.
 */
#include <string.h>

#include "model/internal.h"

#define RED_INACTIVE UINT64_C(0x09F911029D74E35B)
#define RED_ACTIVE UINT64_C(0xD84156C5635688C0)
#define POISON_FREE 0x6b
#define POISON_INUSE 0x5a
#define POISON_END 0xa5

static uint32_t highest_bit(uint64_t value)
{
	uint32_t bit = 0;

	while (value >>= 1)
		bit++;
	return bit;
}

/* What kmem_cache_create adds to the flags of a new cache. */
uint32_t debug_flags(const struct slab_profile *p, uint64_t size,
		     uint32_t flags)
{
	/* with these around it an object must not cross a power of two */
	uint32_t words_bytes = 3 * p->debug_word_bytes;
	uint32_t added = 0;

	if (!p->debug)
		return 0;
	if (size < p->page_bytes ||
	    highest_bit(size - 1) == highest_bit(size - 1 + words_bytes))
		added |= SLAB_RED_ZONE | SLAB_STORE_USER;
	if (!(flags & SLAB_DESTROY_BY_RCU))
		added |= SLAB_POISON;
	return added;
}

void machine_set_caller(struct machine *m, uint64_t caller)
{
	m->caller = caller;
}

/* --- one object ----------------------------------------------------------- */

/* A buffer with the cache that says what is where in it. */
struct debug_obj {
	const struct kmem_cache *c;
	uint32_t word_bytes;
	const char *name;
	unsigned char *buffer;
	unsigned char *object;
};

static struct debug_obj debug_obj(const struct machine *m, obj_t obj)
{
	cachep_t cachep = slab_at(m, obj_slab(obj))->cachep;
	struct debug_obj d = { .c = &m->caches[cachep],
			       .word_bytes = m->profile.debug_word_bytes,
			       .name = cache_name(m, cachep),
			       .buffer = obj_buffer(m, obj) };

	d.object = d.buffer + d.c->obj_offset;
	return d;
}

/* Words are little-endian, as on most of the simulated machines. */
static void store_word(const struct debug_obj *d, unsigned char *to,
		       uint64_t word)
{
	for (uint32_t i = 0; i < d->word_bytes; i++)
		to[i] = (unsigned char)(word >> 8 * i);
}

static bool word_is(const struct debug_obj *d, const unsigned char *from,
		    uint64_t word)
{
	for (uint32_t i = 0; i < d->word_bytes; i++) {
		if (from[i] != (unsigned char)(word >> 8 * i))
			return false;
	}
	return true;
}

static unsigned char *redzone1(const struct debug_obj *d)
{
	return d->object - d->word_bytes;
}

static unsigned char *redzone2(const struct debug_obj *d)
{
	uint64_t behind = d->c->flags & SLAB_STORE_USER ? 2 : 1;

	return d->buffer + d->c->buffer_size - behind * d->word_bytes;
}

static void set_redzones(const struct debug_obj *d, uint64_t word)
{
	if (!(d->c->flags & SLAB_RED_ZONE))
		return;
	store_word(d, redzone1(d), word);
	store_word(d, redzone2(d), word);
}

static bool redzones_are(const struct debug_obj *d, uint64_t word)
{
	return word_is(d, redzone1(d), word) && word_is(d, redzone2(d), word);
}

static void set_user(const struct debug_obj *d, uint64_t caller)
{
	if (d->c->flags & SLAB_STORE_USER)
		store_word(d, d->buffer + d->c->buffer_size - d->word_bytes,
			   caller);
}

static void poison_obj(const struct debug_obj *d, int value)
{
	if (!(d->c->flags & SLAB_POISON))
		return;
	memset(d->object, value, d->c->object_size);
	d->object[d->c->object_size - 1] = POISON_END;
}

/* --- the poison check ------------------------------------------------------ */

#define LINE_BYTES UINT64_C(16)
#define MAX_LINES 6

/* A line that is off by one bit in one byte: bad memory, rather than a bug. */
static void check_single_bit(const struct machine *m, const struct debug_obj *d,
			     uint64_t offset)
{
	uint64_t end = offset + LINE_BYTES < d->c->object_size ?
			       offset + LINE_BYTES :
			       d->c->object_size;
	unsigned int wrong = 0, nr_wrong = 0;

	for (uint64_t i = offset; i < end; i++) {
		if (d->object[i] != POISON_FREE) {
			wrong = d->object[i] ^ POISON_FREE;
			nr_wrong++;
		}
	}
	if (nr_wrong == 1 && (wrong & (wrong - 1)) == 0)
		slab_diagnostic(m, "single_bit_flip", "-");
}

/* A neighbour's first two lines are shown, and looked at in the same way. */
static void show_neighbour(const struct machine *m, obj_t obj, const char *kind)
{
	struct debug_obj d = debug_obj(m, obj);

	slab_diagnostic(m, kind, "-");
	for (uint64_t i = 0; i < 2 * LINE_BYTES && i < d.c->object_size;
	     i += LINE_BYTES)
		check_single_bit(m, &d, i);
}

static void show_neighbours(const struct machine *m, obj_t obj, uint32_t num)
{
	uint32_t index = obj_index(obj);

	if (index > 0)
		show_neighbour(
			m, obj_make(obj_slab(obj), index - 1, obj_node(obj)),
			"prev_obj_dump");
	if (index + 1 < num)
		show_neighbour(
			m, obj_make(obj_slab(obj), index + 1, obj_node(obj)),
			"next_obj_dump");
}

/*
 * Stands for check_poison_obj. After a wrong line the kernel resumes one byte
 * into the next one; that quirk is kept.
 */
static void check_poison_obj(const struct machine *m, obj_t obj)
{
	struct debug_obj d = debug_obj(m, obj);
	uint64_t size = d.c->object_size;
	uint32_t nr_lines = 0;

	for (uint64_t i = 0; i < size && nr_lines < MAX_LINES; i++) {
		unsigned char right = i == size - 1 ? POISON_END : POISON_FREE;

		if (d.object[i] == right)
			continue;
		if (nr_lines == 0)
			slab_diagnostic(m, "poison_bad", d.name);
		i = i / LINE_BYTES * LINE_BYTES;
		check_single_bit(m, &d, i);
		i += LINE_BYTES;
		nr_lines++;
	}
	if (nr_lines)
		show_neighbours(m, obj, d.c->num);
}

/* --- the life of an object ------------------------------------------------- */

/* A new object is free and says so. */
void debug_new_obj(struct machine *m, obj_t obj)
{
	struct debug_obj d = debug_obj(m, obj);

	poison_obj(&d, POISON_FREE);
	set_user(&d, 0);
	set_redzones(&d, RED_INACTIVE);
}

/* Its constructor may have written beyond it. */
void debug_constructed(struct machine *m, obj_t obj)
{
	struct debug_obj d = debug_obj(m, obj);

	if (!(d.c->flags & SLAB_RED_ZONE))
		return;
	if (!word_is(&d, redzone2(&d), RED_INACTIVE))
		slab_diagnostic(m, "ctor_redzone2_bad", d.name);
	if (!word_is(&d, redzone1(&d), RED_INACTIVE))
		slab_diagnostic(m, "ctor_redzone1_bad", d.name);
}

/* Stands for cache_alloc_debugcheck_after. */
void debug_alloc(struct machine *m, obj_t obj)
{
	struct debug_obj d = debug_obj(m, obj);

	if (d.c->flags & SLAB_POISON) {
		check_poison_obj(m, obj);
		poison_obj(&d, POISON_INUSE);
	}
	set_user(&d, m->caller);
	if ((d.c->flags & SLAB_RED_ZONE) && !redzones_are(&d, RED_INACTIVE))
		slab_diagnostic(m, "alloc_redzone_bad", d.name);
	set_redzones(&d, RED_ACTIVE);
	if (d.c->ctor && (d.c->flags & SLAB_POISON))
		d.c->ctor(d.c->ctor_arg, m, obj);
}

/* Stands for verify_redzone_free. */
static void verify_redzone_free(const struct machine *m,
				const struct debug_obj *d)
{
	if (redzones_are(d, RED_ACTIVE))
		return;
	if (redzones_are(d, RED_INACTIVE))
		slab_diagnostic(m, "free_redzone_inactive", d->name);
	else
		slab_diagnostic(m, "free_redzone_bad", d->name);
}

/* Stands for cache_free_debugcheck. */
void debug_free(struct machine *m, cachep_t cachep, obj_t obj)
{
	const struct slab *slabp = slab_at(m, obj_slab(obj));
	struct debug_obj d;

	if (slabp->cachep != cachep || obj_index(obj) >= m->caches[cachep].num)
		slab_bug(m, "an object is freed to a cache it is not of");
	d = debug_obj(m, obj);
	if (d.c->flags & SLAB_RED_ZONE)
		verify_redzone_free(m, &d);
	set_redzones(&d, RED_INACTIVE);
	set_user(&d, m->caller);
	poison_obj(&d, POISON_FREE);
}

/* Stands for slab_destroy_debugcheck. */
void debug_destroy(struct machine *m, uint32_t slab)
{
	const struct slab *slabp = slab_at(m, slab);

	for (uint32_t i = 0; i < m->caches[slabp->cachep].num; i++) {
		obj_t obj = obj_make(slab, i, slabp->nodeid);
		struct debug_obj d = debug_obj(m, obj);

		if (d.c->flags & SLAB_POISON)
			check_poison_obj(m, obj);
		if (!(d.c->flags & SLAB_RED_ZONE))
			continue;
		if (!word_is(&d, redzone1(&d), RED_INACTIVE))
			slab_diagnostic(m, "destroy_redzone1_bad", d.name);
		if (!word_is(&d, redzone2(&d), RED_INACTIVE))
			slab_diagnostic(m, "destroy_redzone2_bad", d.name);
	}
}
