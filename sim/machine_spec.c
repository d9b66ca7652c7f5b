/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a machine from text; see machine_spec.h.
 *
 * The text is a list of items. The first may be a shape ("2x2" or "host") or a
 * file, all others are key=value, each key once; those of a file may be given
 * again, but not the CPUs.
 */
#define _POSIX_C_SOURCE 200809L
#include "sim/machine_spec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "reports/text.h"
#include "sim/host.h"
#include "sim/machine_keys.h"
#include "sim/number.h"

#define ITEM_BYTES 64
#define REMOTE_DISTANCE 20

static bool parse_setting(struct machine_keys *keys, char *item)
{
	char *value = strchr(item, '=');

	if (!value)
		return machine_keys_refuse(
			keys,
			"\"%s\": expected NxM (nodes x CPUs of each), "
			"nodes=N,cpus=M[,pages=P][,mask=early][,alien=0], host "
			"or a machine file",
			item);
	*value++ = '\0';
	return machine_keys_set(keys, item, value);
}

/* "NxM", both numbers: M are the CPUs of each node. */
static bool parse_grid(struct machine_keys *keys, const char *item)
{
	struct machine_spec *spec = keys->spec;
	size_t digits = strspn(item, "0123456789");
	char nodes_text[ITEM_BYTES];
	uint64_t nodes, cpus;

	memcpy(nodes_text, item, digits);
	nodes_text[digits] = '\0';
	if (!number_parse(nodes_text, MACHINE_MAX_NODES, &nodes) || nodes < 1)
		return machine_keys_refuse(keys, "%s: expected 1 to %d nodes",
					   item, MACHINE_MAX_NODES);
	if (!number_parse(item + digits + 1, MACHINE_MAX_CPUS, &cpus) ||
	    cpus < 1 || nodes * cpus > MACHINE_MAX_CPUS)
		return machine_keys_refuse(keys,
					   "%s: expected 1 to %d CPUs in all",
					   item, MACHINE_MAX_CPUS);
	spec->nodes = (uint32_t)nodes;
	spec->cpus = (uint32_t)(nodes * cpus);
	return true;
}

static bool is_grid(const char *item)
{
	size_t digits = strspn(item, "0123456789");

	return digits > 0 && item[digits] == 'x' &&
	       item[digits + 1 + strspn(item + digits + 1, "0123456789")] ==
		       '\0';
}

/* The host's tables become the machine's. */
static void take_shape(struct machine_spec *spec, struct host_shape *shape)
{
	spec->nodes = shape->nodes;
	spec->cpus = shape->cpus;
	if (!machine_even_split(shape->cpu_node, shape->cpus, shape->nodes)) {
		spec->cpu_node = shape->cpu_node;
		shape->cpu_node = NULL;
	}
	spec->distance = shape->distance;
	shape->distance = NULL;
	machine_spec_drop_default_distance(spec);
}

static bool parse_host(struct machine_keys *keys)
{
	struct machine_spec *spec = keys->spec;
	struct host_shape shape;

	if (host_shape_read(&shape) != 0)
		return machine_keys_refuse(keys, "host: out of memory");
	if (shape.nodes > MACHINE_MAX_NODES || shape.cpus > MACHINE_MAX_CPUS) {
		machine_keys_refuse(
			keys,
			"host: %u nodes and %u CPUs: expected up to %d "
			"and %d",
			shape.nodes, shape.cpus, MACHINE_MAX_NODES,
			MACHINE_MAX_CPUS);
		host_shape_release(&shape);
		return false;
	}
	take_shape(spec, &shape);
	host_shape_release(&shape);
	return true;
}

static bool parse_shape(struct machine_keys *keys, const char *item)
{
	keys->given[KEY_NODES] = true;
	keys->given[KEY_CPUS] = true;
	if (strcmp(item, "host") == 0)
		return parse_host(keys);
	return parse_grid(keys, item);
}

/* Cuts the next item off @text; false when it is too long to be one. */
static bool next_item(const char **text, char item[ITEM_BYTES])
{
	size_t length = strcspn(*text, ",");

	if (length >= ITEM_BYTES)
		return false;
	memcpy(item, *text, length);
	item[length] = '\0';
	*text += length;
	if (**text == ',')
		(*text)++;
	else
		*text = NULL;
	return true;
}

static bool parse_first(struct machine_keys *keys, char *item)
{
	if (is_grid(item) || strcmp(item, "host") == 0)
		return parse_shape(keys, item);
	return parse_setting(keys, item);
}

static bool parse_items(struct machine_keys *keys, const char *text, bool first)
{
	char item[ITEM_BYTES];

	for (; text; first = false) {
		if (!next_item(&text, item))
			return machine_keys_refuse(
				keys, "an item longer than %d characters",
				ITEM_BYTES - 1);
		if (!(first ? parse_first(keys, item) :
			      parse_setting(keys, item)))
			return false;
	}
	return true;
}

/*
 * Bytes of @text that name a file, 0: none. A name with a slash, or that ends in
 * .ini, is meant as one whether there is one or not.
 */
