/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The proofs of inferred allocations; see the header. infer_weave.c is what
 * becomes of them.
 *
 * The table of freed pointers is as large as the distinct pointers, up to a
 * limit; an entry stays when its pointer is allocated again, because the next
 * free replaces it.
 */
#include "traces/infer.h"

#include <stdlib.h>
#include <string.h>

#include "traces/identity.h"

#define FIRST_ROOM 4096
/* Entries looked at for a pointer before it is said not to be there. */
#define WINDOW 16

void infer_release(struct infer *infer)
{
	free(infer->freed);
	inferred_store_release(&infer->records);
	memset(infer, 0, sizeof(*infer));
}

/* --- freed pointers --- */

static uint32_t home_of(const struct infer *infer, uint64_t ptr)
{
	return (uint32_t)(ptr * UINT64_C(0x9e3779b97f4a7c15) >> 32) &
	       (infer->room - 1);
}

static struct freed_pointer *freed_at(const struct infer *infer, uint32_t home,
				      uint32_t step)
{
	return &infer->freed[(home + step) & (infer->room - 1)];
}

void infer_prefetch(const struct infer *infer, uint64_t ptr)
{
	if (infer->room)
		__builtin_prefetch(freed_at(infer, home_of(infer, ptr), 0));
}

/* The pointer's entry or an unused one; NULL: neither in the window. */
static struct freed_pointer *find_freed(const struct infer *infer, uint64_t ptr)
{
	uint32_t home = home_of(infer, ptr);

	for (uint32_t i = 0; i < WINDOW; i++) {
		struct freed_pointer *at = freed_at(infer, home, i);

		if (at->ptr == ptr || !at->ptr)
			return at;
	}
	return NULL;
}

static struct freed_pointer *oldest_freed(const struct infer *infer,
					  uint64_t ptr)
{
	uint32_t home = home_of(infer, ptr);
	struct freed_pointer *oldest = freed_at(infer, home, 0);

	for (uint32_t i = 1; i < WINDOW; i++) {
		struct freed_pointer *at = freed_at(infer, home, i);

		if (at->index < oldest->index)
			oldest = at;
	}
	return oldest;
}

static void put_freed(struct infer *infer, uint64_t ptr, uint64_t index)
{
	struct freed_pointer *at = find_freed(infer, ptr);

	if (!at) {
		at = oldest_freed(infer, ptr);
		infer->forgotten++;
	} else if (!at->ptr) {
		infer->nr++;
	}
	at->ptr = ptr;
	at->index = index;
}

static bool grow_freed(struct infer *infer)
{
	struct infer old = *infer;

	infer->room = old.room ? 2 * old.room : FIRST_ROOM;
	infer->freed = calloc(infer->room, sizeof(*infer->freed));
	if (!infer->freed) {
		*infer = old;
		return false;
	}
	infer->nr = 0;
	for (uint32_t i = 0; i < old.room; i++) {
		if (old.freed[i].ptr)
			put_freed(infer, old.freed[i].ptr, old.freed[i].index);
	}
	free(old.freed);
	return true;
}

/* Room for one more; at the limit, old pointers make it. */
static bool make_room(struct infer *infer, uint64_t ptr)
{
	while (infer->room < INFER_MAX_POINTERS &&
	       (infer->nr >= infer->room / 2 || !find_freed(infer, ptr))) {
		if (!grow_freed(infer))
			return false;
	}
	return true;
}

/* --- proofs --- */

static bool add_record(struct infer *infer, uint64_t index, uint64_t prev_index,
		       uint8_t naming)
{
	const struct inferred record = {
		.free_index = index,
		.at = prev_index,
		.cache = EVENT_NO_CACHE,
		.naming = naming,
	};

	if (inferred_add(&infer->records, &record))
		return true;
	infer->error = infer->records.error;
	return false;
}

bool infer_note_free(struct infer *infer, uint64_t ptr, uint64_t index,
		     bool known, const char *name)
{
	struct freed_pointer *at;
	uint8_t naming = INFER_NOT_NAMED;

	if (!make_room(infer, ptr))
		return false;
	at = find_freed(infer, ptr);
	if (name)
		naming = identity_is_kmalloc_name(name) ? INFER_NAMED_KMALLOC :
							  INFER_NAMED_CACHE;
	if (!known && at && at->ptr &&
	    !add_record(infer, index, at->index, naming))
		return false;
	put_freed(infer, ptr, index);
	return true;
}
