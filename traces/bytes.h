/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and strings as bytes, the same on every machine: fixed numbers
 * little-endian, others as varints (seven bits a byte, lowest first, the top
 * bit says that more follow), strings as varint length and bytes.
 */
#ifndef TRACES_BYTES_H
#define TRACES_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX_BYTES 10

static inline uint8_t *put_varint(uint8_t *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*out++ = (uint8_t)(value | 0x80);
	*out++ = (uint8_t)value;
	return out;
}

/* Reads at most VARINT_MAX_BYTES bytes, which must be there. */
static inline const uint8_t *get_varint(const uint8_t *in, uint64_t *value)
{
	uint64_t number = *in & 0x7f;

	for (unsigned int shift = 7; *in++ & 0x80 && shift < 70; shift += 7)
		number |= (uint64_t)(*in & 0x7f) << shift;
	*value = number;
	return in;
}

static inline void put_le(uint8_t *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

static inline uint64_t get_le(const uint8_t *in, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)in[i] << 8 * i;
	return value;
}

/* A growing array of bytes; all zeroes is an empty one. */
struct bytes {
	uint8_t *data; /* owned */
	size_t nr, room;
	bool failed; /* out of memory at some time: what follows is lost */
};

void bytes_put_varint(struct bytes *bytes, uint64_t value);
void bytes_put_string(struct bytes *bytes, const char *text);
void bytes_release(struct bytes *bytes);

/* A reader of bytes; @failed once something is not there or out of range. */
struct byte_reader {
	const uint8_t *p, *end;
	bool failed;
};

uint64_t byte_reader_varint(struct byte_reader *in, uint64_t max);
/* An owned copy, or NULL (and failed): no NUL inside, at most @max bytes. */
char *byte_reader_string(struct byte_reader *in, size_t max);

#endif
