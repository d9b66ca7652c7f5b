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

bool scan_hex(struct cursor *in, uint64_t *value)
{
	const char *start = in->p;
	uint64_t number = 0, part;
	int digit;

	while (in->p - start < 16 && scan_eight_hex(scan_word(in), &part)) {
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
