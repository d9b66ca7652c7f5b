/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding by the descriptions of events that the file holds: where a field
 * lies and how long it is differs between kernels, so nothing is assumed but
 * names. A type is looked up once (kind_of); after that a record costs a few
 * loads and three look-ups of texts.
 */
#include "traces/have.h"

#ifdef HAVE_LIBTRACECMD

#include "traces/tracedat_event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trace-seq.h>

#include "traces/kmem_fields.h"
#include "traces/page_fields.h"

#define MAX_TYPES 65536

enum {
	CALL_SITE,
	PTR,
	BYTES_REQ,
	BYTES_ALLOC,
	GFP,
	NODE,
	NAME,
	/* of pages */
	PAGE,
	PFN,
	ORDER,
	MIGRATETYPE,
	NR_FIELDS
};

static const char *const field_names[NR_FIELDS] = {
	"call_site", "ptr",  "bytes_req", "bytes_alloc", "gfp_flags",   "node",
	"name",      "page", "pfn",       "order",       "migratetype",
};

struct tracedat_kind {
	struct tep_event *event;
	enum ftrace_kind kind;
	/* NULL: this kernel's event does not have it */
	struct tep_format_field *fields[NR_FIELDS];
	struct tep_format_field *pid;
	int min_bytes;   /* of a record that has all of them */
	bool same_order; /* of bytes, here and in the file */
};

bool tracedat_decoder_init(struct tracedat_decoder *decoder,
			   struct tep_handle *tep, bool ticks)
{
	memset(decoder, 0, sizeof(*decoder));
	decoder->tep = tep;
	decoder->ticks = ticks;
	return text_memo_init(&decoder->tasks) &&
	       text_memo_init(&decoder->call_sites) &&
	       text_memo_init(&decoder->flags);
}

/* --- types of events --- */

static enum ftrace_kind kind_by_name(const struct tep_event *event)
{
	enum ftrace_kind kind;

	if (!event->system || !event->name ||
	    strcmp(event->system, "kmem") != 0 ||
	    !kmem_kind(event->name, strlen(event->name), &kind))
		return FTRACE_OTHER;
	return kind;
}

/* A number that tep_read_number can take, inside of any record. */
static bool is_readable(const struct tep_format_field *field)
{
	if (field->offset < 0 || field->offset > 4096)
		return false;
	return field->size == 1 || field->size == 2 || field->size == 4 ||
	       field->size == 8;
}

static void find_fields(struct tracedat_kind *kind)
{
	struct tep_handle *tep = kind->event->tep;

	kind->same_order = tep_is_file_bigendian(tep) ==
			   tep_is_local_bigendian(tep);
	kind->pid = tep_find_common_field(kind->event, "common_pid");
	if (kind->pid && (!is_readable(kind->pid) || kind->pid->size != 4))
		kind->pid = NULL;
	for (int i = 0; i < NR_FIELDS; i++) {
		struct tep_format_field *field =
			tep_find_any_field(kind->event, field_names[i]);

		/* a name that is only a pointer into the kernel is of no use */
		if (!field || !is_readable(field) ||
		    (i == NAME && !(field->flags & TEP_FIELD_IS_DYNAMIC)))
			continue;
		kind->fields[i] = field;
		if (field->offset + field->size > kind->min_bytes)
			kind->min_bytes = field->offset + field->size;
	}
}

/* What every kernel's event has; without it there is nothing to import. */
static bool has_needed(const struct tracedat_kind *kind)
{
	bool alloc = kind->kind == FTRACE_ALLOC || kind->kind == FTRACE_KMALLOC;

	if (page_is_kind(kind->kind))
		return kind->fields[PAGE] || kind->fields[PFN];
	return kind->fields[PTR] && (!alloc || (kind->fields[BYTES_REQ] &&
						kind->fields[BYTES_ALLOC]));
}

static struct tracedat_kind *add_kind(struct tracedat_decoder *decoder,
				      struct tep_record *record)
{
	struct tracedat_kind *kind = calloc(1, sizeof(*kind));

	if (!kind)
		return NULL;
	kind->event = tep_find_event_by_record(decoder->tep, record);
	kind->kind = FTRACE_UNPARSED;
	if (!kind->event)
		return kind;
	kind->kind = kind_by_name(kind->event);
	if (kind->kind == FTRACE_OTHER)
		return kind;
	find_fields(kind);
	if (!has_needed(kind))
		kind->kind = FTRACE_UNPARSED;
	return kind;
}

