/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See machine_keys.h. */
#include "sim/machine_keys.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/number.h"
#include "sim/profile_option.h"

#define NODE_PAGES_MIN 64
#define NODE_PAGES_MAX 268435456 /* 1 TiB of 4096 byte pages */
#define MAX_CPUS_MAX 8192

static const char *const key_names[NR_MACHINE_KEYS] = {
	[KEY_NODES] = "nodes",       [KEY_CPUS] = "cpus",
	[KEY_PAGES] = "pages",       [KEY_MASK] = "mask",
	[KEY_ALIEN] = "alien",       [KEY_CPUS_PER_NODE] = "cpus_per_node",
	[KEY_CPU_NODE] = "cpu_node", [KEY_MAX_CPUS] = "max_cpus",
	[KEY_PROFILE] = "profile",
};

bool machine_keys_refuse(struct machine_keys *keys, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(keys->error, keys->error_bytes, format, args);
	va_end(args);
	return false;
}

size_t machine_numbers(const char *text, uint64_t min, uint64_t max,
		       uint16_t *values, size_t room)
{
	size_t nr = 0;

	for (;;) {
		char word[8];
		size_t length;
		uint64_t value;

		text += strspn(text, " \t");
		length = strcspn(text, " \t");
		if (!length)
			return nr;
		if (length >= sizeof(word) || nr == room)
			return 0;
		memcpy(word, text, length);
		word[length] = '\0';
		if (!number_parse(word, max, &value) || value < min)
			return 0;
		values[nr++] = (uint16_t)value;
		text += length;
	}
}

bool machine_even_split(const uint16_t *cpu_node, uint32_t cpus, uint32_t nodes)
{
	for (uint64_t cpu = 0; cpu < cpus; cpu++) {
		if (cpu_node[cpu] != cpu * nodes / cpus)
			return false;
	}
	return true;
}

/* --- values -------------------------------------------------------------- */

static bool parse_range(struct machine_keys *keys, enum machine_key key,
			const char *text, uint64_t min, uint64_t max,
			uint64_t *value)
{
	if (number_parse(text, max, value) && *value >= min)
		return true;
	return machine_keys_refuse(keys,
				   "%s=%.60s: expected a number from %" PRIu64
				   " to %" PRIu64,
				   key_names[key], text, min, max);
}

static bool parse_word(struct machine_keys *keys, enum machine_key key,
		       const char *text, const char *no, const char *yes,
		       bool *value)
{
	*value = strcmp(text, yes) == 0;
	if (*value || strcmp(text, no) == 0)
		return true;
	return machine_keys_refuse(keys, "%s=%.60s: expected %s or %s",
				   key_names[key], text, yes, no);
}

/* The map of the CPUs that are given, and none if it is that of --machine. */
static bool take_map(struct machine_keys *keys, const uint16_t *cpu_node,
		     uint32_t cpus)
{
	struct machine_spec *spec = keys->spec;

	spec->cpus = cpus;
	if (machine_even_split(cpu_node, cpus, spec->nodes))
		return true;
	spec->cpu_node = malloc(cpus * sizeof(*cpu_node));
	if (!spec->cpu_node)
		return machine_keys_refuse(keys, "out of memory");
	memcpy(spec->cpu_node, cpu_node, cpus * sizeof(*cpu_node));
	return true;
}

static bool parse_cpu_node(struct machine_keys *keys, const char *text)
{
	uint16_t cpu_node[MACHINE_MAX_CPUS];
	bool seen[MACHINE_MAX_NODES] = { false };
	uint32_t nodes = keys->spec->nodes;
	size_t nr =
		machine_numbers(text, 0, nodes - 1, cpu_node, MACHINE_MAX_CPUS);

	if (!nr)
		return machine_keys_refuse(keys,
					   "cpu_node: expected for each CPU a "
					   "node from 0 to %u, with blanks "
					   "between",
					   nodes - 1);
	for (size_t i = 0; i < nr; i++)
		seen[cpu_node[i]] = true;
	for (uint32_t node = 0; node < nodes; node++) {
		if (!seen[node])
			return machine_keys_refuse(keys,
						   "cpu_node: every node needs "
						   "a CPU: node %u has none",
						   node);
	}
	return take_map(keys, cpu_node, (uint32_t)nr);
}

static bool parse_cpus_per_node(struct machine_keys *keys, const char *text)
{
	uint16_t counts[MACHINE_MAX_NODES], cpu_node[MACHINE_MAX_CPUS];
	uint32_t nodes = keys->spec->nodes, cpus = 0;
	size_t nr = machine_numbers(text, 1, MACHINE_MAX_CPUS, counts, nodes);

	if (nr != 1 && nr != nodes)
		return machine_keys_refuse(keys,
					   "cpus_per_node: expected one number "
					   "from 1 to %d, or one for each of "
					   "%u nodes",
					   MACHINE_MAX_CPUS, nodes);
	for (uint32_t node = 0; node < nodes; node++) {
		uint32_t count = counts[nr == 1 ? 0 : node];

		if (cpus + count > MACHINE_MAX_CPUS)
			return machine_keys_refuse(keys,
						   "cpus_per_node: expected 1 "
						   "to %d CPUs in all",
						   MACHINE_MAX_CPUS);
		while (count--)
			cpu_node[cpus++] = (uint16_t)node;
	}
	return take_map(keys, cpu_node, cpus);
}

