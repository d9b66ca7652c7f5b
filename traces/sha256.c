/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4). Two versions of the inner loop: plain C, and one that
 * uses the x86 SHA instructions where the processor has them, because hashing
 * the text would else cost twice as much as parsing it. Both give the same
 * digest (a test compares them); to change one, change neither's result.
 */
#include "traces/sha256.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define SHA256_X86 1
#include <cpuid.h>
#include <immintrin.h>
#endif

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned int bits)
{
	return x >> bits | x << (32 - bits);
}

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void expand(uint32_t w[64], const uint8_t *data)
{
	for (size_t i = 0; i < 16; i++)
		w[i] = load_be32(data + 4 * i);
	for (size_t i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		       (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void compress_one(uint32_t state[8], const uint8_t *data)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[64];

	expand(w, data);
	for (size_t i = 0; i < 64; i++) {
		uint32_t t1 = h +
			      (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			      ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
		uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			      ((a & b) ^ (a & c) ^ (b & c));

		h = g, g = f, f = e, e = d + t1;
		d = c, c = b, b = a, a = t1 + t2;
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d;
	state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void compress_portable(uint32_t state[8], const uint8_t *data,
			      size_t blocks)
{
	for (; blocks; blocks--, data += 64)
		compress_one(state, data);
}

#ifdef SHA256_X86
/*
 * The instructions work on the state as two vectors, ABEF and CDGH, and do
 * four rounds from four prepared words at a time.
 */
__attribute__((target("sha,sse4.1"))) static void
compress_x86(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	const __m128i swap =
		_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)state);
	__m128i hgfe =
		_mm_loadu_si128((const __m128i *)(const void *)(state + 4));
	__m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
	__m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
	__m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
	__m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

	for (; blocks; blocks--, data += 64) {
		__m128i w[4], abef_before = abef, cdgh_before = cdgh;

		for (size_t i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(
				_mm_loadu_si128((
					const __m128i *)(const void *)(data +
								       16 * i)),
				swap);
		for (size_t i = 0; i < 16; i++) {
			__m128i k = _mm_loadu_si128((
				const __m128i *)(const void *)(round_constants +
							       4 * i));
			__m128i now = w[0], next, sum = _mm_add_epi32(now, k);

			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
			abef = _mm_sha256rnds2_epu32(
				abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
			next = _mm_sha256msg1_epu32(now, w[1]);
			next = _mm_add_epi32(next,
					     _mm_alignr_epi8(w[3], w[2], 4));
			next = _mm_sha256msg2_epu32(next, w[3]);
			w[0] = w[1];
			w[1] = w[2];
			w[2] = w[3];
			w[3] = next;
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	__m128i feba = _mm_shuffle_epi32(abef, 0x1b);
	__m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);

	_mm_storeu_si128((__m128i *)(void *)state,
			 _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(state + 4),
			 _mm_alignr_epi8(dchg, feba, 8));
}

static bool have_x86_sha(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b >> 29 & 1;
}
#endif

void sha256_init_portable(struct sha256 *hash)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(hash->state, start, sizeof(start));
	hash->length_bytes = 0;
	hash->compress = compress_portable;
}

void sha256_init(struct sha256 *hash)
{
	sha256_init_portable(hash);
#ifdef SHA256_X86
	if (have_x86_sha())
		hash->compress = compress_x86;
#endif
}

void sha256_update(struct sha256 *hash, const void *data, size_t bytes)
{
	const uint8_t *p = data;
	size_t held = hash->length_bytes % 64;

	hash->length_bytes += bytes;
	if (held) {
		size_t part = 64 - held < bytes ? 64 - held : bytes;

		memcpy(hash->block + held, p, part);
		p += part;
		bytes -= part;
		if (held + part < 64)
			return;
		hash->compress(hash->state, hash->block, 1);
	}
	hash->compress(hash->state, p, bytes / 64);
	if (bytes % 64)
		memcpy(hash->block, p + bytes / 64 * 64, bytes % 64);
}

void sha256_final(struct sha256 *hash, char hex[SHA256_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t bits = hash->length_bytes * 8;
	uint8_t pad[72] = { 0x80 };
	size_t pad_bytes = 1 + (119 - hash->length_bytes % 64) % 64;

	for (size_t i = 0; i < 8; i++)
		pad[pad_bytes + i] = (uint8_t)(bits >> (56 - 8 * i));
	sha256_update(hash, pad, pad_bytes + 8);
	for (size_t i = 0; i < 64; i++)
		hex[i] = digits[hash->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
	hex[64] = '\0';
}
