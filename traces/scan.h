/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cursor over a text, and its basic moves: skip blanks, take a number. They
 * look at eight bytes at a time, as one little-endian word, because a loop
 * over the bytes ends at a different place in each line and the processor
 * cannot guess where; that cost more than all the rest of parsing.
 */
#ifndef TRACES_SCAN_H
#define TRACES_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cursor {
	const char *p, *end;
};

#define SCAN_ONES 0x0101010101010101u
#define SCAN_TOPS 0x8080808080808080u

/* The next eight bytes, the first lowest; zeroes behind the end. */
static inline uint64_t scan_word(const struct cursor *in)
{
	uint64_t word = 0;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (in->end - in->p >= 8) {
		memcpy(&word, in->p, 8);
		return word;
	}
#endif
	for (size_t i = 0; i < 8 && in->p + i < in->end; i++)
		word |= (uint64_t)(unsigned char)in->p[i] << 8 * i;
	return word;
}

/* How many bytes there are below the lowest set top bit. */
static inline unsigned int scan_count(uint64_t tops)
{
	return tops ? (unsigned int)__builtin_ctzll(tops) / 8 : 8;
}

/* The top bit of each byte that is not in low..high (both below 0x80). */
static inline uint64_t scan_outside(uint64_t word, unsigned char low,
				    unsigned char high)
{
	uint64_t below = (word | SCAN_TOPS) - SCAN_ONES * low;
	uint64_t above = (word & ~SCAN_TOPS) + SCAN_ONES * (0x7fu - high);

	return (~below | above | word) & SCAN_TOPS;
}

static inline bool scan_at(const struct cursor *in, char c)
{
	return in->p < in->end && *in->p == c;
}

static inline bool scan_take(struct cursor *in, char c)
{
	if (!scan_at(in, c))
		return false;
	in->p++;
	return true;
}

static inline bool scan_take_word(struct cursor *in, const char *word)
{
	size_t bytes = strlen(word);

	if ((size_t)(in->end - in->p) < bytes ||
	    memcmp(in->p, word, bytes) != 0)
		return false;
	in->p += bytes;
	return true;
}

static inline void scan_skip_blanks(struct cursor *in)
{
	unsigned int n;

	do {
		n = scan_count(scan_outside(scan_word(in), ' ', ' '));
		in->p += n;
	} while (n == 8);
}

/* Up to the next blank, or the end. */
static inline void scan_skip_text(struct cursor *in)
{
	const char *blank = NULL;

	if (in->p < in->end)
		blank = memchr(in->p, ' ', (size_t)(in->end - in->p));
	in->p = blank ? blank : in->end;
}

/*
 * The number that @n (0..8) digits at the low end of the word make: move them
 * to the high end, the digit of the ones last, then add neighbours: pairs,
 * fours, eight.
 */
static inline uint64_t scan_digits(uint64_t word, unsigned int n)
{
	if (n == 0)
		return 0;
	word = (word & 0x0f0f0f0f0f0f0f0f) << (64 - 8 * n);
	word = word * 10 + (word >> 8);
	return ((word & 0x000000ff000000ff) * 0x000f424000000064 +
		(word >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >>
	       32;
}

/* For numbers of eight digits and more. */
bool scan_long_number(struct cursor *in, uint64_t max, uint64_t *value);

/* Decimal digits, at least one, a number of up to @max. */
static inline bool scan_number(struct cursor *in, uint64_t max, uint64_t *value)
{
	uint64_t word = scan_word(in);
	unsigned int n = scan_count(scan_outside(word, '0', '9'));

	if (n == 8)
		return scan_long_number(in, max, value);
	*value = scan_digits(word, n);
	in->p += n;
	return n && *value <= max;
}

/* All eight bytes hex digits, in lower case: as the kernel prints pointers. */
static inline bool scan_eight_hex(uint64_t word, uint64_t *value)
{
	uint64_t letter = word >> 6 & SCAN_ONES;
	uint64_t not_digit = scan_outside(word, '0', '9');
	uint64_t not_letter = scan_outside(word, 'a', 'f');

	if (not_digit & not_letter)
		return false;
	/* '0' is 0x30, 'a' is 0x61: nine more than its low four bits */
	word = (word & 0x0f0f0f0f0f0f0f0f) + letter * 9;
	word = (word << 4 | word >> 8) & 0x00ff00ff00ff00ff;
	word = (word << 8 | word >> 16) & 0x0000ffff0000ffff;
	*value = (word << 16 | word >> 32) & 0xffffffff;
	return true;
}

/* Hex digits, one to sixteen. */
bool scan_hex(struct cursor *in, uint64_t *value);

#endif
