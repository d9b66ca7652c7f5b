/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a machine from text; see machine_spec.h.
 *
 * The text is a list of items. The first may be a shape ("2x2" or "host"),
 * all others are key=value, each key once. Every refusal says what was
 * expected instead.
 */
#include "sim/machine_spec.h"

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/host.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 64
#define CPUS_MAX 4096
#define NODE_PAGES_MIN 64
#define NODE_PAGES_MAX 268435456 /* 1 TiB of 4096 byte pages */

#define ITEM_BYTES 64

enum spec_key { KEY_NODES, KEY_CPUS, KEY_PAGES, KEY_MASK, KEY_ALIEN, NR_KEYS };

static const char *const key_names[NR_KEYS] = {
	"nodes", "cpus", "pages", "mask", "alien",
};

struct spec_parser {
	struct machine_spec *spec;
	bool given[NR_KEYS];
	char *error;
	size_t error_bytes;
};

static bool refuse(struct spec_parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct spec_parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(parser->error, parser->error_bytes, format, args);
	va_end(args);
	return false;
}

/* Decimal digits and nothing else, so "-1", "+2" and "0x2" are refused. */
static bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	if (*text == '\0')
		return false;
	for (*value = 0; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		*value = *value * 10 + (uint64_t)(*text - '0');
		if (*value > max)
			return false;
	}
	return true;
}

static bool parse_range(struct spec_parser *parser, enum spec_key key,
			const char *text, uint64_t min, uint64_t max,
			uint64_t *value)
{
	if (parse_number(text, max, value) && *value >= min)
		return true;
	return refuse(parser,
		      "%s=%s: expected a number from %" PRIu64 " to %" PRIu64,
		      key_names[key], text, min, max);
}

static bool parse_word(struct spec_parser *parser, enum spec_key key,
		       const char *text, const char *no, const char *yes,
		       bool *value)
{
	*value = strcmp(text, yes) == 0;
	if (*value || strcmp(text, no) == 0)
		return true;
	return refuse(parser, "%s=%s: expected %s or %s", key_names[key], text,
		      yes, no);
}

static bool parse_value(struct spec_parser *parser, enum spec_key key,
			const char *text)
{
	struct machine_spec *spec = parser->spec;
	uint64_t number = 0;
	bool ok = false;

	switch (key) {
	case KEY_NODES:
		ok = parse_range(parser, key, text, 1, NODES_MAX, &number);
		spec->nodes = (uint32_t)number;
		break;
	case KEY_CPUS:
		ok = parse_range(parser, key, text, 1, CPUS_MAX, &number);
		spec->cpus = (uint32_t)number;
		break;
	case KEY_PAGES:
		ok = parse_range(parser, key, text, NODE_PAGES_MIN,
				 NODE_PAGES_MAX, &number);
		spec->node_pages = number;
		break;
	case KEY_MASK:
		ok = parse_word(parser, key, text, "late", "early",
				&spec->mask_early);
		break;
	case KEY_ALIEN:
		ok = parse_word(parser, key, text, "1", "0",
				&spec->noaliencache);
		break;
	case NR_KEYS:
		break;
	}
	return ok;
}

static bool unknown_key(struct spec_parser *parser, const char *key)
{
	const char *near = suggest(key, key_names, NR_KEYS);

	if (near)
		return refuse(parser,
			      "unknown key \"%s\", did you mean "
			      "\"%s\"?",
			      key, near);
	return refuse(parser,
		      "unknown key \"%s\": expected nodes, cpus, "
		      "pages, mask or alien",
		      key);
}

static bool parse_setting(struct spec_parser *parser, char *item)
{
	char *value = strchr(item, '=');

	if (!value)
		return refuse(parser,
			      "\"%s\": expected NxM (nodes x CPUs of "
			      "each), nodes=N,cpus=M[,pages=P][,mask=early]"
			      "[,alien=0] or host",
			      item);
	*value++ = '\0';
	for (int key = 0; key < NR_KEYS; key++) {
		if (strcmp(item, key_names[key]) != 0)
			continue;
		if (parser->given[key])
			return refuse(parser, "%s is given twice", item);
		parser->given[key] = true;
		return parse_value(parser, (enum spec_key)key, value);
	}
	return unknown_key(parser, item);
}

