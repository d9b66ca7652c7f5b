/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields are found by name, in the payload or in the contexts: where LTTng
 * and perf put the CPU and the task differs. There are no names of flags and
 * functions in CTF, so both are handed on as numbers.
 */
#include "traces/have.h"

#ifdef HAVE_BABELTRACE

#include "traces/ctf_event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traces/kmem_fields.h"
#include "traces/page_fields.h"

/* --- fields --- */

/* The structures of an event, in the order they are searched. */
#define NR_SCOPES 4

struct scopes {
	const bt_field *at[NR_SCOPES];
};

static struct scopes scopes_of(const bt_event *event)
{
	const bt_stream_class *stream_class = bt_stream_borrow_class_const(
		bt_event_borrow_stream_const(event));
	struct scopes scopes = { {
		bt_event_borrow_payload_field_const(event),
		bt_event_borrow_specific_context_field_const(event),
		bt_event_borrow_common_context_field_const(event),
		NULL,
	} };

	if (bt_stream_class_supports_packets(stream_class))
		scopes.at[3] = bt_packet_borrow_context_field_const(
			bt_event_borrow_packet_const(event));
	return scopes;
}

static const bt_field *find(const struct scopes *scopes, const char *name)
{
	for (int i = 0; i < NR_SCOPES; i++) {
		const bt_field *field = NULL;

		if (scopes->at[i])
			field = bt_field_structure_borrow_member_field_by_name_const(
				scopes->at[i], name);
		if (field)
			return field;
	}
	return NULL;
}

/* Return: false where there is none of this name, or it is no number. */
static bool number_of(const struct scopes *scopes, const char *name,
		      uint64_t *number)
{
	const bt_field *field = find(scopes, name);
	bt_field_class_type type;

	if (!field)
		return false;
	type = bt_field_get_class_type(field);
	if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
		*number = bt_field_integer_unsigned_get_value(field);
	else if (bt_field_class_type_is(type,
					BT_FIELD_CLASS_TYPE_SIGNED_INTEGER))
		*number = (uint64_t)bt_field_integer_signed_get_value(field);
	else
		return false;
	return true;
}

static bool size_of(const struct scopes *scopes, const char *name,
		    uint32_t *size_bytes)
{
	uint64_t number;

	if (!number_of(scopes, name, &number) || number > UINT32_MAX)
		return false;
	*size_bytes = (uint32_t)number;
	return true;
}

/* NULL: none. */
static const char *string_of(const struct scopes *scopes, const char *name)
{
	const bt_field *field = find(scopes, name);

	if (!field ||
	    bt_field_get_class_type(field) != BT_FIELD_CLASS_TYPE_STRING)
		return NULL;
	return bt_field_string_get_value(field);
}

/* LTTng's procname is an array of 16 small integers, or a string. */
static bool comm_of(const struct scopes *scopes, char out[32])
{
	const char *names[] = { "procname", "perf_comm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = string_of(scopes, names[i]);

		if (text) {
			snprintf(out, 32, "%s", text);
			return true;
		}
	}
	return false;
}

/* --- texts --- */

static void set_text(struct ftrace_text *text, const char *string)
{
	text->text = string;
	text->bytes = strlen(string);
}

static void take_task(const struct scopes *scopes, struct ctf_texts *texts,
		      struct ftrace_line *line)
{
	char comm[32] = "<...>";
	uint64_t tid = 0;

	if (number_of(scopes, "tid", &tid) ||
	    number_of(scopes, "perf_tid", &tid) || comm_of(scopes, comm)) {
		comm_of(scopes, comm);
		snprintf(texts->task, sizeof(texts->task), "%s-%" PRId64, comm,
			 (int64_t)tid);
	} else {
		texts->task[0] = '\0';
	}
	set_text(&line->task, texts->task);
}

static void take_texts(const struct scopes *scopes, struct ctf_texts *texts,
		       struct ftrace_line *line)
{
	const char *name = string_of(scopes, "name");
	uint64_t number;

	take_task(scopes, texts, line);
	if (name && strlen(name) <= FTRACE_TEXT_MAX)
		set_text(&line->name, name);
	if (number_of(scopes, "call_site", &number)) {
		snprintf(texts->call_site, sizeof(texts->call_site),
			 "0x%" PRIx64, number);
		set_text(&line->call_site, texts->call_site);
	}
	if (number_of(scopes, "gfp_flags", &number)) {
		snprintf(texts->gfp, sizeof(texts->gfp), "0x%" PRIx64, number);
		set_text(&line->gfp, texts->gfp);
	}
}

/* --- events --- */

