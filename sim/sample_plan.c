/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sample times and durations, in integers: no rounding that differs between
 * machines.
 */
#include "sim/sample_plan.h"

#include <string.h>

uint64_t sample_plan_last(const struct sample_plan *plan)
{
	if (!plan->end_ns)
		return 1;
	if (plan->steps)
		return plan->steps;
	return (plan->end_ns - 1) / plan->step_ns + 1;
}

uint64_t sample_plan_time_ns(const struct sample_plan *plan, uint64_t k)
{
	uint64_t steps = plan->steps;

	if (k >= sample_plan_last(plan))
		return plan->end_ns;
	if (!steps)
		return k * plan->step_ns;
	/* floor(end * k / steps), without overflow: steps <= 10^6 */
	return plan->end_ns / steps * k + plan->end_ns % steps * k / steps;
}

/* Nanoseconds of a unit; 0: no such unit. */
static uint64_t unit_ns(const char *unit)
{
	if (!*unit || !strcmp(unit, "ns"))
		return 1;
	if (!strcmp(unit, "us"))
		return 1000;
	if (!strcmp(unit, "ms"))
		return 1000000;
	if (!strcmp(unit, "s"))
		return 1000000000;
	return 0;
}

/* Digits into a number. Return: false when there are none or too many. */
static bool parse_digits(const char **text, uint64_t *number)
{
	const char *p = *text;

	for (*number = 0; *p >= '0' && *p <= '9'; p++) {
		if (*number > (UINT64_MAX - 9) / 10)
			return false;
		*number = *number * 10 + (uint64_t)(*p - '0');
	}
	if (p == *text)
		return false;
	*text = p;
	return true;
}

bool duration_parse(const char *text, uint64_t *ns)
{
	const char *fraction = NULL;
	uint64_t whole, unit, part = 0;

	if (!parse_digits(&text, &whole))
		return false;
	if (*text == '.') {
		fraction = ++text;
		while (*text >= '0' && *text <= '9')
			text++;
		if (text == fraction)
			return false;
	}
	unit = unit_ns(text);
	if (!unit || whole > UINT64_MAX / unit - 1)
		return false;
	*ns = whole * unit;
	/* Digits below a nanosecond are dropped. */
	for (part = unit / 10;
	     fraction && part && *fraction >= '0' && *fraction <= '9';
	     part /= 10, fraction++)
		*ns += part * (uint64_t)(*fraction - '0');
	return true;
}
