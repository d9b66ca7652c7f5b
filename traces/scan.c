/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers out of text, eight digits at a time.
 */
#include "traces/scan.h"

static const uint64_t powers[9] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
};

bool scan_long_number(struct cursor *in, uint64_t max, uint64_t *value)
{
	const char *start = in->p;
	uint64_t number = 0;
	unsigned int n;

	do {
		uint64_t word = scan_word(in), part;

		n = scan_count(scan_outside(word, '0', '9'));
		part = scan_digits(word, n);
		if (part > max || (number && number > (max - part) / powers[n]))
			return false;
		number = number * powers[n] + part;
		in->p += n;
	} while (n == 8);
	*value = number;
	return in->p > start;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* All eight bytes hex digits, in lower case: as the kernel prints pointers. */
static bool eight_hex(uint64_t word, uint64_t *value)
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

bool scan_hex(struct cursor *in, uint64_t *value)
{
	const char *start = in->p;
	uint64_t number = 0, part;
	int digit;

	while (in->p - start < 16 && eight_hex(scan_word(in), &part)) {
		number = number << 32 | part;
		in->p += 8;
	}
	while (in->p < in->end && (digit = hex_digit(*in->p)) >= 0) {
		number = number << 4 | (uint64_t)digit;
		in->p++;
	}
	*value = number;
	return in->p > start && in->p - start <= 16;
}
