/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line whose shape and thread the memo knows is a record. Others are kept
 * whole beside the records.
 */
#include "traces/parsed_lines.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/line_memo.h"

struct line_record {
	uint64_t time, ptr;
	uint32_t shape, thread; /* 0: see others, where @ptr is the index */
	uint32_t start, bytes;  /* in the text */
};

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

static bool add_line(struct parsed_lines *lines, const struct line *line,
		     const struct ftrace_line *parsed)
{
	struct line_record *record;

	if (!array_reach(&lines->records, &lines->room, lines->nr,
			 sizeof(*lines->records)))
		return false;
	record = &lines->records[lines->nr];
	if (!parsed->shape || !parsed->thread || parsed->ticks || line->cut ||
	    !line->newline) {
		*record = (struct line_record){ .ptr = lines->nr_others };
		if (!add_other(lines, line, parsed))
			return false;
	} else {
		*record = (struct line_record){
			.time = parsed->time,
			.ptr = parsed->ptr,
			.shape = parsed->shape,
			.thread = parsed->thread,
			.start = (uint32_t)(line->text - lines->text),
			.bytes = (uint32_t)line->bytes,
		};
	}
	lines->nr++;
	return true;
}

bool parsed_lines_fill(struct parsed_lines *lines, struct text_reader *reader,
		       struct lines_block *block)
{
	struct ftrace_line parsed;
	struct line line;

	lines->reader = reader;
	lines->text = block->text;
	lines->nr = 0;
	lines->nr_others = 0;
	while (lines_of_block(block, &line)) {
		text_parse(reader, line.text, line.bytes, &parsed);
		if (line.cut)
			parsed.kind = FTRACE_UNPARSED;
		if (!add_line(lines, &line, &parsed))
			return false;
	}
	return true;
}

static void get_line(const struct parsed_lines *lines,
		     const struct line_record *record, struct line *line,
		     struct ftrace_line *parsed)
{
	const struct other_line *other;

	if (record->shape) {
		*line = (struct line){
			.text = lines->text + record->start,
			.bytes = record->bytes,
			.newline = true,
		};
		line_memo_line(lines->reader->memo, record->shape,
			       record->thread, parsed);
		parsed->time = record->time;
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
		get_line(lines, &lines->records[from + nr], &line[nr],
			 &parsed[nr]);
	return nr;
}

void parsed_lines_release(struct parsed_lines *lines)
{
	free(lines->records);
	free(lines->others);
	memset(lines, 0, sizeof(*lines));
}
