/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the scenario language. One table says, for each operation word,
 * which fields follow; the parser walks the fields by it. To add an operation,
 * add a row and a kind.
 */
#include "workloads/scenario.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The letters of a row's fields, in order. */
enum field {
	F_CPU = 'c',
	F_NAME = 'n',
	F_ID = 'i',
	F_SIZE = 's',
	F_ALIGN = 'a',
	F_FLAGS = 'f',
	F_NODE = 'N',
	F_TICK = 't',
	F_LABEL = 'l',
	F_NAME_OPTIONAL = 'o',
	F_OTHER_CPU = 'x',
	F_ON = 'b',
	F_PAGES = 'P',
	F_LIMIT = 'L',
	F_BATCH = 'B',
	F_SHARED = 'S',
	F_OFFSET = 'O',
	F_BYTE = 'y',
};

struct op_row {
	const char *word;
	enum scenario_kind kind;
	const char *fields;
	const char *usage;
};

static const struct op_row op_rows[] = {
	{ "create", OP_CREATE, "cnsaf", "create CPU NAME SIZE ALIGN FLAGS" },
	{ "smp", OP_SMP, "", "smp" },
	{ "T", OP_TIME, "t", "T TICK" },
	{ "a", OP_ALLOC, "cni", "a CPU NAME ID" },
	{ "an", OP_ALLOC_NODE, "cniN", "an CPU NAME ID NODE" },
	{ "ant", OP_ALLOC_THISNODE, "cniN", "ant CPU NAME ID NODE" },
	{ "f", OP_FREE, "ci", "f CPU ID" },
	{ "k", OP_KMALLOC, "csi", "k CPU SIZE ID" },
	{ "kn", OP_KMALLOC_NODE, "csiN", "kn CPU SIZE ID NODE" },
	{ "kd", OP_KMALLOC_DMA, "csi", "kd CPU SIZE ID" },
	{ "kf", OP_KFREE, "ci", "kf CPU ID" },
	{ "shrink", OP_SHRINK, "cn", "shrink CPU NAME" },
	{ "destroy", OP_DESTROY, "cn", "destroy CPU NAME" },
	{ "tune", OP_TUNE, "cnLBS", "tune CPU NAME LIMIT BATCH SHARED" },
	{ "limit", OP_LIMIT, "NP", "limit NODE P" },
	{ "offline", OP_OFFLINE, "cx", "offline CPU X" },
	{ "online", OP_ONLINE, "cx", "online CPU X" },
	{ "snap", OP_SNAP, "l", "snap LABEL" },
	{ "geom", OP_GEOM, "lo", "geom LABEL [NAME]" },
	{ "dump", OP_DUMP, "ln", "dump LABEL NAME" },
	{ "slabinfo", OP_SLABINFO, "l", "slabinfo LABEL" },
	{ "trace", OP_TRACE, "b", "trace 0|1" },
	{ "poke", OP_POKE, "iOy", "poke ID OFF BYTE" },
	{ "pokefree", OP_POKEFREE, "iOy", "pokefree ID OFF BYTE" },
};

static const struct {
	const char *word;
	uint32_t bit;
} flag_words[] = {
	{ "HWALIGN", CACHE_DEF_HWALIGN }, { "RECLAIM", CACHE_DEF_RECLAIM },
	{ "PANIC", CACHE_DEF_PANIC },     { "RCU", CACHE_DEF_RCU },
	{ "SPREAD", CACHE_DEF_SPREAD },   { "DMA", CACHE_DEF_DMA },
	{ "NOLEAK", CACHE_DEF_NOLEAK },   { "CTOR", CACHE_DEF_CTOR },
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* Where a sentence about a bad line goes. */
struct complaint {
	char *text;
	size_t bytes;
};

__attribute__((format(printf, 2, 3))) static bool
complain(const struct complaint *complaint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(complaint->text, complaint->bytes, format, args);
	va_end(args);
	return false;
}

/* Decimal, or hexadecimal with 0x in front; a sign where @negative allows. */
static bool parse_integer(const char *text, bool negative, int64_t *value)
{
	const char *digits = text + (negative && *text == '-');
	int base = strncmp(digits, "0x", 2) == 0 ? 16 : 10;
	char *end;

	if (digits[base == 16 ? 2 : 0] == '\0' || *digits < '0' ||
	    *digits > '9')
		return false;
	errno = 0;
	*value = strtoll(text, &end, base);
	return errno == 0 && *end == '\0';
}

static bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	int64_t number;

	if (!parse_integer(text, false, &number) || (uint64_t)number > max)
		return false;
	*value = (uint64_t)number;
	return true;
}