/* NULL: out of memory. */
static struct tracedat_kind *kind_of(struct tracedat_decoder *decoder,
				     struct tep_record *record)
{
	int type = tep_data_type(decoder->tep, record);
	size_t number = type < 0 || type >= MAX_TYPES ? 0 : (size_t)type;

	if (number >= decoder->nr_kinds) {
		size_t nr = number + 256;
		struct tracedat_kind **kinds = realloc(
			decoder->kinds, nr * sizeof(struct tracedat_kind *));

		if (!kinds)
			return NULL;
		memset(kinds + decoder->nr_kinds, 0,
		       (nr - decoder->nr_kinds) *
			       sizeof(struct tracedat_kind *));
		decoder->kinds = kinds;
		decoder->nr_kinds = nr;
	}
	if (!decoder->kinds[number])
		decoder->kinds[number] = add_kind(decoder, record);
	return decoder->kinds[number];
}

/* --- values --- */

/* The number at @offset of a record; directly where byte orders agree. */
static uint64_t number_at(struct tep_handle *tep, bool same_order,
			  const struct tep_record *record, int offset, int size)
{
	const char *at = (const char *)record->data + offset;
	uint64_t whole;
	uint32_t half;

	if (same_order && size == 8) {
		memcpy(&whole, at, sizeof(whole));
		return whole;
	}
	if (same_order && size == 4) {
		memcpy(&half, at, sizeof(half));
		return half;
	}
	return tep_read_number(tep, at, size);
}

static uint64_t value_of(const struct tracedat_kind *kind, int field,
			 const struct tep_record *record)
{
	const struct tep_format_field *f = kind->fields[field];

	return number_at(kind->event->tep, kind->same_order, record, f->offset,
			 f->size);
}

static bool size_of(const struct tracedat_kind *kind, int field,
		    const struct tep_record *record, uint32_t *size_bytes)
{
	uint64_t value = value_of(kind, field, record);

	*size_bytes = (uint32_t)value;
	return value <= UINT32_MAX;
}

/* A negative number of fewer than 8 bytes comes without its upper ones. */
static bool node_of(const struct tracedat_kind *kind,
		    const struct tep_record *record, int16_t *node)
{
	int64_t value = (int64_t)value_of(kind, NODE, record);

	if (kind->fields[NODE]->size == 4)
		value = (int32_t)(uint32_t)value;
	if (value < -1 || value > INT16_MAX)
		return false;
	*node = (int16_t)value;
	return true;
}

/*
 * __data_loc: 16 bits of offset below 16 of length, and the text behind the
 * fields. __rel_loc counts from the end of the field.
 */
static bool name_of(const struct tracedat_kind *kind,
		    const struct tep_record *record, struct ftrace_text *name)
{
	const struct tep_format_field *field = kind->fields[NAME];
	uint64_t where = value_of(kind, NAME, record);
	size_t offset = where & 0xffff, bytes = where >> 16 & 0xffff;
	const char *end;

	if (field->flags & TEP_FIELD_IS_RELATIVE)
		offset += (size_t)(field->offset + field->size);
	if (offset + bytes > (size_t)record->size)
		return false;
	name->text = (const char *)record->data + offset;
	end = memchr(name->text, '\0', bytes);
	name->bytes = end ? (size_t)(end - name->text) : bytes;
	return name->bytes <= FTRACE_TEXT_MAX;
}

/* --- texts --- */

static int pid_of(const struct tracedat_decoder *decoder,
		  const struct tracedat_kind *kind, struct tep_record *record)
{
	if (!kind->pid || record->size < kind->pid->offset + kind->pid->size)
		return tep_data_pid(decoder->tep, record);
	return (int)(uint32_t)number_at(decoder->tep, kind->same_order, record,
					kind->pid->offset, kind->pid->size);
}

/* "comm-pid", as in text. */
static bool task_of(struct tracedat_decoder *decoder,
		    const struct tracedat_kind *kind, struct tep_record *record,
		    struct ftrace_text *task)
{
	int pid = pid_of(decoder, kind, record);
	const char *comm;
	char text[64];

	if (text_memo_find(&decoder->tasks, (uint32_t)pid, task))
		return true;
	comm = tep_data_comm_from_pid(decoder->tep, pid);
	snprintf(text, sizeof(text), "%.40s-%d", comm ? comm : "<...>", pid);
	return text_memo_add(&decoder->tasks, (uint32_t)pid, text, task);
}

/* "function+0x2b", or the bare address where the file has no name for it. */
static bool call_site_of(struct tracedat_decoder *decoder, uint64_t address,
			 struct ftrace_text *call_site)
{
	const char *function;
	uint64_t start;
	char text[FTRACE_TEXT_MAX];

