/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays that grow, of elements of any type: @array is the address of the
 * pointer to the first one (NULL: none yet), @size the bytes of one. New
 * elements are zeroes. What does not grow, for want of memory, is as it was.
 */
#ifndef TRACES_ARRAY_H
#define TRACES_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Make an array of @from elements one of @to, which are not fewer. */
bool array_resize(void *array, size_t from, size_t to, size_t size);

/* Make it at least twice as long, until element @index is there. */
bool array_grow(void *array, uint32_t *room, uint32_t index, size_t size);

/* See to it that element @index is there, of an array that has @room. */
static inline bool array_reach(void *array, uint32_t *room, uint32_t index,
			       size_t size)
{
	return index < *room || array_grow(array, room, index, size);
}

#endif