static bool parse_u32(const char *text, uint32_t *value)
{
	uint64_t number;

	if (!parse_number(text, UINT32_MAX, &number))
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool parse_word(const char *text, char *word)
{
	size_t length = strlen(text);

	if (length == 0 || length >= SCENARIO_NAME_MAX)
		return false;
	memcpy(word, text, length + 1);
	return true;
}

static bool parse_one_flag(const char *word, size_t length, uint32_t *flags)
{
	for (size_t i = 0; i < NR(flag_words); i++) {
		if (strlen(flag_words[i].word) == length &&
		    memcmp(flag_words[i].word, word, length) == 0) {
			*flags |= flag_words[i].bit;
			return true;
		}
	}
	return false;
}

static bool parse_flags(const char *text, uint32_t *flags)
{
	*flags = 0;
	if (strcmp(text, "-") == 0)
		return true;
	for (;;) {
		size_t length = strcspn(text, "|");

		if (!parse_one_flag(text, length, flags))
			return false;
		if (text[length] == '\0')
			return true;
		text += length + 1;
	}
}

static bool parse_byte(const char *text, uint8_t *byte)
{
	uint64_t number;

	if (!parse_number(text, UINT8_MAX, &number))
		return false;
	*byte = (uint8_t)number;
	return true;
}

static bool parse_on(const char *text, bool *on)
{
	*on = text[0] == '1';
	return strcmp(text, "0") == 0 || strcmp(text, "1") == 0;
}

static bool parse_field(char field, const char *text, struct scenario_op *op)
{
	switch ((enum field)field) {
	case F_CPU:
		return parse_u32(text, &op->cpu);
	case F_NAME:
	case F_NAME_OPTIONAL:
		return parse_word(text, op->name);
	case F_ID:
		return parse_number(text, INT64_MAX, &op->id);
	case F_SIZE:
		return parse_number(text, INT64_MAX, &op->size);
	case F_ALIGN:
		return parse_number(text, INT64_MAX, &op->align);
	case F_FLAGS:
		return parse_flags(text, &op->flags);
	case F_NODE:
		return parse_u32(text, &op->node);
	case F_TICK:
		return parse_number(text, INT64_MAX, &op->tick);
	case F_LABEL:
		return parse_word(text, op->label);
	case F_OTHER_CPU:
		return parse_u32(text, &op->other_cpu);
	case F_ON:
		return parse_on(text, &op->on);
	case F_PAGES:
		return parse_number(text, INT64_MAX, &op->pages);
	case F_LIMIT:
		return parse_integer(text, true, &op->limit);
	case F_BATCH:
		return parse_integer(text, true, &op->batchcount);
	case F_SHARED:
		return parse_integer(text, true, &op->shared);
	case F_OFFSET:
		return parse_integer(text, true, &op->offset);
	case F_BYTE:
		return parse_byte(text, &op->byte);
	}
	return false;
}

/* Cuts the next field off @rest; NULL when there is none. */
static char *next_field(char **rest)
{
	char *field = *rest;

	if (!field)
		return NULL;
	*rest = strchr(field, ' ');
	if (*rest)
		*(*rest)++ = '\0';
	return field;
}

static bool parse_fields(const struct op_row *row, char *rest,
			 struct scenario_op *op,
			 const struct complaint *complaint)
{
	for (const char *f = row->fields; *f; f++) {
		char *text = next_field(&rest);

		if (!text && *f == F_NAME_OPTIONAL)
			return true;
		if (!text)
			return complain(complaint,
					"too few fields: expected %s",
					row->usage);
		if (!parse_field(*f, text, op))
			return complain(complaint,
					"bad field '%s': expected %s", text,
					row->usage);
	}
	if (rest)
		return complain(complaint, "too many fields: expected %s",
				row->usage);
	return true;
}

static bool machine_setting(char *text, struct scenario_op *op)
{
	char *value = strchr(text, '=');

	if (!value)
		return false;
	*value++ = '\0';
	if (strcmp(text, "nodes") == 0)
		return parse_u32(value, &op->nodes);
	if (strcmp(text, "cpus") == 0)
		return parse_u32(value, &op->cpus);
	if (strcmp(text, "pages") == 0)
		return parse_number(value, INT64_MAX, &op->pages);
	if (strcmp(text, "mask") == 0)
		return (op->mask_early = strcmp(value, "early") == 0);
	if (strcmp(text, "alien") == 0)
		return parse_on(value, &op->noaliencache) &&
		       ((op->noaliencache = !op->noaliencache), true);
	return false;
}

static bool parse_machine(char *rest, struct scenario_op *op,
			  const struct complaint *complaint)
{
	static const char usage[] = "machine nodes=N cpus=M [pages=P] "
				    "[mask=early] [alien=0]";
	char *text;

	op->kind = OP_MACHINE;
	op->pages = 1048576;
	while ((text = next_field(&rest)) != NULL) {
		if (!machine_setting(text, op))
			return complain(complaint,
					"bad setting '%s': expected "
					"%s",
					text, usage);
	}
	if (op->nodes == 0 || op->cpus == 0)
		return complain(complaint,
				"nodes and cpus are needed: expected "
				"%s",
				usage);
	return true;
}

bool scenario_parse(char *text, uint64_t line, struct scenario_op *op,
		    char *error, size_t error_bytes)
{
	struct complaint complaint = { error, error_bytes };
	char *rest = text;
	char *word;

	memset(op, 0, sizeof(*op));
	op->line = line;
	if (text[0] == '\0' || text[0] == '#')
		return true;
	word = next_field(&rest);
	if (strcmp(word, "machine") == 0)
		return parse_machine(rest, op, &complaint);
	for (size_t i = 0; i < NR(op_rows); i++) {
		if (strcmp(op_rows[i].word, word) == 0) {
			op->kind = op_rows[i].kind;
			return parse_fields(&op_rows[i], rest, op, &complaint);
		}
	}
	return complain(&complaint, "unknown operation '%s'", word);
}