/* "kmem:kfree" of perf; "kmem_kfree", but "kmem_cache_free", of LTTng. */
static bool kind_of(const char *name, enum ftrace_kind *kind)
{
	static const char *const prefixes[] = { "", "kmem:", "kmem_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t bytes = strlen(prefixes[i]);

		if (strncmp(name, prefixes[i], bytes) == 0 &&
		    kmem_kind(name + bytes, strlen(name + bytes), kind))
			return true;
	}
	return false;
}

/* What perf writes besides events, with times of its own: perf_mmap ... */
static bool is_perf_record(const char *name)
{
	return strncmp(name, "perf_", 5) == 0;
}

static bool take_page(const struct scopes *scopes, struct ftrace_line *line)
{
	struct page_fields page = { .has_page = false };
	uint64_t migratetype = 0;

	page.has_page = number_of(scopes, "page", &page.page);
	page.has_pfn = number_of(scopes, "pfn", &page.pfn);
	page.has_order = number_of(scopes, "order", &page.order);
	page.has_migratetype = number_of(scopes, "migratetype", &migratetype);
	page.migratetype = (int64_t)migratetype;
	return page_put(&page, line);
}

static bool take_values(const struct scopes *scopes, struct ftrace_line *line)
{
	bool alloc = line->kind == FTRACE_ALLOC || line->kind == FTRACE_KMALLOC;
	uint64_t node;

	if (page_is_kind(line->kind))
		return take_page(scopes, line);
	if (!number_of(scopes, "ptr", &line->ptr))
		return false;
	if (alloc && (!size_of(scopes, "bytes_req", &line->bytes_req) ||
		      !size_of(scopes, "bytes_alloc", &line->bytes_alloc)))
		return false;
	if (!alloc || !number_of(scopes, "node", &node))
		return true;
	if ((int64_t)node < -1 || (int64_t)node > INT16_MAX)
		return false;
	line->node = (int16_t)(int64_t)node;
	return true;
}

static bool take_time_and_cpu(const bt_message *message,
			      const struct scopes *scopes,
			      struct ftrace_line *line)
{
	const bt_clock_snapshot *snapshot =
		bt_message_event_borrow_default_clock_snapshot_const(message);
	uint64_t cpu;
	int64_t time_ns;

	if (bt_clock_snapshot_get_ns_from_origin(snapshot, &time_ns) !=
		    BT_CLOCK_SNAPSHOT_GET_NS_FROM_ORIGIN_STATUS_OK ||
	    time_ns < 0 || !number_of(scopes, "cpu_id", &cpu) ||
	    cpu >= UINT16_MAX)
		return false;
	line->time = (uint64_t)time_ns;
	line->cpu = (uint16_t)cpu;
	return true;
}

void ctf_decode(const bt_message *message, struct ctf_texts *texts,
		struct ftrace_line *line)
{
	const bt_event *event = bt_message_event_borrow_event_const(message);
	const bt_event_class *event_class = bt_event_borrow_class_const(event);
	const char *name = bt_event_class_get_name(event_class);
	struct scopes scopes = scopes_of(event);

	memset(line, 0, sizeof(*line));
	line->kind = FTRACE_UNPARSED;
	line->node = -1;
	if (!name ||
	    !bt_stream_class_borrow_default_clock_class_const(
		    bt_event_class_borrow_stream_class_const(event_class)))
		return;
	if (is_perf_record(name)) {
		line->kind = FTRACE_COMMENT;
		return;
	}
	if (!kind_of(name, &line->kind))
		line->kind = FTRACE_OTHER;
	if (!take_time_and_cpu(message, &scopes, line) ||
	    (line->kind != FTRACE_OTHER && !take_values(&scopes, line))) {
		line->kind = FTRACE_UNPARSED;
		return;
	}
	take_texts(&scopes, texts, line);
}

bool ctf_lost(const bt_message *message, struct ftrace_line *line)
{
	bt_message_type type = bt_message_get_type(message);
	uint64_t count;

	if (type != BT_MESSAGE_TYPE_DISCARDED_EVENTS &&
	    type != BT_MESSAGE_TYPE_DISCARDED_PACKETS)
		return false;
	memset(line, 0, sizeof(*line));
	line->kind = FTRACE_LOST;
	line->lost = 1;
	/* of a packet nobody knows how many events it held */
	line->lost_uncounted = true;
	if (type == BT_MESSAGE_TYPE_DISCARDED_EVENTS &&
	    bt_message_discarded_events_get_count(message, &count) ==
		    BT_PROPERTY_AVAILABILITY_AVAILABLE) {
		line->lost = count;
		line->lost_uncounted = false;
	}
	return true;
}

#else /* without the library, the file is empty but for this */

typedef int ctf_event_not_built;

#endif
