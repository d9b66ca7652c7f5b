/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pointer is read and stored through memcpy: it may be of any type. */
#include "traces/array.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((size_t)256)

bool array_resize(void *array, size_t from, size_t to, size_t size)
{
	char *old, *new;

	memcpy(&old, array, sizeof(old));
	new = realloc(old, to * size);
	if (!new)
		return false;
	memset(new + from *size, 0, (to - from) * size);
	memcpy(array, &new, sizeof(new));
	return true;
}

bool array_grow(void *array, uint32_t *room, uint32_t index, size_t size)
{
	size_t to = *room ? 2 * (size_t)*room : FIRST_ROOM;

	while (to <= index)
		to *= 2;
	if (to > UINT32_MAX || !array_resize(array, *room, to, size))
		return false;
	*room = (uint32_t)to;
	return true;
}
