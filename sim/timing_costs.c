/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See timing_costs.h. */
#include "sim/timing_costs.h"

#include <stdio.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/ini.h"
#include "sim/number.h"

/* clang-format off */
static const char *const names[] = {
#define COST_NAME(name, value, source) #name,
	TIMING_COSTS(COST_NAME)
};
static const char *const sources[] = {
#define COST_SOURCE(name, value, source) source,
	TIMING_COSTS(COST_SOURCE)
};
static const size_t offsets[] = {
#define COST_OFFSET(name, value, source) offsetof(struct timing_costs, name),
	TIMING_COSTS(COST_OFFSET)
};
/* clang-format on */
#define NR_COSTS (sizeof(names) / sizeof(names[0]))

static uint64_t *cost_at(struct timing_costs *costs, size_t place)
{
	return (uint64_t *)(void *)((char *)costs + offsets[place]);
}

void timing_costs_default(struct timing_costs *costs)
{
	*costs = (struct timing_costs){
#define COST_DEFAULT(name, value, source) .name = (value),
		TIMING_COSTS(COST_DEFAULT)
	};
}

static bool unknown(const char *name, char *error, size_t error_bytes)
{
	const char *near = suggest(name, names, NR_COSTS);
	char list[320] = "";
	size_t used = 0;

	if (near) {
		snprintf(error, error_bytes,
			 "no cost \"%.60s\", did you mean \"%s\"?", name, near);
		return false;
	}
	for (size_t i = 0; i < NR_COSTS && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", i ? ", " : "", names[i]);
	snprintf(error, error_bytes, "no cost \"%.60s\": expected one of %s",
		 name, list);
	return false;
}

bool timing_cost_set(struct timing_costs *costs, const char *name,
		     const char *text, char *error, size_t error_bytes)
{
	uint64_t value;

	for (size_t i = 0; i < NR_COSTS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		if (!number_parse(text, TIMING_COST_MAX, &value)) {
			snprintf(error, error_bytes,
				 "%s=%.60s: expected a number from 0 to %d",
				 name, text, TIMING_COST_MAX);
			return false;
		}
		*cost_at(costs, i) = value;
		costs->given |= UINT64_C(1) << i;
		return true;
	}
	return unknown(name, error, error_bytes);
}

bool timing_costs_set(struct timing_costs *costs, const char *text, char *error,
		      size_t error_bytes)
{
	char name[64];
	const char *equals = strchr(text, '=');
	size_t length = strcspn(text, " =");

	if (!equals || length >= sizeof(name)) {
		snprintf(error, error_bytes, "\"%.80s\": expected NAME=VALUE",
			 text);
		return false;
	}
	memcpy(name, text, length);
	name[length] = '\0';
	equals++;
	return timing_cost_set(costs, name, equals + strspn(equals, " "), error,
			       error_bytes);
}

static bool take_line(void *arg, const struct ini_line *line, char *what,
		      size_t what_bytes)
{
	if (!line->section)
		return true;
	if (line->key)
		return timing_cost_set(arg, line->key, line->value, what,
				       what_bytes);
	if (!strcmp(line->section, "cost") || !strcmp(line->section, "timing"))
		return true;
	snprintf(what, what_bytes, "[%.60s]: expected the section [cost]",
		 line->section);
	return false;
}

int timing_costs_read(struct timing_costs *costs, const char *path, char *error,
		      size_t error_bytes)
{
	return ini_read(path, take_line, costs, error, error_bytes);
}

void timing_costs_default_to(struct timing_costs *costs,
			     const struct timing_costs *others)
{
	for (size_t i = 0; i < NR_COSTS; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if (costs->given & bit || !(others->given & bit))
			continue;
		memcpy(cost_at(costs, i), (const char *)others + offsets[i],
		       sizeof(uint64_t));
		costs->given |= bit;
	}
}

bool timing_cost_at(const struct timing_costs *costs, size_t place,
		    const char **name, uint64_t *value, const char **source)
{
	if (place >= NR_COSTS)
		return false;
	*name = names[place];
	memcpy(value, (const char *)costs + offsets[place], sizeof(*value));
	*source = costs->given >> place & 1 ? "given" : sources[place];
	return true;
}