static size_t path_bytes(const char *text)
{
	size_t bytes = strcspn(text, ",");
	char item[ITEM_BYTES];
	struct stat status;

	if (bytes > 4 && !memcmp(text + bytes - 4, ".ini", 4))
		return bytes;
	if (memchr(text, '/', bytes))
		return bytes;
	if (bytes >= ITEM_BYTES)
		return 0;
	memcpy(item, text, bytes);
	item[bytes] = '\0';
	if (is_grid(item) || !strcmp(item, "host") || strchr(item, '='))
		return 0;
	return !stat(item, &status) && S_ISREG(status.st_mode) ? bytes : 0;
}

static bool parse_file(struct machine_keys *keys, const char *text,
		       size_t bytes)
{
	char *path = strndup(text, bytes);
	bool ok = path ? machine_file_read(keys, path) :
			 machine_keys_refuse(keys, "out of memory");

	free(path);
	keys->given[KEY_PAGES] = false;
	keys->given[KEY_MASK] = false;
	keys->given[KEY_ALIEN] = false;
	if (!ok || !text[bytes])
		return ok;
	return parse_items(keys, text + bytes + 1, false);
}

bool machine_spec_parse(const char *text, struct machine_spec *spec,
			char *error, size_t error_bytes)
{
	struct machine_keys keys = {
		.spec = spec,
		.nr_known = NR_TEXT_KEYS,
		.error = error,
		.error_bytes = error_bytes,
	};
	size_t bytes = path_bytes(text);

	*spec = (struct machine_spec){
		.node_pages = MACHINE_DEFAULT_NODE_PAGES,
	};
	timing_costs_default(&spec->costs);
	if ((bytes ? parse_file(&keys, text, bytes) :
		     parse_items(&keys, text, true)) &&
	    machine_keys_end(&keys))
		return true;
	machine_spec_release(spec);
	return false;
}

/* --- what it is ----------------------------------------------------------- */

void machine_spec_release(struct machine_spec *spec)
{
	free(spec->cpu_node);
	free(spec->distance);
	tunables_release(&spec->tunables);
	*spec = (struct machine_spec){ 0 };
}

void machine_spec_config(const struct machine_spec *spec,
			 const struct slab_profile *profile,
			 struct machine_config *config)
{
	*config = (struct machine_config){
		.profile = profile,
		.nr_nodes = spec->nodes,
		.nr_cpus = spec->cpus,
		.cpu_node = spec->cpu_node,
		.distance = spec->distance,
		.max_cpus = spec->max_cpus,
		.node_pages = spec->node_pages,
		.mask_early = spec->mask_early,
		.noaliencache = spec->noaliencache,
	};
}

/* Without distances: 10 and 20. */
static uint32_t distance_of(const struct machine_spec *spec, uint32_t pair)
{
	if (spec->distance)
		return spec->distance[pair];
	return pair / spec->nodes == pair % spec->nodes ?
		       MACHINE_LOCAL_DISTANCE :
		       REMOTE_DISTANCE;
}

void machine_spec_drop_default_distance(struct machine_spec *spec)
{
	const struct machine_spec plain = { .nodes = spec->nodes };

	for (uint32_t i = 0; i < spec->nodes * spec->nodes; i++) {
		if (distance_of(spec, i) != distance_of(&plain, i))
			return;
	}
	free(spec->distance);
	spec->distance = NULL;
}

static uint32_t farthest(const struct machine_spec *spec)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < spec->nodes * spec->nodes; i++) {
		if (distance_of(spec, i) > most)
			most = distance_of(spec, i);
	}
	return most;
}

void machine_spec_describe(const struct machine_spec *spec, char *text,
			   size_t text_bytes)
{
	char distance[40] = "";

	if (spec->distance)
		snprintf(distance, sizeof(distance), ", distances up to %u",
			 farthest(spec));
	snprintf(text, text_bytes,
		 "%u node%s, %u CPU%s, %" PRIu64 " pages a node%s%s%s%s",
		 spec->nodes, text_plural(spec->nodes), spec->cpus,
		 text_plural(spec->cpus), spec->node_pages,
		 spec->cpu_node ? ", split unevenly" : "", distance,
		 spec->mask_early ? ", mask early" : "",
		 spec->noaliencache ? ", no alien caches" : "");
}

void machine_spec_print_json(FILE *out, const struct machine_spec *spec)
{
	fprintf(out,
		"{\"nodes\":%u,\"cpus\":%u,\"node_pages\":%" PRIu64
		",\"mask_early\":%s,\"noaliencache\":%s,\"cpu_node\":[",
		spec->nodes, spec->cpus, spec->node_pages,
		spec->mask_early ? "true" : "false",
		spec->noaliencache ? "true" : "false");
	for (uint32_t i = 0; i < spec->cpus; i++)
		fprintf(out, "%s%u", i ? "," : "",
			spec->cpu_node ? spec->cpu_node[i] :
					 (uint32_t)((uint64_t)i * spec->nodes /
						    spec->cpus));
	fputc(']', out);
	/* what only some have is named by those alone */
	if (spec->max_cpus)
		fprintf(out, ",\"max_cpus\":%u", spec->max_cpus);
	for (uint32_t i = 0; spec->distance && i < spec->nodes * spec->nodes;
	     i++)
		fprintf(out, "%s%u", i ? "," : ",\"distance\":[",
			distance_of(spec, i));
	fputs(spec->distance ? "]}" : "}", out);
}
