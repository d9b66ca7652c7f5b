/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes in and out. Readers take nothing on trust: every length is compared
 * with what is left before anything is allocated or copied.
 */
#include "traces/bytes.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(struct bytes *bytes, size_t more)
{
	size_t room = bytes->room ? bytes->room : 4096;
	uint8_t *data;

	if (bytes->failed)
		return false;
	if (bytes->room - bytes->nr >= more)
		return true;
	while (room - bytes->nr < more)
		room *= 2;
	data = realloc(bytes->data, room);
	bytes->failed = !data;
	if (!data)
		return false;
	bytes->data = data;
	bytes->room = room;
	return true;
}

void bytes_put_varint(struct bytes *bytes, uint64_t value)
{
	if (!reserve(bytes, VARINT_MAX_BYTES))
		return;
	bytes->nr = (size_t)(put_varint(bytes->data + bytes->nr, value) -
			     bytes->data);
}

void bytes_put_string(struct bytes *bytes, const char *text)
{
	size_t length = strlen(text);

	bytes_put_varint(bytes, length);
	if (!length || !reserve(bytes, length))
		return;
	memcpy(bytes->data + bytes->nr, text, length);
	bytes->nr += length;
}

void bytes_release(struct bytes *bytes)
{
	free(bytes->data);
	memset(bytes, 0, sizeof(*bytes));
}

uint64_t byte_reader_varint(struct byte_reader *in, uint64_t max)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64 && !in->failed; shift += 7) {
		if (in->p == in->end)
			break;
		/* the tenth byte has room for one bit */
		if (shift == 63 && *in->p > 1)
			break;
		value |= (uint64_t)(*in->p & 0x7f) << shift;
		if (!(*in->p++ & 0x80)) {
			in->failed = value > max;
			return in->failed ? 0 : value;
		}
	}
	in->failed = true;
	return 0;
}

char *byte_reader_string(struct byte_reader *in, size_t max)
{
	uint64_t length = byte_reader_varint(in, max);
	char *text;

	if (in->failed || length > (uint64_t)(in->end - in->p) ||
	    memchr(in->p, '\0', length)) {
		in->failed = true;
		return NULL;
	}
	text = malloc(length + 1);
	if (!text) {
		in->failed = true;
		return NULL;
	}
	memcpy(text, in->p, length);
	text[length] = '\0';
	in->p += length;
	return text;
}
