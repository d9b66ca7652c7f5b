/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XXH64, from its published description: four lanes take eight bytes each,
 * turn by turn; at the end they are joined, the rest is added, and all bits
 * are mixed. Words are little-endian on every machine.
 */
#include "traces/digest.h"

#include <stdio.h>
#include <string.h>

#define PRIME1 0x9e3779b185ebca87u
#define PRIME2 0xc2b2ae3d27d4eb4fu
#define PRIME3 0x165667b19e3779f9u
#define PRIME4 0x85ebca77c2b2ae63u
#define PRIME5 0x27d4eb2f165667c5u

static uint64_t load(const uint8_t *p, size_t bytes)
{
	uint64_t word = 0;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (bytes == 8) {
		memcpy(&word, p, 8);
		return word;
	}
#endif
	for (size_t i = 0; i < bytes; i++)
		word |= (uint64_t)p[i] << 8 * i;
	return word;
}

static uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t step(uint64_t lane, uint64_t word)
{
	return rotate(lane + word * PRIME2, 31) * PRIME1;
}

void digest_init(struct digest *digest)
{
	*digest = (struct digest){
		.lane = { PRIME1 + PRIME2, PRIME2, 0, 0 - PRIME1 },
	};
}

static void take_stripes(uint64_t lane[4], const uint8_t *p, size_t stripes)
{
	uint64_t a = lane[0], b = lane[1], c = lane[2], d = lane[3];

	for (; stripes; stripes--, p += 32) {
		a = step(a, load(p, 8));
		b = step(b, load(p + 8, 8));
		c = step(c, load(p + 16, 8));
		d = step(d, load(p + 24, 8));
	}
	lane[0] = a, lane[1] = b, lane[2] = c, lane[3] = d;
}

void digest_update(struct digest *digest, const void *data, size_t bytes)
{
	size_t held = digest->bytes % 32;
	const uint8_t *p = data;

	digest->bytes += bytes;
	if (held) {
		size_t part = 32 - held < bytes ? 32 - held : bytes;

		memcpy(digest->held + held, p, part);
		p += part;
		bytes -= part;
		if (held + part < 32)
			return;
		take_stripes(digest->lane, digest->held, 1);
	}
	take_stripes(digest->lane, p, bytes / 32);
	if (bytes % 32)
		memcpy(digest->held, p + bytes / 32 * 32, bytes % 32);
}

static uint64_t join(const struct digest *digest)
{
	const uint64_t *lane = digest->lane;
	uint64_t hash;

	if (digest->bytes < 32)
		return lane[2] + PRIME5;
	hash = rotate(lane[0], 1) + rotate(lane[1], 7) + rotate(lane[2], 12) +
	       rotate(lane[3], 18);
	for (size_t i = 0; i < 4; i++)
		hash = (hash ^ step(0, lane[i])) * PRIME1 + PRIME4;
	return hash;
}

static uint64_t add_rest(uint64_t hash, const uint8_t *p, size_t bytes)
{
	for (; bytes >= 8; p += 8, bytes -= 8)
		hash = rotate(hash ^ step(0, load(p, 8)), 27) * PRIME1 + PRIME4;
	if (bytes >= 4) {
		hash = rotate(hash ^ load(p, 4) * PRIME1, 23) * PRIME2 + PRIME3;
		p += 4;
		bytes -= 4;
	}
	for (; bytes; p++, bytes--)
		hash = rotate(hash ^ *p * PRIME5, 11) * PRIME1;
	return hash;
}

void digest_text(const struct digest *digest, char text[DIGEST_TEXT_BYTES])
{
	uint64_t hash = join(digest) + digest->bytes;

	hash = add_rest(hash, digest->held, digest->bytes % 32);
	hash = (hash ^ hash >> 33) * PRIME2;
	hash = (hash ^ hash >> 29) * PRIME3;
	hash ^= hash >> 32;
	snprintf(text, DIGEST_TEXT_BYTES, "xxh64:%016llx",
		 (unsigned long long)hash);
}