/* "NxM", both numbers: M are the CPUs of each node. */
static bool parse_grid(struct spec_parser *parser, const char *item)
{
	struct machine_spec *spec = parser->spec;
	size_t digits = strspn(item, "0123456789");
	char nodes_text[ITEM_BYTES];
	uint64_t nodes, cpus;

	memcpy(nodes_text, item, digits);
	nodes_text[digits] = '\0';
	if (!parse_number(nodes_text, NODES_MAX, &nodes) || nodes < 1)
		return refuse(parser, "%s: expected 1 to %d nodes", item,
			      NODES_MAX);
	if (!parse_number(item + digits + 1, CPUS_MAX, &cpus) || cpus < 1 ||
	    nodes * cpus > CPUS_MAX)
		return refuse(parser, "%s: expected 1 to %d CPUs in all", item,
			      CPUS_MAX);
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

/* True when the map is what a machine without a map would have. */
static bool is_even_split(const struct host_shape *shape)
{
	for (uint64_t cpu = 0; cpu < shape->cpus; cpu++) {
		if (shape->cpu_node[cpu] != cpu * shape->nodes / shape->cpus)
			return false;
	}
	return true;
}

static bool parse_host(struct spec_parser *parser)
{
	struct machine_spec *spec = parser->spec;
	struct host_shape shape;

	if (host_shape_read(&shape) != 0)
		return refuse(parser, "host: out of memory");
	if (shape.nodes > NODES_MAX || shape.cpus > CPUS_MAX) {
		refuse(parser,
		       "host: %u nodes and %u CPUs: expected up to %d "
		       "and %d",
		       shape.nodes, shape.cpus, NODES_MAX, CPUS_MAX);
		host_shape_release(&shape);
		return false;
	}
	spec->nodes = shape.nodes;
	spec->cpus = shape.cpus;
	if (!is_even_split(&shape)) {
		spec->cpu_node = shape.cpu_node;
		shape.cpu_node = NULL;
	}
	host_shape_release(&shape);
	return true;
}

static bool parse_shape(struct spec_parser *parser, const char *item)
{
	parser->given[KEY_NODES] = true;
	parser->given[KEY_CPUS] = true;
	if (strcmp(item, "host") == 0)
		return parse_host(parser);
	return parse_grid(parser, item);
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

static bool parse_items(struct spec_parser *parser, const char *text)
{
	char item[ITEM_BYTES];

	for (bool first = true; text; first = false) {
		bool ok;

		if (!next_item(&text, item))
			return refuse(parser,
				      "an item longer than %d "
				      "characters",
				      ITEM_BYTES - 1);
		if (first && (is_grid(item) || strcmp(item, "host") == 0))
			ok = parse_shape(parser, item);
		else
			ok = parse_setting(parser, item);
		if (!ok)
			return false;
	}
	return true;
}

static bool check_shape(struct spec_parser *parser)
{
	const struct machine_spec *spec = parser->spec;

	if (!parser->given[KEY_NODES] || !parser->given[KEY_CPUS])
		return refuse(parser, "expected both nodes= and cpus=");
	/* fewer CPUs would leave a node without one */
	if (spec->cpus < spec->nodes)
		return refuse(parser,
			      "nodes=%u,cpus=%u: every node needs a "
			      "CPU: expected cpus=%u or more",
			      spec->nodes, spec->cpus, spec->nodes);
	return true;
}

bool machine_spec_parse(const char *text, struct machine_spec *spec,
			char *error, size_t error_bytes)
{
	struct spec_parser parser = {
		.spec = spec,
		.error = error,
		.error_bytes = error_bytes,
	};

	*spec = (struct machine_spec){
		.node_pages = MACHINE_DEFAULT_NODE_PAGES,
	};
	if (parse_items(&parser, text) && check_shape(&parser))
		return true;
	machine_spec_release(spec);
	return false;
}

void machine_spec_release(struct machine_spec *spec)
{
	free(spec->cpu_node);
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
		.node_pages = spec->node_pages,
		.mask_early = spec->mask_early,
		.noaliencache = spec->noaliencache,
	};
}

void machine_spec_describe(const struct machine_spec *spec, char *text,
			   size_t text_bytes)
{
	snprintf(text, text_bytes,
		 "%u node%s, %u CPU%s, %" PRIu64 " pages a node%s%s%s",
		 spec->nodes, text_plural(spec->nodes), spec->cpus,
		 text_plural(spec->cpus), spec->node_pages,
		 spec->cpu_node ? ", split unevenly" : "",
		 spec->mask_early ? ", mask early" : "",
		 spec->noaliencache ? ", no alien caches" : "");
}