	if (text_memo_find(&decoder->call_sites, address, call_site))
		return true;
	function = tep_find_function(decoder->tep, address);
	start = tep_find_function_address(decoder->tep, address);
	if (function)
		snprintf(text, sizeof(text), "%.400s+0x%" PRIx64, function,
			 address - start);
	else
		snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return text_memo_add(&decoder->call_sites, address, text, call_site);
}

/*
 * The bits of flags differ between kernels, so they are named by the file's
 * own print format: print the event once and cut out the word.
 */
static void print_flags(struct tracedat_decoder *decoder,
			struct tep_record *record, uint64_t flags, char *out,
			size_t out_bytes)
{
	struct trace_seq seq;
	const char *start;

	snprintf(out, out_bytes, "0x%" PRIx64, flags);
	trace_seq_init(&seq);
	tep_print_event(decoder->tep, &seq, record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&seq);
	start = seq.buffer ? strstr(seq.buffer, "gfp_flags=") : NULL;
	if (start) {
		start += strlen("gfp_flags=");
		snprintf(out, out_bytes, "%.*s", (int)strcspn(start, " \n"),
			 start);
	}
	trace_seq_destroy(&seq);
}

static bool flags_of(struct tracedat_decoder *decoder,
		     const struct tracedat_kind *kind,
		     struct tep_record *record, struct ftrace_text *gfp)
{
	uint64_t flags = value_of(kind, GFP, record);
	char text[FTRACE_TEXT_MAX];

	if (text_memo_find(&decoder->flags, flags, gfp))
		return true;
	print_flags(decoder, record, flags, text, sizeof(text));
	return text_memo_add(&decoder->flags, flags, text, gfp);
}

/* --- records --- */

static bool take_page(const struct tracedat_kind *kind,
		      const struct tep_record *record, struct ftrace_line *line)
{
	struct tep_format_field *const *fields = kind->fields;
	struct page_fields page = {
		.has_page = fields[PAGE],
		.has_pfn = fields[PFN],
		.has_order = fields[ORDER],
		.has_migratetype = fields[MIGRATETYPE],
	};

	if (page.has_page)
		page.page = value_of(kind, PAGE, record);
	if (page.has_pfn)
		page.pfn = value_of(kind, PFN, record);
	if (page.has_order)
		page.order = value_of(kind, ORDER, record);
	if (page.has_migratetype)
		page.migratetype =
			(int32_t)(uint32_t)value_of(kind, MIGRATETYPE, record);
	return page_put(&page, line);
}

/* Return: false when a value makes no sense. */
static bool take_values(const struct tracedat_kind *kind,
			const struct tep_record *record,
			struct ftrace_line *line)
{
	struct tep_format_field *const *fields = kind->fields;

	if (page_is_kind(kind->kind))
		return take_page(kind, record, line);
	line->ptr = value_of(kind, PTR, record);
	return (!fields[BYTES_REQ] ||
		size_of(kind, BYTES_REQ, record, &line->bytes_req)) &&
	       (!fields[BYTES_ALLOC] ||
		size_of(kind, BYTES_ALLOC, record, &line->bytes_alloc)) &&
	       (!fields[NODE] || node_of(kind, record, &line->node)) &&
	       (!fields[NAME] || name_of(kind, record, &line->name));
}

static bool take_texts(struct tracedat_decoder *decoder,
		       const struct tracedat_kind *kind,
		       struct tep_record *record, struct ftrace_line *line)
{
	struct tep_format_field *const *fields = kind->fields;

	return task_of(decoder, kind, record, &line->task) &&
	       (!fields[CALL_SITE] ||
		call_site_of(decoder, value_of(kind, CALL_SITE, record),
			     &line->call_site)) &&
	       (!fields[GFP] || flags_of(decoder, kind, record, &line->gfp));
}

bool tracedat_decode(struct tracedat_decoder *decoder,
		     struct tep_record *record, struct ftrace_line *line)
{
	const struct tracedat_kind *kind = kind_of(decoder, record);

	if (!kind)
		return false;
	memset(line, 0, sizeof(*line));
	line->kind = kind->kind;
	line->time = record->ts;
	line->ticks = decoder->ticks;
	line->cpu = (uint16_t)record->cpu;
	line->node = -1;
	if (kind->kind == FTRACE_OTHER)
		return true;
	if (kind->kind == FTRACE_UNPARSED || record->size < kind->min_bytes ||
	    !take_values(kind, record, line)) {
		line->kind = FTRACE_UNPARSED;
		return true;
	}
	return take_texts(decoder, kind, record, line);
}

#else /* without the library, the file is empty but for this */

typedef int tracedat_event_not_built;

#endif
