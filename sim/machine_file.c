/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine as a file: docs/slabsim-machine.5 tells it to users. Sections are
 * [machine], which comes first and may end the file, [distance], [cost] and
 * [set]. A line is judged where it stands, so that errors name it; what lacks
 * is told where a section ends.
 */
#include "sim/machine_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/ini.h"
#include "sim/number.h"

#define NEAREST 11
#define FARTHEST 254

enum section { NO_SECTION, MACHINE, DISTANCE, COST, SET, NR_SECTIONS };

static const char *const section_names[NR_SECTIONS] = { "", "machine",
							"distance", "cost",
							"set" };

struct reading {
	struct machine_keys *keys;
	enum section section;
	bool rows[MACHINE_MAX_NODES]; /* of [distance], that are there */
};

/* --- [distance] ---------------------------------------------------------- */

static bool check_row(struct reading *r, uint32_t from, const uint16_t *row,
		      size_t nr)
{
	struct machine_spec *spec = r->keys->spec;

	for (uint32_t to = 0; nr == spec->nodes && to < nr; to++) {
		if (to == from ? row[to] != MACHINE_LOCAL_DISTANCE :
				 row[to] < NEAREST)
			nr = 0;
		else
			spec->distance[from * spec->nodes + to] =
				(uint8_t)row[to];
	}
	if (nr == spec->nodes)
		return true;
	return machine_keys_refuse(r->keys,
				   "distances of node %u: expected %u numbers, "
				   "%d for itself and %d to %d for others",
				   from, spec->nodes, MACHINE_LOCAL_DISTANCE,
				   NEAREST, FARTHEST);
}

/* "0 = 10 21": what it takes from node 0 to each node. */
static bool take_row(struct reading *r, const struct ini_line *line)
{
	struct machine_spec *spec = r->keys->spec;
	uint16_t row[MACHINE_MAX_NODES];
	uint64_t from;
	size_t nr;

	if (!number_parse(line->key, spec->nodes - 1, &from))
		return machine_keys_refuse(r->keys,
					   "\"%.60s\": expected a node from 0 "
					   "to %u and its distances",
					   line->key, spec->nodes - 1);
	/* "0" and "00" are two keys and one node */
	if (r->rows[from])
		return machine_keys_refuse(r->keys, "%.60s is given twice",
					   line->key);
	r->rows[from] = true;
	nr = machine_numbers(line->value, MACHINE_LOCAL_DISTANCE, FARTHEST, row,
			     MACHINE_MAX_NODES);
	return check_row(r, (uint32_t)from, row, nr);
}

static bool begin_distance(struct reading *r)
{
	struct machine_spec *spec = r->keys->spec;

	spec->distance = calloc((size_t)spec->nodes * spec->nodes,
				sizeof(*spec->distance));
	return spec->distance || machine_keys_refuse(r->keys, "out of memory");
}

static bool end_distance(struct reading *r)
{
	struct machine_spec *spec = r->keys->spec;

	for (uint32_t node = 0; node < spec->nodes; node++) {
		if (!r->rows[node])
			return machine_keys_refuse(r->keys,
						   "[distance] ends here: "
						   "expected a line for node "
						   "%u",
						   node);
	}
	machine_spec_drop_default_distance(spec);
	return true;
}

/* --- sections ------------------------------------------------------------ */

static bool end_section(struct reading *r)
{
	switch (r->section) {
	case MACHINE:
		return machine_keys_end(r->keys);
	case DISTANCE:
		return end_distance(r);
	default:
		return true;
	}
}

static bool begin_section(struct reading *r, const char *name)
{
	const char *near;

	for (int i = MACHINE; i < NR_SECTIONS; i++) {
		if (strcmp(name, section_names[i]) != 0)
			continue;
		if (i != MACHINE && r->section == NO_SECTION)
			return machine_keys_refuse(r->keys,
						   "[%s]: expected [machine] "
						   "first",
						   name);
		r->section = (enum section)i;
		return i != DISTANCE || begin_distance(r);
	}
	near = suggest(name, section_names + 1, NR_SECTIONS - 1);
	if (near)
		return machine_keys_refuse(
			r->keys, "unknown section [%.60s], did you mean [%s]?",
			name, near);
	return machine_keys_refuse(r->keys,
				   "unknown section [%.60s]: expected "
				   "[machine], [distance], [cost] or [set]",
				   name);
}

static bool take_key(struct reading *r, const struct ini_line *line)
{
	struct machine_keys *keys = r->keys;
	struct machine_spec *spec = keys->spec;

	switch (r->section) {
	case MACHINE:
		return machine_keys_set(keys, line->key, line->value);
	case DISTANCE:
		return take_row(r, line);
	case COST:
		return timing_cost_set(&spec->costs, line->key, line->value,
				       keys->error, keys->error_bytes);
	case SET:
		return tunables_set(&spec->tunables, line->key, line->value,
				    keys->error, keys->error_bytes);
	default:
		return false;
	}
}

static bool take_line(void *arg, const struct ini_line *line, char *what,
		      size_t what_bytes)
{
	struct reading *r = arg;

	r->keys->error = what;
	r->keys->error_bytes = what_bytes;
	if (line->key)
		return take_key(r, line);
	if (!end_section(r))
		return false;
	if (line->section)
		return begin_section(r, line->section);
	return r->section != NO_SECTION ||
	       machine_keys_refuse(r->keys, "expected [machine]");
}

bool machine_file_read(struct machine_keys *keys, const char *path)
{
	struct machine_keys own = *keys;
	struct reading r = { .keys = &own };
	int code;

	own.nr_known = NR_MACHINE_KEYS;
	code = ini_read(path, take_line, &r, keys->error, keys->error_bytes);
	memcpy(keys->given, own.given, sizeof(keys->given));
	return code == 0;
}
