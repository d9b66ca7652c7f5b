/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traces/old_objs.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

#define PAGE_BITS 12
#define NO_EVENT UINT64_MAX

bool old_objs_init(struct old_objs *old)
{
	memset(old, 0, sizeof(*old));
	return ptr_map_init(&old->numbers);
}

void old_objs_release(struct old_objs *old)
{
	ptr_map_release(&old->numbers);
	free(old->pages);
	free(old->frees);
	memset(old, 0, sizeof(*old));
}

/* The upper half of 48 or more bits is the kernel's; hashes have 32. */
static bool is_address(uint64_t ptr)
{
	return ptr >> 55 == 0x1ff;
}

static bool add_page(struct old_objs *old, const struct old_page *page)
{
	if (!array_reach(&old->pages, &old->page_room, old->nr_pages,
			 sizeof(*old->pages)))
		return false;
	old->pages[old->nr_pages] = *page;
	return ptr_map_add(&old->numbers, page->page, old->nr_pages++);
}

bool old_objs_note_alloc(struct old_objs *old, uint64_t ptr, uint16_t cpu,
			 uint64_t event)
{
	const uint32_t *number;

	if (!old->wanted || !is_address(ptr))
		return true;
	number = ptr_map_find(&old->numbers, ptr >> PAGE_BITS);
	if (!number)
		return add_page(old, &(struct old_page){ ptr >> PAGE_BITS,
							 event, event, cpu });
	old->pages[*number].last_event = event;
	return true;
}

bool old_objs_note_free(struct old_objs *old, uint64_t ptr, uint64_t event)
{
	const uint32_t *number;

	if (!old->wanted || !is_address(ptr))
		return true;
	if (!array_reach(&old->frees, &old->free_room, old->nr_frees,
			 sizeof(*old->frees)))
		return false;
	number = ptr_map_find(&old->numbers, ptr >> PAGE_BITS);
	old->frees[old->nr_frees++] = (struct old_free){
		.ptr = ptr,
		.event = event,
		.like = number ? old->pages[*number].last_event : NO_EVENT,
	};
	return true;
}

/* --- the end --- */

static int by_page(const void *a, const void *b)
{
	const struct old_page *x = a, *y = b;

	return (x->page > y->page) - (x->page < y->page);
}

/* The first of the sorted pages that is not below; or behind the last. */
static size_t find_page(const struct old_objs *old, uint64_t page)
{
	size_t low = 0, high = old->nr_pages;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (old->pages[middle].page < page)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* There is one: the trace allocates something. */
static const struct old_page *nearest(const struct old_objs *old, uint64_t page)
{
	size_t above = find_page(old, page);

	if (above == 0)
		return &old->pages[0];
	if (above == old->nr_pages ||
	    page - old->pages[above - 1].page < old->pages[above].page - page)
		return &old->pages[above - 1];
	return &old->pages[above];
}

/* A kfree says nothing of the cache: an allocation from the page does. */
static void take_kind(struct event *event, const struct event *like,
		      struct trace_header *header)
{
	if (like->op == EVENT_KMALLOC) {
		event->bytes_req = like->bytes_req;
		event->gfp = like->gfp;
	} else if (like->op == EVENT_ALLOC && like->cache < header->nr_caches) {
		event->cache = like->cache;
		header->caches[like->cache].frees++;
		header->caches[like->cache].unknown_frees++;
	}
}

/* What many events share is their shape: the free gets one of its own. */
static bool change_shape(struct event_store *events, uint64_t index,
			 const struct event *event)
{
	uint32_t shape = event_shapes_number(&events->shapes, event);

	if (shape == EVENT_SHAPE_NONE)
		return false;
	event_store_at(events, index)->shape = shape;
	return true;
}

static bool finish_free(const struct old_objs *old, const struct old_free *free,
			struct event_store *events, struct trace_header *header)
{
	const struct old_page *near = nearest(old, free->ptr >> PAGE_BITS);
	uint64_t number = free->like;
	struct event event =
		events->shapes
			.shapes[event_store_at(events, free->event)->shape];

	if (near->cpu <= INT16_MAX)
		event.node = (int16_t)near->cpu;
	if (number == NO_EVENT && near->page == free->ptr >> PAGE_BITS)
		number = near->first_event;
	if (number != NO_EVENT && event.cache == EVENT_NO_CACHE &&
	    event.flags & EVENT_BY_KFREE)
		take_kind(
			&event,
			&events->shapes
				 .shapes[event_store_at(events, number)->shape],
			header);
	return change_shape(events, free->event, &event);
}

bool old_objs_finish(struct old_objs *old, struct event_store *events,
		     struct trace_header *header)
{
	if (!old->nr_pages)
		return true;
	qsort(old->pages, old->nr_pages, sizeof(*old->pages), by_page);
	for (size_t i = 0; i < old->nr_frees; i++) {
		if (!finish_free(old, &old->frees[i], events, header))
			return false;
	}
	return event_store_error(events) == 0;
}
