/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times in decimal with an optional unit, seconds without one. Read digit by
 * digit: 0.1 s is 100000000 ns, not what a double makes of it.
 */
#include "sim/time_option.h"

#include <stddef.h>
#include <string.h>

#define MAX_NS (UINT64_MAX / 2)

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
	{ "us", 1000 },     { "ns", 1 },
};

static uint64_t unit_ns(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].name, name) == 0)
			return units[i].ns;
	}
	return 0;
}

static bool add_digit(uint64_t *ns, char digit, uint64_t place_ns)
{
	uint64_t value = (uint64_t)(digit - '0');

	if (value && (!place_ns || place_ns > MAX_NS / value ||
		      *ns > MAX_NS - value * place_ns))
		return false;
	*ns += value * place_ns;
	return true;
}

bool time_parse(const char *text, uint64_t *ns)
{
	size_t whole = strspn(text, "0123456789");
	size_t dot = text[whole] == '.';
	size_t rest = dot ? strspn(text + whole + 1, "0123456789") : 0;
	uint64_t unit = unit_ns(text + whole + dot + rest), place = unit;

	*ns = 0;
	if (!unit || !whole || (dot && !rest) || whole > 19)
		return false;
	for (size_t i = whole; i-- > 0;) {
		if (!add_digit(ns, text[i], place))
			return false;
		/* beyond the limit: only zeroes may follow */
		place = place > MAX_NS / 10 ? 0 : place * 10;
	}
	place = unit;
	for (size_t i = 0; i < rest; i++) {
		place = place % 10 ? 0 : place / 10;
		if (!add_digit(ns, text[whole + 1 + i], place))
			return false;
	}
	return true;
}

uint64_t option_time(const struct argp_state *state, const char *name,
		     const char *text, uint64_t least_ns)
{
	uint64_t ns;

	if (!time_parse(text, &ns) || ns < least_ns)
		argp_error(state,
			   "%s: \"%s\" is not a time such as 1.5, 200ms or "
			   "30us%s",
			   name, text, least_ns ? " above 0" : "");
	return ns;
}
