/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/number.h"

bool number_parse(const char *text, uint64_t max, uint64_t *value)
{
	if (*text == '\0')
		return false;
	for (*value = 0; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9' || digit > max ||
		    *value > (max - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return true;
}