/* Which CPUs there are is told in one of three ways, and once. */
static bool parse_cpus(struct machine_keys *keys, enum machine_key key,
		       const char *text)
{
	uint64_t number = 0;

	if (keys->given[KEY_CPUS] + keys->given[KEY_CPUS_PER_NODE] +
		    keys->given[KEY_CPU_NODE] >
	    1)
		return machine_keys_refuse(keys,
					   "%s: expected one of cpus, "
					   "cpus_per_node and cpu_node",
					   key_names[key]);
	if (key == KEY_CPUS) {
		if (!parse_range(keys, key, text, 1, MACHINE_MAX_CPUS, &number))
			return false;
		keys->spec->cpus = (uint32_t)number;
		return true;
	}
	if (!keys->given[KEY_NODES])
		return machine_keys_refuse(keys, "%s: expected nodes before it",
					   key_names[key]);
	return key == KEY_CPU_NODE ? parse_cpu_node(keys, text) :
				     parse_cpus_per_node(keys, text);
}

static bool parse_profile(struct machine_keys *keys, const char *text)
{
	char what[200];

	keys->spec->profile = profile_named(text, what, sizeof(what));
	return keys->spec->profile ||
	       machine_keys_refuse(keys, "profile=%s", what);
}

static bool parse_value(struct machine_keys *keys, enum machine_key key,
			const char *text)
{
	struct machine_spec *spec = keys->spec;
	uint64_t number = 0;
	bool ok = false;

	switch (key) {
	case KEY_NODES:
		ok = parse_range(keys, key, text, 1, MACHINE_MAX_NODES,
				 &number);
		spec->nodes = (uint32_t)number;
		break;
	case KEY_CPUS:
	case KEY_CPUS_PER_NODE:
	case KEY_CPU_NODE:
		ok = parse_cpus(keys, key, text);
		break;
	case KEY_PAGES:
		ok = parse_range(keys, key, text, NODE_PAGES_MIN,
				 NODE_PAGES_MAX, &number);
		spec->node_pages = number;
		break;
	case KEY_MASK:
		ok = parse_word(keys, key, text, "late", "early",
				&spec->mask_early);
		break;
	case KEY_ALIEN:
		ok = parse_word(keys, key, text, "1", "0", &spec->noaliencache);
		break;
	case KEY_MAX_CPUS:
		ok = parse_range(keys, key, text, 2, MAX_CPUS_MAX, &number);
		spec->max_cpus = (uint32_t)number;
		break;
	case KEY_PROFILE:
		ok = parse_profile(keys, text);
		break;
	case NR_MACHINE_KEYS:
		break;
	}
	return ok;
}

/* --- keys ---------------------------------------------------------------- */

static bool unknown_key(struct machine_keys *keys, const char *key)
{
	const char *near = suggest(key, key_names, keys->nr_known);
	char list[128] = "";
	size_t used = 0;

	if (near)
		return machine_keys_refuse(
			keys, "unknown key \"%.60s\", did you mean \"%s\"?",
			key, near);
	for (unsigned int i = 0; i < keys->nr_known; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s",
					 i == 0                 ? "" :
					 i + 1 < keys->nr_known ? ", " :
								  " or ",
					 key_names[i]);
	return machine_keys_refuse(keys, "unknown key \"%.60s\": expected %s",
				   key, list);
}

bool machine_keys_set(struct machine_keys *keys, const char *key,
		      const char *value)
{
	for (unsigned int i = 0; i < keys->nr_known; i++) {
		if (strcmp(key, key_names[i]) != 0)
			continue;
		if (keys->given[i])
			return machine_keys_refuse(keys, "%s is given twice",
						   key);
		keys->given[i] = true;
		return parse_value(keys, (enum machine_key)i, value);
	}
	return unknown_key(keys, key);
}

bool machine_keys_end(struct machine_keys *keys)
{
	const struct machine_spec *spec = keys->spec;

	if (!keys->given[KEY_NODES] || !spec->cpus)
		return machine_keys_refuse(
			keys, keys->nr_known == NR_TEXT_KEYS ?
				      "expected both nodes= and cpus=" :
				      "[machine]: expected nodes, and cpus (in "
				      "all), cpus_per_node or cpu_node");
	/* fewer CPUs would leave a node without one */
	if (spec->cpus < spec->nodes)
		return machine_keys_refuse(keys,
					   "nodes=%u,cpus=%u: every node needs "
					   "a CPU: expected cpus=%u or more",
					   spec->nodes, spec->cpus,
					   spec->nodes);
	if (spec->max_cpus && spec->max_cpus < spec->cpus)
		return machine_keys_refuse(keys,
					   "max_cpus=%u: expected %u or more, "
					   "the number of CPUs",
					   spec->max_cpus, spec->cpus);
	return true;
}
