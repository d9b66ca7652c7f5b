/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line whose shape and thread the memo knows is a record. Others are kept
 * whole beside the records.
 *
 * Records lie where those of a block before did, which the other thread has
 * read: the first store to 64 bytes of them waits until the other processor
 * has given them up, as long as parsing four lines takes. So they are asked
 * for some lines ahead.
 */
#include "traces/parsed_lines.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/line_memo.h"

struct line_record {
	uint64_t ptr;
	uint32_t time;          /* nanoseconds since the block's first such */
	uint16_t shape, thread; /* 0: see others, where @ptr is the index */
};

/* What is asked for before it is written: that of so many lines on. */
#define AHEAD_LINES 32

/* A line that is not told by its shape and thread. */
struct other_line {
	struct line line;
	struct ftrace_line parsed;
	char task[TEXT_TASK_MAX]; /* of the reader's memory */
};

static bool add_other(struct parsed_lines *lines, const struct line *line,
		      const struct ftrace_line *parsed)
{
	struct other_line *other;

	if (!array_reach(&lines->others, &lines->other_room, lines->nr_others,
			 sizeof(*lines->others)))
		return false;
	other = &lines->others[lines->nr_others++];
	other->line = *line;
	other->parsed = *parsed;
	/* a task in the reader's memory is gone with the next line */
	if (parsed->task.text == lines->reader->task)
		memcpy(other->task, parsed->task.text, parsed->task.bytes);
	return true;
}

/* Have the processor fetch these 64 bytes to be written; no more. */
static void want_to_write(const void *p)
{
#if defined(__x86_64__) && defined(__GNUC__)
	/* the builtin makes a fetch to read of it, for fear of old processors */
	__asm__ volatile("prefetchw %0" : : "m"(*(const char *)p));
#elif defined(__GNUC__)
	__builtin_prefetch(p, 1);
#else
	(void)p;
#endif
}

/* Is all of the line said by its shape, thread and a record's other numbers? */
static bool is_short(struct parsed_lines *lines, const struct line *line,
		     const struct ftrace_line *parsed)
{
	if (!parsed->shape || !parsed->thread || parsed->ticks || line->cut ||
	    !line->newline)
		return false;
	if (!lines->has_time) {
		lines->has_time = true;
		lines->time = parsed->time;
	}
	return parsed->time - lines->time <= UINT32_MAX;
}

static bool add_line(struct parsed_lines *lines, const struct line *line,
		     const struct ftrace_line *parsed)
{
	struct line_record *record;

	if (!array_reach(&lines->records, &lines->room, lines->nr + AHEAD_LINES,
			 sizeof(*lines->records)) ||
	    !array_reach(&lines->starts, &lines->start_room,
			 lines->nr + AHEAD_LINES, sizeof(*lines->starts)))
		return false;
	record = &lines->records[lines->nr];
	want_to_write(&record[AHEAD_LINES]);
	want_to_write(&lines->starts[lines->nr + AHEAD_LINES]);
	lines->starts[lines->nr] = (uint32_t)(line->text - lines->text);
	if (is_short(lines, line, parsed)) {
		*record = (struct line_record){
			.ptr = parsed->ptr,
			.time = (uint32_t)(parsed->time - lines->time),
			.shape = (uint16_t)parsed->shape,
			.thread = (uint16_t)parsed->thread,
		};
	} else {
		*record = (struct line_record){ .ptr = lines->nr_others };
		if (!add_other(lines, line, parsed))
			return false;
	}
	lines->nr++;
	return true;
}

bool parsed_lines_fill(struct parsed_lines *lines, struct text_reader *reader,
		       struct lines_block *block)
{
	struct ftrace_line parsed;
	struct line line;
	bool added = true;

	lines->reader = reader;
	lines->text = block->text;
	lines->nr = 0;
	lines->nr_others = 0;
	lines->has_time = false;
	while (added && lines_of_block(block, &line)) {
		text_parse(reader, line.text, line.bytes, &parsed);
		if (line.cut)
			parsed.kind = FTRACE_UNPARSED;
		added = add_line(lines, &line, &parsed);
	}
	if (lines->nr)
		lines->starts[lines->nr] = (uint32_t)block->next;
	return added;
}

static void get_line(const struct parsed_lines *lines, size_t index,
		     struct line *line, struct ftrace_line *parsed)
{
	const struct line_record *record = &lines->records[index];
	const uint32_t *start = &lines->starts[index];
	const struct other_line *other;

	if (record->shape) {
		*line = (struct line){
			.text = lines->text + start[0],
			.bytes = start[1] - start[0] - 1,
			.newline = true,
		};
		line_memo_line(lines->reader->memo, record->shape,
			       record->thread, parsed);
		parsed->time = lines->time + record->time;
		parsed->ptr = record->ptr;
		return;
	}
	other = &lines->others[record->ptr];
	*line = other->line;
	*parsed = other->parsed;
	if (parsed->task.text == lines->reader->task)
		parsed->task.text = other->task;
}

size_t parsed_lines_get(const struct parsed_lines *lines, size_t from,
			struct line *line, struct ftrace_line *parsed,
			size_t most)
{
	size_t nr = 0;

	for (; nr < most && from + nr < lines->nr; nr++)
		get_line(lines, from + nr, &line[nr], &parsed[nr]);
	return nr;
}

void parsed_lines_release(struct parsed_lines *lines)
{
	free(lines->records);
	free(lines->starts);
	free(lines->others);
	memset(lines, 0, sizeof(*lines));
}
