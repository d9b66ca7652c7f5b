/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See timing_costs.h. */
#include "sim/timing_costs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"

#define LINE_BYTES 256

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

	snprintf(error, error_bytes, "no cost \"%.60s\"%s%s%s", name,
		 near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "");
	return false;
}

bool timing_costs_set(struct timing_costs *costs, const char *text, char *error,
		      size_t error_bytes)
{
	char name[64], digits[16];
	int end = 0;

	if (sscanf(text, " %63[a-z_] = %10[0-9] %n", name, digits, &end) != 2 ||
	    text[end] || strtoull(digits, NULL, 10) > TIMING_COST_MAX) {
		snprintf(error, error_bytes,
			 "\"%.80s\": expected name=value, a number from 0 to "
			 "%d",
			 text, TIMING_COST_MAX);
		return false;
	}
	for (size_t i = 0; i < NR_COSTS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*cost_at(costs, i) = strtoull(digits, NULL, 10);
		costs->given |= UINT64_C(1) << i;
		return true;
	}
	return unknown(name, error, error_bytes);
}

/* A line without its comment and the blanks around it. */
static char *trimmed(char *line)
{
	char *end;

	line[strcspn(line, "#;\r\n")] = '\0';
	line += strspn(line, " \t");
	end = line + strlen(line);
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return line;
}

static bool read_line(struct timing_costs *costs, char *line, bool *inside,
		      char *error, size_t error_bytes)
{
	char *text = trimmed(line);

	if (!*text)
		return true;
	if (*text == '[') {
		*inside = strcmp(text, "[timing]") == 0;
		if (!*inside)
			snprintf(error, error_bytes,
				 "%.60s: expected the section [timing]", text);
		return *inside;
	}
	if (*inside)
		return timing_costs_set(costs, text, error, error_bytes);
	snprintf(error, error_bytes, "expected [timing] first");
	return false;
}

int timing_costs_read(struct timing_costs *costs, const char *path, char *error,
		      size_t error_bytes)
{
	FILE *in = fopen(path, "r");
	char line[LINE_BYTES], what[LINE_BYTES];
	bool inside = false;
	int number = 0, code = 0;

	if (!in) {
		code = -errno;
		snprintf(error, error_bytes, "%s: %s", path, strerror(-code));
		return code;
	}
	while (!code && fgets(line, sizeof(line), in)) {
		number++;
		if (read_line(costs, line, &inside, what, sizeof(what)))
			continue;
		snprintf(error, error_bytes, "%s:%d: %s", path, number, what);
		code = -EBADMSG;
	}
	if (!code && ferror(in)) {
		snprintf(error, error_bytes, "%s: cannot be read", path);
		code = -EIO;
	}
	fclose(in);
	return code;
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
